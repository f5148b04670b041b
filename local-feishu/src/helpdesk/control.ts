import { z } from 'zod';
import { type Act, act } from '../control/act.ts';
import type { Desk, Rule } from './desk.ts';

const operand = z.union([z.string(), z.record(z.string(), z.unknown()), z.array(z.unknown())]);
const rule = z.strictObject({
  id: z.string(),
  selected_operator: z.int(),
  operator_options: z.array(z.int()).default([]),
  operand: operand.optional(),
});

const editSkillBody = z.strictObject({
  id: z.string(),
  name: z.string().optional(),
  agent_ids: z.array(z.string()).optional(),
  rules: z.array(rule).optional(),
});

/** What can be done to the desk over HTTP: what somebody else might do in the console. */
export const deskActs = (desk: Desk): Record<string, Act> => ({
  'edit-skill': act(editSkillBody, ({ id, name, agent_ids, rules }) => {
    desk.edit(id, (skill) => {
      skill.name = name ?? skill.name;
      skill.agentIds = agent_ids ?? skill.agentIds;
      skill.rules = rules?.map(toRule) ?? skill.rules;
    });
    return desk.skill(id);
  }),
});

function toRule(given: z.infer<typeof rule>): Rule {
  const { id, selected_operator: selectedOperator, operator_options: operatorOptions, operand } = given;
  return { id, selectedOperator, operatorOptions, ...(operand === undefined ? {} : { operand }) };
}

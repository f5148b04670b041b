import { z } from 'zod';
import type { Desk, Rule } from './desk.ts';
import type { DeskSettings } from './settings.ts';

const operand = z.union([z.string(), z.record(z.string(), z.unknown()), z.array(z.unknown())]);
const rule = { id: z.string(), selected_operator: z.int(), operand: operand.optional() };

/** `operator_options` is accepted by patch only, `category` by create only; read-only fields by neither. */
const patchRule = z.strictObject({ ...rule, operator_options: z.array(z.int()).optional() });
const createRule = z.strictObject({ ...rule, category: z.int().optional() });

/** Source: /uAjLw4CM/ukTMukTMukTM/helpdesk-v1/agent_skill/patch */
export const patchSkillSchema = z.strictObject({
  agent_skill: z
    .strictObject({
      name: z.string().min(1).optional(),
      rules: z.array(patchRule).optional(),
      agent_ids: z.array(z.string()).optional(),
    })
    .optional(),
});

/** Source: /uAjLw4CM/ukTMukTMukTM/helpdesk-v1/agent_skill/create */
export const createSkillSchema = z.strictObject({
  name: z.string().min(1),
  rules: z.array(createRule).optional(),
  agent_ids: z.array(z.string()).optional(),
});

type GivenRule = z.infer<typeof patchRule> | z.infer<typeof createRule>;

export interface SkillFields {
  name?: string | undefined;
  rules?: GivenRule[] | undefined;
  agent_ids?: string[] | undefined;
}

/** What is wrong with well-formed fields: unknown rule, operator that the rule does not offer, somebody who is no agent. */
export function skillProblem(
  { desk, settings }: { desk: Desk; settings: DeskSettings },
  fields: SkillFields,
): string | undefined {
  for (const given of fields.rules ?? []) {
    const option = desk.rules.find((entry) => entry.id === given.id);
    if (!option) return `there is no rule ${given.id}`;
    if (!option.operatorOptions.includes(given.selected_operator)) {
      return `rule ${given.id} has no operator ${given.selected_operator}`;
    }
  }
  if (!settings.agentsOnly) return undefined;
  const strange = (fields.agent_ids ?? []).filter((id) => !desk.agents.some((agent) => agent.openId === id));
  return strange.length === 0 ? undefined : `not an agent: ${strange.join(', ')}`;
}

/** Rules as they are stored. */
export function toRules(desk: Desk, given: GivenRule[]): Rule[] {
  return given.map((entry) => {
    const options = 'operator_options' in entry ? entry.operator_options : undefined;
    const known = desk.rules.find(({ id }) => id === entry.id)?.operatorOptions;
    return {
      id: entry.id,
      selectedOperator: entry.selected_operator,
      operatorOptions: options ?? known ?? [],
      ...(entry.operand === undefined ? {} : { operand: entry.operand }),
    };
  });
}

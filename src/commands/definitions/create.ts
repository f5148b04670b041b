import { z } from 'zod';
import type { Field } from '../../cards/form.ts';
import { unreadableAgents, unreadableConditions } from '../../cards/unreadable.ts';
import { idsNamed } from '../../domain/listedSkills.ts';
import type { Remark } from '../../domain/remark.ts';
import type { RuleOption } from '../../domain/ruleChoice.ts';
import type { Rule } from '../../domain/skill.ts';
import { lookOf } from '../../domain/writable.ts';
import { phrase } from '../../lib/phrase.ts';
import { defineCommand } from '../command.ts';
import type { Context } from '../context.ts';
import { UsageError } from '../errors.ts';
import { listIn, nameField, peopleIn, textIn } from '../forms/form.ts';
import type { FormSpec } from '../forms/formSpec.ts';
import { conditionStep, ruleFields, ruleInput } from '../forms/ruleFields.ts';
import { nameThenAgents } from '../parse/arguments.ts';
import { checkedName } from '../parse/name.ts';
import { AgentReference } from '../parse/people.ts';
import { optionMeant } from '../parse/ruleTerms.ts';
import { askedIn, changeReply } from '../replies/changeReply.ts';
import { resolveAgents } from '../resolve/resolve.ts';
import { checkedOperator, composeRule, GivenValue, precedentsFor } from '../resolve/rules.ts';

/** More rules can be added afterwards; a form with more would not be read any more. */
const MAX_RULES = 5;

const ChosenRule = z.object({ condition: z.string(), operator: z.string(), values: z.array(GivenValue) });

const CreateInput = z.object({ name: z.string(), agents: z.array(AgentReference), rules: z.array(ChosenRule) });
type CreateInput = z.infer<typeof CreateInput>;

const form: FormSpec = {
  title: phrase('新建技能', 'Create a skill'),
  async model(filled, { services }) {
    const { options, unreadable } = await services.helpdesk.listRuleOptions();
    const chosen = conditionsIn(filled, options);
    const more: Field & { kind: 'choice' } = {
      ...conditionStep(options, undefined),
      name: 'conditions',
      label: phrase('先在这里添加条件（可选）', 'Add conditions here first (optional)'),
    };
    const roster = await services.roster.all();
    const intro = [...unreadableConditions(unreadable), ...unreadableAgents(roster.unreadable)];
    const fields: Field[] = [
      nameField(phrase('名称', 'Name'), textIn(filled, 'name')),
      {
        kind: 'people',
        name: 'agents',
        label: phrase('客服', 'Agents'),
        options: [...roster.agents.keys()],
        values: peopleIn(filled, 'agents'),
      },
      ...chosen.flatMap((option, at) => ruleFields(option, filled, `_${at}`)),
    ];
    return { intro, steps: chosen.length < MAX_RULES ? [more] : [], fields };
  },
  input: (filled) => ({
    name: checkedName(textIn(filled, 'name') ?? ''),
    agents: peopleIn(filled, 'agents').map((id) => ({ id, name: '' })),
    rules: listIn(filled, 'conditions').map((condition, at) => ({ condition, ...ruleInput(filled, `_${at}`) })),
  }),
};

const conditionsIn = (filled: Parameters<FormSpec['input']>[0], options: readonly RuleOption[]): RuleOption[] =>
  listIn(filled, 'conditions').flatMap((id) => options.find((option) => option.id === id) ?? []);

export const create = defineCommand({
  name: 'create',
  aliases: ['new', '新建', '创建'],
  summary: phrase('新建一个技能。', 'Create a skill.'),
  usage: phrase('<名称> [<客服…>]', '<name> [<agent…>]'),
  examples: ['create 夜班 @Tom', 'create "Tier 3" @Tom @Sara'],
  writes: true,
  form,
  input: CreateInput,
  read: (line) => {
    const { name, agents } = nameThenAgents(line);
    return { name: checkedName(name), agents, rules: [] };
  },
  async run(input, context) {
    const { helpdesk, people, planner, roster } = context.services;
    const name = checkedName(input.name);
    const agents = await resolveAgents(people, input.agents);
    const agentIds = agents.map((agent) => agent.id);
    const { rules, remarks: ruleRemarks } = await composed(input, context);
    const listed = await helpdesk.listSkills();
    const existing = idsNamed(name, listed);
    const alike = idsNamed(name, listed, lookOf);
    const strangers = await roster.strangers(agentIds);
    const remarks: Remark[] = [
      ...(alike.length > 0 ? [{ kind: 'same-name' as const, skills: alike }] : []),
      ...(strangers.length > 0 ? [{ kind: 'not-agents' as const, agentIds: strangers }] : []),
      ...ruleRemarks,
    ];
    const intent = { kind: 'create' as const, content: { name, rules, agentIds }, existing };
    const { change } = await planner.create(askedIn(context, agents), intent, { remarks });
    return changeReply(context, change);
  },
});

async function composed(input: CreateInput, { services }: Context): Promise<{ rules: Rule[]; remarks: Remark[] }> {
  if (input.rules.length === 0) return { rules: [], remarks: [] };
  const { helpdesk, people } = services;
  const { options } = await helpdesk.listRuleOptions();
  const rules: Rule[] = [];
  const remarks: Remark[] = [];
  for (const [at, chosen] of input.rules.entries()) {
    const option = optionMeant(chosen.condition, options);
    if (!option) throw new UsageError({ kind: 'unknown-condition', text: chosen.condition, options });
    const one = await composeRule(people, {
      option,
      operator: checkedOperator(chosen.operator, option),
      given: chosen.values,
      precedents: await precedentsFor(helpdesk, undefined, option, chosen.values),
      inputWith: (values) => ({ ...input, rules: input.rules.with(at, { ...chosen, values }) }),
    });
    rules.push(one.rule);
    remarks.push(
      ...one.remarks.filter(({ kind }) => !remarks.some((other) => isSaidOnce(kind) && other.kind === kind)),
    );
  }
  return { rules, remarks };
}

const isSaidOnce = (kind: Remark['kind']): boolean => kind === 'operand-guessed';

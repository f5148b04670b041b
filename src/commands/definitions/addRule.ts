import { z } from 'zod';
import { skillIntro } from '../../cards/skills.ts';
import { unreadableConditions } from '../../cards/unreadable.ts';
import type { RuleOption } from '../../domain/ruleChoice.ts';
import { phrase } from '../../lib/phrase.ts';
import { defineCommand } from '../command.ts';
import { UsageError } from '../errors.ts';
import { needed, skillField, textIn } from '../forms/form.ts';
import type { FormSpec } from '../forms/formSpec.ts';
import { conditionStep, ruleFields, ruleInput } from '../forms/ruleFields.ts';
import {
  moreOfName,
  optionMeant,
  skillThenTerms,
  Term,
  takeCondition,
  takeOperator,
  valuesIn,
} from '../parse/ruleTerms.ts';
import { askedIn, plannedReply } from '../replies/changeReply.ts';
import { withRulePeople } from '../resolve/names.ts';
import { resolveFirst, resolveSkill } from '../resolve/resolve.ts';
import { checkedOperator, composeRule, GivenValue, precedentsFor } from '../resolve/rules.ts';

/** A rule as it was typed, or as it was chosen in a form. */
const GivenRule = z.union([
  z.object({ terms: z.array(Term) }),
  z.object({ condition: z.string(), operator: z.string(), values: z.array(GivenValue) }),
]);
type GivenRule = z.infer<typeof GivenRule>;

export const addRule = defineCommand({
  name: 'add-rule',
  aliases: ['add-condition', '添加条件', '加条件'],
  summary: phrase('给技能添加一个条件。', 'Add a rule to a skill.'),
  usage: phrase('<技能> <条件> <运算符> <值…>', '<skill> <condition> <operator> <value…>'),
  examples: ['add-rule VIP 城市 是 北京、上海', 'add-rule VIP City is Beijing', 'add-rule VIP 17 >= 3'],
  writes: true,
  form: formOf(),
  input: z.object({ skill: z.string(), rule: GivenRule }),
  read: (line) => {
    const { skill, terms } = skillThenTerms(line);
    if (terms.length === 0) throw new UsageError({ kind: 'missing', argument: 'condition' });
    return { skill, rule: { terms } };
  },
  async run({ skill: text, rule: given }, context) {
    const { helpdesk, people, planner } = context.services;
    const { skill, taken } = await resolveFirst(helpdesk, text, 'terms' in given ? moreOfName(given.terms) : []);
    const rest = 'terms' in given ? { terms: given.terms.slice(taken) } : given;
    const { option, operator, values } = understood(rest, (await helpdesk.listRuleOptions()).options);
    const number = checkedOperator(operator, option);
    const { rule, remarks } = await composeRule(people, {
      option,
      operator: number,
      given: values,
      precedents: await precedentsFor(helpdesk, skill, option, values),
      inputWith: (chosen) => ({
        skill: skill.id,
        rule: { condition: option.id, operator: String(number), values: chosen },
      }),
    });
    const named = await withRulePeople(skill, [rule], context);
    const intent = { kind: 'add-rule' as const, rule };
    return plannedReply(context, named, await planner.edit(askedIn(context), intent, named, { remarks }));
  },
});

function understood(given: GivenRule, options: readonly RuleOption[]) {
  if ('condition' in given) {
    const option = optionMeant(given.condition, options);
    if (!option) throw new UsageError({ kind: 'unknown-condition', text: given.condition, options: [...options] });
    return { option, operator: given.operator, values: given.values };
  }
  const { option, rest } = takeCondition(given.terms, options);
  const operator = takeOperator(rest);
  if (!operator) return { option, operator: firstText(rest), values: valuesIn(rest.slice(1)) };
  return { option, operator: operator.text, values: valuesIn(operator.rest) };
}

/** What stands where the operator should be, so that the usage error can name it. */
const firstText = ([first]: readonly Term[]): string | undefined => (first && 'text' in first ? first.text : undefined);

function formOf(): FormSpec {
  return {
    title: phrase('添加条件', 'Add a rule'),
    async model(filled, context) {
      const { helpdesk } = context.services;
      const text = textIn(filled, 'skill');
      const { options, unreadable } = await helpdesk.listRuleOptions();
      const odd = unreadableConditions(unreadable);
      const step = conditionStep(options, textIn(filled, 'condition'));
      const option = options.find((entry) => entry.id === step.value);
      if (text !== undefined) {
        const skill = await resolveSkill(helpdesk, text);
        const fields = option ? ruleFields(option, filled, '') : [];
        return { intro: [...skillIntro(skill), ...odd], steps: [step], fields };
      }
      const { intro, skill } = await skillField(filled, context);
      if (skill.kind === 'choice') return { intro, steps: [skill], fields: [] };
      const fields = option ? [skill, ...ruleFields(option, filled, '')] : [];
      return { intro: [...intro, ...odd], steps: [step], fields };
    },
    input: (filled) => {
      const skill = needed(filled, 'skill', 'skill');
      const condition = needed(filled, 'condition', 'condition');
      return { skill, rule: { condition, ...ruleInput(filled, '') } };
    },
  };
}

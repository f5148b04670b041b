import { z } from 'zod';
import { skillIntro } from '../../cards/skills.ts';
import type { RuleOption } from '../../domain/ruleChoice.ts';
import { ruleKey } from '../../domain/same.ts';
import type { Rule, Skill } from '../../domain/skill.ts';
import { phrase } from '../../lib/phrase.ts';
import { defineCommand } from '../command.ts';
import { UsageError } from '../errors.ts';
import { askForSkill, needed, textIn } from '../forms/form.ts';
import type { FormSpec } from '../forms/formSpec.ts';
import { presentValues, ruleFields, ruleInput } from '../forms/ruleFields.ts';
import { chosenRule, ruleNamed, ruleStep, tokenOf } from '../forms/ruleStep.ts';
import { moreOfName, skillThenTerms, Term, takeCondition, takeOperator, valuesIn } from '../parse/ruleTerms.ts';
import { askedIn, plannedReply } from '../replies/changeReply.ts';
import { withRulePeople } from '../resolve/names.ts';
import { resolveFirst, resolveSkill } from '../resolve/resolve.ts';
import {
  checkedOperator,
  composeRule,
  conditionsFor,
  existingRule,
  GivenValue,
  precedentsFor,
} from '../resolve/rules.ts';

/** What is to become of which rule: as it was typed, or as it was chosen in a form. */
const GivenEdit = z.union([
  z.object({ terms: z.array(Term) }),
  z.object({ rule: z.string(), operator: z.string(), values: z.array(GivenValue) }),
]);
type GivenEdit = z.infer<typeof GivenEdit>;

export const editRule = defineCommand({
  name: 'edit-rule',
  aliases: ['edit-condition', '修改条件', '编辑条件', '改条件'],
  summary: phrase('修改技能的一个条件。', 'Change a rule of a skill.'),
  usage: phrase('<技能> <条件> [<运算符>] <值…>', '<skill> <condition> [<operator>] <value…>'),
  examples: ['edit-rule VIP 城市 北京', 'edit-rule VIP City is none of Beijing, Shanghai'],
  writes: true,
  form: formOf(),
  input: z.object({ skill: z.string(), edit: GivenEdit }),
  read: (line) => {
    const { skill, terms } = skillThenTerms(line);
    if (terms.length === 0) throw new UsageError({ kind: 'missing', argument: 'condition' });
    return { skill, edit: { terms } };
  },
  async run({ skill: text, edit }, context) {
    const { helpdesk, people, planner } = context.services;
    const { skill, taken } = await resolveFirst(helpdesk, text, 'terms' in edit ? moreOfName(edit.terms) : []);
    const given = 'terms' in edit ? { terms: edit.terms.slice(taken) } : edit;
    const { options } = await helpdesk.listRuleOptions();
    const { rule, operator, values } = understood(given, skill, conditionsFor(options, skill));
    const precedents = await precedentsFor(helpdesk, skill, rule, values);
    const { rule: composed, remarks } = await composeRule(people, {
      option: rule,
      operator,
      given: values,
      precedents: { ...precedents, example: rule.operand },
      kept: 'rule' in edit ? presentValues(rule) : [],
      inputWith: (chosen) => ({
        skill: skill.id,
        edit: { rule: tokenOf(rule), operator: String(operator), values: chosen },
      }),
    });
    const intent = { kind: 'edit-rule' as const, rule: ruleKey(rule), to: { ...rule, ...composed } };
    const named = await withRulePeople(skill, [rule, composed], context);
    return plannedReply(context, named, await planner.edit(askedIn(context), intent, named, { remarks }));
  },
});

interface Understood {
  rule: Rule;
  operator: number;
  values: GivenValue[];
}

function understood(edit: GivenEdit, skill: Skill, options: readonly RuleOption[]): Understood {
  if ('rule' in edit) {
    const rule = ruleNamed(edit.rule, skill);
    const kept = rule.selectedOperator;
    // An operator that is no longer offered can stay where it is.
    const operator =
      edit.operator === String(kept) && kept !== undefined
        ? kept
        : checkedOperator(edit.operator, optionOf(rule, options));
    return { rule, operator, values: edit.values };
  }
  const { option, rest } = takeCondition(edit.terms, options);
  // A single word after the condition is its value, even where it could be read as an operator.
  const operator = rest.length > 1 ? takeOperator(rest) : undefined;
  const wanted = operator && checkedOperator(operator.text, option);
  const sameCondition = skill.rules.filter((rule) => rule.id === option.id);
  const rule = existingRule(skill, option, sameCondition.length > 1 ? wanted : undefined);
  const number = wanted ?? rule.selectedOperator ?? checkedOperator(undefined, option);
  return { rule, operator: number, values: valuesIn(operator ? operator.rest : rest) };
}

const optionOf = (rule: Rule, options: readonly RuleOption[]): RuleOption =>
  options.find((option) => option.id === rule.id) ?? rule;

function formOf(): FormSpec {
  return {
    title: phrase('修改条件', 'Edit a rule'),
    async model(filled, context) {
      const { helpdesk } = context.services;
      const text = textIn(filled, 'skill');
      if (text === undefined) return askForSkill(filled, context);
      const skill = await resolveSkill(helpdesk, text);
      const step = await ruleStep(skill, filled, context);
      const rule = chosenRule(skill, step.value);
      if (!rule) return { intro: skillIntro(skill), steps: [step], fields: [] };
      const option = optionOf(rule, (await helpdesk.listRuleOptions()).options);
      return { intro: skillIntro(skill), steps: [step], fields: ruleFields(option, filled, '', rule) };
    },
    input: (filled) => {
      const skill = needed(filled, 'skill', 'skill');
      const rule = needed(filled, 'rule', 'condition');
      return { skill, edit: { rule, ...ruleInput(filled, '') } };
    },
  };
}

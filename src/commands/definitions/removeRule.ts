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
import { ruleNamed, ruleStep } from '../forms/ruleStep.ts';
import { moreOfName, skillThenTerms, Term, takeCondition, takeOperator } from '../parse/ruleTerms.ts';
import { askedIn, plannedReply } from '../replies/changeReply.ts';
import { withRulePeople } from '../resolve/names.ts';
import { resolveFirst, resolveSkill } from '../resolve/resolve.ts';
import { checkedOperator, conditionsFor, existingRule } from '../resolve/rules.ts';

const form: FormSpec = {
  title: phrase('移除条件', 'Remove a rule'),
  async model(filled, context) {
    const text = textIn(filled, 'skill');
    if (text === undefined) return askForSkill(filled, context);
    const skill = await resolveSkill(context.services.helpdesk, text);
    return { intro: skillIntro(skill), steps: [], fields: [await ruleStep(skill, filled, context)] };
  },
  input: (filled) => {
    const skill = needed(filled, 'skill', 'skill');
    return { skill, rule: needed(filled, 'rule', 'condition') };
  },
};

export const removeRule = defineCommand({
  name: 'remove-rule',
  aliases: ['remove-condition', '移除条件', '删条件'],
  summary: phrase('移除技能的一个条件。', 'Remove a rule from a skill.'),
  usage: phrase('<技能> <条件>', '<skill> <condition>'),
  examples: ['remove-rule VIP 城市', 'remove-rule VIP 12'],
  writes: true,
  form,
  input: z.union([
    z.object({ skill: z.string(), terms: z.array(Term) }),
    z.object({ skill: z.string(), rule: z.string() }),
  ]),
  read: (line) => {
    const { skill, terms } = skillThenTerms(line);
    if (terms.length === 0) throw new UsageError({ kind: 'missing', argument: 'condition' });
    return { skill, terms };
  },
  async run(input, context) {
    const { helpdesk, planner } = context.services;
    const { skill, taken } = await resolveFirst(helpdesk, input.skill, 'terms' in input ? moreOfName(input.terms) : []);
    const rule =
      'rule' in input
        ? ruleNamed(input.rule, skill)
        : ruleMeant(input.terms.slice(taken), skill, conditionsFor((await helpdesk.listRuleOptions()).options, skill));
    const intent = { kind: 'remove-rule' as const, rule: ruleKey(rule) };
    const named = await withRulePeople(skill, [rule], context);
    return plannedReply(context, named, await planner.edit(askedIn(context), intent, named));
  },
});

/** The condition alone, or with the operator where a skill has the same condition twice. */
function ruleMeant(terms: readonly Term[], skill: Skill, options: readonly RuleOption[]): Rule {
  const { option, rest } = takeCondition(terms, options);
  const operator = takeOperator(rest);
  const surplus = operator ? operator.rest : rest;
  if (surplus.length > 0) throw new UsageError({ kind: 'surplus', text: surplus.map(typedTerm).join(' ') });
  return existingRule(skill, option, operator && checkedOperator(operator.text, option));
}

const typedTerm = (term: Term): string => ('text' in term ? term.text : `@${term.agent.name ?? ''}`);

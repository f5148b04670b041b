import { createHash } from 'node:crypto';
import { namesOf, ruleInWords } from '../../cards/describe.ts';
import type { Field } from '../../cards/form.ts';
import { RULES_PER_PAGE } from '../../cards/skills.ts';
import { ruleKey } from '../../domain/same.ts';
import type { Rule, Skill } from '../../domain/skill.ts';
import { type Phrase, phrase } from '../../lib/phrase.ts';
import type { Context } from '../context.ts';
import { RefusedError } from '../errors.ts';
import { paged } from '../paging.ts';
import { withRulePeople } from '../resolve/names.ts';
import { textIn } from './form.ts';
import type { Filled } from './formSpec.ts';

/** Names a rule in an option of a form: what it says, not where it stands, since others may edit meanwhile. */
export const tokenOf = (rule: Rule): string => createHash('sha256').update(ruleKey(rule)).digest('hex').slice(0, 16);

/** The rule that was chosen; undefined when it is not (or no longer) there. */
export const chosenRule = (skill: Skill, token: string | undefined): Rule | undefined =>
  skill.rules.find((rule) => tokenOf(rule) === token);

/** The rule that was chosen. Throws a {@link RefusedError} when it is gone. */
export function ruleNamed(token: string, skill: Skill): Rule {
  const rule = chosenRule(skill, token);
  if (!rule) throw new RefusedError({ kind: 'rule-unknown', skill, condition: phrase('', '') });
  return rule;
}

/**
 * A choice among the rules of a skill: of very many, among those of the page of `/skill rules` that the form was opened
 * on. Throws a {@link RefusedError} when it has none.
 */
export async function ruleStep(skill: Skill, filled: Filled, context: Context): Promise<Field & { kind: 'choice' }> {
  if (skill.rules.length === 0) throw new RefusedError({ kind: 'rule-unknown', skill, condition: phrase('', '') });
  const wanted = typeof filled.page === 'number' ? filled.page : 1;
  const { shown, page, pages } = paged(skill.rules, wanted, RULES_PER_PAGE);
  const names = namesOf((await withRulePeople(skill, shown, context)).agents);
  const options = new Map(
    shown.map((rule) => [tokenOf(rule), { value: tokenOf(rule), text: ruleInWords(rule, names) }]),
  );
  const label = pages === 1 ? phrase('条件', 'Rule') : labelOfPage(page, pages, skill);
  return { kind: 'choice', name: 'rule', label, options: [...options.values()], value: textIn(filled, 'rule') };
}

/** A rule that is not offered can be chosen where it is listed. */
const labelOfPage = (page: number, pages: number, { id }: Skill): Phrase =>
  phrase(
    `条件（第 ${page} 页，共 ${pages} 页；其他页的条件，请从 /skill rules ${id} 翻到那一页再点按钮）`,
    `Rule (page ${page} of ${pages}; for another page, turn to it in /skill rules ${id} and press the button there)`,
  );

import { createHash } from 'node:crypto';
import { ruleInWords } from '../../cards/describe.ts';
import type { Field } from '../../cards/form.ts';
import { say } from '../../lib/phrase.ts';
import { ruleKey } from '../../skills/same.ts';
import type { Rule, Skill } from '../../skills/skill.ts';
import { RefusedError } from '../errors.ts';

/** Names a rule in an option of a form: what it says, not where it stands, since others may edit meanwhile. */
const tokenOf = (rule: Rule): string => createHash('sha256').update(ruleKey(rule)).digest('hex').slice(0, 16);

/** The rule that was chosen; undefined when it is not (or no longer) there. */
export const chosenRule = (skill: Skill, token: string | undefined): Rule | undefined =>
  skill.rules.find((rule) => tokenOf(rule) === token);

/** The rule that was chosen. Throws a {@link RefusedError} when it is gone. */
export function ruleNamed(token: string, skill: Skill): Rule {
  const rule = chosenRule(skill, token);
  if (!rule) throw new RefusedError({ kind: 'rule-unknown', skill, condition: say('', '') });
  return rule;
}

/** A choice among the rules of a skill. Throws a {@link RefusedError} when it has none. */
export const ruleStep = (skill: Skill, value: string | undefined): Field & { kind: 'choice' } => {
  if (skill.rules.length === 0) throw new RefusedError({ kind: 'rule-unknown', skill, condition: say('', '') });
  const options = new Map(
    skill.rules.map((rule) => [tokenOf(rule), { value: tokenOf(rule), text: ruleInWords(rule) }]),
  );
  return { kind: 'choice', name: 'rule', label: say('条件', 'Rule'), options: [...options.values()], value };
};

import { conditionName, conditionOf } from './conditions.ts';
import { OPERATORS } from './operators.ts';
import type { Rule } from './skill.ts';
import { withoutInvisible } from './writable.ts';

/** A condition that the desk offers, with its operators (helpdesk-v1/agent_skill_rule/list). */
export type RuleOption = Rule;

/** A text as it is compared: without regard to width, case, spaces and what draws nothing. */
export const folded = (text: string): string =>
  withoutInvisible(text).normalize('NFKC').trim().replace(/\s+/g, ' ').toLowerCase();

/**
 * The options that a text names: by id, by the Chinese or English name, or by a part of one that no other has. Several
 * only when they go by the same name.
 */
export function optionsNamed(text: string, options: readonly RuleOption[]): RuleOption[] {
  const wanted = folded(text);
  if (wanted === '') return [];
  const named = (fits: (name: string) => boolean) =>
    options.filter((option) => namesOfOption(option).some((name) => fits(folded(name))));
  const byId = options.find((option) => option.id === wanted);
  const exact = byId ? [byId] : oneEach(named((name) => name === wanted));
  if (exact.length > 0) return exact;
  const partly = oneEach(named((name) => name.includes(wanted)));
  return partly.length === 1 ? partly : [];
}

/** A skill may have several rules of one condition. */
const oneEach = (options: readonly RuleOption[]): RuleOption[] =>
  options.filter(({ id }, at) => options.findIndex((other) => other.id === id) === at);

const namesOfOption = (option: RuleOption): string[] => {
  const own = conditionName(option);
  const documented = conditionOf(option.id)?.name;
  return [own.zh, own.en, ...(documented ? [documented.zh, documented.en] : [])];
};

/** The numbers of all operators that a text may mean: a number, a sign, or words in either language. */
export function operatorsNamed(text: string): number[] {
  const wanted = folded(text);
  if (/^\d+$/.test(wanted)) return [Number(wanted)];
  return OPERATORS.filter(({ name, words }) =>
    [name.zh, name.en, ...words].some((word) => folded(word) === wanted),
  ).map(({ number }) => number);
}

/** The operator of the option that a text means; `unknown` when it means none, `not-offered` when none of the option's. */
export function operatorFor(text: string, option: RuleOption): number | 'unknown' | 'not-offered' {
  const meant = operatorsNamed(text);
  if (meant.length === 0) return 'unknown';
  const offered = option.operatorOptions ?? [];
  return meant.find((number) => offered.includes(number)) ?? 'not-offered';
}

/** Whether an operator compares with one bound or with a list of values. */
export const takesOneValue = (operator: number): boolean =>
  OPERATORS.find(({ number }) => number === operator)?.kind === 'bound';

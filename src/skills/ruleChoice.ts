import { conditionName, conditionOf } from './conditions.ts';
import { OPERATORS } from './operators.ts';
import type { Rule } from './skill.ts';

/** A condition that the desk offers, with its operators (helpdesk-v1/agent_skill_rule/list). */
export type RuleOption = Rule;

export const folded = (text: string): string => text.normalize('NFKC').trim().replace(/\s+/g, ' ').toLowerCase();

/** The option that a text names: by id, by its Chinese or English name, or by a part of one that no other has. */
export function optionNamed(text: string, options: readonly RuleOption[]): RuleOption | undefined {
  const wanted = folded(text);
  if (wanted === '') return undefined;
  const named = (fits: (name: string) => boolean) =>
    options.filter((option) => namesOfOption(option).some((name) => fits(folded(name))));
  const exact = options.find((option) => option.id === text) ?? named((name) => name === wanted)[0];
  const partly = exact ? [] : named((name) => name.includes(wanted));
  return exact ?? (partly.length === 1 ? partly[0] : undefined);
}

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
  const offered = option.operator_options ?? [];
  return meant.find((number) => offered.includes(number)) ?? 'not-offered';
}

/** Whether an operator compares with one bound or with a list of values. */
export const takesOneValue = (operator: number): boolean =>
  OPERATORS.find(({ number }) => number === operator)?.kind === 'bound';

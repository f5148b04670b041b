import { z } from 'zod';
import { FeishuError } from '../../feishu/errors.ts';
import type { Helpdesk } from '../../feishu/helpdesk.ts';
import type { People } from '../../feishu/people.ts';
import { say, verbatim } from '../../lib/phrase.ts';
import { conditionName, conditionOf, type ValueKind, valueNames, wordsFor } from '../../skills/conditions.ts';
import type { SkillId } from '../../skills/ids.ts';
import { type FilledOperand, fillOperand, knownValues, type OperandValue } from '../../skills/operand.ts';
import { folded, operatorFor, type RuleOption, takesOneValue } from '../../skills/ruleChoice.ts';
import type { Rule, Skill } from '../../skills/skill.ts';
import { RefusedError, UsageError } from '../errors.ts';
import { AgentReference } from '../parse/arguments.ts';
import { resolveAgents } from './resolve.ts';

/** A value as a person gives it. */
export const GivenValue = z.union([z.string(), AgentReference]);
export type GivenValue = z.infer<typeof GivenValue>;

/** How many other skills are read to find a rule that shows how this desk writes a condition. */
const MAX_READ = 20;

/**
 * An operand of a rule of this desk with the same condition, to write a new one alike: of this skill, of the desk's
 * own offer, or of another skill.
 */
export async function exampleOperand(
  helpdesk: Helpdesk,
  skill: Skill | undefined,
  option: RuleOption,
): Promise<Rule['operand']> {
  const near = [...(skill?.rules ?? []), option].find((rule) => rule.id === option.id && rule.operand !== undefined);
  if (near) return near.operand;
  const { skills } = await helpdesk.listSkills();
  for (const { id } of skills.filter((other) => other.id !== skill?.id).slice(0, MAX_READ)) {
    const rules = await readableRules(helpdesk, id);
    const rule = rules.find((other) => other.id === option.id && other.operand !== undefined);
    if (rule) return rule.operand;
  }
  return undefined;
}

/** A skill that cannot be read is no example, and no reason to stop. */
async function readableRules(helpdesk: Helpdesk, id: SkillId): Promise<Rule[]> {
  try {
    return (await helpdesk.getSkill(id)).rules;
  } catch (error) {
    if (error instanceof FeishuError && error.kind === 'unreadable') return [];
    throw error;
  }
}

/** What the desk offers, and the skill's own rules: one of them may use a condition that is no longer offered. */
export const conditionsFor = (offered: readonly RuleOption[], skill: Skill): RuleOption[] => [
  ...offered,
  ...skill.rules.filter((rule) => !offered.some((option) => option.id === rule.id)),
];

/** The operator that was meant, among those the condition takes. Throws a {@link UsageError}. */
export function checkedOperator(text: string | undefined, option: RuleOption): number {
  const offered = option.operator_options ?? [];
  if (text === undefined) throw new UsageError({ kind: 'missing', argument: 'operator' });
  const operator = operatorFor(text, option);
  if (operator === 'unknown') throw new UsageError({ kind: 'unknown-operator', text, offered });
  if (operator === 'not-offered') throw new UsageError({ kind: 'operator-not-offered', text, offered });
  return operator;
}

/** A rule that was put together, and whether the shape of its operand is a guess. */
export interface Composed {
  rule: Rule;
  guessed: FilledOperand['guessed'];
}

/** Puts a rule together. Throws a {@link UsageError} when a value does not fit. */
export async function composeRule(
  people: People,
  option: RuleOption,
  operator: number,
  given: readonly GivenValue[],
  example: Rule['operand'],
): Promise<Composed> {
  if (given.length === 0) throw new UsageError({ kind: 'missing', argument: 'value' });
  if (takesOneValue(operator) && given.length > 1)
    throw new UsageError({ kind: 'one-value-only', count: given.length });
  const kind = conditionOf(option.id)?.values;
  const values = await checkedValues(people, kind, given, knownValues([option, { id: option.id, operand: example }]));
  const { operand, guessed } = fillOperand(kind, values, example);
  const { id, operator_options, category, display_name } = option;
  return { rule: { id, selected_operator: operator, operator_options, operand, category, display_name }, guessed };
}

async function checkedValues(
  people: People,
  kind: ValueKind | undefined,
  given: readonly GivenValue[],
  known: readonly OperandValue[],
): Promise<OperandValue[]> {
  if (kind === 'person') return personValues(people, given);
  return given.map((value) => {
    if (typeof value === 'string') return checkedValue(kind, value, known);
    throw new UsageError({
      kind: 'bad-value',
      text: 'name' in value ? value.name : value.email,
      expected: kind ?? 'text',
      known: [],
    });
  });
}

async function personValues(people: People, given: readonly GivenValue[]): Promise<OperandValue[]> {
  const references = given.map((value): AgentReference => {
    if (typeof value !== 'string') return value;
    if (/^[^\s@]+@[^\s@]+$/.test(value)) return { email: value.toLowerCase() };
    const reference = AgentReference.safeParse({ id: value, name: '' });
    if (value.startsWith('ou_') && reference.success) return reference.data;
    throw new UsageError({ kind: 'bad-value', text: value, expected: 'person', known: [] });
  });
  return (await resolveAgents(people, references)).map(({ id, name }) => ({ id, name: name === '' ? id : name }));
}

/** A name that was typed for one of these must not be written as an id. */
const LIKE_AN_ID = { department: /^od-[A-Za-z0-9_-]+$/, category: /^(?=.*\d)[A-Za-z0-9_-]{6,}$/ };

function checkedValue(kind: ValueKind | undefined, text: string, known: readonly OperandValue[]): OperandValue {
  const wanted = folded(text);
  switch (kind) {
    case 'number':
      if (!/^\d{1,9}$/.test(wanted)) throw new UsageError({ kind: 'bad-value', text, expected: kind, known: [] });
      return { id: wanted, name: wanted };
    case 'source':
    case 'language': {
      const names = Object.entries(valueNames(kind));
      const found = names.find(([id, name]) => [id, ...wordsFor(id, name)].some((word) => folded(word) === wanted));
      if (found) return { id: found[0], name: found[1].zh };
      const offered = names.map(([id, { zh, en }]) => say(`${zh}（${id}）`, `${en} (${id})`));
      throw new UsageError({ kind: 'bad-value', text, expected: kind, known: offered });
    }
    case 'department':
    case 'category': {
      const found = known.find((value) => value.id === text || folded(value.name) === wanted);
      if (found) return found;
      if (LIKE_AN_ID[kind].test(text)) return { id: text, name: text };
      throw new UsageError({ kind: 'bad-value', text, expected: kind, known: known.map(({ name }) => verbatim(name)) });
    }
    default:
      return known.find((value) => folded(value.name) === wanted) ?? { id: text, name: text };
  }
}

/** The rule of a skill that a condition means. Throws a {@link RefusedError} unless it is one. */
export function existingRule(skill: Skill, condition: { id: string }, operator?: number): Rule {
  const rules = skill.rules.filter(
    (rule) => rule.id === condition.id && (operator === undefined || rule.selected_operator === operator),
  );
  const [only] = rules;
  if (!only) {
    throw new RefusedError({ kind: 'rule-unknown', skill, condition: conditionName(condition) });
  }
  if (rules.length > 1) throw new RefusedError({ kind: 'rule-ambiguous', skill, rules });
  return only;
}

import { z } from 'zod';
import {
  conditionInWords,
  conditionName,
  conditionOf,
  type ValueKind,
  valueNames,
  wordsFor,
} from '../../domain/conditions.ts';
import type { SkillId } from '../../domain/ids.ts';
import {
  fillOperand,
  type KnownValue,
  knownValues,
  type OperandValue,
  type ValueSource,
} from '../../domain/operand.ts';
import type { Remark } from '../../domain/remark.ts';
import { folded, operatorFor, type RuleOption, takesOneValue } from '../../domain/ruleChoice.ts';
import type { Rule, Skill } from '../../domain/skill.ts';
import { drawsNothing, unwritableIn, withoutInvisibleAround } from '../../domain/writable.ts';
import { FeishuError } from '../../feishu/errors.ts';
import type { Helpdesk } from '../../feishu/helpdesk.ts';
import type { People } from '../../feishu/people.ts';
import { phrase, verbatim } from '../../lib/phrase.ts';
import { RefusedError, UsageError, ValuePickNeeded } from '../errors.ts';
import { placeholderIn } from '../parse/mentions.ts';
import { AgentReference, personNamed } from '../parse/people.ts';
import { resolveAgents } from './resolve.ts';

/** A value as a person gives it: typed, mentioned, or picked among several of one name. */
export const GivenValue = z.union([
  z.string(),
  z.object({ picked: z.object({ id: z.string(), name: z.string() }) }),
  AgentReference,
]);
export type GivenValue = z.infer<typeof GivenValue>;

/** How many other skills are read to find rules that show how this desk writes a condition. */
const MAX_READ = 20;
/** How many of them are read at once. */
const AT_ONCE = 5;

/** What rules of this desk show about a condition. */
export interface Precedents {
  /** An operand with this condition, to write a new one alike. */
  example: Rule['operand'];
  /** Every name that an operand gives to a value. */
  known: KnownValue[];
}

/**
 * What this skill, the desk's own offer and other skills show about a condition. Other skills are read only until there
 * is an example; all of them where a value was given by a name, since another one may go by it, too.
 */
export async function precedentsFor(
  helpdesk: Helpdesk,
  skill: Skill | undefined,
  option: RuleOption,
  given: readonly GivenValue[],
): Promise<Precedents> {
  const own = skill ? rulesOf(skill, option) : [];
  const offer = { operand: option.operand, from: { kind: 'offer' as const } };
  const found: Sourced[] = [offer, ...own];
  let example = [...own, offer].find(({ operand }) => operand !== undefined)?.operand;
  const isByName = given.some((value) => typeof value === 'string' && mayBeName(option, value));
  if (example === undefined || isByName) {
    const { skills } = await helpdesk.listSkills();
    const others = skills.filter(({ id }) => id !== skill?.id).slice(0, MAX_READ);
    for (let from = 0; from < others.length && (example === undefined || isByName); from += AT_ONCE) {
      const read = await Promise.all(others.slice(from, from + AT_ONCE).map(({ id }) => readable(helpdesk, id)));
      found.push(...read.flatMap((other) => (other ? rulesOf(other, option) : [])));
      example ??= found.find(({ operand }) => operand !== undefined)?.operand;
    }
  }
  return { example, known: found.flatMap(named) };
}

/** An operand and where it is from. */
interface Sourced {
  operand: Rule['operand'];
  from: ValueSource;
}

const rulesOf = ({ id, name, rules }: Skill, option: RuleOption): Sourced[] =>
  rules
    .filter((rule) => rule.id === option.id)
    .map(({ operand }) => ({ operand, from: { kind: 'rule', skill: { id, name } } }));

const named = ({ operand, from }: Sourced): KnownValue[] =>
  knownValues([{ id: '', operand }]).map((value) => ({ ...value, from }));

/** A skill that cannot be read is no precedent, and no reason to stop. */
async function readable(helpdesk: Helpdesk, id: SkillId): Promise<Skill | undefined> {
  try {
    return await helpdesk.getSkill(id);
  } catch (error) {
    if (error instanceof FeishuError && error.kind === 'unreadable') return undefined;
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
  const offered = option.operatorOptions ?? [];
  if (text === undefined) throw new UsageError({ kind: 'missing', argument: 'operator' });
  const operator = operatorFor(text, option);
  if (operator === 'unknown') throw new UsageError({ kind: 'unknown-operator', text, offered });
  if (operator === 'not-offered') throw new UsageError({ kind: 'operator-not-offered', text, offered });
  return operator;
}

/** A rule that was put together, and what the person should know of it. */
export interface Composed {
  rule: Rule;
  remarks: Remark[];
}

export interface RuleParts {
  option: RuleOption;
  operator: number;
  given: readonly GivenValue[];
  precedents: Precedents;
  /** What the form of a present rule was filled in with: left as it is, it means the same value as before. */
  kept?: readonly OperandValue[];
  /** The input of the command with these values in place of the given ones. */
  inputWith: (values: GivenValue[]) => Readonly<Record<string, unknown>>;
}

/** Puts a rule together. Throws a {@link UsageError} when a value does not fit, or a {@link ValuePickNeeded}. */
export async function composeRule(people: People, parts: RuleParts): Promise<Composed> {
  const { option, operator, given, precedents } = parts;
  if (given.length === 0) throw new UsageError({ kind: 'missing', argument: 'value' });
  if (takesOneValue(operator) && given.length > 1)
    throw new UsageError({ kind: 'one-value-only', count: given.length });
  const kind = conditionOf(option.id)?.values;
  const values = kind === 'person' ? await personValues(people, parts) : given.map((_, at) => checkedValue(parts, at));
  const { operand, guessed } = fillOperand(kind, values, precedents.example);
  const { id, operatorOptions, category, displayName } = option;
  return {
    rule: { id, selectedOperator: operator, operatorOptions, operand, category, displayName },
    remarks: [...(guessed ? [{ kind: 'operand-guessed' as const }] : []), ...nameRemarks(kind, parts, values)],
  };
}

/** Names of which nothing but another rule says whose they are. Whoever gave the id knows it. */
function nameRemarks(kind: ValueKind | undefined, parts: RuleParts, values: readonly OperandValue[]): Remark[] {
  const { given, kept = [], precedents } = parts;
  if (kind === 'person') return [];
  const believed = values.flatMap(({ id, name }) => {
    const isGiven = given.includes(id) || kept.some((value) => value.id === id) || id === name;
    const sources = precedents.known.filter((value) => value.id === id && value.name === name);
    const [first] = sources.map(({ from }) => from);
    const isOffered = sources.some(({ from }) => from.kind === 'offer');
    return isGiven || isOffered || first?.kind !== 'rule' ? [] : [{ id, name, skill: first.skill }];
  });
  return believed.length > 0 ? [{ kind: 'named-by-rules', values: believed }] : [];
}

const keptValue = ({ kept = [] }: RuleParts, text: string): OperandValue | undefined => {
  const [only, ...others] = kept.filter(({ name }) => name === text);
  return others.length === 0 ? only : undefined;
};

async function personValues(people: People, parts: RuleParts): Promise<OperandValue[]> {
  const kept: OperandValue[] = [];
  const references: AgentReference[] = [];
  for (const value of parts.given) {
    const present = typeof value === 'string' ? keptValue(parts, value) : undefined;
    if (present) kept.push(present);
    else references.push(personReference(value));
  }
  const found = (await resolveAgents(people, references)).map(({ id, name }) => ({
    id,
    name: name === '' ? id : name,
  }));
  return [...kept, ...found.filter(({ id }) => !kept.some((value) => value.id === id))];
}

function personReference(value: GivenValue): AgentReference {
  if (typeof value !== 'string' && !('picked' in value)) return value;
  const text = withoutInvisibleAround(typeof value === 'string' ? value : value.picked.id);
  const reference = personNamed(text);
  if (reference) return reference;
  throw new UsageError({ kind: 'bad-value', text, expected: 'person', known: [] });
}

/** A name that was typed for one of these must not be written as an id. */
const LIKE_AN_ID = { department: /^od-[A-Za-z0-9_-]+$/, category: /^(?=.*\d)[A-Za-z0-9_-]{6,}$/ };

/** Whether a value may be the name of something that rules refer to by id. */
function mayBeName({ id }: RuleOption, text: string): boolean {
  const kind = conditionOf(id)?.values;
  return (kind === 'department' || kind === 'category') && !LIKE_AN_ID[kind].test(withoutInvisibleAround(text));
}

function checkedValue(parts: RuleParts, at: number): OperandValue {
  const value = parts.given[at] ?? '';
  const kind = conditionOf(parts.option.id)?.values;
  if (typeof value === 'string') return keptValue(parts, value) ?? typedValue(parts, at, value);
  if ('picked' in value) return value.picked;
  const text = 'email' in value ? value.email : value.name;
  throw new UsageError({ kind: 'bad-value', text, expected: kind ?? 'text', known: [] });
}

function typedValue(parts: RuleParts, at: number, typed: string): OperandValue {
  const kind = conditionOf(parts.option.id)?.values;
  // What names something by its id is not written itself.
  const text = kind === undefined || kind === 'text' ? typed : withoutInvisibleAround(typed);
  if (drawsNothing(text)) throw new UsageError({ kind: 'blank-value' });
  const placeholder = placeholderIn(text);
  if (placeholder !== undefined) throw new UsageError({ kind: 'no-name', text: placeholder });
  const found = unwritableIn(text);
  if (found.length > 0) throw new UsageError({ kind: 'not-writable', what: 'value', text, found });
  const wanted = folded(text);
  switch (kind) {
    case 'number':
      if (!/^\d{1,9}$/.test(wanted)) throw new UsageError({ kind: 'bad-value', text, expected: kind, known: [] });
      return { id: wanted, name: wanted };
    case 'source':
    case 'language':
      return listedValue(kind, text);
    case 'department':
    case 'category': {
      const known = valueNamed(parts, at, text);
      if (known) return known;
      if (LIKE_AN_ID[kind].test(text)) return { id: text, name: text };
      const names = new Set(parts.precedents.known.map(({ name }) => name));
      throw new UsageError({ kind: 'bad-value', text, expected: kind, known: [...names].map(verbatim) });
    }
    default:
      return valueNamed(parts, at, text) ?? { id: text, name: text };
  }
}

function listedValue(kind: 'source' | 'language', text: string): OperandValue {
  const names = Object.entries(valueNames(kind));
  const wanted = folded(text);
  const found = names.find(([id, name]) => [id, ...wordsFor(id, name)].some((word) => folded(word) === wanted));
  if (found) return { id: found[0], name: found[1].zh };
  const offered = names.map(([id, { zh, en }]) => phrase(`${zh}（${id}）`, `${en} (${id})`));
  throw new UsageError({ kind: 'bad-value', text, expected: kind, known: offered });
}

/** The value that a text names, by id or by name. Throws a {@link ValuePickNeeded} when it may be one of several. */
function valueNamed(parts: RuleParts, at: number, text: string): OperandValue | undefined {
  const wanted = folded(text);
  const fitting = parts.precedents.known.filter(({ id, name }) => id === text || folded(name) === wanted);
  const candidates = fitting.filter(({ id }, index) => fitting.findIndex((other) => other.id === id) === index);
  const [only, ...others] = candidates;
  if (!only) return undefined;
  if (others.length === 0) return { id: only.id, name: only.name };
  const condition = conditionInWords(parts.option);
  throw new ValuePickNeeded({ text, condition, candidates }, ({ id, name }) =>
    parts.inputWith(parts.given.with(at, { picked: { id, name } })),
  );
}

/** The rule of a skill that a condition means. Throws a {@link RefusedError} unless it is one. */
export function existingRule(skill: Skill, condition: { id: string }, operator?: number): Rule {
  const rules = skill.rules.filter(
    (rule) => rule.id === condition.id && (operator === undefined || rule.selectedOperator === operator),
  );
  const [only] = rules;
  if (!only) {
    throw new RefusedError({ kind: 'rule-unknown', skill, condition: conditionName(condition) });
  }
  if (rules.length > 1) throw new RefusedError({ kind: 'rule-ambiguous', skill, rules });
  return only;
}

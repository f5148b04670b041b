import { z } from 'zod';
import { ExactNumber, numberOf, stringifyJson } from '../lib/json.ts';
import type { ValueKind } from './conditions.ts';
import type { SkillId } from './ids.ts';
import type { Json, Rule } from './skill.ts';
import { structureIn } from './structure.ts';

/** One value that a rule compares with: what is on the wire, and a name where the operand has room for one. */
export interface OperandValue {
  id: string;
  name: string;
}

/** An operand and whether its shape is a guess, because no rule of the desk shows it and no document describes it. */
export interface FilledOperand {
  operand: Json;
  guessed: boolean;
}

/**
 * The operand that says `values`, in the shape and type that `example` has: the operand of a rule of this desk with
 * the same condition. Without an example the documented type is used, a string, and for departments the documented
 * shape (helpdesk-v1/agent_skill/patch); every other shape is undocumented. An example whose shape says nothing still
 * says the type.
 */
export function fillOperand(
  kind: ValueKind | undefined,
  values: readonly OperandValue[],
  example: Json | undefined,
): FilledOperand {
  const inExample = example === undefined ? undefined : likeExample(values, example);
  if (inExample !== undefined) return { operand: inExample, guessed: false };
  const inText = example === undefined || typeof example === 'string';
  const typed = (value: Json): Json => (inText ? stringifyJson(value) : value);
  if (kind === 'department') {
    return { operand: typed({ selected_departments: values.map(({ id, name }) => ({ id, name })) }), guessed: false };
  }
  const [only] = values;
  const alone = inText && values.length === 1 && only ? only.id : undefined;
  return { operand: alone ?? typed(values.map(({ id }) => id)), guessed: true };
}

function likeExample(values: readonly OperandValue[], example: Json): Json | undefined {
  if (typeof example !== 'string') return likeStructure(values, example);
  const inner = structureIn(example);
  if (inner === undefined) return values.length === 1 ? values[0]?.id : undefined;
  const filled = likeStructure(values, inner);
  return filled === undefined ? undefined : stringifyJson(filled);
}

function likeStructure(values: readonly OperandValue[], example: Json): Json | undefined {
  if (Array.isArray(example)) return values.map((value) => likeItem(value, example[0]));
  if (isNumber(example)) return values.length === 1 ? asNumber(values[0]?.id ?? '') : undefined;
  if (typeof example !== 'object' || example === null) return undefined;
  const lists = Object.entries(example).filter(([, entry]) => Array.isArray(entry));
  const [list] = lists;
  if (!list || lists.length > 1 || Object.keys(example).length > 1) return undefined;
  const [key, items] = list;
  return { [key]: values.map((value) => likeItem(value, Array.isArray(items) ? items[0] : undefined)) };
}

function likeItem({ id, name }: OperandValue, example: Json | undefined): Json {
  if (isNumber(example)) return asNumber(id);
  if (typeof example === 'object' && example !== null && !Array.isArray(example)) {
    return 'name' in example ? { id, name } : { id };
  }
  return id;
}

const isNumber = (value: Json | undefined): value is number | ExactNumber =>
  typeof value === 'number' || value instanceof ExactNumber;

/** What is no number in its usual spelling stays a text: a name may look like one. */
function asNumber(text: string): string | number | ExactNumber {
  if (!/^-?(0|[1-9]\d*)(\.\d*[1-9])?$/.test(text) || text === '-0') return text;
  return numberOf(text);
}

/** Where a name of a value is known from: the desk's own offer, or a rule of a skill. */
export type ValueSource = { kind: 'offer' } | { kind: 'rule'; skill: { id: SkillId; name: string } };

/** A value that operands of this desk name. */
export interface KnownValue extends OperandValue {
  from: ValueSource;
}

/** The values that operands of this desk name: what a person may refer to by name. */
export function knownValues(rules: readonly Rule[]): OperandValue[] {
  const found = new Map<string, OperandValue>();
  for (const rule of rules) for (const value of namedIn(rule.operand)) found.set(value.id, value);
  return [...found.values()];
}

const Named = z.object({ id: z.union([z.string(), z.number(), z.instanceof(ExactNumber)]), name: z.string() });

function namedIn(operand: unknown): OperandValue[] {
  const value = typeof operand === 'string' ? structureIn(operand) : operand;
  const named = Named.safeParse(value);
  if (named.success) return [{ id: String(named.data.id), name: named.data.name }];
  if (Array.isArray(value)) return value.flatMap(namedIn);
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(namedIn) : [];
}

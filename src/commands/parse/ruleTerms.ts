import { z } from 'zod';
import { folded, operatorsNamed, optionsNamed, type RuleOption } from '../../domain/ruleChoice.ts';
import { drawsNothing } from '../../domain/writable.ts';
import { UsageError } from '../errors.ts';
import type { CommandLine } from './line.ts';
import { joinIn, valueWords } from './lines.ts';
import { placeholderIn } from './mentions.ts';
import { AgentReference, personIn, personNamed } from './people.ts';
import type { Word } from './words.ts';

/** One part of a rule as it was typed: text, or a person. What is `glued` stood right after the part before it. */
export const Term = z.union([
  z.object({ text: z.string(), quoted: z.boolean(), glued: z.boolean().optional() }),
  z.object({ agent: AgentReference }),
]);
export type Term = z.infer<typeof Term>;

/** The first word is the skill, the others are parts of a rule, down to the last line. */
export function skillThenTerms({ words, below, people }: CommandLine): { skill: string; terms: Term[] } {
  const [first, ...rest] = words;
  if (first?.kind !== 'text') throw new UsageError({ kind: 'missing', argument: 'skill' });
  const further = below.flatMap((entry) => valueWords(entry, people));
  return { skill: first.text, terms: [...rest, ...further].flatMap(termsIn) };
}

/** The texts at the front of the terms that may be further words of the skill's name: never all of them. */
export function moreOfName(terms: readonly Term[]): string[] {
  const end = terms.findIndex((term, at) => !('text' in term) || term.quoted || term.glued || at === terms.length - 1);
  return terms.slice(0, end).flatMap((term) => ('text' in term ? [term.text] : []));
}

const SIGNS = /(>=|<=|=>|=<|==|!=|<>|≥|≤|≠|=)/u;

function termsIn(word: Word): Term[] {
  if (word.kind === 'mention') return [{ agent: personIn(word.mention) }];
  if (word.kind === 'everyone') throw new UsageError({ kind: 'everyone' });
  const { text, quoted } = word;
  const placeholder = placeholderIn(text);
  if (placeholder !== undefined) throw new UsageError({ kind: 'no-name', text: placeholder });
  // `City=Beijing` has no spaces; an e-mail address or an id has no sign in it.
  const parts = quoted ? [text] : text.split(SIGNS).filter((part) => part !== '');
  return parts.map((part, at) => ({ text: part, quoted, ...(at > 0 && { glued: true }) }));
}

/** The most words that a name of a condition or an operator has. */
const MAX_WORDS = 5;

/** The condition that a text names. Throws a {@link UsageError} when several go by that name. */
export function optionMeant(text: string, options: readonly RuleOption[]): RuleOption | undefined {
  const [option, ...others] = optionsNamed(text, options);
  if (option && others.length > 0)
    throw new UsageError({ kind: 'ambiguous-condition', text, options: [option, ...others] });
  return option;
}

/** Takes the condition from the front of the terms. Throws a {@link UsageError}. */
export function takeCondition(
  terms: readonly Term[],
  options: readonly RuleOption[],
): { option: RuleOption; rest: Term[] } {
  if (terms.length === 0) throw new UsageError({ kind: 'missing', argument: 'condition' });
  const taken = takeLongest(terms, (text) => optionMeant(text, options));
  if (taken) return { option: taken.value, rest: taken.rest };
  const [first] = terms;
  throw new UsageError({
    kind: 'unknown-condition',
    text: first && 'text' in first ? first.text : '',
    options: [...options],
  });
}

/** Takes the operator's words from the front of the terms; undefined when they begin with none. */
export function takeOperator(terms: readonly Term[]): { text: string; rest: Term[] } | undefined {
  const taken = takeLongest(terms, (text) => (operatorsNamed(text).length > 0 ? text : undefined));
  return taken && { text: taken.value, rest: taken.rest };
}

function takeLongest<T>(
  terms: readonly Term[],
  find: (text: string) => T | undefined,
): { value: T; rest: Term[] } | undefined {
  for (let length = Math.min(MAX_WORDS, terms.length); length > 0; length -= 1) {
    const texts = terms.slice(0, length).map((term) => ('text' in term ? term.text : undefined));
    // What draws nothing would vanish in the words around it.
    if (texts.some((text) => text === undefined || drawsNothing(text))) continue;
    const value = find(folded(texts.join(' ')));
    if (value !== undefined) return { value, rest: terms.slice(length) };
  }
  return undefined;
}

/**
 * The values that are left, split at commas unless they were quoted. A sign in a value is part of it: `a=b`. A word that
 * joins two others is no value. Throws a {@link UsageError} for a sign that joins two values, or is a part of one.
 */
export const valuesIn = (terms: readonly Term[]): (string | AgentReference)[] =>
  gluedTogether(terms).flatMap((term, at, all): (string | AgentReference)[] => {
    if ('agent' in term) return [term.agent];
    if (term.quoted) return [term.text];
    const [before, after] = [all[at - 1], all[at + 1]];
    const join = before && after ? joinIn(term.text) : undefined;
    if (join === 'sign' && !(isPerson(before) && isPerson(after))) throw oneOrSeveral(before, term.text, after);
    return join ? [] : term.text.split(/[,，、;；]/u).filter((part) => part !== '');
  });

const isPerson = (term: Term | undefined): boolean =>
  term !== undefined && ('agent' in term || personNamed(term.text) !== undefined);

function oneOrSeveral(before: Term | undefined, sign: string, after: Term | undefined): UsageError {
  const [first, second] = [before, after].map((term) => (term && 'text' in term ? term.text : ''));
  return new UsageError({
    kind: 'one-or-several',
    text: [first, sign, second].filter((part) => part !== '').join(' '),
  });
}

function gluedTogether(terms: readonly Term[]): Term[] {
  const result: Term[] = [];
  for (const term of terms) {
    const last = result.at(-1);
    if (last && 'text' in last && 'text' in term && term.glued) {
      result[result.length - 1] = { ...last, text: last.text + term.text };
    } else {
      result.push(term);
    }
  }
  return result;
}

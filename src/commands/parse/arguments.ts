import yargsParser from 'yargs-parser';
import { z } from 'zod';
import type { Mention } from '../../domain/delivery.ts';
import { OpenId } from '../../domain/ids.ts';
import { withoutInvisibleAround } from '../../domain/writable.ts';
import { UsageError } from '../errors.ts';
import type { CommandLine } from './line.ts';
import {
  splitWords,
  unquoted,
  type Word,
  withNames,
  withoutSeparatorAtEnd,
  withoutSeparatorsAtStart,
} from './words.ts';

/** One person, as a command names them. */
export const AgentReference = z.union([z.object({ id: OpenId, name: z.string() }), z.object({ email: z.string() })]);
export type AgentReference = z.infer<typeof AgentReference>;

const MAX_EMAIL_LENGTH = 254;
const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/u;
const OPEN_ID = /^ou_[A-Za-z0-9_-]+$/;
/** What people put between names. */
const SEPARATORS = /[,，、;；]+/u;

/** The people a word names, or undefined when it is something else. Nobody, when it only separates. */
function agentsIn(word: Word): AgentReference[] | undefined {
  if (word.kind === 'mention') return [personIn(word.mention)];
  if (word.kind === 'everyone') throw new UsageError({ kind: 'everyone' });
  const agents = word.text
    .split(SEPARATORS)
    .filter((part) => part !== '')
    .map(agentIn);
  return agents.some((agent) => agent === undefined) ? undefined : agents.filter((agent) => agent !== undefined);
}

/** Who is mentioned. Throws a {@link UsageError} for a person of another company, who can hold no skill here. */
export function personIn({ openId: id, name, isStranger }: Mention): AgentReference {
  if (isStranger) throw new UsageError({ kind: 'other-company', name });
  return { id, name };
}

function agentIn(part: string): AgentReference | undefined {
  // The end of a sentence is none of an address.
  const text = withoutInvisibleAround(part.replace(/^mailto:/i, '').replace(/[。.]{1,3}$/u, ''));
  if (OPEN_ID.test(text)) return { id: OpenId.parse(text), name: '' };
  return text.length <= MAX_EMAIL_LENGTH && EMAIL.test(text) ? { email: text.toLowerCase() } : undefined;
}

/** Everything up to the first person is the skill, everything from there on people. */
export function skillThenAgents(line: CommandLine): { skill: string; agents: AgentReference[] } {
  const { before, agents } = untilAgents(line, (word, at) => at === 0 && isQuoted(word));
  const skill = withNames(unquoted(before), line.people);
  if (skill === '') throw new UsageError({ kind: 'missing', argument: 'skill' });
  if (agents.length === 0) throw new UsageError({ kind: 'missing', argument: 'agent' });
  return { skill, agents };
}

/** What stands before the first person, and all people from there on, down to the last line that names nobody else. */
function untilAgents(
  { text, words, below }: CommandLine,
  isOther: (word: Word, at: number) => boolean = () => false,
): { before: string; agents: AgentReference[] } {
  const first = words.findIndex((word, at) => !isOther(word, at) && (agentsIn(word)?.length ?? 0) > 0);
  const own = first < 0 ? [] : words.slice(first);
  const before = first < 0 ? text : withoutSeparatorAtEnd(text.slice(0, words[first]?.start));
  const end = below.findIndex((line) => !line.every(isAgents));
  const further = below.slice(0, end < 0 ? below.length : end);
  return { before, agents: [...own, ...further.flat()].flatMap(asAgents) };
}

const isAgents = (word: Word): boolean => word.kind !== 'text' || agentsIn(word) !== undefined;

/** A skill whose name looks like a person can be named in quotes. */
const isQuoted = (word: Word): boolean => word.kind === 'text' && word.quoted;

function asAgents(word: Word): AgentReference[] {
  const agents = agentsIn(word);
  if (!agents) throw new UsageError({ kind: 'not-an-agent', text: word.kind === 'text' ? word.text : '' });
  return agents;
}

/** One word names the skill (quoted when it has spaces); the rest of the line is the name, as it stands. */
export function skillThenName({ text, words, people }: CommandLine): { skill: string; name: string } {
  const [first] = words;
  if (first?.kind !== 'text' || first.text.trim() === '') throw new UsageError({ kind: 'missing', argument: 'skill' });
  // Only a quoted word has a comma right after it that is not its own.
  const rest = withoutSeparatorsAtStart(text.slice(first.end));
  if (rest.trim() === '') throw new UsageError({ kind: 'missing', argument: 'name' });
  return { skill: first.text, name: withNames(unquoted(rest), people) };
}

/** Everything up to the first person is a name, everything from there on people; there need not be any. */
export function nameThenAgents(line: CommandLine): { name: string; agents: AgentReference[] } {
  const { before, agents } = untilAgents(line);
  const name = unquoted(before);
  if (name === '') throw new UsageError({ kind: 'missing', argument: 'name' });
  return { name, agents };
}

/** One person, or a text that names something else; or nothing. */
export function agentsOrText(line: CommandLine): { agent?: AgentReference; skill?: string } {
  const [first, second] = line.words;
  const [agent] = first ? (agentsIn(first) ?? []) : [];
  if (agent && second) throw tooMuch(line.text.slice(second.start), line);
  if (agent) return { agent };
  const skill = textOf(line);
  return skill === '' ? {} : { skill };
}

/** The whole line names one skill. */
export function skillOnly(line: CommandLine): { skill: string } {
  const skill = textOf(line);
  if (skill === '') throw new UsageError({ kind: 'missing', argument: 'skill' });
  return { skill };
}

/** The whole line as text, without the quotes around it. */
export const textOf = ({ text, people }: CommandLine): string => withNames(unquoted(text), people);

/** Nothing may follow the command. */
export function nothing(line: CommandLine): Record<string, never> {
  if (line.words.length > 0) throw tooMuch(line.text, line);
  return {};
}

const tooMuch = (text: string, { people }: CommandLine): UsageError =>
  new UsageError({ kind: 'surplus', text: withNames(text, people) });

/** Every word is a person, and there is at most one. */
export function oneAgentAtMost(line: CommandLine): AgentReference[] {
  const agents = line.words.flatMap((word) => asAgents(word).map((agent) => ({ agent, word })));
  const second = agents[1]?.word;
  if (second) throw tooMuch(line.text.slice(second.start), line);
  return agents.map(({ agent }) => agent);
}

/** Every word stays a string, whatever it looks like: no number, no boolean, no option that was not declared. */
const NO_COERCION = {
  'parse-numbers': false,
  'parse-positional-numbers': false,
  'boolean-negation': false,
  'camel-case-expansion': false,
  'dot-notation': false,
  'short-option-groups': false,
  'duplicate-arguments-array': false,
  'unknown-options-as-args': true,
  'strip-dashed': true,
} as const;

const Page = z.string().regex(/^\d{1,4}$/);

/** The line without `--page N`, and that page. Nothing else counts as an option: a name such as `-x` stays a word. */
export function withPage(line: CommandLine): { page: number; line: CommandLine } {
  const typed = line.words.map((word) => line.text.slice(word.start, word.end));
  const isOption = (at: number): boolean => /^--page(=|$)/.test(typed[at] ?? '') || typed[at - 1] === '--page';
  const options = line.words.filter((_, at) => isOption(at));
  if (options.length === 0) return { page: 1, line };
  const parsed = yargsParser(
    typed.filter((_, at) => isOption(at)),
    { string: ['page'], configuration: NO_COERCION },
  );
  const wanted = String(parsed.page ?? '').normalize('NFKC');
  if (wanted === '') throw new UsageError({ kind: 'missing', argument: 'page' });
  const page = Page.safeParse(wanted);
  if (!page.success) throw new UsageError({ kind: 'bad-page', text: wanted });
  const text = without(options, line.text);
  return {
    page: Math.max(1, Number(page.data)),
    line: { ...line, text, words: splitWords(text, line.people) },
  };
}

/** The text without these words, and without the spaces before each. */
function without(words: readonly Word[], text: string): string {
  let result = '';
  let from = 0;
  for (const { start, end } of words) {
    result += text.slice(from, start).trimEnd();
    from = end;
  }
  return (result + text.slice(from)).trim();
}

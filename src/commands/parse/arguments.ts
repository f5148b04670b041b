import yargsParser from 'yargs-parser';
import { z } from 'zod';
import { OpenId } from '../../skills/ids.ts';
import { UsageError } from '../errors.ts';
import { type CommandLine, withNames } from './line.ts';
import { unquoted, type Word } from './words.ts';

/** One person, as a command names them. */
export const AgentReference = z.union([z.object({ id: OpenId, name: z.string() }), z.object({ email: z.string() })]);
export type AgentReference = z.infer<typeof AgentReference>;

const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/u;
const OPEN_ID = /^ou_[A-Za-z0-9_-]+$/;
/** What people put between names. */
const SEPARATORS = /[,，、;；]+/u;

/** The people a word names, or undefined when it is something else. Nobody, when it only separates. */
function agentsIn(word: Word): AgentReference[] | undefined {
  if (word.kind === 'mention') return [{ id: word.mention.open_id, name: word.mention.name }];
  if (word.kind === 'everyone') throw new UsageError({ kind: 'everyone' });
  const agents = word.text
    .split(SEPARATORS)
    .filter((part) => part !== '')
    .map(agentIn);
  return agents.some((agent) => agent === undefined) ? undefined : agents.filter((agent) => agent !== undefined);
}

function agentIn(part: string): AgentReference | undefined {
  const text = part.replace(/^mailto:/i, '');
  if (OPEN_ID.test(text)) return { id: OpenId.parse(text), name: '' };
  return EMAIL.test(text) ? { email: text.toLowerCase() } : undefined;
}

/** Everything up to the first person is the skill, everything from there on people. */
export function skillThenAgents({ text, words }: CommandLine): { skill: string; agents: AgentReference[] } {
  const first = words.findIndex((word) => (agentsIn(word)?.length ?? 0) > 0);
  const skill = unquoted(first < 0 ? text : text.slice(0, words[first]?.start));
  if (skill === '') throw new UsageError({ kind: 'missing', argument: 'skill' });
  if (first < 0) throw new UsageError({ kind: 'missing', argument: 'agent' });
  return { skill, agents: words.slice(first).flatMap(asAgents) };
}

function asAgents(word: Word): AgentReference[] {
  const agents = agentsIn(word);
  if (!agents) throw new UsageError({ kind: 'not-an-agent', text: word.kind === 'text' ? word.text : '' });
  return agents;
}

/** One word names the skill (quoted when it has spaces); the rest of the line is the name, as it stands. */
export function skillThenName({ text, words }: CommandLine): { skill: string; name: string } {
  const [first] = words;
  if (!first) throw new UsageError({ kind: 'missing', argument: 'skill' });
  if (first.kind !== 'text') throw new UsageError({ kind: 'missing', argument: 'skill' });
  const rest = words.slice(1);
  if (rest.length === 0) throw new UsageError({ kind: 'missing', argument: 'name' });
  const name = withNames(text, words).slice(first.end);
  return { skill: first.text, name: unquoted(name) };
}

/** The whole line names one skill. */
export function skillOnly(line: CommandLine): { skill: string } {
  const skill = textOf(line);
  if (skill === '') throw new UsageError({ kind: 'missing', argument: 'skill' });
  return { skill };
}

/** The whole line as text, without the quotes around it. */
export const textOf = ({ text, words }: CommandLine): string => unquoted(withNames(text, words));

/** Nothing may follow the command. */
export function nothing({ words, text }: CommandLine): Record<string, never> {
  if (words.length > 0) throw new UsageError({ kind: 'surplus', text });
  return {};
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

/** The words of a line that takes `--page N`, and that page; a name such as `-x` stays a word. */
export function withPage(line: CommandLine): { page: number; line: CommandLine } {
  const strings = line.words.map((word) => line.text.slice(word.start, word.end));
  const parsed = yargsParser(strings, { string: ['page'], configuration: NO_COERCION });
  const page = z
    .string()
    .regex(/^\d{1,4}$/)
    .safeParse(parsed.page);
  if (parsed.page !== undefined && !page.success) throw new UsageError({ kind: 'bad-page', text: String(parsed.page) });
  if (!page.success) return { page: 1, line };
  const kept = line.words.filter((_, at) => !/^--page(=|$)/.test(strings[at] ?? '') && strings[at - 1] !== '--page');
  const end = kept.at(-1)?.end ?? 0;
  return { page: Math.max(1, Number(page.data)), line: { ...line, text: line.text.slice(0, end), words: kept } };
}

import { UsageError } from '../errors.ts';
import type { CommandLine } from './line.ts';
import { type AgentReference, namesPeople, peopleIn } from './people.ts';
import { unquoted, type Word, withNames, withoutSeparatorAtEnd, withoutSeparatorsAtStart } from './words.ts';

// Whatever a message holds is in what these functions give, or in the UsageError that they throw.

/** Everything up to the first person is the skill, everything from there on people. */
export function skillThenAgents(line: CommandLine): { skill: string; agents: AgentReference[] } {
  const { before: skill, agents } = untilAgents(line);
  if (skill === '') throw new UsageError({ kind: 'missing', argument: 'skill' });
  if (agents.length === 0) throw new UsageError({ kind: 'missing', argument: 'agent' });
  return { skill, agents };
}

/** Everything up to the first person is a name, everything from there on people; there need not be any. */
export function nameThenAgents(line: CommandLine): { name: string; agents: AgentReference[] } {
  const { before: name, agents } = untilAgents(line);
  if (name === '') throw new UsageError({ kind: 'missing', argument: 'name' });
  return { name, agents };
}

/** What stands before the first person, and all people from there on, down to the last line. */
function untilAgents({ text, words, below, people }: CommandLine): { before: string; agents: AgentReference[] } {
  const first = words.findIndex((word, at) => !(at === 0 && isQuoted(word)) && namesPeople(word));
  const own = first < 0 ? [] : words.slice(first);
  const before = first < 0 ? text : withoutSeparatorAtEnd(text.slice(0, words[first]?.start));
  const agents = peopleIn(own, below);
  if (before !== '') return { before: withNames(unquoted(before), people), agents };
  return withNameOf(agents);
}

/** What stands right before the brackets of the first address is what the command is about: `create 夜班(sara@e.com)`. */
function withNameOf(agents: AgentReference[]): { before: string; agents: AgentReference[] } {
  const [first, ...others] = agents;
  if (!first || !('email' in first) || first.name === undefined || first.row !== undefined)
    return { before: '', agents };
  return { before: first.name, agents: [{ email: first.email }, ...others] };
}

/** A name that looks like a person can be written in quotes. */
const isQuoted = (word: Word): boolean => word.kind === 'text' && word.quoted;

/** One word names the skill (quoted when it has spaces); the rest of the line, or the next line, is the name. */
export function skillThenName({ text, words, people, below }: CommandLine): { skill: string; name: string } {
  const [first] = words;
  if (first?.kind !== 'text' || first.text.trim() === '') throw new UsageError({ kind: 'missing', argument: 'skill' });
  // Only a quoted word has a comma right after it that is not its own.
  const rest = withoutSeparatorsAtStart(text.slice(first.end));
  const [next, ...further] = rest.trim() === '' ? below : [undefined, ...below];
  const name = next ? next.text : rest;
  if (name.trim() === '') throw new UsageError({ kind: 'missing', argument: 'name' });
  noMore({ people, below: further.filter((entry) => entry !== undefined) });
  return { skill: first.text, name: withNames(unquoted(name), people) };
}

/** One person, or a text that names something else; or nothing. */
export function agentsOrText(line: CommandLine): { agent?: AgentReference; skill?: string } {
  const [first, second] = line.words;
  if (!first || !namesPeople(first)) {
    const skill = wholeText(line);
    return skill === '' ? {} : { skill };
  }
  noMore(line);
  const [agent, another] = peopleIn([first], []);
  if (!agent || second || another) throw tooMuch(line.text.slice((second ?? first).start), line);
  return { agent };
}

/** The whole command names one skill. */
export function skillOnly(line: CommandLine): { skill: string } {
  const skill = wholeText(line);
  if (skill === '') throw new UsageError({ kind: 'missing', argument: 'skill' });
  return { skill };
}

/** The whole command as text, without the quotes around it. */
export function wholeText(line: CommandLine): string {
  noMore(line);
  return withNames(unquoted(line.text), line.people);
}

/** Nothing may follow the command. */
export function nothing(line: CommandLine): Record<string, never> {
  if (line.words.length > 0) throw tooMuch(line.text, line);
  noMore(line);
  return {};
}

/** Every word is a person, and there is at most one. */
export function oneAgentAtMost(line: CommandLine): AgentReference[] {
  const agents = peopleIn(line.words, []);
  noMore(line);
  if (agents.length > 1) {
    const second = line.words.filter(namesPeople)[1] ?? line.words[0];
    throw tooMuch(line.text.slice(second?.start), line);
  }
  return agents;
}

/** Refuses the lines below of a command that takes none. */
function noMore({ people, below }: Pick<CommandLine, 'people' | 'below'>): void {
  const [next] = below;
  if (next) throw new UsageError({ kind: 'surplus', text: withNames(next.text, people), row: next.row });
}

const tooMuch = (text: string, { people }: CommandLine): UsageError =>
  new UsageError({ kind: 'surplus', text: withNames(text, people) });

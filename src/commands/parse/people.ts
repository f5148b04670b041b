import { z } from 'zod';
import type { Mention } from '../../domain/delivery.ts';
import { OpenId } from '../../domain/ids.ts';
import { drawsNothing, withoutInvisibleAround } from '../../domain/writable.ts';
import { UsageError } from '../errors.ts';
import { cellsOf, isJoining, type ListEntry } from './lines.ts';
import type { Word } from './words.ts';

/**
 * One person, as a command names them. An address may have come with words beside it, in a line below the command: who
 * looks the address up compares them with the person's name.
 */
export const AgentReference = z.union([
  z.object({ id: OpenId, name: z.string() }),
  z.object({ email: z.string(), name: z.string().optional(), row: z.number().int().optional() }),
]);
export type AgentReference = z.infer<typeof AgentReference>;

const MAX_EMAIL_LENGTH = 254;
const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/u;
const OPEN_ID = /^ou_[A-Za-z0-9_-]+$/;
/** What people put between names. */
const SEPARATORS = /[,，、;；]+/u;

/** Who is mentioned. Throws a {@link UsageError} for whoever can hold no skill here, or cannot be told. */
export function personIn({ openId: id, name, isStranger, isBot }: Mention): AgentReference {
  if (isBot) throw new UsageError({ kind: 'not-an-agent', pieces: [{ text: `@${name}` }] });
  if (isStranger) throw new UsageError({ kind: 'other-company', name });
  if (id === undefined) throw new UsageError({ kind: 'no-identity', name });
  return { id, name };
}

/** What a part of a word says: a person, nothing at all, or something else. */
type Part = { agent: AgentReference; isBracketed: boolean } | 'nothing' | undefined;

/** An address as a mail client writes it: `<mail>`, or with the name right before it. Brackets of any kind. */
const BRACKETED = /^([^<＜(（【[]*)[<＜(（【[](\S+)[>＞)）】\]]$/u;

function partIn(part: string): Part {
  const text = withoutInvisibleAround(part).replace(/[。.]{1,3}$/u, '');
  if (text === '') return 'nothing';
  const agent = agentIn(text);
  if (agent) return { agent, isBracketed: false };
  const [, name = '', inner = ''] = BRACKETED.exec(text) ?? [];
  const bracketed = inner === '' ? undefined : agentIn(inner);
  // Only an address can have a name beside it.
  if (!bracketed || (name !== '' && 'id' in bracketed)) return undefined;
  return { agent: named(bracketed, name), isBracketed: name === '' };
}

/** The person that an id or an address stands for; brackets and what draws nothing are none of it. */
export function personNamed(text: string): AgentReference | undefined {
  const part = partIn(text);
  return typeof part === 'object' && !part.agent.name ? part.agent : undefined;
}

function agentIn(part: string): AgentReference | undefined {
  // A sign in front of an address is no part of it, and may mean the opposite: it is quoted.
  const text = withoutInvisibleAround(part.replace(/^mailto:/iu, ''));
  if (OPEN_ID.test(text)) return { id: OpenId.parse(text), name: '' };
  const isEmail = text.length <= MAX_EMAIL_LENGTH && !/[<>＜＞()（）【】[\]]/u.test(text) && EMAIL.test(text);
  return isEmail ? { email: text.toLowerCase() } : undefined;
}

const named = (agent: AgentReference, name: string): AgentReference =>
  'email' in agent && name.trim() !== '' ? { ...agent, name: name.trim() } : agent;

/** Whether a word names people, and nothing else. */
export function namesPeople(word: Word): boolean {
  if (word.kind !== 'text') return true;
  const parts = word.text.split(SEPARATORS).map(partIn);
  return !parts.includes(undefined) && parts.some((part) => typeof part === 'object');
}

/** The people that words and lines name. Throws a {@link UsageError} that quotes everything else in them. */
export function peopleIn(words: readonly Word[], below: readonly ListEntry[]): AgentReference[] {
  const lines: Read[] = [lineOf(words), ...below.map((entry) => ({ ...entryOf(entry), row: entry.row }))];
  const pieces = lines.flatMap(({ row, others }) => others.map((text) => ({ text, row })));
  if (pieces.length > 0) throw new UsageError({ kind: 'not-an-agent', pieces });
  return lines.flatMap(({ agents, row }) => agents.map((agent) => inRow(agent, row)));
}

/** A name beside an address may have to be quoted later on, with its line. */
const inRow = (agent: AgentReference, row: number | undefined): AgentReference =>
  'email' in agent && agent.name !== undefined && row !== undefined ? { ...agent, row } : agent;

/** What a line says: people, and whatever else. */
interface Read {
  agents: AgentReference[];
  others: string[];
  row?: number;
}

/** What a line is made of: a person, words that name nobody, or what parts two of them. */
type Token =
  | { kind: 'person'; agent: AgentReference; isBracketed: boolean }
  | { kind: 'other'; text: string }
  | { kind: 'end' };

const END: Token = { kind: 'end' };

function tokensIn(word: Word): Token[] {
  if (word.kind === 'everyone') throw new UsageError({ kind: 'everyone' });
  if (word.kind === 'mention') return [{ kind: 'person', agent: personIn(word.mention), isBracketed: false }];
  if (isJoining(word)) return [END];
  // A name may have a comma in it: `"Chen, Mo" <mail>`.
  if (word.quoted && !namesPeople(word)) return [{ kind: 'other', text: drawsNothing(word.text) ? '""' : word.text }];
  return word.text.split(SEPARATORS).flatMap((text, at) => [...(at > 0 ? [END] : []), ...tokenOf(text)]);
}

function tokenOf(text: string): Token[] {
  const part = partIn(text);
  if (part === 'nothing') return [];
  return [part ? { kind: 'person', ...part } : { kind: 'other', text }];
}

/** Reads a line word by word. Words before an address in brackets are to be the name of its person. */
function lineOf(words: readonly Word[]): Read {
  const read: Read = { agents: [], others: [] };
  let before: string[] = [];
  for (const token of [...words.flatMap(tokensIn), END]) {
    if (token.kind === 'other') {
      before.push(token.text);
      continue;
    }
    const name = before.join(' ');
    before = [];
    const isItsName = token.kind === 'person' && token.isBracketed && 'email' in token.agent;
    if (name !== '' && !isItsName) read.others.push(name);
    if (token.kind === 'person') read.agents.push(isItsName ? named(token.agent, name) : token.agent);
  }
  return read;
}

/** Reads an entry of a list, where it is a row of a table cell by cell. */
function entryOf(entry: ListEntry): Read {
  const cells = cellsOf(entry);
  const row = cells.length > 1 ? withItsName(cells.map(lineOf)) : undefined;
  const line = row ?? lineOf(entry.words);
  // Mail and phones turn the tab of a table into a space.
  return withItsName([line]) ?? line;
}

/**
 * One person's address and other words beside it, in any order: those are to be the name; undefined for anything else. Who
 * looks the address up compares them.
 */
function withItsName(cells: readonly Read[]): Read | undefined {
  if (cells.length > 2) return undefined;
  const agents = cells.flatMap((cell) => cell.agents);
  const others = cells.flatMap((cell) => cell.others);
  const [agent] = agents;
  const [name] = others;
  if (agents.length !== 1 || others.length !== 1 || agent === undefined || name === undefined) return undefined;
  if (agent.name === name) return { agents: [agent], others: [] };
  return 'email' in agent && agent.name === undefined ? { agents: [named(agent, name)], others: [] } : undefined;
}

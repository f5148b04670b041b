import type { Mention } from '../../domain/delivery.ts';
import { EVERYONE, type MentionKeys } from './mentions.ts';

/** One word of a command line: typed text, a person that was mentioned, or everybody. */
export type Word =
  | { kind: 'text'; text: string; quoted: boolean; start: number; end: number }
  | { kind: 'mention'; mention: Mention; start: number; end: number }
  | { kind: 'everyone'; start: number; end: number };

// Quotes of Chinese input methods are mixed freely with ASCII ones, and closed by whatever is nearest.
const DOUBLE = '"“”„＂「」『』';
const SINGLE = "'‘’＇";

/** What people put between names, and what parts a quoted word from the next one. */
const SEPARATORS = ',，、;；:：';

const familyOf = (character: string): string | undefined =>
  [DOUBLE, SINGLE].find((family) => family.includes(character));

/** Whether a character is a space, or there is none. Most are neither, which needs no search. */
function isSpace(character: string | undefined): boolean {
  if (character === undefined) return true;
  return !(character > ' ' && character <= '~') && /\s/u.test(character);
}

const isSeparator = (character: string | undefined): boolean =>
  character !== undefined && SEPARATORS.includes(character);

/**
 * Splits a line into words. Mentions are words of their own, also where nothing separates them from text. Takes time with
 * the length of the line.
 */
export function splitWords(line: string, mentions: MentionKeys): Word[] {
  const words: Word[] = [];
  const unclosed = new Set<string>();
  let word = wordFrom(line, 0, { mentions, unclosed });
  while (word) {
    words.push(word);
    word = wordFrom(line, word.end, { mentions, unclosed, before: word });
  }
  return words;
}

/** The first word of a line; undefined when it has none. */
export const firstWord = (line: string, mentions: MentionKeys): Word | undefined =>
  wordFrom(line, 0, { mentions, unclosed: new Set() });

interface Reading {
  mentions: MentionKeys;
  /** Quotes that are known to be closed nowhere after this. */
  unclosed: Set<string>;
  before?: Word;
}

function wordFrom(line: string, from: number, { mentions, unclosed, before }: Reading): Word | undefined {
  let at = from;
  while (at < line.length && isSpace(line[at])) at += 1;
  if (at === line.length) return undefined;
  return (
    mentionAt(line, at, mentions) ??
    quotedAt(line, at, mentions, unclosed) ??
    separatorAt(line, at, before) ??
    plainAt(line, at, mentions)
  );
}

/** A text with the people's names where their mentions stand; what carries no name stays as it is. */
export function withNames(text: string, mentions: MentionKeys): string {
  let result = '';
  let from = 0;
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', Math.max(at + 1, from))) {
    const mention = mentions.at(text, at);
    if (!mention || mention.name === '') continue;
    result += `${text.slice(from, at)}@${mention.name}`;
    from = at + mention.key.length;
  }
  return result + text.slice(from);
}

/** A line from the first word on that is not a bot. */
export function withoutLeadingBots(line: string, mentions: MentionKeys): string {
  let word = firstWord(line, mentions);
  while (word?.kind === 'mention' && word.mention.isBot) {
    word = wordFrom(line, word.end, { mentions, unclosed: new Set() });
  }
  return word ? line.slice(word.start) : '';
}

function mentionAt(line: string, start: number, mentions: MentionKeys): Word | undefined {
  if (line[start] !== '@') return undefined;
  const end = start + EVERYONE.length;
  if (line.startsWith(EVERYONE, start) && !/[A-Za-z0-9_]/.test(line[end] ?? '')) {
    return { kind: 'everyone', start, end };
  }
  const mention = mentions.at(line, start);
  return mention && { kind: 'mention', mention, start, end: start + mention.key.length };
}

/**
 * A quote that is never closed before a space is part of the word: `'n Sync`. What is found to be `unclosed` is not
 * looked for again, or a long line of such quotes would take minutes.
 */
function quotedAt(line: string, start: number, mentions: MentionKeys, unclosed: Set<string>): Word | undefined {
  const family = familyOf(line[start] ?? '');
  if (!family || unclosed.has(family)) return undefined;
  for (let end = start + 1; end < line.length; end += 1) {
    if (!family.includes(line[end] ?? '')) continue;
    const next = line[end + 1];
    if (!isSpace(next) && next !== '@' && !isSeparator(next)) continue;
    const text = withNames(line.slice(start + 1, end), mentions);
    return { kind: 'text', text, quoted: true, start, end: end + 1 };
  }
  unclosed.add(family);
  return undefined;
}

/** What stands right after a quoted word and parts it from the next one: `“北京”、“上海”`. */
function separatorAt(line: string, start: number, before: Word | undefined): Word | undefined {
  if (before?.kind !== 'text' || !before.quoted || before.end !== start) return undefined;
  let end = start;
  while (isSeparator(line[end])) end += 1;
  return end === start ? undefined : { kind: 'text', text: line.slice(start, end), quoted: false, start, end };
}

function plainAt(line: string, start: number, mentions: MentionKeys): Word {
  let end = start + 1;
  while (end < line.length && !isSpace(line[end]) && !mentionAt(line, end, mentions)) end += 1;
  return { kind: 'text', text: line.slice(start, end), quoted: false, start, end };
}

/** Without one separator at the end of a text, and the spaces around it; a text that ends with none stays as it is. */
export function withoutSeparatorAtEnd(text: string): string {
  const trimmed = text.trimEnd();
  return isSeparator(trimmed.at(-1)) ? trimmed.slice(0, -1) : text;
}

/** Without the separators at the beginning of a text. */
export function withoutSeparatorsAtStart(text: string): string {
  let at = 0;
  while (isSeparator(text[at])) at += 1;
  return text.slice(at);
}

/**
 * Takes away quotes of any kind around the whole of a text. Quotes that belong to a part of it stay:
 * `"a" and "b"` keeps all four.
 */
export function unquoted(text: string): string {
  const trimmed = text.trim();
  const family = familyOf(trimmed[0] ?? '');
  if (!family || trimmed.length < 2 || !family.includes(trimmed.at(-1) ?? '')) return trimmed;
  const inner = trimmed.slice(1, -1);
  return isSeveral(inner, family) ? trimmed : inner.trim();
}

/** Whether the quote before `inner` is closed in it and another one opened: then the outer two are no pair. */
function isSeveral(inner: string, family: string): boolean {
  let depth = 1;
  for (let at = 0; at < inner.length; at += 1) {
    const side = family.includes(inner[at] ?? '') ? sideOf(inner, at) : undefined;
    if (side === 'opens' && depth === 0) return true;
    if (side === 'opens') depth += 1;
    if (side === 'closes') depth = Math.max(0, depth - 1);
  }
  return false;
}

const OPENING = '“„「『‘';
const CLOSING = '”」』’';
const LATIN = /\p{Script=Latin}/u;

/** Spaces show which way a quote faces. Chinese has none: there its shape does, unless it is an apostrophe. */
function sideOf(text: string, at: number): 'opens' | 'closes' | undefined {
  const before = text[at - 1];
  const after = text[at + 1];
  if (isSpace(before) !== isSpace(after)) return isSpace(before) ? 'opens' : 'closes';
  if (isSpace(before) || (LATIN.test(before ?? '') && LATIN.test(after ?? ''))) return undefined;
  if (OPENING.includes(text[at] ?? '')) return 'opens';
  return CLOSING.includes(text[at] ?? '') ? 'closes' : undefined;
}

import type { Mention } from '../../store/delivery.ts';

/** One word of a command line: typed text, a person that was mentioned, or everybody. */
export type Word =
  | { kind: 'text'; text: string; quoted: boolean; start: number; end: number }
  | { kind: 'mention'; mention: Mention; start: number; end: number }
  | { kind: 'everyone'; start: number; end: number };

// Quotes of Chinese input methods are mixed freely with ASCII ones, and closed by whatever is nearest.
const DOUBLE = '"“”„＂「」『』';
const SINGLE = "'‘’＇";

const familyOf = (character: string): string | undefined =>
  [DOUBLE, SINGLE].find((family) => family.includes(character));

const isSpace = (character: string | undefined): boolean => character === undefined || /\s/u.test(character);

/** Splits a line into words. Mentions are words of their own, also where nothing separates them from text. */
export function splitWords(line: string, mentions: readonly Mention[]): Word[] {
  const words: Word[] = [];
  const unclosed = new Set<string>();
  let at = 0;
  while (at < line.length) {
    if (isSpace(line[at])) {
      at += 1;
      continue;
    }
    const word =
      mentionAt(line, at, mentions) ??
      quotedAt(line, at, mentions, unclosed) ??
      separatorAt(line, at, words.at(-1)) ??
      plainAt(line, at, mentions);
    words.push(word);
    at = word.end;
  }
  return words;
}

/** A text with the people's names where their mentions stand. */
export function withNames(text: string, mentions: readonly Mention[]): string {
  let result = '';
  let at = 0;
  while (at < text.length) {
    const word = mentionAt(text, at, mentions);
    const isPerson = word?.kind === 'mention';
    result += isPerson ? `@${word.mention.name}` : text[at];
    at = isPerson ? word.end : at + 1;
  }
  return result;
}

/** The longest key wins: `@_user_1` is the beginning of `@_user_10`. */
function mentionAt(line: string, start: number, mentions: readonly Mention[]): Word | undefined {
  if (line[start] !== '@') return undefined;
  const everyone = /^@_all(?![A-Za-z0-9_])/.exec(line.slice(start));
  if (everyone) return { kind: 'everyone', start, end: start + everyone[0].length };
  const matching = mentions.filter((mention) => mention.key !== '' && line.startsWith(mention.key, start));
  const [longest] = matching.sort((a, b) => b.key.length - a.key.length);
  return longest && { kind: 'mention', mention: longest, start, end: start + longest.key.length };
}

/**
 * A quote that is never closed before a space is part of the word: `'n Sync`. What is found to be `unclosed` is not
 * looked for again, or a long line of such quotes would take minutes.
 */
function quotedAt(line: string, start: number, mentions: readonly Mention[], unclosed: Set<string>): Word | undefined {
  const family = familyOf(line[start] ?? '');
  if (!family || unclosed.has(family)) return undefined;
  for (let end = start + 1; end < line.length; end += 1) {
    const closes = family.includes(line[end] ?? '') && /^(?:\s|@|[,，、;；:：]|$)/u.test(line.slice(end + 1, end + 2));
    if (!closes) continue;
    const text = withNames(line.slice(start + 1, end), mentions);
    return { kind: 'text', text, quoted: true, start, end: end + 1 };
  }
  unclosed.add(family);
  return undefined;
}

/** What stands right after a quoted word and parts it from the next one: `“北京”、“上海”`. */
function separatorAt(line: string, start: number, before: Word | undefined): Word | undefined {
  if (before?.kind !== 'text' || !before.quoted || before.end !== start) return undefined;
  const [text] = /^[,，、;；:：]+/u.exec(line.slice(start)) ?? [];
  return text === undefined ? undefined : { kind: 'text', text, quoted: false, start, end: start + text.length };
}

function plainAt(line: string, start: number, mentions: readonly Mention[]): Word {
  let end = start + 1;
  while (end < line.length && !isSpace(line[end]) && !mentionAt(line, end, mentions)) end += 1;
  return { kind: 'text', text: line.slice(start, end), quoted: false, start, end };
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

/** Spaces tell which way a quote faces. Chinese has none: there its shape does, unless it is an apostrophe. */
function sideOf(text: string, at: number): 'opens' | 'closes' | undefined {
  const before = text[at - 1];
  const after = text[at + 1];
  if (isSpace(before) !== isSpace(after)) return isSpace(before) ? 'opens' : 'closes';
  if (isSpace(before) || (LATIN.test(before ?? '') && LATIN.test(after ?? ''))) return undefined;
  if (OPENING.includes(text[at] ?? '')) return 'opens';
  return CLOSING.includes(text[at] ?? '') ? 'closes' : undefined;
}

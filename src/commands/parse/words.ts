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
  let at = 0;
  while (at < line.length) {
    if (isSpace(line[at])) {
      at += 1;
      continue;
    }
    const word = mentionAt(line, at, mentions) ?? quotedAt(line, at) ?? plainAt(line, at, mentions);
    words.push(word);
    at = word.end;
  }
  return words;
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

/** A quote that is never closed before a space is part of the word: `'n Sync`. */
function quotedAt(line: string, start: number): Word | undefined {
  const family = familyOf(line[start] ?? '');
  if (!family) return undefined;
  for (let end = start + 1; end < line.length; end += 1) {
    const closes = family.includes(line[end] ?? '') && (isSpace(line[end + 1]) || line[end + 1] === '@');
    if (closes) return { kind: 'text', text: line.slice(start + 1, end), quoted: true, start, end: end + 1 };
  }
  return undefined;
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
  const ownQuotes = [...inner].some(
    (character, at, all) => family.includes(character) && (isSpace(all[at - 1]) || isSpace(all[at + 1])),
  );
  return ownQuotes ? trimmed : inner.trim();
}

import type { MentionKeys } from './mentions.ts';
import { splitWords, type Word } from './words.ts';

/** A line of a message, and which one it is, counted from 1. */
export interface Row {
  text: string;
  row: number;
}

/** A line below a command: often one entry of a list that somebody typed or pasted. */
export interface ListEntry extends Row {
  /** What stands in front of the entry as in a list: `- `, `1.`, `①`. Empty when nothing does. */
  mark: string;
  /** Whether the mark can be nothing else: `1、` may as well be the first of two values. */
  isMarkCertain: boolean;
  /** The words after the mark. Their positions are in the whole line. */
  words: Word[];
}

/** A sign of a list is followed by a space, or by what cannot belong to it. */
const BULLET = /^(?:[-–—−－+＋*＊]+(?=\s|@)|[-–—−－+＋](?=[^\s\p{ASCII}\p{P}])|[•·・●○◦▪▫■□◆◇▶►‣⁃∙]+)\s*(?=\S)/u;
/** A number that is written as in a list. */
const NUMBER = /^(?:[(（]\d{1,3}[)）]|\d{1,3}[)）](?!\d)|\d{1,3}[.．](?=\s)|[①-⓿❶-➓㈠-㈩⑴-⒛])\s*(?=\S)/u;
/** A number that may also be a value of its own, or the beginning of one. */
const LOOSE_NUMBER = /^(?:\d{1,3}|[一二三四五六七八九十]{1,3})(?:、\s*(?=[^\s\d])|[.．](?=[^\s\p{ASCII}]|@))/u;

/** The lines below a command as entries of a list. */
export function entriesOf(rows: readonly Row[], people: MentionKeys): ListEntry[] {
  const isCounted = countsUp(rows);
  return rows.map(({ text, row }) => {
    const certain = (BULLET.exec(text) ?? NUMBER.exec(text))?.[0];
    const mark = certain ?? LOOSE_NUMBER.exec(text)?.[0] ?? '';
    return {
      text,
      row,
      mark,
      isMarkCertain: certain !== undefined || isCounted,
      words: wordsAfter(mark, text, people),
    };
  });
}

/** Whether several lines are numbered from 1 on: then their numbers are no values. */
function countsUp(rows: readonly Row[]): boolean {
  const numbers = rows.map(({ text }) => Number.parseInt(LOOSE_NUMBER.exec(text)?.[0] ?? '', 10));
  return numbers.length > 1 && numbers.every((number, at) => number === at + 1);
}

/** The words of a line from behind a mark on. */
function wordsAfter(mark: string, text: string, people: MentionKeys): Word[] {
  const from = mark.length;
  const words = splitWords(text.slice(from), people);
  return from === 0 ? words : words.map((word) => ({ ...word, start: word.start + from, end: word.end + from }));
}

/** Words that join two others and say nothing themselves. */
const JOINING: ReadonlySet<string> = new Set('和 与 及 以及 跟 还有 and & ＆ + ＋ / ／ | ｜'.split(' '));

/** Whether a text without quotes only joins those around it: `@Tom and @Sara`. */
export const joins = (text: string): boolean => JOINING.has(text.toLowerCase());

/** The same of a word. */
export const isJoining = (word: Word): boolean => word.kind === 'text' && !word.quoted && joins(word.text);

/** The words of an entry that stand for values; a number in front that may be a value is one. */
export function valueWords({ text, mark, isMarkCertain, words }: ListEntry, people: MentionKeys): Word[] {
  const own = isMarkCertain || mark === '' ? words : splitWords(text, people);
  const [first, ...others] = own;
  return first && others.length > 0 && isJoining(first) ? others : own;
}

const CELL_END = /\t|[ \u3000]{2,}/u;

/** The words of an entry, cell by cell, where it is a row of a table: its cells are parted by tabs or several spaces. */
export function cellsOf({ text, words }: ListEntry): Word[][] {
  const cells: Word[][] = [];
  let end: number | undefined;
  for (const word of words) {
    const isNext = end === undefined || CELL_END.test(text.slice(end, word.start));
    if (isNext) cells.push([word]);
    else cells.at(-1)?.push(word);
    end = word.end;
  }
  return cells;
}

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
  /** Whether the mark can be nothing else: `1、` may as well be the first of two values, and `- 5` a number below zero. */
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
  const marks = rows.map(({ text }) => markOf(text));
  const isList = marks.length > 1 && (marks.every(isBullet) || countUp(marks));
  return rows.map(({ text, row }, at) => {
    const mark = marks[at] ?? '';
    const isMarkCertain = isList || (BULLET_ALONE.test(mark) && !/^\p{N}/u.test(text.slice(mark.length)));
    return { text, row, mark, isMarkCertain, words: wordsAfter(mark, text, people) };
  });
}

const markOf = (text: string): string => (BULLET.exec(text) ?? NUMBER.exec(text) ?? LOOSE_NUMBER.exec(text))?.[0] ?? '';

/** A bullet that is one without others beside it. */
const BULLET_ALONE = /^(?:[-–—−－+＋*＊]+\s+|[•·・●○◦▪▫■□◆◇▶►‣⁃∙]+\s*)$/u;

const isBullet = (mark: string): boolean => /^[-–—−－+＋*＊•·・●○◦▪▫■□◆◇▶►‣⁃∙]/u.test(mark);

/** Whether lines are numbered from 1 on: then their numbers are no values. */
const countUp = (marks: readonly string[]): boolean => marks.every((mark, at) => numberOf(mark) === at + 1);

/** Numbers in black circles stand for no others in Unicode: where their ones are. */
const BLACK_ONES = ['❶', '➀', '➊'].map((one) => one.codePointAt(0) ?? 0);
const CHINESE = '一二三四五六七八九十';

/** The number that a mark is; undefined for a bullet. */
function numberOf(mark: string): number | undefined {
  const plain = mark.normalize('NFKC');
  const digits = /\d+/.exec(plain)?.[0];
  if (digits !== undefined) return Number(digits);
  const [first = '', second] = [...plain].filter((sign) => CHINESE.includes(sign));
  if (first !== '') return CHINESE.indexOf(first) + 1 + (second === undefined ? 0 : CHINESE.indexOf(second) + 1);
  const code = plain.codePointAt(0) ?? 0;
  const one = BLACK_ONES.find((base) => code >= base && code < base + 10);
  return one === undefined ? undefined : code - one + 1;
}

/** The words of a line from behind a mark on. */
function wordsAfter(mark: string, text: string, people: MentionKeys): Word[] {
  const from = mark.length;
  const words = splitWords(text.slice(from), people);
  return from === 0 ? words : words.map((word) => ({ ...word, start: word.start + from, end: word.end + from }));
}

/** Words that join two others and say nothing themselves; the signs may be part of a name: `R & D`. */
const JOINING_WORDS: ReadonlySet<string> = new Set('和 与 及 以及 跟 还有 and'.split(' '));
const JOINING_SIGNS: ReadonlySet<string> = new Set('& ＆ + ＋ / ／ | ｜'.split(' '));

/** Whether a text without quotes joins those around it, as `and` in `@Tom and @Sara` does, or may be a part of them. */
export function joinIn(text: string): 'word' | 'sign' | undefined {
  if (JOINING_WORDS.has(text.toLowerCase())) return 'word';
  return JOINING_SIGNS.has(text) ? 'sign' : undefined;
}

/** Whether a word only joins those around it, where they stand for people. */
export const isJoining = (word: Word): boolean =>
  word.kind === 'text' && !word.quoted && joinIn(word.text) !== undefined;

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

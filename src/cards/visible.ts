import { unwritableIn } from '../domain/writable.ts';

const OPEN = '⟦';
const CLOSE = '⟧';
/** Stands for a space that would not be seen: at an end of a text, or beside another one. */
const SPACE = '␣';
/** Around right-to-left text, so that it cannot reorder the words around it. */
const ISOLATE = '\u2068';
const END_OF_ISOLATE = '\u2069';

// The blocks that Unicode sets aside for scripts written from right to left.
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** A character by its code point: `U+200E`. */
export const codePointName = (codePoint: number): string =>
  `U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}`;

const marked = (codePoint: number): string => `${OPEN}${codePointName(codePoint)}${CLOSE}`;

/**
 * Text of a person as a card shows it, so that no two texts look the same by what cannot be seen: a character that draws
 * nothing is shown as `⟦U+200E⟧`, a space that would not be noticed as `␣`, and these signs themselves by their code
 * points. Right-to-left text is isolated. For one name or value, once; {@link visibleSentence} is for whole sentences.
 */
export function visible(text: string): string {
  const shown = withMarks(text).replace(UNNOTICED, (spaces) =>
    [...spaces].map((space) => (space === ' ' ? SPACE : marked(0x3000))).join(''),
  );
  return RIGHT_TO_LEFT.test(shown) ? `${ISOLATE}${shown}${END_OF_ISOLATE}` : shown;
}

/** Spaces at an end, and two or more in a row. */
const UNNOTICED = /^[ \u3000]+|[ \u3000]{2,}|[ \u3000]$/gu;

/** The text with marks for what cannot be seen. */
function withMarks(text: string): string {
  let result = '';
  let from = 0;
  for (const { index, codePoint } of unwritableIn(text)) {
    result += signsMarked(text.slice(from, index)) + marked(codePoint);
    from = index + String.fromCodePoint(codePoint).length;
  }
  return result + signsMarked(text.slice(from));
}

const signsMarked = (text: string): string => text.replace(/[⟦⟧␣]/gu, (sign) => marked(sign.codePointAt(0) ?? 0));

/**
 * A sentence that may contain what {@link visible} made. What is still unseen in it gets its mark, so that nothing that
 * was put in by mistake can turn or hide the text around it.
 */
export function visibleSentence(sentence: string): string {
  const own = ownIsolates(sentence);
  let result = '';
  let from = 0;
  for (const { index, codePoint } of unwritableIn(sentence)) {
    if (own.has(index)) continue;
    result += sentence.slice(from, index) + marked(codePoint);
    from = index + String.fromCodePoint(codePoint).length;
  }
  const shown = (result + sentence.slice(from)).trim();
  const outside = own.size === 0 ? shown : shown.replace(/\u2068[^\u2068\u2069]*\u2069/gu, '');
  return RIGHT_TO_LEFT.test(outside) ? `${ISOLATE}${shown}${END_OF_ISOLATE}` : shown;
}

/** Where isolates begin and end that are pairs. */
function ownIsolates(sentence: string): ReadonlySet<number> {
  const open: number[] = [];
  const paired = new Set<number>();
  if (!sentence.includes(ISOLATE)) return paired;
  for (let at = 0; at < sentence.length; at += 1) {
    if (sentence[at] === ISOLATE) open.push(at);
    const opened = sentence[at] === END_OF_ISOLATE ? open.pop() : undefined;
    if (opened !== undefined) paired.add(opened).add(at);
  }
  return paired;
}

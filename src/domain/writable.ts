/**
 * What may be written to Feishu as a name or a value: a list of what is allowed, by Unicode property. Everything else
 * draws nothing, turns the text around it, or is drawn differently by every client, so a card could not show it.
 */

/** Why a character cannot be written. */
export type UnwritableKind =
  | 'tab'
  | 'line-break'
  | 'control'
  | 'surrogate'
  | 'direction'
  | 'zero-width'
  | 'soft-hyphen'
  | 'variation-selector'
  | 'tag'
  | 'filler'
  | 'space'
  | 'format'
  | 'private-use'
  | 'unassigned'
  | 'replacement'
  | 'mark-without-base'
  | 'too-many-marks';

/** One character of a text that cannot be written. */
export interface Unwritable {
  /** Where it is, in UTF-16 code units. */
  index: number;
  /** Which character of the text it is, counted from 1 in code points. */
  position: number;
  codePoint: number;
  kind: UnwritableKind;
}

/** Sets of characters need the flag v, which TypeScript takes in a literal only for later targets than Node 20. */
function withSets(pattern: string, flags = ''): RegExp {
  return new RegExp(pattern, `${flags}v`);
}

/** Drawn as empty space by most fonts, although Unicode counts them among letters, marks and symbols. */
const BLANK = String.raw`[\u2800\u303f\ufffc\ufffd\u{13441}\u{13442}\u{16fe4}\u{1107f}\u{1d159}]`;
const IGNORABLE = String.raw`\p{Default_Ignorable_Code_Point}`;
const DRAWN = withSets(String.raw`[[\p{L}\p{N}\p{P}\p{S}]--${IGNORABLE}--${BLANK}]`);
const MARK = withSets(String.raw`[\p{M}--${IGNORABLE}--${BLANK}]`);
/** Texts of these only, as nearly all are, need no second look. */
const NOTHING_SPECIAL = withSets(String.raw`^[[\p{L}\p{N}\p{P}\p{S}\u0020\u3000]--${IGNORABLE}--${BLANK}]*$`);
const SPACE = /[\u0020\u3000]/u;

/** More marks than any script puts on one letter are there to cover what stands around. */
const MAX_MARKS = 8;
/** Of those that fit every letter: two in Vietnamese, three in transcriptions and vocalised Arabic. */
const MAX_GENERAL_MARKS = 3;
const GENERAL_MARK = /\p{Script=Inherited}/u;

/** The characters of a text that cannot be written, in their order; none for a text that can. */
export function unwritableIn(text: string): Unwritable[] {
  if (NOTHING_SPECIAL.test(text)) return [];
  const found: Unwritable[] = [];
  const emoji = emojiSequences(text);
  let marks = { base: false, count: 0, general: 0 };
  let position = 0;
  for (let index = 0; index < text.length; ) {
    const sequence = emoji.get(index);
    if (sequence !== undefined) {
      marks = { base: true, count: 0, general: 0 };
      position += [...sequence].length;
      index += sequence.length;
      continue;
    }
    const codePoint = text.codePointAt(index) ?? 0;
    const character = String.fromCodePoint(codePoint);
    position += 1;
    const kind = kindAt(text, index, character, marks);
    if (kind !== undefined) found.push({ index, position, codePoint, kind });
    marks = marksAfter(marks, character, kind);
    index += character.length;
  }
  return found;
}

/** What the marks at some place would stand on, and how many already do. */
interface Marks {
  base: boolean;
  count: number;
  general: number;
}

function kindAt(text: string, index: number, character: string, marks: Marks): UnwritableKind | undefined {
  if (DRAWN.test(character) || SPACE.test(character)) return undefined;
  if (MARK.test(character)) {
    if (!marks.base) return 'mark-without-base';
    const isGeneral = GENERAL_MARK.test(character);
    const tooMany = marks.count >= MAX_MARKS || (isGeneral && marks.general >= MAX_GENERAL_MARKS);
    if (tooMany) return 'too-many-marks';
    return STACKER.test(character) && !isLetterAt(text, index + character.length) ? 'format' : undefined;
  }
  return joinsLetters(text, index) ? undefined : unwritableKind(character);
}

function marksAfter(marks: Marks, character: string, kind: UnwritableKind | undefined): Marks {
  if (MARK.test(character) && (kind === undefined || kind === 'too-many-marks')) {
    const general = marks.general + (GENERAL_MARK.test(character) ? 1 : 0);
    return { base: true, count: marks.count + 1, general };
  }
  // A joiner between letters does not part a mark from its letter.
  if (kind === undefined && JOINER.test(character)) return marks;
  return { base: kind === undefined && !SPACE.test(character), count: 0, general: 0 };
}

/** Puts the next letter below the one before; without a next letter it draws nothing. */
const STACKER =
  /[\u1039\u17d2\u1a60\u2d7f\uaaf6\u{10a3f}\u{11133}\u{113d0}\u{11a47}\u{11a99}\u{11d45}\u{11d97}\u{11f42}]/u;

const isLetterAt = (text: string, index: number): boolean => /^\p{L}/u.test(text.slice(index, index + 2));

const JOINER = /[\u200c\u200d]/u;
/** The virama of each script whose half forms are written with a joiner, as RFC 5892 (A.1 and A.2) allows them. */
const VIRAMA = /[\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d4d\u0dca]$/u;
/** Arabic letters that are joined to the next one; after the others a non-joiner changes nothing. */
const JOINED_ARABIC =
  /(?![\u0621-\u0625\u0627\u0629\u062f-\u0632\u0648\u0671-\u0677\u0688-\u0699\u06c0\u06c3-\u06cb\u06cd\u06cf\u06d2\u06d3\u06d5\u06ee\u06ef\ufb50-\ufdff\ufe70-\ufeff])(?=\p{L})\p{Script=Arabic}\p{M}{0,3}$/u;
const ARABIC = /^(?=\p{L})\p{Script=Arabic}/u;

/** Whether a joiner at this place changes how letters are drawn, as Persian and the scripts of India need it. */
function joinsLetters(text: string, index: number): boolean {
  const joiner = text[index];
  if (joiner !== '\u200c' && joiner !== '\u200d') return false;
  const before = text.slice(Math.max(0, index - 6), index);
  const after = text.slice(index + 1, index + 3);
  if (joiner === '\u200d') return VIRAMA.test(before) || (before.endsWith('\u09b0') && after.startsWith('\u09cd'));
  if (VIRAMA.test(before)) return isLetterAt(text, index + 1);
  return JOINED_ARABIC.test(before) && ARABIC.test(after);
}

/** Emoji that are made of several code points, by where they begin. */
function emojiSequences(text: string): Map<number, string> {
  const found = new Map<number, string>();
  if (!/[\u200d\ufe0e\ufe0f]|[\u{e0020}-\u{e007f}]/u.test(text)) return found;
  for (const { index, 0: candidate } of text.matchAll(EMOJI_CANDIDATE)) {
    const sequence = longestEmoji(candidate);
    if (sequence !== undefined) found.set(index, sequence);
  }
  return found;
}

/** What is built like an emoji of several code points. None that Unicode recommends has more than four joined parts. */
const EMOJI_PART = String.raw`\p{Emoji}(?:\p{Emoji_Modifier}|[\ufe0e\ufe0f]\u20e3?)?[\u{e0020}-\u{e007f}]{0,16}`;
const EMOJI_CANDIDATE = withSets(
  String.raw`(?=.(?:\p{Emoji_Modifier}|[\u200d\ufe0e\ufe0f\u{e0020}-\u{e007f}]))${EMOJI_PART}(?:\u200d${EMOJI_PART}){0,3}`,
  'gs',
);
/** The longest emoji at the beginning: Unicode's list of those that are recommended for general interchange. */
const RECOMMENDED = withSets(String.raw`^\p{RGI_Emoji}`);
const TEXT_STYLE = /^(?![0-9#*])\p{Emoji}\ufe0e/u;

/** As much of the candidate from its front as is an emoji. */
function longestEmoji(candidate: string): string | undefined {
  const whole = TEXT_STYLE.exec(candidate)?.[0] ?? RECOMMENDED.exec(candidate)?.[0];
  if (whole === candidate) return whole;
  const parts = candidate.split('\u200d');
  const wanted = parts.map(qualified);
  const found = RECOMMENDED.exec(wanted.join('\u200d'))?.[0].split('\u200d') ?? [];
  const count = found.findIndex((part, at) => part !== wanted[at]);
  const loose = parts.slice(0, count < 0 ? found.length : count).join('\u200d');
  return whole !== undefined && whole.length >= loose.length ? whole : loose || undefined;
}

/** With a variation selector exactly where Unicode wants one: keyboards leave some out and add others. */
const qualified = (part: string): string =>
  part
    .replaceAll('\ufe0f', '')
    .replace(/(?!\p{Emoji_Presentation})(?![0-9#*])\p{Emoji}(?!\p{Emoji_Modifier})/gu, '$&\ufe0f');

/** In the order in which they are asked; a character is of the first kind that fits. */
const KINDS: readonly (readonly [UnwritableKind, RegExp])[] = [
  ['tab', /\t/u],
  ['line-break', /[\n\r\v\f\u0085\u2028\u2029]/u],
  ['control', /\p{Cc}/u],
  ['surrogate', /\p{Cs}/u],
  ['direction', /[\p{Bidi_Control}\u206a-\u206f]/u],
  ['soft-hyphen', /\u00ad/u],
  ['zero-width', /[\u200b-\u200d\u2060\ufeff]|\u034f/u],
  ['variation-selector', /[\p{Variation_Selector}\u180e]/u],
  ['tag', /[\u{e0000}-\u{e007f}]/u],
  ['replacement', /[\ufffc\ufffd]/u],
  ['filler', withSets(String.raw`[${BLANK}\u115f\u1160\u17b4\u17b5\u3164\uffa0]`)],
  ['space', /\p{Z}/u],
  ['private-use', /\p{Co}/u],
  ['unassigned', /\p{Cn}/u],
];

const unwritableKind = (character: string): UnwritableKind =>
  KINDS.find(([, pattern]) => pattern.test(character))?.[0] ?? 'format';

/** Whether there is nothing to see in a text. */
export const drawsNothing = (text: string): boolean => withoutInvisible(text).trim() === '';

const UNSEEN = String.raw`[[${IGNORABLE}\p{Cf}\p{Cs}\p{Cc}${BLANK}]--[\t\n\v\f\r\u0085\ufffd]]`;
const INVISIBLE = withSets(UNSEEN, 'g');
const INVISIBLE_RUN = withSets(`${UNSEEN}+`, 'g');
const INVISIBLE_START = withSets(String.raw`^[\s${UNSEEN}]+`);

/** The text without what draws nothing: to compare it, or where it means nothing, as in an id or an address. */
export const withoutInvisible = (text: string): string => text.replace(INVISIBLE, '');

/** The text from its first character on that draws something. */
export const withoutInvisibleAtStart = (text: string): string => text.replace(INVISIBLE_START, '');

/** The text with each run of characters that draw nothing replaced; `at` is where the run begins. */
export const replaceInvisible = (text: string, replacement: (run: string, at: number) => string): string =>
  text.replace(INVISIBLE_RUN, replacement);

/** A run without those that editors leave behind: they say where a line may break, and nothing else. */
export const withoutBreaks = (run: string): string => run.replace(/[\u200b\u2060\ufeff]/gu, '');

const DETACHED = withSets(String.raw`[${UNSEEN}--[\u200c\u200d\p{Variation_Selector}\u{e0000}-\u{e007f}]]`, 'g');

/** A run without those that cannot belong to the sign before it, as joiners and variation selectors do. */
export const withoutDetached = (run: string): string => run.replace(DETACHED, '');

/** The text without what draws nothing at its ends, where such characters come with pasted ids and addresses. */
export function withoutInvisibleAround(text: string): string {
  const trimmed = text.trim();
  const bare = withoutInvisible(trimmed);
  // What is left is in the text as it stands, unless there was more of it inside.
  return trimmed.includes(bare) ? bare : trimmed;
}

/** Letters of other scripts that no font draws differently from a Latin one (Unicode TR39, confusables). */
const LOOKALIKES: ReadonlyMap<string, string> = new Map(
  [...'АВЕЅІЈКМНОРСТУХаеорсухіјѕԁԛԝһҮΑΒΕΖΗΙΚΜΝΟΡΤΥΧονι'].map((letter, at) => [
    letter,
    [...'ABESIJKMHOPCTYXaeopcyxijsdqwhYABEZHIKMNOPTYXovi'][at] ?? letter,
  ]),
);

/** One text for all that look alike: full-width and composed forms, letters of other scripts, what draws nothing. */
export function lookOf(text: string): string {
  const plain = withoutInvisible(text).normalize('NFKC').trim().replace(/\s+/gu, ' ');
  return /^[\p{ASCII}\p{Script=Han}]*$/u.test(plain)
    ? plain
    : [...plain].map((letter) => LOOKALIKES.get(letter) ?? letter).join('');
}

/** Whether a text of a list looks like another one of it. */
export function sharedLooks(texts: readonly string[]): (text: string) => boolean {
  const count = new Map<string, number>();
  for (const look of texts.map(lookOf)) count.set(look, (count.get(look) ?? 0) + 1);
  return (text) => (count.get(lookOf(text)) ?? 0) > 1;
}

import type { OpenId } from '../skills/ids.ts';

/** Markdown whose foreign parts are escaped; made only by {@link md}, so that no user text gets in raw. */
export interface Markdown {
  readonly markdown: string;
}

/** A template of markdown: `md\`**${name}**\``. What is put in is escaped, unless it is markdown itself. */
export function md(parts: TemplateStringsArray, ...values: (string | number | Markdown)[]): Markdown {
  const markdown = parts.reduce((text, part, at) => {
    const value = values[at - 1];
    return `${text}${value === undefined ? '' : inserted(value)}${part}`;
  });
  return { markdown };
}

const inserted = (value: string | number | Markdown): string =>
  typeof value === 'object' ? value.markdown : escapeMarkdown(String(value));

/** A person's avatar and name inside markdown, without notifying them. An id has no character that could break out. */
export const personChip = (id: OpenId): Markdown => ({
  markdown: `<person id='${id}' show_name=true show_avatar=true style='normal'></person>`,
});

/** A day and time, shown in each reader's own zone. `at` in milliseconds since 1970. */
export const moment = (at: number): Markdown => {
  const stamp = `millisecond='${Math.round(at)}'`;
  return {
    markdown: `<local_datetime ${stamp} format_type='date_num'></local_datetime> <local_datetime ${stamp} format_type='time'></local_datetime>`,
  };
};

/** Several pieces of markdown with `separator` between them. */
export const joined = (items: readonly Markdown[], separator: string): Markdown => ({
  markdown: items.map((item) => item.markdown).join(separator),
});

/**
 * Text of a person, made harmless inside markdown: whatever could begin a mention, a link, an image, an emoji code or
 * formatting is ASCII punctuation, and all of that becomes numeric entities. Line breaks become spaces.
 */
export const escapeMarkdown = (text: string): string =>
  visible(text).replace(/[!-/:-@[-`{-~]/g, (character) => `&#${character.charCodeAt(0)};`);

// Characters that draw nothing, or that turn the text around them.
const CONTROL = /[\p{Cc}\u061c\u200b\u200e\u200f\u202a-\u202e\u2028\u2029\ufeff]+/gu;
// The blocks that Unicode sets aside for scripts written from right to left.
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/**
 * Text of a person as a card may show it: controls become spaces, and right-to-left text is isolated, so that it
 * cannot reorder the words around it.
 */
export function visible(text: string): string {
  const clean = withPairedIsolates(text.replace(CONTROL, ' ')).trim();
  return RIGHT_TO_LEFT.test(clean) ? `\u2068${clean}\u2069` : clean;
}

const ISOLATE = /[\u2066-\u2068]/u;
const END_OF_ISOLATE = '\u2069';

/** Leaves out isolates that are not closed and ends of ones that are not open: they would act on what is around. */
function withPairedIsolates(text: string): string {
  if (!/[\u2066-\u2069]/u.test(text)) return text;
  const characters = [...text];
  const open: number[] = [];
  const paired = new Set<number>();
  for (const [at, character] of characters.entries()) {
    if (ISOLATE.test(character)) open.push(at);
    const opened = character === END_OF_ISOLATE ? open.pop() : undefined;
    if (opened !== undefined) paired.add(opened).add(at);
  }
  return characters.filter((character, at) => paired.has(at) || !/[\u2066-\u2069]/u.test(character)).join('');
}

/** At most `length` characters, with an ellipsis for the rest; takes no longer for a text of megabytes. */
export function shortened(text: string, length: number): string {
  // A character has at most two units.
  const characters = [...text.slice(0, 2 * (length + 1))];
  return characters.length <= length ? text : `${characters.slice(0, length - 1).join('')}…`;
}

/** Names that the bot gives have at most as many characters as this. */
const MAX_NAME = 200;

/** The name of a skill as a card shows it: whole, unless it was given elsewhere and is longer than any of ours. */
export const shownName = (name: string): string => shortened(name, MAX_NAME);

/** The same markdown in both languages. */
export interface Words {
  zh: Markdown;
  en: Markdown;
}

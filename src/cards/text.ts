import type { OpenId } from '../domain/ids.ts';
import { visible, visibleSentence } from './visible.ts';

export { visible, visibleSentence } from './visible.ts';

/** Markdown whose foreign parts are escaped; made only by {@link md}, so that no user text gets in raw. */
export interface Markdown {
  readonly markdown: string;
}

/**
 * A template of markdown: `md\`**${name}**\``. What is put in is made visible and escaped, unless it is markdown itself.
 */
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
 * A template of plain text: `plain\`条件：${name}\``. What is put in is made {@link visible}; what already is, is put
 * together with `+` or an ordinary template.
 */
export const plain = (parts: TemplateStringsArray, ...values: (string | number)[]): string =>
  parts.reduce((text, part, at) => {
    const value = values[at - 1];
    return `${text}${value === undefined ? '' : visible(String(value))}${part}`;
  });

/** Plain text whose foreign parts are visible already, as markdown. */
export const asMarkdown = (text: string): Markdown => ({ markdown: entitiesFor(visibleSentence(text)) });

/** Text of a person inside markdown: made visible, and harmless. */
const escapeMarkdown = (text: string): string => entitiesFor(visible(text));

/** Whatever could begin a mention, a link, an image, an emoji code or formatting is ASCII punctuation. */
const entitiesFor = (text: string): string =>
  text.replace(/[!-/:-@[-`{-~]/g, (character) => `&#${character.charCodeAt(0)};`);

/** At most `length` code points, with an ellipsis for the rest. What is drawn as one sign is kept or left out whole. */
export function shortened(text: string, length: number): string {
  // One more than fits tells whether anything is left out; a code point has two units at most.
  const characters = [...text.slice(0, 2 * length + 2)];
  if (characters.length <= length) return text;
  return `${withoutPart(text, characters.slice(0, length - 1).join('').length)}…`;
}

/** What is around a cut, to see whether it goes through a sign; no emoji is longer. */
const WINDOW = 40;
const SIGNS = new Intl.Segmenter('und', { granularity: 'grapheme' });

/** The text before a cut, without the part of a sign that the cut goes through. */
function withoutPart(text: string, cut: number): string {
  const from = Math.max(0, cut - WINDOW);
  const sign = SIGNS.segment(text.slice(from, cut + WINDOW)).containing(cut - from);
  const begins = sign === undefined || sign.index === 0 ? cut : from + sign.index;
  return text.slice(0, begins);
}

/** {@link visible} text of at most `length` code points: what is cut is cut before it is made visible. */
export function shortVisible(text: string, length: number): string {
  let most = length;
  let shown = visible(shortened(text, most));
  while (most > 1 && [...shown].length > length) {
    most = Math.min(most - 1, Math.floor((most * length) / [...shown].length));
    shown = visible(shortened(text, Math.max(1, most)));
  }
  return shown;
}

/** {@link shortened} for a sentence with visible text in it: an isolate that the cut left open is closed. */
export function shortenedSentence(text: string, length: number): string {
  const cut = shortened(text, length);
  if (cut === text) return text;
  const open = cut.split('\u2068').length - cut.split('\u2069').length;
  return cut + '\u2069'.repeat(Math.max(0, open));
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

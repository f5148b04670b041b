import type { OpenId } from '../domain/ids.ts';
import type { CardJson } from '../feishu/messages.ts';
import type { Phrase } from '../lib/phrase.ts';
import { type Markdown, shortenedSentence, visibleSentence } from './text.ts';

export type { CardJson } from '../feishu/messages.ts';

/** A component of a card (Card JSON 2.0). */
export type Element = Readonly<Record<string, unknown>>;

/**
 * The same said at several lengths, the fullest first: a card takes the fullest with which all of it fits.
 * Only what stands directly in a card can be graded.
 */
export class Graded {
  readonly forms: readonly (readonly Element[])[];

  constructor(forms: readonly (readonly Element[])[]) {
    this.forms = forms;
  }
}

/** What a card is made of. */
export type Block = Element | Graded;

/** blue: information or work in progress; orange: waits for somebody; green: done; red: failed; grey: over. */
export type Template = 'blue' | 'orange' | 'green' | 'red' | 'grey';

/** What a button's callback carries: a name, the id of server-side state, and details that the server checks. */
export interface CallbackValue {
  action: string;
  id?: string;
  [detail: string]: unknown;
}

export interface Head {
  title: Phrase;
  template: Template;
  subtitle?: Phrase;
}

/**
 * A whole card. Every reader sees their own language; `update_multi` allows it to be replaced later. Graded blocks
 * become as short as the limits of a card ask for.
 */
export function card(head: Head, blocks: readonly Block[]): CardJson {
  const forms = Math.max(1, ...blocks.map((block) => (block instanceof Graded ? block.forms.length : 1)));
  for (let grade = 0; grade < forms - 1; grade += 1) {
    const candidate = assembled(head, elementsAt(grade, blocks));
    if (fitsLimits(candidate)) return candidate;
  }
  return assembled(head, elementsAt(forms - 1, blocks));
}

const elementsAt = (grade: number, blocks: readonly Block[]): Element[] =>
  blocks.flatMap((block) => (block instanceof Graded ? (block.forms[grade] ?? block.forms.at(-1) ?? []) : [block]));

const assembled = (head: Head, elements: readonly Element[]): CardJson => ({
  schema: '2.0',
  config: { update_multi: true, summary: i18n(head.title) },
  header: {
    title: plainText(head.title),
    ...(head.subtitle && { subtitle: plainText(head.subtitle) }),
    template: head.template,
  },
  body: { vertical_spacing: 'medium', elements },
});

/** 30 KB as a string inside a request, less what stands around it (im-v1/message/reply, card-json-v2-structure). */
const MAX_BYTES = 29_500;
const MAX_ELEMENTS = 200;
/** More chips of people than this are not shown for certain. */
export const MAX_CHIPS = 100;

/** Whether Feishu takes a card of this size. */
export const fitsLimits = (cardJson: CardJson): boolean =>
  Buffer.byteLength(JSON.stringify(JSON.stringify(cardJson))) <= MAX_BYTES &&
  tagsIn(cardJson) <= MAX_ELEMENTS &&
  chipsIn(cardJson) <= MAX_CHIPS;

function chipsIn(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((count: number, item) => count + chipsIn(item), 0);
  if (typeof value !== 'object' || value === null) return 0;
  if ('tag' in value && value.tag === 'person_list' && 'persons' in value && Array.isArray(value.persons)) {
    return value.persons.length;
  }
  return Object.values(value).reduce((count: number, item) => count + chipsIn(item), 0);
}

function tagsIn(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((count: number, item) => count + tagsIn(item), 0);
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce((count: number, item) => count + tagsIn(item), 'tag' in value ? 1 : 0);
}

const i18n = ({ zh, en }: Phrase) => ({
  content: neverBlank(zh),
  i18n_content: { zh_cn: neverBlank(zh), en_us: neverBlank(en) },
});

/** A name can be empty; a title or a button cannot. */
const neverBlank = (text: string): string => visibleSentence(text) || '—';

/** Plain text: nothing in it is markup. What is foreign in it comes from {@link plain}. */
export const plainText = (phrase: Phrase): Element => ({ tag: 'plain_text', ...i18n(phrase) });

/** A paragraph of markdown in both languages. */
export const paragraph = (zh: Markdown, en: Markdown): Element => ({
  tag: 'markdown',
  content: zh.markdown,
  i18n_content: { zh_cn: zh.markdown, en_us: en.markdown },
});

/** A paragraph of plain text. */
export const sentence = (phrase: Phrase): Element => ({ tag: 'div', text: plainText(phrase) });

/** Small grey text: ids, hints, where a number comes from. */
export const footnote = (phrase: Phrase): Element => ({
  tag: 'div',
  text: { ...plainText(phrase), text_size: 'notation', text_color: 'grey' },
});

/** Many ids, once in each language: what stands beside those is shown to nobody. */
export const compactList = (ids: readonly string[]): Element => {
  const list = ids.join(' ');
  const text = { content: `+${ids.length}`, i18n_content: { zh_cn: list, en_us: list } };
  return { tag: 'div', text: { tag: 'plain_text', ...text, text_size: 'notation', text_color: 'grey' } };
};

export const divider: Element = { tag: 'hr' };

/** Chips with avatar and name; the client knows the names. Nothing for nobody. */
export const people = (ids: readonly OpenId[]): Element[] =>
  ids.length === 0
    ? []
    : [
        {
          tag: 'person_list',
          persons: ids.map((id) => ({ id })),
          show_name: true,
          show_avatar: true,
          size: 'small',
          drop_invalid_user_id: true,
        },
      ];

export type ButtonType = 'default' | 'primary' | 'danger' | 'text';

/** A little less than the 100 that Feishu takes: an isolate that was cut is closed again. */
const MAX_BUTTON_TEXT = 96;

/** A button that calls back with `value`. */
export const button = (label: Phrase, value: CallbackValue, type: ButtonType = 'default'): Element => ({
  tag: 'button',
  type,
  text: plainText({
    zh: shortenedSentence(label.zh, MAX_BUTTON_TEXT),
    en: shortenedSentence(label.en, MAX_BUTTON_TEXT),
  }),
  behaviors: [{ type: 'callback', value }],
});

/** A button that opens a web page. */
export const linkButton = (label: Phrase, url: string): Element => ({
  tag: 'button',
  type: 'primary',
  text: plainText(label),
  behaviors: [{ type: 'open_url', default_url: url }],
});

/** More columns than this are too narrow for a phone. */
const MAX_COLUMNS = 4;

/** Any number of components, as many of them side by side as a row takes. */
export const rows = (elements: readonly Element[]): Element[] =>
  Array.from({ length: Math.ceil(elements.length / MAX_COLUMNS) }, (_, at) =>
    row(elements.slice(at * MAX_COLUMNS, (at + 1) * MAX_COLUMNS)),
  );

/** Four components at most side by side, wrapping on narrow screens. */
export const row = (elements: readonly Element[]): Element => ({
  tag: 'column_set',
  flex_mode: 'flow',
  horizontal_spacing: 'small',
  columns: elements.map((element) => ({ tag: 'column', elements: [element] })),
});

/** The same at the right edge of the card. */
export const rowAtTheEnd = (elements: readonly Element[]): Element => ({ ...row(elements), horizontal_align: 'right' });

/** What a click is answered with, beside or instead of a new card. */
export interface Toast {
  type: 'info' | 'success' | 'warning' | 'error';
  content: string;
  i18n: { zh_cn: string; en_us: string };
}

export const toast = (type: Toast['type'], { zh, en }: Phrase): Toast => ({
  type,
  content: visibleSentence(zh),
  i18n: { zh_cn: visibleSentence(zh), en_us: visibleSentence(en) },
});

import type { CardJson } from '../feishu/messages.ts';
import type { Phrase } from '../lib/phrase.ts';
import type { OpenId } from '../skills/ids.ts';
import { type Markdown, shortened, visible } from './text.ts';

export type { CardJson } from '../feishu/messages.ts';

/** A component of a card (Card JSON 2.0). */
export type Element = Readonly<Record<string, unknown>>;

/** blue: information or work in progress; orange: waits for somebody; green: done; red: failed; grey: over. */
export type Template = 'blue' | 'orange' | 'green' | 'red' | 'grey';

/** What a button's callback carries: a name, the id of server-side state, and details that the server checks. */
export interface CallbackValue {
  action: string;
  id?: string;
  [detail: string]: unknown;
}

/** A whole card. Every reader sees their own language; `update_multi` allows it to be replaced later. */
export function card(
  head: { title: Phrase; template: Template; subtitle?: Phrase },
  elements: readonly Element[],
): CardJson {
  return {
    schema: '2.0',
    config: { update_multi: true, width_mode: 'default', summary: i18n(head.title) },
    header: {
      title: plainText(head.title),
      ...(head.subtitle && { subtitle: plainText(head.subtitle) }),
      template: head.template,
    },
    body: { vertical_spacing: 'medium', elements },
  };
}

const i18n = ({ zh, en }: Phrase) => ({
  content: visible(zh),
  i18n_content: { zh_cn: visible(zh), en_us: visible(en) },
});

/** Plain text: nothing in it is markup. */
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

export const divider: Element = { tag: 'hr' };

/** More chips than this make a card unreadable and heavy; the names stand beside them as text. */
const MAX_CHIPS = 20;

/** Chips with avatar and name; the client knows the names. Nothing for nobody. */
export const people = (ids: readonly OpenId[]): Element[] =>
  ids.length === 0 || ids.length > MAX_CHIPS
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

export type ButtonType = 'default' | 'primary' | 'danger' | 'text' | 'primary_text';

const MAX_BUTTON_TEXT = 100;

/** A button that calls back with `value`. */
export const button = (label: Phrase, value: CallbackValue, type: ButtonType = 'default'): Element => ({
  tag: 'button',
  type,
  text: plainText({ zh: shortened(label.zh, MAX_BUTTON_TEXT), en: shortened(label.en, MAX_BUTTON_TEXT) }),
  behaviors: [{ type: 'callback', value }],
});

/** A button that opens a web page. */
export const linkButton = (label: Phrase, url: string): Element => ({
  tag: 'button',
  type: 'primary',
  text: plainText(label),
  behaviors: [{ type: 'open_url', default_url: url }],
});

/** Components side by side, wrapping on narrow screens. */
export const row = (elements: readonly Element[]): Element => ({
  tag: 'column_set',
  flex_mode: 'flow',
  horizontal_spacing: 'small',
  columns: elements.map((element) => ({ tag: 'column', width: 'auto', elements: [element] })),
});

/** What a click is answered with, beside or instead of a new card. */
export interface Toast {
  type: 'info' | 'success' | 'warning' | 'error';
  content: string;
  i18n: { zh_cn: string; en_us: string };
}

export const toast = (type: Toast['type'], { zh, en }: Phrase): Toast => ({
  type,
  content: visible(zh),
  i18n: { zh_cn: visible(zh), en_us: visible(en) },
});

import { visible } from './visible.ts';

/** One entry of a list: a name or value, and an id where the name alone does not say which one it is. */
export interface Item {
  text: string;
  id?: string | undefined;
}

/**
 * Names or values in one line of plain text. Where a separator in one of them could be taken for one of the list, or its
 * end for an id, each stands in brackets of its own, so that one value never looks like two.
 */
export function listed(items: readonly Item[], language: 'zh' | 'en'): string {
  const bracketed = items.some(({ text, id = 'id' }) => AMBIGUOUS.test(text) || !PLAIN_ID.test(id));
  const shown = items.map(({ text, id }) => {
    const own = bracketed ? `「${safe(text)}」` : visible(text);
    if (id === undefined) return own;
    return language === 'zh' ? `${own}（${safe(id)}）` : `${own} (${safe(id)})`;
  });
  return shown.join(language === 'zh' ? '、' : ', ');
}

const PLAIN_ID = /^[\w.@-]+$/;
const AMBIGUOUS = /[、,，;；「」]|^[（(]|[）)]$|^$/u;

/** Without the signs that mean something around it. */
const safe = (text: string): string =>
  visible(text).replace(/[「」]/gu, (bracket) => (bracket === '「' ? '⟦U+300C⟧' : '⟦U+300D⟧'));

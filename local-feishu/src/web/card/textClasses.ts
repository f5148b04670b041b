import type { CardJson } from '../../json.ts';
import { textOf } from '../lib/reading.ts';
import { colorWord } from '../markdown/InlineView.tsx';

/** Size, alignment and colour of a text. */
export function textClasses({ text_size: size, text_align: align, text_color: color }: CardJson): string {
  const sized = /^[a-z0-4-]{1,16}$/.test(textOf(size) ?? '') ? `size-${textOf(size)}` : 'size-normal';
  const aligned = align === 'center' || align === 'right' ? `align-${align}` : '';
  return `${sized} ${aligned} ${textOf(color) === undefined ? '' : `ink-${colorWord(textOf(color) ?? '')}`}`.trim();
}

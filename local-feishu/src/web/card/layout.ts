import type { CSSProperties } from 'preact';
import type { CardJson } from '../../json.ts';
import { textOf } from '../lib/reading.ts';

const SPACES: Readonly<Record<string, string>> = { small: '4px', medium: '8px', large: '12px', extra_large: '16px' };
const ALIGNS: Readonly<Record<string, string>> = {
  left: 'flex-start',
  top: 'flex-start',
  center: 'center',
  right: 'flex-end',
  bottom: 'flex-end',
};

const LENGTH = /^-?\d{1,3}(?:px)?(?: -?\d{1,3}(?:px)?){0,3}$/;

const spaceOf = (value: unknown, otherwise: string): string => {
  const written = textOf(value) ?? otherwise;
  return SPACES[written] ?? (LENGTH.test(written) ? written : otherwise);
};

/** One length or several, in pixels; nothing when it is not one. */
const lengths = (value: unknown): string | undefined => {
  const written = textOf(value);
  return written !== undefined && LENGTH.test(written) ? written : undefined;
};

/** How a container lays out what is in it. */
export function layoutOf(node: CardJson): CSSProperties {
  const isRow = node.direction === 'horizontal';
  const horizontal = ALIGNS[textOf(node.horizontal_align) ?? ''];
  const vertical = ALIGNS[textOf(node.vertical_align) ?? ''];
  const padding = lengths(node.padding);
  return {
    flexDirection: isRow ? 'row' : 'column',
    ...(isRow ? { flexWrap: 'wrap' } : {}),
    gap: isRow ? spaceOf(node.horizontal_spacing, '8px') : spaceOf(node.vertical_spacing, '8px'),
    ...alignment(isRow, horizontal, vertical),
    ...(padding === undefined ? {} : { padding }),
  };
}

function alignment(isRow: boolean, horizontal: string | undefined, vertical: string | undefined): CSSProperties {
  const [main, cross] = isRow ? [horizontal, vertical] : [vertical, horizontal];
  return { ...(main ? { justifyContent: main } : {}), ...(cross ? { alignItems: cross } : {}) };
}

/** Space around a component. */
export function marginOf(node: CardJson): CSSProperties {
  const margin = lengths(node.margin);
  return margin === undefined ? {} : { margin };
}

/** Width of a control: `default`, `fill` or pixels. */
export function widthOf(node: CardJson): CSSProperties {
  const width = textOf(node.width);
  if (width === 'fill') return { width: '100%' };
  return width !== undefined && /^\d{2,3}px$/.test(width) ? { width, maxWidth: '100%' } : {};
}

/** A column's share of the row. */
export function columnStyle(node: CardJson): CSSProperties {
  const width = textOf(node.width) ?? 'auto';
  const weight = typeof node.weight === 'number' ? node.weight : 1;
  if (width === 'weighted') return { flex: `${weight} ${weight} 0` };
  return /^\d{2,3}px$/.test(width) ? { flex: `0 1 ${width}` } : { flex: '0 1 auto' };
}

/** How columns stand in their row. */
export const rowStyle = (node: CardJson): CSSProperties => ({
  gap: spaceOf(node.horizontal_spacing, '8px'),
  ...alignment(true, ALIGNS[textOf(node.horizontal_align) ?? ''], undefined),
});

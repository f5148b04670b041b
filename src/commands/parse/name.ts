import { MAX_NAME_LENGTH } from '../../skills/skill.ts';
import { UsageError } from '../errors.ts';

// Line breaks, halves of characters, and characters that draw nothing or turn the direction of text: a card would not
// show what is written.
const CONTROL = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/u;

/** A name that can be written whole and is what a card shows. Throws {@link UsageError}. */
export function checkedName(name: string): string {
  const trimmed = name.trim();
  const length = [...trimmed].length;
  if (length === 0) throw new UsageError({ kind: 'name-empty' });
  if (length > MAX_NAME_LENGTH) throw new UsageError({ kind: 'name-too-long', length });
  if (CONTROL.test(trimmed)) throw new UsageError({ kind: 'name-control' });
  return trimmed;
}

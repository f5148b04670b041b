import { MAX_NAME_LENGTH } from '../../domain/skill.ts';
import { unwritableIn } from '../../domain/writable.ts';
import { UsageError } from '../errors.ts';
import { placeholderIn } from './mentions.ts';

/** Ordinary spaces, and the ends of lines that a form or a message puts around a text. */
const AROUND = ' \u3000\t\r\n';

/** A pattern for the end would look through every run of spaces again from each of them. */
function trimmedOf(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && AROUND.includes(text.charAt(start))) start += 1;
  while (end > start && AROUND.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

/** A name that can be written whole and is what a card shows. Throws {@link UsageError}. */
export function checkedName(name: string): string {
  const trimmed = trimmedOf(name);
  const length = [...trimmed].length;
  if (length === 0) throw new UsageError({ kind: 'name-empty' });
  if (length > MAX_NAME_LENGTH) throw new UsageError({ kind: 'name-too-long', length });
  const placeholder = placeholderIn(trimmed);
  if (placeholder !== undefined) throw new UsageError({ kind: 'no-name', text: placeholder });
  const found = unwritableIn(trimmed);
  if (found.length > 0) throw new UsageError({ kind: 'not-writable', what: 'name', text: trimmed, found });
  return trimmed;
}

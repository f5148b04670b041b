import { lookOf } from '../domain/writable.ts';
import { type Block, paragraph } from './kit.ts';
import { md } from './text.ts';
import { codePointName } from './visible.ts';

/** More code points than these say nothing to anybody. */
const MAX_NAMED = 8;

/** Says by code points how two texts differ that look the same; nothing for others. */
export function lookalikeNote(before: string, after: string): Block[] {
  if (lookOf(before) !== lookOf(after)) return [];
  if (before === after) {
    return [
      paragraph(
        md`ℹ️ 两者读起来完全相同，只是在飞书中的存储格式不同。`,
        md`ℹ️ Both read the same; they differ only in how Feishu stores them.`,
      ),
    ];
  }
  const [from, to] = differingParts([...before], [...after]);
  return [
    paragraph(
      md`⚠️ 两者看起来相同，不同的字符是：${named(from, '（无）')} → ${named(to, '（无）')}`,
      md`⚠️ Both look the same; the characters that differ: ${named(from, '(none)')} → ${named(to, '(none)')}`,
    ),
  ];
}

function named(characters: readonly string[], none: string): string {
  if (characters.length === 0) return none;
  const names = characters.slice(0, MAX_NAMED).map((character) => codePointName(character.codePointAt(0) ?? 0));
  return names.join(' ') + (characters.length > MAX_NAMED ? ' …' : '');
}

/** Without what both begin and end with. */
function differingParts(before: readonly string[], after: readonly string[]): [string[], string[]] {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < shorter - start && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  return [before.slice(start, before.length - end), after.slice(start, after.length - end)];
}

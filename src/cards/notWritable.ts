import type { Unwritable, UnwritableKind } from '../domain/writable.ts';
import { type Phrase, phrase } from '../lib/phrase.ts';
import { joined, md, shortened, type Words } from './text.ts';
import { codePointName } from './visible.ts';

/** What is wrong, under a title of its own where the command was understood well. */
export interface UsageWords extends Words {
  title?: Phrase;
}

const KINDS: Readonly<Record<UnwritableKind, Phrase>> = {
  tab: phrase('制表符', 'a tab'),
  'line-break': phrase('换行符', 'a line break'),
  control: phrase('控制字符', 'a control character'),
  surrogate: phrase('不完整的字符', 'half of a character'),
  direction: phrase('文字方向控制符', 'a text direction mark'),
  'zero-width': phrase('零宽字符', 'a zero-width character'),
  'soft-hyphen': phrase('软连字符', 'a soft hyphen'),
  'variation-selector': phrase('变体选择符', 'a variation selector'),
  tag: phrase('标签字符', 'a tag character'),
  filler: phrase('看起来是空白的字符', 'a character that looks blank'),
  space: phrase('特殊空格', 'a special space'),
  format: phrase('不可见的格式字符', 'an invisible format character'),
  'private-use': phrase('私用字符', 'a private-use character'),
  unassigned: phrase('未定义的字符', 'a character that is not defined'),
  replacement: phrase('文字丢失后留下的替代符', 'a placeholder for text that was lost'),
  'mark-without-base': phrase('没有所属文字的附加符号', 'a combining mark without a letter'),
  'too-many-marks': phrase('叠加过多的附加符号', 'one combining mark too many'),
};

/** More of them are only counted. */
const MAX_NAMED = 5;
/** How many characters are quoted, from a few before the first that cannot be written. */
const QUOTED = 60;
const BEFORE = 20;

interface NotWritable {
  what: 'name' | 'value';
  text: string;
  found: readonly Unwritable[];
}

const WHAT: Readonly<Record<NotWritable['what'], Phrase>> = {
  name: phrase('名称', 'name'),
  value: phrase('要比较的值', 'value'),
};

/** Which characters cannot be written, where they are, and what to do. */
export function notWritableWords({ what, text, found }: NotWritable): UsageWords {
  const named = found.slice(0, MAX_NAMED);
  const rest = found.length - named.length;
  const quoted = quotedAround(text, found);
  const zh = named.map(
    (one) => md`<br>· 第 ${one.position} 个字符 ${codePointName(one.codePoint)}：${KINDS[one.kind].zh}`,
  );
  const en = named.map(
    (one) => md`<br>· character ${one.position}, ${codePointName(one.codePoint)}: ${KINDS[one.kind].en}`,
  );
  if (rest > 0) {
    zh.push(md`<br>· 另有 ${rest} 处`);
    en.push(md`<br>· and ${rest} more`);
  }
  return {
    title: phrase('含有不能写入的字符', 'Some characters cannot be written'),
    zh: md`${WHAT[what].zh}里有看不见、或无法如实显示的字符，所以什么都没有写入：**${quoted}**${joined(zh, '')}<br>它们多半是粘贴时带进来的：请删掉，或手动重新输入这一段，然后再试。`,
    en: md`The ${WHAT[what].en} has characters that cannot be seen, or not reliably, so nothing was written: **${quoted}**${joined(en, '')}<br>They usually come with pasted text: remove them, or type that part by hand, then try again.`,
  };
}

/** The text around the first of them. */
function quotedAround(text: string, found: readonly Unwritable[]): string {
  const start = Math.max(0, (found[0]?.position ?? 1) - 1 - BEFORE);
  if (start === 0) return shortened(text, QUOTED);
  return `…${shortened([...text].slice(start).join(''), QUOTED)}`;
}

import yargsParser from 'yargs-parser';
import { z } from 'zod';
import { withoutInvisible, withoutInvisibleAround } from '../../domain/writable.ts';
import { UsageError } from '../errors.ts';
import type { CommandLine } from './line.ts';
import { splitWords, type Word, withNames } from './words.ts';

/** Every word stays a string, whatever it looks like: no number, no boolean, no option that was not declared. */
const NO_COERCION = {
  'parse-numbers': false,
  'parse-positional-numbers': false,
  'boolean-negation': false,
  'camel-case-expansion': false,
  'dot-notation': false,
  'short-option-groups': false,
  'duplicate-arguments-array': false,
  'unknown-options-as-args': true,
  'strip-dashed': true,
} as const;

const Page = z.string().regex(/^\d{1,4}$/);

/** Phones make one dash of the two hyphens in front of an option, Chinese input methods two wide ones. */
const OPTION = /^(?:[-－‐‑−]{2}|[–—―]{1,2})page(?=[=＝]|$)/u;

/** The line without `--page N`, and that page. Nothing else counts as an option: a name such as `-x` stays a word. */
export function withPage(line: CommandLine): { page: number; line: CommandLine } {
  const typed = line.words.map((word) => optionIn(line.text.slice(word.start, word.end)));
  const isOption = (at: number): boolean => /^--page(=|$)/.test(typed[at] ?? '') || typed[at - 1] === '--page';
  const options = line.words.filter((_, at) => isOption(at));
  if (options.length === 0) return { page: 1, line };
  const [, another] = options.filter((word) => /^--page/.test(optionIn(line.text.slice(word.start, word.end))));
  if (another) throw new UsageError({ kind: 'surplus', text: withNames(line.text.slice(another.start), line.people) });
  const parsed = yargsParser(
    typed.filter((_, at) => isOption(at)),
    { string: ['page'], configuration: NO_COERCION },
  );
  const wanted = withoutInvisibleAround(String(parsed.page ?? '').normalize('NFKC'));
  if (wanted === '') throw new UsageError({ kind: 'missing', argument: 'page' });
  const page = Page.safeParse(wanted);
  if (!page.success) throw new UsageError({ kind: 'bad-page', text: wanted });
  const text = without(options, line.text);
  return {
    page: Math.max(1, Number(page.data)),
    line: { ...line, text, words: splitWords(text, line.people) },
  };
}

/** A word as it stands, the option in its plain form. */
function optionIn(typed: string): string {
  const bare = withoutInvisible(typed);
  const option = OPTION.exec(bare)?.[0];
  return option === undefined ? typed : `--page${bare.slice(option.length).replace(/^＝/u, '=')}`;
}

/** The text without these words, and without the spaces before each. */
function without(words: readonly Word[], text: string): string {
  let result = '';
  let from = 0;
  for (const { start, end } of words) {
    result += text.slice(from, start).trimEnd();
    from = end;
  }
  return (result + text.slice(from)).trim();
}

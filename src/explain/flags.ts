import { parseArgs } from 'node:util';
import { distance } from 'fastest-levenshtein';
import type { Language } from '../lib/phrase.ts';
import { type Phrase, phrase } from '../lib/phrase.ts';
import { Trouble } from './trouble.ts';

/** One flag of a command. */
export interface Flag {
  /** Without the dashes. */
  name: string;
  short?: string;
  /** What stands for its value in the help; a flag without it takes none. */
  value?: string;
  does: Phrase;
}

/** What was typed after a command. */
export interface GivenFlags {
  text(name: string): string | undefined;
  has(name: string): boolean;
}

type Token = Extract<NonNullable<ReturnType<typeof parseArgs>['tokens']>[number], { kind: 'option' }>;

/** Reads flags. Throws a {@link Trouble} that names what is unknown, given twice, or lacks its value. */
export function readFlags(args: string[], flags: readonly Flag[]): GivenFlags {
  const options = Object.fromEntries(
    flags.map(({ name, short, value }) => [
      name,
      { type: value === undefined ? ('boolean' as const) : ('string' as const), ...(short && { short }) },
    ]),
  );
  const { tokens } = parseArgs({ args, options, strict: false, allowPositionals: true, tokens: true });
  const given = new Map<string, string>();
  for (const token of tokens) {
    if (token.kind === 'positional') throw stray(token.value);
    if (token.kind === 'option') given.set(...checked(token, flags, given));
  }
  return { text: (name) => given.get(name) || undefined, has: (name) => given.has(name) };
}

function checked(token: Token, flags: readonly Flag[], given: ReadonlyMap<string, string>): [string, string] {
  const flag = flags.find(({ name }) => name === token.name);
  if (!flag) throw unknown(token.rawName, flags);
  const typed = `--${flag.name}`;
  if (given.has(flag.name)) throw wrong(typed, phrase('给了两次', 'is given twice'));
  if (flag.value === undefined && token.value !== undefined) throw wrong(typed, phrase('不带值', 'takes no value'));
  if (flag.value !== undefined && !hasValue(token)) throw wrong(typed, phrase('缺少值', 'lacks its value'));
  return [flag.name, token.value ?? ''];
}

const HELP = phrase('运行 --help 查看全部参数。', 'See all of them with --help.');

function wrong(flag: string, problem: Phrase): Trouble {
  return new Trouble('bad_flag', phrase(`参数 ${flag} ${problem.zh}。`, `The flag ${flag} ${problem.en}.`), HELP);
}

function stray(text: string): Trouble {
  return new Trouble('bad_flag', phrase(`不认识的参数“${text}”。`, `There is nothing for “${text}” to be.`), HELP);
}

/** A flag after it is no value; one that begins like a flag is given with "=". */
const hasValue = ({ value, inlineValue }: Token): boolean =>
  Boolean(value) && (inlineValue === true || value === '-' || !value?.startsWith('-'));

/** What is farther away than every third character is no slip of the finger. */
const near = (typed: string): number => Math.max(1, Math.floor(typed.length / 3));

function unknown(raw: string, flags: readonly Flag[]): Trouble {
  const typed = raw.replace(/^-+/, '');
  const [nearest] = flags
    .map(({ name }) => ({ name, away: distance(typed, name) }))
    .filter(({ name, away }) => away <= near(typed) || (typed.length > 3 && name.includes(typed)))
    .sort((left, right) => left.away - right.away);
  const says = phrase(`没有参数 ${raw}。`, `There is no flag ${raw}.`);
  if (!nearest) return new Trouble('unknown_flag', says, HELP);
  const { name } = nearest;
  return new Trouble('unknown_flag', says, phrase(`是不是想用 --${name}？`, `Did you mean --${name}?`));
}

/** The flags as the help of a command lists them. */
export function describeFlags(flags: readonly Flag[], language: Language): string {
  const heads = flags.map(
    ({ name, short, value }) => `${short ? `-${short}, ` : ''}--${name}${value ? ` ${value}` : ''}`,
  );
  const width = Math.max(...heads.map((head) => head.length));
  return flags.map(({ does }, at) => `  ${(heads[at] ?? '').padEnd(width)}  ${does[language]}`).join('\n');
}

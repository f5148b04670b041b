import fc from 'fast-check';
import type { UsageProblem } from '../../../src/cards/usage.ts';
import { UsageError } from '../../../src/commands/errors.ts';
import { type CommandLine, readLine } from '../../../src/commands/parse/line.ts';
import type { Mention } from '../../../src/domain/delivery.ts';
import { OpenId } from '../../../src/domain/ids.ts';

const mention = (key: string, openId: string, name: string, isBot = false): Mention => ({
  key,
  openId: OpenId.parse(openId),
  name,
  isBot,
});

export const BOT: Mention = { ...mention('@_user_1', 'ou_bot', 'Skill Bot', true), isSelf: true };
export const OTHER_BOT = mention('@_user_7', 'ou_other', 'Other Bot', true);
export const ZHANG = mention('@_user_2', 'ou_zhang', '张三');
export const TOM = mention('@_user_3', 'ou_tom', 'Tom Li');
export const WANG = mention('@_user_10', 'ou_wang', '王五');
export const MENTIONS = [BOT, ZHANG, TOM, WANG, OTHER_BOT];

/** What people may call a skill, and what a parser might take for something else. */
export const TRICKY = [
  '007',
  '1e3',
  '0x10',
  '-1',
  '1.50',
  'Infinity',
  'NaN',
  '6941215891786825756',
  'true',
  'false',
  'null',
  'undefined',
  '-x',
  '--x',
  '--no-page',
  '--page',
  '--page=2',
  '-page',
  '--',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  "O'Brien",
  '[VIP]',
  '$1',
  '$&',
  '\\n',
  'a=b',
  '🧑‍💻',
];

/** Characters that mean something to the parser are as frequent as all others. */
export const anyText = fc
  .array(
    fc.oneof(
      fc.constantFrom(...'"\'“”„「」『』‘’＇＂ \t\n　/／@,，[]()=-'),
      fc.constantFrom('@_user_1', '@_user_2', '@_user_10', '@_all', '/skill ', '--page', '[x](https://y)', 'mailto:'),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 3 }),
    ),
    { maxLength: 25 },
  )
  .map((parts) => parts.join(''));

/** The line of a message that is a command. */
export function lineOf(text: string, mentions: readonly Mention[] = MENTIONS): CommandLine {
  const line = readLine(text, mentions);
  if (!line) throw new Error(`this is no command: ${text}`);
  return line;
}

/** What is wrong with how a command was written; anything else, success included, fails the test. */
export function problemOf(read: () => unknown): UsageProblem {
  try {
    read();
  } catch (error) {
    if (error instanceof UsageError) return error.problem;
    throw error;
  }
  throw new Error('this was to be refused, and was not');
}

/** What is read, or the problem: nothing else may come of any text. */
export function readOrProblem<T>(read: () => T): T | UsageError {
  try {
    return read();
  } catch (error) {
    if (error instanceof UsageError) return error;
    throw error;
  }
}

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readLine } from '../../src/commands/parse/line.ts';
import { COMMANDS } from '../../src/commands/registry.ts';
import { Mention } from '../../src/domain/delivery.ts';

const RUNS = 2_000;

const MENTIONS = [
  Mention.parse({ key: '@_user_1', openId: 'ou_tom', name: '<at id=all></at>', isBot: false }),
  Mention.parse({ key: '@_user_10', openId: 'ou_sara', name: '__proto__', isBot: false }),
  Mention.parse({ key: '@_user_2', openId: 'ou_bot', name: 'bot', isBot: true }),
];

/** Reads a line as every command would; the errors that a person gets to see are no failure. */
function readByAll(text: string): void {
  const line = readLine(text, MENTIONS);
  if (!line) return;
  for (const command of COMMANDS) {
    try {
      command.read(line);
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'UsageError') throw error;
    }
  }
}

function expectNoPollution(): void {
  for (const victim of [{}, [], '', () => undefined]) expect(victim).not.toHaveProperty('polluted');
  expect(Object.keys(Object.prototype)).toEqual([]);
}

describe('the parser', () => {
  it('reads any line without anything else than an answer for the person', () => {
    const token = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 12 }),
      fc.constantFrom(
        ...[
          '--page',
          '--page=2',
          '--page=__proto__',
          '--',
          '-x',
          '--__proto__.polluted=1',
          '--constructor.prototype.polluted',
        ],
        ...['@_user_1', '@_user_10', '@_user_2', '@_user_', '@_all', '"', '”', "'", '\\', '[x](https://evil.example)'],
        ...['ou_', 'ou_../x', 'a@b.cde', 'mailto:a@b.cde', '=', '≠', '>', '，', '\n', '\u0000', '\u202e', '\ud800'],
      ),
      fc.constantFrom(...COMMANDS.map(({ name }) => name)),
    );
    const line = fc
      .tuple(
        fc.constantFrom('/skill ', '／技能 ', '/skill\u00a0', '@_user_2 /skill '),
        fc.array(token, { maxLength: 8 }),
      )
      .map(([head, words]) => head + words.join(' '));
    fc.assert(fc.property(line, readByAll), { numRuns: RUNS });
    expectNoPollution();
  });

  it.each(['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty'])('takes %s for a word', (word) => {
    for (const option of [word, `--${word}`, `--${word}.polluted=1`, `--page.${word}.polluted=1`, `--page=${word}`]) {
      readByAll(`/skill list --page ${option} ${option} ${word}`);
      readByAll(`/skill ${word} ${option}`);
    }
    expect(readLine(`/skill ${word}`, [])?.verb).toBe(word.toLowerCase());
    expect(COMMANDS.find(({ name, aliases }) => name === word || aliases.includes(word))).toBeUndefined();
    expectNoPollution();
  });
});

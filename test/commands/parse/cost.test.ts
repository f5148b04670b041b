import { describe, expect, it } from '@jest/globals';
import { isForBot } from '../../../src/commands/handling/handleMessage.ts';
import { beginsCommand, readLine } from '../../../src/commands/parse/line.ts';
import { valuesIn } from '../../../src/commands/parse/ruleTerms.ts';
import { findCommand } from '../../../src/commands/registry.ts';
import { type Mention, MessageDelivery } from '../../../src/domain/delivery.ts';
import { cpuTimeOf, expectLinear } from '../../support/cpu.ts';
import { MENTIONS, readOrProblem, TOM } from './samples.ts';

/** A text message has at most 150 KB as it is sent, and comes with 180 KB; a body has at most 1 MiB. */
const LONGEST = 180_000;
/** At this size a square shows, too, and takes a tenth of the time. */
const LONG = 60_000;

interface Said {
  text: string;
  mentions: readonly Mention[];
}

const repeated = (unit: string, size: number): string =>
  unit.repeat(Math.ceil(size / unit.length)).slice(0, Math.floor(size));

const people = (count: number): Mention[] =>
  Array.from({ length: count }, (_, at) => ({ ...TOM, key: `@_user_${at + 1}` }));

const text =
  (unit: string) =>
  (size: number): Said => ({ text: repeated(unit, size), mentions: MENTIONS });

/** Messages of any size, each full of one thing. */
const FULL_OF: [string, (size: number) => Said][] = [
  ['letters', text('x')],
  ['Chinese', text('客服')],
  ['spaces', text(' ')],
  ['wide spaces', text('\u3000')],
  ['a comma and spaces', (size) => ({ text: `a,${repeated(' ', size)}@_user_2`, mentions: MENTIONS })],
  ['commas and spaces', text(',   ')],
  ['words', text('a ')],
  ['commas', text('，')],
  ['words with commas', text('a，')],
  ['double quotes', text('"')],
  ['quotes after spaces', text(' "')],
  ['quotes that are never closed', text('"a ')],
  ['quotes of both kinds', text(`"a 'b `)],
  ['mixed quotes', text("“'「")],
  ['quoted words', text('"a" ')],
  ['quoted words with commas', text('“a”、')],
  ['brackets that open', text('[')],
  ['brackets that close', text(']')],
  ['nested brackets', (size) => ({ text: repeated('[', size / 2) + repeated(']', size / 2), mentions: MENTIONS })],
  ['parentheses', text('[](')],
  ['links', text('[x](https://a) ')],
  ['links without an end', text('[](https:')],
  ['links with long addresses', text(`[x](https://${'a'.repeat(2_000)}) `)],
  ['links with addresses that are too long', text(`[x](https://${'[](http:'.repeat(1_000)} `)],
  ['new lines', text('\n')],
  ['short lines', text('\na')],
  ['lines with people', text('\n@_user_2')],
  ['commands', text('\n/skill list')],
  ['heads', text('/skill ')],
  ['slashes', text('/')],
  ['signs for mentions', text('@')],
  ['half mentions', text('@_')],
  ['keys that stand for nobody', text('@_user_')],
  ['one person', text('@_user_2')],
  ['the bot', text('@_user_1')],
  ['everybody', text('@_all ')],
  [
    'people, each once',
    (size) => ({
      text: people(size / 60)
        .map(({ key }) => key)
        .join(' '),
      mentions: people(size / 60),
    }),
  ],
  ['signs for mentions, of many people', (size) => ({ text: repeated('@', size), mentions: people(size / 60) })],
  ['lines, of many people', (size) => ({ text: repeated('\n@x', size), mentions: people(size / 60) })],
  [
    'people with long keys',
    (size) => ({
      text: repeated('@', size),
      mentions: [{ ...TOM, key: `${repeated('@', size / 2)}x` }],
    }),
  ],
  ['entries of a list', text('\n1. @_user_2')],
  ['entries without a space', text('\n1、a')],
  ['signs of lists', text('\n- - -')],
  ['rows of a table', text('\na\tb@c.de')],
  ['cells', text('a\t')],
  ['joining words', text(' and')],
  ['names before addresses', text('a <b@c.de> ')],
  ['names without an address', text('a < ')],
  ['brackets of addresses', text('<')],
  ['links with parentheses', text('[a](https://b_(c)) ')],
  ['links with open parentheses', text('[a](https://b_( ')],
  ['labels that are addresses', text('[https://b](https://b')],
  ['labels in labels', text('[a [b] ')],
  ['dashes of phones', text('—')],
  ['pages of phones', text('——page 2 ')],
  ['direction marks', text('\u200e')],
  ['direction marks at mentions', text('\u2066@_user_2\u2069')],
  ['direction marks at signs for mentions', text('\u200e@_')],
  ['mail addresses', text('tom@example.com,')],
  ['mail addresses in words', text('tom@example.com ')],
  ['half addresses', text('a@')],
  ['dots', text('a@b.')],
  ['ids', text('ou_a ')],
  ['pages', text('--page 2 ')],
  ['pages without a number', text('--page ')],
  ['signs', text('>=')],
  ['words with signs', text('a=')],
  ['words and signs', text('a = ')],
  ['dashes', text('-')],
  ['backslashes', text('\\')],
  ['zero-width characters', text('\u200b')],
  ['halves of characters', text('\ud800')],
];

/** How the message goes on after these is read by the command that they name. */
const HEADS = [
  '',
  '/skill ',
  '/skill rename VIP "',
  '/skill add-agent VIP ',
  '/skill add-rule VIP 3 = ',
  '/skill list ',
];

/** Reads a message as it is read when it is handled. */
function read({ text: said, mentions }: Said): void {
  const line = readLine(said, mentions);
  const command = line && findCommand(line.verb);
  if (!command) return;
  const input = readOrProblem(() => command.read(line));
  if (command.name !== 'add-rule' || !('rule' in input)) return;
  const { rule } = input;
  if (typeof rule === 'object' && rule !== null && 'terms' in rule && Array.isArray(rule.terms)) valuesIn(rule.terms);
}

const readingOf =
  (make: (size: number) => Said, heads = HEADS) =>
  (size: number): (() => void) => {
    const { text: said, mentions } = make(size);
    return () => {
      for (const head of heads) read({ text: head + said, mentions });
    };
  };

describe('reading a message takes time with its size', () => {
  it.each(FULL_OF)('when it is full of %s', (_what, make) => {
    expectLinear(readingOf(make), LONG);
  });

  it.each([
    ['letters', 'x'],
    ['spaces', ' '],
    ['new lines', '\n'],
    ['links without an end', '[](https:'],
    ['signs for mentions', '@'],
    ['words with signs', 'a='],
  ])('when a whole body of %s comes in', (_what, unit) => {
    expectLinear(readingOf(text(unit), ['/skill add-agent VIP ']), 1_000_000);
  });
});

describe('whether a message in a group is for the bot', () => {
  const inGroup = ({ text: said, mentions }: Said) =>
    MessageDelivery.parse({
      kind: 'message',
      messageId: 'om_1',
      chatId: 'oc_1',
      chatType: 'group',
      actorId: 'ou_1',
      text: said,
      mentions,
    });

  it('takes no longer to tell for a long message than for a short one', () => {
    for (const [what, make] of FULL_OF) {
      const { text: said, mentions } = make(LONGEST);
      const manyTimes = (message: MessageDelivery) => () => {
        for (let time = 0; time < 10; time += 1) isForBot(message);
      };
      const short = cpuTimeOf(manyTimes(inGroup({ text: said.slice(0, 10_000), mentions })));
      const long = cpuTimeOf(manyTimes(inGroup({ text: said, mentions })));
      expect([what, long < 4 * Math.max(short, 20)]).toEqual([what, true]);
    }
  });

  it('is told as by the whole of it', () => {
    const said = [
      '/skill list',
      ' \n@_user_1 /技能',
      '[/skill](https://x) list',
      'x\n/skill list',
      '',
      '@_user_2 /skill',
    ];
    for (const one of said) {
      expect([one, beginsCommand(one, MENTIONS)]).toEqual([one, readLine(one, MENTIONS) !== undefined]);
    }
  });

  it('is not looked for behind thousands of spaces', () => {
    expect(beginsCommand(`${' '.repeat(8_000)}/skill`, MENTIONS)).toBe(true);
    expect(beginsCommand(`${' '.repeat(20_000)}/skill`, MENTIONS)).toBe(false);
  });
});

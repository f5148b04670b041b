import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { visible } from '../../../src/cards/text.ts';
import { checkedName } from '../../../src/commands/parse/name.ts';
import { problemOf, readOrProblem, TRICKY } from './samples.ts';

describe('checkedName', () => {
  it.each([...TRICKY, 'Tier 2', '二线　客服', 'a  b', "O'Brien", 'עברית', '👩🏽‍🚒', '"a"'])(
    'takes %p as it is',
    (name) => {
      expect(checkedName(name)).toBe(name);
      expect(checkedName(`  ${name}　`)).toBe(name);
    },
  );

  it.each(['', ' ', '　\t\n'])('refuses %p as empty', (name) => {
    expect(problemOf(() => checkedName(name))).toEqual({ kind: 'name-empty' });
  });

  it.each([
    ['letters', 'a'],
    ['Chinese', '名'],
    ['characters of two code units', '😀'],
  ])('takes 200 %s whole and refuses 201', (_what, character) => {
    const name = character.repeat(200);
    expect(checkedName(name)).toBe(name);
    expect(checkedName(` ${name} `)).toBe(name);
    expect(problemOf(() => checkedName(name + character))).toEqual({ kind: 'name-too-long', length: 201 });
  });

  it.each([
    ['a line break', 'a\nb'],
    ['a carriage return', 'a\rb'],
    ['a tab', 'a\tb'],
    ['a null character', 'a\0b'],
    ['a control of the second block', 'a\u0085b'],
    ['a line separator', 'a\u2028b'],
    ['a paragraph separator', 'a\u2029b'],
    ['a zero-width space', 'a\u200bb'],
    ['a mark of direction', 'a\u200fb'],
    ['an override of direction', 'a\u202eb'],
    ['an isolate', 'a\u2067b'],
    ['the end of an isolate', 'a\u2069b'],
    ['half a character', 'a\ud83db'],
  ])('refuses %s', (_what, name) => {
    expect(problemOf(() => checkedName(name))).toEqual({ kind: 'name-control' });
  });

  it('takes or refuses any text, and what it takes is what a card shows', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 250 }), (text) => {
        const name = readOrProblem(() => checkedName(text));
        if (typeof name !== 'string') return;
        expect(name).toBe(text.trim());
        expect([name, `\u2068${name}\u2069`]).toContain(visible(name));
      }),
    );
  });
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { visible } from '../../../src/cards/text.ts';
import { checkedName } from '../../../src/commands/parse/name.ts';
import { unwritableIn } from '../../../src/domain/writable.ts';
import { problemOf, readOrProblem, TRICKY } from './samples.ts';

describe('checkedName', () => {
  it.each([
    ...TRICKY,
    'Tier 2',
    '二线　客服',
    'a  b',
    "O'Brien",
    'עברית',
    '👩🏽‍🚒',
    '"a"',
    'C++',
    'Ｑ＆Ａ',
    '👨‍👩‍👧',
    '🏳️‍🌈',
    '❤️',
    '1️⃣',
    '🏴󠁧󠁢󠁥󠁮󠁧󠁿',
    '🇨🇳',
    'é',
    'e\u0301',
    'สวัสดี',
    'हिन्दी',
    'क्‍ष',
    'می‌خواهم',
  ])('takes %p as it is', (name) => {
    expect(checkedName(name)).toBe(name);
    expect(checkedName(`  ${name}　`)).toBe(name);
  });

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
    ['a no-break space', 'a\u00a0b'],
    ['a soft hyphen', 'a\u00adb'],
    ['a grapheme joiner', 'a\u034fb'],
    ['a Mongolian variation selector', 'a\u180bb'],
    ['a joiner between Latin letters', 'a\u200db'],
    ['a non-joiner between Latin letters', 'a\u200cb'],
    ['a word joiner', 'a\u2060b'],
    ['an invisible times', 'a\u2062b'],
    ['a deprecated format character', 'a\u206ab'],
    ['a blank Braille pattern', 'a\u2800b'],
    ['a Hangul filler', 'a\u3164b'],
    ['a variation selector after a letter', 'a\ufe0fb'],
    ['a half-width Hangul filler', 'a\uffa0b'],
    ['an interlinear annotation', 'a\ufff9b'],
    ['a tag character', 'a\u{e0041}b'],
    ['a character for private use', 'a\ue000b'],
    ['a noncharacter', 'a\ufdd0b'],
    ['a replacement character', 'a\ufffdb'],
  ])('refuses %s', (_what, name) => {
    const found = unwritableIn(name);
    expect(found).toHaveLength(1);
    expect(problemOf(() => checkedName(name))).toEqual({ kind: 'not-writable', what: 'name', text: name, found });
    // Also where it stands at an end, or alone.
    for (const text of [name.slice(0, -1), name.slice(1), `${name.slice(1, -1)}`]) {
      if (/[^\n\r\t]/u.test(text.slice(-1)) && /^[^\n\r\t]/u.test(text)) {
        expect(problemOf(() => checkedName(text))).toMatchObject({ kind: 'not-writable' });
      }
    }
  });

  it('takes or refuses any text, and what it takes is what a card shows', () => {
    const anyText = fc.oneof(fc.string({ unit: 'binary', maxLength: 250 }), fc.string({ unit: 'grapheme' }));
    fc.assert(
      fc.property(anyText, (text) => {
        const name = readOrProblem(() => checkedName(text));
        if (typeof name !== 'string') return;
        expect(name).toBe(text.replace(/^[ \u3000\t\r\n]+|[ \u3000\t\r\n]+$/gu, ''));
        const signs = name.replace(/[⟦⟧␣]|[ \u3000]{2,}/gu, 'x');
        expect([signs, `\u2068${signs}\u2069`]).toContain(visible(signs));
      }),
    );
  });
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { drawsNothing, lookOf, sharedLooks, unwritableIn, withoutInvisibleAround } from '../../src/domain/writable.ts';

const MAX = 0x10ffff;
const everyCodePoint = (fits: RegExp): string[] =>
  Array.from({ length: MAX + 1 }, (_, codePoint) => String.fromCodePoint(codePoint)).filter((one) => fits.test(one));

describe('unwritableIn', () => {
  it('refuses every control, format, private, unassigned and ignorable character, and half of one', () => {
    const hidden = everyCodePoint(/\p{Cc}|\p{Cf}|\p{Cs}|\p{Co}|\p{Cn}|\p{Default_Ignorable_Code_Point}/u);
    expect(hidden.length).toBeGreaterThan(900_000);
    const found = unwritableIn(`北${hidden.join('京')}`);
    expect(found.length).toBe(hidden.length);
  });

  it('refuses every space but the ordinary two', () => {
    const taken = everyCodePoint(/\p{Z}/u).filter((space) => unwritableIn(`a${space}b`).length === 0);
    expect(taken).toEqual([' ', '\u3000']);
  });

  it('takes every letter, number, sign and punctuation that is drawn', () => {
    const refused = everyCodePoint(/[\p{L}\p{N}\p{P}\p{S}]/u)
      .filter((character) => !/\p{Default_Ignorable_Code_Point}/u.test(character))
      .filter((character) => unwritableIn(character).length > 0)
      .map((character) => character.codePointAt(0)?.toString(16));
    expect(refused).toEqual(['2800', '303f', 'fffc', 'fffd', '13441', '13442', '1d159']);
  });

  it.each([
    ['families', '👨‍👩‍👧 👨‍👩‍👧‍👦'],
    ['a flag of colours', '🏳️‍🌈'],
    ['the same without a selector, as some keyboards write it', '🏳‍🌈'],
    ['hearts', '❤️ ❤ ❤︎'],
    ['a selector that a keyboard adds', '⚡️'],
    ['keycaps', '1️⃣ #️⃣'],
    ['the flag of a region', '🏴󠁧󠁢󠁥󠁮󠁧󠁿'],
    ['the flag of a country', '🇨🇳'],
    ['skin tones', '👩🏽‍🚒 ☝🏽 🫱🏻‍🫲🏿'],
    ['full width', 'Ｑ＆Ａ'],
    ['signs', 'C++ #1 @ <b> ¥'],
    ['composed letters', 'é'],
    ['decomposed letters', 'e\u0301 Tie\u0302\u0301ng'],
    ['decomposed Korean', '한국어'.normalize('NFD')],
    ['Thai', 'สวัสดีครับ'],
    ['Hindi with both joiners', 'क्‍ष क्‌ष'],
    ['Sinhala', 'ශ්‍රී'],
    ['Bengali', 'র‍্য'],
    ['Persian with a non-joiner', 'می‌خواهم'],
    ['vocalised Arabic', 'مُحَمَّدٌ'],
    ['pointed Hebrew', 'שָׁלוֹם'],
    ['Burmese', 'မြန်မာဘာသာ'],
    ['Khmer', 'ភាសាខ្មែរ'],
    ['Tibetan', 'བོད་ཡིག'],
    ['spaces', 'a b　c  d'],
  ])('takes %s', (_, text) => {
    expect(unwritableIn(text)).toEqual([]);
  });

  it.each([
    ['a joiner between Latin letters', 'a\u200db', 2, 0x200d, 'zero-width'],
    ['a joiner that joins no emoji', '👨‍👩‍👧\u200d🍎', 6, 0x200d, 'zero-width'],
    ['a selector after a letter', 'VIP\ufe0f', 4, 0xfe0f, 'variation-selector'],
    ['a selector after a digit', '1\ufe0f', 2, 0xfe0f, 'variation-selector'],
    ['a tag outside a flag', 'A\u{e0041}', 2, 0xe0041, 'tag'],
    ['a non-joiner that changes nothing', 'روز\u200cنامه', 4, 0x200c, 'zero-width'],
    ['a mark without a letter', '\u0301a', 1, 0x301, 'mark-without-base'],
    ['a mark on a space', 'a \u0301', 3, 0x301, 'mark-without-base'],
    ['one mark too many', 'a\u0301\u0302\u0303\u0304', 5, 0x304, 'too-many-marks'],
    ['a tab', '😀\tb', 2, 9, 'tab'],
    ['half a character', 'a\ud83d', 2, 0xd83d, 'surrogate'],
    ['a blank letter', '\u3164', 1, 0x3164, 'filler'],
    ['a blank Braille pattern', 'a\u2800', 2, 0x2800, 'filler'],
    ['a no-break space', 'a\u00a0b', 2, 0xa0, 'space'],
    ['a mark of direction', '北\u200e京', 2, 0x200e, 'direction'],
    ['an annotation', 'a\ufff9', 2, 0xfff9, 'format'],
    ['a noncharacter', 'a\uffff', 2, 0xffff, 'unassigned'],
  ])('says of %s where it is and what it is', (_, text, position, codePoint, kind) => {
    expect(unwritableIn(text)).toMatchObject([{ position, codePoint, kind }]);
  });

  it('finds every character at its place', () => {
    const parts = fc.constantFrom(
      'a',
      '北',
      '😀',
      '👨‍👩‍👧',
      '\u200d',
      '\ufe0f',
      '\u0301',
      '\ud83d',
      ' ',
      '\u200e',
      'क्',
      'ی',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(parts, fc.string({ unit: 'binary', maxLength: 2 })), { maxLength: 12 }), (all) => {
        const text = all.join('');
        for (const { index, position, codePoint } of unwritableIn(text)) {
          expect(text.codePointAt(index)).toBe(codePoint);
          expect([...text.slice(0, index)].length).toBe(position - 1);
        }
        const rest = [...text].filter((_one, at) => !unwritableIn(text).some(({ position }) => position === at + 1));
        // What is left can be written, but for what only the removed ones had kept apart.
        if (!/\u200c|\u200d|\ufe0f|\p{M}/u.test(text)) expect(unwritableIn(rest.join(''))).toEqual([]);
      }),
    );
  });
});

describe('drawsNothing', () => {
  it.each(['', ' ', '　', '\u3164', '\u200b\u2060', '\u00a0 \u00ad', '\ud83d'])('says so of %j', (text) => {
    expect(drawsNothing(text)).toBe(true);
  });
  it.each(['a', '\u200b.', '❤️'])('does not say so of %j', (text) => {
    expect(drawsNothing(text)).toBe(false);
  });
});

describe('lookOf', () => {
  it.each([
    ['Ｑ＆Ａ', 'Q&A'],
    ['e\u0301', 'é'],
    ['ВАНК', 'BAHK'],
    ['北\u200e京', '北京'],
    ['a\u00a0 b', 'a b'],
    ['❤️', '❤'],
  ])('is the same for %j and %j', (one, other) => {
    expect(lookOf(one)).toBe(lookOf(other));
    expect(sharedLooks([one, other])(one)).toBe(true);
  });
  it.each([
    ['VIP', 'vip'],
    ['北京', '北亰'],
  ])('is not for %j and %j', (one, other) => {
    expect(lookOf(one)).not.toBe(lookOf(other));
    expect(sharedLooks([one, other])(one)).toBe(false);
  });
});

describe('withoutInvisibleAround', () => {
  it.each([
    ['\u200eod-1\u200b ', 'od-1'],
    ['\ufefftom@example.com', 'tom@example.com'],
    ['o\u200bd-1', 'o\u200bd-1'],
    ['', ''],
  ])('makes %j %j', (text, bare) => {
    expect(withoutInvisibleAround(text)).toBe(bare);
  });
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { mentionKeys } from '../../../src/commands/parse/mentions.ts';
import { splitWords, unquoted, type Word, withNames } from '../../../src/commands/parse/words.ts';
import { anyText, MENTIONS, TOM, TRICKY, WANG, ZHANG } from './samples.ts';

const KEYS = mentionKeys(MENTIONS);
const NOBODY = mentionKeys([]);

const shown = (word: Word): string => {
  if (word.kind === 'mention') return `<${word.mention.name}>`;
  return word.kind === 'everyone' ? '<everyone>' : word.text;
};
const shownWords = (line: string): string[] => splitWords(line, KEYS).map(shown);

function expectToBeAt(line: string, word: Word): void {
  const there = line.slice(word.start, word.end);
  if (word.kind === 'mention') expect(there).toBe(word.mention.key);
  else if (word.kind === 'everyone') expect(there).toBe('@_all');
  else expect(word.text).toBe(word.quoted ? withNames(there.slice(1, -1), KEYS) : there);
}

describe('splitWords', () => {
  it.each([
    ['', []],
    ['   ', []],
    ['a b', ['a', 'b']],
    ['　a　b\t c ', ['a', 'b', 'c']],
    ['"a b" c', ['a b', 'c']],
    ['“a b” c', ['a b', 'c']],
    ['“a b" c', ['a b', 'c']],
    ['"a b” c', ['a b', 'c']],
    ['„a b“ c', ['a b', 'c']],
    ['＂a b＂ c', ['a b', 'c']],
    ['「a b」 c', ['a b', 'c']],
    ['『a b』 c', ['a b', 'c']],
    ["'a b' c", ['a b', 'c']],
    ['‘a b’ c', ['a b', 'c']],
    ['＇a b＇ c', ['a b', 'c']],
    [`"a 'b' c" d`, [`a 'b' c`, 'd']],
    [`'a "b" c' d`, [`a "b" c`, 'd']],
    ['"a"b c" d', ['a"b c', 'd']],
    ['"" a', ['', 'a']],
    ['" a " b', [' a ', 'b']],
    ['“北京”、“上海”', ['北京', '、', '上海']],
    ['“北京”，“上海”；c', ['北京', '，', '上海', '；', 'c']],
    ['"New York", Boston', ['New York', ',', 'Boston']],
    ['"VIP"：@_user_2', ['VIP', '：', '<张三>']],
  ])('splits %p', (line, words) => {
    expect(shownWords(line)).toEqual(words);
  });

  it.each([
    ["'n Sync", ["'n", 'Sync']],
    ["O'Brien's team", ["O'Brien's", 'team']],
    ['"never closed', ['"never', 'closed']],
    ['5" disk', ['5"', 'disk']],
    ['a"b" c', ['a"b"', 'c']],
    [`"a 'b c' d`, ['"a', 'b c', 'd']],
  ])('takes the quotes of %p for characters like any other', (line, words) => {
    expect(shownWords(line)).toEqual(words);
  });

  it.each([
    ['@_user_2', ['<张三>']],
    ['a @_user_2 b', ['a', '<张三>', 'b']],
    ['VIP@_user_2', ['VIP', '<张三>']],
    ['@_user_2@_user_3', ['<张三>', '<Tom Li>']],
    ['@_user_2,@_user_3', ['<张三>', ',', '<Tom Li>']],
    ['@_user_2和@_user_3', ['<张三>', '和', '<Tom Li>']],
    ['"VIP"@_user_2', ['VIP', '<张三>']],
    ['"VIP "@_user_2', ['VIP ', '<张三>']],
    ['@_all', ['<everyone>']],
    ['a@_all', ['a', '<everyone>']],
    ['@_allstars', ['@_allstars']],
    ['@_user_9', ['@_user_9']],
    ['tom@example.com', ['tom@example.com']],
    ['@', ['@']],
  ])('finds the mentions in %p', (line, words) => {
    expect(shownWords(line)).toEqual(words);
  });

  it('takes the longest key, in whatever order the mentions come', () => {
    const first = { ...TOM, key: '@_user_1' };
    for (const mentions of [
      [first, WANG],
      [WANG, first],
    ]) {
      expect(splitWords('@_user_10 @_user_1 @_user_1x', mentionKeys(mentions)).map(shown)).toEqual([
        '<王五>',
        '<Tom Li>',
        '<Tom Li>',
        'x',
      ]);
    }
  });

  it('takes a mention without a key for none', () => {
    expect(splitWords('@a', mentionKeys([{ ...TOM, key: '' }])).map(shown)).toEqual(['@a']);
  });

  it('shows the names of people inside quotes', () => {
    expect(shownWords('"Team @_user_2" x')).toEqual(['Team @张三', 'x']);
  });

  it('loses nothing: every word is where it says, and only spaces are between them', () => {
    fc.assert(
      fc.property(anyText, (line) => {
        let from = 0;
        for (const word of splitWords(line, KEYS)) {
          expect(line.slice(from, word.start)).toMatch(/^\s*$/);
          expect(line.slice(word.start, word.end)).not.toBe('');
          expectToBeAt(line, word);
          from = word.end;
        }
        expect(line.slice(from)).toMatch(/^\s*$/);
      }),
    );
  });

  it.each(TRICKY)('leaves %p as it is, bare and quoted', (text) => {
    expect(splitWords(`a ${text} b`, NOBODY).map(shown)).toEqual(['a', text, 'b']);
    expect(splitWords(`a "${text}" b`, NOBODY).map(shown)).toEqual(['a', text, 'b']);
  });
});

describe('withNames', () => {
  it('puts names where mentions stand and leaves everything else', () => {
    expect(withNames('a@_user_2 “@_user_10” @_user_9 @_all', KEYS)).toBe('a@张三 “@王五” @_user_9 @_all');
  });

  it('does not look for mentions in a name', () => {
    const odd = { ...ZHANG, name: '@_user_3 $& $1' };
    expect(withNames('@_user_2', mentionKeys([odd, TOM]))).toBe('@@_user_3 $& $1');
  });

  it('changes nothing where nobody is mentioned', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => withNames(text, NOBODY) === text));
  });
});

const PAIRS = ['""', '“”', '””', '““', '„“', '＂＂', '「」', '『』', "''", '‘’', '’’', '＇＇', '“"', '"”', "‘'"];

describe('unquoted', () => {
  it.each(PAIRS)('takes %p away from around the whole', (pair) => {
    expect(unquoted(`${pair[0]}Tier 2${pair[1]}`)).toBe('Tier 2');
    expect(unquoted(` ${pair[0]} Tier 2 ${pair[1]} `)).toBe('Tier 2');
    expect(unquoted(pair)).toBe('');
  });

  it.each([
    ['a', 'a'],
    ['', ''],
    ['"', '"'],
    ["'", "'"],
    ["O'Brien", "O'Brien"],
    ["'O'Brien'", "O'Brien"],
    ['‘O’Brien’s’', 'O’Brien’s'],
    ['‘O’Brien’s ‘A’ team’', 'O’Brien’s ‘A’ team'],
    ["'the boys' team'", "the boys' team"],
    ["'rock 'n' roll'", "rock 'n' roll"],
    ['"say "hi" now"', 'say "hi" now'],
    [`""a" and "b""`, `"a" and "b"`],
    [`"it's"`, "it's"],
    [`'a "b" c'`, 'a "b" c'],
    ['"a', '"a'],
    ['a"', 'a"'],
    [`"a'`, `"a'`],
    ['“甲“', '甲'],
    ['“他说“好”了”', '他说“好”了'],
  ])('makes %p into %p', (text, inner) => {
    expect(unquoted(text)).toBe(inner);
  });

  it.each([
    '"a" and "b"',
    "'a' 'b'",
    '“甲”和“乙”',
    '「甲」和「乙」',
    '‘甲’和‘乙’',
    '“a“ or “b“',
    '"a" "b" "c"',
    '“甲”“乙”',
  ])('leaves %p, whose quotes belong to its parts', (text) => {
    expect(unquoted(text)).toBe(text);
  });

  it('gives back any text without quotes, whatever pair is put around it', () => {
    const plain = fc.string({ unit: 'binary', maxLength: 200 }).filter((text) => !/["'“”„‘’＂＇「」『』]/.test(text));
    fc.assert(
      fc.property(plain, fc.constantFrom(...PAIRS), (text, pair) => {
        expect(unquoted(`${pair[0]}${text}${pair[1]}`)).toBe(text.trim());
        expect(unquoted(text)).toBe(text.trim());
      }),
    );
  });

  it('takes away the outer two characters or none, and spaces', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const trimmed = text.trim();
        expect([trimmed, trimmed.slice(1, -1).trim()]).toContain(unquoted(text));
      }),
    );
  });
});

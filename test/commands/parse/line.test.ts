import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readLine } from '../../../src/commands/parse/line.ts';
import { anyText, lineOf, MENTIONS, OTHER_BOT, TOM, TRICKY, ZHANG } from './samples.ts';

const verbAndText = (text: string) => {
  const line = readLine(text, MENTIONS);
  return line && [line.verb, line.text];
};

describe('readLine', () => {
  it.each([
    ['/skill', [undefined, '']],
    ['/skill list', ['list', '']],
    ['  /skill   list  a  b ', ['list', 'a  b']],
    ['/Skill LIST VIP', ['list', 'VIP']],
    ['/技能 列表', ['列表', '']],
    ['／skill list', ['list', '']],
    ['/ｓｋｉｌｌ　ｌｉｓｔ　ＶＩＰ', ['list', 'ＶＩＰ']],
    ['/skill　list', ['list', '']],
    ['/skill\tlist', ['list', '']],
    ['/skill "list" a', ['list', 'a']],
    ['\n\n  \n/skill list\nand more', ['list', 'and more']],
    ['/skill list\r\nand more', ['list', 'and more']],
    ['/skill\nlist\n\nand more', ['list', 'and more']],
    ['、skill list', ['list', '']],
    ['/、skill list', ['list', '']],
    ['、/skill list', ['list', '']],
    ['／、技能 列表', ['列表', '']],
    ['\u200e、\u00adski\u200dll list', ['list', '']],
    ['/skill add—agent VIP', ['add-agent', 'VIP']],
    ['/skill add－agent VIP', ['add-agent', 'VIP']],
    ['/skill edit‑rule VIP', ['edit-rule', 'VIP']],
    ['/skill \u202dlist\u202c VIP', ['list', 'VIP']],
    ['\u2066@_user_1\u2069 /skill list', ['list', '']],
    ['\u00ad\u200f@_user_1\u00ad/skill list', ['list', '']],
    ['/skill rename VIP \u2068@_user_2\u2069组', ['rename', 'VIP @_user_2组']],
    ['/skill rename VIP ❤️@_user_2', ['rename', 'VIP ❤️@_user_2']],
    ['\ufeff/skill\u200b list', ['list', '']],
    ...['\u200b', '\u2060', '\ufeff'].map((stray): [string, string[]] => [
      `${stray}/sk${stray}ill${stray} ${stray}list${stray} a${stray} ${stray}b @_user_2${stray}@_user_3`,
      ['list', 'a b @_user_2@_user_3'],
    ]),
    ['\u200e/skill \u202alist a', ['list', 'a']],
    // Within a word, and where scripts need them, they are left for whoever writes the word to decide.
    ['/skill list a\u2060b می\u200cخواهم', ['list', 'a\u2060b می\u200cخواهم']],
    ['/skill ？', ['?', '']],
    ['/skill list。', ['list', '']],
    ['/skill list， VIP', ['list', 'VIP']],
  ])('reads %p', (text, expected) => {
    expect(verbAndText(text)).toEqual(expected);
  });

  it.each([
    '',
    ' ',
    'skill list',
    'hello /skill list',
    '/skills list',
    '/skilllist',
    '/skill/list',
    '//skill list',
    '/ skill list',
    '、、skill list',
    '/、/skill list',
    '、技能列表',
    '我、skill list',
    '/技能列表',
    '/help',
    'hello\n/skill list',
    '@_all /skill list',
    '@_user_2 /skill list',
    '/skill@example.com',
    '/__proto__ x',
    '/constructor x',
  ])('takes %p for no command', (text) => {
    expect(readLine(text, MENTIONS)).toBeUndefined();
  });

  it.each([
    '@_user_1 /skill list VIP',
    '@_user_1/skill list VIP',
    '@_user_1　／技能 list VIP',
    '@_user_1 @_user_1/skill list VIP',
    '@_user_1\n/skill list VIP',
    '/skill @_user_1 list VIP',
    '/skill@_user_1 list VIP',
    '/skill list @_user_1 VIP',
    '/skill list VIP @_user_1',
    '/skill list VIP@_user_1',
  ])('leaves the bot out of %p', (text) => {
    expect(lineOf(text)).toMatchObject({ verb: 'list', text: 'VIP' });
    expect(lineOf(text).words).toHaveLength(1);
  });

  it('is no command when only bots are mentioned', () => {
    expect(readLine('@_user_1', MENTIONS)).toBeUndefined();
    expect(readLine('@_user_1 @_user_1', MENTIONS)).toBeUndefined();
  });

  it('keeps what the lines below say, and whether they are commands', () => {
    const line = lineOf('/skill add-agent VIP\n\n@_user_2 @_user_3\n谢谢');
    expect(line.below.map(({ row, words }) => [row, words.length])).toEqual([
      [3, 2],
      [4, 1],
    ]);
    expect(line.isOneOfSeveral).toBe(false);
    expect(lineOf('/skill show VIP\n@_user_1 ／技能 show x').isOneOfSeveral).toBe(true);
  });

  it('tells what was typed as it was typed, with the names of people', () => {
    expect(lineOf('/Skill Add-Agent ＶＩＰ @_user_2 @_all').typed).toBe('Add-Agent ＶＩＰ @张三 @all');
    expect(lineOf('/skill\nadd-agent VIP\n\n@_user_1 @_user_2\n再见').typed).toBe('add-agent VIP ↵ @张三 ↵ 再见');
  });

  it('does not take user 10 for the bot that is user 1', () => {
    expect(readLine('@_user_10 /skill list', MENTIONS)).toBeUndefined();
    expect(lineOf('/skill show @_user_10').text).toBe('@_user_10');
  });

  it('leaves people where they are', () => {
    expect(lineOf('/skill add-agent VIP@_user_2 @_user_3').words).toEqual([
      { kind: 'text', text: 'VIP', quoted: false, start: 0, end: 3 },
      { kind: 'mention', mention: ZHANG, start: 3, end: 11 },
      { kind: 'mention', mention: TOM, start: 12, end: 20 },
    ]);
    expect(lineOf('/skill whoami').people.at(OTHER_BOT.key, 0)).toBe(OTHER_BOT);
    expect(lineOf('/skill whoami').people.at(ZHANG.key, 0)).toBe(ZHANG);
  });

  it('has no verb when a person comes first', () => {
    expect(lineOf('/skill @_user_2 list')).toMatchObject({ verb: undefined, text: '@_user_2 list' });
    expect(lineOf('/skill @_user_2 list').words).toHaveLength(2);
  });

  it.each([
    ['/skill rename VIP [www.example.com](https://www.example.com)', 'VIP www.example.com'],
    ['/skill set-agents VIP [](mailto:a@b.cn)', 'VIP a@b.cn'],
    ['/skill rename VIP a[ ](https://x.cn/y)b', 'VIP ahttps://x.cn/yb'],
    ['/skill rename VIP [tom@example.com](mailto:tom@example.com) x', 'VIP tom@example.com x'],
    ['/skill rename VIP [a](http://x)[b](https://y)', 'VIP ab'],
    ['/skill rename VIP [[重要](https://x)', 'VIP [重要'],
    ['/skill rename VIP [https://x.cn/a_(b)](https://x.cn/a_(b))', 'VIP https://x.cn/a_(b)'],
    ['/skill rename VIP [https://x.cn/a)b](https://x.cn/a)b)', 'VIP https://x.cn/a)b'],
    ['/skill rename VIP [https://x.cn/a(b](https://x.cn/a(b) c', 'VIP https://x.cn/a(b c'],
    ['/skill rename VIP [wiki](https://x.cn/a_(b_(c))_d) e', 'VIP wiki e'],
    ['/skill rename VIP [[VIP] 二线](https://x) f', 'VIP [VIP] 二线 f'],
    ['/skill rename VIP [a [b] c](HTTPS://x)', 'VIP a [b] c'],
    ['/skill rename VIP [tom@example.com](MAILTO:tom@example.com)', 'VIP tom@example.com'],
    ['/skill rename VIP [a](Http://x)(b)', 'VIP a(b)'],
  ])('reads the label of the link in %p', (text, rest) => {
    expect(lineOf(text).text).toBe(rest);
  });

  it.each(['[1]', '[1](2)', '[a](ftp://x)', '[a](javascript:x)', '[a] (https://x)', '[](', 'a](https://x)'])(
    'leaves %p, which is no link',
    (name) => {
      expect(lineOf(`/skill rename VIP ${name}`).text).toBe(`VIP ${name}`);
    },
  );

  it.each(TRICKY)('gives %p back as it was typed, as a verb and after it', (text) => {
    expect(lineOf(`/skill ${text}`).verb).toBe(text.toLowerCase());
    expect(lineOf(`/skill show ${text}`).text).toBe(text);
  });

  it('reads any text without an error, and every word of it is at its place', () => {
    fc.assert(
      fc.property(anyText, fc.constantFrom('', '/skill ', '@_user_1 /技能　rename '), (text, head) => {
        const line = readLine(head + text, MENTIONS);
        if (!line) return;
        expect(line.text).toBe(line.text.trim());
        for (const word of line.words) {
          expect(line.text.slice(word.start, word.end).trim()).not.toBe('');
        }
        for (const word of [line.words[0], line.words.at(-1)]) {
          if (word) expect(word).not.toHaveProperty('mention.isSelf', true);
        }
      }),
    );
  });
});

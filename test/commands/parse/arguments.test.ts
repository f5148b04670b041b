import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  agentsOrText,
  nameThenAgents,
  nothing,
  oneAgentAtMost,
  skillOnly,
  skillThenAgents,
  skillThenName,
  wholeText,
} from '../../../src/commands/parse/arguments.ts';
import { withPage } from '../../../src/commands/parse/page.ts';
import { skillThenTerms } from '../../../src/commands/parse/ruleTerms.ts';
import { expectLinear } from '../../support/cpu.ts';
import { anyText, lineOf, MENTIONS, problemOf, readOrProblem, TOM, TRICKY } from './samples.ts';

const zhang = { id: 'ou_zhang', name: '张三' };
const tom = { id: 'ou_tom', name: 'Tom Li' };
const wang = { id: 'ou_wang', name: '王五' };

describe('a person of another company', () => {
  const EVE = { ...TOM, key: '@_user_4', name: 'Eve', isStranger: true };
  const refused = { kind: 'other-company', name: 'Eve' };

  it('is named nowhere', () => {
    const line = (text: string) => lineOf(text, [...MENTIONS, EVE]);
    expect(problemOf(() => skillThenAgents(line('/skill add-agent VIP @_user_2 @_user_4')))).toEqual(refused);
    expect(problemOf(() => skillThenAgents(line('/skill add-agent VIP @_user_2\n@_user_4')))).toEqual(refused);
    expect(problemOf(() => nameThenAgents(line('/skill create Night @_user_4')))).toEqual(refused);
    expect(problemOf(() => agentsOrText(line('/skill history @_user_4')))).toEqual(refused);
    expect(problemOf(() => oneAgentAtMost(line('/skill agents @_user_4')))).toEqual(refused);
    expect(problemOf(() => skillThenTerms(line('/skill add-rule VIP 11 = @_user_4')))).toEqual(refused);
  });
});

describe('skillThenAgents', () => {
  const read = (text: string) => skillThenAgents(lineOf(`/skill add-agent ${text}`));

  it.each([
    ['VIP @_user_2', 'VIP', [zhang]],
    ['VIP@_user_2', 'VIP', [zhang]],
    ['VIP @_user_2@_user_3 @_user_10', 'VIP', [zhang, tom, wang]],
    ['VIP @_user_2、@_user_3，@_user_10', 'VIP', [zhang, tom, wang]],
    ['Key accounts @_user_2', 'Key accounts', [zhang]],
    ['"Key accounts" @_user_2', 'Key accounts', [zhang]],
    ['“Key accounts”@_user_2', 'Key accounts', [zhang]],
    ['Key  accounts ou_tom_1', 'Key  accounts', [{ id: 'ou_tom_1', name: '' }]],
    [
      'VIP ou_a,ou_b',
      'VIP',
      [
        { id: 'ou_a', name: '' },
        { id: 'ou_b', name: '' },
      ],
    ],
    ['VIP Tom@Example.com', 'VIP', [{ email: 'tom@example.com' }]],
    ['VIP mailto:tom@example.com；ou_a', 'VIP', [{ email: 'tom@example.com' }, { id: 'ou_a', name: '' }]],
    ['VIP [t@e.com](mailto:t@e.com)', 'VIP', [{ email: 't@e.com' }]],
    ['007 @_user_2', '007', [zhang]],
    ['6941215891786825756 @_user_2', '6941215891786825756', [zhang]],
    ['VIP @_user_2 @_user_1', 'VIP', [zhang]],
    ['"ou_team" ou_a', 'ou_team', [{ id: 'ou_a', name: '' }]],
    ['"a@b.co" "c@d.co"', 'a@b.co', [{ email: 'c@d.co' }]],
    ['"Team @_user_2" @_user_3', 'Team @张三', [tom]],
    ['VIP，@_user_2', 'VIP', [zhang]],
    ['VIP：@_user_2', 'VIP', [zhang]],
    ['“VIP”, @_user_2', 'VIP', [zhang]],
    ['VIP tom@example.com。', 'VIP', [{ email: 'tom@example.com' }]],
    ['VIP @_user_2\n@_user_3\n t@e.com、@_user_10', 'VIP', [zhang, tom, { email: 't@e.com' }, wang]],
    ['VIP\n@_user_2', 'VIP', [zhang]],
    ['VIP(t@e.com)', 'VIP', [{ email: 't@e.com' }]],
    ['夜班（t@e.com）、ou_a', '夜班', [{ email: 't@e.com' }, { id: 'ou_a', name: '' }]],
    // A word that is only partly a person is none.
    ['VIP ou_a,Tom ou_b', 'VIP ou_a,Tom', [{ id: 'ou_b', name: '' }]],
  ])('reads %p', (text, skill, agents) => {
    expect(read(text)).toEqual({ skill, agents });
  });

  it.each([
    ['', { kind: 'missing', argument: 'skill' }],
    ['@_user_2', { kind: 'missing', argument: 'skill' }],
    ['"" @_user_2', { kind: 'missing', argument: 'skill' }],
    ['ou_a', { kind: 'missing', argument: 'skill' }],
    ['VIP', { kind: 'missing', argument: 'agent' }],
    ['Key accounts', { kind: 'missing', argument: 'agent' }],
    ['VIP @_all', { kind: 'everyone' }],
    ['VIP @_user_2 @_all', { kind: 'everyone' }],
    ['VIP @_user_2\n@_all', { kind: 'everyone' }],
    ['VIP @_user_2 Tom', { kind: 'not-an-agent', pieces: [{ text: 'Tom' }] }],
    ['VIP @_user_2 @_user_9', { kind: 'not-an-agent', pieces: [{ text: '@_user_9' }] }],
    ['VIP @_user_20', { kind: 'not-an-agent', pieces: [{ text: '0' }] }],
    ['VIP ou_a Tom,ou_b', { kind: 'not-an-agent', pieces: [{ text: 'Tom' }] }],
    ['VIP ou_a ou_b/../c', { kind: 'not-an-agent', pieces: [{ text: 'ou_b/../c' }] }],
    ['VIP ou_a x@y', { kind: 'not-an-agent', pieces: [{ text: 'x@y' }] }],
    ['VIP @_user_2\nthanks\n@_user_3', { kind: 'not-an-agent', pieces: [{ text: 'thanks', row: 2 }] }],
  ])('refuses %p', (text, problem) => {
    expect(problemOf(() => read(text))).toEqual(problem);
  });

  it.each(TRICKY)('never takes %p for anything but a skill', (name) => {
    expect(read(`${name} @_user_2`)).toEqual({ skill: name, agents: [zhang] });
    expect(read(`"${name}" @_user_2`)).toEqual({ skill: name, agents: [zhang] });
  });

  it('is quick with what only looks like a mail address', () => {
    const line = (dots: number) => `VIP ou_a a@${'.'.repeat(dots)}@`;
    expectLinear((dots) => () => expect(problemOf(() => read(line(dots))).kind).toBe('not-an-agent'), 150_000);
  });
});

describe('skillThenName', () => {
  const read = (text: string) => skillThenName(lineOf(`/skill rename ${text}`));

  it.each([
    ['VIP Tier 2', 'VIP', 'Tier 2'],
    ['VIP "Tier 2"', 'VIP', 'Tier 2'],
    ['VIP “Tier 2”', 'VIP', 'Tier 2'],
    ['VIP 「二线」', 'VIP', '二线'],
    ['"Key accounts" Tier 2', 'Key accounts', 'Tier 2'],
    ['「重点 客户」 二线', '重点 客户', '二线'],
    ["VIP O'Brien's team", 'VIP', "O'Brien's team"],
    ["VIP 'O'Brien's team'", 'VIP', "O'Brien's team"],
    ["VIP 'n Sync", 'VIP', "'n Sync"],
    ['VIP a  b   c', 'VIP', 'a  b   c'],
    ['VIP　二线　客服', 'VIP', '二线　客服'],
    ['VIP "a" and "b"', 'VIP', '"a" and "b"'],
    ['VIP “甲”和“乙”', 'VIP', '“甲”和“乙”'],
    ['VIP Team @_user_2', 'VIP', 'Team @张三'],
    ['VIP "Team @_user_2"', 'VIP', 'Team @张三'],
    ['VIP @_user_10s', 'VIP', '@王五s'],
    ['VIP list --page 2', 'VIP', 'list --page 2'],
    ['VIP rename VIP x', 'VIP', 'rename VIP x'],
    ['-x --page', '-x', '--page'],
    ['VIP a@_user_1b', 'VIP', 'a@Skill Botb'],
    ['VIP a @_user_7 b', 'VIP', 'a @Other Bot b'],
    ['VIP Night @_user_1', 'VIP', 'Night'],
    ['“VIP”，“二线”', 'VIP', '二线'],
    ['VIP\nTier 2', 'VIP', 'Tier 2'],
    ['“VIP”\n“Tier @_user_2”', 'VIP', 'Tier @张三'],
  ])('reads %p', (text, skill, name) => {
    expect(read(text)).toEqual({ skill, name });
  });

  it.each([
    ['', 'skill'],
    ['@_user_2 x', 'skill'],
    ['@_all x', 'skill'],
    ['"" x', 'skill'],
    ['" " x', 'skill'],
    ['VIP', 'name'],
    ['"Tier 2"', 'name'],
    ['"Tier 2",', 'name'],
  ])('misses something in %p', (text, argument) => {
    expect(problemOf(() => read(text))).toEqual({ kind: 'missing', argument });
  });

  it.each(TRICKY)('gives %p back as it was typed, as a skill and as a name', (text) => {
    expect(read(`${text} ${text}`)).toEqual({ skill: text, name: text });
    expect(read(`"${text}" "${text}"`)).toEqual({ skill: text, name: text });
    expect(read(`a x ${text} y`)).toEqual({ skill: 'a', name: `x ${text} y` });
  });

  it('gives any one-line name back, bare when it has no quotes at its ends, and within quotes when it has none', () => {
    const quotes = /["'“”„‘’＂＇「」『』]/;
    const anyName = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 200 })
      .map((text) => text.trim())
      .filter((text) => text !== '' && !/[\p{Cc}\p{Zl}\p{Zp}\u200b\u200c\u2060\ufeff]|\]\(/u.test(text));
    fc.assert(
      fc.property(anyName, (name) => {
        if (!quotes.test(name[0] ?? '')) expect(read(`VIP ${name}`).name).toBe(name);
        if (!quotes.test(name)) expect(read(`VIP “${name}”`).name).toBe(name);
      }),
    );
  });

  it('keeps 200 characters, whatever they take', () => {
    const name = '👩🏽‍🚒 '.repeat(33).trim();
    expect(read(`VIP ${name}`).name).toBe(name);
    expect(read(`VIP ${'名'.repeat(200)}`).name).toBe('名'.repeat(200));
  });
});

describe('skillOnly and wholeText', () => {
  it.each([
    ['VIP', 'VIP'],
    ['Key accounts', 'Key accounts'],
    ['"Key accounts"', 'Key accounts'],
    ['Team @_user_2', 'Team @张三'],
    ['“Team @_user_2”', 'Team @张三'],
    ...TRICKY.map((text) => [text, text]),
  ])('reads %p as %p', (text = '', skill = '') => {
    expect(skillOnly(lineOf(`/skill show ${text}`))).toEqual({ skill });
    expect(wholeText(lineOf(`/skill list ${text}`))).toBe(skill);
  });

  it.each(['', '""', '“ ”'])('misses the skill in %p', (text) => {
    expect(problemOf(() => skillOnly(lineOf(`/skill show ${text}`)))).toEqual({ kind: 'missing', argument: 'skill' });
    expect(wholeText(lineOf(`/skill list ${text}`))).toBe('');
  });
});

describe('nothing', () => {
  it('takes no words', () => {
    expect(nothing(lineOf('/skill whoami'))).toEqual({});
    expect(nothing(lineOf('/skill whoami @_user_1 '))).toEqual({});
  });

  it('says which words are too many', () => {
    expect(problemOf(() => nothing(lineOf('/skill whoami  x y ')))).toEqual({ kind: 'surplus', text: 'x y' });
    expect(problemOf(() => nothing(lineOf('/skill whoami @_user_2'))).kind).toBe('surplus');
  });
});

describe('withPage', () => {
  const read = (text: string) => {
    const { page, line } = withPage(lineOf(`/skill list ${text}`));
    for (const word of line.words) {
      if (word.kind === 'text' && !word.quoted) expect(line.text.slice(word.start, word.end)).toBe(word.text);
    }
    return [page, wholeText(line)];
  };

  it.each([
    ['', 1, ''],
    ['VIP', 1, 'VIP'],
    ['--page 2', 2, ''],
    ['--page=2', 2, ''],
    ['VIP --page 3', 3, 'VIP'],
    ['--page 3 VIP', 3, 'VIP'],
    ['a --page 3 b', 3, 'a b'],
    ['a  b --page=3  c', 3, 'a  b  c'],
    ['--page 0', 1, ''],
    ['--page 007', 7, ''],
    ['"Key accounts" --page 2', 2, 'Key accounts'],
    ['Team @_user_2 --page 2', 2, 'Team @张三'],
  ])('reads %p', (text, page, rest) => {
    expect(read(text)).toEqual([page, rest]);
  });

  it.each([
    '"--page 2"',
    '-page 2',
    '-page=2',
    '-p 2',
    '--Page 2',
    '--pages 2',
    '--page.x 2',
    '--no-page',
    '-x',
    '--',
    '－page 2',
    '---page 2',
    '———page 2',
    '—pages 2',
  ])('takes %p for text', (text) => {
    expect(read(text)).toEqual([1, text.replaceAll('"', '')]);
  });

  it.each(TRICKY.filter((text) => !text.startsWith('--page')))('leaves %p beside a page', (text) => {
    expect(read(`${text} --page 2`)).toEqual([2, text]);
    expect(read(`--page 2 ${text}`)).toEqual([2, text]);
  });

  it.each([
    ['--page x', 'x'],
    ['--page -1', '-1'],
    ['--page 1.5', '1.5'],
    ['--page 1e3', '1e3'],
    ['--page 12345', '12345'],
    ['--page "4"', '"4"'],
    ['--page @_user_2', '@_user_2'],
    ['--page constructor', 'constructor'],
  ])('refuses %p', (text, said) => {
    expect(problemOf(() => read(text))).toEqual({ kind: 'bad-page', text: said });
  });

  it.each([
    ['--page 2 --page 3', '--page 3'],
    ['VIP —page=2 x --page 2', '--page 2'],
  ])('asks which page is meant in %p', (text, surplus) => {
    expect(problemOf(() => read(text))).toEqual({ kind: 'surplus', text: surplus });
  });

  it.each(['--page', '--page='])('misses the number in %p', (text) => {
    expect(problemOf(() => read(text))).toEqual({ kind: 'missing', argument: 'page' });
  });

  it('takes the digits of Chinese input methods', () => {
    expect(read('--page １２')).toEqual([12, '']);
  });

  it.each([
    '—page 2',
    '–page 2',
    '——page 2',
    '――page 2',
    '－－page 2',
    '-－page 2',
    '‑‑page 2',
    '—page=2',
    '－－page＝２',
    '\u200e--page 2\u200e',
    'VIP —page 2',
  ])('reads %p as phones and input methods write an option', (text) => {
    expect(read(text)).toEqual([2, text.startsWith('VIP') ? 'VIP' : '']);
  });
});

it('nothing but a usage error comes of any text, and nothing is shared by it', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const line = lineOf(`/skill x ${text}`);
      for (const read of [skillThenAgents, skillThenName, skillOnly, nothing, withPage, skillThenTerms])
        readOrProblem(() => read(line));
      expect(Object.keys(Object.prototype)).toEqual([]);
    }),
  );
});

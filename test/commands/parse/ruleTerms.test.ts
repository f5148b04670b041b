import { describe, expect, it } from '@jest/globals';
import { skillThenTerms, valuesIn } from '../../../src/commands/parse/ruleTerms.ts';
import { lineOf, MENTIONS, problemOf, TOM, ZHANG } from './samples.ts';

/** The values of a rule that is typed after its operator. */
const valuesOf = (text: string) => {
  const { terms } = skillThenTerms(lineOf(`/skill add-rule VIP 城市 是 ${text}`, MENTIONS));
  return valuesIn(terms.slice(2));
};

describe('the values of a rule', () => {
  it.each([
    ['（3）班', ['（3）班']],
    ['\n（3）班', ['（3）班']],
    ['\n(021)12345678', ['(021)12345678']],
    ['\n12. Street', ['12.', 'Street']],
    ['\n- 5', ['-', '5']],
    ['\n－５', ['－５']],
    ['\n-北京', ['-北京']],
    ['\n北京\n（2）班', ['北京', '（2）班']],
    ['\n2. a\n3. b', ['2.', 'a', '3.', 'b']],
    ['\n①班', ['①班']],
  ])('keep what looks like the mark of a list, and is none: %j', (text, values) => {
    expect(valuesOf(text)).toEqual(values);
  });

  it.each([
    '\n- 北京\n- 上海',
    '\n-北京\n-上海',
    '\n• 北京\n• 上海',
    '\n1. 北京\n2. 上海',
    '\n（1）北京\n（2）上海',
    '\n①北京\n②上海',
    '\n❶ 北京\n❷ 上海',
    '\n一、北京\n二、上海',
    '北京\n• 上海',
    '北京\n- 上海',
    '北京 和 上海',
    '北京\n和 上海',
    '北京 and 上海',
  ])('are without the marks of a list, and the words that join them: %j', (text) => {
    expect(valuesOf(text)).toEqual(['北京', '上海']);
  });

  it('may be numbers in a list', () => {
    expect(valuesOf('\n- 5\n- 6')).toEqual(['5', '6']);
    expect(valuesOf('\n10. a')).toEqual(['10.', 'a']);
    expect(valuesOf(`\n${Array.from({ length: 12 }, (_, at) => `${at + 1}. v${at}`).join('\n')}`)).toHaveLength(12);
    expect(valuesOf('\n十、a\n十一、b')).toEqual(['十', 'a', '十一', 'b']);
  });

  it.each(['R & D', 'AC / DC', 'A + B', 'a ｜ b', '北京 ＋ 上海'])(
    'are asked about where a sign is between: %j',
    (text) => {
      expect(problemOf(() => valuesOf(text))).toEqual({ kind: 'one-or-several', text });
      expect(valuesOf(`"${text}"`)).toEqual([text]);
    },
  );

  it('are people on both sides of a sign', () => {
    const people = [ZHANG, TOM].map(({ openId: id, name }) => ({ id, name }));
    expect(valuesOf('@_user_2 & @_user_3')).toEqual(people);
    expect(valuesOf('a@e.com / b@e.com')).toEqual(['a@e.com', 'b@e.com']);
  });
});

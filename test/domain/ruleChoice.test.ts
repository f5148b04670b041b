import { describe, expect, it } from '@jest/globals';
import { OPERATORS } from '../../src/domain/operators.ts';
import { operatorFor, operatorsNamed, optionsNamed, takesOneValue } from '../../src/domain/ruleChoice.ts';

const option = (id: string, displayName?: string, operatorOptions = [7, 8]) => ({
  id,
  operatorOptions,
  ...(displayName !== undefined && { displayName }),
});
const OPTIONS = [
  option('3', '城市', [5, 6]),
  option('14', '中文知识库分类'),
  option('15', '英文知识库分类'),
  option('17', '用户级别', [2, 3]),
  option('99', 'Star Sign'),
  option('100'),
];

describe('optionsNamed', () => {
  it.each([
    ['its id', '17', '17'],
    ['the id of another that is a part of it', '100', '100'],
    ['its Chinese name', '城市', '3'],
    ['its English name', 'User level', '17'],
    ['another case', 'CITY', '3'],
    ['full-width letters', 'ｃｉｔｙ', '3'],
    ['more spaces', ' user   level ', '17'],
    ['the name that the desk gives it', 'star sign', '99'],
    ['a part that no other has', '级别', '17'],
    ['an English part that no other has', 'English knowledge', '15'],
    ['the name that stands for one without', '条件 100', '100'],
  ])('finds a condition by %s', (_, text, id) => {
    expect(optionsNamed(text, OPTIONS).map((option) => option.id)).toEqual([id]);
  });

  it.each([
    ['a part of two', '知识库'],
    ['nothing', ''],
    ['spaces', '  '],
    ['what is not there', '天气'],
    ['part of an id', '9'],
  ])('does not find one by %s', (_, text) => {
    expect(optionsNamed(text, OPTIONS)).toEqual([]);
  });

  it('prefers a whole name to a part of another', () => {
    const options = [option('1', 'VIP level'), option('2', 'level')];
    expect(optionsNamed('level', options).map(({ id }) => id)).toEqual(['2']);
  });
});

describe('operatorsNamed', () => {
  it.each(
    OPERATORS.flatMap(({ number, name, words }) => [name.zh, name.en, ...words].map((word) => [word, number] as const)),
  )('understands %s as %d', (word, number) => {
    expect(operatorsNamed(word)).toContain(number);
    expect(operatorsNamed(word.toUpperCase())).toContain(number);
  });

  it('takes any number for itself', () => {
    expect(operatorsNamed('42')).toEqual([42]);
    expect(operatorsNamed('５')).toEqual([5]);
  });

  it('understands nothing else', () => {
    expect(['', 'Beijing', '大概', '-5', '5.5'].flatMap(operatorsNamed)).toEqual([]);
  });
});

describe('operatorFor', () => {
  it.each([
    ['是', '3', 5],
    ['是', '14', 8],
    ['!=', '3', 6],
    ['不是', '14', 7],
    ['>=', '17', 2],
    ['3', '17', 3],
    ['>=', '3', 'not-offered'],
    ['5', '14', 'not-offered'],
    ['大概', '3', 'unknown'],
  ] as const)('%s for condition %s is %s', (text, id, operator) => {
    const wanted = OPTIONS.find((entry) => entry.id === id);
    expect(wanted && operatorFor(text, wanted)).toBe(operator);
  });

  it('offers nothing where the desk offers nothing', () => {
    expect(operatorFor('是', { id: '3' })).toBe('not-offered');
  });
});

it('takesOneValue tells bounds from lists; of an unknown operator nothing is known', () => {
  expect([2, 3, 5, 6, 7, 8, 42].map(takesOneValue)).toEqual([true, true, false, false, false, false, false]);
});

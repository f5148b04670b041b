import { describe, expect, it } from '@jest/globals';
import {
  CONDITIONS,
  conditionName,
  conditionOf,
  operandValues,
  peopleOf,
  valueNames,
} from '../../src/domain/conditions.ts';
import { ExactNumber } from '../../src/lib/json.ts';

const inWords = (id: string, operand?: Parameters<typeof operandValues>[0]['operand']) =>
  operandValues({ id, operand }).map(({ text }) => text.en);

describe('conditionName', () => {
  it.each([
    [
      'the desk’s own name in Chinese, the documented one in English',
      { id: '3', displayName: '所在城市' },
      '所在城市',
      'City',
    ],
    ['the documented name where the desk gives none', { id: '3' }, '城市', 'City'],
    ['the documented name where the desk’s is blank', { id: '3', displayName: ' ' }, '城市', 'City'],
    ['the desk’s name for one that no document knows', { id: '99', displayName: '星座' }, '星座', '星座'],
    ['its id when nothing is known', { id: '99' }, '条件 99', 'Condition 99'],
  ])('is %s', (_, rule, zh, en) => {
    expect(conditionName(rule)).toEqual({ zh, en });
  });
});

it('every documented condition is known by its id, once', () => {
  const ids = CONDITIONS.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.map((id) => conditionOf(id)?.id)).toEqual(ids);
  expect(conditionOf('99')).toBeUndefined();
});

describe('operandValues', () => {
  it.each([
    ['a text', '3', '上海', ['上海']],
    ['a number', '17', 3, ['3']],
    ['a list', '3', ['北京', '上海'], ['北京', '上海']],
    ['a list in a text', '3', '["北京","上海"]', ['北京', '上海']],
    ['a text with brackets that is no JSON', '3', '[北京', ['[北京']],
    ['a text that is a JSON number', '3', '12', ['12']],
    [
      'named things',
      '12',
      {
        selected_departments: [
          { id: 'od-1', name: 'IT' },
          { id: 'od-2', name: 'HR' },
        ],
      },
      ['IT', 'HR'],
    ],
    ['named things in a text', '12', '{"selected_departments":[{"id":"od-1","name":"IT"}]}', ['IT']],
    ['things with a value', '99', [{ value: 7 }, { id: 'x' }], ['7', 'x']],
    ['a structure that nobody knows, as its JSON', '99', { zodiac: { sign: 'leo' } }, ['{"zodiac":{"sign":"leo"}}']],
    ['several lists', '99', { a: ['1'], b: ['2'], c: 3 }, ['1', '2']],
    ['every digit of a number', '14', [new ExactNumber('6941215891786825757')], ['6941215891786825757']],
    ['every digit of a number in a text', '14', '[6941215891786825757]', ['6941215891786825757']],
    ['every digit of an id', '14', { id: new ExactNumber('-1e400') }, ['-1e400']],
    ['every digit in what nobody knows', '99', { a: { b: new ExactNumber('1e400') } }, ['{"a":{"b":1e400}}']],
    ['nothing', '3', undefined, []],
    ['null', '3', null, []],
    ['an empty text', '3', '', []],
    ['an empty list', '3', [], []],
    ['a truth value', '99', true, ['true']],
    ['sources in words', '9', '["0","1"]', ['agent client', 'server']],
    ['a source that is new', '9', '7', ['7']],
    ['languages in words', '10', 'ja_jp', ['Japanese']],
    ['a language that is new', '10', 'fr_fr', ['fr_fr']],
    ['what only looks like a source', '3', '0', ['0']],
    ['what every object has', '10', 'constructor', ['constructor']],
  ] satisfies [string, string, Parameters<typeof operandValues>[0]['operand'], string[]][])(
    'says %s',
    (_, id, operand, words) => {
      expect(inWords(id, operand)).toEqual(words);
    },
  );
});

describe('peopleOf', () => {
  it.each([
    ['an id', '11', 'ou_1', ['ou_1']],
    ['ids', '11', ['ou_1', 'ou_2'], ['ou_1', 'ou_2']],
    ['ids in a text', '11', '{"users":[{"id":"ou_1"},{"id":"ou_2"}]}', ['ou_1', 'ou_2']],
    ['somebody who is named, too', '11', [{ id: 'ou_1', name: 'Tom' }], ['ou_1']],
    ['nobody where no id is', '11', 'tom@example.com', []],
    ['nobody where an id could not be sent', '11', 'ou_1/../2', []],
    ['nobody in a rule about something else', '3', 'ou_1', []],
  ] satisfies [string, string, Parameters<typeof peopleOf>[0]['operand'], string[]][])(
    'finds %s',
    (_, id, operand, people) => {
      expect(peopleOf({ id, operand })).toEqual(people);
    },
  );
});

it('valueNames are there for sources and languages only', () => {
  expect(Object.keys(valueNames('source'))).toEqual(['0', '1']);
  expect(Object.keys(valueNames('language'))).toEqual(['zh_cn', 'en_us', 'ja_jp']);
  for (const kind of ['text', 'number', 'person', 'department', 'category', undefined] as const) {
    expect(valueNames(kind)).toEqual({});
  }
});

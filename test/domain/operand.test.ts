import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { z } from 'zod';
import { fillOperand, knownValues } from '../../src/domain/operand.ts';
import type { Rule } from '../../src/domain/skill.ts';
import { ExactNumber } from '../../src/lib/json.ts';

const value = (id: string, name = id) => ({ id, name });
const IT = value('od-1', 'IT');
const sales = value('od-2', 'Sales');

describe('fillOperand', () => {
  it.each([
    ['a text', [value('北京')], '上海', '北京'],
    ['a number as text', [value('4')], '3', '4'],
    ['a number', [value('4')], 3, 4],
    ['a list of texts', [value('a'), value('b')], ['x'], ['a', 'b']],
    ['a list of numbers', [value('1'), value('2')], [7], [1, 2]],
    ['an empty list', [value('a')], [], ['a']],
    ['a list in a text', [value('a'), value('b')], '["x"]', '["a","b"]'],
    ['a list of numbers in a text', [value('1')], '[7]', '[1]'],
    [
      'named things',
      [IT, sales],
      [{ id: 'x', name: 'X' }],
      [
        { id: 'od-1', name: 'IT' },
        { id: 'od-2', name: 'Sales' },
      ],
    ],
    ['things with an id alone', [IT], [{ id: 'x' }], [{ id: 'od-1' }]],
    ['a list in an object', [IT], { selected: [{ id: 'x', name: 'X' }] }, { selected: [{ id: 'od-1', name: 'IT' }] }],
    ['an object in a text', [IT], '{"selected":[{"id":"x","name":"X"}]}', '{"selected":[{"id":"od-1","name":"IT"}]}'],
    ['ids in an object', [value('1'), value('2')], { ids: ['7'] }, { ids: ['1', '2'] }],
  ])('follows an example that is %s', (_, values, example, operand) => {
    expect(fillOperand('text', values, example)).toEqual({ operand, guessed: false });
  });

  it.each([
    ['a text that is no number', [value('x')], [7], ['x']],
    ['a negative zero', [value('-0')], [7], ['-0']],
    ['a number with zeros at its end', [value('1.50')], [7], ['1.50']],
    ['a number with zeros in front', [value('007')], [7], ['007']],
    ['not a number', [value('NaN')], [7], ['NaN']],
    ['infinity', [value('Infinity')], 7, 'Infinity'],
  ])('keeps as a text where a number was: %s', (_, values, example, operand) => {
    expect(fillOperand('category', values, example).operand).toEqual(operand);
  });

  it('writes a number where a number was, to the last digit', () => {
    const id = '6948728206392295444';
    const exact = new ExactNumber(id);
    expect(fillOperand('category', [value(id)], [7]).operand).toEqual([exact]);
    expect(fillOperand('category', [value(id), value('7')], [exact]).operand).toEqual([exact, 7]);
    expect(fillOperand('category', [value(id)], exact).operand).toEqual(exact);
    expect(fillOperand('category', [value(id)], '[6948728206392295445]').operand).toBe(`[${id}]`);
    expect(knownValues([{ id: '14', operand: { id: exact, name: 'A' } }])).toEqual([{ id, name: 'A' }]);
    expect(knownValues([{ id: '14', operand: `{"id":${id},"name":"A"}` }])).toEqual([{ id, name: 'A' }]);
  });

  it('uses the documented shape for departments', () => {
    const operand = { selected_departments: [IT, sales] };
    expect(fillOperand('department', [IT, sales], undefined)).toEqual({
      operand: JSON.stringify(operand),
      guessed: false,
    });
    expect(fillOperand('department', [IT, sales], { a: 1, b: 2 })).toEqual({ operand, guessed: false });
  });

  it.each([
    ['one value without an example', [value('a')], undefined, 'a'],
    ['several without an example', [value('a'), value('b')], undefined, '["a","b"]'],
    ['several where the example is one text', [value('a'), value('b')], 'x', '["a","b"]'],
    ['an object that tells no shape', [value('a')], { sign: 'leo', weight: 3 }, ['a']],
    ['several lists', [value('a')], { one: [], two: [] }, ['a']],
    ['a list beside something else', [value('a')], { one: [], two: 2 }, ['a']],
    ['several where the example is one number', [value('1'), value('2')], 7, ['1', '2']],
    ['broken JSON', [value('a'), value('b')], '[1', '["a","b"]'],
    ['an object in a text that tells no shape', [value('a'), value('b')], '{"x":1}', '["a","b"]'],
  ])('guesses, and says so: %s', (_, values, example, operand) => {
    expect(fillOperand('text', values, example)).toEqual({ operand, guessed: true });
  });

  it('never changes between text and structure', () => {
    const values = fc.array(
      fc.string({ minLength: 1 }).map((id) => value(id)),
      { minLength: 1, maxLength: 3 },
    );
    const anything = fc.jsonValue().filter((example) => example !== null && typeof example !== 'boolean');
    fc.assert(
      fc.property(values, anything, (given, example) => {
        const { operand } = fillOperand('text', given, z.json().parse(example));
        // A number cannot hold several values, nor a text that is none.
        if (typeof example !== 'number') expect(typeof operand).toBe(typeof example);
        expect(operand).toEqual(JSON.parse(JSON.stringify(operand)));
      }),
    );
  });
});

describe('knownValues', () => {
  it('finds everything with an id and a name, however deep, in objects and in texts', () => {
    const rules: Rule[] = [
      { id: '12', operand: { selected_departments: [IT] } },
      { id: '12', operand: JSON.stringify({ deep: { list: [sales] } }) },
      { id: '14', operand: [{ id: 7, name: 'Seven', more: true }] },
      { id: '3', operand: '上海' },
      { id: '17' },
      { id: '9', operand: '{broken' },
    ];
    expect(knownValues(rules)).toEqual([IT, sales, value('7', 'Seven')]);
  });

  it('names each once, by its latest name', () => {
    expect(
      knownValues([
        { id: '12', operand: [IT] },
        { id: '12', operand: [{ ...IT, name: 'IT 2' }] },
      ]),
    ).toEqual([value('od-1', 'IT 2')]);
  });
});

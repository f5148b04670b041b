import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fieldOf, valuesInField } from '../../../src/commands/parse/valueList.ts';

describe('valuesInField', () => {
  it.each([
    ['北京、上海', ['北京', '上海']],
    ['New York, Boston；a\nb', ['New York', 'Boston', 'a', 'b']],
    ['"北京、上海"、广州', ['北京、上海', '广州']],
    ['“a, b”', ['a, b']],
    ['"a" b, c', ['"a" b', 'c']],
    ["O'Brien, 'x", ["O'Brien", "'x"]],
    [' , ,a,', ['a']],
    ['""', ['']],
    ['', []],
  ])('reads %j', (text, values) => {
    expect(valuesInField(text)).toEqual(values);
  });

  it('reads back what a field was filled with', () => {
    const value = fc
      .array(fc.constantFrom('a', '北', '、', ',', '"', "'", '”', ' ', '\n', '「'), { maxLength: 6 })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.array(value, { maxLength: 4 }), (values) => {
        const text = fieldOf(values);
        if (text !== undefined) expect(valuesInField(text)).toEqual(values);
      }),
    );
  });
});

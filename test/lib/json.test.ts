import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  decimal,
  ExactNumber,
  jsonOrText,
  jsonOrUndefined,
  numberOf,
  parseJson,
  stringifyJson,
} from '../../src/lib/json.ts';

/** Numbers that JavaScript changes. */
const CHANGED = [
  '6941215891786825757',
  '-6941215891786825757',
  '9007199254740993',
  '1.000000000000000000001',
  '0.1234567890123456789',
  '-0.30000000000000000001',
  '1e400',
  '1E+400',
  '-12.5e-400',
  '12345678901234567890123456789012345678901234567890',
];

/** Numbers that it does not. */
const KEPT = [
  '0',
  '-0',
  '1',
  '-1',
  '0.1',
  '1.50',
  '1e3',
  '1E5',
  '9007199254740992',
  '1e21',
  '100000000000000000000',
  '5e-324',
];

const anyNumber = fc
  .tuple(
    fc.boolean(),
    fc.bigInt({ min: 0n, max: 10n ** 30n }),
    fc.option(fc.stringMatching(/^[0-9]{1,25}$/)),
    fc.option(fc.integer({ min: -500, max: 500 })),
  )
  .map(([negative, whole, fraction, exponent]) =>
    [negative ? '-' : '', whole, fraction === null ? '' : `.${fraction}`, exponent === null ? '' : `e${exponent}`].join(
      '',
    ),
  );

/** JSON texts with numbers of any kind in any place. */
const anyText = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    anyNumber,
    fc.string().map((text) => JSON.stringify(text)),
    anyNumber.map((digits) => JSON.stringify(`[${digits}]`)),
    fc.constantFrom('true', 'false', 'null'),
    fc.array(tie('value'), { maxLength: 3 }).map((items) => `[ ${items.join(' , ')}\n]`),
    fc
      .uniqueArray(fc.tuple(fc.string(), tie('value')), { maxLength: 3, selector: ([key]) => key })
      .map((entries) => `{ ${entries.map(([key, value]) => `${JSON.stringify(key)} : ${value}`).join(',')} }`),
  ),
})).value;

/** All numbers in a JSON text that stand for themselves. */
const numbersIn = (text: string): string[] =>
  [...text.replace(/"(?:[^"\\]|\\.)*"/g, '""').matchAll(/-?\d[\d.eE+-]*/g)].map(([digits]) => decimal(digits));

describe('a JSON number', () => {
  it.each(CHANGED)('%s is kept as it is written', (text) => {
    for (const json of [text, `[${text}]`, `{"a":${text}}`, ` [ 1 , ${text} , {"b": [${text}]}]`]) {
      const value = parseJson(json);
      expect(numbersIn(stringifyJson(value))).toEqual(numbersIn(json));
      expect(parseJson(stringifyJson(value))).toEqual(value);
    }
    expect(numberOf(text)).toEqual(new ExactNumber(text));
    expect(stringifyJson(parseJson(`[${text}]`))).toBe(`[${text}]`);
  });

  it.each(KEPT)('%s is a plain one', (text) => {
    expect(parseJson(`[${text}]`)).toEqual(JSON.parse(`[${text}]`));
    expect(numberOf(text)).toBe(Number(text));
  });

  it.each(CHANGED)('%s in a text stays that text', (text) => {
    const json = JSON.stringify({ id: text, inner: `{"id":${text}}` });
    expect(parseJson(json)).toEqual(JSON.parse(json));
    expect(stringifyJson(parseJson(json))).toBe(json);
  });

  it('says the same after it was read and written, whatever is around it', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const value = parseJson(text);
        const written = stringifyJson(value);
        expect(numbersIn(written)).toEqual(numbersIn(text));
        expect(parseJson(written)).toEqual(value);
        // What is left when numbers are put aside is what JSON.parse says.
        const bare = (json: string) => JSON.parse(json, (_key, item) => (typeof item === 'number' ? 0 : item));
        expect(bare(written)).toEqual(bare(text));
      }),
    );
  });

  it('cannot be written in a way that would change it', () => {
    expect(() => JSON.stringify([new ExactNumber('6941215891786825757')])).toThrow(TypeError);
  });
});

describe('JSON without such numbers', () => {
  it('is read and written as ever', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        expect(stringifyJson(parseJson(text))).toBe(JSON.stringify(JSON.parse(text)));
      }),
    );
  });

  it.each(['', '{', '[1,]', 'nothing', '{"a":01234567890123456}', '[12345678901234567', '[1234567890123456.]'])(
    '%j is none',
    (text) => {
      expect(() => parseJson(text)).toThrow(SyntaxError);
    },
  );

  it('leaves out what is undefined, and takes the last of two values of a key', () => {
    expect(stringifyJson({ a: undefined, b: [undefined], c: new Date(0) })).toBe(
      '{"b":[null],"c":"1970-01-01T00:00:00.000Z"}',
    );
    expect(() => stringifyJson(undefined)).toThrow(TypeError);
    expect(parseJson('{"a":1,"a":12345678901234567890}')).toEqual({ a: new ExactNumber('12345678901234567890') });
    expect(parseJson('{"a":12345678901234567890,"a":1}')).toEqual({ a: 1 });
  });

  it('puts no property into a prototype', () => {
    const value = parseJson('{"__proto__":{"polluted":12345678901234567890}}');
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect({}).not.toHaveProperty('polluted');
  });

  it('is looked through in linear time', () => {
    const cpu = (text: string): number => {
      const before = process.cpuUsage();
      parseJson(text);
      const { user, system } = process.cpuUsage(before);
      return user + system;
    };
    const numbers = (count: number) => `[${'1.1,'.repeat(count)}1]`;
    cpu(numbers(10_000));
    const small = Math.max(1_000, cpu(numbers(100_000)));
    expect(cpu(numbers(400_000))).toBeLessThan(small * 40);
    expect(cpu(`["${',1'.repeat(500_000)}"]`)).toBeLessThan(small * 40 + 1_000_000);
  });
});

describe('decimal', () => {
  it.each([
    ['12000', '12e3'],
    ['-1.20e4', '-12e3'],
    ['0.00', '0e0'],
    ['-0', '0e0'],
    ['1e-7', '1e-7'],
    ['0.0000001', '1e-7'],
    ['1E400', '1e400'],
    ['10e399', '1e400'],
  ])('%s', (text, expected) => {
    expect(decimal(text)).toBe(expected);
  });

  it('of a number that is longer than any of people is what is written', () => {
    const long = '1'.repeat(100_000);
    expect(decimal(long)).toBe(long);
    expect(numberOf(long)).toEqual(new ExactNumber(long));
  });
});

describe('a text that may be no JSON', () => {
  it.each(['', 'text', '{', '[1', '{"a":01}'])('%p is undefined, or stays as it is', (text) => {
    expect(jsonOrUndefined(text)).toBeUndefined();
    expect(jsonOrText(text)).toBe(text);
  });

  it('is read otherwise, by one of them with exact numbers', () => {
    expect(jsonOrUndefined('[1, "2", 6941215891786825757]')).toEqual([1, '2', Number('6941215891786825757')]);
    expect(jsonOrText('[1, "2", 6941215891786825757]')).toEqual([1, '2', new ExactNumber('6941215891786825757')]);
  });
});

import { parse, stringify } from 'lossless-json';

/**
 * A JSON number that a number of JavaScript would change: an id beyond 2^53, many digits, a large exponent. It is kept as
 * it was written. Every other number is a plain one, so that most code never meets this.
 */
export class ExactNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toString(): string {
    return this.text;
  }

  /** `JSON.stringify` could only write something else. */
  toJSON(): never {
    throw new TypeError('a JSON value with an exact number is written by stringifyJson');
  }
}

/**
 * A number that may be changed by JavaScript can only stand where a value begins, and has 16 digits or an exponent. An id
 * in quotes does not look like that, so that most texts are read the fast way.
 */
const MAY_LOSE = /(?:^|[:,[\s])-?\d(?:[\d.]{15}|[\d.]*[eE])/;

/** What a JSON text says, its numbers exactly. Throws a SyntaxError when it is none. */
export function parseJson(text: string): unknown {
  if (!MAY_LOSE.test(text)) return JSON.parse(text);
  // As JSON.parse does: of a key that is there twice the last one counts.
  return parse(text, null, { parseNumber: numberOf, onDuplicateKey: ({ newValue }) => newValue });
}

/** What a JSON text says, its numbers as JavaScript has them; undefined when it is none. */
export function jsonOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What a JSON text says, its numbers exactly; the text itself when it is none. */
export function jsonOrText(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return text;
  }
}

/** True for what has values in it, which a list has as well. */
export const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** The JSON text for a value with exact numbers in it; otherwise that of `JSON.stringify`. */
export function stringifyJson(value: unknown): string {
  const text = stringify(value, null, undefined, [
    { test: (item) => item instanceof ExactNumber, stringify: (item) => String(item) },
  ]);
  if (text === undefined) throw new TypeError('this is no JSON value');
  return text;
}

/** The number that a JSON number says: a plain one when that is exactly as much. */
export function numberOf(text: string): number | ExactNumber {
  const number = Number(text);
  return decimal(String(number)) === decimal(text) ? number : new ExactNumber(text);
}

/** Longer ones, which no person made, are compared by what is written. */
const MAX_COMPARED = 1_000;

/** One spelling for all of one decimal number: `-12e3` for -12000, -1.2e4 and -12000.0. */
export function decimal(text: string): string {
  const parts = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(text);
  if (!parts || text.length > MAX_COMPARED) return text;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = parts;
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  if (digits === '') return '0e0';
  const significant = digits.replace(/0+$/, '');
  const dropped = digits.length - significant.length;
  return `${sign}${significant}e${BigInt(exponent) - BigInt(fraction.length) + BigInt(dropped)}`;
}

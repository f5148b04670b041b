import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonical, ruleKey, sameField } from '../../src/domain/same.ts';
import { ExactNumber } from '../../src/lib/json.ts';
import { respelled } from './arbitraries.ts';
import { inIT, inITAsText, inSales, isVip, li, skill, tom, zhang } from './samples.ts';

describe('canonical', () => {
  it('sorts keys at every depth', () => {
    expect(canonical({ b: { d: 1, c: [true, null] }, a: 'x' })).toBe('{"a":"x","b":{"c":[true,null],"d":1}}');
  });

  it('takes JSON in a string for what it says, at every depth', () => {
    expect(canonical('{"b":1,"a":"[2, 3]"}')).toBe(canonical({ a: [2, 3], b: 1 }));
  });

  it('keeps texts that only look like JSON', () => {
    expect(canonical('[urgent] printer')).toBe('"[urgent] printer"');
    expect(canonical('{name}')).toBe('"{name}"');
  });

  it.each([
    ['a number and its digits', 7, '7'],
    ['true and the word', true, 'true'],
    ['null and the word', null, 'null'],
    ['nothing and an empty text', null, ''],
    ['007 and 7', '007', '7'],
    ['an empty list and an empty object', [], {}],
    ['a list in another order', [1, 2], [2, 1]],
  ])('tells apart %s', (_what, one, other) => {
    expect(canonical(one)).not.toBe(canonical(other));
  });

  it('leaves out what is undefined, and takes undefined alone for null', () => {
    expect(canonical({ a: undefined, b: 1 })).toBe('{"b":1}');
    expect(canonical(undefined)).toBe('null');
  });

  it('is one text for all spellings of a value', () => {
    const spellings = fc.jsonValue().chain((value) => fc.tuple(fc.constant(value), respelled(value)));
    fc.assert(fc.property(spellings, ([value, other]) => canonical(other) === canonical(value)));
  });

  it('tells apart whole numbers that a parser would make equal', () => {
    expect(canonical('{"id":6948728206392295444}')).not.toBe(canonical('{"id":6948728206392295445}'));
    const exact = (text: string) => canonical({ id: new ExactNumber(text) });
    expect(exact('6948728206392295444')).not.toBe(exact('6948728206392295445'));
    expect(exact('1e400')).not.toBe(exact('1e401'));
    expect(exact('1.000000000000000000001')).not.toBe(canonical({ id: 1 }));
    expect(exact('6948728206392295444')).not.toBe(canonical({ id: '6948728206392295444' }));
  });

  it('takes what is nested without an end for the text that it is', () => {
    const deep = '['.repeat(200_000) + ']'.repeat(200_000);
    expect(canonical(deep)).toBe(JSON.stringify(deep));
  });

  it('is one text for all spellings of such a number', () => {
    const exact = (text: string) => canonical({ id: new ExactNumber(text) });
    expect(exact('1e400')).toBe(exact('10.0E+399'));
    expect(exact('6948728206392295444')).toBe(exact('6948728206392295444.0'));
    expect(exact('6948728206392295444')).toBe(canonical('{"id":6948728206392295444}'));
  });

  it('differs for different values', () => {
    const plain = fc.letrec<{ value: fc.JsonValue }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom('a', 'b', '', 1, 2, true, null),
        fc.array(tie('value'), { maxLength: 2 }),
        fc.dictionary(fc.constantFrom('a', 'b'), tie('value')),
      ),
    })).value;
    fc.assert(
      fc.property(plain, plain, (one, other) => {
        expect(canonical(one) === canonical(other)).toBe(isSame(one, other));
      }),
    );
  });
});

/** Equality of JSON values, decided by the test runner. */
function isSame(one: unknown, other: unknown): boolean {
  try {
    expect(one).toEqual(other);
    return true;
  } catch {
    return false;
  }
}

describe('ruleKey', () => {
  it('is the same for either form of the operand, whatever the read-only parts say', () => {
    expect(ruleKey(inITAsText)).toBe(ruleKey(inIT));
  });

  it('differs by condition, by operator and by operand', () => {
    const keys = [inIT, { ...inIT, id: '13' }, { ...inIT, selectedOperator: 7 }, inSales].map(ruleKey);
    expect(new Set(keys).size).toBe(4);
  });

  it('takes an absent operator or operand for null', () => {
    expect(ruleKey({ id: '1' })).toBe(ruleKey({ id: '1', operand: null }));
  });

  it('keeps an id a text', () => {
    expect(ruleKey({ id: '007' })).not.toBe(ruleKey({ id: '7' }));
  });
});

describe('sameField', () => {
  it('compares names letter by letter', () => {
    expect(sameField('name', skill(), skill({ name: 'Key accounts' }))).toBe(true);
    expect(sameField('name', skill(), skill({ name: 'key accounts' }))).toBe(false);
  });

  it('takes agents in any order', () => {
    expect(sameField('agentIds', skill({ agentIds: [tom, zhang] }), skill({ agentIds: [zhang, tom] }))).toBe(true);
    expect(sameField('agentIds', skill({ agentIds: [tom, zhang] }), skill({ agentIds: [tom, li] }))).toBe(false);
    expect(sameField('agentIds', skill({ agentIds: [tom] }), skill({ agentIds: [tom, zhang] }))).toBe(false);
  });

  it('takes rules in any order and in any spelling', () => {
    expect(sameField('rules', skill({ rules: [inIT, isVip] }), skill({ rules: [isVip, inITAsText] }))).toBe(true);
    expect(sameField('rules', skill({ rules: [inIT] }), skill({ rules: [inSales] }))).toBe(false);
    expect(sameField('rules', skill({ rules: [inIT] }), skill({ rules: [] }))).toBe(false);
  });

  it('looks at its field only', () => {
    const other = skill({ name: 'other', rules: [], agentIds: [tom, zhang] });
    expect(sameField('agentIds', skill(), other)).toBe(true);
  });
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { nameList, namesOf } from '../../src/cards/describe.ts';
import { type Item, listed } from '../../src/cards/listed.ts';
import { lookalikeNote } from '../../src/cards/lookalike.ts';
import { OpenId } from '../../src/domain/ids.ts';

const zh = (...items: (string | Item)[]): string =>
  listed(
    items.map((item) => (typeof item === 'string' ? { text: item } : item)),
    'zh',
  );

describe('listed', () => {
  it('tells one value with a separator from two', () => {
    expect(zh('北京', '上海')).toBe('北京、上海');
    expect(zh('北京、上海')).toBe('「北京、上海」');
    expect(zh('北京」、「上海')).toBe('「北京⟦U+300D⟧、⟦U+300C⟧上海」');
    expect(zh('a, b', 'c')).toBe('「a, b」、「c」');
    expect(listed([{ text: 'a' }, { text: 'b' }], 'en')).toBe('a, b');
  });

  it('tells a name with an id from one that looks like it', () => {
    expect(zh({ text: '销售', id: 'od-1' })).toBe('销售（od-1）');
    expect(zh('销售（od-1）')).toBe('「销售（od-1）」');
  });

  it('shows an empty value and spaces around one', () => {
    expect(zh('', 'a')).toBe('「」、「a」');
    expect(zh(' a')).toBe('␣a');
  });

  it.each(['zh', 'en'] as const)('shows no two lists alike, in %s', (language) => {
    const part = fc.constantFrom(
      'a',
      '、',
      ', ',
      '「',
      '」',
      '（',
      '）',
      ' (',
      ')',
      ' ',
      '⟦U+300C⟧',
      '\u200e',
      'b',
      'ש',
    );
    const text = fc.array(part, { maxLength: 4 }).map((parts) => parts.join(''));
    const items = fc.array(fc.record({ text, id: fc.option(text, { nil: undefined }) }), { maxLength: 3 });
    const seen = new Map<string, string>();
    fc.assert(
      fc.property(items, (list) => {
        const shown = listed(list, language);
        const key = JSON.stringify(list.map(({ text: own, id }) => [own, id ?? null]));
        expect(seen.get(shown) ?? key).toBe(key);
        seen.set(shown, key);
      }),
      { numRuns: 3_000 },
    );
  });
});

describe('people of one name', () => {
  const [tom, thomas, sara] = ['ou_1', 'ou_2', 'ou_3'].map((id) => OpenId.parse(id)) as [OpenId, OpenId, OpenId];
  it('are told apart by their ids, the others are not', () => {
    const names = namesOf([
      { id: tom, name: 'Tom' },
      { id: thomas, name: 'Ｔom' },
      { id: sara, name: 'Sara' },
    ]);
    expect(nameList([tom, thomas, sara], names, 'zh').markdown).toBe('Tom（ou&#95;1）、Ｔom（ou&#95;2）、Sara');
    expect(nameList([sara], namesOf([{ id: sara, name: 'Chen, Sara' }]), 'en').markdown).toBe('「Chen&#44; Sara」');
  });
});

describe('lookalikeNote', () => {
  it('names the characters in which texts of one look differ', () => {
    expect(JSON.stringify(lookalikeNote('café', 'cafe\u0301'))).toContain('U&#43;00E9 → U&#43;0065 U&#43;0301');
    expect(JSON.stringify(lookalikeNote('VIP', 'V\u0406P'))).toContain('U&#43;0049 → U&#43;0406');
    expect(lookalikeNote('VIP', 'Tier 2')).toEqual([]);
  });
});

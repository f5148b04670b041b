import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { changedFields, Difference, diff } from '../../src/domain/diff.ts';
import { sameField } from '../../src/domain/same.ts';
import { SKILL_FIELDS } from '../../src/domain/skill.ts';
import { anyUnrulySkill } from './arbitraries.ts';
import { inIT, inITAsText, inSales, isVip, li, skill, tom, zhang } from './samples.ts';

describe('diff', () => {
  it('is empty between two spellings of the same skill', () => {
    expect(diff(skill(), skill({ rules: [inITAsText], agentIds: [zhang, tom] }))).toEqual([]);
  });

  it('tells a new name by both', () => {
    expect(diff(skill(), skill({ name: 'VIP' }))).toEqual([{ field: 'name', before: 'Key accounts', after: 'VIP' }]);
  });

  it('tells who came and who went', () => {
    expect(diff(skill({ agentIds: [tom, zhang] }), skill({ agentIds: [li, zhang] }))).toEqual([
      { field: 'agentIds', added: [li], removed: [tom] },
    ]);
  });

  it('tells an edited rule as one that went and one that came', () => {
    expect(diff(skill({ rules: [inIT, isVip] }), skill({ rules: [isVip, inSales] }))).toEqual([
      { field: 'rules', added: [inSales], removed: [inIT] },
    ]);
  });

  it('counts what occurs more than once', () => {
    expect(diff(skill({ agentIds: [tom, tom] }), skill({ agentIds: [tom] }))).toEqual([
      { field: 'agentIds', added: [], removed: [tom] },
    ]);
    expect(diff(skill({ rules: [isVip] }), skill({ rules: [isVip, isVip, isVip] }))).toEqual([
      { field: 'rules', added: [isVip, isVip], removed: [] },
    ]);
  });

  it('tells all fields in one order', () => {
    const differences = diff(skill(), { agentIds: [], rules: [], name: '' });
    expect(differences.map(({ field }) => field)).toEqual(['name', 'rules', 'agentIds']);
  });

  it('is empty exactly when every field is the same', () => {
    fc.assert(
      fc.property(anyUnrulySkill, anyUnrulySkill, (before, after) => {
        const same = SKILL_FIELDS.every((field) => sameField(field, before, after));
        expect(diff(before, after).length === 0).toBe(same);
        expect(diff(before, before)).toEqual([]);
      }),
    );
  });

  it('names the changed fields, each with something in it', () => {
    fc.assert(
      fc.property(anyUnrulySkill, anyUnrulySkill, (before, after) => {
        const differences = diff(before, after);
        expect(differences.map(({ field }) => field)).toEqual(changedFields(before, after));
        for (const difference of differences)
          if (difference.field !== 'name')
            expect(difference.added.length + difference.removed.length).toBeGreaterThan(0);
      }),
    );
  });

  it('backwards tells the opposite', () => {
    fc.assert(
      fc.property(anyUnrulySkill, anyUnrulySkill, (before, after) => {
        expect(diff(after, before)).toEqual(diff(before, after).map(turnedRound));
      }),
    );
  });

  it('can be stored and read again', () => {
    fc.assert(
      fc.property(anyUnrulySkill, anyUnrulySkill, (before, after) => {
        const differences = diff(before, after);
        const stored: unknown = JSON.parse(JSON.stringify(differences));
        expect(Difference.array().parse(stored)).toEqual(differences);
      }),
    );
  });
});

const turnedRound = (difference: Difference): Difference => {
  switch (difference.field) {
    case 'name':
      return { field: 'name', before: difference.after, after: difference.before };
    case 'agentIds':
      return { field: 'agentIds', added: difference.removed, removed: difference.added };
    case 'rules':
      return { field: 'rules', added: difference.removed, removed: difference.added };
  }
};

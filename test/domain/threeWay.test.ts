import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { changedFields, diff } from '../../src/domain/diff.ts';
import { sameField } from '../../src/domain/same.ts';
import { SKILL_FIELDS, type SkillField } from '../../src/domain/skill.ts';
import { conflictsWith, expectedAfter, judgeReadBack } from '../../src/domain/threeWay.ts';
import { anyUnrulySkill } from './arbitraries.ts';
import { inIT, inITAsText, inSales, isVip, li, skill, tom, zhang } from './samples.ts';

const anyWritten = fc.subarray<SkillField>([...SKILL_FIELDS]);

describe('conflictsWith', () => {
  const renamed = skill({ name: 'VIP' });
  const withLi = skill({ agentIds: [tom, zhang, li] });

  it('is true when somebody touched the field that is to be written', () => {
    expect(conflictsWith(skill(), skill({ name: 'Gold' }), renamed)).toBe(true);
    expect(conflictsWith(skill(), skill({ agentIds: [zhang] }), withLi)).toBe(true);
    expect(conflictsWith(skill(), skill({ rules: [] }), skill({ rules: [inIT, isVip] }))).toBe(true);
  });

  it('is true even when somebody did the very same', () => {
    expect(conflictsWith(skill(), renamed, renamed)).toBe(true);
  });

  it('is false when somebody touched another field', () => {
    expect(conflictsWith(skill(), withLi, renamed)).toBe(false);
    expect(conflictsWith(skill(), skill({ name: 'Gold', rules: [] }), withLi)).toBe(false);
  });

  it('is false when only the spelling or the order is another', () => {
    const respelled = skill({ rules: [inITAsText], agentIds: [zhang, tom] });
    expect(conflictsWith(skill(), respelled, skill({ rules: [inSales], agentIds: [] }))).toBe(false);
  });

  it('looks at both sides the same way', () => {
    fc.assert(
      fc.property(anyUnrulySkill, anyUnrulySkill, anyUnrulySkill, (base, fresh, target) => {
        expect(conflictsWith(base, fresh, target)).toBe(conflictsWith(base, target, fresh));
      }),
    );
  });

  it('is true exactly when both sides changed a field', () => {
    fc.assert(
      fc.property(anyUnrulySkill, anyUnrulySkill, anyUnrulySkill, (base, fresh, target) => {
        const theirs = changedFields(base, fresh);
        const both = changedFields(base, target).filter((field) => theirs.includes(field));
        expect(conflictsWith(base, fresh, target)).toBe(both.length > 0);
      }),
    );
  });

  it('is never there for one who is alone, or who wants nothing', () => {
    fc.assert(
      fc.property(anyUnrulySkill, anyUnrulySkill, (base, other) => {
        expect(conflictsWith(base, base, other)).toBe(false);
        expect(conflictsWith(base, other, base)).toBe(false);
      }),
    );
  });
});

describe('expectedAfter', () => {
  it('is the target in the written fields and the fresh read in the others', () => {
    const fresh = skill({ name: 'Gold', rules: [isVip], agentIds: [li] });
    const target = skill({ name: 'VIP', rules: [inSales], agentIds: [tom] });
    expect(expectedAfter(fresh, target, ['name'])).toEqual({ ...fresh, name: 'VIP' });
    expect(expectedAfter(fresh, target, ['rules', 'agentIds'])).toEqual({ ...target, name: 'Gold' });
    expect(expectedAfter(fresh, target, [])).toEqual(fresh);
    expect(expectedAfter(fresh, target, SKILL_FIELDS)).toEqual(target);
  });

  it("never loses somebody else's edit of another field", () => {
    const mine = anyWritten;
    fc.assert(
      fc.property(anyUnrulySkill, anyUnrulySkill, anyUnrulySkill, mine, (base, theirWish, myWish, my) => {
        const fresh = expectedAfter(theirWish, base, my);
        const target = expectedAfter(base, myWish, my);
        expect(conflictsWith(base, fresh, target)).toBe(false);
        const after = expectedAfter(fresh, target, changedFields(base, target));
        const wish = expectedAfter(theirWish, myWish, my);
        expect(SKILL_FIELDS.filter((field) => !sameField(field, after, wish))).toEqual([]);
      }),
    );
  });
});

describe('judgeReadBack', () => {
  const expected = skill({ name: 'VIP' });

  it('is content with the expected skill in any spelling', () => {
    const readBack = skill({ name: 'VIP', rules: [inITAsText], agentIds: [zhang, tom] });
    expect(judgeReadBack(expected, readBack, ['name'])).toEqual({ kind: 'as-expected' });
  });

  it('sees that a desk cleared what was not sent', () => {
    expect(judgeReadBack(expected, skill({ name: 'VIP', rules: [], agentIds: [] }), ['name'])).toEqual({
      kind: 'cleared',
      fields: ['rules', 'agentIds'],
    });
    expect(judgeReadBack(expected, skill({ name: '' }), ['agentIds'])).toEqual({ kind: 'cleared', fields: ['name'] });
  });

  it('sees the clearing beside other differences', () => {
    expect(judgeReadBack(expected, skill({ name: 'Gold', agentIds: [] }), ['name'])).toEqual({
      kind: 'cleared',
      fields: ['agentIds'],
    });
  });

  it('does not call it cleared when the empty field was sent', () => {
    expect(judgeReadBack(skill(), skill({ agentIds: [] }), ['agentIds'])).toEqual({
      kind: 'different',
      differences: [{ field: 'agentIds', added: [], removed: [tom, zhang] }],
    });
  });

  it('does not call it cleared when the field was empty before, or lost only a part', () => {
    expect(judgeReadBack(skill({ rules: [] }), skill({ rules: [] }), ['name'])).toEqual({ kind: 'as-expected' });
    expect(judgeReadBack(expected, skill({ name: 'VIP', agentIds: [tom] }), ['name'])).toEqual({
      kind: 'different',
      differences: [{ field: 'agentIds', added: [], removed: [zhang] }],
    });
  });

  it('says what is there in place of what was expected', () => {
    expect(judgeReadBack(expected, skill(), ['name'])).toEqual({
      kind: 'different',
      differences: [{ field: 'name', before: 'VIP', after: 'Key accounts' }],
    });
  });

  it('always says one of three things, by what differs', () => {
    fc.assert(
      fc.property(anyUnrulySkill, anyUnrulySkill, anyWritten, (wanted, readBack, written) => {
        const judged = judgeReadBack(wanted, readBack, written);
        const emptied = changedFields(wanted, readBack).filter(
          (field) => !written.includes(field) && readBack[field].length === 0,
        );
        if (diff(wanted, readBack).length === 0) expect(judged).toEqual({ kind: 'as-expected' });
        else if (emptied.length > 0) expect(judged).toEqual({ kind: 'cleared', fields: emptied });
        else expect(judged).toEqual({ kind: 'different', differences: diff(wanted, readBack) });
      }),
    );
  });

  it('never speaks of clearing when everything was sent', () => {
    fc.assert(
      fc.property(anyUnrulySkill, anyUnrulySkill, (wanted, readBack) => {
        expect(judgeReadBack(wanted, readBack, SKILL_FIELDS).kind).not.toBe('cleared');
      }),
    );
  });
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { applyIntent } from '../../src/domain/apply.ts';
import { type Difference, diff } from '../../src/domain/diff.ts';
import type { EditIntent } from '../../src/domain/intent.ts';
import { ruleKey } from '../../src/domain/same.ts';
import type { SkillContent } from '../../src/domain/skill.ts';
import { anyIntent, anySkill, undoOf } from './arbitraries.ts';
import { inIT, inITAsText, inSales, isVip, li, skill, tom, zhang } from './samples.ts';

/** The skill after the intent; the same skill where the intent is pointless. */
function skillAfter(intent: EditIntent, content: SkillContent): SkillContent {
  const applied = applyIntent(intent, content);
  return applied.ok ? applied.target : content;
}

const undo = (differences: Difference[], fresh: SkillContent) => applyIntent(undoOf(differences), fresh);

describe('undo, when nobody was there since', () => {
  it.each<[string, SkillContent]>([
    ['a rename', skill({ name: 'VIP' })],
    ['added and removed agents', skill({ agentIds: [zhang, li] })],
    ['an edited rule', skill({ rules: [inSales] })],
    ['a removed rule', skill({ rules: [] })],
    ['everything at once', skill({ name: 'VIP', rules: [isVip], agentIds: [] })],
  ])('takes back %s', (_what, changed) => {
    const undone = undo(diff(skill(), changed), changed);
    expect(undone).toMatchObject({ ok: true, remarks: [] });
    expect(undone.ok && diff(skill(), undone.target)).toEqual([]);
  });

  it('recognises what it added in another spelling', () => {
    const differences = diff(skill({ rules: [] }), skill({ rules: [inIT] }));
    expect(undo(differences, skill({ rules: [isVip, inITAsText] }))).toMatchObject({
      ok: true,
      target: { rules: [isVip] },
      remarks: [],
    });
  });

  it('says when it leaves nobody', () => {
    const differences = diff(skill({ agentIds: [] }), skill({ agentIds: [tom] }));
    expect(undo(differences, skill({ agentIds: [tom] }))).toMatchObject({ remarks: [{ kind: 'nobody-left' }] });
  });

  it('restores the content, whatever was changed', () => {
    fc.assert(
      fc.property(anySkill, anyIntent, (base, intent) => {
        const target = skillAfter(intent, base);
        const undone = undo(diff(base, target), target);
        if (diff(base, target).length === 0) {
          expect(undone).toEqual({ ok: false, why: { kind: 'nothing-left-to-undo', kept: [] } });
        } else {
          expect(undone.ok && diff(base, undone.target)).toEqual([]);
          expect(undone.ok && undone.remarks.filter(({ kind }) => kind !== 'nobody-left')).toEqual([]);
        }
      }),
    );
  });

  it('can itself be undone', () => {
    fc.assert(
      fc.property(anySkill, anySkill, (base, target) => {
        const undone = skillAfter(undoOf(diff(base, target)), target);
        expect(diff(target, skillAfter(undoOf(diff(target, undone)), undone))).toEqual([]);
      }),
    );
  });
});

describe('undo, when somebody was there since', () => {
  it('keeps another name, and says so', () => {
    const differences = diff(skill(), skill({ name: 'VIP', agentIds: [tom, zhang, li] }));
    expect(undo(differences, skill({ name: 'Gold', agentIds: [tom, zhang, li] }))).toEqual({
      ok: true,
      target: skill({ name: 'Gold' }),
      remarks: [{ kind: 'kept-since', kept: [{ field: 'name', before: 'Key accounts', after: 'VIP' }] }],
    });
  });

  it('takes out only whom it added and puts back only whom it removed', () => {
    const differences = diff(skill({ agentIds: [tom] }), skill({ agentIds: [zhang] }));
    expect(undo(differences, skill({ agentIds: [zhang, li] }))).toEqual({
      ok: true,
      target: skill({ agentIds: [li, tom] }),
      remarks: [],
    });
  });

  it('does not put anybody in twice, and says who was back already', () => {
    const differences = diff(skill({ agentIds: [tom] }), skill({ agentIds: [zhang] }));
    expect(undo(differences, skill({ agentIds: [zhang, tom] }))).toEqual({
      ok: true,
      target: skill({ agentIds: [tom] }),
      remarks: [{ kind: 'kept-since', kept: [{ field: 'agentIds', added: [], removed: [tom] }] }],
    });
  });

  it('keeps a rule that was edited further, and says so', () => {
    const differences = diff(skill({ rules: [] }), skill({ rules: [inIT, isVip] }));
    expect(undo(differences, skill({ rules: [inSales, isVip] }))).toEqual({
      ok: true,
      target: skill({ rules: [inSales] }),
      remarks: [{ kind: 'kept-since', kept: [{ field: 'rules', added: [inIT], removed: [] }] }],
    });
  });

  it('is pointless when all of it was taken back already', () => {
    const differences = diff(skill(), skill({ name: 'VIP', agentIds: [tom] }));
    expect(undo(differences, skill())).toEqual({ ok: false, why: { kind: 'nothing-left-to-undo', kept: differences } });
  });

  const story = fc.record({
    base: anySkill,
    // Either one command, or a change of everything at once (the undo of an undo, for instance).
    change: fc.oneof(
      anyIntent.map((intent) => (base: SkillContent) => skillAfter(intent, base)),
      anySkill.map((target) => () => target),
    ),
    foreign: fc.array(anyIntent, { maxLength: 6 }),
  });
  const told = ({ base, change, foreign }: typeof story extends fc.Arbitrary<infer T> ? T : never) => {
    const target = change(base);
    const fresh = foreign.reduce((content, intent) => skillAfter(intent, content), target);
    const undone = undo(diff(base, target), fresh);
    return { base, target, fresh, undone, result: undone.ok ? undone.target : fresh };
  };
  const keysOf = (content: SkillContent) => [...content.agentIds, ...content.rules.map(ruleKey)];
  const changesOf = (differences: Difference[]) => ({
    added: differences.flatMap((one) => keysIn(one, 'added')),
    removed: differences.flatMap((one) => keysIn(one, 'removed')),
  });

  it('never loses an edit of somebody else', () => {
    fc.assert(
      fc.property(story, (given) => {
        const { target, fresh, result } = told(given);
        const theirs = changesOf(diff(target, fresh));
        for (const key of theirs.added) expect(keysOf(result)).toContain(key);
        for (const key of theirs.removed) expect(keysOf(result)).not.toContain(key);
        if (fresh.name !== target.name) expect(result.name).toBe(fresh.name);
      }),
      { numRuns: 500 },
    );
  });

  it('touches nothing that its change did not touch', () => {
    fc.assert(
      fc.property(story, (given) => {
        const { base, target, fresh, result } = told(given);
        const change = changesOf(diff(base, target));
        const undone = changesOf(diff(fresh, result));
        expect(change.added).toEqual(expect.arrayContaining(undone.removed));
        expect(change.removed).toEqual(expect.arrayContaining(undone.added));
        if (result.name !== fresh.name) expect([fresh.name, result.name]).toEqual([target.name, base.name]);
      }),
      { numRuns: 500 },
    );
  });

  it('either takes a part of its change back or names it as kept', () => {
    fc.assert(
      fc.property(story, (given) => {
        const { base, target, fresh, undone, result } = told(given);
        const change = changesOf(diff(base, target));
        const done = changesOf(diff(fresh, result));
        const kept = changesOf(keptOf(undone));
        expect([...done.removed, ...kept.added].sort()).toEqual(change.added.sort());
        expect([...done.added, ...kept.removed].sort()).toEqual(change.removed.sort());
      }),
      { numRuns: 500 },
    );
  });
});

function keysIn(difference: Difference, list: 'added' | 'removed'): string[] {
  switch (difference.field) {
    case 'name':
      return [];
    case 'agentIds':
      return difference[list];
    case 'rules':
      return difference[list].map(ruleKey);
  }
}

function keptOf(undone: ReturnType<typeof applyIntent>): Difference[] {
  if (undone.ok) return undone.remarks.flatMap((remark) => (remark.kind === 'kept-since' ? remark.kept : []));
  return undone.why.kind === 'nothing-left-to-undo' ? undone.why.kept : [];
}

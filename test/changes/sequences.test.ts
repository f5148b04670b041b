import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { planUndo } from '../../src/changes/undo.ts';
import { applyIntent } from '../../src/domain/apply.ts';
import type { Change } from '../../src/domain/change.ts';
import { changedFields, diff } from '../../src/domain/diff.ts';
import type { SkillId } from '../../src/domain/ids.ts';
import type { EditIntent } from '../../src/domain/intent.ts';
import { ruleKey, sameField } from '../../src/domain/same.ts';
import { SKILL_FIELDS, type SkillContent } from '../../src/domain/skill.ts';
import { expectedAfter } from '../../src/domain/threeWay.ts';
import { anyIntent, anySkill } from '../domain/arbitraries.ts';
import type { Fault, PatchSeen } from './memoryDesk.ts';
import { actor, type ChangesOnDesk, card, openChanges, settle } from './setup.ts';

let layer: Awaited<ReturnType<typeof openChanges>>;
beforeAll(async () => {
  layer = await openChanges();
});
afterAll(() => layer.close());

const edits = fc.array(anyIntent, { maxLength: 2 });

interface Step {
  what: EditIntent | { undo: number };
  /** Edits of others: before the preview, between it and Confirm, and between the write and the read-back. */
  before: EditIntent[];
  meanwhile: EditIntent[];
  during: EditIntent[];
  fault: Fault;
  /** Whether the fresh preview that a conflict leads to is confirmed too. */
  again: boolean;
}

const anyStep: fc.Arbitrary<Step> = fc.record({
  what: fc.oneof(anyIntent, fc.record({ undo: fc.nat(20) })),
  before: edits,
  meanwhile: edits,
  during: fc.oneof(fc.constant<EditIntent[]>([]), edits),
  fault: fc.constantFrom<Fault>('none', 'none', 'none', 'refused', 'lost-before', 'lost-after', 'read-back-lost'),
  again: fc.boolean(),
});

it('no sequence of changes and undos loses an edit of somebody else, writes another field, or ends untruthfully', async () => {
  const statuses = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(anySkill, fc.array(anyStep, { minLength: 1, maxLength: 6 }), async (skill, steps) => {
      const parts = layer.onDesk();
      const id = parts.desk.add(skill);
      const written: Change[] = [];
      for (const step of steps) {
        foreign(parts, id, step.before);
        const change = await planned(parts, id, step, written);
        const ended = change ? await confirmed(parts, id, change, step) : [];
        for (const { status } of ended) statuses.set(status, (statuses.get(status) ?? 0) + 1);
        written.push(...ended.filter(({ status }) => status === 'applied' || status === 'mismatch'));
      }
    }),
    { numRuns: 200 },
  );
  // Otherwise the property would say nothing about them.
  expect([...statuses.keys()].sort()).toEqual(['applied', 'conflicted', 'failed', 'mismatch']);
});

it('a desk that clears what is left out is written whole, and nothing is lost on it', async () => {
  await fc.assert(
    fc.asyncProperty(anySkill, fc.array(anyStep, { minLength: 1, maxLength: 4 }), async (skill, steps) => {
      const parts = layer.onDesk();
      parts.desk.whenAbsent = 'clear';
      const id = parts.desk.add(skill);
      const written: Change[] = [];
      for (const step of steps) {
        foreign(parts, id, step.before);
        const change = await planned(parts, id, step, written);
        if (!change?.base || !change.target) continue;
        foreign(parts, id, step.meanwhile);
        const before = parts.desk.content(id);
        const ended = await pressed(parts, change);
        const fields = changedFields(change.base, change.target);
        const expected = ended.status === 'applied' ? expectedAfter(before, change.target, fields) : before;
        expect(['applied', 'conflicted']).toContain(ended.status);
        expect(changedFields(expected, parts.desk.content(id))).toEqual([]);
        if (ended.status === 'applied') written.push(ended);
      }
    }),
    { numRuns: 80 },
  );
});

function foreign({ desk }: ChangesOnDesk, id: SkillId, intents: readonly EditIntent[]): void {
  for (const intent of intents) {
    desk.edit(id, (content) => {
      const applied = applyIntent(intent, content);
      return applied.ok ? applied.target : content;
    });
  }
}

/**
 * As {@link foreign}, but nobody empties a list: between the write and the read-back that cannot be told from a desk
 * that clears what a PATCH leaves out.
 */
function foreignDuring(parts: ChangesOnDesk, id: SkillId, intents: readonly EditIntent[]): void {
  for (const intent of intents) {
    const before = parts.desk.content(id);
    foreign(parts, id, [intent]);
    const after = parts.desk.content(id);
    if (SKILL_FIELDS.some((field) => after[field].length === 0 && before[field].length > 0)) {
      parts.desk.edit(id, () => before);
    }
  }
}

/** The preview of a step; undefined when there is nothing to do. */
async function planned(parts: ChangesOnDesk, id: SkillId, step: Step, written: readonly Change[]) {
  const { desk, planner } = parts;
  if (!('undo' in step.what)) {
    const plan = await planner.edit(parts.asked(), step.what, await desk.getSkill(id));
    return plan.kind === 'planned' ? plan.change : undefined;
  }
  const original = written[step.what.undo % Math.max(1, written.length)];
  if (!original) return undefined;
  const plan = await planUndo({ helpdesk: desk, planner, store: parts.store }, parts.asked(), original);
  const wanted = undoing(original, desk.content(id));
  if (plan.kind === 'planned') expect(changedFields(wanted, targetOf(plan.change))).toEqual([]);
  else if (plan.why.kind !== 'undone-already') expect(changedFields(wanted, desk.content(id))).toEqual([]);
  return plan.kind === 'planned' ? plan.change : undefined;
}

/** What undoing has to lead to, said as simply as can be: whatever is still as the change left it goes back, nothing else. */
function undoing({ base, target }: Change, now: SkillContent): SkillContent {
  if (!base || !target) throw new Error('this is no edit');
  const back = <T>(keyOf: (item: T) => string, then: T[], after: T[], present: T[]): T[] => {
    const has = (items: T[], item: T) => items.some((other) => keyOf(other) === keyOf(item));
    const stays = present.filter((item) => has(then, item) || !has(after, item));
    const returns = then.filter((item) => !has(after, item) && !has(present, item));
    return [...stays, ...returns];
  };
  return {
    name: base.name !== target.name && now.name === target.name ? base.name : now.name,
    agentIds: back(String, base.agentIds, target.agentIds, now.agentIds),
    rules: back(ruleKey, base.rules, target.rules, now.rules),
  };
}

const targetOf = ({ target }: Change): SkillContent => {
  if (!target) throw new Error('this is no edit');
  return target;
};

/** Presses Confirm and gives the change as it ended, also when the end is found out later only. */
async function pressed({ changes, store, clock }: ChangesOnDesk, change: Change): Promise<Change> {
  await changes.confirm(change.id, actor, card);
  await clock.sleep(60_000);
  await settle(changes);
  const ended = await store.changes.get(change.id);
  if (!ended) throw new Error('the change is gone');
  return ended;
}

/** Confirms a change, and the one that a conflict leads to, and checks each end. */
async function confirmed(parts: ChangesOnDesk, id: SkillId, change: Change, step: Step): Promise<Change[]> {
  const { desk, store } = parts;
  foreign(parts, id, step.meanwhile);
  const before = desk.content(id);
  const seen = desk.patches.length;
  desk.arm(step.fault, () => (step.fault === 'none' ? foreignDuring(parts, id, step.during) : undefined));
  const ended = await pressed(parts, change);
  desk.arm('none');
  checkWrites(change, desk.patches.slice(seen));
  checkEnd(ended, before, desk.content(id), desk.patches.length - seen, step.fault);
  if (ended.status !== 'conflicted' || !ended.outcome?.next) return [ended];

  const next = await store.changes.get(ended.outcome.next);
  if (!next?.base) throw new Error('the fresh preview is gone');
  expect(changedFields(next.base, before)).toEqual([]);
  expect(next.status).toBe('pending');
  if (!step.again) return [ended];
  return [ended, ...(await confirmed(parts, id, next, { ...step, meanwhile: [] }))];
}

/** A write has the fields that the person saw change, over what they saw there, and touches no other. */
function checkWrites({ base, target }: Change, patches: readonly PatchSeen[]): void {
  if (!base || !target) throw new Error('this is no edit');
  expect(patches.length).toBeLessThanOrEqual(1);
  const fields = changedFields(base, target);
  for (const { patch, before, after } of patches) {
    expect(Object.keys(patch).sort()).toEqual([...fields].sort());
    for (const field of SKILL_FIELDS) {
      const isWritten = fields.includes(field);
      expect(sameField(field, before, isWritten ? base : after)).toBe(true);
      if (isWritten) expect(sameField(field, after, target)).toBe(true);
    }
  }
}

function checkEnd(ended: Change, before: SkillContent, now: SkillContent, writes: number, fault: Fault): void {
  const { base, target, outcome } = ended;
  if (!base || !target) throw new Error('this is no edit');
  const expected = expectedAfter(before, target, changedFields(base, target));
  const surprises = diff(expected, now);
  switch (ended.status) {
    case 'applied':
      expect({ writes, surprises }).toEqual({ writes: 1, surprises: [] });
      break;
    case 'mismatch':
      expect(writes).toBe(1);
      expect(surprises).not.toEqual([]);
      expect(outcome?.differences).toEqual(surprises);
      break;
    case 'failed':
      expect({ writes, fault, changed: diff(before, now) }).toEqual({ writes: 0, fault: 'refused', changed: [] });
      break;
    case 'conflicted':
      expect({ writes, changed: diff(before, now) }).toEqual({ writes: 0, changed: [] });
      expect(outcome?.differences).toEqual(diff(base, before));
      expect(changedFields(base, target).some((field) => !sameField(field, base, before))).toBe(true);
      break;
    default:
      throw new Error(`the change ended as ${ended.status}`);
  }
}

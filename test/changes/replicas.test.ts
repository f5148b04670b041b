import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Changes } from '../../src/changes/changes.ts';
import type { Change } from '../../src/domain/change.ts';
import type { SkillId } from '../../src/domain/ids.ts';
import type { EditIntent } from '../../src/domain/intent.ts';
import { li, skill } from '../domain/samples.ts';
import { ManualClock } from '../support/clock.ts';
import { databaseKinds } from '../support/database.ts';
import { until } from '../support/until.ts';
import { actor, type ChangesOnDesk, card, type OpenChanges, openChanges, settle } from './setup.ts';

/** Longer than what a silent process holds stays its own. */
const TOO_LONG_MS = 16_000;

/** Well within what a silent process keeps. */
const RENEWED_EVERY_MS = 4_000;

describe.each(databaseKinds())('on %s', (kind) => {
  let layer: OpenChanges;
  let parts: ChangesOnDesk;
  let clock: ManualClock;
  let one: Changes;
  let other: Changes;
  beforeAll(async () => {
    layer = await openChanges(kind);
  });
  beforeEach(() => {
    clock = new ManualClock();
    parts = layer.onDesk(clock);
    one = parts.replica('one');
    other = parts.replica('other');
  });
  afterAll(() => layer.close());

  const plannedCreate = async () =>
    (await parts.planner.create(parts.asked(), { kind: 'create', content: skill(), existing: [] })).change;

  const plannedRename = () =>
    plannedEdit(parts.desk.add(skill({ name: 'Renamed' })), { kind: 'rename', name: 'Other' });

  async function plannedEdit(id: SkillId, intent: EditIntent): Promise<Change> {
    const planned = await parts.planner.edit(parts.asked(), intent, await parts.desk.getSkill(id));
    if (planned.kind !== 'planned') throw new Error('there is nothing to change');
    return planned.change;
  }

  const stored = ({ id }: Change) => parts.store.changes.get(id);

  describe('a change that takes longer than its lease', () => {
    it('is not begun once more by the process that still works on it', async () => {
      const change = await plannedCreate();
      const held = parts.desk.hold('write');
      const confirmed = one.confirm(change.id, actor, card);
      await held.reached;
      // The database did not answer for a while: the lease could not be renewed.
      clock.advance(TOO_LONG_MS);
      await settle(one);
      held.open();
      expect(await confirmed).toMatchObject({ change: { status: 'applied' } });
      expect(parts.desk.sent.create).toBe(1);
    });

    it('and comes back from another process is left alone until the first run has noticed', async () => {
      const change = await plannedRename();
      const held = parts.desk.hold('read');
      const confirmed = one.confirm(change.id, actor, card);
      await held.reached;
      clock.advance(TOO_LONG_MS);
      parts.desk.arm('read-back-lost');
      await settle(other);
      clock.advance(TOO_LONG_MS);
      await settle(one);
      expect(await stored(change)).toMatchObject({ status: 'applying' });
      held.open();
      expect(await confirmed).toMatchObject({ change: { status: 'applying' } });
      await settle(one);
      expect(await stored(change)).toMatchObject({ status: 'applied' });
      expect(parts.desk.patches).toHaveLength(1);
    });

    it('before it is known to have been claimed is left to whoever goes on with it', async () => {
      const change = await plannedCreate();
      const held = parts.desk.hold('write');
      const { claim } = parts.store.changes;
      let settled = Promise.resolve();
      parts.store.changes.claim = async (...claimed) => {
        const row = await claim(...claimed);
        // The process stood still between the question and the answer.
        clock.advance(TOO_LONG_MS);
        settled = settle(one);
        await held.reached;
        return row;
      };
      const confirmed = one.confirm(change.id, actor, card).finally(() => {
        parts.store.changes.claim = claim;
      });
      expect(await confirmed).toMatchObject({ change: { status: 'applying' } });
      held.open();
      await settled;
      expect(await stored(change)).toMatchObject({ status: 'applied' });
      expect(parts.desk.sent.create).toBe(1);
    });
  });

  it('a change that nobody works on any more is settled however busy its process is', async () => {
    const change = await plannedCreate();
    const { handBack } = parts.store.changes;
    parts.store.changes.handBack = async () => Promise.reject(new Error('database is locked'));
    parts.desk.arm('read-back-lost');
    await one.confirm(change.id, actor, card).catch(() => undefined);
    parts.store.changes.handBack = handBack;

    const busy = await plannedRename();
    const held = parts.desk.hold('write');
    const confirmed = one.confirm(busy.id, actor, card);
    await held.reached;
    for (let passed = 0; passed < TOO_LONG_MS; passed += RENEWED_EVERY_MS) {
      clock.advance(RENEWED_EVERY_MS);
      await one.renewLeases();
      await settle(one);
    }
    expect(await stored(change)).toMatchObject({ status: 'applied' });
    held.open();
    await confirmed;
  });

  describe('the skill of a change that another process took over', () => {
    let releases: Promise<void>[];
    let release: typeof parts.store.skillLeases.release;
    beforeEach(() => {
      releases = [];
      release = parts.store.skillLeases.release;
      parts.store.skillLeases.release = (...hold) => {
        const released = release(...hold);
        releases.push(released);
        return released;
      };
    });
    afterEach(() => {
      parts.store.skillLeases.release = release;
    });

    /** Whether somebody else may write the skill, once everything that was begun is done. */
    async function isFree(change: Change): Promise<boolean> {
      await nextTurn();
      await Promise.all(releases);
      return parts.store.skillLeases.acquire(idOf(change), 'a third one', clock.now(), clock.now() + 1);
    }

    it('stays with that process when the first one comes to its end', async () => {
      const change = await plannedRename();
      const freshRead = parts.desk.hold('read');
      const readBack = parts.desk.hold('read');
      const readByOther = parts.desk.hold('read');
      const confirmed = one.confirm(change.id, actor, card);
      freshRead.open();
      await readBack.reached;
      clock.advance(TOO_LONG_MS);
      const settled = settle(other);
      await readByOther.reached;
      readBack.open();
      expect(await confirmed).toMatchObject({ change: { status: 'applying' } });
      expect(await isFree(change)).toBe(false);
      readByOther.open();
      await settled;
      expect(await stored(change)).toMatchObject({ status: 'applied' });
      expect(await isFree(change)).toBe(true);
    });
  });

  describe('a write that takes longer than the lease', () => {
    it('is sent once, and nobody else gets the skill meanwhile', async () => {
      const change = await plannedRename();
      const queued = await plannedEdit(idOf(change), { kind: 'set-agents', agentIds: [li] });
      const held = parts.desk.hold('write');
      const confirmed = one.confirm(change.id, actor, card);
      await held.reached;
      // Waits for the skill, and sleeps in between.
      const waits = () => until(() => clock.sleeping === 1 || parts.desk.patches.length > 0);
      const next = other.confirm(queued.id, actor, card);
      for (let passed = 0; passed < TOO_LONG_MS; passed += RENEWED_EVERY_MS) {
        await waits();
        clock.advance(RENEWED_EVERY_MS);
        await one.renewLeases();
        await other.renewLeases();
        await settle(other);
      }
      await waits();
      expect(parts.desk.patches).toEqual([]);
      held.open();
      expect(await confirmed).toMatchObject({ change: { status: 'applied' } });
      expect(await clock.runUntil(next)).toMatchObject({ change: { status: 'applied' } });
      expect(parts.desk.patches.map(({ patch }) => Object.keys(patch))).toEqual([['name'], ['agentIds']]);
    });
  });
});

function idOf({ skillId }: Change): SkillId {
  if (!skillId) throw new Error('this is no edit');
  return skillId;
}

import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { changeCard } from '../../src/cards/change/card.ts';
import type { Changes } from '../../src/changes/changes.ts';
import { planUndo } from '../../src/changes/undo.ts';
import type { Change } from '../../src/domain/change.ts';
import { MessageId, OpenId, type SkillId } from '../../src/domain/ids.ts';
import type { EditIntent } from '../../src/domain/intent.ts';
import { FeishuError } from '../../src/feishu/errors.ts';
import { li, skill, tom, zhang } from '../domain/samples.ts';
import { ManualClock } from '../support/clock.ts';
import { databaseKinds } from '../support/database.ts';
import { until } from '../support/until.ts';
import { actor, type ChangesOnDesk, card, type OpenChanges, openChanges, settle } from './setup.ts';

/** Longer than what a silent process holds stays its own. */
const LEASE_OVER_MS = 16_000;
/** Longer than what may still take effect keeps others from the skill. */
const HOLD_OVER_MS = 121_000;

describe.each(databaseKinds())('on %s', (kind) => {
  let open: OpenChanges;
  let parts: ChangesOnDesk;
  /** Of its own for each test: creates of one name know of each other. */
  let name: string;
  beforeAll(async () => {
    open = await openChanges(kind);
  });
  beforeEach(() => {
    parts = open.onDesk();
    name = `Skill of ${parts.desk.id}`;
  });
  afterEach(async () => {
    await parts.db.deleteFrom('changes').execute();
    await parts.db.deleteFrom('skill_leases').execute();
  });
  afterAll(() => open.close());

  const create = async (existing: SkillId[] = []) =>
    (await parts.planner.create(parts.asked(), { kind: 'create', content: skill({ name }), existing })).change;
  const plannedDelete = async (id: SkillId) =>
    (await parts.planner.delete(parts.asked(), await parts.desk.getSkill(id))).change;
  const rename = (id: SkillId, name: string) => edit(id, { kind: 'rename', name });

  async function edit(id: SkillId, intent: EditIntent): Promise<Change> {
    const planned = await parts.planner.edit(parts.asked(), intent, await parts.desk.getSkill(id));
    if (planned.kind !== 'planned') throw new Error('there is nothing to change');
    return planned.change;
  }

  const confirm = ({ id }: Change, changes: Changes = parts.changes) => changes.confirm(id, actor, card);
  const stored = async ({ id }: Pick<Change, 'id'>): Promise<Change> => {
    const change = await parts.store.changes.get(id);
    if (!change) throw new Error('the change is gone');
    return change;
  };
  const textOf = (change: Change) => JSON.stringify(changeCard(change));

  describe('a process whose change was taken over', () => {
    let clock: ManualClock;
    let one: Changes;
    let other: Changes;
    beforeEach(() => {
      clock = new ManualClock();
      parts = open.onDesk(clock);
      name = `Skill of ${parts.desk.id}`;
      one = parts.replica('one');
      other = parts.replica('other');
    });

    /** Lets time pass for the other process until its work is over. */
    async function inTime<T>(work: Promise<T>): Promise<T> {
      let isOver = false;
      const done = work.finally(() => {
        isOver = true;
      });
      while (!isOver) {
        // Long enough for what the database answers meanwhile.
        await delay(2);
        clock.advance(200);
        await other.renewLeases();
      }
      return done;
    }

    it('sends nothing after a rate limit that it waited for', async () => {
      const id = parts.desk.add(skill({ name: 'Before' }));
      const change = await rename(id, 'First');
      parts.desk.arm('rate-limited');
      const confirmed = confirm(change, one);
      await until(() => clock.sleeping === 1);
      // It is stopped meanwhile, another process does its work, and somebody else confirms something newer.
      clock.advance(LEASE_OVER_MS);
      await settle(other);
      expect(await stored(change)).toMatchObject({ status: 'applied' });
      const second = inTime(confirm(await rename(id, 'Second'), other));
      expect(await second).toMatchObject({ change: { status: 'applied' } });
      clock.advance(19_000);
      await confirmed;
      expect(parts.desk.content(id).name).toBe('Second');
      expect(parts.desk.patches).toHaveLength(2);
    });

    it('sends nothing when it stood still between asking and sending', async () => {
      const id = parts.desk.add(skill({ name: 'Before' }));
      const change = await rename(id, 'First');
      const held = parts.desk.hold('connection');
      const confirmed = confirm(change, one);
      await held.reached;
      clock.advance(LEASE_OVER_MS);
      await settle(other);
      const second = inTime(confirm(await rename(id, 'Second'), other));
      expect(await second).toMatchObject({ change: { status: 'applied' } });
      held.open();
      await confirmed;
      expect(parts.desk.content(id).name).toBe('Second');
    });

    it('creates nothing after a rate limit that it waited for', async () => {
      const change = await create();
      parts.desk.arm('rate-limited');
      const confirmed = confirm(change, one);
      await until(() => clock.sleeping === 1);
      clock.advance(LEASE_OVER_MS);
      await settle(other);
      clock.advance(19_000);
      await confirmed;
      // The other one knew that nothing had come of the first attempt.
      expect(parts.desk.named(name)).toHaveLength(1);
      expect(parts.desk.sent.create).toBe(2);
      expect(await stored(change)).toMatchObject({ status: 'applied' });
    });
  });

  it('a write that is rate limited is sent again by whoever still has the change', async () => {
    const id = parts.desk.add(skill());
    parts.desk.arm('rate-limited');
    expect(await confirm(await rename(id, 'Other'))).toMatchObject({ change: { status: 'applied' } });
    expect(await confirm(await create())).toMatchObject({ change: { status: 'applied' } });
  });

  describe('a write that waited for a rate limit is not sent over what others did meanwhile', () => {
    const mine = OpenId.parse('ou_mine');
    const theirs = OpenId.parse('ou_theirs');
    const addTheirs = (id: SkillId) => () =>
      parts.desk.edit(id, (content) => ({ ...content, agentIds: [...content.agentIds, theirs] }));

    it('when they edited the same list', async () => {
      const id = parts.desk.add(skill());
      const change = await edit(id, { kind: 'add-agents', agentIds: [mine] });
      parts.desk.arm('rate-limited', addTheirs(id));
      const conflict = await confirm(change);
      expect(conflict).toMatchObject({ change: { status: 'conflicted' }, next: { status: 'pending' } });
      expect(parts.desk.content(id).agentIds).toContain(theirs);
      expect(parts.desk.patches).toHaveLength(0);
    });

    it('when they edited something else: both are there', async () => {
      const id = parts.desk.add(skill());
      parts.desk.arm('rate-limited', addTheirs(id));
      expect(await confirm(await rename(id, 'Other'))).toMatchObject({ change: { status: 'applied' } });
      expect(parts.desk.content(id)).toMatchObject({ name: 'Other', agentIds: expect.arrayContaining([theirs]) });
    });

    it('when they edited what is to be deleted', async () => {
      const id = parts.desk.add(skill());
      parts.desk.arm('rate-limited', addTheirs(id));
      expect(await confirm(await plannedDelete(id))).toMatchObject({ change: { status: 'conflicted' } });
      expect(parts.desk.has(id)).toBe(true);
    });

    it('when they made a skill of that name', async () => {
      const change = await create();
      parts.desk.arm('rate-limited', () => parts.desk.add(skill({ name })));
      expect(await confirm(change)).toMatchObject({ change: { status: 'conflicted' } });
      expect(parts.desk.named(name)).toHaveLength(1);
    });

    it('when an earlier attempt had been lost', async () => {
      const id = parts.desk.add(skill());
      const change = await edit(id, { kind: 'add-agents', agentIds: [mine] });
      parts.desk.arm('lost-before', () => parts.desk.arm('rate-limited', addTheirs(id)));
      expect(await confirm(change)).toMatchObject({ change: { status: 'mismatch' } });
      expect(parts.desk.content(id).agentIds).toContain(theirs);
    });

    it('when what the desk has cleared is written back', async () => {
      parts.desk.whenAbsent = 'clear';
      const id = parts.desk.add(skill());
      parts.desk.arm('none', () => parts.desk.arm('lost-after', addTheirs(id)));
      expect(await confirm(await rename(id, 'Other'))).toMatchObject({ change: { status: 'mismatch' } });
      expect(parts.desk.content(id).agentIds).toContain(theirs);
    });
  });

  describe('a create', () => {
    it('whose request was lost is not taken for a skill that another change has renamed to that name', async () => {
      const old = parts.desk.add(skill({ name: 'Old' }));
      const change = await create();
      parts.desk.arm('lost-before');
      await confirm(change);
      await parts.clock.sleep(1_000);
      expect(await confirm(await rename(old, name))).toMatchObject({ change: { status: 'applied' } });
      await parts.clock.sleep(60_000);
      await settle(parts.changes);
      expect(await stored(change)).toMatchObject({ status: 'applying', skillId: undefined });
    });

    it('whose answer was lost is found when it takes effect, and can be undone', async () => {
      const change = await create();
      parts.desk.arm('late');
      expect(await confirm(change)).toMatchObject({ change: { status: 'applying' } });
      expect(textOf(await stored(change))).toContain('结果未知');
      parts.desk.land();
      await parts.clock.sleep(60_000);
      await settle(parts.changes);
      const ended = await stored(change);
      expect(ended).toMatchObject({ status: 'applied', outcome: { settled: true } });
      expect(parts.desk.named(name)).toEqual([ended.skillId]);
      const undo = await planUndo({ ...parts, helpdesk: parts.desk }, parts.asked(), ended);
      expect(undo).toMatchObject({ kind: 'planned' });
    });

    it('whose answer was lost is never sent again by itself, and is offered to the person after two minutes', async () => {
      const change = await create();
      parts.desk.arm('lost-before');
      await confirm(change);
      for (let passed = 0; passed < 3; passed += 1) {
        expect(textOf(await stored(change))).not.toContain('change.retry');
        await parts.clock.sleep(30_000);
        await settle(parts.changes);
      }
      await parts.clock.sleep(60_000);
      await settle(parts.changes);
      await parts.clock.sleep(60_000);
      await settle(parts.changes);
      expect(parts.desk.sent.create).toBe(1);
      expect(textOf(await stored(change))).toContain('change.retry');
      expect(
        await parts.store.changes.claimUnknownCards(50, { now: parts.clock.now(), until: parts.clock.now() + 1 }),
      ).toMatchObject([{ id: change.id }]);
    });

    it('whose process died while it was under way is not made twice', async () => {
      const change = await create();
      const held = parts.desk.hold('write');
      const confirmed = confirm(change);
      await held.reached;
      parts.fallSilent();
      await parts.clock.sleep(LEASE_OVER_MS);
      const other = parts.replica('other');
      await settle(other);
      held.open();
      await confirmed;
      await parts.clock.sleep(60_000);
      await settle(other);
      expect(parts.desk.sent.create).toBe(1);
      expect(await stored(change)).toMatchObject({ status: 'applied', skillId: parts.desk.named(name)[0] });
    });

    it('of a deleted skill, by an undo, is not made twice either', async () => {
      const id = parts.desk.add(skill({ name }));
      const deleted = await plannedDelete(id);
      await confirm(deleted);
      const undo = await planUndo({ ...parts, helpdesk: parts.desk }, parts.asked(), await stored(deleted));
      if (undo.kind !== 'planned') throw new Error('not undoable');
      parts.desk.arm('late');
      await confirm(undo.change);
      parts.desk.land();
      await parts.clock.sleep(60_000);
      await settle(parts.changes);
      expect(await stored(undo.change)).toMatchObject({ status: 'applied' });
      expect(parts.desk.sent.create).toBe(1);
    });

    it('does not take the skill of another create for its own', async () => {
      const [mine, theirs] = [await create(), await create()];
      parts.desk.arm('lost-before');
      await confirm(mine);
      // The other one waits for what the first one may still do, is warned of nothing by then, and is confirmed.
      await parts.clock.sleep(HOLD_OVER_MS);
      expect(await confirm(theirs)).toMatchObject({ change: { status: 'applied' } });
      await settle(parts.changes);
      expect(await stored(mine)).toMatchObject({ status: 'applying', skillId: undefined });
      expect(parts.desk.named(name)).toHaveLength(1);
    });

    it('does not take a skill for its own that another create may have made', async () => {
      const [mine, theirs] = [await create(), await create()];
      parts.desk.arm('lost-before');
      await confirm(mine);
      await parts.clock.sleep(HOLD_OVER_MS);
      parts.desk.arm('late');
      await confirm(theirs);
      parts.desk.land();
      await parts.clock.sleep(60_000);
      await settle(parts.changes);
      await parts.clock.sleep(60_000);
      await settle(parts.changes);
      expect(await stored(mine)).toMatchObject({ status: 'applying', skillId: undefined });
      expect(await stored(theirs)).toMatchObject({ status: 'applying', skillId: undefined });
      expect(parts.desk.sent.create).toBe(2);
    });

    it('waits for another one of its name, and then warns of the skill that this has made', async () => {
      const changes = [await create(), await create(), await create()];
      const pressed = await Promise.all(changes.map((change) => confirm(change)));
      const statuses = pressed.map((one) => (one.kind === 'shows' ? one.change.status : one.kind)).sort();
      expect(statuses).toEqual(['applied', 'conflicted', 'conflicted']);
      const made = parts.desk.named(name);
      expect(made).toHaveLength(1);
      const fresh = pressed.flatMap((one) => (one.kind === 'shows' && one.next ? [one.next] : []));
      for (const next of fresh) expect(next.remarks).toEqual([{ kind: 'same-name', skills: made }]);
    });
  });

  describe('what may have had an effect', () => {
    it('is not told as undone when a delete that failed takes effect later', async () => {
      const id = parts.desk.add(skill());
      const change = await plannedDelete(id);
      parts.desk.arm('late', () => undefined);
      const confirming = confirm(change);
      // Takes effect between the look and the second DELETE, which is answered that there is no such skill.
      const held = parts.desk.hold('connection');
      held.open();
      const second = parts.desk.hold('connection');
      await second.reached;
      parts.desk.land();
      second.open();
      expect(await confirming).toMatchObject({ change: { status: 'applied' } });
      expect(parts.desk.has(id)).toBe(false);
      const undo = await planUndo({ ...parts, helpdesk: parts.desk }, parts.asked(), await stored(change));
      expect(undo).toMatchObject({ kind: 'planned' });
    });

    it('is not told as undone when the second write is refused: seen at once', async () => {
      const id = parts.desk.add(skill());
      parts.desk.armAll('late', 'not-admin');
      const held = [parts.desk.hold('connection'), parts.desk.hold('connection')];
      const confirming = confirm(await rename(id, 'Other'));
      held[0]?.open();
      await held[1]?.reached;
      parts.desk.land();
      held[1]?.open();
      expect(await confirming).toMatchObject({ change: { status: 'applied' } });
    });

    it('is not told as undone when the second write is refused: seen later', async () => {
      const id = parts.desk.add(skill());
      const change = await rename(id, 'Other');
      parts.desk.armAll('late', 'not-admin');
      await confirm(change);
      expect(await stored(change)).toMatchObject({
        status: 'applying',
        outcome: { unknown: { failure: { kind: 'no-access', code: 154003 } } },
      });
      expect(textOf(await stored(change))).not.toContain('没有被修改');
      parts.desk.land();
      await parts.clock.sleep(60_000);
      await settle(parts.changes);
      expect(await stored(change)).toMatchObject({ status: 'applied' });
      expect(parts.desk.patches).toHaveLength(1);
    });

    it('is not sent again and again after a refusal', async () => {
      const id = parts.desk.add(skill());
      const change = await rename(id, 'Other');
      parts.desk.armAll('late', 'not-admin');
      await confirm(change);
      for (let looks = 0; looks < 5; looks += 1) {
        await parts.clock.sleep(60_000);
        await settle(parts.changes);
      }
      expect(parts.desk.patches).toEqual([]);
      expect(textOf(await stored(change))).toContain('change.retry');
    });

    it('does not come over what somebody else has confirmed since', async () => {
      const id = parts.desk.add(skill({ name: 'Before' }));
      parts.desk.arm('late');
      expect(await confirm(await rename(id, 'First'))).toMatchObject({ change: { status: 'applied' } });
      const second = await rename(id, 'Second');
      const confirming = confirm(second);
      // While the second one waits for what the first may still do.
      await until(() => parts.clock.now() > second.createdAt + 20_000);
      parts.desk.land();
      expect(await confirming).toMatchObject({ change: { status: 'applied' } });
      expect(parts.desk.content(id).name).toBe('Second');
    });

    it('is told as not known in the end, and can be tried again', async () => {
      const id = parts.desk.add(skill());
      const change = await rename(id, 'Other');
      parts.desk.armAll('lost-before', 'not-admin');
      await confirm(change);
      await parts.clock.sleep(25 * 3_600_000);
      await settle(parts.changes);
      const ended = await stored(change);
      expect(ended).toMatchObject({ status: 'failed', outcome: { unknown: { offersRetry: true } } });
      expect(textOf(ended)).not.toContain('没有被修改');
      expect(textOf(ended)).toContain('change.retry');
    });

    it('of a skill that is gone by then is told as that', async () => {
      const id = parts.desk.add(skill());
      const change = await rename(id, 'Other');
      parts.desk.arm('read-back-lost');
      await confirm(change);
      parts.desk.remove(id);
      await parts.clock.sleep(60_000);
      await settle(parts.changes);
      const ended = await stored(change);
      expect(ended).toMatchObject({ status: 'mismatch', outcome: { gone: true } });
      expect(textOf(ended)).toContain('已不存在');
    });

    it('of a skill that is gone before anybody could tell is told as not known', async () => {
      const id = parts.desk.add(skill());
      const change = await rename(id, 'Other');
      parts.desk.armAll('lost-before', 'not-admin');
      await confirm(change);
      parts.desk.remove(id);
      await parts.clock.sleep(60_000);
      await settle(parts.changes);
      const ended = await stored(change);
      expect(ended).toMatchObject({ status: 'mismatch', outcome: { gone: true, unknown: { offersRetry: false } } });
      expect(textOf(ended)).toContain('后来这个技能被删除了');
      expect(textOf(ended)).not.toContain('change.retry');
    });

    it('that deletes what another change has deleted since is told as not known', async () => {
      const id = parts.desk.add(skill());
      const first = await plannedDelete(id);
      parts.desk.armAll('lost-before', 'not-admin');
      await confirm(first);
      await parts.clock.sleep(130_000);
      await settle(parts.changes);
      const second = await plannedDelete(id);
      await confirm(second);
      expect(await stored(second)).toMatchObject({ status: 'applied' });
      await parts.clock.sleep(130_000);
      await settle(parts.changes);
      expect(await stored(first)).toMatchObject({ status: 'mismatch', outcome: { gone: true, unknown: {} } });
    });

    it('is looked for all the same when the person tries again, and can then be undone', async () => {
      const id = parts.desk.add(skill());
      const change = await rename(id, 'Other');
      parts.desk.armAll('late', 'late', 'late');
      await confirm(change);
      await parts.clock.sleep(HOLD_OVER_MS);
      await settle(parts.changes);
      expect(textOf(await stored(change))).toContain('change.retry');
      const next = await rename(id, 'Other');
      expect(await parts.changes.noteRetry(await stored(change), next.id)).toMatchObject({ status: 'applying' });
      expect(textOf(await stored(change))).not.toContain('change.retry');
      const undo = async () => planUndo({ ...parts, helpdesk: parts.desk }, parts.asked(), await stored(change));
      expect(await undo()).toMatchObject({ why: { kind: 'not-known' } });
      parts.desk.land();
      await parts.clock.sleep(600_000);
      await settle(parts.changes);
      expect(await stored(change)).toMatchObject({ status: 'applied' });
      expect(await undo()).toMatchObject({ kind: 'planned' });
      expect(await parts.changes.noteRetry(await stored(change), next.id)).toBeUndefined();
    });

    it('is not sent again once others may have written, however long nobody could look', async () => {
      const id = parts.desk.add(skill());
      const change = await rename(id, 'Other');
      parts.desk.arm('lost-before');
      const held = [parts.desk.hold('connection'), parts.desk.hold('connection')];
      const confirming = confirm(change);
      held[0]?.open();
      await held[1]?.reached;
      parts.fallSilent();
      await parts.clock.sleep(20 * 3_600_000);
      await settle(parts.replica('other'));
      held[1]?.open();
      await confirming;
      expect(await stored(change)).toMatchObject({ status: 'applying', outcome: { unknown: { offersRetry: true } } });
      expect(parts.desk.patches).toEqual([]);
    });

    it('and was answered is not sent again, whatever somebody made of it before it could be read', async () => {
      const id = parts.desk.add(skill({ name: 'Before' }));
      const change = await rename(id, 'After');
      parts.desk.arm('read-back-lost', () => undefined);
      await confirm(change);
      parts.desk.edit(id, (content) => ({ ...content, name: 'Before' }));
      await parts.clock.sleep(60_000);
      await settle(parts.changes);
      expect(parts.desk.patches).toHaveLength(1);
      expect(await stored(change)).toMatchObject({
        status: 'mismatch',
        outcome: { differences: [{ field: 'name', before: 'After', after: 'Before' }] },
      });
    });

    it('stays open when somebody edits another field, and is seen when it lands', async () => {
      const id = parts.desk.add(skill({ agentIds: [tom] }));
      const change = await rename(id, 'Other');
      parts.desk.arm('late', () => undefined);
      const second = [parts.desk.hold('read'), parts.desk.hold('read')];
      const confirming = confirm(change);
      second[0]?.open();
      await second[1]?.reached;
      parts.desk.edit(id, (content) => ({ ...content, agentIds: [tom, li] }));
      second[1]?.open();
      await confirming;
      expect(await stored(change)).toMatchObject({ status: 'applying', outcome: { unknown: {} } });
      parts.desk.land();
      await parts.clock.sleep(60_000);
      await settle(parts.changes);
      expect(await stored(change)).toMatchObject({ status: 'mismatch' });
      expect(parts.desk.content(id)).toMatchObject({ name: 'Other', agentIds: [tom, li] });
    });

    it('by the write-back of a whole skill is looked for, too', async () => {
      parts.desk.whenAbsent = 'clear';
      const id = parts.desk.add(skill({ agentIds: [tom] }));
      const change = await rename(id, 'Other');
      parts.desk.armAll('none', 'late', 'late', 'late');
      await confirm(change);
      expect(await stored(change)).toMatchObject({ status: 'applying', outcome: { unknown: {} } });
      parts.desk.land();
      await parts.clock.sleep(60_000);
      await settle(parts.changes);
      expect(await stored(change)).toMatchObject({ status: 'applied' });
      expect(parts.desk.content(id)).toMatchObject({ name: 'Other', agentIds: [tom] });
    });
  });

  it('a write is sent again for a minute, whatever the limits say, and the pauses stay short', async () => {
    const id = parts.desk.add(skill());
    parts.desk.armAll(...Array.from({ length: 30 }, () => 'limited-at-once' as const), 'lost-before');
    const begun = parts.clock.now();
    expect(await confirm(await rename(id, 'Other'))).toMatchObject({ change: { status: 'applied' } });
    expect(parts.clock.now() - begun).toBeLessThan(40_000);
    expect(parts.clock.now() - begun).toBeGreaterThanOrEqual(30 * 500);
  });

  it('a token that cannot be had puts no write in doubt', async () => {
    const change = await create();
    parts.desk.armAll('user-token', 'user-token', 'user-token', 'user-token');
    parts.refuseTokens(new FeishuError('no-answer', 'no token'));
    expect(await confirm(change)).toMatchObject({
      change: { status: 'failed', outcome: { failure: { kind: 'no-answer' } } },
    });
    expect(parts.desk.named(name)).toEqual([]);
  });

  it('an undo of which nothing is known is warned of when it is asked for once more', async () => {
    const deleted = await plannedDelete(parts.desk.add(skill({ name })));
    await confirm(deleted);
    const undo = async () => planUndo({ ...parts, helpdesk: parts.desk }, parts.asked(), await stored(deleted));
    const first = await undo();
    if (first.kind !== 'planned') throw new Error('not undoable');
    parts.desk.arm('lost-before');
    await confirm(first.change);
    expect(await undo()).toMatchObject({ change: { remarks: [{ kind: 'maybe-done' }, { kind: 'new-id' }] } });
  });

  it('a lost answer that a read makes up for is told on the card', async () => {
    const id = parts.desk.add(skill());
    const change = await edit(id, { kind: 'set-agents', agentIds: [li, zhang] });
    parts.desk.arm('lost-after');
    expect(await confirm(change)).toMatchObject({ change: { status: 'applied', outcome: { settled: true } } });
    const plain = await edit(id, { kind: 'set-agents', agentIds: [tom] });
    await confirm(plain);
    expect((await stored(plain)).outcome?.settled).toBeUndefined();
  });

  it('nothing is written for a person who has logged out since they pressed Confirm', async () => {
    const id = parts.desk.add(skill());
    const change = await rename(id, 'Other');
    const held = parts.desk.hold('read');
    const confirming = confirm(change);
    await held.reached;
    const grant = await parts.store.grants.get(actor);
    await parts.store.grants.remove(actor);
    held.open();
    expect(await confirming).toMatchObject({ kind: 'login-needed', need: 'no-grant' });
    expect(parts.desk.patches).toEqual([]);
    if (grant) await parts.store.grants.save(grant);
  });

  describe('a Confirm on a copy of the card that somebody forwarded', () => {
    const copy = MessageId.parse('om_copy');

    it('leaves the card of the bot to be brought up to date at once', async () => {
      const id = parts.desk.add(skill());
      const change = await rename(id, 'Other');
      await parts.store.changes.setCard(change.id, card);
      await parts.changes.confirm(change.id, actor, copy);
      const due = await parts.store.changes.claimCards(10, {
        worker: 'worker',
        now: parts.clock.now(),
        until: parts.clock.now() + 1,
      });
      expect(due).toMatchObject([{ id: change.id, cardMessageId: card }]);
    });

    it('ties a fresh preview to the card of the bot', async () => {
      const id = parts.desk.add(skill());
      const change = await rename(id, 'Other');
      await parts.store.changes.setCard(change.id, card);
      parts.desk.edit(id, (content) => ({ ...content, name: 'Edited' }));
      const pressed = await parts.changes.confirm(change.id, actor, copy);
      expect(pressed).toMatchObject({ change: { status: 'conflicted' }, next: { base: { name: 'Edited' } } });
      const next = (await stored(change)).outcome?.next;
      if (!next) throw new Error('there is no fresh preview');
      expect(await stored({ id: next })).toMatchObject({ status: 'pending', cardMessageId: card });
    });
  });
});

import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ChangeId } from '../../src/domain/ids.ts';
import { skill, tom } from '../domain/samples.ts';
import { actor, type ChangesOnDesk, card, openChanges, settle } from './setup.ts';

let layer: Awaited<ReturnType<typeof openChanges>>;
let parts: ChangesOnDesk;
beforeAll(async () => {
  layer = await openChanges();
});
beforeEach(() => {
  parts = layer.onDesk();
});
afterAll(() => layer.close());

/** A rename of a skill of its own, planned for a request. */
async function planned(requestKey?: string) {
  const id = parts.desk.add(skill({ agentIds: [tom] }));
  const asked = { ...parts.asked(), ...(requestKey !== undefined && { requestKey }) };
  const result = await parts.planner.edit(asked, { kind: 'rename', name: 'Other' }, await parts.desk.getSkill(id));
  if (result.kind !== 'planned') throw new Error('there is nothing to change');
  return result.change;
}

const ended = () => parts.logs.lines().filter(({ msg }) => msg === 'change ended');

describe('a change that ends', () => {
  it('is counted and logged once, however often it is confirmed', async () => {
    const { id } = await planned();
    await Promise.all([1, 2, 3].map(() => parts.changes.confirm(id, actor, card)));
    expect(parts.told).toEqual(['changesEnded applied 1']);
    expect(ended()).toMatchObject([{ change: id, intent: 'rename', status: 'applied' }]);
  });

  it('by Cancel is, too', async () => {
    const { id } = await planned();
    await parts.changes.cancel(id, actor, card);
    await parts.changes.cancel(id, actor, card);
    expect(parts.told).toEqual(['changesEnded cancelled 1']);
    expect(ended()).toMatchObject([{ change: id, status: 'cancelled' }]);
  });

  it('because its time is over is, too', async () => {
    for (let n = 0; n < 3; n += 1) await planned();
    await parts.clock.sleep(600_001);
    await parts.changes.expire();
    await parts.changes.expire();
    expect(parts.told).toEqual(['changesEnded expired 3']);
  });

  it.each([
    ['message:om_7', 'message:om_7'],
    ['view:01J', undefined],
    ['conflict:01J', undefined],
  ])('after its process was gone says who asked, where that is known: %s', async (requestKey, delivery) => {
    const { id } = await planned(`${requestKey}${parts.desk.id}`);
    parts.desk.arm('read-back-lost');
    await parts.changes.confirm(id, actor, card);
    expect(ended()).toEqual([]);
    expect(parts.logs.lines()).toMatchObject([{ change: id, msg: 'effect of a change not known yet' }]);
    await parts.clock.sleep(60_000);
    await settle(parts.changes);
    expect(ended()).toMatchObject([{ change: id, status: 'applied' }]);
    expect(ended()[0]?.delivery).toBe(delivery && `${delivery}${parts.desk.id}`);
  });
});

describe('a skill that was written', () => {
  /** Whether somebody else may write it now. */
  const isFree = (skillId = '') =>
    parts.store.skillLeases.acquire(skillId, 'somebody else', parts.clock.now(), parts.clock.now() + 1);

  it('is free right after the answer', async () => {
    const { id, skillId } = await planned();
    await parts.changes.confirm(id, actor, card);
    await nextTurn();
    expect(await isFree(skillId)).toBe(true);
  });

  it('is free by the time everything that was left behind is settled', async () => {
    const { id, skillId } = await planned();
    parts.desk.arm('read-back-lost');
    await parts.changes.confirm(id, actor, card);
    expect(await isFree(skillId)).toBe(false);
    await parts.clock.sleep(60_000);
    await settle(parts.changes);
    expect(await isFree(skillId)).toBe(true);
  });

  it('is free later when the database does not answer just then, which is logged', async () => {
    const { id, skillId } = await planned();
    const { release } = parts.store.skillLeases;
    parts.store.skillLeases.release = async () => Promise.reject(new Error('database is locked'));
    try {
      expect(await parts.changes.confirm(id, actor, card)).toMatchObject({ change: { status: 'applied' } });
      await nextTurn();
    } finally {
      parts.store.skillLeases.release = release;
    }
    expect(parts.logs.lines()).toMatchObject([
      {},
      { reason: 'database is locked', msg: 'work in the background failed' },
    ]);
    expect(await isFree(skillId)).toBe(false);
    await parts.clock.sleep(121_000);
    expect(await isFree(skillId)).toBe(true);
  });
});

describe('a change whose skill does not become free', () => {
  const statusOf = async (id: ChangeId) => (await parts.store.changes.get(id))?.status;
  /** Somebody else writes the skill for longer than a Confirm waits. */
  const occupy = (skillId = '') =>
    parts.store.skillLeases.acquire(skillId, 'somebody else', parts.clock.now(), parts.clock.now() + 90_000);

  it('ends when nothing of it can have been written', async () => {
    const { id, skillId } = await planned();
    await occupy(skillId);
    expect(await parts.changes.confirm(id, actor, card)).toMatchObject({
      change: { status: 'failed', outcome: { failure: { kind: 'busy' } } },
    });
    expect(parts.desk.patches).toEqual([]);
  });

  it('is judged later when its write may have taken effect', async () => {
    const { id, skillId } = await planned();
    parts.desk.arm('read-back-lost');
    await parts.changes.confirm(id, actor, card);
    // Longer than others have to wait for what may still take effect.
    await parts.clock.sleep(121_000);
    await occupy(skillId);
    await settle(parts.changes);
    expect(await statusOf(id)).toBe('applying');
    await parts.clock.sleep(90_000);
    await settle(parts.changes);
    expect(await statusOf(id)).toBe('applied');
    expect(parts.desk.patches).toHaveLength(1);
  });
});

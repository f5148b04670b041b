import { describe, expect, it } from '@jest/globals';
import type { InboxRepository } from '../../src/store/inbox.ts';
import type { Choice, DueRow } from '../../src/store/inboxClaims.ts';
import type { Store } from '../../src/store/store.ts';
import { onEveryDatabase } from '../support/database.ts';
import { MINUTE, NOW, RUNNERS, race, SECOND } from './samples.ts';

const LEASE = 30 * SECOND;
const item = (key: string) => ({ requestKey: key, delivery: `{"of":"${key}"}`, held: true });
const NOBODY = { chatId: null, actorId: null };
const by = (worker: string) => ({ worker, now: NOW, leaseUntil: NOW + LEASE });
/** Whether the delivery was new. */
const add = async ({ inbox }: Store, key: string, worker = 'one') =>
  (await inbox.add([item(key)], by(worker))).has(key);
const claimAt = (inbox: InboxRepository, now: number, worker = 'two', limit = 10) =>
  inbox.claim({ worker, now, leaseUntil: now + LEASE, limit });

describe('inbox', () => {
  onEveryDatabase((open) => {
    it('stores a delivery once', async () => {
      const { store } = await open();
      expect(await add(store, 'om_1')).toBe(true);
      expect(await add(store, 'om_1', 'two')).toBe(false);
      expect(await add(store, 'om_2')).toBe(true);
      expect(await store.inbox.depth()).toBe(2);
    });

    it('stores many at once, and says which of them it did not know', async () => {
      const { db, store } = await open();
      await add(store, 'om_2');
      const items = [item('om_3'), item('om_1'), item('om_2'), item('om_1'), { ...item('om_4'), held: false }];
      expect(await store.inbox.add(items, by('two'))).toEqual(new Set(['om_1', 'om_3', 'om_4']));
      const rows = await db.selectFrom('inbox').selectAll().orderBy('key').execute();
      expect(rows).toMatchObject([
        { key: 'om_1', worker: 'two', state: 'working', attempts: 1, due_at: NOW + LEASE },
        { key: 'om_2', worker: 'one' },
        { key: 'om_3', worker: 'two' },
        { key: 'om_4', worker: null, state: 'waiting', attempts: 0, due_at: NOW },
      ]);
    });

    it('never makes replicas that store the same deliveries wait for each other', async () => {
      const stores = await Promise.all([1, 2, 3, 4].map(async () => (await open()).store));
      for (let round = 0; round < 3; round += 1) {
        const keys = Array.from({ length: 300 }, (_, n) => `om_${round}_${n}`);
        const added = await race(stores, (store, runner) => {
          const order = runner % 2 === 0 ? keys : keys.toReversed();
          return store.inbox.add(order.map(item), by(`worker-${runner}`));
        });
        expect(added.flatMap((own) => [...own]).sort()).toEqual([...keys].sort());
      }
    });

    it('stores one of many simultaneous copies of a delivery', async () => {
      const stores = [(await open()).store, (await open()).store];
      const added = await race(stores, (store, runner) => add(store, 'om_1', `worker-${runner}`));
      expect(added.filter(Boolean)).toHaveLength(1);
    });

    it('knows a delivery again after it is finished', async () => {
      const { store } = await open();
      await add(store, 'om_1');
      await store.inbox.finish(['om_1'], 'one', NOW + SECOND);
      expect(await add(store, 'om_1')).toBe(false);
    });

    it('hands out an enqueued delivery at once, and once', async () => {
      const { store } = await open();
      await store.inbox.enqueue({ requestKey: 'wait-1', delivery: 'first', now: NOW });
      await store.inbox.enqueue({ requestKey: 'wait-1', delivery: 'again', now: NOW });
      expect(await claimAt(store.inbox, NOW)).toEqual([
        { requestKey: 'wait-1', delivery: 'first', attempts: 1, receivedAt: NOW, lost: 0, ...NOBODY },
      ]);
      expect(await claimAt(store.inbox, NOW)).toEqual([]);
    });

    it('leaves a delivery to its worker until the lease is over', async () => {
      const { store } = await open();
      await add(store, 'om_1');
      expect(await claimAt(store.inbox, NOW + LEASE - 1)).toEqual([]);
      expect(await claimAt(store.inbox, NOW + LEASE)).toEqual([
        { requestKey: 'om_1', delivery: '{"of":"om_1"}', attempts: 2, receivedAt: NOW, lost: 1, ...NOBODY },
      ]);
      expect(await claimAt(store.inbox, NOW + LEASE)).toEqual([]);
    });

    it('gives every due row to one of many racing workers', async () => {
      const stores = [(await open()).store, (await open()).store];
      for (let n = 0; n < 5; n++) await stores[0]?.inbox.enqueue({ requestKey: `om_${n}`, delivery: '{}', now: NOW });
      const claimed = await race(stores, (store, runner) => claimAt(store.inbox, NOW, `worker-${runner}`));
      expect(
        claimed
          .flat()
          .map(({ requestKey }) => requestKey)
          .sort(),
      ).toEqual(['om_0', 'om_1', 'om_2', 'om_3', 'om_4']);
    });

    it('gives a row whose worker went silent to one of many', async () => {
      const stores = [(await open()).store, (await open()).store];
      await (stores[0] ?? (await open()).store).inbox.add([item('om_1')], by('silent'));
      const claimed = await race(stores, (store, runner) => claimAt(store.inbox, NOW + LEASE, `worker-${runner}`));
      expect(claimed.filter((items) => items.length === 1)).toHaveLength(1);
      expect(claimed.filter((items) => items.length === 0)).toHaveLength(RUNNERS - 1);
    });

    it('gives the longest due first, as many as asked for', async () => {
      const { store } = await open();
      await store.inbox.enqueue({ requestKey: 'late', delivery: '', now: NOW + 2 });
      await store.inbox.enqueue({ requestKey: 'early', delivery: '', now: NOW });
      await store.inbox.enqueue({ requestKey: 'middle', delivery: '', now: NOW + 1 });
      const keys = (await claimAt(store.inbox, NOW + 5, 'two', 2)).map(({ requestKey }) => requestKey);
      expect(keys.sort()).toEqual(['early', 'middle']);
    });

    it('gives what it takes in order: by when it is due, when it came, and its key', async () => {
      const { db, store } = await open();
      const rows = [
        ...['c', 'a', 'b'].map((key) => ({ key, received_at: NOW + 5, due_at: NOW })),
        { key: 'came-late', received_at: NOW + 6, due_at: NOW },
        { key: 'came-early', received_at: NOW + 4, due_at: NOW },
        { key: '0-due-late', received_at: NOW, due_at: NOW + 2 },
        { key: 'z-due-early', received_at: NOW + 9, due_at: NOW - 1 },
      ];
      for (const row of rows) {
        await db
          .insertInto('inbox')
          .values({ ...row, delivery: '{}', state: 'waiting', attempts: 0 })
          .execute();
      }
      const inOrder = ['z-due-early', 'came-early', 'a', 'b', 'c', 'came-late', '0-due-late'];
      expect((await claimAt(store.inbox, NOW + 10, 'one', 4)).map(({ requestKey }) => requestKey)).toEqual(
        inOrder.slice(0, 4),
      );
      expect((await claimAt(store.inbox, NOW + 10, 'one', 4)).map(({ requestKey }) => requestKey)).toEqual(
        inOrder.slice(4),
      );
    });

    it('renews the leases of one worker only, and of the rows that it names', async () => {
      const { store } = await open();
      await add(store, 'om_1', 'alive');
      await add(store, 'om_2', 'silent');
      await add(store, 'om_3', 'alive');
      await store.inbox.renew(['om_1', 'om_2'], 'alive', NOW + 2 * LEASE);
      await store.inbox.renew([], 'alive', NOW + 2 * LEASE);
      expect((await claimAt(store.inbox, NOW + LEASE)).map(({ requestKey }) => requestKey)).toEqual(['om_2', 'om_3']);
    });

    it('puts a row back until its next attempt', async () => {
      const { store } = await open();
      await add(store, 'om_1');
      await store.inbox.retry('om_1', 'one', NOW + MINUTE, 'timeout');
      await store.inbox.renew(['om_1'], 'one', NOW + 10 * MINUTE);
      expect(await claimAt(store.inbox, NOW + MINUTE - 1)).toEqual([]);
      expect(await claimAt(store.inbox, NOW + MINUTE)).toMatchObject([{ requestKey: 'om_1', attempts: 2 }]);
    });

    it.each(['finish', 'giveUp'] as const)('%s ends a row and forgets what was in it', async (end) => {
      const { db, store } = await open();
      await add(store, 'om_1');
      if (end === 'finish') await store.inbox.finish(['om_1'], 'one', NOW + SECOND);
      else await store.inbox.giveUp('om_1', 'one', NOW + SECOND, 'too often');
      expect(await store.inbox.depth()).toBe(0);
      expect(await claimAt(store.inbox, NOW + MINUTE)).toEqual([]);
      expect(await db.selectFrom('inbox').selectAll().executeTakeFirst()).toMatchObject({
        state: end === 'finish' ? 'done' : 'given-up',
        delivery: '',
        worker: null,
        finished_at: NOW + SECOND,
        error: end === 'finish' ? null : 'too often',
      });
    });

    it('ends many rows at once, its own only', async () => {
      const { db, store } = await open();
      for (const [key, worker] of [
        ['om_1', 'one'],
        ['om_2', 'two'],
        ['om_3', 'one'],
        ['om_4', 'one'],
      ] as const) {
        await add(store, key, worker);
      }
      await store.inbox.finish(['om_1', 'om_2', 'om_3'], 'one', NOW + SECOND);
      const rows = await db.selectFrom('inbox').select(['key', 'state']).orderBy('key').execute();
      expect(rows.map(({ state }) => state)).toEqual(['done', 'working', 'done', 'working']);
    });

    it('lets a worker that lost a row do nothing to it', async () => {
      const { db, store } = await open();
      await add(store, 'om_1', 'slow');
      await claimAt(store.inbox, NOW + LEASE, 'quick');
      const before = await db.selectFrom('inbox').selectAll().execute();
      await store.inbox.finish(['om_1'], 'slow', NOW + LEASE);
      await store.inbox.retry('om_1', 'slow', NOW + LEASE, 'timeout');
      await store.inbox.giveUp('om_1', 'slow', NOW + LEASE, 'too often');
      await store.inbox.renew(['om_1'], 'slow', NOW + 9 * LEASE);
      expect(await db.selectFrom('inbox').selectAll().execute()).toEqual(before);
    });

    it('knows since when the oldest waits, of those that are not finished', async () => {
      const { store } = await open();
      expect(await store.inbox.oldest()).toBeUndefined();
      await store.inbox.add([item('second')], { ...by('one'), now: NOW + SECOND });
      await store.inbox.add([item('first')], by('one'));
      expect(await store.inbox.oldest()).toBe(NOW);
      await store.inbox.finish(['first'], 'one', NOW + MINUTE);
      expect(await store.inbox.oldest()).toBe(NOW + SECOND);
    });

    it('counts the workers that were silent when their lease ran out, and no others', async () => {
      const { db, store } = await open();
      await add(store, 'om_1');
      const lostAt = async (now: number) => (await claimAt(store.inbox, now)).map(({ lost }) => lost);
      expect(await lostAt(NOW + LEASE)).toEqual([1]);
      await store.inbox.retry('om_1', 'two', NOW + LEASE, 'oops');
      expect(await lostAt(NOW + LEASE)).toEqual([1]);
      expect(await lostAt(NOW + 2 * LEASE)).toEqual([2]);
      await store.inbox.handBack(['om_1'], 'two', { dueAt: NOW });
      expect(await db.selectFrom('inbox').selectAll().executeTakeFirst()).toMatchObject({ attempts: 3, lost: 2 });
      expect(await lostAt(NOW)).toEqual([2]);
      await store.inbox.handBack(['om_1'], 'two', { dueAt: NOW, isCleanStop: true });
      expect(await db.selectFrom('inbox').selectAll().executeTakeFirst()).toMatchObject({
        state: 'waiting',
        worker: null,
        due_at: NOW,
        attempts: 1,
        lost: 0,
      });
    });

    it('takes what was chosen among the rows that are wanted', async () => {
      const { store } = await open();
      const of = (requestKey: string, chatId?: string, actorId?: string) =>
        store.inbox.enqueue({ requestKey, chatId, actorId, delivery: '', now: NOW });
      await of('a', 'oc_1', 'ou_1');
      await of('b', 'oc_2', 'ou_2');
      await of('c', undefined, 'ou_1');
      await of('d', 'oc_2');
      await of('e');
      const keysOf = (rows: readonly { requestKey: string }[]) => rows.map(({ requestKey }) => requestKey);
      const claim = (choice: Choice) =>
        store.inbox.claim({ worker: 'one', now: NOW, leaseUntil: NOW + LEASE, limit: 10, ...choice });
      const looked: (readonly DueRow[])[] = [];
      const nothing = (except: Choice['except']): Choice => ({
        ...(except && { except }),
        choose: (rows) => {
          looked.push(rows);
          return [];
        },
      });
      expect(await claim(nothing({ chats: ['oc_1', 'oc_3'], actors: ['ou_2'] }))).toEqual([]);
      expect(await claim(nothing({ chats: [], actors: ['ou_1'] }))).toEqual([]);
      expect(await claim(nothing({ chats: [], actors: [], lostFrom: 0 }))).toEqual([]);
      expect(looked.map(keysOf)).toEqual([['c', 'd', 'e'], ['b', 'd', 'e'], []]);
      expect(looked[0]?.[0]).toEqual({ requestKey: 'c', chatId: null, actorId: 'ou_1', lost: 0 });
      const chosen = await claim({ choose: (rows) => rows.filter(({ chatId }) => chatId === 'oc_2').reverse() });
      expect(keysOf(chosen)).toEqual(['d', 'b']);
    });

    it('passes over the rows of which workers were lost, when it is told to', async () => {
      const { store } = await open();
      await add(store, 'om_1');
      await store.inbox.enqueue({ requestKey: 'om_2', delivery: '', now: NOW });
      const except = { chats: [], actors: [], lostFrom: 1 };
      const claimed = await store.inbox.claim({
        worker: 'two',
        now: NOW + LEASE,
        leaseUntil: NOW + 2 * LEASE,
        limit: 10,
        except,
      });
      expect(claimed.map(({ requestKey }) => requestKey)).toEqual(['om_2']);
    });

    it('lets everything of a chat wait on which nobody works', async () => {
      const { db, store } = await open();
      await store.inbox.add(
        [
          { ...item('working'), chatId: 'oc_1' },
          { ...item('waiting'), chatId: 'oc_1', held: false },
          { ...item('other'), chatId: 'oc_2', held: false },
          { ...item('later'), chatId: 'oc_1', held: false, dueAt: NOW + 2 * MINUTE },
        ],
        by('one'),
      );
      await store.inbox.postpone('oc_1', NOW + MINUTE);
      const rows = await db.selectFrom('inbox').select(['key', 'due_at']).orderBy('key').execute();
      expect(rows).toEqual([
        { key: 'later', due_at: NOW + 2 * MINUTE },
        { key: 'other', due_at: NOW },
        { key: 'waiting', due_at: NOW + MINUTE },
        { key: 'working', due_at: NOW + LEASE },
      ]);
    });

    it('keeps what was set aside until it is asked for, and counts it apart', async () => {
      const { db, store } = await open();
      await add(store, 'om_1');
      await add(store, 'om_2');
      await store.inbox.setAside('om_1', 'somebody else', NOW, 'x');
      expect(await store.inbox.countSetAside()).toBe(0);
      await store.inbox.setAside('om_1', 'one', NOW + SECOND, 'five workers');
      expect(await add(store, 'om_1')).toBe(false);
      expect(await store.inbox.countSetAside()).toBe(1);
      expect(await store.inbox.listSetAside(5)).toEqual([{ requestKey: 'om_1', setAsideAt: NOW + SECOND }]);
      expect([await store.inbox.depth(), await store.inbox.oldest()]).toEqual([1, NOW]);
      await store.inbox.finish(['om_2'], 'one', NOW);
      expect([await store.inbox.depth(), await store.inbox.oldest()]).toEqual([0, undefined]);
      const years = 10 * 365 * 24 * 60 * MINUTE;
      expect(await claimAt(store.inbox, NOW + years)).toEqual([]);
      await store.inbox.prune(NOW + years);
      expect(await store.inbox.retrySetAside(NOW + MINUTE)).toBe(1);
      expect(await store.inbox.countSetAside()).toBe(0);
      expect(await claimAt(store.inbox, NOW + MINUTE)).toMatchObject([
        { requestKey: 'om_1', delivery: '{"of":"om_1"}', attempts: 1, lost: 0, receivedAt: NOW + MINUTE },
      ]);
      expect(await db.selectFrom('inbox').select('error').executeTakeFirst()).toEqual({ error: null });
    });

    it('prunes what was finished before, never what is open', async () => {
      const { store } = await open();
      for (const key of ['open', 'old', 'new']) await add(store, key);
      await store.inbox.finish(['old'], 'one', NOW);
      await store.inbox.finish(['new'], 'one', NOW + MINUTE);
      expect(await store.inbox.prune(NOW + MINUTE)).toBe(1);
      expect(await add(store, 'old')).toBe(true);
      expect(await add(store, 'new')).toBe(false);
      expect(await add(store, 'open')).toBe(false);
    });
  });
});

import { describe, expect, it } from '@jest/globals';
import type { NewDeviceLogin } from '../../src/store/deviceLogins.ts';
import type { Store } from '../../src/store/store.ts';
import { onEveryDatabase } from '../support/database.ts';
import { MINUTE, message, NOW, race, SECOND, tom, zhang } from './samples.ts';

const login = (id: string, difference: Partial<NewDeviceLogin> = {}): NewDeviceLogin => ({
  id,
  requestKey: `request-${id}`,
  actorId: tom,
  codes: 'sealed-codes',
  intervalMs: 5 * SECOND,
  dueAt: NOW + 5 * SECOND,
  expiresAt: NOW + 4 * MINUTE,
  ...difference,
});
const DUE = NOW + 5 * SECOND;
const UNTIL = DUE + 15 * SECOND;

describe('device logins', () => {
  onEveryDatabase((open) => {
    const claimed = async (store: Store, now = DUE, worker = 'worker-1') =>
      (await store.deviceLogins.claim(worker, now, now + 15 * SECOND, 10)).map(({ id }) => id);

    it('are claimed when they are due, the longest due first, up to a number', async () => {
      const { store } = await open();
      await store.deviceLogins.add(login('b', { actorId: zhang, dueAt: DUE - 1 }));
      await store.deviceLogins.add(login('a'));
      await store.deviceLogins.add(login('later', { dueAt: DUE + 1 }));
      expect(await store.deviceLogins.claim('worker-1', DUE - 2, UNTIL, 10)).toEqual([]);
      expect((await store.deviceLogins.claim('worker-1', DUE, UNTIL, 1)).map(({ id }) => id)).toEqual(['b']);
      expect(await store.deviceLogins.claim('worker-1', DUE, UNTIL, 10)).toEqual([
        {
          id: 'a',
          actorId: tom,
          cardMessageId: undefined,
          showsResult: false,
          codes: 'sealed-codes',
          intervalMs: 5 * SECOND,
          dueAt: UNTIL,
          polls: 1,
          unanswered: 1,
          expiresAt: NOW + 4 * MINUTE,
          ending: undefined,
        },
      ]);
    });

    it('are claimed by one of many at the same time', async () => {
      const stores = [(await open()).store, (await open()).store];
      // The first round opens the connections.
      for (const round of [1, 2, 3, 4, 5]) {
        const ids = Array.from({ length: 20 }, (_, n) => `${round}-${String(n).padStart(2, '0')}`);
        for (const id of ids) await stores[0]?.deviceLogins.add(login(id));
        const got = await race(stores, async (store, runner) => {
          const logins = await store.deviceLogins.claim(`worker-${runner}`, DUE, UNTIL, 20);
          return logins.map(({ id }) => id);
        });
        expect(got.flat().sort()).toEqual(ids);
      }
    });

    it('are taken up by another worker when theirs is silent, which then cannot hand them back', async () => {
      const { store } = await open();
      await store.deviceLogins.add(login('a'));
      await claimed(store);
      expect(await claimed(store, UNTIL - 1, 'worker-2')).toEqual([]);
      const [taken] = await store.deviceLogins.claim('worker-2', UNTIL, UNTIL + MINUTE, 10);
      expect(taken).toMatchObject({ polls: 2, unanswered: 2 });
      await store.deviceLogins.release('a', 'worker-1', { intervalMs: 1, dueAt: 0, unanswered: 0 });
      expect(await claimed(store, UNTIL)).toEqual([]);
    });

    it('are handed back until they are due again', async () => {
      const { store } = await open();
      await store.deviceLogins.add(login('a'));
      await claimed(store);
      await store.deviceLogins.release('a', 'worker-1', { intervalMs: 10 * SECOND, dueAt: DUE + 10, unanswered: 0 });
      expect(await claimed(store, DUE + 9)).toEqual([]);
      const [again] = await store.deviceLogins.claim('worker-2', DUE + 10, UNTIL, 10);
      expect(again).toMatchObject({ intervalMs: 10 * SECOND, polls: 2, unanswered: 1 });
    });

    it('end once, however many end them, and leave no codes behind', async () => {
      const stores = [(await open()).store, (await open()).store];
      await stores[0]?.deviceLogins.add(login('a'));
      const ends = await race(stores, (store, runner) =>
        store.deviceLogins.end('a', runner % 2 === 0 ? 'done' : 'withdrawn'),
      );
      const [ended, ...more] = ends.filter((end) => end !== undefined);
      expect(more).toEqual([]);
      expect(ended).toMatchObject({ codes: '', ending: expect.stringMatching(/done|withdrawn/) });
      const [store] = stores;
      expect(store && (await claimed(store, NOW + MINUTE))).toEqual([]);
      expect(store && (await store.deviceLogins.withdraw(tom))).toEqual([]);
    });

    it('are withdrawn for one person', async () => {
      const { store } = await open();
      for (const id of ['a', 'b']) await store.deviceLogins.add(login(id));
      await store.deviceLogins.add(login('other', { actorId: zhang }));
      await store.deviceLogins.setCard('a', message(1), false);
      const withdrawn = await store.deviceLogins.withdraw(tom);
      expect(
        withdrawn.map(({ id, cardMessageId, ending, codes }) => [id, cardMessageId, ending, codes]).sort(),
      ).toEqual([
        ['a', message(1), 'withdrawn', ''],
        ['b', undefined, 'withdrawn', ''],
      ]);
      expect(await claimed(store)).toEqual(['other']);
    });

    it('are found by the request that led to them, while they are open', async () => {
      const { store } = await open();
      await store.deviceLogins.add(login('a'));
      const find = (openId = tom, key = 'request-a', now = NOW) => store.deviceLogins.find(openId, key, now);
      expect(await find()).toMatchObject({ id: 'a', codes: 'sealed-codes' });
      expect(await find(zhang)).toBeUndefined();
      expect(await find(tom, 'request-b')).toBeUndefined();
      expect(await find(tom, 'request-a', NOW + 4 * MINUTE)).toBeUndefined();
      await store.deviceLogins.end('a', 'refused');
      expect(await find()).toBeUndefined();
    });

    it('know the card that shows them, and say how they ended before that was known', async () => {
      const { store } = await open();
      for (const id of ['a', 'b']) await store.deviceLogins.add(login(id));
      expect(await store.deviceLogins.setCard('a', message(1), true)).toMatchObject({
        cardMessageId: message(1),
        showsResult: true,
        ending: undefined,
      });
      await store.deviceLogins.end('b', 'expired');
      expect(await store.deviceLogins.setCard('b', message(2), false)).toMatchObject({
        cardMessageId: message(2),
        showsResult: false,
        ending: 'expired',
      });
      expect(await store.deviceLogins.setCard('none', message(3), false)).toBeUndefined();
    });

    it('are pruned when their time is over', async () => {
      const { db, store } = await open();
      await store.deviceLogins.add(login('old', { expiresAt: NOW - 1 }));
      await store.deviceLogins.add(login('new', { expiresAt: NOW }));
      await store.deviceLogins.prune(NOW);
      expect(await db.selectFrom('device_logins').select('id').execute()).toEqual([{ id: 'new' }]);
    });
  });
});

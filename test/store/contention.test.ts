import { describe, expect, it } from '@jest/globals';
import type { Store } from '../../src/store/store.ts';
import { onEveryDatabase } from '../support/database.ts';
import { changeId, changeIn, ending, MINUTE, NOW, newChange } from './samples.ts';

const REPLICAS = 4;
/** How many things each replica does at the same time. */
const HANDS = 5;
/** How many things each hand does. SQLite has one connection, on which there is nothing to wait for. */
const TURNS = { sqlite: 40, postgres: 100 };
const ROWS = 80;
/** Leases end a little apart, so that the next one comes upon the rows in another order. */
const SPREAD_MS = 50;

/** Replicas whose leases are over as soon as they are given, so that each is after the rows of all the others. */
describe('replicas that are after the same rows', () => {
  onEveryDatabase((open, kind) => {
    const replicas = async (): Promise<Store[]> => {
      const opened = Array.from({ length: kind === 'sqlite' ? 1 : REPLICAS }, async () => (await open()).store);
      return Promise.all(opened);
    };

    /** Lets every hand of every replica do one thing after the other; `turn` counts its turns. */
    const contend = async (
      stores: readonly Store[],
      act: (store: Store, worker: string, turn: number) => Promise<unknown>,
    ) => {
      const hand = async (store: Store, replica: number, first: number): Promise<void> => {
        for (let turn = first; turn < first + TURNS[kind]; turn += 1) await act(store, `worker-${replica}`, turn);
      };
      const hands = stores.flatMap((store, replica) =>
        Array.from({ length: HANDS }, (_, first) => hand(store, replica, first)),
      );
      const ends = await Promise.allSettled(hands);
      return ends.flatMap((end) => (end.status === 'rejected' ? [String(end.reason)] : []));
    };

    it('never wait for each other in the inbox', async () => {
      const stores = await replicas();
      const { inbox } = stores[0] ?? (await open()).store;
      for (let n = 0; n < ROWS; n += 1) {
        await inbox.enqueue({ requestKey: `om_${(n * 37) % ROWS}`, delivery: '{}', now: NOW - 2 * SPREAD_MS });
      }
      const taken = new Map<string, number>();
      const errors = await contend(stores, async (store, worker, turn) => {
        if (turn % 3 === 0) return store.inbox.renew([...taken.keys()], worker, NOW - (turn % SPREAD_MS));
        const items = await store.inbox.claim({
          worker,
          now: NOW,
          leaseUntil: NOW - (turn % SPREAD_MS),
          limit: ROWS / 2,
        });
        for (const { requestKey: key, attempts } of items) taken.set(key, Math.max(attempts, taken.get(key) ?? 0));
        const [first] = items;
        if (first) await store.inbox.retry(first.requestKey, worker, NOW - (turn % SPREAD_MS), 'again');
      });
      expect(errors).toEqual([]);
      expect(taken.size).toBe(ROWS);
      expect(await inbox.depth()).toBe(ROWS);
    });

    it('never wait for each other over changes', async () => {
      const stores = await replicas();
      const first = stores[0] ?? (await open()).store;
      for (let n = 0; n < ROWS; n += 1) {
        const status = (['applying', 'applied', 'pending'] as const)[n % 3] ?? 'pending';
        await changeIn(status, first, (n * 37) % ROWS);
      }
      const later = NOW + 20 * MINUTE;
      const ids = Array.from({ length: ROWS }, (_, n) => changeId(n));
      let made = ROWS;
      const errors = await contend(stores, async ({ changes }, worker, turn) => {
        const lease = later - (turn % SPREAD_MS);
        switch (turn % 5) {
          case 0:
            await changes.renew(ids, worker, lease);
            return;
          case 1:
            await changes.expire(later, 5);
            return;
          case 2:
            await changes.claimCards(ROWS, { worker, now: later, until: lease });
            return;
          case 3: {
            // The same request again and again, but an id is made once.
            made += 1;
            await changes.insert(newChange(ROWS + turn, { id: changeId(made), expiresAt: NOW }));
            return;
          }
          default: {
            const [mine] = await changes.takeOver({ worker, now: later, leaseUntil: lease }, ROWS);
            if (mine && turn % 20 === 4) await changes.endApplying(mine, worker, ending('applied', { cardBy: NOW }));
          }
        }
      });
      expect(errors).toEqual([]);
      expect(await first.changes.get(changeId(ROWS - 1))).toBeDefined();
    });
  });
});

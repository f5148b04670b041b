import { beforeEach, describe, expect, it } from '@jest/globals';
import { createEmbeddedClock } from '../../src/store/embeddedClock.ts';
import { ADJUST_MS, createSharedClock } from '../../src/store/sharedClock.ts';
import type { Store } from '../../src/store/store.ts';
import { withTakeoverGuard } from '../../src/store/takeoverGuard.ts';
import { ManualClock } from '../support/clock.ts';
import { type OpenDatabase, onEveryDatabase } from '../support/database.ts';
import { captureLogs } from '../support/logs.ts';
import { by, changeId, MINUTE, NOW, newChange, SECOND, skill, tom } from './samples.ts';

const HOUR = 60 * MINUTE;
const TICK = 500;
/** How long changes and skills are held, how often that is renewed, and the same for deliveries. */
const LEASE = 15 * SECOND;
const RENEWED = 4 * SECOND;
const INBOX_LEASE = 7 * SECOND;
const INBOX_RENEWED = 2 * SECOND;

describe('with replicas that compare their clocks at different moments', () => {
  onEveryDatabase((open) => {
    const own = new ManualClock(NOW);
    let ahead = 0;
    let passed = 0;
    let a: OpenDatabase;

    beforeEach(async () => {
      ahead = 0;
      passed = 0;
      a = await open();
    });

    /** A replica on one server, whose first comparison is `phase` after the start of all. */
    async function replica(store: Store, phase: number) {
      const clock = createSharedClock(own, { now: async () => own.now() + ahead }, captureLogs().logger);
      await clock.adjust();
      const isDue = (every: number) => (passed + every - phase) % every === 0;
      return {
        clock,
        store: withTakeoverGuard(store, clock),
        adjustWhenDue: () => (isDue(ADJUST_MS) ? clock.adjust() : undefined),
      };
    }

    type Replica = Awaited<ReturnType<typeof replica>>;

    /** Holds a change, its skill, a delivery and the refresh of a login. */
    async function takesAll({ clock, store }: Replica, worker: string): Promise<void> {
      const now = clock.now();
      await store.changes.insert(newChange(1, { createdAt: now, expiresAt: now + 10 * MINUTE }));
      await store.changes.claim(changeId(1), by(tom), { worker, now, leaseUntil: now + LEASE });
      await store.skillLeases.acquire(skill(1), changeId(1), now, now + LEASE);
      const items = [{ requestKey: 'delivery', delivery: '{}', held: true }];
      await store.inbox.add(items, { worker, now, leaseUntil: now + INBOX_LEASE });
    }

    async function renewsWhenDue({ clock, store }: Replica, worker: string): Promise<void> {
      const now = clock.now();
      if (passed % RENEWED === 0) {
        await store.changes.renew([changeId(1)], worker, now + LEASE);
        await store.skillLeases.setUntil(changeId(1), now + LEASE);
      }
      if (passed % INBOX_RENEWED === 0) await store.inbox.renew(['delivery'], worker, now + INBOX_LEASE);
    }

    /** Compares when it is time to, and takes over what it can, each second. */
    async function takes({ clock, store, adjustWhenDue }: Replica, seen: Set<string>): Promise<void> {
      await adjustWhenDue();
      if (passed % SECOND !== 0) return;
      const now = clock.now();
      const changes = await store.changes.takeOver({ worker: 'other', now, leaseUntil: now + LEASE }, 10);
      const items = await store.inbox.claim({ worker: 'other', now, leaseUntil: now + INBOX_LEASE, limit: 10 });
      const hasSkill = await store.skillLeases.acquire(skill(1), 'another', now, now + LEASE);
      for (const key of [...changes.map(({ id }) => id), ...items.map(({ requestKey }) => requestKey)]) seen.add(key);
      if (hasSkill) seen.add('skill');
    }

    it.each(
      [-10 * MINUTE, -20 * SECOND, -2 * SECOND, 2 * SECOND, 20 * SECOND, 10 * MINUTE].flatMap((step) =>
        [0.5, 2.5, 4.5].map((phase) => [step, phase * SECOND] as const),
      ),
    )('nothing live is taken over when the server steps by %i ms, compared %i ms apart', async (step, phase) => {
      const holder = await replica(a.store, 0);
      const other = await replica((await open()).store, phase);
      await takesAll(holder, 'holder');
      const seen = new Set<string>();
      const others = [other];
      const tick = async (isAlive: boolean) => {
        own.advance(TICK);
        passed += TICK;
        if (passed === 12 * SECOND) ahead = step;
        await holder.adjustWhenDue();
        if (isAlive) await renewsWhenDue(holder, 'holder');
        for (const one of others) await takes(one, seen);
      };
      while (passed < 40 * SECOND) await tick(true);
      others.push(await replica((await open()).store, SECOND));
      while (passed < 70 * SECOND) await tick(true);
      expect([...seen]).toEqual([]);

      while (passed < 70 * SECOND + LEASE + SECOND) await tick(false);
      expect(seen).toEqual(new Set([changeId(1), 'delivery', 'skill']));
    });

    it('what a process held that died just before a step is taken over half a minute after it', async () => {
      const dead = await replica(a.store, 0);
      const other = await replica((await open()).store, 0);
      await takesAll(dead, 'dead');
      ahead = 20 * SECOND;
      const seen = new Set<string>();
      while (passed < 40 * SECOND) {
        own.advance(TICK);
        passed += TICK;
        await takes(other, seen);
      }
      expect(seen).toEqual(new Set([changeId(1), 'delivery', 'skill']));
    });

    it.each([20 * SECOND, 10 * MINUTE])(
      'a process that is alone keeps a skill for the change that it writes when its clock is set by %i ms',
      async (step) => {
        const clock = createEmbeddedClock(own, a.store.clockAnchor, captureLogs().logger);
        await clock.adjust();
        const { skillLeases } = withTakeoverGuard(a.store, clock);
        const acquires = (holder: string) => skillLeases.acquire(skill(1), holder, clock.now(), clock.now() + LEASE);
        expect(await acquires('one')).toBe(true);
        own.step(step);
        for (let at = SECOND; at <= MINUTE; at += SECOND) {
          own.advance(SECOND);
          if (at % RENEWED === 0) await skillLeases.setUntil('one', clock.now() + LEASE);
          if (at % ADJUST_MS === 0) await clock.adjust();
          expect(await acquires('another')).toBe(false);
        }
      },
    );

    it('what nobody holds is taken all the same', async () => {
      const { clock, store } = await replica(a.store, 0);
      const now = clock.now();
      own.advance(MINUTE);
      expect(clock.mayTakeOver()).toBe(false);
      expect(await store.skillLeases.acquire(skill(1), 'one', now, now + LEASE)).toBe(true);
      expect(await store.skillLeases.acquire(skill(1), 'another', now + HOUR, now + HOUR)).toBe(false);
      const grant = { openId: tom, name: 'Tom', tokens: 'sealed', grantedAt: now, accessExpiresAt: now };
      await store.grants.save({ ...grant, refreshExpiresAt: now + HOUR });
      expect(await store.grants.lockRefresh(tom, 'one', now, now + LEASE)).toBeDefined();
      expect(await store.grants.lockRefresh(tom, 'another', now + HOUR, now + HOUR)).toBeUndefined();
    });

    it('no login is polled and no card shown by two', async () => {
      const { clock, store } = await replica(a.store, 0);
      const now = clock.now();
      await store.changes.insert(newChange(1));
      await store.changes.endPending(changeId(1), { status: 'cancelled', outcome: {}, now, cardBy: now });
      const codes = { codes: 'sealed', intervalMs: 5_000, dueAt: now, expiresAt: now + HOUR };
      await store.deviceLogins.add({ id: 'login', requestKey: 'request', actorId: tom, ...codes });
      const takes = async () => [
        (await store.changes.claimCards(10, { worker: 'one', now, until: now + LEASE })).length,
        (await store.deviceLogins.claim('one', now, now + LEASE, 10)).length,
      ];
      own.advance(MINUTE);
      expect(await takes()).toEqual([0, 0]);
      await clock.adjust();
      expect(await takes()).toEqual([1, 1]);
    });
  });
});

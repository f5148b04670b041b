import { describe, expect, it } from '@jest/globals';
import { ADJUST_MS, APART_MS, createSharedClock } from '../../src/store/sharedClock.ts';
import { ManualClock } from '../support/clock.ts';
import { onEveryDatabase } from '../support/database.ts';
import { captureLogs } from '../support/logs.ts';
import { MINUTE, NOW, SECOND } from './samples.ts';

const STEPS = [-10 * MINUTE, -20 * SECOND, 20 * SECOND, 10 * MINUTE];
/** Nothing is taken over for so long after a step. */
const NO_TAKEOVER_MS = 30 * SECOND;

/** A machine, and a server whose clock is `ahead` of it and which takes `way` milliseconds for each answer. */
function machine(given: { ahead?: number; way?: readonly number[] } = {}) {
  const { ahead = 0, way = [] } = given;
  const own = new ManualClock(NOW);
  const begun = own.elapsed();
  const logs = captureLogs();
  const server = { ahead, way: [...way], asked: 0 };
  /** What the clock of this machine would show if nobody had set it. */
  const trueTime = () => NOW + own.elapsed() - begun;
  const store = {
    now: async () => {
      server.asked += 1;
      const took = server.way.shift() ?? 0;
      own.advance(took / 2);
      const there = trueTime() + server.ahead;
      own.advance(took / 2);
      return there;
    },
  };
  const clock = createSharedClock(own, store, logs.logger);
  const rounds = async (count: number) => {
    for (let round = 0; round < count; round += 1) {
      own.advance(ADJUST_MS);
      await clock.adjust();
    }
  };
  /** How far it is from a clock that never stepped. */
  const off = () => clock.now() - trueTime();
  return { own, server, clock, rounds, off, warnings: () => logs.lines().length };
}

describe('a shared clock', () => {
  onEveryDatabase((open, kind) => {
    if (kind === 'sqlite') {
      it('needs a server', async () => {
        const { store } = await open();
        const clock = createSharedClock(new ManualClock(NOW), store, captureLogs().logger);
        await expect(clock.adjust()).rejects.toThrow('no clock of its own');
      });
      return;
    }

    it.each(STEPS)('does not notice that the clock of this machine steps by %i ms', async (step) => {
      const { store } = await open();
      const own = new ManualClock(NOW);
      // A machine whose clock the one of the server has nothing to do with, so that time passes for neither of them.
      const there = await store.now();
      const clock = createSharedClock(own, { now: async () => there }, captureLogs().logger);
      await clock.adjust();
      const before = clock.now();
      own.step(step);
      expect(clock.now()).toBe(before);
      await clock.adjust();
      expect(clock.now()).toBe(before);
      expect(clock.mayTakeOver()).toBe(true);
    });

    it('goes with the server of the database, however far off this machine is', async () => {
      const { store } = await open();
      for (const minutes of [-60, 5]) {
        const own = new ManualClock(Date.now() + minutes * MINUTE);
        const clock = createSharedClock(own, store, captureLogs().logger);
        const before = (await store.now()) ?? own.now();
        await clock.adjust();
        const after = (await store.now()) ?? own.now();
        // An answer lies between the question and its arrival, and for this machine no time passes in between.
        expect(clock.now()).toBeGreaterThanOrEqual(before);
        expect(clock.now()).toBeLessThanOrEqual(after);
      }
    });
  });

  it('has the time of the server from the first comparison on', async () => {
    const { clock, off, warnings } = machine({ ahead: 5 * MINUTE });
    await clock.adjust();
    expect([off(), warnings()]).toEqual([5 * MINUTE, 0]);
    expect(clock.mayTakeOver()).toBe(true);
  });

  it.each([
    ['goes on asking when the first answers were slow', [4_000, 3_000, 900, 40], 4, 0],
    ['believes the best of slow answers, and says that it is not exact', Array(10).fill(2_000), 10, 1],
  ])('%s', async (_, way, asked, warned) => {
    const { own, server, clock, off, warnings } = machine({ ahead: 5 * MINUTE, way });
    await own.runUntil(clock.adjust(), 100);
    expect([server.asked, warnings()]).toEqual([asked, warned]);
    expect(Math.abs(off() - 5 * MINUTE)).toBeLessThanOrEqual(APART_MS);
  });

  it('does not follow an answer that was long on its way back', async () => {
    const { server, clock, rounds, off } = machine();
    await clock.adjust();
    server.way.push(4_000, 4_000, 4_000);
    await rounds(1);
    expect(off()).toBe(0);
    expect(clock.mayTakeOver()).toBe(true);
  });

  it('follows a server that is a little faster', async () => {
    const { server, clock, rounds, off, warnings } = machine();
    await clock.adjust();
    for (let round = 1; round <= 100; round += 1) {
      server.ahead += 10;
      await rounds(1);
      expect(Math.abs(off() - server.ahead)).toBeLessThanOrEqual(15);
      expect(clock.mayTakeOver()).toBe(true);
    }
    expect(warnings()).toBe(0);
  });

  it('gives whole milliseconds', async () => {
    const { own, clock } = machine();
    own.advance(0.4);
    await clock.adjust();
    expect(Number.isInteger(clock.now())).toBe(true);
  });

  describe.each(STEPS)('when the clock of the server steps by %i ms', (step) => {
    it('follows when every replica has noticed, and takes nothing over until they have followed', async () => {
      const { own, server, clock, rounds, off, warnings } = machine();
      await clock.adjust();
      server.ahead = step;
      await rounds(1);
      expect([off(), clock.mayTakeOver(), warnings()]).toEqual([0, false, 1]);
      await rounds(1);
      expect([off(), clock.mayTakeOver(), warnings()]).toEqual([0, false, 1]);
      await rounds(1);
      expect(Math.abs(off() - step)).toBeLessThanOrEqual(15);
      expect([clock.mayTakeOver(), warnings()]).toEqual([false, 2]);
      await rounds(3);
      expect(clock.mayTakeOver()).toBe(false);
      own.advance(NO_TAKEOVER_MS - 5 * ADJUST_MS);
      expect(clock.mayTakeOver()).toBe(true);
    });

    it('stays when it was for a moment only', async () => {
      const { server, clock, rounds, off } = machine();
      await clock.adjust();
      server.ahead = step;
      await rounds(1);
      server.ahead = 0;
      await rounds(6);
      expect([off(), clock.mayTakeOver()]).toEqual([0, true]);
    });

    it('waits for the others once more when it steps again', async () => {
      const { server, clock, rounds, off } = machine();
      await clock.adjust();
      server.ahead = step;
      await rounds(2);
      server.ahead = 2 * step;
      await rounds(2);
      expect(off()).toBe(0);
      await rounds(1);
      expect(Math.abs(off() - 2 * step)).toBeLessThanOrEqual(15);
      await rounds(3);
      expect(clock.mayTakeOver()).toBe(false);
    });
  });

  it('takes nothing over that it has to judge by an old comparison', async () => {
    const { own, clock, rounds } = machine();
    expect(clock.mayTakeOver()).toBe(false);
    await clock.adjust();
    own.advance(4 * ADJUST_MS);
    expect(clock.mayTakeOver()).toBe(false);
    await rounds(1);
    expect(clock.mayTakeOver()).toBe(true);
  });
});

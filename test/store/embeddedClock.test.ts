import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createEmbeddedClock } from '../../src/store/embeddedClock.ts';
import { openStore } from '../../src/store/open.ts';
import { ADJUST_MS } from '../../src/store/sharedClock.ts';
import type { Store } from '../../src/store/store.ts';
import { ManualClock } from '../support/clock.ts';
import { type TemporaryDatabase, temporaryDatabase } from '../support/database.ts';
import { captureLogs } from '../support/logs.ts';
import { MINUTE, NOW, SECOND } from './samples.ts';

const HOUR = 60 * MINUTE;

describe('the clock of an embedded database', () => {
  let database: TemporaryDatabase;
  let store: Store;
  let machine: ManualClock;
  let logs: ReturnType<typeof captureLogs>;
  beforeEach(async () => {
    logs = captureLogs();
    database = await temporaryDatabase('sqlite');
    store = await openStore(database.url, logs.logger);
    machine = new ManualClock(NOW);
  });
  afterEach(async () => {
    await store.close();
    await database.drop();
  });

  const started = async (clock = machine) => {
    const made = createEmbeddedClock(clock, store.clockAnchor, logs.logger);
    await made.adjust();
    return made;
  };
  const rounds = async (clock: Awaited<ReturnType<typeof started>>, count: number) => {
    for (let round = 0; round < count; round += 1) {
      machine.advance(ADJUST_MS);
      await clock.adjust();
    }
  };

  it('is the wall clock', async () => {
    const clock = await started();
    await rounds(clock, 3);
    expect(clock.now()).toBe(machine.now());
    expect(clock.mayTakeOver()).toBe(true);
  });

  it.each([-10 * MINUTE, -20 * SECOND, 20 * SECOND, 10 * MINUTE])('does not step with it by %i ms', async (step) => {
    const clock = await started();
    machine.step(step);
    expect(clock.now()).toBe(NOW);
    await clock.adjust();
    await rounds(clock, 1);
    // Two minutes stay two minutes, but for a tenth.
    expect(Math.abs(clock.now() - NOW - ADJUST_MS)).toBeLessThanOrEqual(ADJUST_MS / 10);
    await rounds(clock, (Math.abs(step) * 10) / ADJUST_MS);
    expect(clock.now()).toBe(machine.now());
    expect(logs.lines()).toHaveLength(1);
  });

  it('follows the wall clock at once when it has no idea of the time', async () => {
    const clock = await started();
    machine.step(8 * HOUR);
    await clock.adjust();
    expect(clock.now()).toBe(machine.now());
  });

  it('is continued by the next process, whatever the wall clock was set to in between', async () => {
    const first = await started();
    await rounds(first, 2);
    machine.step(10 * MINUTE);
    machine.advance(3 * SECOND);
    const next = await started();
    expect(next.now()).toBe(NOW + 2 * ADJUST_MS + 3 * SECOND);
  });

  it('begins anew when the machine did', async () => {
    await rounds(await started(), 2);
    const anew = new ManualClock(NOW + HOUR);
    // Its own clock began with it.
    const earlier = { ...bound(anew), elapsed: () => anew.elapsed() - machine.elapsed() - 1 };
    const clock = createEmbeddedClock(earlier, store.clockAnchor, logs.logger);
    await clock.adjust();
    expect(clock.now()).toBe(NOW + HOUR);
  });
});

const bound = (clock: ManualClock) => ({
  now: () => clock.now(),
  sleep: (ms: number, signal?: AbortSignal) => clock.sleep(ms, signal),
});

import { describe, expect, it } from '@jest/globals';
import { systemClock } from '../../src/lib/clock.ts';
import { createSharedClock } from '../../src/store/sharedClock.ts';
import { ManualClock } from '../support/clock.ts';
import { onEveryDatabase } from '../support/database.ts';
import { captureLogs } from '../support/logs.ts';
import { MINUTE, NOW } from './samples.ts';

const ahead = (ms: number) => ({ ...systemClock, now: () => systemClock.now() + ms });

describe('a shared clock', () => {
  onEveryDatabase((open, kind) => {
    it('goes with the server of the database, however far off this machine is', async () => {
      const { store } = await open();
      for (const minutes of [-60, 5]) {
        const own = ahead(minutes * MINUTE);
        const clock = createSharedClock(own, store, captureLogs().logger);
        await clock.adjust();
        const difference = Math.abs(clock.now() - (kind === 'postgres' ? systemClock : own).now());
        expect(difference).toBeLessThan(1_000);
      }
    });
  });

  const compared = async (server: number | undefined, answerAfter = 0) => {
    const own = new ManualClock(NOW);
    const logs = captureLogs();
    const store = {
      now: async () => {
        own.advance(answerAfter);
        return server;
      },
    };
    const clock = createSharedClock(own, store, logs.logger);
    await clock.adjust();
    await clock.adjust();
    return { off: clock.now() - own.now(), warnings: logs.lines().length };
  };

  it.each([
    ['warns once of another time, and uses it', NOW + 5 * MINUTE, 0, { off: 5 * MINUTE, warnings: 1 }],
    ['does not take the way of a question for another time', NOW + 400, 0, { off: 0, warnings: 0 }],
    ['does not believe an answer that took long', NOW + 5 * MINUTE, 501, { off: 0, warnings: 0 }],
    ['stays with its own where there is no server', undefined, 0, { off: 0, warnings: 0 }],
  ])('%s', async (_, server, answerAfter, expected) => {
    expect(await compared(server, answerAfter)).toEqual(expected);
  });
});

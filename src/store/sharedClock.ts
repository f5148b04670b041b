import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import type { Store } from './store.ts';

/** Less than this may be the way to the server and back, in milliseconds. */
const TOLERATED_MS = 500;

/** A clock that goes with that of the database server, so that replicas agree on who is silent and what has run out. */
export interface SharedClock extends Clock {
  /** Compares again. Rejects when the database does not answer. */
  adjust(): Promise<void>;
}

/** With a database that has no clock of its own it stays with `clock`. */
export function createSharedClock(clock: Clock, store: Pick<Store, 'now'>, logger: Logger): SharedClock {
  let offset = 0;
  return {
    now: () => clock.now() + offset,
    elapsed: () => clock.elapsed(),
    sleep: (ms, signal) => clock.sleep(ms, signal),
    async adjust() {
      const asked = clock.now();
      const there = await store.now();
      const answered = clock.now();
      if (there === undefined || answered - asked > TOLERATED_MS) return;
      const ahead = Math.round(there - (asked + answered) / 2);
      const differs = Math.abs(ahead) > TOLERATED_MS;
      if (differs && offset === 0)
        logger.warn({ aheadMs: ahead }, 'the database server has another time, which is used');
      offset = differs ? ahead : 0;
    },
  };
}

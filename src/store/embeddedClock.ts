import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import type { ClockAnchorRepository } from './clockAnchor.ts';
import type { SharedClock } from './sharedClock.ts';

/** Up to this a difference to the wall clock is made up for little by little, in milliseconds. */
const SLEWED_MS = 30 * 60_000;
/** How much faster or slower this clock goes meanwhile. */
const SLEW = 0.1;
/** A difference of this is nothing but drift. */
const DRIFT_MS = 250;
/** What the next process goes by is stored anew when it is off by this. */
const STORED_MS = 50;

/**
 * The clock of a database without a server, which belongs to one process at a time: the wall clock of the machine, but
 * without its steps. Leases, and the times for which a doubtful write keeps others from a skill, are a matter of minutes:
 * while the wall clock is set by up to half an hour, this one goes a tenth faster or slower until they agree. A larger
 * difference is followed at once: the machine was suspended, or had no idea of the time.
 *
 * The next process on the same machine continues it, also when the wall clock was set while no process ran. After the
 * machine was started anew, its own clock begins anew as well, and the wall clock counts.
 */
export function createEmbeddedClock(clock: Clock, anchors: ClockAnchorRepository, logger: Logger): SharedClock {
  let offset = clock.now() - clock.elapsed();
  let stored: number | undefined;
  let adjustedAt: number | undefined;
  let isSlewing = false;

  const begin = async (): Promise<void> => {
    const anchor = await anchors.get();
    if (!anchor || anchor.elapsed_ms > clock.elapsed()) return;
    stored = anchor.time_ms - anchor.elapsed_ms;
    offset = stored;
  };

  const follow = (passedMs: number): void => {
    const off = clock.now() - clock.elapsed() - offset;
    if (Math.abs(off) > SLEWED_MS) {
      logger.warn({ stepMs: Math.round(off) }, 'the time of this machine has stepped far, and is followed');
      offset += off;
      return;
    }
    const most = SLEW * passedMs;
    if (!isSlewing && Math.abs(off) > DRIFT_MS) {
      logger.warn(
        { stepMs: Math.round(off) },
        'the time of this machine has stepped, and is followed little by little',
      );
    }
    isSlewing = Math.abs(off) > DRIFT_MS;
    offset += Math.max(-most, Math.min(most, off));
  };

  return {
    now: () => Math.round(offset + clock.elapsed()),
    elapsed: () => clock.elapsed(),
    sleep: (ms, signal) => clock.sleep(ms, signal),
    mayTakeOver: () => true,
    async adjust() {
      if (adjustedAt === undefined) await begin();
      const at = clock.elapsed();
      follow(at - (adjustedAt ?? at));
      adjustedAt = at;
      if (stored !== undefined && Math.abs(stored - offset) < STORED_MS) return;
      await anchors.set({ time_ms: Math.round(offset + at), elapsed_ms: Math.round(at) });
      stored = offset;
    },
  };
}

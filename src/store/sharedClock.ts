import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import type { Store } from './store.ts';

/** How often {@link SharedClock.adjust} is to be called, in milliseconds. */
export const ADJUST_MS = 5_000;

/**
 * How far the clocks of two replicas may be apart, in milliseconds. Whoever has to be over with something before another
 * one may begin adds it.
 */
export const APART_MS = 1_000;

/** A difference up to this is drift, and followed at once. A larger one is a step. */
const DRIFT_MS = 250;
/** A step is followed in the first round after so long: every replica has seen it by then. */
const CONFIRM_MS = 1.5 * ADJUST_MS;
/**
 * After a step was seen nothing is taken over for so long. Another replica sees it one round later at most, follows it two
 * rounds after that, and then needs up to 4 s to renew its leases; the rest is for a database that is slow.
 */
const NO_TAKEOVER_MS = 6 * ADJUST_MS;
/** Nothing is taken over by a clock that was not compared for so long: it may have missed a step. */
const STALE_MS = 3 * ADJUST_MS;

/** An answer of the server that took no longer than this is exact enough; a slower one is followed by further questions. */
const QUICK_MS = 50;
/** How many questions there are in one comparison. */
const QUESTIONS = 3;
/** The first comparison goes on asking until an answer took no longer than this. */
const FIRST_MS = 500;
const FIRST_QUESTIONS = 10;
const FIRST_PAUSE_MS = 100;

/**
 * A clock by which all replicas on one database server agree on who is silent and what has run out.
 *
 * It runs on the monotonic clock of the process, plus an offset measured against the clock of the database server. The
 * wall clock of this machine has no say: it may step as it likes. A server that is slow to answer makes the measurement
 * less exact, by half of the time it took, and never wrong: as long as the offset in use may be right, it stays.
 *
 * The clock of the server itself may step, with a failover to another machine, and to a process whose machine was
 * suspended it looks as if it had. The replicas notice at different moments, up to {@link ADJUST_MS} apart, so that for a
 * while their clocks disagree, and a live lease of one would look expired to another. Therefore a step is followed only
 * when every replica has noticed it, and from noticing it until everybody has followed it and has renewed its leases,
 * {@link mayTakeOver} is false. The price is that the work of a process that dies just then is taken up half a minute
 * later, and that a time limit which runs over the step (a preview, a login) is off by as much as the step. What remains is
 * a replica that starts within some 15 s after a step: it knows nothing of the time before.
 */
export interface SharedClock extends Clock {
  /** Compares again; to be called every {@link ADJUST_MS}. Rejects when the database does not answer. */
  adjust(): Promise<void>;
  /** Whether a lease that looks expired is to be believed. */
  mayTakeOver(): boolean;
}

/** The result of a comparison: the offset lies between these two. In milliseconds. */
interface Measured {
  least: number;
  most: number;
}

/** `clock` is that of the machine. Before the first {@link SharedClock.adjust} it shows the time of the machine. */
export function createSharedClock(clock: Clock, store: Pick<Store, 'now'>, logger: Logger): SharedClock {
  let offset = clock.now() - clock.elapsed();
  let comparedAt: number | undefined;
  /** A step that was seen and is not followed yet. */
  let pending: { seenAt: number; off: number } | undefined;
  let noTakeoverUntil = Number.NEGATIVE_INFINITY;

  const step = (off: number): void => {
    const seenAt = clock.elapsed();
    if (!pending || Math.abs(pending.off - off) > DRIFT_MS) {
      pending = { seenAt, off };
      noTakeoverUntil = seenAt + NO_TAKEOVER_MS;
      logger.warn(
        { stepMs: Math.round(off) },
        'the time of the database has stepped, nothing is taken over for a while',
      );
    } else if (seenAt - pending.seenAt >= CONFIRM_MS) {
      pending = undefined;
      offset += off;
      logger.warn({ stepMs: Math.round(off) }, 'the step of the time is followed');
    }
  };

  return {
    now: () => Math.round(offset + clock.elapsed()),
    elapsed: () => clock.elapsed(),
    sleep: (ms, signal) => clock.sleep(ms, signal),
    mayTakeOver: () =>
      comparedAt !== undefined && clock.elapsed() - comparedAt <= STALE_MS && clock.elapsed() >= noTakeoverUntil,
    async adjust() {
      const isFirst = comparedAt === undefined;
      const askedAt = clock.elapsed();
      const measured = await (isFirst ? measureFirst(clock, store, logger) : measure(clock, store, QUESTIONS));
      comparedAt = askedAt;
      if (isFirst) {
        offset = (measured.least + measured.most) / 2;
        return;
      }
      const off = distance(offset, measured);
      if (Math.abs(off) > DRIFT_MS) return step(off);
      pending = undefined;
      offset += off;
    },
  };
}

/** How far an offset is from what was measured; 0 when it may be right. */
function distance(offset: number, { least, most }: Measured): number {
  if (offset < least) return least - offset;
  return offset > most ? most - offset : 0;
}

/** The best of several questions. */
async function measure(clock: Clock, store: Pick<Store, 'now'>, questions: number): Promise<Measured> {
  let best = await ask(clock, store);
  for (let asked = 1; asked < questions && widthOf(best) > QUICK_MS; asked += 1) {
    const measured = await ask(clock, store);
    if (widthOf(measured) < widthOf(best)) best = measured;
  }
  return best;
}

/** Nothing is known before, and the first question may have had to wait for a connection. */
async function measureFirst(clock: Clock, store: Pick<Store, 'now'>, logger: Logger): Promise<Measured> {
  let best = await measure(clock, store, QUESTIONS);
  for (let asked = QUESTIONS; asked < FIRST_QUESTIONS && widthOf(best) > FIRST_MS; asked += 1) {
    await clock.sleep(FIRST_PAUSE_MS);
    const measured = await ask(clock, store);
    if (widthOf(measured) < widthOf(best)) best = measured;
  }
  const inexactMs = Math.round(widthOf(best) / 2);
  if (widthOf(best) > FIRST_MS) logger.warn({ inexactMs }, 'the database is slow: its time is not known well');
  return best;
}

const widthOf = ({ least, most }: Measured): number => most - least;

/** Clocks are read to the millisecond, and not both at the same moment. */
const READING_MS = 2;

/** Whatever the way there and back took, the server read its clock in between. */
async function ask(clock: Clock, store: Pick<Store, 'now'>): Promise<Measured> {
  const asked = clock.elapsed();
  const there = await store.now();
  const answered = clock.elapsed();
  if (there === undefined) throw new TypeError('this database has no clock of its own');
  return { least: there - answered - READING_MS, most: there - asked + READING_MS };
}

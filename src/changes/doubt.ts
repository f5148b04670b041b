import type { Change, Failure, Outcome } from '../store/change.ts';

/** A write may have an effect that has not been seen: the change is to be looked at again later. */
export class EffectUnknown extends Error {
  readonly code = 'effect_unknown';
  /** Why nothing more is sent; undefined while it may be. */
  readonly failure: Failure | undefined;

  constructor(cause: unknown, failure?: Failure) {
    super('the state of the skill after the write is not known yet', { cause });
    this.name = 'EffectUnknown';
    this.failure = failure;
  }
}

/** Another process took this change over; whatever this one knows of it is out of date. */
export class Superseded extends Error {
  readonly code = 'superseded';

  constructor() {
    super('another process has taken over this change');
    this.name = 'Superseded';
  }
}

/** How long a write that may still take effect keeps others from what it writes, from when it was sent. */
export const HOLD_MS = 120_000;

/**
 * How long it does so when the same write was sent again and has had its effect: what the first one may still do is done
 * already, but must not come over somebody else's change.
 */
export const ECHO_MS = 45_000;

/** When looking for an effect is given up. */
const GIVE_UP_MS = 24 * 3_600_000;

const SHORTEST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 3_600_000;

/**
 * What is known of the writes of one change while it is written: how many may still have an effect that nobody has seen,
 * and what is stored about them.
 */
export interface Doubt {
  count: number;
  /** As it was stored with the last write. */
  attempted: Outcome;
}

/** What an earlier process, or an earlier look, has left of a change. One that says nothing more sent one write. */
export const doubtOf = ({ attempted, outcome = {} }: Change): Doubt => ({
  count: attempted ? (outcome.in_doubt ?? 1) : 0,
  attempted: outcome,
});

/** When a write was last sent; a change of an older version counts as sent when it was planned. */
export const lastSentAt = ({ created_at }: Change, { attempted }: Doubt): number => attempted.sent_at ?? created_at;

/** What is to be done about a change whose effect is not known: the pauses grow with the time that has passed. */
export function nextLook(
  now: number,
  sentAt: number,
): { kind: 'look'; at: number; offersRetry: boolean } | { kind: 'give-up' } {
  const passed = now - sentAt;
  if (passed >= GIVE_UP_MS) return { kind: 'give-up' };
  const pause = Math.min(LONGEST_PAUSE_MS, Math.max(SHORTEST_PAUSE_MS, Math.ceil(passed / 2)));
  // The look at the end of the time in which nobody else writes is the one after which the person is asked.
  const untilFree = HOLD_MS - passed;
  const at = now + (untilFree > 0 ? Math.min(pause, untilFree) : pause);
  return { kind: 'look', at, offersRetry: untilFree <= 0 };
}

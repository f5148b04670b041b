import type { Change, Failure, Outcome } from '../domain/change.ts';
import { DAY_MS, HOUR_MS } from '../lib/durations.ts';

/** A write may have an effect that has not been seen: the change is to be looked at again later. */
export class EffectUnknownError extends Error {
  readonly code = 'effect_unknown';
  /** Why nothing more is sent; undefined while it may be. */
  readonly failure: Failure | undefined;

  constructor(cause: unknown, failure?: Failure) {
    super('the state of the skill after the write is not known yet', { cause });
    this.name = 'EffectUnknownError';
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

/** After a repeated write has taken effect, its first copy may still arrive: the skill stays leased for so long. */
export const ECHO_MS = 45_000;

/** When looking for an effect is given up. */
const GIVE_UP_MS = DAY_MS;

const SHORTEST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = HOUR_MS;

/**
 * How many writes of one change may still have an effect that nobody has seen, and what is stored about them. It belongs to
 * whoever writes the change; nobody else counts.
 */
export interface Doubt {
  readonly count: number;
  /** When a write was last sent; what an older version has sent counts from when it is first looked at. */
  readonly sentAt: number;
  /** Feishu said that it was done, and no read has shown it yet. */
  readonly isAnswered: boolean;
  /** Whether anything may have been written. */
  readonly isOpen: boolean;
  /** What is to be stored before a write goes out, which may have an effect from then on. */
  aboutToSend(write: Pick<Outcome, 'before' | 'whole'>, sentAt: number): Outcome;
  /** The write that went out last may have been processed. */
  mayHaveEffect(): void;
  /** Feishu has answered that it was done: it is not sent again, whatever a read shows. */
  wasAnswered(): void;
  /** The effect of one of them was found. */
  effectSeen(): void;
  /** The skill that a create has made is known by now. */
  created(made: Pick<Outcome, 'createdId' | 'logId'>): void;
  /** What is known of them, to be stored. */
  known(): Outcome;
}

/** Continues what an earlier process, or an earlier look, has left of a change; a row without a count is one write. */
export function createDoubt({ attempted, outcome = {} }: Change, now: number): Doubt {
  const { inDoubt = 1, unknown, ...rest } = outcome;
  const logId = rest.logId ?? unknown?.failure?.logId;
  let count = attempted ? inDoubt : 0;
  let stored: Outcome = attempted ? { sentAt: now, ...rest, ...(logId !== undefined && { logId }) } : rest;
  return {
    get count() {
      return count;
    },
    get sentAt() {
      return stored.sentAt ?? now;
    },
    get isAnswered() {
      return stored.answered === true;
    },
    get isOpen() {
      return count > 0 || stored.answered === true;
    },
    aboutToSend(write, sentAt) {
      stored = { ...stored, ...write, sentAt };
      return { ...stored, inDoubt: count + 1 };
    },
    mayHaveEffect() {
      count += 1;
    },
    wasAnswered() {
      stored = { ...stored, answered: true };
    },
    effectSeen() {
      count = Math.max(0, count - 1);
    },
    created(made) {
      stored = { ...stored, ...made };
    },
    known: () => ({ ...stored, inDoubt: count }),
  };
}

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

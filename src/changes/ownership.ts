import type { ChangeId } from '../domain/ids.ts';
import type { Clock } from '../lib/clock.ts';
import { APART_MS } from '../store/sharedClock.ts';

/** How long a silent process keeps what it holds. */
export const LEASE_MS = 15_000;

/**
 * The changes that this process writes, each with the time until which no other process takes it over. Judged by a clock
 * that cannot step: whatever happens to the time of day, or however long this process stood still, it knows when it is
 * no longer sure of a change.
 */
export interface Ownership {
  /**
   * From now on the change is this process's. `askedAt`, by `clock.elapsed()`, is when the database was asked for the
   * lease: it grants it from then on, or later. False when that is so long ago that the change may be another process's
   * by now, or when this process is at it already: it is then left alone.
   */
  take(id: ChangeId, askedAt: number): boolean;
  /** The database has prolonged the leases of these, and of no other one that was asked for. */
  prolong(ids: readonly ChangeId[], askedAt: number): void;
  /** Whether a write of this change may go out now. */
  holds(id: ChangeId): boolean;
  release(id: ChangeId): void;
  /** Every change that this process is at, whether it is still sure of it or not. */
  ids(): ChangeId[];
}

export function createOwnership(clock: Pick<Clock, 'elapsed'>): Ownership {
  /** Until when a write may go out. */
  const heldUntil = new Map<ChangeId, number>();
  const untilFrom = (askedAt: number): number => askedAt + LEASE_MS - APART_MS;
  return {
    take(id, askedAt) {
      if (heldUntil.has(id) || clock.elapsed() >= untilFrom(askedAt)) return false;
      heldUntil.set(id, untilFrom(askedAt));
      return true;
    },
    prolong(ids, askedAt) {
      for (const id of ids) if (heldUntil.has(id)) heldUntil.set(id, untilFrom(askedAt));
    },
    holds: (id) => clock.elapsed() < (heldUntil.get(id) ?? Number.NEGATIVE_INFINITY),
    release: (id) => void heldUntil.delete(id),
    ids: () => [...heldUntil.keys()],
  };
}

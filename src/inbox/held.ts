import { inBatches } from '../lib/batches.ts';
import type { Trace } from '../lib/trace.ts';
import { MAX_BATCH } from './arrivals.ts';
import type { Attempted, DeliveryParts } from './attempt.ts';
import type { Endings } from './endings.ts';
import type { Turn, Turns } from './turns.ts';

/** What this process works on, or has in line. */
export interface Held {
  has(requestKey: string): boolean;
  keys(): Iterable<string>;
  /** Work that is under way, whoever does it. */
  hold(requestKey: string, work: Promise<void>): void;
  /**
   * Works on something for which capacity is reserved. While it is stored how that ended, others have their turn: what
   * ends in one moment is stored together.
   */
  holdInTurn(turn: Turn & { requestKey: string }, work: () => Promise<Attempted>): void;
  /** Resolves when everything is over that is held now. Never rejects. */
  over(): Promise<unknown>;
}

export interface HeldParts extends DeliveryParts {
  trace: Trace;
  turns: Turns;
  endings: Endings;
  /** While the process stops nothing begins any more: what has its turn then is given back. */
  isStopping: () => boolean;
  /** Called when there is capacity again for what had to stay in the database. */
  hasCapacity: () => void;
}

export function createHeld(parts: HeldParts): Held {
  const { clock, trace, turns, endings, isStopping } = parts;
  const held = new Map<string, Promise<void>>();
  const handBack = handingBack(parts);

  const inTurn = async (turn: Turn & { requestKey: string }, work: () => Promise<Attempted>): Promise<void> => {
    const { requestKey, chatId } = turn;
    let attempted: Attempted | undefined;
    const worked = async (): Promise<void> => {
      attempted = await trace.within({ delivery: requestKey }, work);
      if (attempted.hadItsEffect) turns.wentWell(turn);
    };
    const wasItsTurn = !isStopping() && (await turns.run(turn, worked));
    await attempted?.stored;
    if (wasItsTurn) return;
    const item = { requestKey, dueAt: turns.restsUntil(chatId) ?? clock.now() };
    await endings.store(requestKey, () => handBack(item));
  };
  const hold = (requestKey: string, work: Promise<void>): void => {
    held.set(
      requestKey,
      work.finally(() => void held.delete(requestKey)),
    );
  };

  return {
    has: (requestKey) => held.has(requestKey),
    keys: () => held.keys(),
    hold,
    holdInTurn(turn, work) {
      hold(
        turn.requestKey,
        inTurn(turn, work).finally(() => {
          if (turns.release(turn)) parts.hasCapacity();
        }),
      );
    },
    over: () => Promise.all(held.values()),
  };
}

interface HandedBack {
  requestKey: string;
  dueAt: number;
}

const handingBack = ({ store, worker, isStopping }: HeldParts) =>
  inBatches(async (items: readonly HandedBack[]) => {
    for (const [dueAt, keys] of byDueAt(items)) {
      await store.inbox.handBack(keys, worker, { dueAt, isCleanStop: isStopping() });
    }
    return () => undefined;
  }, MAX_BATCH);

function byDueAt(items: readonly HandedBack[]): Map<number, string[]> {
  const keys = new Map<number, string[]>();
  for (const { requestKey, dueAt } of items) keys.set(dueAt, [...(keys.get(dueAt) ?? []), requestKey]);
  return keys;
}

import { setImmediate as nextTurn } from 'node:timers/promises';
import { inBatches } from '../lib/batches.ts';
import { type Loop, startLoop } from '../lib/loop.ts';
import { reasonOf } from '../lib/reason.ts';
import type { Trace } from '../lib/trace.ts';
import type { DueRow, InboxItem } from '../store/inbox.ts';
import { createArrivals, MAX_BATCH } from './arrivals.ts';
import {
  type Attempted,
  type AttemptParts,
  again,
  attempt,
  type DeliveryParts,
  type Effects,
  handled,
  type Item,
  itemOf,
} from './attempt.ts';
import { createEndings, type Ending } from './endings.ts';
import { MAX_LOST, setAside } from './setAside.ts';
import type { Keyed } from './toDelivery.ts';
import { createTurns, partiesOf, type Turn } from './turns.ts';

/** How long a silent worker keeps its rows; a restart has to take them up within 10 s. */
const LEASE_MS = 7_000;
const HEARTBEAT_MS = 2_000;
const POLL_MS = 1_000;
/** How often one look for work goes on behind the rows of chats that have enough of it. */
const MAX_LOOKS = 16;

export interface InboxParts extends DeliveryParts, Effects {
  trace: Trace;
}

/** A delivery that is worked on outside the inbox, because somebody waits for its answer. */
export interface LiveDelivery {
  finish(): Promise<void>;
  /** To be called before anything is promised: from then on not even a crash of the machine loses it. Never rejects. */
  secure(): Promise<void>;
  /** Leaves it to the inbox to try again. */
  retry(error: unknown): Promise<void>;
}

/**
 * Takes deliveries in, each once, and sees to it that each has its effect: here, after a restart, or elsewhere. What
 * waits, for its turn or for a rate limit, waits in the database; here is only what is worked on, and a little more.
 */
export interface Inbox {
  /** Stores a delivery; resolves when it is safe. Its effect follows by itself. */
  accept(keyed: Keyed): Promise<void>;
  /** Stores a delivery whose effect the caller brings about; undefined when it is known already. */
  acceptLive(keyed: Keyed): Promise<LiveDelivery | undefined>;
  /** Looks for work at once. */
  wake(): void;
  start(): void;
  /**
   * Takes up nothing more and gives back what has not begun. Finishes what is under way; what takes longer than
   * `withinMs` is given back as well, and the process has to end. None of this counts against a delivery.
   */
  stop(withinMs?: number): Promise<void>;
}

export function createInbox(parts: InboxParts): Inbox {
  const { store, clock, logger, metrics, trace, worker } = parts;
  const endings = createEndings(logger);
  const arrivals = createArrivals({ ...parts, leaseMs: LEASE_MS });
  const turns = createTurns(clock);
  /** What this process works on, or has in line. */
  const held = new Map<string, Promise<void>>();
  let isStopping = false;
  let loops: Loop[] = [];

  const finish = inBatches(async (keys: readonly string[]) => {
    await store.inbox.finish(keys, worker, clock.now());
    return () => undefined;
  }, MAX_BATCH);
  const handBack = inBatches(async (items: readonly { key: string; dueAt: number }[]) => {
    for (const [dueAt, keys] of byDueAt(items)) {
      await store.inbox.handBack(keys, worker, { dueAt, isCleanStop: isStopping });
    }
    return () => undefined;
  }, MAX_BATCH);

  const limited = async ({ chat_id }: Turn, until: number): Promise<void> => {
    if (!chat_id || !turns.rest(chat_id, until)) return;
    await store.inbox.postpone(chat_id, until).catch((error: unknown) => {
      // Here the chat rests all the same.
      logger.warn({ reason: reasonOf(error) }, 'deliveries could not be postponed');
    });
  };
  const attemptParts: AttemptParts = { ...parts, endings, finish, limited };

  const hold = (key: string, work: Promise<void>): void => {
    held.set(
      key,
      work.finally(() => void held.delete(key)),
    );
  };
  /**
   * Works on something for which room is reserved. While it is stored how that ended, others have their turn: what ends
   * in one moment is stored together.
   */
  const holdInTurn = (turn: Turn & { key: string }, work: () => Promise<Attempted>): void => {
    const { key, chat_id } = turn;
    const inTurn = async (): Promise<void> => {
      let attempted: Attempted | undefined;
      const worked = async (): Promise<void> => {
        attempted = await trace.within({ delivery: key }, work);
        if (attempted.hadItsEffect) turns.wentWell(turn);
      };
      const wasItsTurn = !isStopping && (await turns.run(turn, worked));
      await attempted?.stored;
      if (wasItsTurn) return;
      const item = { key, dueAt: turns.restsUntil(chat_id) ?? clock.now() };
      await endings.store(key, () => handBack(item));
    };
    hold(
      key,
      inTurn().finally(() => {
        if (turns.release(turn)) inbox.wake();
      }),
    );
  };

  const run = (item: Item): void => holdInTurn(item, () => attempt(attemptParts, item));

  const takeUp = (row: InboxItem): void => {
    if (row.lost >= MAX_LOST) {
      holdInTurn(row, async () => ({ hadItsEffect: false, stored: setAside(attemptParts, row) }));
    } else run(itemOf(row));
  };

  /** Takes up to `limit` rows; gives how many were found. */
  const claim = async (limit: number): Promise<number> => {
    const reserved = new Map<string, DueRow>();
    let found = 0;
    const choose = (rows: readonly DueRow[]): readonly DueRow[] => {
      found = rows.length;
      for (const row of rows) {
        // A lease that ran out while the process or the database was stuck: the work is still under way here.
        if (!held.has(row.key) && turns.reserve(row)) reserved.set(row.key, row);
      }
      return [...reserved.values()];
    };
    const now = clock.now();
    try {
      const rows = await store.inbox.claim({
        worker,
        now,
        leaseUntil: now + LEASE_MS,
        limit,
        except: turns.unwanted(),
        choose,
      });
      for (const row of rows) {
        // With the counts by which room was reserved.
        takeUp({ ...row, lost: reserved.get(row.key)?.lost ?? row.lost });
        reserved.delete(row.key);
      }
    } finally {
      for (const row of reserved.values()) turns.release(row);
    }
    return found;
  };

  const poll = async (): Promise<void> => {
    await endings.again();
    for (let look = 0; look < MAX_LOOKS; look += 1) {
      const limit = turns.free();
      const found = limit > 0 ? await claim(limit) : 0;
      const isAllTaken = limit > 0 && found < limit;
      turns.looked(isAllTaken);
      if (isAllTaken || limit <= 0) return;
    }
  };

  const live = ({ key, delivery }: Keyed): LiveDelivery => {
    const startedAt = clock.elapsed();
    let release = (): void => undefined;
    hold(
      key,
      new Promise((resolve) => {
        release = resolve;
      }),
    );
    const end = (ending: Ending): Promise<void> => endings.store(key, ending).then(release);
    return {
      async finish() {
        await end(() => finish(key));
        handled(parts, delivery, startedAt);
      },
      secure: () =>
        store.inbox.renew([key], worker, clock.now() + LEASE_MS).catch((error: unknown) => {
          logger.error({ delivery: key, reason: reasonOf(error) }, 'a delivery could not be secured');
        }),
      async retry(error) {
        metrics.handled(delivery.kind, 'retried');
        await again(attemptParts, { key, attempts: 1, ...partiesOf(delivery) }, error);
        release();
      },
    };
  };

  const ownKeys = (): string[] => [...held.keys(), ...endings.kept()];
  const renew = (): Promise<void> => store.inbox.renew(ownKeys(), worker, clock.now() + LEASE_MS);
  const handBackAll = (): Promise<void> =>
    store.inbox
      .handBack(ownKeys(), worker, { dueAt: clock.now(), isCleanStop: true })
      .catch((error: unknown) => logger.warn({ reason: reasonOf(error) }, 'deliveries could not be given back'));

  const inbox: Inbox = {
    async accept(keyed) {
      const turn = partiesOf(keyed.delivery);
      const dueAt = turns.restsUntil(turn.chat_id);
      const isHeld = !isStopping && dueAt === undefined && turns.reserve(turn);
      let isOurs = false;
      try {
        const isNew = await arrivals.add(keyed, { held: isHeld, dueAt, isAwaited: false });
        isOurs = isHeld && isNew;
      } finally {
        if (isHeld && !isOurs) turns.release(turn);
      }
      if (isOurs) run({ ...keyed, ...turn, attempts: 1, lost: 0, received_at: clock.now() });
    },
    async acceptLive(keyed) {
      return (await arrivals.add(keyed, { held: true, isAwaited: true })) ? live(keyed) : undefined;
    },
    wake() {
      for (const loop of loops) loop.wake();
    },
    start() {
      loops = [startLoop(parts, 'inbox', POLL_MS, poll), startLoop(parts, 'inbox heartbeat', HEARTBEAT_MS, renew)];
    },
    async stop(withinMs) {
      const [polling, heartbeat] = loops;
      isStopping = true;
      const isOver = new AbortController();
      const time = withinMs === undefined ? [] : [clock.sleep(withinMs, isOver.signal)];
      await polling?.stop();
      await arrivals.stored();
      // Whoever stored them takes them up, or gives them back, in this turn.
      await nextTurn();
      turns.withdrawAll();
      await Promise.race([Promise.all(held.values()), ...time]);
      isOver.abort();
      await endings.again();
      await heartbeat?.stop();
      await handBackAll();
    },
  };
  return inbox;
}

function byDueAt(items: readonly { key: string; dueAt: number }[]): Map<number, string[]> {
  const keys = new Map<number, string[]>();
  for (const { key, dueAt } of items) keys.set(dueAt, [...(keys.get(dueAt) ?? []), key]);
  return keys;
}

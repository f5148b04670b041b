import { inBatches } from '../lib/batches.ts';
import { createLine } from '../lib/line.ts';
import { type Loop, startLoop } from '../lib/loop.ts';
import { reasonOf } from '../lib/reason.ts';
import type { Trace } from '../lib/trace.ts';
import type { NewItem } from '../store/inbox.ts';
import { type AttemptParts, attempt, handled, type Item, itemOf, pauseAfter } from './attempt.ts';
import { createEndings, type Ending } from './endings.ts';
import type { Keyed } from './toDelivery.ts';

/** How long a silent worker keeps its rows; a restart has to take them up within 10 s. */
const LEASE_MS = 7_000;
const HEARTBEAT_MS = 2_000;
const POLL_MS = 1_000;
/** How many deliveries one process works on at once; clicks, for whose answer somebody waits, come on top. */
const MAX_AT_ONCE = 32;
/** How many it keeps for itself in all. What comes beyond that waits in the database, for whoever has room. */
const MAX_HELD = 512;
/** How many rows one statement writes. */
const MAX_BATCH = 128;

export interface InboxParts extends Omit<AttemptParts, 'endings' | 'finish'> {
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

/** Takes deliveries in, each once, and sees to it that each has its effect: here, after a restart, or elsewhere. */
export interface Inbox {
  /** Stores a delivery; resolves when it is safe. Its effect follows by itself. */
  accept(keyed: Keyed): Promise<void>;
  /** Stores a delivery whose effect the caller brings about; undefined when it is known already. */
  acceptLive(keyed: Keyed): Promise<LiveDelivery | undefined>;
  /** Looks for work at once. */
  wake(): void;
  start(): void;
  /** Finishes what is under way; takes up nothing more. */
  stop(): Promise<void>;
}

export function createInbox(parts: InboxParts): Inbox {
  const { store, clock, logger, metrics, trace, worker } = parts;
  const endings = createEndings(logger);
  const finish = inBatches(async (keys: readonly string[]) => {
    await store.inbox.finish(keys, worker, clock.now());
    return () => undefined;
  }, MAX_BATCH);
  /** What this process works on, or has in line. */
  const held = new Map<string, Promise<void>>();
  const line = createLine(MAX_AT_ONCE);
  const arrivals = createArrivals(parts);
  /** Whether there may be rows in the database that this process had no room for. */
  let behind = false;
  let loops: Loop[] = [];

  const hold = (key: string, work: Promise<void>): void => {
    const ended = work.finally(() => {
      held.delete(key);
      if (behind && held.size <= MAX_AT_ONCE / 2) inbox.wake();
    });
    held.set(key, ended);
  };

  const run = (item: Item): void => {
    // A lease that ran out while the process or the database was stuck: the work is still under way here.
    if (held.has(item.key)) return;
    const work = () => trace.within({ delivery: item.key }, () => attempt({ ...parts, endings, finish }, item));
    hold(item.key, line(work));
  };

  const poll = async (): Promise<void> => {
    await endings.again();
    const free = MAX_AT_ONCE - held.size;
    if (free <= 0) return;
    const now = clock.now();
    const items = await store.inbox.claim(worker, now, now + LEASE_MS, free);
    behind = items.length === free;
    for (const item of items) run(itemOf(item));
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
        await end(() => store.inbox.retry(key, worker, clock.now() + pauseAfter(1), reasonOf(error)));
      },
    };
  };

  const renew = (): Promise<void> =>
    store.inbox.renew([...held.keys(), ...endings.kept()], worker, clock.now() + LEASE_MS);

  const inbox: Inbox = {
    async accept(keyed) {
      const isHeld = held.size + arrivals.count() < MAX_HELD;
      const isNew = await arrivals.add(keyed, { isHeld, isAwaited: false });
      if (!isHeld) behind = true;
      else if (isNew) run({ ...keyed, attempts: 1, received_at: clock.now() });
    },
    async acceptLive(keyed) {
      return (await arrivals.add(keyed, { isHeld: true, isAwaited: true })) ? live(keyed) : undefined;
    },
    wake() {
      for (const loop of loops) loop.wake();
    },
    start() {
      loops = [startLoop(parts, 'inbox', POLL_MS, poll), startLoop(parts, 'inbox heartbeat', HEARTBEAT_MS, renew)];
    },
    async stop() {
      const [polling, heartbeat] = loops;
      await polling?.stop();
      await arrivals.stored();
      await Promise.all(held.values());
      await endings.again();
      await heartbeat?.stop();
    },
  };
  return inbox;
}

/**
 * The way of deliveries into the database. Those of the same moment go together, but a click, for whose answer somebody
 * waits, goes at once.
 */
function createArrivals({ store, clock, logger, metrics, worker }: InboxParts) {
  const underWay = new Set<Promise<boolean>>();
  const add = (items: readonly NewItem[], isAwaited: boolean) => {
    const now = clock.now();
    return store.inbox.add(items, { worker, now, leaseUntil: now + LEASE_MS, isAwaited });
  };
  const storeTogether = inBatches(async (items: readonly NewItem[]) => {
    const added = await add(items, false);
    // Of two copies in one batch the first one is the new one.
    return ({ key }: NewItem) => added.delete(key);
  }, MAX_BATCH);
  const storeAtOnce = async (item: NewItem) => (await add([item], true)).has(item.key);

  return {
    count: () => underWay.size,
    /**
     * Stores a delivery; false when it is known already. `isHeld`: for this process to work on; `isAwaited`: its answer is
     * waited for.
     */
    async add(
      { key, delivery }: Keyed,
      { isHeld, isAwaited }: { isHeld: boolean; isAwaited: boolean },
    ): Promise<boolean> {
      const store = isAwaited ? storeAtOnce : storeTogether;
      const storing = store({ key, delivery: JSON.stringify(delivery), held: isHeld });
      underWay.add(storing);
      try {
        const isNew = await storing;
        metrics.received(delivery.kind, isNew ? 'stored' : 'duplicate');
        logger.info({ kind: delivery.kind }, isNew ? 'delivery stored' : 'delivery known already');
        return isNew;
      } catch (error) {
        logger.warn({ kind: delivery.kind, reason: reasonOf(error) }, 'delivery not stored');
        throw error;
      } finally {
        underWay.delete(storing);
      }
    },
    /** Resolves when everything that was to be stored is, or could not be. */
    stored: () => Promise.allSettled(underWay),
  };
}

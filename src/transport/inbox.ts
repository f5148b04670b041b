import { isPassing } from '../feishu/errors.ts';
import { inBatches } from '../lib/batches.ts';
import type { Clock } from '../lib/clock.ts';
import { createLine } from '../lib/line.ts';
import type { Logger } from '../lib/logger.ts';
import { type Loop, startLoop } from '../lib/loop.ts';
import { Delivery } from '../store/delivery.ts';
import type { InboxItem, NewItem } from '../store/inbox.ts';
import type { Store } from '../store/store.ts';
import { createEndings, type Ending, type Endings } from './endings.ts';
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
/** Trouble of Feishu is waited out this long, any other trouble this often. */
const PATIENCE_MS = 60 * 60_000;
const MAX_ATTEMPTS = 5;
const LONGEST_PAUSE_MS = 60_000;

export interface InboxParts {
  store: Store;
  clock: Clock;
  logger: Logger;
  /** This process, among all replicas. */
  worker: string;
  /** Brings about the effect of a delivery; may be called again with the same key. */
  handle: (key: string, delivery: Delivery) => Promise<void>;
  /** Tells the person that their delivery came to nothing. */
  apologise: (key: string, delivery: Delivery) => Promise<void>;
}

/** A delivery that is worked on outside the inbox, because somebody waits for its answer. */
export interface LiveDelivery {
  finish(): Promise<void>;
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
  const { store, clock, logger, worker } = parts;
  const endings = createEndings(logger);
  const finish = inBatches(async (keys: readonly string[]) => {
    await store.inbox.finish(keys, worker, clock.now());
    return () => undefined;
  }, MAX_BATCH);
  const working: Working = { ...parts, endings, finish };
  /** What this process works on, or has in line. */
  const held = new Map<string, Promise<void>>();
  let loops: Loop[] = [];

  const line = createLine(MAX_AT_ONCE);
  /** What is on its way into the database. */
  const arriving = new Set<Promise<unknown>>();
  /** Whether there may be rows in the database that this process had no room for. */
  let behind = false;

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
    hold(
      item.key,
      line(() => runOnce(working, item)),
    );
  };

  const storeTogether = inBatches(async (items: readonly NewItem[]) => {
    const now = clock.now();
    const added = await store.inbox.add(items, { worker, now, leaseUntil: now + LEASE_MS });
    // Of two copies in one batch the first one is the new one.
    return ({ key }: NewItem) => added.delete(key);
  }, MAX_BATCH);

  const add = async ({ key, delivery }: Keyed, isHeld: boolean): Promise<boolean> => {
    const storing = storeTogether({ key, delivery: JSON.stringify(delivery), held: isHeld });
    arriving.add(storing);
    try {
      return await storing;
    } finally {
      arriving.delete(storing);
    }
  };

  const poll = async (): Promise<void> => {
    await endings.again();
    const free = MAX_AT_ONCE - held.size;
    if (free <= 0) return;
    const now = clock.now();
    const items = await store.inbox.claim(worker, now, now + LEASE_MS, free);
    behind = items.length === free;
    for (const { delivery, ...item } of items) run({ ...item, delivery: deliveryIn(delivery) });
  };

  const live = (key: string): LiveDelivery => {
    let release = (): void => undefined;
    hold(
      key,
      new Promise((resolve) => {
        release = resolve;
      }),
    );
    const end = (ending: Ending): Promise<void> => endings.store(key, ending).then(release);
    return {
      finish: () => end(() => working.finish(key)),
      retry: (error) => end(() => store.inbox.retry(key, worker, clock.now() + pauseAfter(1), reasonOf(error))),
    };
  };

  const renew = (): Promise<void> =>
    store.inbox.renew([...held.keys(), ...endings.kept()], worker, clock.now() + LEASE_MS);

  const inbox: Inbox = {
    async accept(keyed) {
      const isHeld = held.size + arriving.size < MAX_HELD;
      const isNew = await add(keyed, isHeld);
      if (!isHeld) behind = true;
      else if (isNew) run({ ...keyed, attempts: 1, received_at: clock.now() });
    },
    async acceptLive(keyed) {
      return (await add(keyed, true)) ? live(keyed.key) : undefined;
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
      await Promise.allSettled(arriving);
      await Promise.all(held.values());
      await endings.again();
      await heartbeat?.stop();
    },
  };
  return inbox;
}

/** What an attempt needs. */
interface Working extends InboxParts {
  endings: Endings;
  finish: (key: string) => Promise<void>;
}

/** A stored delivery; undefined when its row cannot be read. */
type Item = Omit<InboxItem, 'delivery'> & { delivery: Delivery | undefined };

const pauseAfter = (attempts: number): number => Math.min(LONGEST_PAUSE_MS, 500 * 2 ** attempts);

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : 'unknown').slice(0, 200);

async function runOnce(working: Working, item: Item): Promise<void> {
  const { store, clock, logger, worker, endings } = working;
  const { key, delivery } = item;
  if (!delivery) {
    logger.error({ delivery: key }, 'delivery given up: its row cannot be read');
    return endings.store(key, () => store.inbox.giveUp(key, worker, clock.now(), 'unreadable'));
  }
  const startedAt = clock.now();
  try {
    await working.handle(key, delivery);
  } catch (error) {
    return failed(working, item, delivery, error);
  }
  await endings.store(key, () => working.finish(key));
  logger.info({ delivery: key, kind: delivery.kind, tookMs: clock.now() - startedAt }, 'delivery handled');
}

/** Undefined for a row that another version of the bot has written, or that is damaged. */
function deliveryIn(row: string): Delivery | undefined {
  try {
    return Delivery.parse(JSON.parse(row));
  } catch {
    return undefined;
  }
}

async function failed(working: Working, item: Item, delivery: Delivery, error: unknown): Promise<void> {
  const { store, clock, logger, worker, endings } = working;
  const { key, attempts } = item;
  const reason = reasonOf(error);
  const goesOn = isPassing(error) ? clock.now() - item.received_at < PATIENCE_MS : attempts < MAX_ATTEMPTS;
  if (goesOn) {
    logger.warn({ delivery: key, attempts, reason }, 'delivery failed, to be tried again');
    return endings.store(key, () => store.inbox.retry(key, worker, clock.now() + pauseAfter(attempts), reason));
  }
  logger.error({ delivery: key, attempts, reason }, 'delivery given up');
  await endings.store(key, () => store.inbox.giveUp(key, worker, clock.now(), reason));
  await working.apologise(key, delivery).catch((second: unknown) => {
    logger.error({ delivery: key, reason: reasonOf(second) }, 'an apology could not be sent');
  });
}

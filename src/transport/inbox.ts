import { isPassing } from '../feishu/errors.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import { type Loop, startLoop } from '../lib/loop.ts';
import type { Metrics } from '../lib/metrics.ts';
import type { Trace } from '../lib/trace.ts';
import { Delivery } from '../store/delivery.ts';
import type { InboxItem } from '../store/inbox.ts';
import type { Store } from '../store/store.ts';
import { createEndings, type Ending, type Endings } from './endings.ts';
import type { Keyed } from './toDelivery.ts';

/** How long a silent worker keeps its rows; a restart has to take them up within 10 s. */
const LEASE_MS = 7_000;
const HEARTBEAT_MS = 2_000;
const POLL_MS = 1_000;
/** How many deliveries one process works on at once. */
const MAX_AT_ONCE = 32;
/** Trouble of Feishu is waited out this long, any other trouble this often. */
const PATIENCE_MS = 60 * 60_000;
const MAX_ATTEMPTS = 5;
const LONGEST_PAUSE_MS = 60_000;

export interface InboxParts {
  store: Store;
  clock: Clock;
  logger: Logger;
  trace: Trace;
  metrics: Metrics;
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
  /** What this process works on. */
  const held = new Map<string, Promise<void>>();
  let loops: Loop[] = [];

  const hold = (key: string, work: Promise<void>): void => {
    held.set(
      key,
      work.finally(() => held.delete(key)),
    );
  };

  const run = (item: InboxItem): void => {
    // A lease that ran out while the process or the database was stuck: the work is still under way here.
    if (held.has(item.key)) return;
    hold(
      item.key,
      parts.trace.within({ delivery: item.key }, () => runOnce(parts, endings, item)),
    );
  };

  const add = async ({ key, delivery }: Keyed): Promise<boolean> => {
    const now = clock.now();
    const row = { key, delivery: JSON.stringify(delivery), now, worker, leaseUntil: now + LEASE_MS };
    const isNew = await store.inbox.add(row).catch((error: unknown) => {
      logger.warn({ kind: delivery.kind, reason: reasonOf(error) }, 'delivery not stored');
      throw error;
    });
    parts.metrics.received(delivery.kind, isNew ? 'stored' : 'duplicate');
    logger.info({ kind: delivery.kind }, isNew ? 'delivery stored' : 'delivery known already');
    return isNew;
  };

  const poll = async (): Promise<void> => {
    await endings.again();
    const free = MAX_AT_ONCE - held.size;
    if (free <= 0) return;
    const now = clock.now();
    for (const item of await store.inbox.claim(worker, now, now + LEASE_MS, free)) run(item);
  };

  const live = ({ key, delivery }: Keyed): LiveDelivery => {
    const startedAt = clock.now();
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
        await end(() => store.inbox.finish(key, worker, clock.now()));
        done(parts, delivery, startedAt);
      },
      async retry(error) {
        parts.metrics.handled(delivery.kind, 'retried');
        await end(() => store.inbox.retry(key, worker, clock.now() + pauseAfter(1), reasonOf(error)));
      },
    };
  };

  return {
    async accept(keyed) {
      const isNew = await add(keyed);
      if (!isNew) return;
      run({ key: keyed.key, delivery: JSON.stringify(keyed.delivery), attempts: 1, received_at: clock.now() });
    },
    async acceptLive(keyed) {
      return (await add(keyed)) ? live(keyed) : undefined;
    },
    wake() {
      for (const loop of loops) loop.wake();
    },
    start() {
      loops = [
        startLoop(parts, 'inbox', POLL_MS, poll),
        startLoop(parts, 'inbox heartbeat', HEARTBEAT_MS, () => store.inbox.renew(worker, clock.now() + LEASE_MS)),
      ];
    },
    async stop() {
      const [polling, heartbeat] = loops;
      await polling?.stop();
      await Promise.all(held.values());
      await endings.again();
      await heartbeat?.stop();
    },
  };
}

const pauseAfter = (attempts: number): number => Math.min(LONGEST_PAUSE_MS, 500 * 2 ** attempts);

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : 'unknown').slice(0, 200);

async function runOnce(parts: InboxParts, endings: Endings, item: InboxItem): Promise<void> {
  const { store, clock, logger, worker } = parts;
  const { key } = item;
  const delivery = deliveryIn(item);
  if (!delivery) {
    parts.metrics.handled('other', 'given-up');
    logger.error('delivery given up: its row cannot be read');
    return endings.store(key, () => store.inbox.giveUp(key, worker, clock.now(), 'unreadable'));
  }
  const startedAt = clock.now();
  try {
    await parts.handle(key, delivery);
  } catch (error) {
    return failed(parts, endings, item, delivery, error);
  }
  await endings.store(key, () => store.inbox.finish(key, worker, clock.now()));
  done(parts, delivery, startedAt);
}

function done({ clock, logger, metrics }: InboxParts, { kind }: Delivery, startedAt: number): void {
  metrics.handled(kind, 'done');
  logger.info({ kind, tookMs: clock.now() - startedAt }, 'delivery handled');
}

/** Undefined for a row that another version of the bot has written, or that is damaged. */
function deliveryIn(item: InboxItem): Delivery | undefined {
  try {
    return Delivery.parse(JSON.parse(item.delivery));
  } catch {
    return undefined;
  }
}

async function failed(
  parts: InboxParts,
  endings: Endings,
  item: InboxItem,
  delivery: Delivery,
  error: unknown,
): Promise<void> {
  const { store, clock, logger, metrics, worker } = parts;
  const { key, attempts } = item;
  const reason = reasonOf(error);
  const goesOn = isPassing(error) ? clock.now() - item.received_at < PATIENCE_MS : attempts < MAX_ATTEMPTS;
  metrics.handled(delivery.kind, goesOn ? 'retried' : 'given-up');
  if (goesOn) {
    logger.warn({ attempts, reason }, 'delivery failed, to be tried again');
    return endings.store(key, () => store.inbox.retry(key, worker, clock.now() + pauseAfter(attempts), reason));
  }
  logger.error({ attempts, reason }, 'delivery given up');
  await endings.store(key, () => store.inbox.giveUp(key, worker, clock.now(), reason));
  await parts.apologise(key, delivery).catch((second: unknown) => {
    logger.error({ reason: reasonOf(second) }, 'an apology could not be sent');
  });
}

import { isPassing } from '../feishu/errors.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import { type Loop, startLoop } from '../lib/loop.ts';
import { Delivery } from '../store/delivery.ts';
import type { InboxItem } from '../store/inbox.ts';
import type { Store } from '../store/store.ts';
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
  const { store, clock, worker } = parts;
  const running = new Set<Promise<void>>();
  let loops: Loop[] = [];

  const run = (item: InboxItem): void => {
    const work = runOnce(parts, item).finally(() => {
      running.delete(work);
    });
    running.add(work);
  };

  const add = ({ key, delivery }: Keyed): Promise<boolean> => {
    const now = clock.now();
    return store.inbox.add({ key, delivery: JSON.stringify(delivery), now, worker, leaseUntil: now + LEASE_MS });
  };

  const poll = async (): Promise<void> => {
    const free = MAX_AT_ONCE - running.size;
    if (free <= 0) return;
    const now = clock.now();
    for (const item of await store.inbox.claim(worker, now, now + LEASE_MS, free)) run(item);
  };

  return {
    async accept(keyed) {
      const isNew = await add(keyed);
      if (!isNew) return;
      run({ key: keyed.key, delivery: JSON.stringify(keyed.delivery), attempts: 1, received_at: clock.now() });
    },
    async acceptLive(keyed) {
      if (!(await add(keyed))) return undefined;
      return {
        finish: () => store.inbox.finish(keyed.key, worker, clock.now()),
        retry: (error) => store.inbox.retry(keyed.key, worker, clock.now() + pauseAfter(1), reasonOf(error)),
      };
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
      await Promise.all(running);
      await heartbeat?.stop();
    },
  };
}

const pauseAfter = (attempts: number): number => Math.min(LONGEST_PAUSE_MS, 500 * 2 ** attempts);

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : 'unknown').slice(0, 200);

async function runOnce(parts: InboxParts, item: InboxItem): Promise<void> {
  const { store, clock, logger, worker } = parts;
  const { key } = item;
  const delivery = Delivery.parse(JSON.parse(item.delivery));
  const startedAt = clock.now();
  try {
    await parts.handle(key, delivery);
    await store.inbox.finish(key, worker, clock.now());
    logger.info({ delivery: key, kind: delivery.kind, tookMs: clock.now() - startedAt }, 'delivery handled');
  } catch (error) {
    await failed(parts, item, delivery, error).catch((second: unknown) => {
      // The row stays with this worker until its lease lapses, and is taken up again then.
      logger.error({ delivery: key, reason: reasonOf(second) }, 'the failure of a delivery could not be stored');
    });
  }
}

async function failed(parts: InboxParts, item: InboxItem, delivery: Delivery, error: unknown): Promise<void> {
  const { store, clock, logger, worker } = parts;
  const { key, attempts } = item;
  const reason = reasonOf(error);
  const goesOn = isPassing(error) ? clock.now() - item.received_at < PATIENCE_MS : attempts < MAX_ATTEMPTS;
  if (goesOn) {
    logger.warn({ delivery: key, attempts, reason }, 'delivery failed, to be tried again');
    return store.inbox.retry(key, worker, clock.now() + pauseAfter(attempts), reason);
  }
  logger.error({ delivery: key, attempts, reason }, 'delivery given up');
  await store.inbox.giveUp(key, worker, clock.now(), reason);
  return parts.apologise(key, delivery);
}

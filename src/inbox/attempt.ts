import type { Delivery } from '../domain/delivery.ts';
import { FeishuError, isPassing } from '../feishu/errors.ts';
import type { Clock } from '../lib/clock.ts';
import { errorMessage } from '../lib/errorMessage.ts';
import type { Logger } from '../lib/logger.ts';
import type { Metrics } from '../lib/metrics.ts';
import type { InboxItem } from '../store/inboxClaims.ts';
import type { Store } from '../store/store.ts';
import { readDelivery } from '../store/storedJson.ts';
import type { Endings } from './endings.ts';
import type { Turn } from './turns.ts';

/** Trouble of Feishu is waited out this long, any other trouble this often. */
const PATIENCE_MS = 60 * 60_000;
const MAX_ATTEMPTS = 5;
const LONGEST_PAUSE_MS = 60_000;
/** A rate limit that is over at once is waited for all the same. */
const SHORTEST_LIMIT_MS = 1_000;

/** What everything works with that has to do with stored deliveries. */
export interface DeliveryParts {
  store: Store;
  clock: Clock;
  logger: Logger;
  metrics: Metrics;
  /** This process, among all replicas. */
  worker: string;
}

/** What comes of deliveries. */
export interface Effects {
  /** Brings about the effect of a delivery; may be called again with the same `requestKey`. */
  handle: (requestKey: string, delivery: Delivery) => Promise<void>;
  /** Posts a card which says that nothing comes of the delivery. */
  apologise: (requestKey: string, delivery: Delivery) => Promise<void>;
}

export interface AttemptParts extends DeliveryParts, Effects {
  endings: Endings;
  /** Stores that a delivery had its effect. */
  finish: (requestKey: string) => Promise<void>;
  /** Called when Feishu has refused, for a time, to take more of what a delivery leads to; `until` when that is over. */
  limited: (turn: Turn, until: number) => Promise<void>;
}

/** A stored delivery; undefined when its row cannot be read. */
export type Item = Omit<InboxItem, 'delivery'> & { delivery: Delivery | undefined };

/** A row as it was stored, made typed. */
export const itemOf = ({ delivery, ...row }: InboxItem): Item => ({ ...row, delivery: deliveryIn(delivery) });

/** Undefined for a row that another version of the bot has written, or that is damaged. */
export function deliveryIn(row: string): Delivery | undefined {
  try {
    return readDelivery(row);
  } catch {
    return undefined;
  }
}

/** How an attempt ended. */
export interface Attempted {
  hadItsEffect: boolean;
  /** Resolves when that is stored. */
  stored: Promise<void>;
}

/** One attempt to bring about the effect of a delivery; resolves when the work on it is over. Never rejects. */
export async function attempt(parts: AttemptParts, item: Item): Promise<Attempted> {
  const { store, clock, logger, worker, endings } = parts;
  const { requestKey, delivery } = item;
  if (!delivery) {
    parts.metrics.handled('other', 'given-up');
    logger.error('delivery given up: its row cannot be read');
    const stored = endings.store(requestKey, () => store.inbox.giveUp(requestKey, worker, clock.now(), 'unreadable'));
    return { hadItsEffect: false, stored };
  }
  const startedAt = clock.elapsed();
  try {
    await parts.handle(requestKey, delivery);
  } catch (error) {
    await failed(parts, item, delivery, error);
    return { hadItsEffect: false, stored: Promise.resolve() };
  }
  const stored = endings
    .store(requestKey, () => parts.finish(requestKey))
    .then(() => handled(parts, delivery, startedAt));
  return { hadItsEffect: true, stored };
}

/** Counts and logs that a delivery had its effect. `startedAt` as `clock.elapsed()` gave it. */
export function handled(
  { clock, logger, metrics }: Pick<AttemptParts, 'clock' | 'logger' | 'metrics'>,
  { kind }: Delivery,
  startedAt: number,
): void {
  metrics.handled(kind, 'done');
  logger.info({ kind, tookMs: Math.round(clock.elapsed() - startedAt) }, 'delivery handled');
}

async function failed(parts: AttemptParts, item: Item, delivery: Delivery, error: unknown): Promise<void> {
  const { store, clock, logger, metrics, worker, endings } = parts;
  const { requestKey } = item;
  // Those that ended with an error, this one included: workers that were lost have a limit of their own.
  const attempts = item.attempts - item.lost;
  const reason = errorMessage(error);
  const goesOn = isPassing(error) ? clock.now() - item.receivedAt < PATIENCE_MS : attempts < MAX_ATTEMPTS;
  metrics.handled(delivery.kind, goesOn ? 'retried' : 'given-up');
  if (goesOn) {
    logger.warn({ attempts, reason }, 'delivery failed, to be tried again');
    return again(parts, { ...item, attempts }, error);
  }
  logger.error({ attempts, reason }, 'delivery given up');
  await endings.store(requestKey, () => store.inbox.giveUp(requestKey, worker, clock.now(), reason));
  await parts.apologise(requestKey, delivery).catch((second: unknown) => {
    logger.error({ reason: errorMessage(second) }, 'an apology could not be sent');
  });
}

/**
 * Puts a delivery back for another attempt. After a rate limit everything of its chat waits as long: nothing would get
 * through, and what came later is not to come first.
 */
export async function again(
  { store, clock, worker, endings, limited }: Pick<AttemptParts, 'store' | 'clock' | 'worker' | 'endings' | 'limited'>,
  item: Turn & { requestKey: string; attempts: number },
  error: unknown,
): Promise<void> {
  const isLimited = error instanceof FeishuError && error.kind === 'rate-limited';
  const asked = error instanceof FeishuError && isPassing(error) ? error.retryAfterMs : undefined;
  const dueAt = clock.now() + (asked === undefined ? pauseAfter(item.attempts) : Math.max(asked, SHORTEST_LIMIT_MS));
  await endings.store(item.requestKey, () => store.inbox.retry(item.requestKey, worker, dueAt, errorMessage(error)));
  if (isLimited || asked !== undefined) await limited(item, dueAt);
}

/** Milliseconds to wait after so many attempts. */
const pauseAfter = (attempts: number): number => Math.min(LONGEST_PAUSE_MS, 500 * 2 ** attempts);

import type { IncomingDelivery } from '../domain/delivery.ts';
import { inBatches } from '../lib/batches.ts';
import { errorMessage } from '../lib/errorMessage.ts';
import type { NewItem } from '../store/inboxArrivals.ts';
import { writeDelivery } from '../store/storedJson.ts';
import type { DeliveryParts } from './attempt.ts';
import { partiesOf } from './turns.ts';

/** How many rows one statement writes. */
export const MAX_BATCH = 128;

export interface ArrivalParts extends DeliveryParts {
  leaseMs: number;
}

/** How a delivery is stored: for this process to work on or not, at once for whoever waits for its answer. */
interface Arrival extends Pick<NewItem, 'held' | 'dueAt'> {
  isAwaited: boolean;
}

/**
 * The way of deliveries into the database. Those of the same moment go together, but a click, for whose answer somebody
 * waits, goes at once.
 */
export function createArrivals({ store, clock, logger, metrics, worker, leaseMs }: ArrivalParts) {
  const underWay = new Set<Promise<boolean>>();
  const add = (items: readonly NewItem[], isAwaited: boolean) => {
    const now = clock.now();
    return store.inbox.add(items, { worker, now, leaseUntil: now + leaseMs, isAwaited });
  };
  const storeTogether = inBatches(async (items: readonly NewItem[]) => {
    const added = await add(items, false);
    // Of two copies in one batch the first one is the new one.
    return ({ requestKey }: NewItem) => added.delete(requestKey);
  }, MAX_BATCH);
  const storeAtOnce = async (item: NewItem) => (await add([item], true)).has(item.requestKey);

  return {
    /** Stores a delivery; false when it is known already. */
    async add({ requestKey, delivery }: IncomingDelivery, { isAwaited, ...how }: Arrival): Promise<boolean> {
      const item = { requestKey, delivery: writeDelivery(delivery), ...partiesOf(delivery), ...how };
      const storing = isAwaited ? storeAtOnce(item) : storeTogether(item);
      underWay.add(storing);
      try {
        const isNew = await storing;
        metrics.received(delivery.kind, isNew ? 'stored' : 'duplicate');
        logger.info({ kind: delivery.kind }, isNew ? 'delivery stored' : 'delivery known already');
        return isNew;
      } catch (error) {
        logger.warn({ kind: delivery.kind, reason: errorMessage(error) }, 'delivery not stored');
        throw error;
      } finally {
        underWay.delete(storing);
      }
    },
    /** Resolves when everything that was to be stored is, or could not be. */
    stored: () => Promise.allSettled(underWay),
  };
}

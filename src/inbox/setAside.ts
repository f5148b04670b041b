import type { InboxItem } from '../store/inbox.ts';
import { type DeliveryParts, deliveryIn } from './attempt.ts';
import type { Endings } from './endings.ts';
import { partiesOf } from './turns.ts';

/** After so many workers that died or hung while they worked on it a delivery is worked on no more. */
export const MAX_LOST = 5;

interface SetAsideParts extends DeliveryParts {
  endings: Endings;
}

/**
 * Sets a delivery aside: its row stays as it came until an operator asks for it, and its person is told. Nothing of what
 * is in it is looked at before that is stored. Never rejects.
 */
export async function setAside(
  { store, clock, logger, metrics, worker, endings }: SetAsideParts,
  { key, delivery: row, lost }: InboxItem,
): Promise<void> {
  logger.error({ lost }, 'delivery set aside: the process died or hung each time it worked on it (npm run doctor)');
  const now = clock.now();
  await endings.store(key, () => store.inbox.setAside(key, worker, now, `${lost} workers were lost`));
  const delivery = deliveryIn(row);
  metrics.handled(delivery?.kind ?? 'other', 'set-aside');
  if (delivery?.kind !== 'message' && delivery?.kind !== 'card-action') return;
  const { chat_id, message_id } = delivery;
  const notice = { kind: 'set-aside' as const, of: key, chat_id, message_id };
  // A row of its own: it is sent like any answer, as often as it takes. It may be set aside again later.
  const item = { key: `set-aside:${now}:${key}`, delivery: JSON.stringify(notice), now, ...partiesOf(notice) };
  await endings.store(item.key, () => store.inbox.enqueue(item));
}

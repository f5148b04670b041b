import type { InboxItem } from '../store/inboxClaims.ts';
import { writeDelivery } from '../store/storedJson.ts';
import { type DeliveryParts, deliveryIn } from './attempt.ts';
import type { Endings } from './endings.ts';
import { partiesOf } from './turns.ts';

/** After so many workers that died or hung while they worked on it a delivery is worked on no more. */
export const MAX_LOST = 5;

interface SetAsideParts extends DeliveryParts {
  endings: Endings;
}

/**
 * Sets a delivery aside: its row stays as it came until an operator asks for it, and a notice in the chat says so.
 * Nothing of what is in the row is looked at before that is stored. Never rejects.
 */
export async function setAside(
  { store, clock, logger, metrics, worker, endings }: SetAsideParts,
  { requestKey, delivery: row, lost }: InboxItem,
): Promise<void> {
  logger.error({ lost }, 'delivery set aside: the process died or hung each time it worked on it (npm run doctor)');
  const now = clock.now();
  await endings.store(requestKey, () => store.inbox.setAside(requestKey, worker, now, `${lost} workers were lost`));
  const delivery = deliveryIn(row);
  metrics.handled(delivery?.kind ?? 'other', 'set-aside');
  if (delivery?.kind !== 'message' && delivery?.kind !== 'card-action') return;
  const { chatId } = delivery;
  const messageId = delivery.kind === 'message' ? delivery.messageId : delivery.cardMessageId;
  const notice = { kind: 'set-aside' as const, of: requestKey, chatId, messageId };
  // A row of its own: it is sent like any answer, as often as it takes. It may be set aside again later.
  const item = {
    requestKey: `set-aside:${now}:${requestKey}`,
    delivery: writeDelivery(notice),
    now,
    ...partiesOf(notice),
  };
  await endings.store(item.requestKey, () => store.inbox.enqueue(item));
}

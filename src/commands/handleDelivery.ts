import { helpCard } from '../cards/help.ts';
import { loggedInCard } from '../cards/login.ts';
import type { Delivery } from '../store/delivery.ts';
import { type ActionParts, handleAction } from './handleAction.ts';
import { handleMessage, replyKey } from './handleMessage.ts';
import { handleReplan } from './handleReplan.ts';
import { COMMANDS } from './registry.ts';

/** Brings about the effect of a delivery. May be called again with the same `key`: nothing happens twice. */
export async function handleDelivery(parts: ActionParts, key: string, delivery: Delivery): Promise<void> {
  const { services } = parts;
  switch (delivery.kind) {
    case 'message':
      return handleMessage(parts, key, delivery);
    case 'card-action': {
      // Nobody waits for the answer any more: the card that was clicked is brought up to date instead.
      const { card, onShown } = await handleAction(parts, key, delivery);
      if (!card) return;
      await services.messages.update(delivery.message_id, card);
      await onShown?.(delivery.message_id);
      return;
    }
    case 'replan':
      return handleReplan(services, key, delivery);
    case 'login-done':
      return services.messages.update(delivery.card_message_id, loggedInCard(delivery.open_id));
    case 'greeting':
      await services.messages.send(delivery.chat_id, helpCard(COMMANDS), replyKey(key));
      return;
    case 'revoked':
      await services.store.grants.remove(delivery.open_id);
      return;
  }
}

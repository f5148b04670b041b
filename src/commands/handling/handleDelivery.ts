import { helpCard } from '../../cards/help.ts';
import { loginEndedCard } from '../../cards/login.ts';
import { isToBeSeen, noticeCard } from '../../cards/notice.ts';
import { notAllowedCard, otherCompanyCard, setAsideCard } from '../../cards/refused.ts';
import type { Delivery, GreetingDelivery, RefusalDelivery } from '../../domain/delivery.ts';
import type { View } from '../context.ts';
import { COMMANDS } from '../registry.ts';
import { type ActionParts, handleAction } from './handleAction.ts';
import { handleMessage, postReply, replyKey } from './handleMessage.ts';
import { handleReplan } from './handleReplan.ts';
import { saveView } from './perform.ts';

/** Brings about the effect of a delivery. May be called again with the same `key`: nothing happens twice. */
export async function handleDelivery(parts: ActionParts, key: string, delivery: Delivery): Promise<void> {
  const { services } = parts;
  switch (delivery.kind) {
    case 'message':
      return handleMessage(parts, key, delivery);
    case 'card-action': {
      // Nobody waits for the answer any more: the card that was clicked is brought up to date instead.
      const { card, onShown, toast } = await handleAction(parts, key, delivery);
      if (!card) {
        if (toast && isToBeSeen(toast)) {
          await services.messages.reply(delivery.message_id, noticeCard(toast), replyKey(`${key}:notice`));
        }
        return;
      }
      const shown = await services.messages.update(delivery.message_id, card);
      await onShown?.(shown);
      return;
    }
    case 'replan':
      return handleReplan(services, key, delivery);
    case 'login-ended':
      await services.messages.update(delivery.card_message_id, loginEndedCard(delivery.open_id, delivery.ending));
      return;
    case 'set-aside':
      await services.messages.reply(delivery.message_id, setAsideCard(delivery.of), replyKey(key));
      return;
    case 'greeting':
      return greet(parts, key, delivery);
    case 'refusal':
      return refuse(parts, key, delivery);
    case 'revoked':
      // It may come hours late: a login since then is another one.
      await services.store.grants.remove(delivery.open_id, delivery.revoked_at);
      return;
  }
}

async function refuse({ services }: ActionParts, key: string, { to }: RefusalDelivery): Promise<void> {
  const card = otherCompanyCard();
  if ('message_id' in to) return postReply(services, key, to.message_id, { card });
  await services.messages.send(to, card, replyKey(key));
}

/** Says what the bot can do. In a group the card is nobody's, and has no buttons. */
async function greet(parts: ActionParts, key: string, { to, owner_id }: GreetingDelivery): Promise<void> {
  const { services, allowed } = parts;
  if (!allowed('chat_id' in to ? to.chat_id : undefined, owner_id)) {
    await services.messages.send(to, notAllowedCard(), replyKey(key));
    return;
  }
  const viewId = owner_id && (await saveView(services, owner_id, HELP_VIEW));
  await services.messages.send(to, helpCard(COMMANDS, viewId), replyKey(key));
}

const HELP_VIEW: View = { command: 'help', input: { command: '' } };

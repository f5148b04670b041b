import { helpCard } from '../../cards/help.ts';
import { loginEndedCard } from '../../cards/login.ts';
import { notAllowedCard, otherCompanyCard, setAsideCard } from '../../cards/refused.ts';
import type {
  Delivery,
  GreetingDelivery,
  LoginEndedDelivery,
  RefusalDelivery,
  RevokedDelivery,
} from '../../domain/delivery.ts';
import { isGone, toLogFields } from '../../feishu/errors.ts';
import type { View } from '../context.ts';
import { COMMANDS } from '../registry.ts';
import { postNotice, postReply, replyKey } from '../replies/post.ts';
import { saveView } from '../views.ts';
import { type ActionParts, handleAction } from './handleAction.ts';
import { handleMessage } from './handleMessage.ts';
import { handleReplan } from './handleReplan.ts';

/**
 * Brings about the effect of a delivery. May be called again with the same `requestKey`: nothing happens twice. Where
 * there is nothing left to answer to, that is its end.
 */
export async function handleDelivery(parts: ActionParts, requestKey: string, delivery: Delivery): Promise<void> {
  try {
    await bringAbout(parts, requestKey, delivery);
  } catch (error) {
    if (!isGone(error)) throw error;
    parts.services.logger.info(toLogFields(error), 'what was to be answered is gone');
  }
}

async function bringAbout(parts: ActionParts, requestKey: string, delivery: Delivery): Promise<void> {
  const { services } = parts;
  switch (delivery.kind) {
    case 'message':
      return handleMessage(parts, requestKey, delivery);
    case 'card-action': {
      // Nobody waits for the answer any more: the card that was clicked is brought up to date instead.
      const { card, onShown, toast } = await handleAction(parts, requestKey, delivery);
      if (!card) {
        if (toast) await postNotice(services.messages, requestKey, delivery.cardMessageId, toast);
        return;
      }
      const shown = await services.messages.update(delivery.cardMessageId, card);
      await onShown?.(shown);
      return;
    }
    case 'replan':
      return handleReplan(services, requestKey, delivery);
    case 'login-ended':
      return showLoginEnded(parts, requestKey, delivery);
    case 'set-aside':
      await services.messages.reply(delivery.messageId, setAsideCard(delivery.of), replyKey(requestKey));
      return;
    case 'greeting':
      return greet(parts, requestKey, delivery);
    case 'refusal':
      return refuse(parts, requestKey, delivery);
    case 'revoked':
      return revoke(parts, delivery);
  }
}

async function showLoginEnded({ services }: ActionParts, requestKey: string, ended: LoginEndedDelivery): Promise<void> {
  const { actorId, cardMessageId, ending, asReply } = ended;
  const standing = ending === 'done' ? await services.grants.standing(actorId) : undefined;
  const card = loginEndedCard(actorId, ending, standing);
  if (asReply) return postReply(services, requestKey, cardMessageId, { card });
  await services.messages.update(cardMessageId, card);
}

/** It may come hours late: a login since then is another one. */
async function revoke({ services }: ActionParts, { openId, revokedAt, accessOnly }: RevokedDelivery): Promise<void> {
  const { grants } = services.store;
  if (accessOnly) await grants.expireAccess(openId, revokedAt);
  else await grants.remove(openId, revokedAt);
}

async function refuse({ services }: ActionParts, requestKey: string, { to }: RefusalDelivery): Promise<void> {
  const card = otherCompanyCard();
  if ('messageId' in to) return postReply(services, requestKey, to.messageId, { card });
  await services.messages.send(to, card, replyKey(requestKey));
}

/** Says what the bot can do. In a group the card is nobody's, and has no buttons. */
async function greet(parts: ActionParts, requestKey: string, { to, actorId }: GreetingDelivery): Promise<void> {
  const { services, allowed } = parts;
  if (!allowed('chatId' in to ? to.chatId : undefined, actorId)) {
    await services.messages.send(to, notAllowedCard(), replyKey(requestKey));
    return;
  }
  const viewId =
    actorId && (await saveView(services, actorId, 'chatId' in to ? { ...HELP_VIEW, chatId: to.chatId } : HELP_VIEW));
  await services.messages.send(to, helpCard(COMMANDS, viewId), replyKey(requestKey));
}

const HELP_VIEW: View = { command: 'help', input: { command: '' } };

import { internalErrorCard } from '../../cards/refused.ts';
import type { Delivery } from '../../domain/delivery.ts';
import type { Services } from '../context.ts';
import { replyKey } from '../replies/post.ts';

/** Shows the person a card which says that nothing will come of what they sent. Rejects with a FeishuError. */
export async function apologise({ messages }: Services, requestKey: string, delivery: Delivery): Promise<void> {
  const card = internalErrorCard(requestKey);
  if (delivery.kind === 'message') await messages.reply(delivery.messageId, card, replyKey(`${requestKey}:sorry`));
  if (delivery.kind === 'card-action') await messages.update(delivery.cardMessageId, card);
}

import { internalErrorCard } from '../../cards/refused.ts';
import type { Delivery } from '../../domain/delivery.ts';
import type { Services } from '../context.ts';
import { replyKey } from './handleMessage.ts';

/** Tells the person that nothing will come of their delivery. Rejects with a FeishuError. */
export async function apologise({ messages }: Services, key: string, delivery: Delivery): Promise<void> {
  const card = internalErrorCard(key);
  if (delivery.kind === 'message') await messages.reply(delivery.message_id, card, replyKey(`${key}:sorry`));
  if (delivery.kind === 'card-action') await messages.update(delivery.message_id, card);
}

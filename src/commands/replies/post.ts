import { createHash } from 'node:crypto';
import type { Toast } from '../../cards/kit.ts';
import { isToBeSeen, noticeCard } from '../../cards/notice.ts';
import type { MessageId } from '../../domain/ids.ts';
import type { Messages } from '../../feishu/messages.ts';
import type { Reply, Services } from '../context.ts';

/**
 * Posts a card as the answer to a message. The uuid comes from the delivery, so that a repeated attempt posts nothing
 * twice. Nothing is shown where only a text could be posted.
 */
export async function postReply(services: Services, requestKey: string, to: MessageId, reply: Reply): Promise<void> {
  const posted = await services.messages.reply(to, reply.card, replyKey(requestKey));
  if (posted) await reply.onShown?.(posted);
}

/** The uuid under which the answer to a delivery is posted; at most 50 characters (im-v1/message/reply). */
export const replyKey = (requestKey: string): string => createHash('sha256').update(requestKey).digest('base64url');

/** Posts what a toast says that nobody saw, below the card that was clicked; nothing where that need not be seen. */
export async function postNotice(messages: Messages, requestKey: string, to: MessageId, unseen: Toast): Promise<void> {
  if (isToBeSeen(unseen)) await messages.reply(to, noticeCard(unseen), replyKey(`${requestKey}:notice`));
}

import { createHash } from 'node:crypto';
import { z } from 'zod';
import { type ChatId, MessageId, type OpenId } from '../domain/ids.ts';
import type { Logger } from '../lib/logger.ts';
import { Done, type FeishuClient } from './client.ts';
import { FeishuError } from './errors.ts';

/** A card as JSON 2.0; what is in it is the business of `cards/`. */
export type CardJson = Readonly<Record<string, unknown>>;

export type Receiver = { chatId: ChatId } | { openId: OpenId };

/** The message API (im-v1/message). Every call rejects with a FeishuError. */
export interface Messages {
  /** Answers a message with a card. The same `uuid` within an hour posts once only. At most 50 characters. */
  reply(to: MessageId, card: CardJson, uuid: string): Promise<MessageId>;
  /** Posts a card into a chat, or into a person's direct chat with the bot. */
  send(to: Receiver, card: CardJson, uuid: string): Promise<MessageId>;
  /**
   * Replaces the card of a message of ours. That is possible for 14 days (im-v1/message/patch): an older message is
   * answered with the card instead. Gives the message that shows it.
   */
  update(message: MessageId, card: CardJson): Promise<MessageId>;
  /** Replaces the card that was clicked, by the token of that click: 30 minutes, twice, after the answer only. */
  updateClicked(token: string, card: CardJson): Promise<void>;
}

const Posted = z.object({ data: z.object({ message_id: MessageId }) });

export function createMessages(client: FeishuClient, logger: Logger): Messages {
  const posted = (messageId: MessageId): MessageId => {
    logger.info({ messageId }, 'card posted');
    return messageId;
  };
  const reply: Messages['reply'] = async (to, card, uuid) => {
    const data = { msg_type: 'interactive', content: JSON.stringify(card), uuid };
    const answered = await client.asApp(Posted, (sdk, options) =>
      sdk.im.v1.message.reply({ path: { message_id: to }, data }, options),
    );
    return posted(answered.data.data.message_id);
  };
  return {
    reply,
    async send(to, card, uuid) {
      const byChat = 'chatId' in to;
      const params = { receive_id_type: byChat ? ('chat_id' as const) : ('open_id' as const) };
      const data = {
        receive_id: byChat ? to.chatId : to.openId,
        msg_type: 'interactive',
        content: JSON.stringify(card),
        uuid,
      };
      const answered = await client.asApp(Posted, (sdk, options) =>
        sdk.im.v1.message.create({ params, data }, options),
      );
      return posted(answered.data.data.message_id);
    },
    async update(message, card) {
      const content = JSON.stringify(card);
      const call = { path: { message_id: message }, data: { content } };
      try {
        await client.asApp(Done, (sdk, options) => sdk.im.v1.message.patch(call, options));
        logger.info({ messageId: message }, 'card updated');
        return message;
      } catch (error) {
        if (!(error instanceof FeishuError) || error.kind !== 'card-expired') throw error;
        // Named after what it says: the same card again is not posted twice.
        return reply(message, card, createHash('sha256').update(`${message} ${content}`).digest('base64url'));
      }
    },
    async updateClicked(token, card) {
      // Not among the SDK's generated calls.
      const call = { method: 'POST', url: '/open-apis/interactive/v1/card/update', data: { token, card } };
      await client.asApp(Done, (sdk, options) => sdk.request(call, options));
    },
  };
}

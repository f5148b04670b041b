import { createHash } from 'node:crypto';
import { z } from 'zod';
import { type ChatId, MessageId, type OpenId } from '../domain/ids.ts';
import type { Logger } from '../lib/logger.ts';
import { Done, type FeishuClient } from './client.ts';
import { FeishuError } from './errors.ts';

/** A card as JSON 2.0; what is in it is the business of `cards/`. */
export type CardJson = Readonly<Record<string, unknown>>;

export type Receiver = { chatId: ChatId } | { openId: OpenId };

/** Where a text is posted: as an answer to a message, or by itself. */
export type TextPlace = { messageId: MessageId } | Receiver;

/** The message API (im-v1/message). Every call rejects with a FeishuError. */
export interface Messages {
  /**
   * Answers a message with a card. The same `uuid` within an hour posts once only. At most 50 characters. Gives the message
   * that shows the card; undefined when only a text could be posted in its place.
   */
  reply(to: MessageId, card: CardJson, uuid: string): Promise<MessageId | undefined>;
  /** Posts a card into a chat, or into a person's direct chat with the bot; otherwise like `reply`. */
  send(to: Receiver, card: CardJson, uuid: string): Promise<MessageId | undefined>;
  /** Posts a text. */
  postText(to: TextPlace, text: string, uuid: string): Promise<void>;
  /**
   * Replaces the card of a message of ours. That is possible for 14 days (im-v1/message/patch): an older message is
   * answered with the card instead. Gives the message that shows it.
   */
  update(message: MessageId, card: CardJson): Promise<MessageId>;
  /** Replaces the card that was clicked, by the token of that click: 30 minutes, twice, after the answer only. */
  updateClicked(token: string, card: CardJson): Promise<void>;
}

const Posted = z.object({ data: z.object({ message_id: MessageId }) });

/** What is posted, as the message API takes it. */
type Content = { msg_type: 'interactive' | 'text'; content: string; uuid: string };

const cardContent = (card: CardJson, uuid: string): Content => ({
  msg_type: 'interactive',
  content: JSON.stringify(card),
  uuid,
});

export function createMessages(client: FeishuClient, logger: Logger): Messages {
  const reply = async (to: MessageId, data: Content): Promise<MessageId> => {
    const answered = await client
      .asApp(Posted, (sdk, options) => sdk.im.v1.message.reply({ path: { message_id: to }, data }, options))
      .catch(withGoneMessage);
    return answered.data.data.message_id;
  };
  const create = async (to: Receiver, content: Content): Promise<MessageId> => {
    const byChat = 'chatId' in to;
    const params = { receive_id_type: byChat ? ('chat_id' as const) : ('open_id' as const) };
    const data = { receive_id: byChat ? to.chatId : to.openId, ...content };
    const answered = await client.asApp(Posted, (sdk, options) => sdk.im.v1.message.create({ params, data }, options));
    return answered.data.data.message_id;
  };
  const posted = async (posting: Promise<MessageId>): Promise<MessageId> => {
    const messageId = await posting;
    logger.info({ messageId }, 'card posted');
    return messageId;
  };
  return {
    reply: (to, card, uuid) => posted(reply(to, cardContent(card, uuid))),
    send: (to, card, uuid) => posted(create(to, cardContent(card, uuid))),
    async postText(to, text, uuid) {
      const content: Content = { msg_type: 'text', content: JSON.stringify({ text }), uuid };
      const messageId = await ('messageId' in to ? reply(to.messageId, content) : create(to, content));
      logger.info({ messageId }, 'text posted');
    },
    async update(message, card) {
      const content = JSON.stringify(card);
      const call = { path: { message_id: message }, data: { content } };
      try {
        await client.asApp(Done, (sdk, options) => sdk.im.v1.message.patch(call, options)).catch(withLock);
        logger.info({ messageId: message }, 'card updated');
        return message;
      } catch (error) {
        if (!(error instanceof FeishuError) || error.kind !== 'card-expired') throw error;
        // Named after what it says: the same card again is not posted twice.
        const uuid = createHash('sha256').update(`${message} ${content}`).digest('base64url');
        return posted(reply(message, cardContent(card, uuid)));
      }
    },
    async updateClicked(token, card) {
      // Not among the SDK's generated calls.
      const call = { method: 'POST', url: '/open-apis/interactive/v1/card/update', data: { token, card } };
      await client.asApp(Done, (sdk, options) => sdk.request(call, options));
    },
  };
}

/** A reply that is refused without any code has been seen where the message is gone. */
function withGoneMessage(error: unknown): never {
  if (error instanceof FeishuError && error.httpStatus === 400 && error.code === undefined) {
    throw new FeishuError('chat-gone', error.message, detailsOf(error));
  }
  throw error;
}

const CARD_REFUSED = 230099;

/** While somebody's click is answered, its card cannot be updated: that passes (im-v1/message/patch). */
function withLock(error: unknown): never {
  if (error instanceof FeishuError && error.code === CARD_REFUSED && /is lock/i.test(error.message)) {
    throw new FeishuError('unavailable', error.message, detailsOf(error));
  }
  throw error;
}

const detailsOf = ({ route, code, httpStatus, logId }: FeishuError) => ({ route, code, httpStatus, logId });

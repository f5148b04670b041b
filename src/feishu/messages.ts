import { z } from 'zod';
import { type ChatId, MessageId, type OpenId } from '../skills/ids.ts';
import type { FeishuClient } from './client.ts';

/** A card as JSON 2.0; what is in it is the business of `cards/`. */
export type CardJson = Readonly<Record<string, unknown>>;

export type Receiver = { chat_id: ChatId } | { open_id: OpenId };

/** The message API (im-v1/message). Every call rejects with a FeishuError. */
export interface Messages {
  /** Answers a message with a card. The same `uuid` within an hour posts once only. At most 50 characters. */
  reply(to: MessageId, card: CardJson, uuid: string): Promise<MessageId>;
  /** Posts a card into a chat, or into a person's direct chat with the bot. */
  send(to: Receiver, card: CardJson, uuid: string): Promise<MessageId>;
  /** Replaces the card of a message of ours; possible for 14 days. */
  update(message: MessageId, card: CardJson): Promise<void>;
  /** Replaces the card that was clicked, by the token of that click: 30 minutes, twice, after the answer only. */
  updateClicked(token: string, card: CardJson): Promise<void>;
}

const Posted = z.object({ data: z.object({ message_id: MessageId }) });

export function createMessages(client: FeishuClient): Messages {
  return {
    async reply(to, card, uuid) {
      const data = { msg_type: 'interactive', content: JSON.stringify(card), uuid };
      const answered = await client.asApp(Posted, (sdk, options) =>
        sdk.im.v1.message.reply({ path: { message_id: to }, data }, options),
      );
      return answered.data.data.message_id;
    },
    async send(to, card, uuid) {
      const byChat = 'chat_id' in to;
      const params = { receive_id_type: byChat ? ('chat_id' as const) : ('open_id' as const) };
      const data = {
        receive_id: byChat ? to.chat_id : to.open_id,
        msg_type: 'interactive',
        content: JSON.stringify(card),
        uuid,
      };
      const answered = await client.asApp(Posted, (sdk, options) =>
        sdk.im.v1.message.create({ params, data }, options),
      );
      return answered.data.data.message_id;
    },
    async update(message, card) {
      const data = { content: JSON.stringify(card) };
      await client.asApp(z.object({}), (sdk, options) =>
        sdk.im.v1.message.patch({ path: { message_id: message }, data }, options),
      );
    },
    async updateClicked(token, card) {
      // Not among the SDK's generated calls.
      const call = { method: 'POST', url: '/open-apis/interactive/v1/card/update', data: { token, card } };
      await client.asApp(z.object({}), (sdk, options) => sdk.request(call, options));
    },
  };
}

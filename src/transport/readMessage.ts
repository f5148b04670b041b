import { z } from 'zod';
import type { Mention } from '../domain/delivery.ts';
import { ChatId, MessageId, OpenId } from '../domain/ids.ts';
import type { EventEnvelope } from './envelope.ts';
import { messageText } from './messageText.ts';
import { deliveryFrom, isStranger, NOTHING, type ReadEvent, TenantKey } from './readEvent.ts';

const Sender = z.object({ event: z.object({ sender: z.object({ sender_type: z.string() }) }) });

const MessageEvent = z.object({
  event: z.object({
    sender: z.object({ sender_id: z.object({ open_id: OpenId }), tenant_key: TenantKey }),
    message: z.object({
      message_id: MessageId,
      chat_id: ChatId,
      chat_type: z.string().nullish(),
      message_type: z.string(),
      content: z.string(),
      mentions: z.array(z.unknown()).nullish(),
    }),
  }),
});

/** A direct chat is `p2p` at Feishu, and at Lark also `private`. What is neither counts as a group: there the bot is reserved. */
const DIRECT_CHATS: ReadonlySet<unknown> = new Set(['p2p', 'private']);

/**
 * Reads a message. Deduplicated by message id: the page warns against relying on the event id
 * (im-v1/message/events/receive). `self` is the bot's own open id, when it is known.
 */
export function readMessage(event: EventEnvelope, self: OpenId | undefined): ReadEvent {
  const senderType = Sender.safeParse(event.body).data?.event.sender.sender_type;
  if (senderType !== undefined && senderType !== 'user') return NOTHING;
  const parsed = MessageEvent.safeParse(event.body);
  // Of a sender without a type nobody knows whether it is a bot.
  if (!parsed.success || senderType === undefined) return { kind: 'unreadable', what: 'message' };
  const { sender, message } = parsed.data.event;
  const mentions = (message.mentions ?? []).flatMap((mention) => toMention(event, mention, self));
  const isGroup = !DIRECT_CHATS.has(message.chat_type);
  if (isGroup && self && isForAnotherBot(mentions, self)) return NOTHING;
  return deliveryFrom(isStranger(event, sender.tenant_key), {
    requestKey: `message:${message.message_id}`,
    delivery: {
      kind: 'message',
      messageId: message.message_id,
      chatId: message.chat_id,
      chatType: isGroup ? 'group' : 'p2p',
      actorId: sender.sender_id.open_id,
      ...messageText(message.message_type, message.content),
      mentions,
    },
  });
}

const WireMention = z.object({
  key: z.string(),
  // Of everybody, and of people whom the app may not see, all ids are empty.
  id: z
    .object({ open_id: OpenId.optional().catch(undefined) })
    .optional()
    .catch(undefined),
  mentioned_type: z.string().nullish().catch(undefined),
  name: z.string().nullish().catch(undefined),
  tenant_key: TenantKey,
});

/** Nobody has a longer name; it stands in the text as often as its person is mentioned. */
const MAX_NAME_LENGTH = 200;

function toMention(event: EventEnvelope, value: unknown, self: OpenId | undefined): Mention[] {
  const parsed = WireMention.safeParse(value);
  if (!parsed.success) return [];
  const { key, mentioned_type, tenant_key } = parsed.data;
  const openId = parsed.data.id?.open_id;
  const name = (parsed.data.name ?? '').slice(0, MAX_NAME_LENGTH);
  if (openId === undefined) return name === '' ? [] : [{ key, name, isBot: mentioned_type === 'bot' }];
  const isBot = mentioned_type === 'bot' || openId === self;
  const isSelf = isBot && (self === undefined || openId === self);
  const mention = { key, openId, name, isBot, ...(isSelf && { isSelf }) };
  return [!isBot && isStranger(event, tenant_key) ? { ...mention, isStranger: true } : mention];
}

const isForAnotherBot = (mentions: readonly Mention[], self: OpenId): boolean =>
  mentions.some((mention) => mention.isBot) && !mentions.some((mention) => mention.openId === self);

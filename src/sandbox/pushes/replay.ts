import { z } from 'zod';
import type { ClickParts } from '../clicks/clicks.ts';
import { clickRaw } from '../clicks/clicks.ts';
import type { ReplayEvent, Replayed, ReplayOptions } from '../types.ts';
import { CARD_ACTION, eventBody } from './events.ts';

const MESSAGE = 'im.message.receive_v1';

/**
 * Sends a recorded or hand-written event to the bot, under this sandbox's app and token. Unless `asIs`, with new ids and
 * the present time: the bot would take it for one it has seen. Throws when it speaks of a chat or a card that is not here.
 */
export async function replay(parts: ClickParts, recorded: ReplayEvent, options: ReplayOptions = {}): Promise<Replayed> {
  const { asIs = false } = options;
  const type = recorded.header.event_type;
  const eventId = (asIs ? recorded.header.event_id : undefined) ?? parts.ids.event();
  if (type === CARD_ACTION) return replayClick(parts, recorded.event, eventId);
  const event = type === MESSAGE ? replayMessage(parts, recorded.event, asIs) : { event: recorded.event };
  parts.deliveries.send(eventBody(parts, type, event.event, eventId));
  return { eventId, ...('messageId' in event ? { messageId: event.messageId } : {}) };
}

const messageSchema = z.looseObject({
  sender: z.looseObject({ sender_id: z.looseObject({ open_id: z.string() }) }),
  message: z.looseObject({
    message_id: z.string().optional(),
    chat_id: z.string(),
    message_type: z.string(),
    content: z.string(),
    mentions: z
      .array(
        z.looseObject({
          key: z.string(),
          name: z.string().default(''),
          id: z.looseObject({ open_id: z.string() }),
          mentioned_type: z.string().optional(),
        }),
      )
      .default([]),
  }),
});

/** Posts the message too, so that the bot can answer it. */
function replayMessage(parts: ClickParts, recorded: unknown, asIs: boolean) {
  const event = messageSchema.parse(recorded);
  const { chat_id: chatId, message_type: msgType, content, mentions, message_id: oldId } = event.message;
  if (!parts.chats.byId(chatId)) throw new Error(`the sandbox has no chat ${chatId}`);
  const messageId = (asIs ? oldId : undefined) ?? parts.ids.message();
  if (!parts.messages.get(messageId)) {
    parts.messages.add({
      ...{ messageId, chatId, msgType, content },
      senderKind: 'user',
      senderId: event.sender.sender_id.open_id,
      mentions: mentions.map(({ key, name, id, mentioned_type: kind }) => ({
        ...{ key, name, openId: id.open_id },
        kind: kind === 'bot' ? 'bot' : 'user',
      })),
    });
  }
  const time = asIs ? {} : { create_time: String(parts.clock.now()), update_time: String(parts.clock.now()) };
  return { messageId, event: { ...event, message: { ...event.message, ...time, message_id: messageId } } };
}

const clickSchema = z.looseObject({
  operator: z.looseObject({ open_id: z.string() }),
  action: z.record(z.string(), z.unknown()),
  context: z.looseObject({ open_message_id: z.string() }),
});

async function replayClick(parts: ClickParts, recorded: unknown, eventId: string): Promise<Replayed> {
  const { operator, action, context } = clickSchema.parse(recorded);
  const messageId = context.open_message_id;
  const person = parts.directory.actor(operator.open_id);
  if (!person) throw new Error(`${operator.open_id} is not one of the people who click`);
  if (!parts.messages.get(messageId)) {
    throw new Error(`the card ${messageId} is not in this sandbox: replay the message that led to it, or click again`);
  }
  return { eventId, messageId, outcome: await clickRaw(parts, person.key, messageId, action, { eventId, operator }) };
}

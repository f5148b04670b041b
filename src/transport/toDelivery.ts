import { z } from 'zod';
import { ChatId, MessageId, OpenId } from '../skills/ids.ts';
import type { CardActionDelivery, Delivery, Mention } from '../store/delivery.ts';
import type { EventEnvelope } from './envelope.ts';
import { messageText } from './messageText.ts';

/** A delivery and the key that makes it unique. */
export interface Keyed<D extends Delivery = Delivery> {
  key: string;
  delivery: D;
}

/**
 * Makes an event typed, once: behind this nobody meets what Feishu sent. Undefined for what is not for the bot.
 * `self` is the bot's own open id, when it is known.
 */
export function toDelivery({ eventId, eventType, body }: EventEnvelope, self: OpenId | undefined): Keyed | undefined {
  switch (eventType) {
    case 'im.message.receive_v1':
      return fromMessage(body, self);
    case 'card.action.trigger':
      return fromCardAction(eventId, body);
    case 'im.chat.access_event.bot_p2p_chat_entered_v1':
      return fromEntered(body);
    case 'im.chat.member.bot.added_v1':
      return fromAdded(eventId, body);
    case 'application.bot.menu_v6':
      return fromMenu(eventId, body);
    case 'auth.user_access_token.revoked_v4':
      return fromRevoked(eventId, body);
    default:
      return undefined;
  }
}

const WireMention = z.object({
  key: z.string(),
  id: z.object({ open_id: OpenId }),
  mentioned_type: z.string().nullish(),
  name: z.string().nullish(),
});

const MessageEvent = z.object({
  event: z.object({
    sender: z.object({ sender_id: z.object({ open_id: OpenId }), sender_type: z.string() }),
    message: z.object({
      message_id: MessageId,
      chat_id: ChatId,
      chat_type: z.string(),
      message_type: z.string(),
      content: z.string(),
      mentions: z.array(z.unknown()).nullish(),
    }),
  }),
});

/** Deduplicated by message id: the page warns against relying on the event id (im-v1/message/events/receive). */
function fromMessage(body: unknown, self: OpenId | undefined): Keyed | undefined {
  const parsed = MessageEvent.safeParse(body);
  if (!parsed.success) return undefined;
  const { sender, message } = parsed.data.event;
  if (sender.sender_type !== 'user') return undefined;
  const mentions = (message.mentions ?? []).flatMap((mention) => toMention(mention, self));
  const isGroup = message.chat_type !== 'p2p';
  if (isGroup && self && isForAnotherBot(mentions, self)) return undefined;
  return {
    key: `message:${message.message_id}`,
    delivery: {
      kind: 'message',
      message_id: message.message_id,
      chat_id: message.chat_id,
      chat_type: isGroup ? 'group' : 'p2p',
      sender_id: sender.sender_id.open_id,
      text: messageText(message.message_type, message.content),
      mentions,
    },
  };
}

function toMention(value: unknown, self: OpenId | undefined): Mention[] {
  const parsed = WireMention.safeParse(value);
  if (!parsed.success) return [];
  const { key, id, mentioned_type, name } = parsed.data;
  return [{ key, open_id: id.open_id, name: name ?? '', is_bot: mentioned_type === 'bot' || id.open_id === self }];
}

const isForAnotherBot = (mentions: readonly Mention[], self: OpenId): boolean =>
  mentions.some((mention) => mention.is_bot) && !mentions.some((mention) => mention.open_id === self);

const Context = z.object({ open_message_id: MessageId, open_chat_id: ChatId });

const ActionEvent = z.object({
  // One page of the platform shows the context beside the event instead of in it.
  context: Context.nullish(),
  event: z.object({
    operator: z.object({ open_id: OpenId }),
    token: z.string().nullish(),
    context: Context.nullish(),
    action: z.object({
      value: z.unknown(),
      option: z.string().nullish(),
      form_value: z.record(z.string(), z.unknown()).nullish(),
    }),
  }),
});

const Value = z.looseObject({ action: z.string(), id: z.string().optional() });

function fromCardAction(eventId: string, body: unknown): Keyed<CardActionDelivery> | undefined {
  const parsed = ActionEvent.safeParse(body);
  const context = parsed.data?.event.context ?? parsed.data?.context;
  if (!parsed.success || !context) return undefined;
  const { operator, token, action } = parsed.data.event;
  const value = Value.safeParse(typeof action.value === 'string' ? jsonIn(action.value) : action.value);
  const { action: name, id, ...details } = value.success ? value.data : { action: '' };
  return {
    key: `action:${eventId}`,
    delivery: {
      kind: 'card-action',
      event_id: eventId,
      operator_id: operator.open_id,
      message_id: context.open_message_id,
      chat_id: context.open_chat_id,
      token: token ?? '',
      action: {
        name,
        ...(id !== undefined && { id }),
        details,
        ...(typeof action.option === 'string' && { option: action.option }),
        ...(action.form_value && { form: formIn(action.form_value) }),
      },
    },
  };
}

const FieldValue = z.union([z.string(), z.array(z.string()), z.boolean(), z.number()]);

/** What an untouched field looks like is documented for inputs only: anything else is left out. */
const formIn = (form: Record<string, unknown>): Record<string, z.infer<typeof FieldValue>> =>
  Object.fromEntries(
    Object.entries(form).flatMap(([name, value]) => {
      const field = FieldValue.safeParse(value);
      return field.success ? [[name, field.data]] : [];
    }),
  );

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const EnteredEvent = z.object({
  event: z.object({
    chat_id: ChatId,
    operator_id: z.object({ open_id: OpenId }),
    last_message_id: z.string().nullish(),
  }),
});

/** Only the first time: later on the chat has a last message. */
function fromEntered(body: unknown): Keyed | undefined {
  const parsed = EnteredEvent.safeParse(body);
  if (!parsed.success || parsed.data.event.last_message_id) return undefined;
  const { chat_id, operator_id } = parsed.data.event;
  const delivery = { kind: 'greeting' as const, to: { chat_id }, owner_id: operator_id.open_id };
  return { key: `entered:${chat_id}`, delivery };
}

const AddedEvent = z.object({ event: z.object({ chat_id: ChatId }) });

function fromAdded(eventId: string, body: unknown): Keyed | undefined {
  const parsed = AddedEvent.safeParse(body);
  if (!parsed.success) return undefined;
  return { key: `added:${eventId}`, delivery: { kind: 'greeting', to: { chat_id: parsed.data.event.chat_id } } };
}

const MenuEvent = z.object({ event: z.object({ operator: z.object({ operator_id: z.object({ open_id: OpenId }) }) }) });

/** Every entry of the bot's menu opens the panel (application-v6/bot/events/menu). */
function fromMenu(eventId: string, body: unknown): Keyed | undefined {
  const parsed = MenuEvent.safeParse(body);
  if (!parsed.success) return undefined;
  const { open_id } = parsed.data.event.operator.operator_id;
  return { key: `menu:${eventId}`, delivery: { kind: 'greeting', to: { open_id }, owner_id: open_id } };
}

/** Milliseconds since 1970, as text; of any other form it counts as not known. */
const CreateTime = z
  .string()
  .regex(/^\d{13}$/)
  .transform(Number)
  .optional()
  .catch(undefined);

const RevokedEvent = z.object({
  header: z.object({ create_time: CreateTime }),
  event: z.object({ open_id: OpenId }),
});

function fromRevoked(eventId: string, body: unknown): Keyed | undefined {
  const parsed = RevokedEvent.safeParse(body);
  if (!parsed.success) return undefined;
  const { header, event } = parsed.data;
  const delivery = { kind: 'revoked' as const, open_id: event.open_id, revoked_at: header.create_time };
  return { key: `revoked:${eventId}`, delivery };
}

import { z } from 'zod';
import type { CardActionDelivery, IncomingDelivery, Mention } from '../domain/delivery.ts';
import { ChatId, MessageId, OpenId } from '../domain/ids.ts';
import { jsonOrUndefined } from '../lib/json.ts';
import { isDeeperThan } from '../lib/nesting.ts';
import { CARD_ACTION, type EventEnvelope, MAX_DEPTH } from './envelope.ts';
import { messageText } from './messageText.ts';

/** What an event is to the bot. */
export type ReadEvent =
  | { kind: 'delivery'; incoming: IncomingDelivery }
  /** It is from somebody of another company: all that may come of it is a refusal. */
  | { kind: 'stranger'; incoming: IncomingDelivery }
  | { kind: 'unreadable-click' }
  | { kind: 'nothing' };

/**
 * Makes an event typed, once: behind this nobody meets what Feishu sent. `self` is the bot's own open id, when it is known.
 */
export function toDelivery(event: EventEnvelope, self: OpenId | undefined): ReadEvent {
  switch (event.eventType) {
    case 'im.message.receive_v1':
      return fromMessage(event, self);
    case CARD_ACTION:
      return fromCardAction(event);
    case 'im.chat.access_event.bot_p2p_chat_entered_v1':
      return fromEntered(event);
    case 'im.chat.member.bot.added_v1':
      return fromAdded(event);
    case 'application.bot.menu_v6':
      return fromMenu(event);
    case 'auth.user_access_token.revoked_v4':
      return fromRevoked(event);
    default:
      return NOTHING;
  }
}

const NOTHING: ReadEvent = { kind: 'nothing' };

/**
 * Whether somebody belongs to another company than the app, to which the header belongs. The platform names the company of
 * every sender (im-v1/message/events/receive), of everybody who clicks (card-callback-communication), of everybody who is
 * mentioned, and of whoever adds the bot to a group (im-v1/chat-member-bot/events/added): one that is missing is not ours.
 */
const isStranger = ({ tenantKey }: EventEnvelope, person: string | null | undefined): boolean =>
  !tenantKey || person !== tenantKey;

const from = (stranger: boolean, incoming: IncomingDelivery): ReadEvent => ({
  kind: stranger ? 'stranger' : 'delivery',
  incoming,
});

/** Of anything else than a text nobody knows which company it names. */
const TenantKey = z.string().nullish().catch(undefined);

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

const MessageEvent = z.object({
  event: z.object({
    sender: z.object({
      sender_id: z.object({ open_id: OpenId }),
      sender_type: z.string(),
      tenant_key: TenantKey,
    }),
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
function fromMessage(event: EventEnvelope, self: OpenId | undefined): ReadEvent {
  const parsed = MessageEvent.safeParse(event.body);
  if (!parsed.success) return NOTHING;
  const { sender, message } = parsed.data.event;
  if (sender.sender_type !== 'user') return NOTHING;
  const mentions = (message.mentions ?? []).flatMap((mention) => toMention(event, mention, self));
  const isGroup = message.chat_type !== 'p2p';
  if (isGroup && self && isForAnotherBot(mentions, self)) return NOTHING;
  return from(isStranger(event, sender.tenant_key), {
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
  const mention = { key, openId, name, isBot };
  return [!isBot && isStranger(event, tenant_key) ? { ...mention, isStranger: true } : mention];
}

const isForAnotherBot = (mentions: readonly Mention[], self: OpenId): boolean =>
  mentions.some((mention) => mention.isBot) && !mentions.some((mention) => mention.openId === self);

const Context = z.object({ open_message_id: MessageId, open_chat_id: ChatId });

/** Milliseconds since 1970, or microseconds where somebody pressed; of any other form it counts as not known. */
const CreateTime = z
  .string()
  .regex(/^\d{13}(\d{3})?$/)
  .transform((digits) => Number(digits.slice(0, 13)))
  .optional()
  .catch(undefined);

const ActionEvent = z.object({
  header: z.object({ create_time: CreateTime }),
  // One page of the platform shows the context beside the event instead of in it.
  context: Context.nullish(),
  event: z.object({
    operator: z.object({ open_id: OpenId, tenant_key: TenantKey }),
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

/** A value that is nested too deep is none of the bot's, and could not be stored. */
function fromCardAction(event: EventEnvelope): ReadEvent {
  const { eventId, body } = event;
  const parsed = ActionEvent.safeParse(body);
  const context = parsed.data?.event.context ?? parsed.data?.context;
  if (!parsed.success || !context || isDeeperThan(body, MAX_DEPTH)) return { kind: 'unreadable-click' };
  const { operator, token, action } = parsed.data.event;
  const pressedAt = parsed.data.header.create_time;
  const given = typeof action.value === 'string' ? jsonOrUndefined(action.value) : action.value;
  if (isDeeperThan(given, MAX_DEPTH)) return { kind: 'unreadable-click' };
  const value = Value.safeParse(given);
  const { action: name, id, ...details } = value.success ? value.data : { action: '' };
  const incoming: IncomingDelivery<CardActionDelivery> = {
    requestKey: `action:${eventId}`,
    delivery: {
      kind: 'card-action',
      eventId,
      ...(pressedAt !== undefined && { pressedAt }),
      actorId: operator.open_id,
      cardMessageId: context.open_message_id,
      chatId: context.open_chat_id,
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
  return from(isStranger(event, operator.tenant_key), incoming);
}

type FieldValue = string | string[] | boolean | number;

/** What an untouched field looks like is documented for inputs only: anything else is left out. */
const formIn = (form: Record<string, unknown>): Record<string, FieldValue> =>
  Object.fromEntries(
    Object.entries(form).flatMap(([name, value]): [string, FieldValue][] => (isField(value) ? [[name, value]] : [])),
  );

/** Checked by hand: a schema would describe what is wrong with each of half a million entries. */
const isField = (value: unknown): value is FieldValue =>
  Array.isArray(value)
    ? value.every((entry) => typeof entry === 'string')
    : ['string', 'boolean', 'number'].includes(typeof value);

const EnteredEvent = z.object({
  event: z.object({
    chat_id: ChatId,
    operator_id: z.object({ open_id: OpenId }),
    last_message_id: z.string().nullish(),
  }),
});

/**
 * Only the first time: later on the chat has a last message. Neither this event nor that of the menu names the company of
 * the person. A greeting reads nothing of the desk, and whatever is done on it is judged by its own event.
 */
function fromEntered({ body }: EventEnvelope): ReadEvent {
  const parsed = EnteredEvent.safeParse(body);
  if (!parsed.success || parsed.data.event.last_message_id) return NOTHING;
  const { chat_id: chatId, operator_id } = parsed.data.event;
  const delivery = { kind: 'greeting' as const, to: { chatId }, actorId: operator_id.open_id };
  return from(false, { requestKey: `entered:${chatId}`, delivery });
}

const AddedEvent = z.object({ event: z.object({ chat_id: ChatId, operator_tenant_key: TenantKey }) });

function fromAdded(event: EventEnvelope): ReadEvent {
  const parsed = AddedEvent.safeParse(event.body);
  if (!parsed.success) return NOTHING;
  const { chat_id: chatId, operator_tenant_key } = parsed.data.event;
  const incoming: IncomingDelivery = {
    requestKey: `added:${event.eventId}`,
    delivery: { kind: 'greeting', to: { chatId } },
  };
  return from(isStranger(event, operator_tenant_key), incoming);
}

const MenuEvent = z.object({ event: z.object({ operator: z.object({ operator_id: z.object({ open_id: OpenId }) }) }) });

/** Every entry of the bot's menu opens the panel (application-v6/bot/events/menu). */
function fromMenu({ eventId, body }: EventEnvelope): ReadEvent {
  const parsed = MenuEvent.safeParse(body);
  if (!parsed.success) return NOTHING;
  const { open_id: openId } = parsed.data.event.operator.operator_id;
  const delivery = { kind: 'greeting' as const, to: { openId }, actorId: openId };
  return from(false, { requestKey: `menu:${eventId}`, delivery });
}

const RevokedEvent = z.object({
  header: z.object({ create_time: CreateTime }),
  event: z.object({ open_id: OpenId, revoke_token_type: z.string().nullish().catch(undefined) }),
});

/** Of the access token alone; whatever else it says means the whole login (auth-v4/user_access_token/events/revoked). */
const ACCESS_TOKEN = 'user_access_token';

/** Whoever it was, only their own login ends by it. */
function fromRevoked({ eventId, body }: EventEnvelope): ReadEvent {
  const parsed = RevokedEvent.safeParse(body);
  if (!parsed.success) return NOTHING;
  const { header, event } = parsed.data;
  const delivery = {
    kind: 'revoked' as const,
    openId: event.open_id,
    revokedAt: header.create_time,
    ...(event.revoke_token_type?.trim() === ACCESS_TOKEN && { accessOnly: true }),
  };
  return from(false, { requestKey: `revoked:${eventId}`, delivery });
}

import { z } from 'zod';
import type { IncomingDelivery } from '../domain/delivery.ts';
import { ChatId, OpenId } from '../domain/ids.ts';
import { CARD_ACTION, type EventEnvelope } from './envelope.ts';
import { readClick } from './readClick.ts';
import { CreateTime, deliveryFrom, isStranger, NOTHING, personIn, type ReadEvent, TenantKey } from './readEvent.ts';
import { readMessage } from './readMessage.ts';

/**
 * Makes an event typed, once: behind this nobody meets what Feishu sent. `self` is the bot's own open id, when it is known.
 */
export function toDelivery(event: EventEnvelope, self: OpenId | undefined): ReadEvent {
  switch (event.eventType) {
    case 'im.message.receive_v1':
      return readMessage(event, self);
    case CARD_ACTION:
      return readClick(event);
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

const UNREADABLE: ReadEvent = { kind: 'unreadable', what: 'other' };

/** Whoever did something, who has to be known. */
const Somebody = z.unknown().transform((value, context) => {
  const person = personIn(value);
  if (person) return person.openId;
  context.addIssue({ code: 'custom', message: 'nobody' });
  return z.NEVER;
});

const EnteredEvent = z.object({
  event: z.object({
    chat_id: ChatId,
    operator_id: Somebody,
    last_message_id: z.string().nullish(),
  }),
});

/**
 * Only the first time: later on the chat has a last message. Neither this event nor that of the menu names the company of
 * the person. A greeting reads nothing of the desk, and whatever is done on it is judged by its own event.
 */
function fromEntered({ body }: EventEnvelope): ReadEvent {
  const parsed = EnteredEvent.safeParse(body);
  if (!parsed.success) return UNREADABLE;
  const { chat_id: chatId, operator_id: actorId, last_message_id } = parsed.data.event;
  if (last_message_id) return NOTHING;
  const delivery = { kind: 'greeting' as const, to: { chatId }, actorId };
  return deliveryFrom(false, { requestKey: `entered:${chatId}`, delivery });
}

const AddedEvent = z.object({ event: z.object({ chat_id: ChatId, operator_tenant_key: TenantKey }) });

function fromAdded(event: EventEnvelope): ReadEvent {
  const parsed = AddedEvent.safeParse(event.body);
  if (!parsed.success) return UNREADABLE;
  const { chat_id: chatId, operator_tenant_key } = parsed.data.event;
  const incoming: IncomingDelivery = {
    requestKey: `added:${event.eventId}`,
    delivery: { kind: 'greeting', to: { chatId } },
  };
  return deliveryFrom(isStranger(event, operator_tenant_key), incoming);
}

const MenuEvent = z.object({ event: z.object({ operator: Somebody }) });

/** Every entry of the bot's menu opens the panel (application-v6/bot/events/menu). */
function fromMenu({ eventId, body }: EventEnvelope): ReadEvent {
  const parsed = MenuEvent.safeParse(body);
  if (!parsed.success) return UNREADABLE;
  const openId = parsed.data.event.operator;
  const delivery = { kind: 'greeting' as const, to: { openId }, actorId: openId };
  return deliveryFrom(false, { requestKey: `menu:${eventId}`, delivery });
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
  if (!parsed.success) return UNREADABLE;
  const { header, event } = parsed.data;
  const delivery = {
    kind: 'revoked' as const,
    openId: event.open_id,
    revokedAt: header.create_time,
    ...(event.revoke_token_type?.trim() === ACCESS_TOKEN && { accessOnly: true }),
  };
  return deliveryFrom(false, { requestKey: `revoked:${eventId}`, delivery });
}

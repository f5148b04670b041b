import { z } from 'zod';
import { type ClickOutcome, type ClickParts, clickRaw } from '../clicks/clicks.ts';
import { TENANT_KEY } from '../seed.ts';
import { CARD_ACTION, eventBody } from './events.ts';

/** A push in clear, recorded or written by hand. */
export interface ReplayEvent {
  header: { event_type: string; event_id?: string | undefined; tenant_key?: string | undefined };
  event: Record<string, unknown>;
}

export interface ReplayOptions {
  /** Keeps ids and times; the bot then takes it for one that it has seen, if it has. */
  asIs?: boolean;
}

export interface Replayed {
  eventId: string;
  /** The message that the event is about. */
  messageId?: string;
  /** What the client made of the answer to a card callback. */
  outcome?: ClickOutcome;
}

const MESSAGE = 'im.message.receive_v1';

/**
 * Sends a recorded or hand-written event to the bot, under this local Feishu's app and token. Unless `asIs`, with new ids and
 * the present time: the bot would take it for one it has seen. Throws when it speaks of a chat or a card that is not here.
 */
export async function replay(parts: ClickParts, recorded: ReplayEvent, options: ReplayOptions = {}): Promise<Replayed> {
  const { asIs = false } = options;
  const type = recorded.header.event_type;
  const eventId = (asIs ? recorded.header.event_id : undefined) ?? parts.ids.event();
  const tenantHere = tenantIn(recorded);
  if (type === CARD_ACTION) return replayClick(parts, recorded.event, { eventId, tenantHere });
  const event =
    type === MESSAGE
      ? replayMessage(parts, recorded.event, { asIs, tenantHere })
      : otherEvent(recorded.event, tenantHere);
  parts.deliveries.send(eventBody(parts, type, event.event, eventId));
  return { eventId, ...('messageId' in event ? { messageId: event.messageId } : {}) };
}

/** The company of a person, as this local Feishu names it. */
type TenantHere = (key: string | undefined) => string;

/** The recorded app's own company is that of this local Feishu; what is not told is taken for it, and others stay others. */
const tenantIn =
  ({ header }: ReplayEvent): TenantHere =>
  (key) =>
    key === undefined || key === header.tenant_key ? TENANT_KEY : key;

function otherEvent(event: Record<string, unknown>, tenantHere: TenantHere) {
  const { operator_tenant_key: key } = event;
  return { event: typeof key === 'string' ? { ...event, operator_tenant_key: tenantHere(key) } : event };
}

const messageSchema = z.looseObject({
  sender: z.looseObject({ sender_id: z.looseObject({ open_id: z.string() }), tenant_key: z.string().optional() }),
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
          tenant_key: z.string().optional(),
        }),
      )
      .default([]),
  }),
});

const inTenant = ({ sender, message, ...event }: z.infer<typeof messageSchema>, tenantHere: TenantHere) => ({
  ...event,
  sender: { ...sender, tenant_key: tenantHere(sender.tenant_key) },
  message: {
    ...message,
    mentions: message.mentions.map((mention) => ({ ...mention, tenant_key: tenantHere(mention.tenant_key) })),
  },
});

/** Posts the message too, so that the bot can answer it. */
function replayMessage(
  parts: ClickParts,
  recorded: unknown,
  { asIs, tenantHere }: { asIs: boolean; tenantHere: TenantHere },
) {
  const event = inTenant(messageSchema.parse(recorded), tenantHere);
  const { chat_id: chatId, message_type: msgType, content, mentions, message_id: oldId } = event.message;
  if (!parts.chats.byId(chatId)) throw new Error(`the local Feishu has no chat ${chatId}`);
  const messageId = (asIs ? oldId : undefined) ?? parts.ids.message();
  if (!parts.messages.get(messageId)) {
    parts.messages.add({
      messageId,
      chatId,
      msgType,
      content,
      senderKind: 'user',
      senderId: event.sender.sender_id.open_id,
      mentions: mentions.map(({ key, name, id, mentioned_type: kind }) => ({
        key,
        name,
        openId: id.open_id,
        kind: kind === 'bot' ? 'bot' : 'user',
      })),
    });
  }
  const time = asIs ? {} : { create_time: String(parts.clock.now()), update_time: String(parts.clock.now()) };
  return { messageId, event: { ...event, message: { ...event.message, ...time, message_id: messageId } } };
}

const clickSchema = z.looseObject({
  operator: z.looseObject({ open_id: z.string(), tenant_key: z.string().optional() }),
  action: z.record(z.string(), z.unknown()),
  context: z.looseObject({ open_message_id: z.string() }),
});

async function replayClick(
  parts: ClickParts,
  recorded: unknown,
  { eventId, tenantHere }: { eventId: string; tenantHere: TenantHere },
): Promise<Replayed> {
  const { operator: given, action, context } = clickSchema.parse(recorded);
  const operator = { ...given, tenant_key: tenantHere(given.tenant_key) };
  const messageId = context.open_message_id;
  const person = parts.directory.actor(operator.open_id);
  if (!person) throw new Error(`${operator.open_id} is not one of the people who click`);
  if (!parts.messages.get(messageId)) {
    throw new Error(
      `the card ${messageId} is not in this local Feishu: replay the message that led to it, or click again`,
    );
  }
  const click = { as: person.key, messageId, action, options: { eventId, operator } };
  return { eventId, messageId, outcome: await clickRaw(parts, click) };
}

import { z } from 'zod';
import type { CardActionDelivery, UnplacedClick } from '../domain/delivery.ts';
import { ChatId, MessageId } from '../domain/ids.ts';
import { readSubmitName } from '../domain/submitName.ts';
import { jsonOrUndefined } from '../lib/json.ts';
import { isDeeperThan } from '../lib/nesting.ts';
import { type EventEnvelope, MAX_DEPTH } from './envelope.ts';
import { CreateTime, deliveryFrom, isStranger, personIn, type ReadEvent } from './readEvent.ts';

const text = <T extends z.ZodType>(id: T) => id.optional().catch(undefined);

/** Where a card is: in the context, or beside it; the ids have a name of their own there, or that of the other events. */
const Place = z
  .object({
    open_message_id: text(MessageId),
    message_id: text(MessageId),
    open_chat_id: text(ChatId),
    chat_id: text(ChatId),
  })
  .transform((ids) => ({
    cardMessageId: ids.open_message_id ?? ids.message_id,
    chatId: ids.open_chat_id ?? ids.chat_id,
  }))
  .nullish()
  .catch(undefined);

const ClickEvent = z.object({
  header: z.object({ create_time: CreateTime }),
  // One page of the platform shows the context beside the event instead of in it.
  context: Place,
  event: z.looseObject({
    operator: z.unknown().transform(personIn),
    token: z.string().nullish().catch(undefined),
    context: Place,
    action: z.object({
      value: z.unknown().optional(),
      name: z.unknown().optional(),
      option: z.string().nullish(),
      form_value: z.record(z.string(), z.unknown()).nullish(),
    }),
  }),
});

/**
 * Reads a click. It cannot be read when it does not say who pressed what. Where it does not say where, the bot may know by
 * what was pressed.
 */
export function readClick(event: EventEnvelope): ReadEvent {
  const { eventId, body } = event;
  // What is nested too deep is none of the bot's, and could not be stored.
  const parsed = isDeeperThan(body, MAX_DEPTH) ? undefined : ClickEvent.safeParse(body).data;
  const pressed = parsed && pressedIn(parsed.event.action);
  if (!parsed?.event.operator || !pressed) return { kind: 'unreadable', what: 'click' };
  const { operator, token } = parsed.event;
  const requestKey = `action:${eventId}`;
  const pressedAt = parsed.header.create_time;
  const click: UnplacedClick = {
    kind: 'card-action',
    eventId,
    ...(pressedAt !== undefined && { pressedAt }),
    actorId: operator.openId,
    ...placeOf(parsed),
    token: token ?? '',
    action: pressed,
  };
  const stranger = isStranger(event, operator.tenantKey);
  const { chatId, cardMessageId } = click;
  if (chatId && cardMessageId) {
    return deliveryFrom(stranger, { requestKey, delivery: { ...click, chatId, cardMessageId } });
  }
  // Nothing is looked up for a stranger.
  return stranger ? { kind: 'stranger-click' } : { kind: 'unplaced-click', requestKey, click };
}

/** The first of each id, from where the documents have it to where it was seen. */
function placeOf({ context, event }: z.output<typeof ClickEvent>): Pick<UnplacedClick, 'chatId' | 'cardMessageId'> {
  const places = [event.context, context, Place.parse(event)];
  const chatId = places.find((place) => place?.chatId)?.chatId;
  const cardMessageId = places.find((place) => place?.cardMessageId)?.cardMessageId;
  return { ...(chatId && { chatId }), ...(cardMessageId && { cardMessageId }) };
}

const Value = z.looseObject({ action: z.string().min(1), id: z.string().optional() });

/** What was pressed: by the value of the control or, where none comes, by its name. */
function pressedIn(action: z.output<typeof ClickEvent>['event']['action']): CardActionDelivery['action'] | undefined {
  const stands = byValue(action.value) ?? byName(action.name);
  return (
    stands && {
      ...stands,
      ...(typeof action.option === 'string' && { option: action.option }),
      ...(action.form_value && { form: formIn(action.form_value) }),
    }
  );
}

type Meaning = Pick<CardActionDelivery['action'], 'name' | 'id' | 'details'>;

function byValue(given: unknown): Meaning | undefined {
  const value = Value.safeParse(typeof given === 'string' ? jsonOrUndefined(given) : given);
  if (!value.success || isDeeperThan(value.data, MAX_DEPTH)) return undefined;
  const { action: name, id, ...details } = value.data;
  return { name, ...(id !== undefined && { id }), details };
}

function byName(name: unknown): Meaning | undefined {
  const read = readSubmitName(name);
  if (!read) return undefined;
  const { command, viewId, field } = read;
  return { name: `form.${command}`, id: viewId, details: field === undefined ? {} : { field } };
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

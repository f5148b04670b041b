import { performance } from 'node:perf_hooks';
import type { CardJson } from '../json.ts';
import type { Deliveries, DeliveriesParts } from '../pushes/deliveries.ts';
import { CARD_ACTION, type EventBody, eventBody, idsOf } from '../pushes/events.ts';
import type { PostResult } from '../pushes/post.ts';
import { push } from '../pushes/push.ts';
import type { CardTokens } from '../state/cardTokens.ts';
import type { Chats } from '../state/chats.ts';
import type { Directory, Person } from '../state/directory.ts';
import type { Messages, StoredMessage } from '../state/messages.ts';
import type { ClickInput } from './actions.ts';
import { actionOf } from './actions.ts';
import { type CallbackAnswer, readCallbackAnswer, type Toast } from './callbackAnswer.ts';
import type { ClickTarget } from './controls.ts';

/** Replaces parts of a hand-made callback. */
export interface RawClickOptions {
  chatId?: string;
  eventId?: string;
  operator?: Record<string, unknown>;
}

export interface ClickOutcome {
  status: 'ok' | 'error';
  /** The client's error code, such as 200341 for no answer in time. */
  code?: number;
  message?: string;
  toast?: Toast;
  /** The card of the answer; it is already shown. */
  card?: CardJson;
  tookMs: number;
  eventId: string;
  /** Credential for the delayed update. */
  updateToken: string;
}

const CARD_LIFE_MS = 14 * 86_400_000;

export interface ClickParts extends Omit<DeliveriesParts, 'faults' | 'logger' | 'retryDelaysMs' | 'closing'> {
  cardTokens: CardTokens;
  chats: Chats;
  deliveries: Deliveries;
  directory: Directory;
  messages: Messages;
}

/** Who clicks, and on which card. */
interface Clicker {
  as: string;
  messageId: string;
}

/** Uses a control of the card as it is shown. Throws when a client would not let the person do it. */
export async function click(
  parts: ClickParts,
  { as, messageId, target, input = {} }: Clicker & { target: ClickTarget; input?: ClickInput | undefined },
): Promise<ClickOutcome> {
  const person = parts.directory.person(as);
  const message = shownCard(parts, messageId);
  const members = parts.chats.byId(message.chatId)?.members ?? [];
  if (!members.includes(person.openId)) throw new Error(`${as} does not see the chat of the card`);
  if (parts.clock.now() - message.createdAt > CARD_LIFE_MS) throw new Error('the card is older than 14 days');
  const action = actionOf(message.card, target, { submits: parts.settings.submits, ...input }, members);
  return sendClick(parts, { person, message, action, ...(input.chatId === undefined ? {} : { chatId: input.chatId }) });
}

/** Sends a callback with any action for a card message. */
export function clickRaw(
  parts: ClickParts,
  { as, messageId, action, options = {} }: Clicker & { action: CardJson; options?: RawClickOptions | undefined },
): Promise<ClickOutcome> {
  return sendClick(parts, {
    person: parts.directory.person(as),
    message: shownCard(parts, messageId),
    action,
    ...options,
  });
}

function shownCard({ messages }: ClickParts, messageId: string): StoredMessage & { card: CardJson } {
  const message = messages.get(messageId);
  if (!message?.card) throw new Error(`there is no card message ${messageId}`);
  if (message.recalled) throw new Error(`the message ${messageId} is recalled`);
  return { ...message, card: message.card };
}

interface SentClick {
  person: Person;
  message: StoredMessage;
  action: CardJson;
}

async function sendClick(
  parts: ClickParts,
  { person, message, action, ...options }: RawClickOptions & SentClick,
): Promise<ClickOutcome> {
  const startedAt = performance.now();
  const updateToken = parts.cardTokens.issue(message.messageId);
  const event = {
    operator: options.operator ?? { tenant_key: parts.directory.tenantOf(person.openId), ...idsOf(person) },
    token: updateToken,
    action,
    host: 'im_message',
    context: { open_message_id: message.messageId, open_chat_id: options.chatId ?? message.chatId },
  };
  const body = eventBody(parts, CARD_ACTION, event, options.eventId);
  const answer = await callBack(parts, body);
  parts.cardTokens.markAnswered(updateToken);
  if (answer.status === 'ok' && answer.card) parts.messages.replaceCard(message.messageId, answer.card);
  const tookMs = Math.round(performance.now() - startedAt);
  return { ...answer, tookMs, eventId: body.header.event_id, updateToken };
}

async function callBack(parts: ClickParts, body: EventBody): Promise<CallbackAnswer> {
  const { app, settings, log, deliveries, directory } = parts;
  deliveries.remember(body);
  if (!app.delivers(CARD_ACTION))
    return { status: 'error', code: 200340, message: 'the callback is not subscribed to' };
  if (settings.pushVia === 'webhook' && settings.cardUrl === undefined) {
    return { status: 'error', code: 200340, message: 'no callback address is configured' };
  }
  const { entry, result } = await push(parts, body, 1);
  const answer = readCallbackAnswer(result, (id) => directory.byOpenId(id) !== undefined);
  log.end(entry, { ...statusOf(result), ...(answer.status === 'error' ? { error: answer.message } : {}) });
  return answer;
}

function statusOf(result: PostResult): { status: number; tookMs: number } {
  return { status: result.kind === 'answer' ? result.status : 0, tookMs: result.tookMs };
}

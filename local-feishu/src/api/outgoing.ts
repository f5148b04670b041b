import type { Clock } from '../clock.ts';
import type { Credentials } from '../credentials.ts';
import type { Ids } from '../ids.ts';
import type { CardJson } from '../json.ts';
import type { Settings } from '../settings.ts';
import type { Chat } from '../state/chats.ts';
import type { Directory } from '../state/directory.ts';
import type { Messages } from '../state/messages.ts';
import type { RateLimits } from '../state/rateLimits.ts';
import { type Answer, failure, success } from './answers.ts';
import { messageData } from './messageData.ts';

const UUID_LIFE_MS = 3_600_000;

export const RATE_LIMITED = failure(400, 230020, 'This operation triggers the frequency limit.');

export interface OutgoingMessage {
  chat: Chat;
  msgType: string;
  content: string;
  card?: CardJson;
  uuid?: string;
  replyTo?: string;
  rootId?: string;
  threadId?: string;
}

/** Which message a uuid made. */
export class PostedUuids {
  readonly #posted = new Map<string, { messageId: string; at: number }>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Only within an hour. */
  find(uuid: string): string | undefined {
    const entry = this.#posted.get(uuid);
    return entry && this.#clock.now() - entry.at < UUID_LIFE_MS ? entry.messageId : undefined;
  }

  remember(uuid: string, messageId: string): void {
    this.#posted.set(uuid, { messageId, at: this.#clock.now() });
  }
}

export interface OutgoingParts {
  directory: Directory;
  ids: Ids;
  credentials: Credentials;
  settings: Settings;
  messages: Messages;
  sendLimits: RateLimits;
  uuids: PostedUuids;
}

/**
 * Posts a checked message of the bot. A uuid that already made a message posts nothing and answers that message
 * (what a duplicate answers is not documented).
 */
export function postFromBot(parts: OutgoingParts, message: OutgoingMessage): Answer {
  const { settings, messages, sendLimits, uuids } = parts;
  const { chat, uuid, ...rest } = message;
  if (settings.rateLimits && !sendLimits.take(chat.chatId)) return RATE_LIMITED;
  const known = uuid === undefined ? undefined : messages.get(uuids.find(uuid) ?? '');
  if (known) return success(messageData(parts, known));
  const stored = messages.add({
    ...rest,
    ...(uuid === undefined ? {} : { uuid }),
    messageId: parts.ids.message(),
    chatId: chat.chatId,
    senderKind: 'bot',
    senderId: parts.directory.bot.openId,
  });
  if (uuid !== undefined) uuids.remember(uuid, stored.messageId);
  return success(messageData(parts, stored));
}

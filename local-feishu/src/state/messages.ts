import type { Clock } from '../clock.ts';
import type { CardJson } from '../json.ts';
import type { Changes } from './changes.ts';

export interface Mention {
  key: string;
  openId: string;
  name: string;
  kind: 'user' | 'bot';
}

export interface StoredMessage {
  messageId: string;
  chatId: string;
  senderKind: 'user' | 'bot';
  /** Open id of the person, or of the bot. */
  senderId: string;
  msgType: string;
  /** As stored on the platform: a JSON string. */
  content: string;
  mentions: Mention[];
  /** The card as now shown. */
  card?: CardJson;
  /** All versions of the card, the first one first. */
  history: CardJson[];
  /** The message this one answers. */
  replyTo?: string;
  rootId?: string;
  threadId?: string;
  uuid?: string;
  recalled: boolean;
  /** Milliseconds since 1970. */
  createdAt: number;
  updatedAt: number;
}

export type NewMessage = Pick<
  StoredMessage,
  'messageId' | 'chatId' | 'senderKind' | 'senderId' | 'msgType' | 'content'
> &
  Partial<Pick<StoredMessage, 'mentions' | 'card' | 'replyTo' | 'rootId' | 'threadId' | 'uuid'>>;

interface Waiter {
  predicate: (message: StoredMessage) => boolean;
  resolve: (message: StoredMessage) => void;
}

/** All messages, oldest first. Readers get copies. */
export class Messages {
  readonly #messages = new Map<string, StoredMessage>();
  readonly #waiters = new Set<Waiter>();
  readonly #clock: Clock;
  readonly #changes: Changes;

  constructor(clock: Clock, changes: Changes) {
    this.#clock = clock;
    this.#changes = changes;
  }

  get(messageId: string): StoredMessage | undefined {
    return structuredClone(this.#messages.get(messageId));
  }

  /** Of one chat, or all. */
  list(chatId?: string): StoredMessage[] {
    const all = [...this.#messages.values()];
    return structuredClone(chatId === undefined ? all : all.filter((message) => message.chatId === chatId));
  }

  add(message: NewMessage): StoredMessage {
    const now = this.#clock.now();
    const stored: StoredMessage = {
      mentions: [],
      ...structuredClone(message),
      history: message.card ? [structuredClone(message.card)] : [],
      recalled: false,
      createdAt: now,
      updatedAt: now,
    };
    this.#messages.set(stored.messageId, stored);
    this.#changed(stored);
    return structuredClone(stored);
  }

  /** Shows another card in the same message. */
  replaceCard(messageId: string, card: CardJson): void {
    this.#alter(messageId, (message) => {
      message.card = structuredClone(card);
      message.content = JSON.stringify(card);
      message.history.push(structuredClone(card));
      message.updatedAt = this.#clock.now();
    });
  }

  /** Throws for an unknown message. */
  recall(messageId: string): void {
    this.#alter(messageId, (message) => {
      message.recalled = true;
    });
  }

  /** The first that fits, now or later; the predicate only looks. `timeoutMs` in real time. */
  waitFor(predicate: (message: StoredMessage) => boolean, timeoutMs: number): Promise<StoredMessage> {
    const present = [...this.#messages.values()].find(predicate);
    if (present) return Promise.resolve(structuredClone(present));
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        predicate,
        resolve: (message) => {
          clearTimeout(timer);
          this.#waiters.delete(waiter);
          resolve(message);
        },
      };
      const timer = setTimeout(() => {
        this.#waiters.delete(waiter);
        reject(new Error(`no such message within ${timeoutMs} ms; the last ones are: ${this.#summary()}`));
      }, timeoutMs);
      this.#waiters.add(waiter);
    });
  }

  #alter(messageId: string, change: (message: StoredMessage) => void): void {
    const message = this.#messages.get(messageId);
    if (!message) throw new Error(`there is no message ${messageId}`);
    change(message);
    this.#changed(message);
  }

  #changed(message: StoredMessage): void {
    for (const waiter of [...this.#waiters]) {
      if (waiter.predicate(message)) waiter.resolve(structuredClone(message));
    }
    this.#changes.emit();
  }

  #summary(): string {
    const last = this.list().slice(-5);
    return last.map((message) => `${message.senderKind} ${message.content.slice(0, 200)}`).join(' | ') || 'none';
  }
}

import { setTimeout as delay } from 'node:timers/promises';
import type { ClickOutcome, Person, StoredMessage } from 'local-feishu';
import { callbacksIn, cardFact, linkIn } from './cards.ts';
import type { AdminKey, CrowdedFeishu } from './crowd.ts';
import type { CardFact } from './history.ts';
import type { RunRecord } from './record.ts';
import { type Answered, isTaken } from './taken.ts';

/** People give up on an answer. */
const ANSWER_MS = 20_000;
const LOGIN_MS = 30_000;

/** What one admin can do, each step written down. */
export interface Hands {
  person: Person<AdminKey>;
  /** Sends a command and waits for its answer; undefined when none comes. */
  ask(chat: 'group' | 'p2p', text: string): Promise<string | undefined>;
  /** Presses a button of a card. False when it is not there, or the client says that it failed. */
  press(messageId: string, action: string): Promise<boolean>;
  /** Presses a button that leads to another message, and waits for that. */
  pressForMessage(messageId: string, action: string): Promise<string | undefined>;
  /** Waits until the card is other than it is, at most so long. */
  watch(messageId: string, ms: number): Promise<void>;
  look(messageId: string): CardFact | undefined;
  /** Logs in by a link of the card, if it has one. */
  loginBy(messageId: string): Promise<void>;
}

export function createHands(sandbox: CrowdedFeishu, person: Person<AdminKey>, record: RunRecord): Hands {
  const as: AdminKey = person.key;
  const look = (messageId: string): CardFact | undefined => {
    const message = sandbox.message(messageId);
    return message?.card && cardFact(message);
  };
  const answer = async (questionId: string, known: ReadonlySet<string> = new Set()): Promise<string | undefined> => {
    const isAnswer = ({ replyTo, senderKind, messageId }: StoredMessage) =>
      replyTo === questionId && senderKind === 'bot' && !known.has(messageId);
    const found = await sandbox.waitForMessage(isAnswer, ANSWER_MS).catch(() => undefined);
    return found?.messageId;
  };
  const loginBy = async (messageId: string): Promise<void> => {
    const link = linkIn(sandbox.message(messageId)?.card);
    if (link === undefined) return;
    record.add({ who: person.key, what: 'logs in', messageId });
    await Promise.race([sandbox.login(as, link).catch(() => undefined), delay(LOGIN_MS, undefined, { ref: false })]);
    await delay(1_000);
  };
  const hands: Hands = {
    person,
    look,
    loginBy,
    async ask(chat, text) {
      const sent = await sandbox.say(as, chat, text);
      record.asked.push(sent.messageId);
      record.add({ who: person.key, what: `says "${text}"`, messageId: sent.messageId });
      const messageId = await answer(sent.messageId);
      record.count(messageId === undefined ? 'commands without an answer' : 'commands');
      if (messageId === undefined) return undefined;
      const { changeId, template, actions } = look(messageId) ?? {};
      record.add({ who: person.key, what: `sees a ${template} card [${actions}]`, changeId, messageId });
      await loginBy(messageId);
      return messageId;
    },
    async press(messageId, action) {
      const value = callbacksIn(sandbox.message(messageId)?.card).find((callback) => callback.action === action);
      if (!value) return false;
      const changeId = typeof value.id === 'string' ? value.id : '';
      const note = (what: string): void => record.add({ who: person.key, what, changeId, messageId });
      note(`presses ${action}`);
      if (action === 'change.confirm') record.confirm(changeId, person.openId);
      const outcome = await clicked(sandbox.click(as, messageId, { value, action }));
      note(`${action} is answered: ${answerText(outcome)}`);
      record.count(outcome.status === 'ok' ? 'clicks' : 'clicks that failed');
      if (isTaken(outcome)) record.taken.add(outcome.eventId ?? '');
      if (action === 'change.confirm' && isTaken(outcome)) record.accept(changeId, person.openId);
      return outcome.status === 'ok';
    },
    async pressForMessage(messageId, action) {
      const known = new Set(
        sandbox.messages(sandbox.message(messageId)?.chatId).flatMap((message) => {
          return message.replyTo === messageId ? [message.messageId] : [];
        }),
      );
      return (await hands.press(messageId, action)) ? answer(messageId, known) : undefined;
    },
    async watch(messageId, ms) {
      const before = sandbox.message(messageId)?.history.length ?? 0;
      const isOther = (message: StoredMessage) => message.messageId === messageId && message.history.length > before;
      await sandbox.waitForMessage(isOther, ms).catch(() => undefined);
    },
  };
  return hands;
}

/** The card may have changed under the finger, or the message be gone. */
const clicked = (click: Promise<ClickOutcome>): Promise<Answered> =>
  click.catch(() => ({ status: 'error' as const, code: 0 }));

const answerText = ({ status, code, toast }: Answered): string =>
  status === 'ok' ? (toast?.i18n?.en_us ?? 'ok') : `error ${code}`;

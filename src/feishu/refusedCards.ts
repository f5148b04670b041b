import { createHash } from 'node:crypto';
import type { OpenId } from '../domain/ids.ts';
import type { Logger } from '../lib/logger.ts';
import { FeishuError } from './errors.ts';
import type { CardJson, Messages } from './messages.ts';

/** Why a card was not taken. */
export type Refusal = Pick<FeishuError, 'code' | 'logId'>;

type Names = ReadonlyMap<OpenId, string>;

/** Other forms of a card, for when Feishu does not take it as it is. */
export interface OtherForms {
  peopleIn(card: CardJson): OpenId[];
  /** Undefined when that is no other card. */
  withoutChips(card: CardJson, names: Names): CardJson | undefined;
  masked(card: CardJson): CardJson;
  asText(card: CardJson, names: Names, refusal: Refusal): string;
  noteOnly(refusal: Refusal): string;
  /** The names of these people, as far as they can be found out. Never rejects. */
  namesOf(ids: readonly OpenId[]): Promise<Names>;
}

/** Plain mail addresses or phone numbers (im-v1/message/reply). */
const DATA_LEAK_AUDIT = 230028;

/**
 * Messages that arrive even when Feishu refuses a card: first without chips of people (of whom one who has left is a known
 * reason), then as one text, which says why. What is refused for good is not tried again, nor is what is gone.
 */
export function withOtherForms(messages: Messages, forms: OtherForms, logger: Logger): Messages {
  const parts = { forms, logger };
  return {
    ...messages,
    reply: (to, card, uuid) =>
      post(parts, card, {
        card: (form, kind) => messages.reply(to, form, uuidFor(uuid, kind)),
        text: (text, kind) => messages.postText({ messageId: to }, text, uuidFor(uuid, kind)),
      }),
    send: (to, card, uuid) =>
      post(parts, card, {
        card: (form, kind) => messages.send(to, form, uuidFor(uuid, kind)),
        text: (text, kind) => messages.postText(to, text, uuidFor(uuid, kind)),
      }),
    // The message still shows a card: what it should show follows as a text.
    update: async (message, card) =>
      (await post(parts, card, {
        card: (form) => messages.update(message, form),
        text: (text) => messages.postText({ messageId: message }, text, uuidFor(`${message} ${text}`, 'text')),
      })) ?? message,
  };
}

type Form = 'as it is' | 'without chips' | 'text' | 'note';

/** At most 50 characters, another one for other content (im-v1/message/reply). */
const uuidFor = (uuid: string, form: Form): string =>
  form === 'as it is' ? uuid : createHash('sha256').update(`${uuid} ${form}`).digest('base64url');

interface Ways<T> {
  card: (card: CardJson, form: Form) => Promise<T>;
  text: (text: string, form: Form) => Promise<unknown>;
}

/** Gives what the card led to; undefined when only a text could be posted. */
async function post<T>(
  { forms, logger }: { forms: OtherForms; logger: Logger },
  card: CardJson,
  ways: Ways<T>,
): Promise<T | undefined> {
  const first = await refusedOr(ways.card(card, 'as it is'));
  if (!first.refusal) return first.value;
  logger.warn(toFields(first.refusal), 'card refused');
  const shown = first.refusal.code === DATA_LEAK_AUDIT ? forms.masked(card) : card;
  const names = await forms.namesOf(forms.peopleIn(shown));
  const simpler = forms.withoutChips(shown, names) ?? (shown === card ? undefined : shown);
  const second = simpler ? await refusedOr(ways.card(simpler, 'without chips')) : first;
  if (!second.refusal) return second.value;
  logger.error(toFields(second.refusal), 'card refused, said as a text');
  const third = await refusedOr(ways.text(forms.asText(shown, names, second.refusal), 'text'));
  const last = third.refusal && (await refusedOr(ways.text(forms.noteOnly(third.refusal), 'note')));
  if (last?.refusal) logger.error(toFields(last.refusal), 'nothing can be said');
  return undefined;
}

const toFields = ({ code, logId, message }: FeishuError) => ({ code, logId, reason: message.slice(0, 200) });

type Tried<T> = { refusal: FeishuError } | { refusal: undefined; value: T };

async function refusedOr<T>(work: Promise<T>): Promise<Tried<T>> {
  try {
    return { refusal: undefined, value: await work };
  } catch (error) {
    if (isRefused(error)) return { refusal: error };
    throw error;
  }
}

/** Content that is refused, also for a reason that no document has. An answer without a code comes from something else. */
const isRefused = (error: unknown): error is FeishuError =>
  error instanceof FeishuError &&
  (error.kind === 'bad-request' ||
    (error.kind === 'unexpected' && error.code !== undefined && error.code !== 0 && (error.httpStatus ?? 500) < 500));

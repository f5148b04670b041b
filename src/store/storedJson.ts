import { z } from 'zod';
import { Outcome } from '../domain/change.ts';
import { Delivery } from '../domain/delivery.ts';
import { Intent } from '../domain/intent.ts';
import { Remark } from '../domain/remark.ts';
import { SkillContent } from '../domain/skill.ts';
import { isObject, parseJson, stringifyJson } from '../lib/json.ts';
import { fromStored, intoStored, type Spelling, type Translate } from './spelling.ts';

// The one place where JSON columns are translated. Version 0.2.0 wrote the spellings below, and during an update it runs
// beside this version on one database: they are what is written, and both spellings are read. The operand of a rule, what
// a button carries and what was filled into a form are not listed: their names are not the bot's to change.

const RULE: Spelling = {
  names: {
    selectedOperator: 'selected_operator',
    operatorOptions: 'operator_options',
    displayName: 'display_name',
  },
};
const CONTENT: Spelling = { names: { agentIds: 'agent_ids' }, inside: { rules: RULE } };
const DIFFERENCE: Spelling = {
  values: { field: { agentIds: 'agent_ids' } },
  inside: { added: RULE, removed: RULE },
};
const INTENT: Spelling = {
  names: { agentIds: 'agent_ids' },
  inside: { rule: RULE, to: RULE, content: CONTENT, differences: DIFFERENCE },
};
const REMARK: Spelling = {
  names: { agentIds: 'agent_ids' },
  inside: { kept: DIFFERENCE, differences: DIFFERENCE },
};
const FAILURE: Spelling = { names: { logId: 'log_id' } };
const OUTCOME: Spelling = {
  names: { logId: 'log_id', inDoubt: 'in_doubt', sentAt: 'sent_at', createdId: 'created_id' },
  inside: {
    differences: DIFFERENCE,
    failure: FAILURE,
    before: CONTENT,
    unknown: {
      names: { offersRetry: 'offers_retry', retriedBy: 'retried_by' },
      inside: { failure: FAILURE },
    },
  },
};

const RECEIVER: Spelling = { names: { chatId: 'chat_id', openId: 'open_id', messageId: 'message_id' } };
const MENTION: Spelling = { names: { openId: 'open_id', isBot: 'is_bot', isStranger: 'is_stranger' } };
const DELIVERIES: Readonly<Record<Delivery['kind'], Spelling>> = {
  message: {
    names: { messageId: 'message_id', chatId: 'chat_id', chatType: 'chat_type', actorId: 'sender_id' },
    inside: { mentions: MENTION },
  },
  'card-action': {
    names: {
      eventId: 'event_id',
      pressedAt: 'pressed_at',
      actorId: 'operator_id',
      cardMessageId: 'message_id',
      chatId: 'chat_id',
    },
  },
  greeting: { names: { actorId: 'owner_id' }, inside: { to: RECEIVER } },
  refusal: { inside: { to: RECEIVER } },
  revoked: { names: { openId: 'open_id', revokedAt: 'revoked_at' } },
  replan: { names: { changeId: 'change_id' } },
  'login-ended': { names: { actorId: 'open_id', cardMessageId: 'card_message_id' } },
  'set-aside': { names: { chatId: 'chat_id', messageId: 'message_id' } },
};

/** What a JSON column of `changes` holds. */
export interface JsonColumn<T> {
  write(value: T): string;
  /** Throws when the text is something else. */
  read(text: string): T;
}

function jsonColumn<T>(schema: z.ZodType<T>, spelling: Spelling): JsonColumn<T> {
  const [written, read] = [intoStored(spelling), fromStored(spelling)];
  return {
    write: (value) => stringifyJson(written(value)),
    read: (text) => schema.parse(read(parseJson(text))),
  };
}

export const intentColumn = jsonColumn(Intent, INTENT);
export const contentColumn = jsonColumn(SkillContent, CONTENT);
export const remarksColumn = jsonColumn(z.array(Remark), REMARK);
export const outcomeColumn = jsonColumn(Outcome, OUTCOME);

const INTO_STORED = new Map(Object.entries(DELIVERIES).map(([kind, spelling]) => [kind, intoStored(spelling)]));
const FROM_STORED = new Map<unknown, Translate>(
  Object.entries(DELIVERIES).map(([kind, spelling]) => [kind, fromStored(spelling)]),
);

/** A delivery in the form in which `inbox` keeps it, and `waiting` a request. */
export const writeDelivery = (delivery: Delivery): string =>
  JSON.stringify(INTO_STORED.get(delivery.kind)?.(delivery) ?? delivery);

/** Throws when the text is no delivery that this version knows. */
export function readDelivery(text: string): Delivery {
  const stored: unknown = JSON.parse(text);
  const kind = isObject(stored) && 'kind' in stored ? stored.kind : undefined;
  return Delivery.parse(FROM_STORED.get(kind)?.(stored) ?? stored);
}

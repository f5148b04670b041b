import { z } from 'zod';
import { type Change, ChangeStatus, type NewChange, Outcome } from '../domain/change.ts';
import { ChangeId, ChatId, MessageId, OpenId, SkillId } from '../domain/ids.ts';
import { Intent } from '../domain/intent.ts';
import { Remark } from '../domain/remark.ts';
import { Agent, SkillContent } from '../domain/skill.ts';
import { parseJson, stringifyJson } from '../lib/json.ts';
import type { Row } from './schema.ts';

/** A new change as it is stored. */
export const toRow = (change: NewChange) => ({
  ...change,
  skill_id: change.skill_id ?? null,
  undo_of: change.undo_of ?? null,
  intent: stringifyJson(change.intent),
  base: change.base ? stringifyJson(change.base) : null,
  target: change.target ? stringifyJson(change.target) : null,
  people: stringifyJson(change.people),
  remarks: stringifyJson(change.remarks),
});

const People = z.array(Agent);
const Remarks = z.array(Remark);

/** A stored change; throws when the row is not one. */
export const fromRow = (row: Row<'changes'>): Change => ({
  id: ChangeId.parse(row.id),
  request_key: row.request_key,
  status: ChangeStatus.parse(row.status),
  intent: Intent.parse(parseJson(row.intent)),
  skill_id: row.skill_id === null ? undefined : SkillId.parse(row.skill_id),
  skill_name: row.skill_name,
  actor_id: OpenId.parse(row.actor_id),
  chat_id: ChatId.parse(row.chat_id),
  source_message_id: MessageId.parse(row.source_message_id),
  ...mutableFrom(row),
  base: row.base === null ? undefined : SkillContent.parse(parseJson(row.base)),
  target: row.target === null ? undefined : SkillContent.parse(parseJson(row.target)),
  people: People.parse(parseJson(row.people)),
  remarks: Remarks.parse(parseJson(row.remarks)),
  outcome: row.outcome === null ? undefined : Outcome.parse(parseJson(row.outcome)),
  undo_of: row.undo_of === null ? undefined : ChangeId.parse(row.undo_of),
  created_at: row.created_at,
  expires_at: row.expires_at,
  settled_at: row.settled_at ?? undefined,
});

/** What may become different while a change is written. */
export const mutableFrom = (row: Pick<Row<'changes'>, 'card_message_id' | 'attempted'>) => ({
  card_message_id: row.card_message_id === null ? undefined : MessageId.parse(row.card_message_id),
  attempted: row.attempted === 1,
});

/** How rows are taken. */
export interface Taking {
  /** Gets the id of each row that cannot be read, which is passed over. */
  onUnreadable?: (id: string) => void;
}

/** A newer version may have stored what this one does not know; rows beside it are not to wait for that one. */
export const readable = (rows: readonly Row<'changes'>[], onUnreadable: Taking['onUnreadable']): Change[] =>
  rows.flatMap((row) => {
    try {
      return [fromRow(row)];
    } catch {
      onUnreadable?.(row.id);
      return [];
    }
  });

import { z } from 'zod';
import { type Change, ChangeStatus, type NewChange } from '../domain/change.ts';
import { ChangeId, ChatId, MessageId, OpenId, SkillId } from '../domain/ids.ts';
import { Agent } from '../domain/skill.ts';
import { parseJson, stringifyJson } from '../lib/json.ts';
import type { Row } from './schema.ts';
import { contentColumn, intentColumn, outcomeColumn, remarksColumn } from './storedJson.ts';

/** A new change as it is stored. */
export const toRow = (change: NewChange) => ({
  id: change.id,
  request_key: change.requestKey,
  intent: intentColumn.write(change.intent),
  skill_id: change.skillId ?? null,
  skill_name: change.skillName,
  actor_id: change.actorId,
  chat_id: change.chatId,
  source_message_id: change.sourceMessageId,
  base: change.base ? contentColumn.write(change.base) : null,
  target: change.target ? contentColumn.write(change.target) : null,
  people: stringifyJson(change.people),
  remarks: remarksColumn.write(change.remarks),
  undo_of: change.undoOf ?? null,
  created_at: change.createdAt,
  expires_at: change.expiresAt,
});

const People = z.array(Agent);

/** A stored change; throws when the row is not one. */
export const fromRow = (row: Row<'changes'>): Change => ({
  id: ChangeId.parse(row.id),
  requestKey: row.request_key,
  status: ChangeStatus.parse(row.status),
  intent: intentColumn.read(row.intent),
  skillId: row.skill_id === null ? undefined : SkillId.parse(row.skill_id),
  skillName: row.skill_name,
  actorId: OpenId.parse(row.actor_id),
  chatId: ChatId.parse(row.chat_id),
  sourceMessageId: MessageId.parse(row.source_message_id),
  ...mutableFrom(row),
  base: row.base === null ? undefined : contentColumn.read(row.base),
  target: row.target === null ? undefined : contentColumn.read(row.target),
  people: People.parse(parseJson(row.people)),
  remarks: remarksColumn.read(row.remarks),
  outcome: row.outcome === null ? undefined : outcomeColumn.read(row.outcome),
  undoOf: row.undo_of === null ? undefined : ChangeId.parse(row.undo_of),
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  settledAt: row.settled_at ?? undefined,
});

/** What may become different while a change is written. */
export const mutableFrom = (row: Pick<Row<'changes'>, 'card_message_id' | 'attempted'>) => ({
  cardMessageId: row.card_message_id === null ? undefined : MessageId.parse(row.card_message_id),
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

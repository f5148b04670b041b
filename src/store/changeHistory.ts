import { expressionBuilder, sql } from 'kysely';
import type { Change } from '../domain/change.ts';
import { ChangeId, type OpenId, type SkillId } from '../domain/ids.ts';
import { fromRow } from './changeRow.ts';
import type { Database, Schema } from './schema.ts';

export interface HistoryFilter {
  skillId?: SkillId | undefined;
  actorId?: OpenId | undefined;
}

/** What is asked about changes that have ended: which there were, and what became of them. */
export const changeHistory = (db: Database) => ({
  /** Ended changes, newest first: one page and whether there are more. */
  async history(filter: HistoryFilter, offset: number, limit: number): Promise<{ changes: Change[]; more: boolean }> {
    let query = db.selectFrom('changes').selectAll();
    if (filter.skillId) query = query.where('skill_id', '=', filter.skillId);
    if (filter.actorId) query = query.where('actor_id', '=', filter.actorId);
    const rows = await query
      .where('status', 'in', IN_HISTORY)
      .orderBy('id', 'desc')
      .offset(offset)
      .limit(limit + 1)
      .execute();
    return { changes: rows.slice(0, limit).map(fromRow), more: rows.length > limit };
  },

  /** Those of these changes that were taken back, each with the change that did it. */
  async undoneBy(ids: readonly ChangeId[]): Promise<Map<ChangeId, ChangeId>> {
    if (ids.length === 0) return new Map();
    const rows = await db
      .selectFrom('changes')
      .select(['id', 'undo_of'])
      .where('undo_of', 'in', ids)
      .where(hasTakenBack)
      .execute();
    return new Map(rows.map(({ id, undo_of }) => [ChangeId.parse(undo_of), ChangeId.parse(id)]));
  },

  /** The newest change of a person that took effect and has not been undone; of those before `before`, when given. */
  async latestUndoable(actorId: OpenId, before?: ChangeId): Promise<Change | undefined> {
    let own = db.selectFrom('changes as change').selectAll('change').where('actor_id', '=', actorId);
    if (before !== undefined) own = own.where('id', '<', before);
    const row = await own
      .where('status', 'in', UNDOABLE)
      .where('undo_of', 'is', null)
      .where((where) =>
        where.not(
          where.exists(
            where
              .selectFrom('changes')
              .select('changes.id')
              .whereRef('changes.undo_of', '=', 'change.id')
              .where(hasTakenBack),
          ),
        ),
      )
      .orderBy('id', 'desc')
      .limit(1)
      .executeTakeFirst();
    return row && fromRow(row);
  },
});

/** Written out, so that a partial index is found. */
const IN_HISTORY = (['applied', 'failed', 'mismatch'] as const).map((status) => sql.lit<string>(status));

const UNDOABLE = ['applied', 'mismatch'] as const;

const { and, eb, or } = expressionBuilder<Schema, 'changes'>();

/** The undo in `changes` has had its effect. A skill that it made is there, also where it is not as expected. */
const hasTakenBack = or([
  eb('changes.status', '=', 'applied'),
  and([eb('changes.status', '=', 'mismatch'), eb('changes.base', 'is', null), eb('changes.skill_id', 'is not', null)]),
]);

import { ChangeId, SkillId } from '../domain/ids.ts';
import type { Database } from './schema.ts';

/** What is asked about other changes of this bot before something that was found is taken for the effect of one of them. */
export const otherWrites = (db: Database) => ({
  /** Those of these skills that a change is known to have made. */
  async made(skills: readonly SkillId[]): Promise<Set<SkillId>> {
    if (skills.length === 0) return new Set();
    const rows = await db
      .selectFrom('changes')
      .select('skill_id')
      .where('skill_id', 'in', skills)
      .where('base', 'is', null)
      .execute();
    return new Set(rows.map(({ skill_id }) => SkillId.parse(skill_id)));
  },

  /** Whether another change has written this skill since `since`, or may have. */
  async wasWritten(skill: SkillId, { since, besides }: { since: number; besides: ChangeId }): Promise<boolean> {
    const row = await db
      .selectFrom('changes')
      .select('id')
      .where('skill_id', '=', skill)
      .where('id', '!=', besides)
      .where('attempted', '=', 1)
      .where((where) => where.or([where('settled_at', 'is', null), where('settled_at', '>', since)]))
      .limit(1)
      .executeTakeFirst();
    return row !== undefined;
  },

  /** Creates of skills of this name of which it is not known whether they made one. */
  async doubtfulCreates(name: string): Promise<ChangeId[]> {
    const rows = await db
      .selectFrom('changes')
      .select('id')
      .where('status', '=', 'applying')
      // All of them have one: the index of those that are under way is by that.
      .where('lease_until', '>', 0)
      .where('attempted', '=', 1)
      .where('base', 'is', null)
      .where('skill_name', '=', name)
      .execute();
    return rows.map(({ id }) => ChangeId.parse(id));
  },

  /** Whether an undo of this change is under way of which it is not known what it did. */
  async isBeingUndone(id: ChangeId): Promise<boolean> {
    const row = await db
      .selectFrom('changes')
      .select('id')
      .where('undo_of', '=', id)
      .where('status', '=', 'applying')
      .where('attempted', '=', 1)
      .limit(1)
      .executeTakeFirst();
    return row !== undefined;
  },
});

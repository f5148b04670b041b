import type { Change } from '../domain/change.ts';
import type { ChangeId } from '../domain/ids.ts';
import { readable, type Taking } from './changeRow.ts';
import { free, UNSYNCED } from './dialect.ts';
import { type Parameter, prepared } from './prepared.ts';
import type { Database } from './schema.ts';

/** Which cards do not show yet how their change stands. */
export const changeCards = (db: Database) => {
  const shown = prepared(db, (parameter: Parameter<{ id: ChangeId }>) =>
    db.updateTable('changes').set({ card_due: 0 }).where('id', '=', parameter('id')).modifyEnd(UNSYNCED),
  );
  return {
    /** Takes up to `limit` ended changes whose card does not say so yet, for `worker` to show until `until`. */
    async claimCards(
      limit: number,
      { worker, now, until, onUnreadable }: Taking & { worker: string; now: number; until: number },
    ): Promise<Change[]> {
      const due = db
        .selectFrom('changes')
        .select('id')
        .where('card_due', '=', 1)
        .where('status', '!=', 'applying')
        .where('lease_until', '<=', now)
        .orderBy('lease_until')
        .orderBy('id')
        .limit(limit);
      const rows = await db
        .with('due', () => free(db, due))
        .updateTable('changes')
        .set({ worker, lease_until: until })
        .where('id', 'in', (ids) => ids.selectFrom('due').select('id'))
        .returningAll()
        .execute();
      return readable(rows, onUnreadable);
    },

    /** The card shows the end of the change; a crash of the machine may take that back, and it is shown again. */
    async cardShown(id: ChangeId): Promise<void> {
      await shown({ id });
    },

    /** Takes up to `limit` changes that are not over, whose card does not say yet what is known, to show them until `until`. */
    async claimUnknownCards(
      limit: number,
      { now, until, onUnreadable }: Taking & { now: number; until: number },
    ): Promise<Change[]> {
      const due = db
        .selectFrom('changes')
        .select('id')
        .where('status', '=', 'applying')
        // All of them have one: the index of those that are under way is by that.
        .where('lease_until', '>', 0)
        .where('card_due', '=', 1)
        .where((where) => where.or([where('card_claimed_until', 'is', null), where('card_claimed_until', '<=', now)]))
        .orderBy('lease_until')
        .limit(limit);
      const rows = await db
        .with('due', () => free(db, due))
        .updateTable('changes')
        .set({ card_claimed_until: until })
        .where('id', 'in', (ids) => ids.selectFrom('due').select('id'))
        .returningAll()
        .execute();
      return readable(rows, onUnreadable);
    },

    /** The card has to be brought up to date (once more). */
    async cardDue(id: ChangeId): Promise<void> {
      await db.updateTable('changes').set({ card_due: 1, card_claimed_until: null }).where('id', '=', id).execute();
    },
  };
};

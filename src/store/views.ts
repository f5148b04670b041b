import { OpenId, type ViewId } from '../domain/ids.ts';
import { prune } from './prune.ts';
import type { Database } from './schema.ts';

export type ViewsRepository = ReturnType<typeof viewsRepository>;

/** State behind the buttons of a card, as JSON. Times in milliseconds. */
export const viewsRepository = (db: Database) => ({
  async save(view: { id: ViewId; owner_id: OpenId; data: string; expires_at: number }): Promise<void> {
    await db
      .insertInto('views')
      .values(view)
      .onConflict((conflict) => conflict.column('id').doUpdateSet({ data: view.data, expires_at: view.expires_at }))
      .execute();
  },

  async get(id: ViewId, now: number): Promise<{ owner_id: OpenId; data: string } | undefined> {
    const row = await db
      .selectFrom('views')
      .select(['owner_id', 'data'])
      .where('id', '=', id)
      .where('expires_at', '>', now)
      .executeTakeFirst();
    return row && { owner_id: OpenId.parse(row.owner_id), data: row.data };
  },

  prune: (before: number): Promise<number> => prune(db, 'views', before),
});

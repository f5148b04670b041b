import { OpenId, type ViewId } from '../domain/ids.ts';
import { prune } from './prune.ts';
import type { Database } from './schema.ts';

export type ViewsRepository = ReturnType<typeof viewsRepository>;

/** State behind the buttons of a card, as JSON. Times in milliseconds. */
export const viewsRepository = (db: Database) => ({
  async save({
    id,
    actorId,
    data,
    expiresAt,
  }: {
    id: ViewId;
    actorId: OpenId;
    data: string;
    expiresAt: number;
  }): Promise<void> {
    await db
      .insertInto('views')
      .values({ id, owner_id: actorId, data, expires_at: expiresAt })
      .onConflict((conflict) => conflict.column('id').doUpdateSet({ data, expires_at: expiresAt }))
      .execute();
  },

  async get(id: ViewId, now: number): Promise<{ actorId: OpenId; data: string } | undefined> {
    const row = await db
      .selectFrom('views')
      .select(['owner_id', 'data'])
      .where('id', '=', id)
      .where('expires_at', '>', now)
      .executeTakeFirst();
    return row && { actorId: OpenId.parse(row.owner_id), data: row.data };
  },

  prune: (before: number): Promise<number> => prune(db, 'views', before),
});

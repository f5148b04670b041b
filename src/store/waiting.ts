import type { OpenId } from '../domain/ids.ts';
import { prune } from './prune.ts';
import type { Database } from './schema.ts';

export type WaitingRepository = ReturnType<typeof waitingRepository>;

/** What people asked for and what waits for their login, as JSON. Times in milliseconds. */
export const waitingRepository = (db: Database) => ({
  /** The same id again changes nothing. */
  async add(item: {
    id: string;
    open_id: OpenId;
    request: string;
    created_at: number;
    expires_at: number;
  }): Promise<void> {
    await db
      .insertInto('waiting')
      .values(item)
      .onConflict((conflict) => conflict.column('id').doNothing())
      .execute();
  },

  /** Takes out everything of a person that is not too old, oldest first. */
  async take(openId: OpenId, now: number): Promise<{ id: string; request: string }[]> {
    const rows = await db.deleteFrom('waiting').where('open_id', '=', openId).returningAll().execute();
    return rows
      .filter((row) => row.expires_at > now)
      .sort((a, b) => a.created_at - b.created_at)
      .map(({ id, request }) => ({ id, request }));
  },

  prune: (before: number): Promise<number> => prune(db, 'waiting', before),
});

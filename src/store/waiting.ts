import type { OpenId } from '../domain/ids.ts';
import { prune } from './prune.ts';
import type { Database } from './schema.ts';

export type WaitingRepository = ReturnType<typeof waitingRepository>;

/** What a person asked for, and until when it waits. */
export interface NewWaiting {
  id: string;
  actorId: OpenId;
  /** As `writeDelivery` gives it. */
  request: string;
  createdAt: number;
  expiresAt: number;
}

/** What people asked for and what waits for their login. Times in milliseconds. */
export const waitingRepository = (db: Database) => ({
  /** The same id again changes nothing. */
  async add({ id, actorId, request, createdAt, expiresAt }: NewWaiting): Promise<void> {
    await db
      .insertInto('waiting')
      .values({ id, open_id: actorId, request, created_at: createdAt, expires_at: expiresAt })
      .onConflict((conflict) => conflict.column('id').doNothing())
      .execute();
  },

  /** Takes out everything of a person that is not too old, oldest first: the requests as they are stored, for the inbox. */
  async take(actorId: OpenId, now: number): Promise<{ id: string; request: string }[]> {
    const rows = await db.deleteFrom('waiting').where('open_id', '=', actorId).returningAll().execute();
    return rows
      .filter((row) => row.expires_at > now)
      .sort((a, b) => a.created_at - b.created_at)
      .map(({ id, request }) => ({ id, request }));
  },

  prune: (before: number): Promise<number> => prune(db, 'waiting', before),
});

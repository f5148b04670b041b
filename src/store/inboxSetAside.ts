import type { Database } from './schema.ts';

/** A delivery that is worked on no more until somebody asks for it. */
export interface SetAsideRow {
  requestKey: string;
  setAsideAt: number;
}

/** Later than any time that a row is due at. */
const NEVER = Number.MAX_SAFE_INTEGER;

/** What the inbox knows of deliveries that were set aside: they are kept as they came. Times in milliseconds. */
export const inboxSetAside = (db: Database) => ({
  /** Sets a row of `worker` aside; `error` says why. */
  async setAside(requestKey: string, worker: string, now: number, error: string): Promise<void> {
    await db
      .updateTable('inbox')
      .set({ state: 'set-aside', due_at: NEVER, set_aside_at: now, worker: null, error })
      .where('key', '=', requestKey)
      .where('worker', '=', worker)
      .execute();
  },

  /** Those that were set aside, the oldest first. */
  async listSetAside(limit: number): Promise<SetAsideRow[]> {
    const rows = await db
      .selectFrom('inbox')
      .select(['key', 'set_aside_at'])
      .where('set_aside_at', 'is not', null)
      .orderBy('set_aside_at')
      .limit(limit)
      .execute();
    return rows.flatMap(({ key, set_aside_at }) =>
      set_aside_at === null ? [] : [{ requestKey: key, setAsideAt: set_aside_at }],
    );
  },

  /** How many there are. */
  async countSetAside(): Promise<number> {
    const row = await db
      .selectFrom('inbox')
      .select((select) => select.fn.countAll<number>().as('count'))
      .where('set_aside_at', 'is not', null)
      .executeTakeFirstOrThrow();
    return Number(row.count);
  },

  /** Lets all of them be taken up again as if they came at `now`; gives how many there were. */
  async retrySetAside(now: number): Promise<number> {
    const { numUpdatedRows } = await db
      .updateTable('inbox')
      .set({
        state: 'waiting',
        attempts: 0,
        lost: 0,
        received_at: now,
        due_at: now,
        set_aside_at: null,
        error: null,
      })
      .where('set_aside_at', 'is not', null)
      .executeTakeFirst();
    return Number(numUpdatedRows);
  },
});

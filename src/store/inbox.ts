import type { Database } from './schema.ts';

/** A delivery that waits for its effect. `attempts` counts this one. */
export interface InboxItem {
  key: string;
  delivery: string;
  attempts: number;
  received_at: number;
}

export type InboxRepository = ReturnType<typeof inboxRepository>;

/** Deliveries, each once: what was received, who works on it, what is finished. Times in milliseconds. */
export const inboxRepository = (db: Database) => ({
  /**
   * Stores a delivery and hands it to `worker` until `leaseUntil`.
   * False when the key is known already: then nothing is to be done.
   */
  async add(item: {
    key: string;
    delivery: string;
    now: number;
    worker: string;
    leaseUntil: number;
  }): Promise<boolean> {
    const result = await db
      .insertInto('inbox')
      .values({
        key: item.key,
        delivery: item.delivery,
        state: 'working',
        attempts: 1,
        received_at: item.now,
        due_at: item.leaseUntil,
        worker: item.worker,
      })
      .onConflict((conflict) => conflict.column('key').doNothing())
      .executeTakeFirst();
    return (result.numInsertedOrUpdatedRows ?? 0n) > 0n;
  },

  /** Stores a delivery for any worker to take up at once. */
  async enqueue(item: { key: string; delivery: string; now: number }): Promise<void> {
    await db
      .insertInto('inbox')
      .values({
        key: item.key,
        delivery: item.delivery,
        state: 'waiting',
        attempts: 0,
        received_at: item.now,
        due_at: item.now,
      })
      .onConflict((conflict) => conflict.column('key').doNothing())
      .execute();
  },

  /** Takes up to `limit` rows that are due, or whose worker went silent. */
  async claim(worker: string, now: number, leaseUntil: number, limit: number): Promise<InboxItem[]> {
    const due = db
      .selectFrom('inbox')
      .select('key')
      .where('finished_at', 'is', null)
      .where('due_at', '<=', now)
      .orderBy('due_at')
      .limit(limit);
    return (
      db
        .updateTable('inbox')
        .set((set) => ({ state: 'working', worker, due_at: leaseUntil, attempts: set('attempts', '+', 1) }))
        .where('key', 'in', due)
        // Another replica may have taken the row between the select and the update.
        .where('finished_at', 'is', null)
        .where('due_at', '<=', now)
        .returning(['key', 'delivery', 'attempts', 'received_at'])
        .execute()
    );
  },

  /** Keeps everything that `worker` works on its own for longer. */
  async renew(worker: string, leaseUntil: number): Promise<void> {
    await db
      .updateTable('inbox')
      .set({ due_at: leaseUntil })
      .where('worker', '=', worker)
      .where('state', '=', 'working')
      .where('finished_at', 'is', null)
      .execute();
  },

  async finish(key: string, worker: string, now: number): Promise<void> {
    await db
      .updateTable('inbox')
      .set({ state: 'done', finished_at: now, delivery: '', worker: null, error: null })
      .where('key', '=', key)
      .where('worker', '=', worker)
      .execute();
  },

  /** Puts a row back for another attempt at `dueAt`. `error` is a code or a sentence, never a body. */
  async retry(key: string, worker: string, dueAt: number, error: string): Promise<void> {
    await db
      .updateTable('inbox')
      .set({ state: 'waiting', due_at: dueAt, worker: null, error })
      .where('key', '=', key)
      .where('worker', '=', worker)
      .execute();
  },

  /** Ends a row without its effect. */
  async giveUp(key: string, worker: string, now: number, error: string): Promise<void> {
    await db
      .updateTable('inbox')
      .set({ state: 'given-up', finished_at: now, delivery: '', worker: null, error })
      .where('key', '=', key)
      .where('worker', '=', worker)
      .execute();
  },

  /** Forgets rows that were finished before `before`; from then on a redelivery would count as new. */
  async prune(before: number): Promise<number> {
    const result = await db.deleteFrom('inbox').where('finished_at', '<', before).executeTakeFirst();
    return Number(result.numDeletedRows);
  },

  /** How many deliveries are not finished. */
  async depth(): Promise<number> {
    const row = await db
      .selectFrom('inbox')
      .select((select) => select.fn.countAll<number>().as('open'))
      .where('finished_at', 'is', null)
      .executeTakeFirstOrThrow();
    return Number(row.open);
  },
});

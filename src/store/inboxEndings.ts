import { UNSYNCED } from './dialect.ts';
import { type Parameter, preparedForEach } from './prepared.ts';
import type { Database } from './schema.ts';

/** How the work on rows of the inbox ends. */
export const inboxEndings = (db: Database) => {
  const finish = preparedForEach(
    db,
    (parameter: Parameter<{ worker: string; now: number }>, each: readonly Parameter<{ requestKey: string }>[]) =>
      db
        .updateTable('inbox')
        .set({ state: 'done', finished_at: parameter('now'), delivery: '', worker: null, error: null })
        .where(
          'key',
          'in',
          each.map((row) => row('requestKey')),
        )
        .where('worker', '=', parameter('worker'))
        .modifyEnd(UNSYNCED),
  );
  return {
    /**
     * Ends rows of `worker` that have had their effect, all of them or none. A crash of the machine right after it may
     * leave them open: what they lead to happens once, however often they are taken up.
     */
    async finish(requestKeys: readonly string[], worker: string, now: number): Promise<void> {
      await finish(
        { worker, now },
        requestKeys.map((requestKey) => ({ requestKey })),
      );
    },

    /** Puts a row back for another attempt at `dueAt`. `error` is a code or a sentence, never a body. */
    async retry(requestKey: string, worker: string, dueAt: number, error: string): Promise<void> {
      await db
        .updateTable('inbox')
        .set({ state: 'waiting', due_at: dueAt, worker: null, error })
        .where('key', '=', requestKey)
        .where('worker', '=', worker)
        .execute();
    },

    /** Ends a row without its effect. */
    async giveUp(requestKey: string, worker: string, now: number, error: string): Promise<void> {
      await db
        .updateTable('inbox')
        .set({ state: 'given-up', finished_at: now, delivery: '', worker: null, error })
        .where('key', '=', requestKey)
        .where('worker', '=', worker)
        .execute();
    },
  };
};

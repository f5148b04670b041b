import { UNSYNCED } from './dialect.ts';
import type { Database } from './schema.ts';

/** What time it was, in milliseconds since 1970, at a moment of the machine's clock that cannot be set. */
export interface ClockAnchor {
  time_ms: number;
  elapsed_ms: number;
}

export type ClockAnchorRepository = ReturnType<typeof clockAnchorRepository>;

/** The time that the next process on this machine continues. */
export const clockAnchorRepository = (db: Database) => ({
  get: (): Promise<ClockAnchor | undefined> =>
    db.selectFrom('clock').select(['time_ms', 'elapsed_ms']).where('id', '=', 1).executeTakeFirst(),

  async set(anchor: ClockAnchor): Promise<void> {
    await db
      .insertInto('clock')
      .values({ id: 1, ...anchor })
      .onConflict((conflict) => conflict.column('id').doUpdateSet(anchor))
      .modifyEnd(UNSYNCED)
      .execute();
  },
});

import { type Parameter, prepared } from './prepared.ts';
import type { Database } from './schema.ts';

export type DesksRepository = ReturnType<typeof desksRepository>;

/** What was learned about a helpdesk by writing to it. */
export const desksRepository = (db: Database) => {
  const find = prepared(db, (parameter: Parameter<{ id: string }>) =>
    db.selectFrom('desks').select('whole_writes').where('id', '=', parameter('id')),
  );
  return {
    /** Whether this desk clears what a PATCH leaves out, so that every write has to send the whole skill. */
    async needsWholeWrites(id: string): Promise<boolean> {
      const [row] = (await find({ id })).rows;
      return row?.whole_writes === 1;
    },

    async rememberWholeWrites(id: string): Promise<void> {
      await db
        .insertInto('desks')
        .values({ id, whole_writes: 1 })
        .onConflict((conflict) => conflict.column('id').doUpdateSet({ whole_writes: 1 }))
        .execute();
    },
  };
};

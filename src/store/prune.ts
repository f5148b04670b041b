import { setImmediate as nextTurn } from 'node:timers/promises';
import { sql } from 'kysely';
import { isPostgres } from './dialect.ts';
import type { Database } from './schema.ts';

/** What is forgotten, by which time, and the key of its table. */
const PRUNED = {
  inbox: ['key', 'finished_at'],
  changes: ['id', 'settled_at'],
  logins: ['ticket_hash', 'expires_at'],
  waiting: ['id', 'expires_at'],
  views: ['id', 'expires_at'],
} as const;

/** How many rows one statement deletes: nobody waits long for it. */
const SLICE = 500;

/** Deletes the rows of a table whose time is before `before` (milliseconds since 1970); gives how many there were. */
export async function prune(db: Database, table: keyof typeof PRUNED, before: number): Promise<number> {
  const [key, time] = PRUNED[table].map((column) => sql.ref(column));
  const over = sql`select ${key} from ${sql.table(table)} where ${time} < ${before} limit ${SLICE}`;
  const slice = isPostgres(db) ? sql`${over} for update skip locked` : over;
  for (let pruned = 0; ; await nextTurn()) {
    const { numAffectedRows = 0n } = await sql`delete from ${sql.table(table)} where ${key} in (${slice})`.execute(db);
    pruned += Number(numAffectedRows);
    if (numAffectedRows < SLICE) return pruned;
  }
}

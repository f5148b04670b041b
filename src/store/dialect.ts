import { PostgresAdapter, type SelectQueryBuilder, sql } from 'kysely';
import type { Database, Schema } from './schema.ts';

/** PostgreSQL has many writers at once; SQLite, the other one, a single one at a time. */
export const isPostgres = (db: Database): boolean => db.getExecutor().adapter instanceof PostgresAdapter;

/**
 * The rows of `query` that nobody else writes at the moment, locked until they are written. An update of these alone
 * never waits for one row while it holds another: two overlapping ones leave rows to each other instead of dead-locking.
 */
export const free = <T extends keyof Schema, Columns>(
  db: Database,
  query: SelectQueryBuilder<Schema, T, Columns>,
): SelectQueryBuilder<Schema, T, Columns> => (isPostgres(db) ? query.forUpdate().skipLocked() : query);

/**
 * Runs `write` without waiting for the disk, outside any transaction: a crash of the machine may take it back, one of
 * the process not. For what is simply done again then. PostgreSQL, which does not hold up this process, waits anyway.
 */
export async function withoutSync(db: Database, write: (db: Database) => Promise<void>): Promise<void> {
  if (isPostgres(db)) return write(db);
  await db.connection().execute(async (connection) => {
    await sql`pragma synchronous = normal`.execute(connection);
    try {
      await write(connection);
    } finally {
      await sql`pragma synchronous = full`.execute(connection);
    }
  });
}

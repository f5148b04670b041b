import { CompiledQuery, PostgresAdapter, type SelectQueryBuilder } from 'kysely';
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

const UNSYNCED = CompiledQuery.raw('pragma synchronous = normal');
const SYNCED = CompiledQuery.raw('pragma synchronous = full');

/**
 * Runs `write` without waiting for the disk, outside any transaction: a crash of the machine may take it back, one of
 * the process not. The next write that does wait makes this one last, too. For what is simply done again otherwise.
 * PostgreSQL, which does not hold up this process, waits anyway.
 */
export async function withoutSync<T>(db: Database, write: (db: Database) => Promise<T>): Promise<T> {
  if (isPostgres(db)) return write(db);
  return db.connection().execute(async (connection) => {
    await connection.executeQuery(UNSYNCED);
    try {
      return await write(connection);
    } finally {
      await connection.executeQuery(SYNCED);
    }
  });
}

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

/** Stands at the end of what {@link UNSYNCED} marks. */
export const UNSYNCED_MARK = '/* unsynced */';

/**
 * Marks a write, with `modifyEnd`, that does not wait for the disk: a crash of the machine may take it back, one of the
 * process not. The next write that does wait makes it last, too. For what is simply done again otherwise. PostgreSQL,
 * which does not hold up this process, waits anyway.
 */
export const UNSYNCED = sql.raw(UNSYNCED_MARK);

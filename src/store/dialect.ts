import { PostgresAdapter, type SelectQueryBuilder } from 'kysely';
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

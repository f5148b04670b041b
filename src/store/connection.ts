import { type Dialect, Kysely, type LogConfig, PostgresDialect, SqliteDialect } from 'kysely';
import type { PoolConfig, types as Types } from 'pg';
import type { Logger } from '../lib/logger.ts';
import type { Database, Schema } from './schema.ts';
import { openSqlite } from './sqlite.ts';

/**
 * Opens the database that the URL names: `file:PATH` (or `file::memory:`) is SQLite, `postgres://…` PostgreSQL.
 * The schema is brought up separately, by {@link migrate}. `log` hears of every statement. Of the two drivers only the one
 * that is needed is loaded.
 */
export function openDatabase(url: string, logger: Logger, log: LogConfig = []): Database {
  return new Kysely<Schema>({ dialect: dialectFor(url, logger), log });
}

function dialectFor(url: string, logger: Logger): Dialect {
  const path = /^file:(.+)$/.exec(url)?.[1];
  return path === undefined ? postgres(url, logger) : sqlite(path);
}

const sqlite = (path: string): Dialect => new SqliteDialect({ database: () => openSqlite(path) });

function postgres(connectionString: string, logger: Logger): Dialect {
  return new PostgresDialect({
    pool: async () => {
      const { default: pg } = await import('pg');
      const types = numbersAsNumbers(pg.types);
      const pool = new pg.Pool({ connectionString, max: 10, connectionTimeoutMillis: 5_000, types });
      // An idle connection that the server closed is replaced by the pool; without a listener it would end the process.
      pool.on('error', (error) => logger.warn({ reason: error.message }, 'database connection lost'));
      // The same for one that is in use, whose query rejects anyway: the pool only listens to idle ones.
      pool.on('connect', (client) => client.on('error', () => undefined));
      return pool;
    },
  });
}

const INT8 = 20;

/** 64-bit integers arrive as text; the schema holds only times and counts, far below 2^53. */
const numbersAsNumbers = ({ getTypeParser }: typeof Types): NonNullable<PoolConfig['types']> => ({
  getTypeParser: (oid: number, format?: string) =>
    oid === INT8 && format !== 'binary' ? Number : getTypeParser(oid, format === 'binary' ? 'binary' : 'text'),
});

import { Socket } from 'node:net';
import { type Dialect, Kysely, type LogConfig, PostgresDialect } from 'kysely';
import type { PoolConfig, types as Types } from 'pg';
import type { Logger } from '../lib/logger.ts';
import type { Database, Schema } from './schema.ts';
import { sqliteDialect } from './sqliteDriver.ts';

/** How long things may take on PostgreSQL, in milliseconds. */
export interface Limits {
  /** The server gives up on a statement, which may wait for rows that another one writes. */
  statementMs: number;
  /** The server ends a transaction that nothing is asked of any more, and lets go of its rows: whoever began it is gone. */
  idleInTransactionMs: number;
  /** A connection is closed when nobody has used it for so long. */
  idleMs: number;
  /**
   * A connection on which nothing arrives for so long is cut. When packets vanish without a word, after a failover or in a
   * firewall, the kernel takes a quarter of an hour to notice. Longer than the times before: what is alive is not cut.
   */
  silentMs: number;
}

/** Well within the time for which this process holds changes without renewing that. */
const LIMITS: Limits = { statementMs: 5_000, idleInTransactionMs: 10_000, idleMs: 5_000, silentMs: 6_000 };

/**
 * Opens the database that the URL names: `file:PATH` (or `file::memory:`) is SQLite, `postgres://…` PostgreSQL.
 * The schema is brought up separately, by {@link migrate}. `log` hears of every statement. Of the two drivers only the one
 * that is needed is loaded.
 */
export function openDatabase(url: string, logger: Logger, log: LogConfig = []): Database {
  return new Kysely<Schema>({ dialect: dialectFor(url, logger, LIMITS), log });
}

/** The same for what may take long: no limit cuts it off. */
export function openPatiently(url: string, logger: Logger): Database {
  return new Kysely<Schema>({ dialect: dialectFor(url, logger, undefined) });
}

function dialectFor(url: string, logger: Logger, limits: Limits | undefined): Dialect {
  const path = /^file:(.+)$/.exec(url)?.[1];
  return path === undefined ? postgres(url, logger, limits) : sqliteDialect(path);
}

function postgres(connectionString: string, logger: Logger, limits: Limits | undefined): Dialect {
  return new PostgresDialect({
    pool: async () => {
      const { default: pg } = await import('pg');
      const types = numbersAsNumbers(pg.types);
      const parameter = { connectionString, max: 10, connectionTimeoutMillis: 5_000, keepAlive: true, types };
      const pool = new pg.Pool({ ...parameter, ...(limits && limited(limits)) });
      // An idle connection that the server closed is replaced by the pool; without a listener it would end the process.
      pool.on('error', (error) => logger.warn({ reason: error.message }, 'database connection lost'));
      // The same for one that is in use, whose query rejects anyway: the pool only listens to idle ones.
      pool.on('connect', (client) => {
        client.on('error', () => undefined);
        // Stands in line before the first query, and when it fails, so does that one.
        if (limits) client.query(serverLimits(limits)).catch(() => undefined);
      });
      return pool;
    },
  });
}

/**
 * Cutting the connection fails all that waits on it, and the pool takes it back no more. The driver's own time-out for a
 * query fails that one alone, and the next user of the connection waits for the answer to it.
 */
const limited = ({ idleMs, silentMs }: Limits): PoolConfig => ({
  idleTimeoutMillis: idleMs,
  stream: () => {
    const socket = new Socket();
    socket.setTimeout(silentMs, () => socket.destroy(new Error('the database has fallen silent')));
    return socket;
  },
});

/** Not among the parameters of a connection: a proxy in between may refuse those that it does not know. */
const serverLimits = ({ statementMs, idleInTransactionMs }: Limits): string =>
  `set statement_timeout = ${statementMs}; set idle_in_transaction_session_timeout = ${idleInTransactionMs}`;

const INT8 = 20;

/** 64-bit integers arrive as text; the schema holds only times and counts, far below 2^53. */
const numbersAsNumbers = ({ getTypeParser }: typeof Types): NonNullable<PoolConfig['types']> => ({
  getTypeParser: (oid: number, format?: string) =>
    oid === INT8 && format !== 'binary' ? Number : getTypeParser(oid, format === 'binary' ? 'binary' : 'text'),
});

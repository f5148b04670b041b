import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { SqliteDatabase, SqliteStatement } from 'kysely';
import type Sqlite from 'libsql';
import { z } from 'zod';
import { UNSYNCED_MARK } from './dialect.ts';

/** Milliseconds that a writer waits for another one, in this process or beside it. */
const BUSY_TIMEOUT_MS = 5_000;
/** How many statements are kept: some are there once for every number of rows they take. */
const MOST_STATEMENTS = 300;

type Connection = InstanceType<typeof Sqlite>;

/**
 * Opens a SQLite database as Kysely takes it. Every statement is prepared once (so none may be a pragma, which acts when it
 * is prepared), and a write waits for the disk unless it is marked. A write that waits longer than `busyTimeoutMs` for
 * another one rejects.
 */
export async function openSqlite(path: string, busyTimeoutMs = BUSY_TIMEOUT_MS): Promise<SqliteDatabase> {
  const { default: Database } = await import('libsql');
  if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true });
  const connect = () => configured(new Database(path), busyTimeoutMs);

  let connection = connect();
  let wasLockedOut = false;
  const kept = new Map<string, SqliteStatement>();

  const close = (): void => {
    kept.clear();
    connection.close();
  };
  // The driver does not reset a statement that was locked out, which goes on reading the database as it was then: no
  // write on its connection would succeed any more.
  const connectAnew = (): void => {
    const another = connect();
    close();
    connection = another;
    wasLockedOut = false;
  };
  const attempt = <T>(execute: () => T): T => {
    try {
      return execute();
    } catch (error) {
      wasLockedOut ||= isBusy(error);
      throw error;
    }
  };
  const prepare = (text: string): SqliteStatement => {
    const statement = connection.prepare(text);
    const isUnsynced = text.endsWith(UNSYNCED_MARK);
    const run = <T>(execute: () => T): T => attempt(() => (isUnsynced ? unsynced(connection, execute) : execute()));
    return {
      reader: statement.reader,
      all: (parameters) => run(() => statement.all(parameters)),
      run: (parameters) => run(() => statement.run(parameters)),
      iterate: (parameters) => statement.iterate(parameters),
    };
  };

  return {
    prepare(text) {
      if (wasLockedOut && !connection.inTransaction) connectAnew();
      const known = kept.get(text);
      if (known) return known;
      const statement = prepare(text);
      if (kept.size >= MOST_STATEMENTS) kept.clear();
      kept.set(text, statement);
      return statement;
    },
    close,
  };
}

function configured(connection: Connection, busyTimeoutMs: number): Connection {
  connection.exec(`pragma busy_timeout = ${busyTimeoutMs}`);
  connection.exec('pragma journal_mode = wal');
  connection.exec('pragma synchronous = full');
  return connection;
}

function unsynced<T>(connection: Connection, write: () => T): T {
  // In a transaction it is the commit that waits.
  if (connection.inTransaction) return write();
  connection.exec('pragma synchronous = normal');
  try {
    return write();
  } finally {
    connection.exec('pragma synchronous = full');
  }
}

const Failure = z.object({ code: z.string() });

const isBusy = (error: unknown): boolean => Failure.safeParse(error).data?.code.startsWith('SQLITE_BUSY') ?? false;

import { setTimeout as delay } from 'node:timers/promises';
import type Sqlite from 'libsql';
import { errorCodeOf } from '../lib/errorCode.ts';
import { UNSYNCED_MARK } from './dialect.ts';
import { createPrivateFile } from './sqliteFile.ts';

/** How many statements are kept: some are there once for every number of rows they take. */
const MOST_STATEMENTS = 300;
/** The pauses between attempts on a locked database, in milliseconds: the first one, doubled each time up to the longest. */
const FIRST_PAUSE_MS = 1;
const LONGEST_PAUSE_MS = 50;

type Connection = InstanceType<typeof Sqlite>;
type Statement = ReturnType<Connection['prepare']>;

/** What came of a statement. */
export interface SqliteResult {
  rows: unknown[];
  changes: number;
}

/** One connection to a SQLite database. Everything is done at once, and throws when another program has it locked. */
export interface SqliteConnection {
  /** Runs one statement. It is prepared once, so it may be no pragma, which acts when it is prepared. */
  run(text: string, parameters: readonly unknown[]): SqliteResult;
  /** The same after it was locked out: it takes the lock first, and leaves nothing behind when it does not get it. */
  runAgain(text: string, parameters: readonly unknown[]): SqliteResult;
  exec(text: 'begin immediate' | 'commit' | 'rollback'): void;
  close(): void;
}

/**
 * Opens a SQLite database. A write waits for the disk unless it is marked. Rejects when another program has it locked for
 * longer than `waitMs`.
 */
export async function openSqlite(path: string, waitMs: number): Promise<SqliteConnection> {
  const { default: Database } = await import('libsql');
  if (path !== ':memory:') createPrivateFile(path);
  const connect = (): Connection => {
    const connection = new Database(path);
    // The driver would wait in this very thread, which has others to answer meanwhile.
    connection.exec('pragma busy_timeout = 0');
    connection.exec('pragma synchronous = full');
    return connection;
  };
  const first = connect();
  await retryWhileBusy(waitMs, () => first.exec('pragma journal_mode = wal'));
  return keptConnection(first, connect);
}

/** Does `work` again and again while another program has the database locked, with pauses, until they take `waitMs`. */
export async function retryWhileBusy<T>(waitMs: number, work: (attempt: number) => T | Promise<T>): Promise<T> {
  let waited = 0;
  let pause = FIRST_PAUSE_MS;
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await work(attempt);
    } catch (error) {
      if (!isBusy(error) || waited >= waitMs) throw error;
    }
    await delay(pause);
    waited += pause;
    pause = Math.min(2 * pause, LONGEST_PAUSE_MS);
  }
}

function keptConnection(first: Connection, connect: () => Connection): SqliteConnection {
  let connection = first;
  let wasLockedOut = false;
  const kept = new Map<string, Statement>();

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
  const prepared = (text: string): Statement => {
    if (wasLockedOut && !connection.inTransaction) connectAnew();
    const known = kept.get(text);
    if (known) return known;
    const statement = connection.prepare(text);
    if (kept.size >= MOST_STATEMENTS) kept.clear();
    kept.set(text, statement);
    return statement;
  };
  const execute = (text: string, parameters: readonly unknown[]): SqliteResult => {
    const statement = prepared(text);
    try {
      if (statement.reader) return { rows: statement.all(parameters), changes: 0 };
      return { rows: [], changes: statement.run(parameters).changes };
    } catch (error) {
      wasLockedOut ||= isBusy(error);
      throw error;
    }
  };
  const exec = (text: string): void => {
    if (wasLockedOut && !connection.inTransaction) connectAnew();
    connection.exec(text);
  };

  return {
    run(text, parameters) {
      if (!text.endsWith(UNSYNCED_MARK) || connection.inTransaction) return execute(text, parameters);
      exec('pragma synchronous = normal');
      try {
        return execute(text, parameters);
      } finally {
        connection.exec('pragma synchronous = full');
      }
    },
    runAgain(text, parameters) {
      exec('begin immediate');
      try {
        const result = execute(text, parameters);
        exec('commit');
        return result;
      } catch (error) {
        if (connection.inTransaction) exec('rollback');
        throw error;
      }
    },
    exec,
    close,
  };
}

const isBusy = (error: unknown): boolean => errorCodeOf(error)?.startsWith('SQLITE_BUSY') ?? false;

import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import { openSqlite, retryWhileBusy, type SqliteConnection } from './sqlite.ts';

/** How long a statement waits for another program that has the database locked, in milliseconds. */
const WAIT_MS = 5_000;

/** SQLite in a file, or in memory with `:memory:`. A statement that waits longer than `waitMs` for a lock rejects. */
export const sqliteDialect = (path: string, waitMs = WAIT_MS): Dialect => ({
  createDriver: () => new SqliteDriver(path, waitMs),
  createQueryCompiler: () => new SqliteQueryCompiler(),
  createAdapter: () => new SqliteAdapter(),
  createIntrospector: (db) => new SqliteIntrospector(db),
});

/**
 * One connection that everybody uses. What finds the database locked by another program waits in pauses between attempts,
 * in which the process does everything else: Kysely's own driver waits in the only thread. Statements by themselves do not
 * wait for each other, nor for one that waits; a transaction has the connection for itself, and takes the lock when it
 * begins, so that nothing in it finds the database locked.
 */
class SqliteDriver implements Driver {
  readonly #path: string;
  readonly #waitMs: number;
  #connection: SqliteConnection | undefined;
  /** Resolves when the transaction under way is over. */
  #transaction: Promise<void> | undefined;
  #endTransaction = (): void => undefined;

  constructor(path: string, waitMs: number) {
    this.#path = path;
    this.#waitMs = waitMs;
  }

  async init(): Promise<void> {
    this.#connection = await openSqlite(this.#path, this.#waitMs);
  }

  async acquireConnection(): Promise<SqliteSession> {
    return new SqliteSession((session, query) => this.#execute(session, query));
  }

  async beginTransaction(session: SqliteSession): Promise<void> {
    await retryWhileBusy(this.#waitMs, async () => {
      while (this.#transaction) await this.#transaction;
      this.#open().exec('begin immediate');
      this.#transaction = new Promise((resolve) => {
        this.#endTransaction = resolve;
      });
      session.isInTransaction = true;
    });
  }

  async commitTransaction(session: SqliteSession): Promise<void> {
    await retryWhileBusy(this.#waitMs, () => this.#open().exec('commit'));
    this.#release(session);
  }

  async rollbackTransaction(session: SqliteSession): Promise<void> {
    try {
      this.#open().exec('rollback');
    } finally {
      this.#release(session);
    }
  }

  async releaseConnection(): Promise<void> {
    // It is everybody's at any time.
  }

  async destroy(): Promise<void> {
    this.#connection?.close();
    this.#connection = undefined;
  }

  #release(session: SqliteSession): void {
    session.isInTransaction = false;
    this.#transaction = undefined;
    this.#endTransaction();
  }

  #open(): SqliteConnection {
    if (!this.#connection) throw new Error('the database is closed');
    return this.#connection;
  }

  async #execute(session: SqliteSession, { sql, parameters }: CompiledQuery): Promise<QueryResult<unknown>> {
    if (session.isInTransaction) return resultOf(this.#open().run(sql, parameters));
    const result = await retryWhileBusy(this.#waitMs, async (attempt) => {
      while (this.#transaction) await this.#transaction;
      return attempt === 0 ? this.#open().run(sql, parameters) : this.#open().runAgain(sql, parameters);
    });
    return resultOf(result);
  }
}

const resultOf = ({ rows, changes }: ReturnType<SqliteConnection['run']>): QueryResult<unknown> => ({
  rows,
  numAffectedRows: BigInt(changes),
});

type Execute = (session: SqliteSession, query: CompiledQuery) => Promise<QueryResult<unknown>>;

/** The connection, for as long as somebody has it. */
class SqliteSession implements DatabaseConnection {
  isInTransaction = false;
  readonly #execute: Execute;

  constructor(execute: Execute) {
    this.#execute = execute;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const { rows, ...result } = await this.#execute(this, query);
    // A driver gives rows as the database has them; which type they have is what the query says.
    return { ...result, rows: rows as R[] };
  }

  // biome-ignore lint/correctness/useYield: nothing is read row by row.
  async *streamQuery(): AsyncIterableIterator<never> {
    throw new Error('rows are not streamed');
  }
}

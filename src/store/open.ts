import type { Logger } from '../lib/logger.ts';
import { openDatabase } from './connection.ts';
import { migrate } from './migrate.ts';
import { createStore, type Store } from './store.ts';

/** The database cannot be used; `message` says why, without its address. */
export class DatabaseUnavailable extends Error {
  readonly code = 'database_unavailable';

  constructor(cause: unknown) {
    super(cause instanceof Error && cause.message !== '' ? cause.message : 'it does not answer', { cause });
    this.name = 'DatabaseUnavailable';
  }
}

/** Opens the database that the URL names and brings it up to date. Rejects with {@link DatabaseUnavailable}. */
export async function openStore(url: string, logger: Logger): Promise<Store> {
  const db = openDatabase(url, logger);
  try {
    await migrate(db);
  } catch (error) {
    throw new DatabaseUnavailable(error);
  }
  return createStore(db);
}

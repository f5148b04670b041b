import type { Logger } from '../lib/logger.ts';
import { openDatabase, openPatiently } from './connection.ts';
import { isPostgres } from './dialect.ts';
import { migrate } from './migrate.ts';
import type { Database } from './schema.ts';
import { fileOf, readableByOthers } from './sqliteFile.ts';
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
    await (isPostgres(db) ? migrateOn(openPatiently(url, logger)) : migrate(db));
  } catch (error) {
    throw new DatabaseUnavailable(error);
  }
  warnOfReaders(url, logger);
  return createStore(db);
}

/** It is for the operator to say who may read a file that is there: a backup may run as somebody else. */
function warnOfReaders(url: string, logger: Logger): void {
  const file = fileOf(url);
  const files = file === undefined ? [] : readableByOthers(file);
  if (files.length > 0) logger.warn({ files, remedy: `chmod 600 ${files.join(' ')}` }, 'others may read the database');
}

/** Migrations wait for those of another replica, and a large table takes its time. */
async function migrateOn(patient: Database): Promise<void> {
  try {
    await migrate(patient);
  } finally {
    await patient.destroy();
  }
}

import { accessSync, constants, existsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Logger } from '../lib/logger.ts';
import { openDatabase } from './connection.ts';
import { pendingMigrations } from './migrate.ts';
import { DatabaseUnavailable } from './open.ts';
import { fileOf, readableByOthers } from './sqliteFile.ts';
import { createStore, type Store } from './store.ts';

/** A database as it is found. `absent`: the first start makes the file. */
export type FoundDatabase =
  | { kind: 'absent' }
  | {
      kind: 'present';
      pending: string[];
      store: Store;
      /** Its files that others than their owner may read. */
      openFiles: string[];
    };

/** Looks at the database that the URL names and changes nothing in it. Rejects with {@link DatabaseUnavailable}. */
export async function inspectDatabase(url: string, logger: Logger): Promise<FoundDatabase> {
  const file = fileOf(url);
  try {
    if (file !== undefined && !isWritableFile(file)) return { kind: 'absent' };
    const db = openDatabase(url, logger);
    const pending = await pendingMigrations(db).catch(async (error: unknown) => {
      await db.destroy();
      throw error;
    });
    const openFiles = file === undefined ? [] : readableByOthers(file);
    return { kind: 'present', pending, store: createStore(db), openFiles };
  } catch (error) {
    throw new DatabaseUnavailable(error);
  }
}

/** False when there is no file but may be one; throws when there is no way to write it. */
function isWritableFile(file: string): boolean {
  const exists = existsSync(file);
  if (exists) accessSync(file, constants.R_OK | constants.W_OK);
  let folder = dirname(file);
  while (!existsSync(folder)) folder = dirname(folder);
  accessSync(folder, constants.W_OK | constants.X_OK);
  return exists;
}

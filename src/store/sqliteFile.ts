import { chmodSync, closeSync, fchmodSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { errorCodeOf } from '../lib/errorCode.ts';

const OWNER_ONLY = 0o600;
const OWNER_ONLY_FOLDER = 0o700;
const OTHERS_MAY_READ = 0o044;

/** Files that SQLite has beside the one that is named, while the database is open. */
const BESIDE = ['', '-wal', '-shm'];

/**
 * Makes the file of a database, and its folder, where they are not there yet: readable by their owner only, whatever the
 * umask. SQLite gives the same rights to the files that it makes beside it. What is there stays as it is.
 */
export function createPrivateFile(path: string): void {
  const folder = dirname(path);
  const made = mkdirSync(folder, { recursive: true, mode: OWNER_ONLY_FOLDER });
  if (made !== undefined) chmodSync(folder, OWNER_ONLY_FOLDER);
  try {
    const file = openSync(path, 'wx', OWNER_ONLY);
    fchmodSync(file, OWNER_ONLY);
    closeSync(file);
  } catch (error) {
    if (errorCodeOf(error) !== 'EEXIST') throw error;
  }
}

/** The files of a database that others than their owner may read. A system without such rights has none. */
export const readableByOthers = (path: string): string[] =>
  BESIDE.map((end) => path + end).filter((file) => {
    const mode = statSync(file, { throwIfNoEntry: false })?.mode;
    return process.platform !== 'win32' && mode !== undefined && (mode & OTHERS_MAY_READ) !== 0;
  });

/** The file that a `DATABASE_URL` names; undefined for a server, or for memory. */
export const fileOf = (databaseUrl: string): string | undefined => /^file:(?!:memory:)(.+)$/.exec(databaseUrl)?.[1];

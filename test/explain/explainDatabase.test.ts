import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { explain, formatFault } from '../../src/explain/explain.ts';
import type { Trouble } from '../../src/explain/trouble.ts';
import { createLogger } from '../../src/lib/logger.ts';
import { openDatabase } from '../../src/store/connection.ts';
import { DatabaseUnavailable, openStore } from '../../src/store/open.ts';
import { databaseKinds, temporaryDatabase } from '../support/database.ts';
import { updateToNewer } from '../support/newerVersion.ts';

const logger = createLogger('silent');

/** How a start with this database is explained. */
const startWith = async (url: string): Promise<Trouble> =>
  openStore(url, logger).then(
    () => Promise.reject(new Error('it started')),
    (error: unknown) => explain(error),
  );

const remedyOf = (trouble: Trouble) => ({ code: trouble.code, remedy: trouble.remedy.en });

describe('a database that cannot be used', () => {
  it.each([
    ['ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:5432', 'database_unreachable', 'Start it'],
    ['28P01', 'password authentication failed for user "bot"', 'database_unreachable', 'correct DATABASE_URL'],
    ['EACCES', "EACCES: permission denied, mkdir './data'", 'database_not_writable', 'chown'],
    ['', 'ConnectionFailed("Unable to open connection to local database /x.db: 14")', 'database_not_writable', 'chown'],
    ['UNKNOWN_SQLITE_ERROR_1544', 'attempt to write a readonly database', 'database_not_writable', 'chown'],
    ['SQLITE_FULL', 'database or disk is full', 'database_disk_full', 'Make room'],
    ['53100', 'could not extend file', 'database_disk_full', 'Make room'],
    ['SQLITE_CORRUPT', 'database disk image is malformed', 'database_damaged', 'restore a backup'],
    ['42501', 'permission denied for schema public', 'database_no_rights', 'grant usage, create on schema'],
    ['42P07', 'relation "inbox" already exists', 'database_not_its_own', 'empty database'],
  ])('by %s (%s) has its own remedy', (code, message, expected, remedy) => {
    const trouble = explain(new DatabaseUnavailable(Object.assign(new Error(message), { code })));
    expect(remedyOf(trouble)).toEqual({ code: expected, remedy: expect.stringContaining(remedy) });
    expect(formatFault(trouble, 'zh')).toMatch(/^数据库不能用：.*。.+。$/s);
  });

  it('because it is a file of another kind, or below one', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'skillbot-terminal-'));
    await writeFile(join(folder, 'letter.db'), 'Dear Tom, '.repeat(500));
    const letter = await startWith(`file:${folder}/letter.db`);
    const below = await startWith(`file:${folder}/letter.db/skillbot.db`);
    await rm(folder, { recursive: true });
    expect(letter.code).toBe('database_damaged');
    expect(below.code).toBe('database_not_writable');
  });

  it.each(databaseKinds())('because a newer version has it, is formatFault as that (%s)', async (kind) => {
    const { url, drop } = await temporaryDatabase(kind);
    await updateToNewer(url);
    const trouble = await startWith(url);
    await drop();
    expect(trouble.code).toBe('database_newer');
    expect(formatFault(trouble, 'en')).toBe(
      'This database belongs to a newer version of the bot (9999-newer). Install that version, or restore the backup from before the update.',
    );
  });

  if (databaseKinds().includes('postgres')) {
    it('because its user may make no tables', async () => {
      const { url, drop } = await temporaryDatabase('postgres');
      const role = new URL(url).pathname.slice(1).replace('test', 'role');
      const db = openDatabase(url, logger);
      await sql`revoke create on schema public from public`.execute(db);
      await sql`create role ${sql.id(role)}`.execute(db);
      const trouble = await startWith(`${url}?options=${encodeURIComponent(`-c role=${role}`)}`);
      await sql`drop role ${sql.id(role)}`.execute(db);
      await db.destroy();
      await drop();
      expect(trouble.code).toBe('database_no_rights');
    });
  }
});

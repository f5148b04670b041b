import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { createLogger } from '../../src/lib/logger.ts';
import { openDatabase } from '../../src/store/connection.ts';
import { migrate } from '../../src/store/migrate.ts';
import type { Database } from '../../src/store/schema.ts';
import { databaseKinds, onEveryDatabase, temporaryDatabase } from '../support/database.ts';
import { NOW } from './samples.ts';

const silent = createLogger('silent');
const evaluate = async (db: Database, expression: string): Promise<unknown> => {
  const { rows } = await sql<{ value: unknown }>`select ${sql.raw(expression)} as value`.execute(db);
  return rows[0]?.value;
};

describe('openDatabase', () => {
  onEveryDatabase((open) => {
    it('reads times and counts as numbers', async () => {
      const { db, store } = await open();
      await store.inbox.enqueue({ requestKey: 'om_1', delivery: '{}', now: NOW });
      const row = await db.selectFrom('inbox').select(['received_at', 'due_at', 'attempts']).executeTakeFirst();
      expect(row).toEqual({ received_at: NOW, due_at: NOW, attempts: 0 });
      expect(await evaluate(db, 'count(*)')).toBe(1);
      expect(await store.inbox.depth()).toBe(1);
    });
  });

  describe('with a file', () => {
    let directory: string;
    beforeEach(async () => {
      directory = await mkdtemp(join(tmpdir(), 'skillbot-test-'));
    });
    afterEach(async () => {
      await rm(directory, { recursive: true, force: true });
    });

    it('makes the folders it needs', async () => {
      const path = join(directory, 'data', 'deep', 'bot.db');
      const db = openDatabase(`file:${path}`, silent);
      await migrate(db);
      await db.destroy();
      expect((await stat(path)).size).toBeGreaterThan(0);
    });

    it('survives a crash, and does not stop for other writers', async () => {
      const db = openDatabase(`file:${join(directory, 'bot.db')}`, silent);
      const pragma = async (name: string) => Object.values((await sql.raw(`pragma ${name}`).execute(db)).rows[0] ?? {});
      expect(await pragma('journal_mode')).toEqual(['wal']);
      expect(await pragma('synchronous')).toEqual([2]);
      // The driver would wait in the only thread: waiting is done elsewhere.
      expect(await pragma('busy_timeout')).toEqual([0]);
      await db.destroy();
    });
  });

  it('can keep everything in memory', async () => {
    const db = openDatabase('file::memory:', silent);
    await migrate(db);
    expect(await db.selectFrom('inbox').selectAll().execute()).toEqual([]);
    await db.destroy();
  });

  for (const kind of databaseKinds().filter((one) => one === 'postgres')) {
    it(`with ${kind} goes on after the server closed an idle connection, and says so in the log`, async () => {
      const database = await temporaryDatabase(kind);
      const lines: string[] = [];
      const db = openDatabase(database.url, createLogger('warn', { write: (line) => lines.push(line) }));
      const other = openDatabase(database.url, silent);
      const pid = await evaluate(db, 'pg_backend_pid()');
      await sql`select pg_terminate_backend(${pid})`.execute(other);
      while (lines.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      expect(lines.join()).toContain('database connection lost');
      expect(await evaluate(db, 'pg_backend_pid()')).not.toBe(pid);
      await Promise.all([db.destroy(), other.destroy()]);
      await database.drop();
    });
  }
});

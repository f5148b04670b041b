import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, it } from '@jest/globals';
import pg from 'pg';
import { createLogger } from '../../src/lib/logger.ts';
import { openDatabase } from '../../src/store/connection.ts';
import { migrate } from '../../src/store/migrate.ts';
import type { Database } from '../../src/store/schema.ts';
import { createStore, type Store } from '../../src/store/store.ts';

export type DatabaseKind = 'sqlite' | 'postgres';

export interface TemporaryDatabase {
  /** For `DATABASE_URL`; the database behind it is empty. */
  url: string;
  /** Removes it; every connection to it is to be closed before. */
  drop(): Promise<void>;
}

/** One more connection to the database of the test, as another replica would have it. Closed after the test. */
export interface OpenDatabase {
  db: Database;
  store: Store;
}

/** The server that the run has started, or the one that whoever started the run has named. */
function postgresUrl(): string {
  const url = process.env.TEST_POSTGRES_URL;
  if (url === undefined) throw new Error('This run has no PostgreSQL server: ask databaseKinds() before.');
  return url;
}

/** The databases that the tests run on: both, unless this run has no PostgreSQL, which its summary says. */
export const databaseKinds = (): DatabaseKind[] =>
  process.env.SKIP_POSTGRES === '1' ? ['sqlite'] : ['sqlite', 'postgres'];

/** Describes what there is on PostgreSQL only. */
export function onPostgres(name: string, body: () => void): void {
  describe(name, databaseKinds().includes('postgres') ? body : () => it.todo('has no PostgreSQL server in this run'));
}

/** An empty database: a file (SQLite), or a database on the server (PostgreSQL), in both cases of its own. */
export const temporaryDatabase = (kind: DatabaseKind): Promise<TemporaryDatabase> =>
  kind === 'sqlite' ? temporaryFile() : onServer(postgresUrl());

async function temporaryFile(): Promise<TemporaryDatabase> {
  const directory = await mkdtemp(join(tmpdir(), 'skillbot-test-'));
  return {
    url: `file:${join(directory, 'skillbot.db')}`,
    drop: () => rm(directory, { recursive: true, force: true }),
  };
}

/** Not merely a schema: migrations look at all schemas of their database, and stumble over one that is just dropped. */
async function onServer(serverUrl: string): Promise<TemporaryDatabase> {
  const name = `skillbot_test_${randomBytes(8).toString('hex')}`;
  await runOn(serverUrl, `create database ${name} template template0`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => runOn(serverUrl, `drop database ${name} with (force)`) };
}

async function runOn(serverUrl: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl, connectionTimeoutMillis: 5_000 });
  await client.connect().catch((error: unknown) => {
    throw new Error(unreachable(serverUrl), { cause: error });
  });
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

function unreachable(serverUrl: string): string {
  const shown = new URL(serverUrl);
  shown.password = '';
  return `No PostgreSQL answers at ${shown.href}. Correct TEST_POSTGRES_URL, or unset it: the run then starts a server.`;
}

/**
 * Describes the same behaviour once on SQLite and once on PostgreSQL. Every test begins with empty tables;
 * `open` gives a connection to them, and another one each time it is called.
 */
export function onEveryDatabase(body: (open: () => Promise<OpenDatabase>, kind: DatabaseKind) => void): void {
  describe.each(databaseKinds())('on %s', (kind) => {
    const opened: Database[] = [];
    let database: TemporaryDatabase | undefined;

    const open = async (): Promise<OpenDatabase> => {
      if (!database) throw new Error('open() is for tests and their hooks.');
      const db = openDatabase(database.url, createLogger('silent'));
      opened.push(db);
      return { db, store: createStore(db) };
    };

    beforeAll(async () => {
      database = await temporaryDatabase(kind);
      const { db } = await open();
      await migrate(db);
    });
    afterEach(async () => {
      await emptyTables((await open()).db);
      await closeAll(opened);
    });
    afterAll(async () => {
      await closeAll(opened);
      await database?.drop();
    });

    body(open, kind);
  });
}

const TABLES = [
  'inbox',
  'changes',
  'skill_leases',
  'desks',
  'grants',
  'logins',
  'device_logins',
  'waiting',
  'views',
] as const;

async function emptyTables(db: Database): Promise<void> {
  for (const table of TABLES) await db.deleteFrom(table).execute();
}

const closeAll = async (opened: Database[]): Promise<void> => {
  await Promise.all(opened.splice(0).map((db) => db.destroy()));
};

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import pg from 'pg';
import { createLogger } from '../../src/lib/logger.ts';
import { openDatabase } from '../../src/store/connection.ts';
import { migrate } from '../../src/store/migrate.ts';
import type { Database } from '../../src/store/schema.ts';

/** A database of the benchmark's own. */
export interface BenchDatabase {
  url: string;
  drop(): Promise<void>;
}

/** An SQLite file on the disk of the folder for temporary files. `rows` finished deliveries are in its inbox already. */
export async function sqliteFile(rows = 0): Promise<BenchDatabase> {
  const directory = await mkdtemp(join(tmpdir(), 'skillbot-bench-'));
  const url = `file:${join(directory, 'skillbot.db')}`;
  const db = openDatabase(url, createLogger('silent'));
  await migrate(db);
  if (rows > 0) await fillInbox(db, rows, 0);
  await db.destroy();
  return { url, drop: () => rm(directory, { recursive: true, force: true }) };
}

/** Adds so many deliveries that were finished from `finishedAt` (milliseconds since 1970) on; SQLite only. */
export async function fillInbox(db: Database, rows: number, finishedAt: number): Promise<void> {
  await sql`
    with recursive n(i) as (select 1 union all select i + 1 from n where i < ${rows})
    insert into inbox (key, delivery, state, attempts, received_at, due_at, finished_at)
    select 'message:om_' || hex(randomblob(16)), '', 'done', 1, ${finishedAt} + i, ${finishedAt} + i, ${finishedAt} + i
    from n`.execute(db);
}

const SCHEMA = `skillbot_bench_${process.pid}`;

/** A schema on a PostgreSQL server; undefined when none answers. */
export async function postgresSchema(serverUrl: string): Promise<BenchDatabase | undefined> {
  const run = async (statement: string): Promise<void> => {
    const client = new pg.Client({ connectionString: serverUrl, connectionTimeoutMillis: 2_000 });
    await client.connect();
    await client.query(statement).finally(() => client.end());
  };
  try {
    await run(`create schema ${SCHEMA}`);
  } catch {
    return undefined;
  }
  const url = `${serverUrl}${serverUrl.includes('?') ? '&' : '?'}options=${encodeURIComponent(`-c search_path=${SCHEMA}`)}`;
  return { url, drop: () => run(`drop schema ${SCHEMA} cascade`) };
}

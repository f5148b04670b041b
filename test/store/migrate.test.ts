import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { createLogger } from '../../src/lib/logger.ts';
import { openDatabase } from '../../src/store/connection.ts';
import { migrate } from '../../src/store/migrate.ts';
import type { Database } from '../../src/store/schema.ts';
import { databaseKinds, type TemporaryDatabase, temporaryDatabase } from '../support/database.ts';

const TABLES = [
  'changes',
  'clock',
  'desks',
  'device_logins',
  'grants',
  'inbox',
  'logins',
  'skill_leases',
  'views',
  'waiting',
];

describe.each(databaseKinds())('migrate on %s', (kind) => {
  let databases: TemporaryDatabase[] = [];
  let connections: Database[] = [];

  const connect = (database: TemporaryDatabase): Database => {
    const db = openDatabase(database.url, createLogger('silent'));
    connections.push(db);
    return db;
  };
  const another = async (): Promise<TemporaryDatabase> => {
    const database = await temporaryDatabase(kind);
    databases.push(database);
    return database;
  };
  const tablesOf = async (db: Database): Promise<string[]> => {
    const tables = await db.introspection.getTables();
    const { rows } = await sql<{ schema: string }>`select current_schema() as schema`
      .execute(db)
      .catch(() => ({ rows: [] }));
    return tables.filter(({ schema }) => schema === rows[0]?.schema).map(({ name }) => name);
  };

  /** In the same database as another one, with tables of its own. */
  const schemaBeside = async ({ url, drop }: TemporaryDatabase): Promise<TemporaryDatabase> => {
    await sql`create schema beside`.execute(connect({ url, drop }));
    return { url: `${url}?options=${encodeURIComponent('-c search_path=beside')}`, drop };
  };

  beforeEach(() => {
    databases = [];
    connections = [];
  });
  afterEach(async () => {
    await Promise.all(connections.map((db) => db.destroy()));
    await Promise.all(databases.map((database) => database.drop()));
  });

  it('brings an empty database up', async () => {
    const db = connect(await another());
    await migrate(db);
    expect(await tablesOf(db)).toEqual(TABLES);
  });

  it('changes nothing when it runs again', async () => {
    const db = connect(await another());
    await migrate(db);
    await db.insertInto('desks').values({ id: 'desk', whole_writes: 1 }).execute();
    await migrate(db);
    expect(await db.selectFrom('desks').selectAll().execute()).toEqual([{ id: 'desk', whole_writes: 1 }]);
  });

  it('is not misled by another installation beside it', async () => {
    const first = await another();
    await migrate(connect(first));
    const db = connect(kind === 'sqlite' ? await another() : await schemaBeside(first));
    await migrate(db);
    expect(await tablesOf(db)).toEqual(TABLES);
  });

  it('throws what went wrong', async () => {
    const db = connect(await another());
    await db.schema.createTable('inbox').addColumn('other', 'text').execute();
    await expect(migrate(db)).rejects.toThrow('already exists');
  });

  if (kind === 'postgres') {
    it('runs once when several replicas start at the same time', async () => {
      const database = await another();
      const replicas = Array.from({ length: 4 }, () => connect(database));
      await Promise.all(replicas.map(migrate));
      const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(
        connect(database),
      );
      expect(rows.map(({ name }) => name)).toEqual([
        '0001-initial',
        '0002-device-logins',
        '0003-indexes',
        '0004-set-aside',
        '0005-clock',
        '0006-unknown-cards',
      ]);
    });
  }
});

import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Kysely, sql } from 'kysely';
import { sqliteDialect } from '../../src/store/sqliteDriver.ts';
import { type TemporaryDatabase, temporaryDatabase } from '../support/database.ts';
import { startOtherWriter } from '../support/otherWriter.ts';

interface Names {
  names: { name: string; times: number };
}

describe('a SQLite database', () => {
  let file: TemporaryDatabase;
  let db: Kysely<Names>;

  const open = (waitMs?: number) =>
    new Kysely<Names>({ dialect: sqliteDialect(file.url.replace(/^file:/, ''), waitMs) });

  beforeEach(async () => {
    file = await temporaryDatabase('sqlite');
    db = open(30);
    await sql`create table names (name text primary key, times integer not null)`.execute(db);
  });
  afterEach(async () => {
    await db.destroy();
    await file.drop();
  });

  const add = (name: string, on = db) =>
    on
      .insertInto('names')
      .values({ name, times: 1 })
      .onConflict((conflict) => conflict.column('name').doUpdateSet((set) => ({ times: set('names.times', '+', 1) })))
      .returning('times')
      .executeTakeFirstOrThrow();
  const forget = (name: string) => db.deleteFrom('names').where('name', '=', name).executeTakeFirst();
  const all = async () => (await db.selectFrom('names').selectAll().orderBy('name').execute()).map(({ name }) => name);

  it('gives each time what is there', async () => {
    expect([await add('a'), await add('a'), await add('b')]).toEqual([{ times: 1 }, { times: 2 }, { times: 1 }]);
    expect(await all()).toEqual(['a', 'b']);
    expect(await forget('a')).toEqual({ numDeletedRows: 1n });
    expect(await forget('a')).toEqual({ numDeletedRows: 0n });
    await sql`alter table names rename column times to counted`.execute(db);
    expect(await sql`select * from names`.execute(db)).toMatchObject({ rows: [{ name: 'b', counted: 1 }] });
    expect(await all()).toEqual(['b']);
  });

  it('takes the same statement again after it failed', async () => {
    const insert = (name: string | null) => sql`insert into names values (${name}, 1)`.execute(db);
    await insert('a');
    await expect(insert('a')).rejects.toMatchObject({ code: 'SQLITE_CONSTRAINT_PRIMARYKEY' });
    await insert('b');
    expect(await all()).toEqual(['a', 'b']);
  });

  it('is not locked any longer than somebody else writes', async () => {
    await add('a');
    const writer = await startOtherWriter(file.url);
    const locked = { code: 'SQLITE_BUSY' };
    await expect(add('a')).rejects.toMatchObject(locked);
    await expect(forget('a')).rejects.toMatchObject(locked);
    await expect(db.transaction().execute((transaction) => add('a', transaction))).rejects.toMatchObject(locked);
    expect(await all()).toEqual(['a']);
    await writer.done();
    expect(await add('a')).toEqual({ times: 2 });
    expect(await forget('a')).toEqual({ numDeletedRows: 1n });
    await db.transaction().execute((transaction) => add('b', transaction));
    expect(await all()).toEqual(['b']);
  });

  it('leaves the process free while somebody else writes, and gets through when they are done', async () => {
    const patient = open();
    await add('a', patient);
    const writer = await startOtherWriter(file.url);
    const ended: string[] = [];
    const writes = [
      add('a', patient).then(() => ended.push('statement')),
      patient
        .transaction()
        .execute((transaction) => add('b', transaction))
        .then(() => ended.push('transaction')),
    ];
    // What waits in the only thread would let none of these pass, and then fail.
    for (let turns = 0; turns < 500; turns += 1) await turn();
    expect(await patient.selectFrom('names').selectAll().execute()).toEqual([{ name: 'a', times: 1 }]);
    expect(ended).toEqual([]);
    await writer.done();
    await Promise.all(writes);
    expect(ended.sort()).toEqual(['statement', 'transaction']);
    expect(await patient.selectFrom('names').selectAll().orderBy('name').execute()).toEqual([
      { name: 'a', times: 2 },
      { name: 'b', times: 1 },
    ]);
    await patient.destroy();
  });

  it('keeps a transaction together: all of it, or nothing, and nobody else in between', async () => {
    let go = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      go = resolve;
    });
    const failing = db.transaction().execute(async (transaction) => {
      await add('a', transaction);
      await gate;
      await add('b', transaction);
      throw new Error('not this time');
    });
    const beside = add('c');
    const next = db.transaction().execute((transaction) => add('d', transaction));
    for (let turns = 0; turns < 20; turns += 1) await turn();
    go();
    await expect(failing).rejects.toThrow('not this time');
    await Promise.all([beside, next]);
    expect(await all()).toEqual(['c', 'd']);
  });

  it('forgets nothing, however many different statements there are', async () => {
    for (let n = 0; n < 700; n += 1) await sql`insert into names values (${sql.lit(`n${n}`)}, 1)`.execute(db);
    expect(await all()).toHaveLength(700);
  });
});

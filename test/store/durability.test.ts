import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { createLogger } from '../../src/lib/logger.ts';
import { openDatabase } from '../../src/store/connection.ts';
import { UNSYNCED, UNSYNCED_MARK } from '../../src/store/dialect.ts';
import { migrate } from '../../src/store/migrate.ts';
import type { Database } from '../../src/store/schema.ts';
import { createStore, type Store } from '../../src/store/store.ts';
import { type TemporaryDatabase, temporaryDatabase } from '../support/database.ts';
import { by, changeId, ending, message, NOW, newChange, stored, tom, viewId } from './samples.ts';

describe('what waits for the disk, on SQLite', () => {
  let file: TemporaryDatabase;
  let db: Database;
  let store: Store;
  /** Of each write since the last look, whether it waited. */
  let writes: boolean[];

  beforeEach(async () => {
    file = await temporaryDatabase('sqlite');
    db = openDatabase(file.url, createLogger('silent'), ({ query }) => {
      if (!query.sql.startsWith('select')) writes.push(!query.sql.endsWith(UNSYNCED_MARK));
    });
    store = createStore(db);
    writes = [];
    await migrate(db);
  });
  afterEach(async () => {
    await db.destroy();
    await file.drop();
  });

  const waited = async (work: Promise<unknown>): Promise<boolean[]> => {
    writes = [];
    await work;
    return writes;
  };

  it('is what would be lost with it, and what has to be there before Feishu is written to', async () => {
    const receipt = { worker: 'w', now: NOW, leaseUntil: NOW + 10 };
    const grant = { openId: tom, name: 'Tom', grantedAt: NOW, tokens: 't', accessExpiresAt: NOW };
    const { inbox, changes, grants, views } = store;
    expect(await waited(inbox.add([{ requestKey: 'a', delivery: '{}', held: true }], receipt))).toEqual([true]);
    expect(await waited(grants.save({ ...grant, refreshExpiresAt: NOW }))).toEqual([true]);
    expect(await waited(views.save({ id: viewId(1), actorId: tom, data: '{}', expiresAt: NOW }))).toEqual([true]);
    expect(await waited(changes.insert(newChange(1)))).toEqual([true]);
    await changes.claim(changeId(1), by(tom), { worker: 'w', now: NOW, leaseUntil: NOW + 10 });
    expect(await waited(changes.markAttempted(changeId(1), { worker: 'w', now: NOW }, {}))).toEqual([true]);
    expect(await waited(changes.endApplying(await stored(store, 1), 'w', ending('applied')))).toEqual([true]);
  });

  it('is not what is simply done again', async () => {
    const { inbox, changes, skillLeases } = store;
    await changes.insert(newChange(1));
    expect(await waited(changes.setCard(changeId(1), message(1)))).toEqual([false]);
    expect(await waited(changes.claim(changeId(1), by(tom), { worker: 'w', now: NOW, leaseUntil: NOW + 10 }))).toEqual([
      false,
    ]);
    expect(await waited(skillLeases.acquire('k', 'h', NOW, NOW + 10))).toEqual([false]);
    expect(await waited(skillLeases.release('k', 'h'))).toEqual([false]);
    expect(await waited(changes.cardShown(changeId(1)))).toEqual([false]);
    expect(await waited(inbox.finish(['a'], 'w', NOW))).toEqual([false]);
    const receipt = { worker: 'w', now: NOW, leaseUntil: NOW + 10, isAwaited: true };
    expect(await waited(inbox.add([{ requestKey: 'b', delivery: '{}', held: true }], receipt))).toEqual([false]);
    // Nobody is promised anything before this.
    expect(await waited(inbox.renew(['b'], 'w', NOW + 20))).toEqual([true]);
  });

  describe('by a mark', () => {
    /** What SQLite is set to while it writes: 1 is `normal`, 2 is `full`. */
    const NOTING = sql`insert into seen select synchronous from pragma_synchronous`;
    const seen = async () => {
      const { rows } = await sql<{ synchronous: number }>`select synchronous from seen order by rowid`.execute(db);
      return rows.map(({ synchronous }) => synchronous);
    };
    beforeEach(async () => {
      await sql`create table seen (synchronous integer not null check (synchronous > 0))`.execute(db);
    });

    it('that is good for one write only, however often it is made', async () => {
      for (const mark of [sql``, UNSYNCED, sql``, UNSYNCED, UNSYNCED, sql``]) await sql`${NOTING}${mark}`.execute(db);
      expect(await seen()).toEqual([2, 1, 2, 1, 1, 2]);
    });

    it('that ends with a write that fails', async () => {
      await expect(sql`insert into seen values (0)${UNSYNCED}`.execute(db)).rejects.toThrow('CHECK');
      await NOTING.execute(db);
      expect(await seen()).toEqual([2]);
    });

    it('that says nothing in a transaction, which waits at its end', async () => {
      await db.transaction().execute((transaction) => sql`${NOTING}${UNSYNCED}`.execute(transaction));
      expect(await seen()).toEqual([2]);
    });
  });
});

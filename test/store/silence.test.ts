import { setTimeout as delay } from 'node:timers/promises';
import { expect } from '@jest/globals';
import { sql } from 'kysely';
import { createLogger } from '../../src/lib/logger.ts';
import { openPatiently } from '../../src/store/connection.ts';
import { openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import { onPostgres, temporaryDatabase } from '../support/database.ts';
import { sideBySide } from '../support/sideBySide.ts';
import { startWire, type Wire } from '../support/wire.ts';
import { changeId, ending, newChange } from './samples.ts';

const silent = createLogger('silent');
/**
 * By then a silent connection has been cut. Without that the kernel notices after a quarter of an hour, long after the
 * time limit of these tests.
 */
const CUT_MS = 8_000;
/** Of Kysely: it holds this while it migrates. */
const MIGRATION_LOCK = '3853314791062309107';

interface Place {
  url: string;
  wire: Wire;
  /** Over the wire. */
  store: Store;
}

const onWire = (story: (place: Place) => Promise<void>) => async () => {
  const database = await temporaryDatabase('postgres');
  const wire = await startWire(database.url);
  try {
    await story({ url: database.url, wire, store: await openStore(wire.url, silent) });
  } finally {
    await wire.close();
    await database.drop();
  }
};

onPostgres('when nothing comes back from PostgreSQL', () => {
  sideBySide(
    {
      'a query fails soon, the next one has another connection, and the store can be closed': onWire(
        async ({ wire, store }) => {
          await Promise.all([store.ping(), store.ping(), store.ping()]);
          wire.loseAll();
          await expect(store.ping()).rejects.toThrow('the database has fallen silent');
          await store.ping();
          const last = store.ping();
          wire.loseAll();
          await Promise.all([expect(last).rejects.toThrow(), store.close()]);
        },
      ),

      'a transaction fails soon, and what it held is free for others after a while': onWire(
        async ({ url, wire, store }) => {
          await store.changes.insert(newChange(1));
          const lost = store.together(async ({ changes }) => {
            await changes.endPending(changeId(1), ending('cancelled'));
            wire.loseAll();
            await changes.get(changeId(1));
          });
          await expect(lost).rejects.toThrow();
          const other = await openStore(url, silent);
          const claimed = async () =>
            (await other.changes.endPending(changeId(1), ending('cancelled')).catch(() => undefined)) !== undefined;
          while (!(await claimed())) await delay(10);
          await Promise.all([store.close(), other.close()]);
        },
      ),

      'a statement that waits for somebody else’s row ends, and its connection goes on': onWire(
        async ({ url, store }) => {
          await store.changes.insert(newChange(1));
          const other = openPatiently(url, silent);
          await other.transaction().execute(async (transaction) => {
            await sql`select 1 from changes for update`.execute(transaction);
            await expect(store.changes.endPending(changeId(1), ending('cancelled'))).rejects.toThrow(
              'statement timeout',
            );
            await store.ping();
          });
          await Promise.all([store.close(), other.destroy()]);
        },
      ),

      'a migration waits for that of another replica, however long it takes': onWire(async ({ url, wire }) => {
        const other = openPatiently(url, silent);
        const starting = await other.connection().execute(async (one) => {
          await sql`select pg_advisory_lock(${sql.lit(BigInt(MIGRATION_LOCK))})`.execute(one);
          const waiting = openStore(wire.url, silent);
          await delay(CUT_MS);
          await sql`select pg_advisory_unlock(${sql.lit(BigInt(MIGRATION_LOCK))})`.execute(one);
          return { waiting };
        });
        const started = await starting.waiting;
        await started.ping();
        await Promise.all([started.close(), other.destroy()]);
      }),
    },
    180_000,
  );
});

import { describe, expect, it } from '@jest/globals';
import { type Parameter, prepared, preparedForEach } from '../../src/store/prepared.ts';
import type { Database } from '../../src/store/schema.ts';
import { onEveryDatabase } from '../support/database.ts';

interface Lease {
  key: string;
  holder: string;
  until: number;
}

describe('a prepared statement', () => {
  onEveryDatabase((open) => {
    let built: number;
    const taking = (db: Database) => {
      built = 0;
      return prepared(db, (parameter: Parameter<Lease>) => {
        built += 1;
        return db
          .insertInto('skill_leases')
          .values({ skill_key: parameter('key'), holder: parameter('holder'), until: parameter('until') })
          .onConflict((conflict) => conflict.column('skill_key').doUpdateSet({ until: parameter('until') }))
          .returning(['holder', 'until']);
      });
    };

    it('is put together once, and takes its values each time, one of them in two places', async () => {
      const take = taking((await open()).db);
      expect(built).toBe(0);
      expect((await take({ key: 'a', holder: 'me', until: 1 })).rows).toEqual([{ holder: 'me', until: 1 }]);
      expect((await take({ key: 'b', holder: 'you', until: 2 })).rows).toEqual([{ holder: 'you', until: 2 }]);
      expect((await take({ key: 'a', holder: 'nobody', until: 3 })).rows).toEqual([{ holder: 'me', until: 3 }]);
      expect(built).toBe(1);
    });

    it('is part of the transaction it was made on', async () => {
      const { db } = await open();
      const undone = db.transaction().execute(async (transaction) => {
        await taking(transaction)({ key: 'a', holder: 'me', until: 1 });
        throw new Error('undone');
      });
      await expect(undone).rejects.toThrow('undone');
      expect(await db.selectFrom('skill_leases').selectAll().execute()).toEqual([]);
    });

    it('takes lists of any length, and puts one together for each', async () => {
      const { db } = await open();
      let builtForLists = 0;
      const add = preparedForEach(
        db,
        (parameter: Parameter<{ until: number }>, each: readonly Parameter<{ key: string }>[]) => {
          builtForLists += 1;
          const rows = each.map((one) => ({ skill_key: one('key'), holder: one('key'), until: parameter('until') }));
          return db.insertInto('skill_leases').values(rows);
        },
      );
      await add({ until: 1 }, [{ key: 'a' }, { key: 'b' }]);
      await add({ until: 2 }, [{ key: 'c' }]);
      await add({ until: 3 }, [{ key: 'd' }, { key: 'e' }]);
      expect(builtForLists).toBe(2);
      const rows = await db.selectFrom('skill_leases').selectAll().orderBy('skill_key').execute();
      expect(rows.map(({ skill_key, holder, until }) => `${skill_key}${holder}${until}`)).toEqual([
        'aa1',
        'bb1',
        'cc2',
        'dd3',
        'ee3',
      ]);
    });

    it('tells how many rows an update met', async () => {
      const { db } = await open();
      await taking(db)({ key: 'a', holder: 'me', until: 1 });
      const renew = prepared(db, (parameter: Parameter<{ holder: string }>) =>
        db.updateTable('skill_leases').set({ until: 9 }).where('holder', '=', parameter('holder')),
      );
      expect(await renew({ holder: 'me' })).toMatchObject({ numAffectedRows: 1n });
      expect(await renew({ holder: 'you' })).toMatchObject({ numAffectedRows: 0n });
    });
  });
});

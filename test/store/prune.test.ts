import { expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { onEveryDatabase } from '../support/database.ts';

onEveryDatabase((open) => {
  it('forgets many rows in slices, between which others have their turn', async () => {
    const { db, store } = await open();
    await sql`
      insert into waiting with recursive n(i) as (select 1 union all select i + 1 from n where i < 1300)
      select 'w' || i, 'ou_x', '{}', i, i from n`.execute(db);
    let turns = 0;
    let waiting = true;
    const count = (): void => {
      turns += 1;
      if (waiting) setImmediate(count);
    };
    setImmediate(count);
    expect(await store.waiting.prune(1_301)).toBe(1_300);
    waiting = false;
    expect(turns).toBeGreaterThanOrEqual(2);
    expect(await store.waiting.prune(1_301)).toBe(0);
  });
});

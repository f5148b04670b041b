import { describe, expect, it } from '@jest/globals';
import { onEveryDatabase } from '../support/database.ts';
import { MINUTE, NOW, tom, viewId } from './samples.ts';

const view = (n: number, data = '{"page":1}') => ({
  id: viewId(n),
  actorId: tom,
  data,
  expiresAt: NOW + MINUTE,
});

describe('views', () => {
  onEveryDatabase((open) => {
    it('keep what is behind a card until its time is over', async () => {
      const { store } = await open();
      await store.views.save(view(1));
      expect(await store.views.get(viewId(1), NOW + MINUTE - 1)).toEqual({ actorId: tom, data: '{"page":1}' });
      expect(await store.views.get(viewId(1), NOW + MINUTE)).toBeUndefined();
      expect(await store.views.get(viewId(2), NOW)).toBeUndefined();
    });

    it('go on with new data and a new end', async () => {
      const { store } = await open();
      await store.views.save(view(1));
      await store.views.save({ ...view(1, '{"page":2}'), expiresAt: NOW + 2 * MINUTE });
      expect(await store.views.get(viewId(1), NOW + MINUTE)).toEqual({ actorId: tom, data: '{"page":2}' });
    });

    it('are pruned when they ran out before', async () => {
      const { db, store } = await open();
      await store.views.save({ ...view(1), expiresAt: NOW - 1 });
      await store.views.save({ ...view(2), expiresAt: NOW });
      await store.views.prune(NOW);
      expect(await db.selectFrom('views').select('id').execute()).toEqual([{ id: viewId(2) }]);
    });
  });
});

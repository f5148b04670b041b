import { describe, expect, it } from '@jest/globals';
import { onEveryDatabase } from '../support/database.ts';
import { MINUTE, NOW, race, tom, zhang } from './samples.ts';

const item = (id: string, actorId = tom, createdAt = NOW) => ({
  id,
  actorId,
  request: `{"of":"${id}"}`,
  createdAt,
  expiresAt: NOW + 10 * MINUTE,
});

describe('waiting', () => {
  onEveryDatabase((open) => {
    it('gives out what a person asked for, oldest first, once', async () => {
      const { store } = await open();
      await store.waiting.add(item('second', tom, NOW + 2));
      await store.waiting.add(item('first', tom, NOW + 1));
      await store.waiting.add(item('of-another', zhang));
      expect(await store.waiting.take(tom, NOW + MINUTE)).toEqual([
        { id: 'first', request: '{"of":"first"}' },
        { id: 'second', request: '{"of":"second"}' },
      ]);
      expect(await store.waiting.take(tom, NOW + MINUTE)).toEqual([]);
      expect(await store.waiting.take(zhang, NOW + MINUTE)).toHaveLength(1);
    });

    it('stores the same request once, as it was first', async () => {
      const { store } = await open();
      await store.waiting.add(item('same'));
      await store.waiting.add({ ...item('same'), request: 'other' });
      expect(await store.waiting.take(tom, NOW)).toEqual([{ id: 'same', request: '{"of":"same"}' }]);
    });

    it('gives everything to one of many who take at the same time', async () => {
      const stores = [(await open()).store, (await open()).store];
      for (const id of ['a', 'b', 'c']) await stores[0]?.waiting.add(item(id));
      const taken = await race(stores, (store) => store.waiting.take(tom, NOW));
      expect(
        taken
          .flat()
          .map(({ id }) => id)
          .sort(),
      ).toEqual(['a', 'b', 'c']);
    });

    it('forgets what is too old', async () => {
      const { store } = await open();
      await store.waiting.add(item('old'));
      await store.waiting.add({ ...item('newer'), expiresAt: NOW + 10 * MINUTE + 1 });
      expect(await store.waiting.take(tom, NOW + 10 * MINUTE)).toMatchObject([{ id: 'newer' }]);
    });

    it('prunes what ran out before', async () => {
      const { store } = await open();
      await store.waiting.add({ ...item('old'), expiresAt: NOW + MINUTE - 1 });
      await store.waiting.add({ ...item('new'), expiresAt: NOW + MINUTE });
      await store.waiting.prune(NOW + MINUTE);
      expect(await store.waiting.take(tom, NOW)).toMatchObject([{ id: 'new' }]);
    });
  });
});

import { describe, expect, it } from '@jest/globals';
import { onEveryDatabase } from '../support/database.ts';
import { race } from './samples.ts';

describe('desks', () => {
  onEveryDatabase((open) => {
    it('take partial writes until the contrary was learned, of each desk by itself', async () => {
      const { store } = await open();
      expect(await store.desks.needsWholeWrites('desk-1')).toBe(false);
      await store.desks.rememberWholeWrites('desk-1');
      expect(await store.desks.needsWholeWrites('desk-1')).toBe(true);
      expect(await store.desks.needsWholeWrites('desk-2')).toBe(false);
    });

    it('may be learned about by many at once', async () => {
      const stores = [(await open()).store, (await open()).store];
      await race(stores, (store) => store.desks.rememberWholeWrites('desk-1'));
      expect(await stores[0]?.desks.needsWholeWrites('desk-1')).toBe(true);
    });
  });
});

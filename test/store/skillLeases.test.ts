import { describe, expect, it } from '@jest/globals';
import { onEveryDatabase } from '../support/database.ts';
import { NOW, race, SECOND } from './samples.ts';

const LEASE = 30 * SECOND;

describe('skill leases', () => {
  onEveryDatabase((open) => {
    it('go to exactly one of many', async () => {
      const stores = [(await open()).store, (await open()).store];
      const acquired = await race(stores, (store, runner) =>
        store.skillLeases.acquire('skill', `holder-${runner}`, NOW, NOW + LEASE),
      );
      expect(acquired.filter(Boolean)).toHaveLength(1);
    });

    it('that ran out go to exactly one of many', async () => {
      const stores = [(await open()).store, (await open()).store];
      await stores[0]?.skillLeases.acquire('skill', 'silent', NOW, NOW + LEASE);
      const early = await race(stores, (store, runner) =>
        store.skillLeases.acquire('skill', `holder-${runner}`, NOW + LEASE - 1, NOW + 2 * LEASE),
      );
      expect(early.filter(Boolean)).toHaveLength(0);
      const late = await race(stores, (store, runner) =>
        store.skillLeases.acquire('skill', `holder-${runner}`, NOW + LEASE, NOW + 2 * LEASE),
      );
      expect(late.filter(Boolean)).toHaveLength(1);
    });

    it('are of one skill each', async () => {
      const { store } = await open();
      expect(await store.skillLeases.acquire('skill-1', 'one', NOW, NOW + LEASE)).toBe(true);
      expect(await store.skillLeases.acquire('skill-2', 'two', NOW, NOW + LEASE)).toBe(true);
    });

    it('name their holder while they last', async () => {
      const { store } = await open();
      await store.skillLeases.acquire('skill-1', 'one', NOW, NOW + LEASE);
      await store.skillLeases.acquire('skill-2', 'two', NOW, NOW + LEASE);
      expect(await store.skillLeases.holders(['skill-2', 'skill-3'], NOW)).toEqual(['two']);
      expect(await store.skillLeases.holders(['skill-1'], NOW + LEASE)).toEqual([]);
      expect(await store.skillLeases.holders([], NOW)).toEqual([]);
    });

    it('are prolonged by their holder', async () => {
      const { store } = await open();
      await store.skillLeases.acquire('skill-1', 'one', NOW, NOW + LEASE);
      await store.skillLeases.acquire('skill-2', 'one', NOW, NOW + LEASE);
      expect(await store.skillLeases.acquire('skill-1', 'one', NOW, NOW + 2 * LEASE)).toBe(true);
      expect(await store.skillLeases.acquire('skill-1', 'two', NOW + LEASE, NOW + 2 * LEASE)).toBe(false);
      await store.skillLeases.setUntil('one', NOW + 3 * LEASE);
      expect(await store.skillLeases.acquire('skill-2', 'two', NOW + 2 * LEASE, NOW + 3 * LEASE)).toBe(false);
    });

    it('are not prolonged by anybody else', async () => {
      const { store } = await open();
      await store.skillLeases.acquire('skill', 'one', NOW, NOW + LEASE);
      await store.skillLeases.setUntil('two', NOW + 9 * LEASE);
      expect(await store.skillLeases.acquire('skill', 'two', NOW + LEASE, NOW + 2 * LEASE)).toBe(true);
      await store.skillLeases.setUntil('one', NOW + 9 * LEASE);
      expect(await store.skillLeases.acquire('skill', 'three', NOW + 2 * LEASE, NOW + 3 * LEASE)).toBe(true);
    });

    it('are given back by their holder, and by nobody else', async () => {
      const { store } = await open();
      await store.skillLeases.acquire('skill', 'one', NOW, NOW + LEASE);
      await store.skillLeases.release('skill', 'two');
      expect(await store.skillLeases.acquire('skill', 'two', NOW, NOW + LEASE)).toBe(false);
      await store.skillLeases.release('skill', 'one');
      expect(await store.skillLeases.acquire('skill', 'two', NOW, NOW + LEASE)).toBe(true);
    });
  });
});

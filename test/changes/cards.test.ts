import { describe, expect, it } from '@jest/globals';
import { cardIsShown, standing } from '../../src/changes/cards.ts';
import type { Change } from '../../src/domain/change.ts';
import type { Store } from '../../src/store/store.ts';
import { by, changeId, changeIn, ending, MINUTE, message, NOW, newChange, stored } from '../store/samples.ts';
import { onEveryDatabase } from '../support/database.ts';

const LATER = NOW + 60 * MINUTE;

/** A change that met a conflict, with the fresh preview in its place. */
async function conflicted(store: Store): Promise<Change> {
  const next = await store.changes.insert(newChange(2));
  await changeIn('applying', store, 1);
  await store.changes.setCard(next.id, message(9));
  const outcome = { next: next.id };
  await store.changes.endApplying(await stored(store, 1), 'worker', ending('conflicted', { outcome }));
  return stored(store, 1);
}

/** The changes whose card another process would bring up to date. */
const due = async (store: Store) =>
  (await store.changes.claimCards(10, { worker: 'other', now: LATER, until: LATER + MINUTE })).map(({ id }) => id);

describe('a card that is shown late', () => {
  onEveryDatabase((open) => {
    it('is brought up to date where the fresh preview on it is over, and that was shown before', async () => {
      const { store } = await open();
      const change = await conflicted(store);
      const shown = await standing(store, change);
      expect(shown.next?.status).toBe('pending');
      await store.changes.expire(LATER, 10);
      await store.changes.cardShown(changeId(2));
      await cardIsShown(store, change.id, shown);
      expect(await due(store)).toEqual([change.id]);
      expect((await standing(store, change)).change).toMatchObject({ id: changeId(2), status: 'expired' });
    });

    it('is left alone where the fresh preview on it still waits', async () => {
      const { store } = await open();
      const change = await conflicted(store);
      await cardIsShown(store, change.id, await standing(store, change));
      expect(await due(store)).toEqual([]);
    });

    it('is brought up to date where its preview was over before anybody knew its message', async () => {
      const { store } = await open();
      await changeIn('pending', store, 1);
      await store.changes.expire(LATER, 10);
      await store.changes.cardShown(changeId(1));
      await store.changes.setCard(changeId(1), message(9));
      expect(await due(store)).toEqual([changeId(1)]);
    });

    it('is left alone where its preview waits, or was pressed in that message', async () => {
      const { store } = await open();
      await changeIn('pending', store, 1);
      await store.changes.setCard(changeId(1), message(9));
      const claimant = { worker: 'worker', now: NOW, leaseUntil: LATER };
      await store.changes.claim(changeId(1), by(newChange(1).actorId), claimant);
      await store.changes.setCard(changeId(1), message(9));
      expect(await store.changes.claimUnknownCards(10, { now: LATER, until: LATER })).toEqual([]);
    });
  });
});

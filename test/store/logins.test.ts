import { describe, expect, it } from '@jest/globals';
import { onEveryDatabase } from '../support/database.ts';
import { chat, MINUTE, message, NOW, race, tom, zhang } from './samples.ts';

const offer = (ticketHash: string, actorId = tom) => ({
  ticketHash,
  actorId,
  chatId: chat,
  expiresAt: NOW + 10 * MINUTE,
});
const bound = (stateHash: string) => ({ stateHash, verifier: 'sealed-verifier', expiresAt: NOW + 20 * MINUTE });

describe('logins', () => {
  onEveryDatabase((open) => {
    it('go from offer to opened to finished', async () => {
      const { store } = await open();
      await store.logins.offer(offer('ticket'));
      await store.logins.setCard('ticket', message(1));
      const record = { ticketHash: 'ticket', actorId: tom, chatId: chat, cardMessageId: message(1) };
      const opened = await store.logins.open('ticket', NOW, bound('state'));
      expect(opened).toEqual({ ...record, verifier: 'sealed-verifier' });
      expect(await store.logins.finish('state', NOW + 15 * MINUTE)).toEqual(opened);
    });

    it('spend a ticket once, however many ask at the same time', async () => {
      const stores = [(await open()).store, (await open()).store];
      await stores[0]?.logins.offer(offer('ticket'));
      const opened = await race(stores, (store, runner) => store.logins.open('ticket', NOW, bound(`state-${runner}`)));
      expect(opened.filter((login) => login !== undefined)).toHaveLength(1);
      const finished = await race(stores, (store, runner) => store.logins.finish(`state-${runner}`, NOW));
      expect(finished.map((login) => login !== undefined)).toEqual(opened.map((login) => login !== undefined));
    });

    it('spend a state once, however many come back at the same time', async () => {
      const stores = [(await open()).store, (await open()).store];
      await stores[0]?.logins.offer(offer('ticket'));
      await stores[0]?.logins.open('ticket', NOW, bound('state'));
      const finished = await race(stores, (store) => store.logins.finish('state', NOW));
      expect(finished.filter((login) => login !== undefined)).toHaveLength(1);
    });

    it('refuse a ticket whose time is over', async () => {
      const { store } = await open();
      await store.logins.offer(offer('ticket'));
      expect(await store.logins.open('ticket', NOW + 10 * MINUTE, bound('state'))).toBeUndefined();
      expect(await store.logins.open('ticket', NOW + 10 * MINUTE - 1, bound('state'))).toBeDefined();
    });

    it('refuse a state whose time is over', async () => {
      const { store } = await open();
      await store.logins.offer(offer('ticket'));
      await store.logins.open('ticket', NOW, bound('state'));
      expect(await store.logins.finish('state', NOW + 20 * MINUTE)).toBeUndefined();
      expect(await store.logins.finish('state', NOW + 20 * MINUTE - 1)).toBeDefined();
    });

    it('refuse tickets and states that never were', async () => {
      const { store } = await open();
      await store.logins.offer(offer('ticket'));
      expect(await store.logins.open('other', NOW, bound('state'))).toBeUndefined();
      expect(await store.logins.finish('state', NOW)).toBeUndefined();
    });

    it('are withdrawn for one person, and name the cards that show them', async () => {
      const { store } = await open();
      await store.logins.offer(offer('with-card'));
      await store.logins.setCard('with-card', message(1));
      await store.logins.offer(offer('without-card'));
      await store.logins.offer(offer('of-another', zhang));
      const withdrawn = await store.logins.withdraw(tom);
      expect(withdrawn.map(({ ticketHash, cardMessageId }) => [ticketHash, cardMessageId]).sort()).toEqual([
        ['with-card', message(1)],
        ['without-card', undefined],
      ]);
      expect(await store.logins.open('with-card', NOW, bound('state-1'))).toBeUndefined();
      expect(await store.logins.open('without-card', NOW, bound('state-2'))).toBeUndefined();
      expect(await store.logins.open('of-another', NOW, bound('state-3'))).toMatchObject({ actorId: zhang });
    });

    it('are told of one person where a message shows them', async () => {
      const { store } = await open();
      for (const ticket of ['opened', 'open', 'without-card']) await store.logins.offer(offer(ticket));
      await store.logins.offer(offer('of-another', zhang));
      for (const [n, ticket] of ['opened', 'open', 'of-another'].entries()) {
        await store.logins.setCard(ticket, message(n));
      }
      await store.logins.open('opened', NOW, bound('state'));
      const shown = await store.logins.shown(tom);
      expect(shown.map(({ ticketHash, cardMessageId }) => [ticketHash, cardMessageId]).sort()).toEqual([
        ['open', message(1)],
        ['opened', message(0)],
      ]);
    });

    it('are settled once, and not after they were withdrawn', async () => {
      const { store } = await open();
      for (const ticket of ['done', 'withdrawn']) await store.logins.offer(offer(ticket));
      expect(await store.logins.settle('done')).toBe(true);
      expect(await store.logins.settle('done')).toBe(false);
      await store.logins.withdraw(tom);
      expect(await store.logins.settle('withdrawn')).toBe(false);
    });

    it('are pruned when their time is over', async () => {
      const { db, store } = await open();
      await store.logins.offer({ ...offer('old'), expiresAt: NOW - 1 });
      await store.logins.offer({ ...offer('new'), expiresAt: NOW });
      await store.logins.prune(NOW);
      expect(await db.selectFrom('logins').select('ticket_hash').execute()).toEqual([{ ticket_hash: 'new' }]);
    });
  });
});

import { describe, expect, it } from '@jest/globals';
import { createLogger } from '../../src/lib/logger.ts';
import { openDatabase } from '../../src/store/connection.ts';
import { createStore } from '../../src/store/store.ts';
import { onEveryDatabase } from '../support/database.ts';
import { changeId, chat, ending, MINUTE, NOW, newChange, tom } from './samples.ts';

const waitingItem = { id: 'request', actorId: tom, request: '{}', createdAt: NOW, expiresAt: NOW + MINUTE };

describe('store', () => {
  onEveryDatabase((open) => {
    it('does everything together', async () => {
      const { store } = await open();
      const taken = await store.together(async ({ waiting, logins }) => {
        await waiting.add(waitingItem);
        await logins.offer({ ticketHash: 'ticket', actorId: tom, chatId: chat, expiresAt: NOW + MINUTE });
        return 'done';
      });
      expect(taken).toBe('done');
      const other = (await open()).store;
      expect(await other.waiting.take(tom, NOW)).toHaveLength(1);
      expect(await other.logins.withdraw(tom)).toHaveLength(1);
    });

    it('or does nothing of it, and says why', async () => {
      const { store } = await open();
      await store.changes.insert(newChange(1));
      const failing = store.together(async ({ changes, inbox, waiting }) => {
        await changes.endPending(changeId(1), ending('cancelled'));
        await inbox.enqueue({ requestKey: 'om_1', delivery: '{}', now: NOW });
        await waiting.add(waitingItem);
        throw new Error('the third step failed');
      });
      await expect(failing).rejects.toThrow('the third step failed');
      expect(await store.changes.get(changeId(1))).toMatchObject({ status: 'pending', settledAt: undefined });
      expect(await store.inbox.depth()).toBe(0);
      expect(await store.waiting.take(tom, NOW)).toEqual([]);
    });

    it('keeps what is in the database when it is opened again', async () => {
      const first = (await open()).store;
      await first.changes.insert(newChange(1));
      const written = await first.changes.get(changeId(1));
      await first.close();
      expect(await (await open()).store.changes.get(changeId(1))).toEqual(written);
    });

    it('answers a ping, until it is closed', async () => {
      const { store } = await open();
      await store.ping();
      await store.close();
      await expect(store.ping()).rejects.toThrow();
    });
  });

  it('rejects a ping when nothing answers', async () => {
    const store = createStore(openDatabase('postgres://nobody@127.0.0.1:1/none', createLogger('silent')));
    await expect(store.ping()).rejects.toThrow('ECONNREFUSED');
    await store.close();
  });
});

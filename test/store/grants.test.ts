import { describe, expect, it } from '@jest/globals';
import { OpenId } from '../../src/domain/ids.ts';
import { onEveryDatabase } from '../support/database.ts';
import { MINUTE, NOW, race, SECOND, tom, zhang } from './samples.ts';

const LOCK = 30 * SECOND;
const grant = (openId: OpenId = tom, tokens = 'sealed-1') => ({
  openId,
  name: 'Tom Li',
  tokens,
  accessExpiresAt: NOW + 120 * MINUTE,
  refreshExpiresAt: NOW + 7 * 24 * 60 * MINUTE,
  grantedAt: NOW,
});
const refreshed = {
  tokens: 'sealed-2',
  accessExpiresAt: NOW + 240 * MINUTE,
  refreshExpiresAt: NOW + 8 * 24 * 60 * MINUTE,
};

describe('grants', () => {
  onEveryDatabase((open) => {
    it('keeps one grant for each person', async () => {
      const { store } = await open();
      await store.grants.save(grant());
      await store.grants.save(grant(zhang, 'sealed-9'));
      const stored = { ...grant(), deadReason: undefined, refreshInDoubt: false };
      expect(await store.grants.get(tom)).toEqual(stored);
      expect(await store.grants.all()).toHaveLength(2);
      await store.grants.save(grant(tom, 'sealed-3'));
      expect(await store.grants.get(tom)).toEqual({ ...stored, tokens: 'sealed-3' });
      expect(await store.grants.all()).toHaveLength(2);
    });

    it('keeps a grant of which Feishu did not say how long it lives', async () => {
      const { store } = await open();
      await store.grants.save({ ...grant(), refreshExpiresAt: undefined });
      expect(await store.grants.get(tom)).toMatchObject({ refreshExpiresAt: undefined });
    });

    it('starts clean with a new login, whatever became of the last one', async () => {
      const { store } = await open();
      await store.grants.save(grant());
      await store.grants.lockRefresh(tom, 'one', NOW, NOW + LOCK);
      await store.grants.markInDoubt(tom, 'one');
      await store.grants.markDead(tom, 'sealed-1', 'refresh token used');
      await store.grants.save(grant(tom, 'sealed-3'));
      expect(await store.grants.get(tom)).toMatchObject({ deadReason: undefined, refreshInDoubt: false });
      expect(await store.grants.lockRefresh(tom, 'two', NOW, NOW + LOCK)).toBeDefined();
    });

    it('tells whether there was one to remove', async () => {
      const { store } = await open();
      await store.grants.save(grant());
      expect(await store.grants.remove(tom)).toBe(true);
      expect(await store.grants.remove(tom)).toBe(false);
      expect(await store.grants.get(tom)).toBeUndefined();
    });

    it('keeps what was granted since then, when it is told a time', async () => {
      const { store } = await open();
      const { grantedAt } = grant();
      await store.grants.save(grant());
      expect(await store.grants.remove(tom, grantedAt)).toBe(false);
      expect(await store.grants.get(tom)).toMatchObject({ grantedAt });
      expect(await store.grants.remove(tom, grantedAt + 1)).toBe(true);
    });

    describe('the refresh lock', () => {
      it('is won by exactly one of many', async () => {
        const stores = [(await open()).store, (await open()).store];
        await stores[0]?.grants.save(grant());
        const locked = await race(stores, (store, runner) =>
          store.grants.lockRefresh(tom, `worker-${runner}`, NOW, NOW + LOCK),
        );
        expect(locked.filter((won) => won !== undefined)).toMatchObject([{ tokens: 'sealed-1' }]);
      });

      it('is passed on when its holder went silent, and shows that the token may be spent', async () => {
        const { store } = await open();
        await store.grants.save(grant());
        await store.grants.lockRefresh(tom, 'one', NOW, NOW + LOCK);
        expect(await store.grants.markInDoubt(tom, 'one')).toBe(true);
        expect(await store.grants.lockRefresh(tom, 'two', NOW + LOCK - 1, NOW + 2 * LOCK)).toBeUndefined();
        expect(await store.grants.lockRefresh(tom, 'two', NOW + LOCK, NOW + 2 * LOCK)).toMatchObject({
          refreshInDoubt: true,
        });
        expect(await store.grants.markInDoubt(tom, 'one')).toBe(false);
      });

      it('does not exist without a grant, or for a dead one', async () => {
        const { store } = await open();
        expect(await store.grants.lockRefresh(tom, 'one', NOW, NOW + LOCK)).toBeUndefined();
        await store.grants.save(grant());
        await store.grants.markDead(tom, 'sealed-1', 'expired');
        expect(await store.grants.lockRefresh(tom, 'one', NOW, NOW + LOCK)).toBeUndefined();
      });

      it('is free again as soon as the answer is stored', async () => {
        const { store } = await open();
        await store.grants.save(grant());
        await store.grants.lockRefresh(tom, 'one', NOW, NOW + LOCK);
        await store.grants.markInDoubt(tom, 'one');
        await store.grants.storeRefreshed(tom, 'sealed-1', refreshed);
        expect(await store.grants.get(tom)).toMatchObject({ ...refreshed, name: 'Tom Li', refreshInDoubt: false });
        expect(await store.grants.lockRefresh(tom, 'two', NOW, NOW + LOCK)).toBeDefined();
      });

      it.each([true, false])('given up with settled=%s keeps or clears the doubt', async (settled) => {
        const { store } = await open();
        await store.grants.save(grant());
        await store.grants.lockRefresh(tom, 'one', NOW, NOW + LOCK);
        await store.grants.markInDoubt(tom, 'one');
        await store.grants.unlockRefresh(tom, 'one', settled);
        expect(await store.grants.lockRefresh(tom, 'two', NOW, NOW + LOCK)).toMatchObject({
          refreshInDoubt: !settled,
        });
      });

      it('can be given up by its holder only', async () => {
        const { store } = await open();
        await store.grants.save(grant());
        await store.grants.lockRefresh(tom, 'one', NOW, NOW + LOCK);
        await store.grants.unlockRefresh(tom, 'two', true);
        expect(await store.grants.lockRefresh(tom, 'two', NOW, NOW + LOCK)).toBeUndefined();
      });
    });

    it('does not put the answer to an old refresh over a newer login', async () => {
      const { store } = await open();
      await store.grants.save(grant());
      await store.grants.save(grant(tom, 'sealed-3'));
      await store.grants.storeRefreshed(tom, 'sealed-1', refreshed);
      expect(await store.grants.get(tom)).toMatchObject({ tokens: 'sealed-3' });
    });

    it('does not mark a newer login dead', async () => {
      const { store } = await open();
      await store.grants.save(grant(tom, 'sealed-3'));
      await store.grants.markDead(tom, 'sealed-1', 'refresh token used');
      expect(await store.grants.get(tom)).toMatchObject({ deadReason: undefined });
      await store.grants.markDead(tom, 'sealed-3', 'refresh token used');
      expect(await store.grants.get(tom)).toMatchObject({ deadReason: 'refresh token used', tokens: 'sealed-3' });
    });

    it('comes alive when the answer that was thought lost arrives after all', async () => {
      const { store } = await open();
      await store.grants.save(grant());
      await store.grants.markDead(tom, 'sealed-1', 'refresh token used');
      await store.grants.storeRefreshed(tom, 'sealed-1', refreshed);
      expect(await store.grants.get(tom)).toMatchObject({ ...refreshed, deadReason: undefined });
    });

    it('loses its access token, unless it is a later login', async () => {
      const { store } = await open();
      await store.grants.save({ ...grant(), grantedAt: NOW });
      await store.grants.expireAccess(tom, NOW);
      expect(await store.grants.get(tom)).toMatchObject({ accessExpiresAt: grant().accessExpiresAt });
      await store.grants.expireAccess(tom, NOW + 1);
      const { tokens, refreshExpiresAt } = grant();
      expect(await store.grants.get(tom)).toMatchObject({ accessExpiresAt: 0, tokens, refreshExpiresAt });
      await store.grants.save({ ...grant(), grantedAt: NOW });
      await store.grants.expireAccess(tom);
      expect(await store.grants.get(tom)).toMatchObject({ accessExpiresAt: 0 });
    });

    it('names the living whose refresh token runs out soon, the soonest first', async () => {
      const { store } = await open();
      const [late, soon, sooner, dead, unknown] = ['ou_1', 'ou_2', 'ou_3', 'ou_4', 'ou_5'].map((id) =>
        OpenId.parse(id),
      );
      const runsOut = [
        { openId: late, refreshExpiresAt: NOW + MINUTE },
        { openId: soon, refreshExpiresAt: NOW + MINUTE - 1 },
        { openId: sooner, refreshExpiresAt: NOW },
        { openId: dead, refreshExpiresAt: NOW },
        { openId: unknown, refreshExpiresAt: undefined },
      ];
      for (const { openId, refreshExpiresAt } of runsOut)
        await store.grants.save({ ...grant(openId), refreshExpiresAt });
      await store.grants.markDead(OpenId.parse(dead), 'sealed-1', 'expired');
      expect(await store.grants.expiringBefore(NOW + MINUTE, 10)).toEqual([sooner, soon]);
      expect(await store.grants.expiringBefore(NOW + MINUTE, 1)).toEqual([sooner]);
    });
  });
});

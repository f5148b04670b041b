import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Grants } from '../../src/auth/grants.ts';
import { createVault } from '../../src/auth/vault.ts';
import { OpenId } from '../../src/domain/ids.ts';
import { FeishuError } from '../../src/feishu/errors.ts';
import { TOKEN_CALL_MS } from '../../src/feishu/tokenEndpoint.ts';
import type { Store } from '../../src/store/store.ts';
import { onEveryDatabase } from '../support/database.ts';
import type { Reply } from '../support/fakeServer.ts';
import { type FakeFeishu, failureOf, startFakeFeishu, TOKEN_ROUTE } from '../support/feishu.ts';
import { recordMetrics } from '../support/metrics.ts';
import {
  DAY,
  grantOf,
  grantsOn,
  HOUR,
  logIn,
  loginNeedOf,
  MINUTE,
  refreshed,
  rotateTokens,
  SECOND,
  TOM,
  tokenAnswer,
  tokenRefusal,
  tokensAt,
  vault,
  ZHANG,
} from './setup.ts';

const CALLERS = 20;
const echo = async (token: string): Promise<string> => token;

/** An act that Feishu refuses `times` times, and the tokens it was tried with. */
function refusing(times: number, error = new FeishuError('user-token', 'no', { code: 99991668 })) {
  const tried: string[] = [];
  const act = async (token: string): Promise<string> => {
    tried.push(token);
    if (tried.length <= times) throw error;
    return token;
  };
  return { act, tried, error };
}

const refusal = (json: object, status = 400): Reply => ({ status, json });

/** Trouble of which no grant dies, and how the callers get to know it. */
const NO_PROOF: [string, Reply, string][] = [
  ['500, 20050', tokenRefusal(20050, 500), 'unavailable'],
  ['503, 20072', tokenRefusal(20072, 503), 'unavailable'],
  ['a bare 502', { status: 502, text: '<html>Bad Gateway</html>' }, 'unavailable'],
  ['a rate limit', tokenRefusal(99991400, 429), 'rate-limited'],
  ['no answer', 'drop', 'no-answer'],
  ['a time-out', 'hang', 'no-answer'],
  ['a page', { status: 200, text: '<html>Welcome</html>' }, 'unavailable'],
  ['a page that refuses', { status: 403, text: '<html>Forbidden</html>' }, 'unavailable'],
  ['an unknown code', refusal({ code: 29999 }), 'unavailable'],
  ['an unknown code as a text', refusal({ code: '29999', error: 'server_error' }), 'unavailable'],
  ['trouble that claims a dead grant', refusal({ error: 'invalid_grant' }, 503), 'unavailable'],
  ['an access policy', tokenRefusal(21000), 'access-policy'],
  ['another access policy', tokenRefusal(21001), 'access-policy'],
  ['a wrong app secret', tokenRefusal(20002), 'app-credentials'],
  ['a request that is wrong', tokenRefusal(20063), 'unexpected'],
];
const PASSING = NO_PROOF.slice(0, 11);
const LASTING = NO_PROOF.slice(11);

const DEADLY = [20024, 20026, 20037, 20064, 20073, 20008, 20010, 20066, 99991669];

describe('grants', () => {
  onEveryDatabase((open) => {
    let feishu: FakeFeishu;
    let store: Store;
    let grants: Grants;

    beforeEach(async () => {
      feishu = await startFakeFeishu({ timeoutMs: 300 });
      store = (await open()).store;
      grants = grantsOn(feishu, store);
      rotateTokens(feishu.server);
    });
    afterEach(() => feishu.close());

    const now = () => feishu.clock.now();
    const storedTokens = async (openId = TOM) =>
      JSON.parse((await vault.open(openId, (await grantOf(store, openId)).tokens)) ?? '');

    describe('a fresh token', () => {
      it('is used without a refresh', async () => {
        await logIn(feishu, store, TOM);
        expect(await grants.actAs(TOM, echo)).toBe('access-secret-0');
        await grants.ensure(TOM);
        feishu.clock.advance(2 * HOUR - 3 * MINUTE - 1);
        expect(await grants.actAs(TOM, echo)).toBe('access-secret-0');
        expect(feishu.server.requests).toEqual([]);
      });

      it('is of the one who acts', async () => {
        await logIn(feishu, store, TOM);
        await logIn(feishu, store, ZHANG, { access: 'access-of-zhang' });
        expect(await grants.actAs(ZHANG, echo)).toBe('access-of-zhang');
        expect(await grants.actAs(TOM, echo)).toBe('access-secret-0');
      });

      it('lies encrypted in the database', async () => {
        const { tokens } = await logIn(feishu, store, TOM);
        const bytes = tokens.split('.').map((part) => Buffer.from(part, 'base64url').toString('latin1'));
        expect([tokens, ...bytes].join()).not.toContain('secret');
      });
    });

    it('wants a login of whoever has none', async () => {
      await logIn(feishu, store, ZHANG);
      const { act, tried } = refusing(0);
      expect(await loginNeedOf(grants.actAs(TOM, act))).toBe('no-grant');
      expect(await loginNeedOf(grants.ensure(TOM))).toBe('no-grant');
      expect(tried).toEqual([]);
    });

    describe('a refresh', () => {
      it('comes before the token runs out, and once', async () => {
        await logIn(feishu, store, TOM);
        feishu.clock.advance(2 * HOUR - 3 * MINUTE);
        expect(await grants.actAs(TOM, echo)).toBe('access-secret-1');
        expect(await grants.actAs(TOM, echo)).toBe('access-secret-1');
        expect(refreshed(feishu.server)).toEqual(['refresh-secret-0']);
      });

      it('is stored before the new token is used', async () => {
        await logIn(feishu, store, TOM);
        feishu.clock.advance(3 * HOUR);
        const other = (await open()).store;
        const atUse = await grants.actAs(TOM, async () => {
          const { tokens, ...rest } = await grantOf(other, TOM);
          return { tokens: JSON.parse((await vault.open(TOM, tokens)) ?? ''), ...rest };
        });
        expect(atUse).toMatchObject({
          tokens: { access: 'access-secret-1', refresh: 'refresh-secret-1' },
          accessExpiresAt: now() + 2 * HOUR,
          refreshExpiresAt: now() + 7 * DAY,
          refreshInDoubt: false,
          deadReason: undefined,
          name: 'Tom Li',
        });
      });

      it('follows a refresh, each with the token of the last one', async () => {
        await logIn(feishu, store, TOM);
        for (const expected of ['access-secret-1', 'access-secret-2', 'access-secret-3']) {
          feishu.clock.advance(2 * HOUR);
          expect(await grants.actAs(TOM, echo)).toBe(expected);
        }
      });

      it('is one for many callers of two processes', async () => {
        await logIn(feishu, store, TOM);
        rotateTokens(feishu.server, 20);
        feishu.clock.advance(3 * HOUR);
        const processes = [grants, grantsOn(feishu, (await open()).store, 'worker-2')];
        const callers = Array.from({ length: CALLERS }, (_, n) => processes[n % 2]?.actAs(TOM, echo));
        const tokens = await feishu.clock.runUntil(Promise.all(callers));
        expect(tokens).toEqual(Array.from({ length: CALLERS }, () => 'access-secret-1'));
        expect(refreshed(feishu.server)).toEqual(['refresh-secret-0']);
      });

      it.each([1, 60, 180])('that gives a token for %i s only is not followed by another one at once', async (life) => {
        await logIn(feishu, store, TOM);
        feishu.clock.advance(3 * HOUR);
        const { json } = tokenAnswer(1);
        feishu.server.on(TOKEN_ROUTE, { json: { ...json, expires_in: life } }, tokenRefusal(20073));
        expect(await grants.actAs(TOM, echo)).toBe('access-secret-1');
        expect(refreshed(feishu.server)).toEqual(['refresh-secret-0']);
      });

      it('is sent once, though Feishu is limiting the rate', async () => {
        await logIn(feishu, store, TOM);
        feishu.clock.advance(3 * HOUR);
        feishu.server.on(TOKEN_ROUTE, tokenRefusal(99991400, 429), tokenAnswer(1));
        expect((await failureOf(grants.ensure(TOM))).kind).toBe('rate-limited');
        expect(refreshed(feishu.server)).toEqual(['refresh-secret-0']);
      });

      it('is not lost when the database does not take it at first', async () => {
        await logIn(feishu, store, TOM);
        feishu.clock.advance(3 * HOUR);
        const troubles = [new Error('the connection was cut'), new Error('it starts up')];
        const storeRefreshed: Store['grants']['storeRefreshed'] = async (...given) => {
          const trouble = troubles.shift();
          if (trouble) throw trouble;
          await store.grants.storeRefreshed(...given);
        };
        const troubled = grantsOn(feishu, { ...store, grants: { ...store.grants, storeRefreshed } });
        expect(await feishu.clock.runUntil(troubled.actAs(TOM, echo), 50)).toBe('access-secret-1');
        expect(await storedTokens()).toMatchObject({ refresh: 'refresh-secret-1' });
        expect(refreshed(feishu.server)).toEqual(['refresh-secret-0']);
      });

      it('is stored again until somebody else may refresh, and then no more', async () => {
        await logIn(feishu, store, TOM);
        feishu.clock.advance(3 * HOUR);
        const begun = now();
        const storeRefreshed = () => Promise.reject(new Error('it is gone'));
        const troubled = grantsOn(feishu, { ...store, grants: { ...store.grants, storeRefreshed } });
        await expect(feishu.clock.runUntil(troubled.ensure(TOM), 100)).rejects.toThrow('it is gone');
        expect(now() - begun).toBeLessThanOrEqual(2 * TOKEN_CALL_MS);
        expect(refreshed(feishu.server)).toEqual(['refresh-secret-0']);
      });

      it('of one does not wait for that of another', async () => {
        await logIn(feishu, store, TOM);
        await logIn(feishu, store, ZHANG);
        await store.grants.lockRefresh(ZHANG, 'other', now(), now() + 20 * SECOND);
        expect(await grants.actAs(TOM, refusing(1).act)).toBe('access-secret-1');
      });

      it('does not overwrite a login that came meanwhile', async () => {
        await logIn(feishu, store, TOM);
        feishu.clock.advance(3 * HOUR);
        feishu.server.on(TOKEN_ROUTE, async () => {
          await logIn(feishu, store, TOM, { access: 'access-of-login', refresh: 'refresh-of-login' });
          return tokenAnswer(1);
        });
        expect(await grants.actAs(TOM, echo)).toBe('access-of-login');
        expect(await storedTokens()).toEqual({ access: 'access-of-login', refresh: 'refresh-of-login' });
      });

      it('keeps no trace of tokens in the logs', async () => {
        await logIn(feishu, store, TOM);
        for (const reply of [tokenRefusal(20050, 500), tokenRefusal(20073)]) {
          feishu.server.on(TOKEN_ROUTE, reply);
          feishu.clock.advance(3 * HOUR);
          await grants.keepAlive();
          await grants.ensure(TOM).catch(() => undefined);
        }
        expect(feishu.logs.text()).toContain(TOM);
        expect(feishu.logs.text()).not.toContain('secret');
      });
    });

    it.each([
      ['ok', tokenAnswer(1)],
      ['failed', tokenRefusal(20050, 500)],
      ['dead', tokenRefusal(20073)],
    ])('a refresh is counted once: %s', async (outcome, reply) => {
      const { metrics, told } = recordMetrics();
      const counted = grantsOn(feishu, store, 'worker-1', vault, metrics);
      await logIn(feishu, store, TOM);
      feishu.clock.advance(3 * HOUR);
      feishu.server.on(TOKEN_ROUTE, reply);
      await counted.ensure(TOM).catch(() => undefined);
      expect(told).toEqual([`refreshed ${outcome}`]);
    });

    describe('trouble that proves nothing', () => {
      it.each(NO_PROOF)('keeps the grant after %s', async (_what, reply, kind) => {
        const before = await logIn(feishu, store, TOM);
        feishu.clock.advance(3 * HOUR);
        feishu.server.on(TOKEN_ROUTE, reply);
        const { act, tried } = refusing(0);
        expect((await failureOf(grants.actAs(TOM, act))).kind).toBe(kind);
        expect(tried).toEqual([]);
        expect(await grantOf(store, TOM)).toMatchObject({ tokens: before.tokens, deadReason: undefined });
        rotateTokens(feishu.server);
        expect(await grants.actAs(TOM, echo)).toBe('access-secret-1');
        expect(new Set(refreshed(feishu.server))).toEqual(new Set(['refresh-secret-0']));
      });

      it.each(PASSING)('lets a token that still works be used: %s', async (_what, reply) => {
        await logIn(feishu, store, TOM);
        feishu.clock.advance(2 * HOUR - 6 * SECOND);
        feishu.server.on(TOKEN_ROUTE, reply);
        expect(await grants.actAs(TOM, echo)).toBe('access-secret-0');
        expect(refreshed(feishu.server).length).toBeGreaterThan(0);
        feishu.clock.advance(SECOND);
        await failureOf(grants.actAs(TOM, echo));
      });

      it.each(LASTING)('is told at once when it will last: %s', async (_what, reply, kind) => {
        await logIn(feishu, store, TOM);
        feishu.clock.advance(2 * HOUR - MINUTE);
        feishu.server.on(TOKEN_ROUTE, reply);
        expect((await failureOf(grants.ensure(TOM))).kind).toBe(kind);
      });

      it('is not the app’s being not allowed to renew: a login helps, and the grant is kept for when it is', async () => {
        await logIn(feishu, store, TOM);
        feishu.server.on(TOKEN_ROUTE, tokenRefusal(20074));
        feishu.clock.advance(2 * HOUR - MINUTE);
        expect(await grants.actAs(TOM, echo)).toBe('access-secret-0');
        feishu.clock.advance(MINUTE);
        expect(await loginNeedOf(grants.actAs(TOM, echo))).toBe('not-renewable');
        expect(await grantOf(store, TOM)).toMatchObject({ deadReason: undefined, refreshInDoubt: false });
        rotateTokens(feishu.server);
        expect(await grants.actAs(TOM, echo)).toBe('access-secret-1');
      });

      it('remembers that a lost answer may have spent the token, and tries the same one again', async () => {
        await logIn(feishu, store, TOM);
        feishu.clock.advance(3 * HOUR);
        feishu.server.on(TOKEN_ROUTE, 'drop');
        expect((await failureOf(grants.ensure(TOM))).kind).toBe('no-answer');
        expect(await grantOf(store, TOM)).toMatchObject({ refreshInDoubt: true, deadReason: undefined });
        rotateTokens(feishu.server);
        await grants.ensure(TOM);
        expect(refreshed(feishu.server)).toEqual(['refresh-secret-0', 'refresh-secret-0']);
        expect(await grantOf(store, TOM)).toMatchObject({ refreshInDoubt: false });
      });

      it('ends in a login when the lost answer had spent the token', async () => {
        await logIn(feishu, store, TOM);
        feishu.clock.advance(3 * HOUR);
        feishu.server.on(TOKEN_ROUTE, 'drop', tokenRefusal(20073));
        await failureOf(grants.ensure(TOM));
        expect(await loginNeedOf(grants.ensure(TOM))).toBe('dead');
      });

      it('leaves no doubt when the refresh certainly did not happen', async () => {
        await logIn(feishu, store, TOM);
        feishu.clock.advance(3 * HOUR);
        feishu.server.on(TOKEN_ROUTE, tokenRefusal(20002));
        await failureOf(grants.ensure(TOM));
        expect(await grantOf(store, TOM)).toMatchObject({ refreshInDoubt: false });
      });
    });

    describe('a dead grant', () => {
      it.each(DEADLY)('is one after %i', async (code) => {
        await logIn(feishu, store, TOM);
        await logIn(feishu, store, ZHANG);
        feishu.clock.advance(3 * HOUR);
        feishu.server.on(TOKEN_ROUTE, tokenRefusal(code));
        const { act, tried } = refusing(0);
        expect(await loginNeedOf(grants.actAs(TOM, act))).toBe('dead');
        expect(tried).toEqual([]);
        expect(await grantOf(store, TOM)).toMatchObject({ deadReason: String(code) });
        expect(await grantOf(store, ZHANG)).toMatchObject({ deadReason: undefined });
        expect(feishu.logs.lines()).toContainEqual(expect.objectContaining({ actorId: TOM, code }));
        expect(await loginNeedOf(grants.ensure(TOM))).toBe('dead');
        expect(feishu.server.requests).toHaveLength(1);
      });

      it.each([
        ['a code in digits', { code: '20026', error: 'invalid_request' }, '20026'],
        ['a word without a code', { error: 'invalid_grant' }, 'grant-dead'],
        ['a word with a code that nobody knows', { code: 29999, error: 'invalid_grant' }, '29999'],
        ['the same in digits', { code: '29999', error: 'invalid_grant' }, '29999'],
      ])('is one after %s', async (_what, json, deadReason) => {
        await logIn(feishu, store, TOM);
        feishu.clock.advance(3 * HOUR);
        feishu.server.on(TOKEN_ROUTE, refusal(json));
        expect(await loginNeedOf(grants.ensure(TOM))).toBe('dead');
        expect(await grantOf(store, TOM)).toMatchObject({ deadReason });
      });

      it.each(['offline_access', 'helpdesk:all:readonly', ''])(
        'is one when the new token has the scope %j only, and says so',
        async (scope) => {
          await logIn(feishu, store, TOM);
          feishu.clock.advance(2 * HOUR - MINUTE);
          feishu.server.on(TOKEN_ROUTE, { json: { ...tokenAnswer(1).json, scope } });
          const { act, tried } = refusing(0);
          expect(await loginNeedOf(grants.actAs(TOM, act))).toBe('scope-missing');
          expect(tried).toEqual([]);
          expect(await loginNeedOf(grants.ensure(TOM))).toBe('scope-missing');
          expect(await grants.standing(TOM)).toBe('scope-missing');
          expect(feishu.server.requests).toHaveLength(1);
          expect(feishu.logs.lines()).toContainEqual(expect.objectContaining({ reason: 'scope-missing' }));
          expect(feishu.logs.text()).not.toContain('secret');
          await logIn(feishu, store, TOM);
          await grants.ensure(TOM);
        },
      );

      it('is not one because the answer does not say what was granted', async () => {
        await logIn(feishu, store, TOM);
        feishu.clock.advance(3 * HOUR);
        feishu.server.on(TOKEN_ROUTE, { json: { ...tokenAnswer(1).json, scope: undefined } });
        expect(await grants.actAs(TOM, echo)).toBe('access-secret-1');
      });

      it('lives again after a login', async () => {
        const { tokens } = await logIn(feishu, store, TOM);
        await store.grants.markDead(TOM, tokens, '20026');
        await logIn(feishu, store, TOM);
        await grants.ensure(TOM);
      });

      it('is not made by a refusal of a token that another process had used: its tokens are used', async () => {
        const { tokens } = await logIn(feishu, store, TOM);
        feishu.clock.advance(3 * HOUR);
        const other = (await open()).store;
        feishu.server.on(TOKEN_ROUTE, async () => {
          const sealed = await grantsOn(feishu, other, 'worker-2').seal(TOM, tokensAt(now(), 5));
          await other.grants.storeRefreshed(TOM, tokens, sealed);
          return tokenRefusal(20073);
        });
        expect(await grants.actAs(TOM, echo)).toBe('access-secret-5');
        expect(await grantOf(store, TOM)).toMatchObject({ deadReason: undefined });
        expect(feishu.server.requests).toHaveLength(1);
      });

      it('is one when the refresh token ran out by the clock, without asking Feishu', async () => {
        await logIn(feishu, store, TOM, { refreshExpiresAt: now() + HOUR });
        feishu.clock.advance(HOUR);
        expect(await grants.actAs(TOM, echo)).toBe('access-secret-0');
        feishu.clock.advance(HOUR);
        expect(await loginNeedOf(grants.ensure(TOM))).toBe('dead');
        expect(feishu.server.requests).toEqual([]);
      });

      it('is one when there is no refresh token and the other ran out', async () => {
        await logIn(feishu, store, TOM, { refresh: undefined, refreshExpiresAt: undefined });
        feishu.clock.advance(2 * HOUR - 6 * SECOND);
        expect(await grants.actAs(TOM, echo)).toBe('access-secret-0');
        feishu.clock.advance(6 * SECOND);
        expect(await loginNeedOf(grants.ensure(TOM))).toBe('dead');
      });

      it('is not one because Feishu did not say how long its refresh token lives', async () => {
        await logIn(feishu, store, TOM, { refreshExpiresAt: undefined });
        feishu.clock.advance(300 * DAY);
        expect(await grants.actAs(TOM, echo)).toBe('access-secret-1');
      });
    });

    describe('while another process refreshes', () => {
      const locked = async (ms: number) => {
        await store.grants.lockRefresh(TOM, 'other', now(), now() + ms);
      };

      it('a token that still works is used', async () => {
        await logIn(feishu, store, TOM);
        feishu.clock.advance(2 * HOUR - MINUTE);
        await locked(20 * SECOND);
        expect(await grants.actAs(TOM, echo)).toBe('access-secret-0');
        expect(feishu.server.requests).toEqual([]);
      });

      it('callers wait for what it gets', async () => {
        const { tokens } = await logIn(feishu, store, TOM);
        feishu.clock.advance(3 * HOUR);
        await locked(20 * SECOND);
        const acting = grants.actAs(TOM, echo);
        const sealed = await grants.seal(TOM, tokensAt(now(), 5));
        await store.grants.storeRefreshed(TOM, tokens, sealed);
        expect(await feishu.clock.runUntil(acting)).toBe('access-secret-5');
        expect(feishu.server.requests).toEqual([]);
      });

      it('and dies over it, the next one does it', async () => {
        await logIn(feishu, store, TOM);
        feishu.clock.advance(3 * HOUR);
        await locked(20 * SECOND);
        const began = now();
        expect(await feishu.clock.runUntil(grants.actAs(TOM, echo), 250)).toBe('access-secret-1');
        expect(now() - began).toBeGreaterThanOrEqual(20 * SECOND);
        expect(refreshed(feishu.server)).toEqual(['refresh-secret-0']);
      });

      /** This process, with something that happens right after it called `method` of the stored grants for the first time. */
      const interrupted = (method: 'get' | 'lockRefresh', happens: () => Promise<void>): Grants => {
        const pending = [happens];
        const then = async <T>(result: Promise<T>): Promise<T> => {
          const value = await result;
          await pending.shift()?.();
          return value;
        };
        const { get, lockRefresh } = store.grants;
        const seam =
          method === 'get'
            ? { get: (id: OpenId) => then(get(id)) }
            : { lockRefresh: (...args: Parameters<typeof lockRefresh>) => then(lockRefresh(...args)) };
        return grantsOn(feishu, { ...store, grants: { ...store.grants, ...seam } });
      };

      it('and is done between the look and the lock, its tokens are used and the lock is given back', async () => {
        const { tokens } = await logIn(feishu, store, TOM);
        feishu.clock.advance(3 * HOUR);
        const late = interrupted('get', async () => {
          await store.grants.storeRefreshed(TOM, tokens, await grants.seal(TOM, tokensAt(now(), 5)));
        });
        expect(await late.actAs(TOM, echo)).toBe('access-secret-5');
        expect(feishu.server.requests).toEqual([]);
        expect(await store.grants.lockRefresh(TOM, 'next', now(), now() + SECOND)).toBeDefined();
      });

      it('because this one was silent for too long, this one sends nothing', async () => {
        const { tokens } = await logIn(feishu, store, TOM);
        feishu.clock.advance(3 * HOUR);
        const slow = interrupted('lockRefresh', async () => {
          feishu.clock.advance(20 * SECOND);
          await locked(20 * SECOND);
          await store.grants.storeRefreshed(TOM, tokens, await grants.seal(TOM, tokensAt(now(), 5)));
        });
        expect(await slow.actAs(TOM, echo)).toBe('access-secret-5');
        expect(feishu.server.requests).toEqual([]);
      });

      it.each([0, 9, 10, 11, 19])('none sends a token whose answer could outlast the lock, %i s late', async (late) => {
        await logIn(feishu, store, TOM);
        feishu.clock.advance(3 * HOUR);
        const { db } = await open();
        const left: number[] = [];
        feishu.server.on(TOKEN_ROUTE, async () => {
          const { refresh_until } = await db.selectFrom('grants').select('refresh_until').executeTakeFirstOrThrow();
          left.push((refresh_until ?? 0) - now());
          return tokenAnswer(1);
        });
        const slow = interrupted('lockRefresh', async () => feishu.clock.advance(late * SECOND));
        expect(await slow.actAs(TOM, echo)).toBe('access-secret-1');
        expect(left).toHaveLength(1);
        expect(left[0]).toBeGreaterThanOrEqual(TOKEN_CALL_MS);
      });

      it('callers do not wait for ever', async () => {
        await logIn(feishu, store, TOM);
        feishu.clock.advance(3 * HOUR);
        await locked(HOUR);
        const began = now();
        const failure = await failureOf(feishu.clock.runUntil(grants.ensure(TOM), 250));
        expect(failure.kind).toBe('no-answer');
        expect(now() - began).toBeLessThan(30 * SECOND);
        expect(await grantOf(store, TOM)).toMatchObject({ deadReason: undefined });
      });
    });

    describe('a token that Feishu refuses', () => {
      it.each([99991668, 99991677])('with %i is renewed once, however fresh it is', async (code) => {
        await logIn(feishu, store, TOM);
        const { act, tried } = refusing(1, new FeishuError('user-token', 'no', { code }));
        expect(await grants.actAs(TOM, act)).toBe('access-secret-1');
        expect(tried).toEqual(['access-secret-0', 'access-secret-1']);
        expect(refreshed(feishu.server)).toEqual(['refresh-secret-0']);
      });

      it.each([99991668, 99991669, 99991671])('with %i once more wants a login, and is kept', async (code) => {
        await logIn(feishu, store, TOM);
        const { act, tried } = refusing(9, new FeishuError('user-token', 'no', { code }));
        expect(await loginNeedOf(grants.actAs(TOM, act))).toBe('dead');
        expect(tried).toHaveLength(2);
        expect(refreshed(feishu.server)).toHaveLength(1);
        expect(await grantOf(store, TOM)).toMatchObject({ deadReason: undefined });
      });

      it('is not refreshed when another process has done so already', async () => {
        const { tokens } = await logIn(feishu, store, TOM);
        const { act, tried } = refusing(1);
        const acting = async (token: string) => {
          if (tried.length === 0)
            await store.grants.storeRefreshed(TOM, tokens, await grants.seal(TOM, tokensAt(now(), 5)));
          return act(token);
        };
        expect(await grants.actAs(TOM, acting)).toBe('access-secret-5');
        expect(feishu.server.requests).toEqual([]);
      });

      it('wants a login when it cannot be renewed', async () => {
        await logIn(feishu, store, TOM, { refresh: undefined, refreshExpiresAt: undefined });
        expect(await loginNeedOf(grants.actAs(TOM, refusing(1).act))).toBe('dead');
      });

      it('is not used once more when the refresh fails', async () => {
        await logIn(feishu, store, TOM);
        feishu.server.on(TOKEN_ROUTE, tokenRefusal(20050, 500));
        const { act, tried } = refusing(1);
        expect((await failureOf(grants.actAs(TOM, act))).kind).toBe('unavailable');
        expect(tried).toEqual(['access-secret-0']);
      });
    });

    describe('an act that fails', () => {
      it.each(['no-access', 'not-found', 'unavailable', 'no-answer', 'rate-limited'] as const)(
        'with %s is not repeated',
        async (kind) => {
          await logIn(feishu, store, TOM);
          const { act, tried, error } = refusing(9, new FeishuError(kind, 'no'));
          expect(await failureOf(grants.actAs(TOM, act))).toBe(error);
          expect(tried).toHaveLength(1);
          expect(feishu.server.requests).toEqual([]);
        },
      );

      it('with an error of its own is left alone', async () => {
        await logIn(feishu, store, TOM);
        const own = new TypeError('a bug');
        await expect(grants.actAs(TOM, () => Promise.reject(own))).rejects.toBe(own);
      });

      it('for want of a permission wants a login, and keeps the grant', async () => {
        await logIn(feishu, store, TOM);
        const missing = new FeishuError('user-scope', 'no', { code: 99991679 });
        expect(await loginNeedOf(grants.actAs(TOM, refusing(1, missing).act))).toBe('scope-missing');
        expect(await grantOf(store, TOM)).toMatchObject({ deadReason: undefined });
        const errors = [refusing(1).error, missing];
        expect(await loginNeedOf(grants.actAs(TOM, () => Promise.reject(errors.shift())))).toBe('scope-missing');
        expect(errors).toEqual([]);
      });
    });

    describe('a grant that no key opens', () => {
      const stranger = createVault([Buffer.alloc(32, 9)]);

      it('counts as none, and is kept', async () => {
        const before = await logIn(feishu, store, TOM);
        const keyless = grantsOn(feishu, store, 'worker-1', stranger);
        expect(await loginNeedOf(keyless.ensure(TOM))).toBe('unreadable');
        feishu.clock.advance(3 * HOUR);
        expect(await loginNeedOf(keyless.actAs(TOM, echo))).toBe('unreadable');
        feishu.clock.advance(5 * DAY);
        await keyless.keepAlive();
        expect(await grantOf(store, TOM)).toEqual(before);
        expect(feishu.server.requests).toEqual([]);
        expect(await grants.actAs(TOM, echo)).toBe('access-secret-1');
      });

      it('is what somebody else’s tokens are', async () => {
        await logIn(feishu, store, ZHANG);
        const { tokens } = await grantOf(store, ZHANG);
        const stolen = { tokens, accessExpiresAt: now() + HOUR, refreshExpiresAt: undefined };
        await store.grants.save({ openId: TOM, name: 'Tom Li', grantedAt: now(), ...stolen });
        expect(await loginNeedOf(grants.ensure(TOM))).toBe('unreadable');
      });

      it('is warned of, without its tokens', async () => {
        await logIn(feishu, store, TOM);
        await grants.checkReadable();
        expect(feishu.logs.lines()).toEqual([]);
        await grantsOn(feishu, store, 'worker-1', stranger).checkReadable();
        expect(feishu.logs.lines()).toEqual([
          expect.objectContaining({ actorId: TOM, msg: expect.stringContaining('TOKEN_ENCRYPTION_KEYS') }),
        ]);
      });
    });

    describe('how a login stands', () => {
      const granted = () => ({ name: 'Tom Li', grantedAt: now() });

      it('is asked of nobody, and changes nothing', async () => {
        const before = await logIn(feishu, store, TOM);
        await grants.standing(TOM);
        feishu.clock.advance(8 * DAY);
        await grants.standing(TOM);
        expect(feishu.server.requests).toEqual([]);
        expect(await grantOf(store, TOM)).toEqual(before);
      });

      it('is none where nobody logged in', async () => {
        await logIn(feishu, store, ZHANG);
        expect(await grants.standing(TOM)).toBe('none');
      });

      it('is in force until its refresh token ends, and renewable', async () => {
        await logIn(feishu, store, TOM);
        const standing = { ...granted(), until: now() + 7 * DAY, renewal: 'automatic' };
        expect(await grants.standing(TOM)).toEqual(standing);
        feishu.clock.advance(7 * DAY - 1);
        expect(await grants.standing(TOM)).toEqual(standing);
        feishu.clock.advance(1);
        expect(await grants.standing(TOM)).toBe('dead');
      });

      it('is renewable where Feishu did not say until when', async () => {
        await logIn(feishu, store, TOM, { refreshExpiresAt: undefined });
        expect(await grants.standing(TOM)).toEqual({ ...granted(), until: now() + 2 * HOUR, renewal: 'automatic' });
      });

      it.each([
        ['there is no refresh token', { refresh: undefined, refreshExpiresAt: undefined }, 'not-granted'],
        ['the refresh token is over', { refreshExpiresAt: 0 }, 'over'],
      ])('ends with its access token when %s', async (_what, difference, renewal) => {
        await logIn(feishu, store, TOM, difference);
        expect(await grants.standing(TOM)).toEqual({ ...granted(), until: now() + 2 * HOUR, renewal });
        feishu.clock.advance(2 * HOUR);
        expect(await grants.standing(TOM)).toBe('dead');
        expect(await loginNeedOf(grants.ensure(TOM))).toBe('dead');
      });

      it('is dead once Feishu said so', async () => {
        const { tokens } = await logIn(feishu, store, TOM);
        await store.grants.markDead(TOM, tokens, '20026');
        expect(await grants.standing(TOM)).toBe('dead');
      });

      it('is unreadable where no key opens it', async () => {
        await logIn(feishu, store, TOM);
        const keyless = grantsOn(feishu, store, 'worker-1', createVault([Buffer.alloc(32, 9)]));
        expect(await keyless.standing(TOM)).toBe('unreadable');
      });
    });

    describe('keepAlive', () => {
      it('refreshes what would run out within three days, and nothing else', async () => {
        await logIn(feishu, store, TOM, { refreshExpiresAt: now() + 3 * DAY - 1 });
        await logIn(feishu, store, ZHANG, { refresh: 'untouched', refreshExpiresAt: now() + 3 * DAY });
        await grants.keepAlive();
        expect(refreshed(feishu.server)).toEqual(['refresh-secret-0']);
        expect(await storedTokens()).toMatchObject({ refresh: 'refresh-secret-1' });
        expect(await grantOf(store, TOM)).toMatchObject({ refreshExpiresAt: now() + 7 * DAY });
        await grants.keepAlive();
        expect(feishu.server.requests).toHaveLength(1);
      });

      it('keeps an unused login going for a month', async () => {
        await logIn(feishu, store, TOM);
        for (let day = 0; day < 30; day += 1) {
          feishu.clock.advance(DAY);
          await grants.keepAlive();
        }
        expect(await loginNeedOf(grants.ensure(ZHANG))).toBe('no-grant');
        await grants.ensure(TOM);
        expect(await grantOf(store, TOM)).toMatchObject({ deadReason: undefined });
      });

      it('leaves the dead alone', async () => {
        const { tokens } = await logIn(feishu, store, TOM, { refreshExpiresAt: now() + DAY });
        await store.grants.markDead(TOM, tokens, '20026');
        await grants.keepAlive();
        expect(feishu.server.requests).toEqual([]);
      });

      it('leaves what another process refreshes alone', async () => {
        await logIn(feishu, store, TOM, { refreshExpiresAt: now() + DAY });
        await store.grants.lockRefresh(TOM, 'other', now(), now() + 20 * SECOND);
        await grants.keepAlive();
        expect(feishu.server.requests).toEqual([]);
      });

      it('goes on with the next one after a failure, and keeps what failed', async () => {
        await logIn(feishu, store, TOM, { refresh: 'lost', refreshExpiresAt: now() + HOUR });
        await logIn(feishu, store, ZHANG, { refresh: 'dead', refreshExpiresAt: now() + 2 * HOUR });
        const last = OpenId.parse('ou_last');
        await logIn(feishu, store, last, { refresh: 'good', refreshExpiresAt: now() + 3 * HOUR });
        feishu.server.on(TOKEN_ROUTE, ({ form }) => {
          const given = form.get('refresh_token');
          return given === 'lost' ? 'drop' : given === 'dead' ? tokenRefusal(20037) : tokenAnswer(8);
        });
        await grants.keepAlive();
        expect(await grantOf(store, TOM)).toMatchObject({ deadReason: undefined, refreshInDoubt: true });
        expect(await grantOf(store, ZHANG)).toMatchObject({ deadReason: '20037' });
        expect(await storedTokens(last)).toMatchObject({ refresh: 'refresh-secret-8' });
        expect(feishu.logs.lines()).toContainEqual(expect.objectContaining({ actorId: TOM, kind: 'no-answer' }));
        rotateTokens(feishu.server);
      });

      it('logs no address that is for one person only', async () => {
        await logIn(feishu, store, TOM, { refreshExpiresAt: now() + DAY });
        const data = { challenge_url: 'https://security.feishu.cn/check?ticket=abc' };
        feishu.server.on(TOKEN_ROUTE, { status: 400, json: { code: 21000, data }, headers: { 'x-tt-logid': 'log-5' } });
        await grants.keepAlive();
        expect(feishu.logs.lines()).toEqual([
          expect.objectContaining({ actorId: TOM, kind: 'access-policy', code: 21000, logId: 'log-5' }),
        ]);
        expect(feishu.logs.text()).not.toContain('ticket=abc');
      });

      it('gives the lock back, whatever happens', async () => {
        const lockable = async () => {
          const locked = await store.grants.lockRefresh(TOM, 'next', now(), now() + SECOND);
          feishu.clock.advance(SECOND);
          return locked !== undefined;
        };
        for (const reply of [tokenAnswer(1), tokenRefusal(20050, 500), tokenRefusal(20002), 'drop'] as const) {
          await logIn(feishu, store, TOM, { refreshExpiresAt: now() + DAY });
          feishu.server.on(TOKEN_ROUTE, reply);
          await grants.keepAlive();
          expect(await lockable()).toBe(true);
        }
        await logIn(feishu, store, TOM, { refresh: undefined, refreshExpiresAt: now() + DAY });
        await grants.keepAlive();
        expect(await lockable()).toBe(true);
      });
    });
  });
});

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { createDeviceLogins, type DeviceLogins } from '../../src/auth/deviceLogin.ts';
import { POLL_LEASE_MS, TOKENS_LEASE_MS } from '../../src/auth/devicePoll.ts';
import { createVault, type Vault } from '../../src/auth/vault.ts';
import { MessageId, type OpenId } from '../../src/domain/ids.ts';
import { TOKEN_CALL_MS } from '../../src/feishu/tokenEndpoint.ts';
import { systemRandom } from '../../src/lib/random.ts';
import type { Store } from '../../src/store/store.ts';
import { readDelivery } from '../../src/store/storedJson.ts';
import { onEveryDatabase } from '../support/database.ts';
import type { Reply } from '../support/fakeServer.ts';
import {
  DEVICE_ROUTE,
  type FakeFeishu,
  failureOf,
  startFakeFeishu,
  TOKEN_ROUTE,
  USER_INFO_ROUTE,
} from '../support/feishu.ts';
import {
  CARD,
  CHAT,
  grantOf,
  grantsOn,
  HOUR,
  KEY,
  logIn,
  MINUTE,
  personAnswer,
  request,
  SECOND,
  TOM,
  tokenAnswer,
  tokenRefusal,
  vault,
  ZHANG,
} from './setup.ts';

const said = (error: string): Reply => ({ status: 400, json: { error, error_description: error } });
const PENDING = said('authorization_pending');

describe('logins by device', () => {
  onEveryDatabase((open) => {
    let feishu: FakeFeishu;
    let store: Store;
    let logins: DeviceLogins;
    let continued: number;

    const loginsOn = (on: Store, worker = 'worker-1', with_: Vault = vault): DeviceLogins =>
      createDeviceLogins({
        store: on,
        vault: with_,
        oauth: feishu.oauth,
        device: feishu.device,
        grants: grantsOn(feishu, on),
        clock: feishu.clock,
        random: systemRandom,
        logger: feishu.logs.logger,
        worker,
        onContinued: () => {
          continued += 1;
        },
      });

    beforeEach(async () => {
      feishu = await startFakeFeishu();
      store = (await open()).store;
      logins = loginsOn(store);
      continued = 0;
      let begun = 0;
      feishu.server.on(DEVICE_ROUTE, () => {
        begun += 1;
        const verification_uri = 'https://accounts.example.com/device';
        const json = { device_code: `device-secret-${begun}`, user_code: `CODE-${begun}`, verification_uri };
        return { json: { ...json, expires_in: 240, interval: 5 } };
      });
      feishu.server.on(TOKEN_ROUTE, PENDING);
      feishu.server.on(USER_INFO_ROUTE, personAnswer(TOM));
    });
    afterEach(() => feishu.close());

    const offer = (actorId: OpenId = TOM, requestKey = 'om_0') => logins.offer({ actorId, chatId: CHAT, requestKey });
    /** Offers a login that a card shows. */
    const shown = async (actorId: OpenId = TOM, requestKey = 'om_0') => {
      const offered = await offer(actorId, requestKey);
      await logins.shownIn(offered.id, CARD, false);
      return offered;
    };
    const passes = async (ms: number, polling = logins) => {
      feishu.clock.advance(ms);
      await polling.poll();
    };
    const polls = () => feishu.server.sent(TOKEN_ROUTE).length;
    const rows = async () => (await open()).db.selectFrom('device_logins').selectAll().execute();
    const row = async () => {
      const [only, ...more] = await rows();
      if (!only || more.length > 0) throw new Error(`there are ${more.length + (only ? 1 : 0)} logins`);
      return only;
    };
    const deliveries = async () => {
      const now = feishu.clock.now() + HOUR;
      const items = await store.inbox.claim({ worker: 'reader', now, leaseUntil: now + MINUTE, limit: 50 });
      return items.map(({ delivery }) => readDelivery(delivery));
    };
    const ended = (ending: string, actorId = TOM, cardMessageId = CARD) => ({
      kind: 'login-ended',
      actorId,
      cardMessageId,
      ending,
    });

    describe('an offer', () => {
      it('is a link and a code, of which nothing is stored in clear', async () => {
        const offered = await offer();
        expect(offered).toEqual({
          id: expect.any(String),
          url: 'https://accounts.example.com/device',
          userCode: 'CODE-1',
          validMs: 240_000,
        });
        const stored = await row();
        expect(stored).toMatchObject({ open_id: TOM, interval_ms: 5_000, due_at: feishu.clock.now() + 5_000 });
        expect(JSON.stringify(stored)).not.toMatch(/device-secret|CODE-1|example/);
      });

      it('is the same for the same request, as long as it is open', async () => {
        const first = await offer();
        feishu.clock.advance(MINUTE);
        expect(await offer()).toEqual({ ...first, validMs: 180_000 });
        expect(feishu.server.sent(DEVICE_ROUTE)).toHaveLength(1);
        feishu.clock.advance(3 * MINUTE);
        expect((await offer()).id).not.toBe(first.id);
      });

      it('is another one for the same request of somebody else', async () => {
        const ids = [(await offer(TOM)).id, (await offer(ZHANG)).id];
        expect(new Set(ids).size).toBe(2);
      });

      it('takes the place of an older one of the same person, whose card says so', async () => {
        await shown(TOM, 'om_1');
        await shown(ZHANG, 'om_2');
        await offer(TOM, 'om_3');
        expect(await deliveries()).toEqual([ended('withdrawn')]);
        await passes(5 * SECOND);
        const codes = feishu.server.sent(TOKEN_ROUTE).map(({ form }) => form.get('device_code'));
        expect(codes.sort()).toEqual(['device-secret-2', 'device-secret-3']);
      });

      it('that ended before its card was known is told of in that card', async () => {
        const { id } = await offer(TOM, 'om_1');
        await offer(TOM, 'om_2');
        expect(await deliveries()).toEqual([]);
        await logins.shownIn(id, CARD, false);
        expect(await deliveries()).toEqual([ended('withdrawn')]);
      });

      it.each([
        ['Feishu has trouble', { status: 503, json: { code: 20072 } }, 'unavailable'],
        ['the app may not', { status: 401, json: { error: 'invalid_client' } }, 'app-credentials'],
        ['no answer comes', 'drop', 'no-answer'],
      ] as const)('is none when %s, and an older one stands', async (_what, reply, kind) => {
        await shown(TOM, 'om_1');
        feishu.server.on(DEVICE_ROUTE, reply);
        expect((await failureOf(offer(TOM, 'om_2'))).kind).toBe(kind);
        expect(await row()).toMatchObject({ ending: null });
      });
    });

    describe('polling', () => {
      it('waits for the interval, before the first time and after each', async () => {
        await offer();
        await passes(5 * SECOND - 1);
        expect(polls()).toBe(0);
        await passes(1);
        expect(polls()).toBe(1);
        await passes(5 * SECOND - 1);
        expect(polls()).toBe(1);
        await passes(1);
        expect(polls()).toBe(2);
        expect(await row()).toMatchObject({ ending: null, unanswered: 0, polls: 2 });
      });

      it.each([
        ['slow_down', said('slow_down'), 5 * SECOND],
        ['trouble of Feishu', tokenRefusal(20050, 500), SECOND],
        ['no answer', 'drop', SECOND],
      ] as const)('is slower after %s, up to a minute', async (_what, reply, slowerMs) => {
        await offer();
        feishu.server.on(TOKEN_ROUTE, reply);
        await passes(5 * SECOND);
        const { interval_ms, due_at } = await row();
        expect([interval_ms, due_at - feishu.clock.now()]).toEqual([5 * SECOND + slowerMs, 5 * SECOND + slowerMs]);
        feishu.server.on(TOKEN_ROUTE, PENDING);
        await passes(5 * SECOND + slowerMs - 1);
        expect(polls()).toBe(1);
        await (await open()).db
          .updateTable('device_logins')
          .set({ interval_ms: 60 * SECOND })
          .execute();
        feishu.server.on(TOKEN_ROUTE, reply);
        await passes(1);
        expect(polls()).toBe(2);
        expect(await row()).toMatchObject({ interval_ms: 60 * SECOND, ending: null });
      });

      it('waits as long as a rate limit asks for', async () => {
        await offer();
        feishu.server.on(TOKEN_ROUTE, {
          status: 429,
          json: { code: 99991400, msg: 'limit' },
          headers: { 'x-ogw-ratelimit-reset': '30' },
        });
        await passes(5 * SECOND);
        expect((await row()).due_at).toBe(feishu.clock.now() + 30 * SECOND);
      });

      it('asks about everybody whose time has come, whatever becomes of one of them', async () => {
        await shown(TOM, 'om_1');
        await shown(ZHANG, 'om_2');
        feishu.server.on(TOKEN_ROUTE, ({ form }) =>
          form.get('device_code') === 'device-secret-1' ? said('access_denied') : tokenAnswer(1),
        );
        feishu.server.on(USER_INFO_ROUTE, personAnswer(ZHANG));
        await passes(5 * SECOND);
        expect(await deliveries()).toEqual(expect.arrayContaining([ended('refused'), ended('done', ZHANG)]));
        expect(await store.grants.get(ZHANG)).toBeDefined();
      });

      it('is done by one of two processes', async () => {
        const other = loginsOn((await open()).store, 'worker-2');
        await offer();
        feishu.clock.advance(5 * SECOND);
        await Promise.all([logins.poll(), other.poll(), logins.poll(), other.poll()]);
        expect(polls()).toBe(1);
      });

      it('does not ask when the lease could run out before the answer', async () => {
        await offer();
        const slow: Vault = {
          seal: vault.seal,
          open: async (subject, sealed) => {
            feishu.clock.advance(POLL_LEASE_MS - TOKEN_CALL_MS + 1);
            return vault.open(subject, sealed);
          },
        };
        await passes(5 * SECOND, loginsOn(store, 'slow', slow));
        expect(polls()).toBe(0);
        await passes(POLL_LEASE_MS);
        expect(polls()).toBe(1);
      });

      it('never asks once the time is over', async () => {
        await shown();
        await passes(240 * SECOND);
        expect(polls()).toBe(0);
        expect(await deliveries()).toEqual([ended('expired')]);
      });

      it('ends at the moment when the time is over', async () => {
        await shown();
        await passes(239 * SECOND);
        expect(await deliveries()).toEqual([]);
        await passes(SECOND);
        expect(await deliveries()).toEqual([ended('expired')]);
        expect(polls()).toBe(1);
      });

      it('takes a page for trouble that passes', async () => {
        await shown();
        feishu.server.on(
          TOKEN_ROUTE,
          { status: 200, text: '<html>Sign in</html>' },
          { status: 403, text: '<html>' },
          PENDING,
        );
        await passes(5 * SECOND);
        await passes(6 * SECOND);
        expect(await row()).toMatchObject({ ending: null, unanswered: 2 });
        feishu.server.on(TOKEN_ROUTE, tokenAnswer(1));
        await passes(7 * SECOND);
        expect(await deliveries()).toEqual([ended('done')]);
      });

      it('goes on to the end of a time that is long, more slowly where it has to', async () => {
        const json = { device_code: 'd', user_code: 'u', verification_uri: 'https://accounts.example.com/device' };
        feishu.server.on(DEVICE_ROUTE, { json: { ...json, expires_in: 3_600, interval: 1 } });
        expect((await offer()).validMs).toBe(HOUR);
        expect(await row()).toMatchObject({ interval_ms: 6 * SECOND, expires_at: feishu.clock.now() + HOUR });
      });

      it('asks 600 times at most', async () => {
        await shown();
        await (await open()).db.updateTable('device_logins').set({ polls: 598 }).execute();
        await passes(5 * SECOND);
        expect(await deliveries()).toEqual([]);
        await passes(5 * SECOND);
        expect(await deliveries()).toEqual([ended('expired')]);
        await passes(5 * SECOND);
        expect(polls()).toBe(2);
      });
    });

    describe('a login', () => {
      it('that succeeds is a grant, sets free what waited, and its card says so', async () => {
        await logins.wait(TOM, 'om_1', request(1));
        await logins.wait(ZHANG, 'om_2', request(2, ZHANG));
        await shown();
        feishu.server.on(TOKEN_ROUTE, tokenAnswer(1));
        await passes(5 * SECOND);
        expect(await grantOf(store, TOM)).toMatchObject({ name: 'Tom Li', grantedAt: feishu.clock.now() });
        expect(await grantsOn(feishu, store).actAs(TOM, async (token) => token)).toBe('access-secret-1');
        const got = await deliveries();
        expect(got).toEqual(expect.arrayContaining([request(1), ended('done')]));
        expect(got).toHaveLength(2);
        expect(continued).toBe(1);
        await passes(MINUTE);
        expect(polls()).toBe(1);
      });

      it('leaves its card alone where what waits shows its result', async () => {
        const { id } = await offer();
        await logins.shownIn(id, CARD, true);
        feishu.server.on(TOKEN_ROUTE, tokenAnswer(1));
        await passes(5 * SECOND);
        expect(await store.grants.get(TOM)).toBeDefined();
        expect(await deliveries()).toEqual([]);
      });

      it('but says beside it that it will not be renewed', async () => {
        const { id } = await offer();
        await logins.shownIn(id, CARD, true);
        const { refresh_token: _token, ...json } = Object(tokenAnswer(1).json);
        feishu.server.on(TOKEN_ROUTE, { json });
        await passes(5 * SECOND);
        expect(await deliveries()).toEqual([{ ...ended('done'), asReply: true }]);
      });

      it('but not when it did not succeed', async () => {
        const { id } = await offer();
        await logins.shownIn(id, CARD, true);
        feishu.server.on(TOKEN_ROUTE, said('access_denied'));
        await passes(5 * SECOND);
        expect(await deliveries()).toEqual([ended('refused')]);
      });

      it('of another person keeps nothing of theirs', async () => {
        const before = await logIn(feishu, store, TOM);
        await logins.wait(ZHANG, 'om_2', request(2, ZHANG));
        await shown();
        feishu.server.on(TOKEN_ROUTE, tokenAnswer(1));
        feishu.server.on(USER_INFO_ROUTE, personAnswer(ZHANG, '张三'));
        await passes(5 * SECOND);
        expect(await store.grants.all()).toEqual([before]);
        expect(await deliveries()).toEqual([ended('other-person')]);
        expect(JSON.stringify(await rows())).not.toMatch(/secret|CODE/);
      });

      it.each([
        ['is refused', TOKEN_ROUTE, said('access_denied'), 'refused'],
        ['has expired', TOKEN_ROUTE, said('expired_token'), 'expired'],
        [
          'lacks a permission',
          TOKEN_ROUTE,
          { json: { ...tokenAnswer(1).json, scope: 'offline_access' } },
          'scope-missing',
        ],
        ['has a code that is over', TOKEN_ROUTE, said('invalid_grant'), 'expired'],
        ['is of an app that may not', TOKEN_ROUTE, { status: 401, json: { error: 'invalid_client' } }, 'failed'],
        ['is of a person who may not', TOKEN_ROUTE, tokenRefusal(20010), 'failed'],
        ['meets a word that nobody knows', TOKEN_ROUTE, said('out_of_coffee'), 'failed'],
        ['is answered without a token', TOKEN_ROUTE, { json: { code: 0 } }, 'failed'],
        ['is of nobody knows whom', USER_INFO_ROUTE, { json: { code: 20005, msg: 'no' } }, 'failed'],
        ['is of whom Feishu cannot say', USER_INFO_ROUTE, { status: 503, json: { code: 20050 } }, 'failed'],
      ] as const)('that %s is over, and what waits goes on waiting', async (_what, route, reply, ending) => {
        await logins.wait(TOM, 'om_1', request(1));
        await shown();
        feishu.server.on(TOKEN_ROUTE, tokenAnswer(1));
        feishu.server.on(route, reply);
        feishu.clock.advance(5 * SECOND);
        await feishu.clock.runUntil(logins.poll(), SECOND);
        expect(await deliveries()).toEqual([ended(ending)]);
        expect(await store.grants.get(TOM)).toBeUndefined();
        expect(await row()).toMatchObject({ ending, codes: '' });
        expect(feishu.logs.text()).not.toMatch(/secret|CODE-/);

        feishu.server.on(TOKEN_ROUTE, tokenAnswer(1));
        feishu.server.on(USER_INFO_ROUTE, personAnswer(TOM));
        await offer(TOM, 'om_3');
        await passes(5 * SECOND);
        expect(await deliveries()).toEqual([request(1)]);
      });

      it('whose codes no key opens is over', async () => {
        await shown();
        await passes(5 * SECOND, loginsOn(store, 'worker-2', createVault([Buffer.alloc(32, 8)])));
        expect(await deliveries()).toEqual([ended('failed')]);
        expect(polls()).toBe(0);
      });

      it('goes on after the key was changed', async () => {
        await shown();
        feishu.server.on(TOKEN_ROUTE, tokenAnswer(1));
        await passes(5 * SECOND, loginsOn(store, 'worker-2', createVault([Buffer.alloc(32, 8), KEY])));
        expect(await store.grants.get(TOM)).toBeDefined();
      });

      it('with the codes of another one is none', async () => {
        await shown(TOM, 'om_1');
        await offer(ZHANG, 'om_2');
        const { db } = await open();
        const of = await db.selectFrom('device_logins').select('codes').where('open_id', '=', ZHANG).executeTakeFirst();
        await db
          .updateTable('device_logins')
          .set({ codes: of?.codes ?? '' })
          .where('open_id', '=', TOM)
          .execute();
        await passes(5 * SECOND);
        expect(await deliveries()).toEqual([ended('failed')]);
        expect(polls()).toBe(1);
      });
    });

    describe('an answer that is lost', () => {
      const claimedAndDied = async () => {
        const now = feishu.clock.now();
        expect(await store.deviceLogins.claim('dead', now, now + POLL_LEASE_MS, 10)).toHaveLength(1);
      };

      it.each([
        ['on its way', 'drop'],
        ['in a gateway', { status: 502, text: '<html>' }],
      ] as const)('%s may have had the tokens: the person is told to log in again', async (_what, reply) => {
        await shown();
        feishu.server.on(TOKEN_ROUTE, reply);
        await passes(5 * SECOND);
        feishu.server.on(TOKEN_ROUTE, said('invalid_grant'));
        await passes(6 * SECOND);
        expect(await deliveries()).toEqual([ended('lost')]);
      });

      it('was not the tokens when nobody has decided yet', async () => {
        await shown();
        feishu.server.on(TOKEN_ROUTE, 'drop', PENDING, said('expired_token'));
        for (const ms of [5 * SECOND, 6 * SECOND, 6 * SECOND]) await passes(ms);
        expect(await deliveries()).toEqual([ended('expired')]);
      });

      it('by a process that died is told after its lease, by another one', async () => {
        await shown();
        feishu.clock.advance(5 * SECOND);
        await claimedAndDied();
        feishu.server.on(TOKEN_ROUTE, said('invalid_grant'));
        await passes(POLL_LEASE_MS - 1);
        expect(polls()).toBe(0);
        await passes(1);
        expect(await deliveries()).toEqual([ended('lost')]);
      });

      it('by a process that died before anybody decided does no harm', async () => {
        await shown();
        feishu.clock.advance(5 * SECOND);
        await claimedAndDied();
        feishu.server.on(TOKEN_ROUTE, tokenAnswer(1));
        await passes(POLL_LEASE_MS);
        expect(await deliveries()).toEqual([ended('done')]);
      });

      it('in a database that failed is told as well', async () => {
        await shown();
        await logins.wait(TOM, 'om_1', request(1));
        const { db } = await open();
        feishu.server.on(TOKEN_ROUTE, tokenAnswer(1), said('invalid_grant'));
        await sql`alter table inbox rename to inbox_away`.execute(db);
        try {
          await passes(5 * SECOND);
        } finally {
          await sql`alter table inbox_away rename to inbox`.execute(db);
        }
        expect(await store.grants.get(TOM)).toBeUndefined();
        expect(feishu.logs.lines()).toContainEqual(expect.objectContaining({ msg: expect.stringContaining('stored') }));
        await passes(MINUTE);
        expect(await deliveries()).toEqual([ended('lost')]);
      });

      it('while the network was down had nothing in it', async () => {
        const { db } = await open();
        await shown();
        const away = await startFakeFeishu({}, 'http://127.0.0.1:1');
        const cutOff = createDeviceLogins({
          store,
          vault,
          oauth: away.oauth,
          device: away.device,
          grants: grantsOn(feishu, store),
          clock: feishu.clock,
          random: systemRandom,
          logger: feishu.logs.logger,
          worker: 'worker-3',
          onContinued: () => undefined,
        });
        await passes(5 * SECOND, cutOff);
        await away.close();
        expect(await db.selectFrom('device_logins').select(['unanswered', 'ending']).execute()).toEqual([
          { unanswered: 0, ending: null },
        ]);
        await passes(235 * SECOND);
        expect(await deliveries()).toEqual([ended('expired')]);
      });
    });

    it('is polled by nobody else while it is found out whose tokens it got', async () => {
      await shown();
      feishu.server.on(TOKEN_ROUTE, tokenAnswer(1));
      const other = loginsOn((await open()).store, 'worker-2');
      feishu.server.on(USER_INFO_ROUTE, async () => {
        await passes(TOKENS_LEASE_MS - 1, other);
        return personAnswer(TOM);
      });
      await passes(5 * SECOND);
      expect(polls()).toBe(1);
      expect(await deliveries()).toEqual([ended('done')]);
    });

    it('goes on after trouble while it is found out whose tokens it got, and that is over before somebody else polls', async () => {
      await shown();
      feishu.server.on(TOKEN_ROUTE, tokenAnswer(1));
      feishu.server.on(USER_INFO_ROUTE, { status: 503, json: { code: 20050 } }, 'drop', personAnswer(TOM));
      feishu.clock.advance(5 * SECOND);
      await feishu.clock.runUntil(logins.poll(), SECOND);
      expect(polls()).toBe(1);
      expect(await deliveries()).toEqual([ended('done')]);
      expect((await grantOf(store, TOM)).deadReason).toBeUndefined();

      await shown(TOM, 'om_2');
      feishu.server.on(USER_INFO_ROUTE, { status: 503, json: { code: 20050 } });
      feishu.clock.advance(5 * SECOND);
      const begun = feishu.clock.now();
      await feishu.clock.runUntil(logins.poll(), SECOND);
      expect(feishu.clock.now() - begun).toBeLessThan(TOKENS_LEASE_MS - TOKEN_CALL_MS);
      expect(await deliveries()).toEqual([ended('failed')]);
    });

    describe('a logout', () => {
      it('deletes the grant and ends every open login, whose card says so', async () => {
        await logIn(feishu, store, TOM);
        await shown(TOM, 'om_1');
        const other = MessageId.parse('om_other');
        const { id } = await offer(ZHANG, 'om_2');
        await logins.shownIn(id, other, false);
        expect(await logins.logout(TOM)).toBe(true);
        expect(await deliveries()).toEqual([ended('withdrawn')]);
        feishu.server.on(TOKEN_ROUTE, tokenAnswer(1));
        feishu.server.on(USER_INFO_ROUTE, personAnswer(ZHANG));
        await passes(5 * SECOND);
        expect(polls()).toBe(1);
        expect(await store.grants.get(TOM)).toBeUndefined();
        expect(await deliveries()).toEqual([ended('done', ZHANG, other)]);
        expect(await logins.logout(TOM)).toBe(false);
      });

      it('while Feishu is asked wins: nothing is stored, and what waits goes on waiting', async () => {
        await shown();
        await logins.wait(TOM, 'om_1', request(1));
        feishu.server.on(TOKEN_ROUTE, tokenAnswer(1));
        const other = (await open()).store;
        feishu.server.on(USER_INFO_ROUTE, async () => {
          await loginsOn(other).logout(TOM);
          return personAnswer(TOM);
        });
        await passes(5 * SECOND);
        expect(await store.grants.get(TOM)).toBeUndefined();
        expect(await deliveries()).toEqual([ended('withdrawn')]);
        expect(continued).toBe(0);
      });
    });
  });
});

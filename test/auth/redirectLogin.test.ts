import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { LoginError } from '../../src/auth/errors.ts';
import { createRedirectLogins, type RedirectLogins, TICKET_MS } from '../../src/auth/redirectLogin.ts';
import { MessageId } from '../../src/domain/ids.ts';
import { FeishuError } from '../../src/feishu/errors.ts';
import { systemRandom } from '../../src/lib/random.ts';
import type { Store } from '../../src/store/store.ts';
import { readDelivery } from '../../src/store/storedJson.ts';
import { onEveryDatabase } from '../support/database.ts';
import { type FakeFeishu, startFakeFeishu, TOKEN_ROUTE, USER_INFO_ROUTE } from '../support/feishu.ts';
import {
  CARD,
  CHAT,
  grantOf,
  grantsOn,
  HOUR,
  logIn,
  loginFaultOf,
  MINUTE,
  personAnswer,
  rejectionOf,
  request,
  TOM,
  tokenAnswer,
  tokenRefusal,
  vault,
  ZHANG,
} from './setup.ts';

const PUBLIC_URL = 'https://bot.example.com';
const RUNNERS = 10;

describe('logins by redirect', () => {
  onEveryDatabase((open, kind) => {
    let feishu: FakeFeishu;
    let store: Store;
    let logins: RedirectLogins;
    let continued: number;

    const loginsOn = (on: Store): RedirectLogins =>
      createRedirectLogins({
        store: on,
        vault,
        oauth: feishu.oauth,
        grants: grantsOn(feishu, on),
        clock: feishu.clock,
        random: systemRandom,
        logger: feishu.logs.logger,
        publicUrl: PUBLIC_URL,
        onContinued: () => {
          continued += 1;
        },
      });

    beforeEach(async () => {
      feishu = await startFakeFeishu();
      store = (await open()).store;
      logins = loginsOn(store);
      continued = 0;
      feishu.server.on(TOKEN_ROUTE, tokenAnswer(1));
      feishu.server.on(USER_INFO_ROUTE, personAnswer(TOM));
    });
    afterEach(() => feishu.close());

    const offer = (openId = TOM) => logins.offer({ actorId: openId, chatId: CHAT, requestKey: 'om_0' });
    const ticketOf = (url: string) => url.split('/').at(-1) ?? '';
    const offered = async (openId = TOM) => ticketOf((await offer(openId)).url);
    /** Offers and opens a login; gives the query with which Feishu's page comes back. */
    const agreed = async (openId = TOM, code = 'code-secret') => {
      const url = new URL(await logins.open(await offered(openId)));
      return new URLSearchParams({ code, state: url.searchParams.get('state') ?? '' });
    };
    const inbox = async () => {
      const now = feishu.clock.now() + HOUR;
      const items = await store.inbox.claim({ worker: 'reader', now, leaseUntil: now + MINUTE, limit: 50 });
      return items.map(({ requestKey, delivery }) => ({ requestKey, delivery: Object(readDelivery(delivery)) }));
    };
    const deliveries = async () => (await inbox()).map(({ delivery }) => delivery);
    /** Two processes; on SQLite one, whose transactions would wait for each other inside this thread. */
    const processes = async (): Promise<RedirectLogins[]> =>
      kind === 'sqlite' ? [logins] : [logins, loginsOn((await open()).store)];
    const race = async <T>(run: (logins: RedirectLogins) => Promise<T>): Promise<PromiseSettledResult<T>[]> => {
      const all = await processes();
      return Promise.allSettled(Array.from({ length: RUNNERS }, (_, n) => run(all[n % all.length] ?? logins)));
    };
    const faults = (results: PromiseSettledResult<unknown>[]) =>
      results.flatMap((result) =>
        result.status === 'rejected' ? [result.reason instanceof LoginError ? result.reason.fault : result.reason] : [],
      );

    describe('an offer', () => {
      it('is a link that cannot be guessed, of which only a hash is stored', async () => {
        const { url, id } = await offer();
        expect(url).toMatch(/^https:\/\/bot\.example\.com\/oauth\/login\/[A-Za-z0-9_-]{43}$/);
        const { db } = await open();
        const [row] = await db.selectFrom('logins').selectAll().execute();
        expect(row).toMatchObject({ ticket_hash: id, open_id: TOM, chat_id: CHAT });
        expect(JSON.stringify(row)).not.toContain(ticketOf(url));
        expect((await offer()).url).not.toBe(url);
      });

      it('can be opened until it expires', async () => {
        const [early, late] = [await offered(), await offered()];
        feishu.clock.advance(TICKET_MS - 1);
        await logins.open(early);
        feishu.clock.advance(1);
        expect(await loginFaultOf(logins.open(late))).toBe('ticket');
      });

      it('can be opened once', async () => {
        const ticket = await offered();
        await logins.open(ticket);
        expect(await loginFaultOf(logins.open(ticket))).toBe('ticket');
      });

      it('can be opened by one of many at once', async () => {
        const ticket = await offered();
        const results = await race((one) => one.open(ticket));
        expect(faults(results)).toEqual(Array.from({ length: RUNNERS - 1 }, () => 'ticket'));
      });

      it('cannot be opened by another name', async () => {
        const { id } = await offer();
        for (const ticket of ['', 'x', id]) expect(await loginFaultOf(logins.open(ticket))).toBe('ticket');
      });
    });

    it('leads to the page of Feishu, bound by state and verifier', async () => {
      const url = new URL(await logins.open(await offered()));
      expect(url.searchParams.get('redirect_uri')).toBe(`${PUBLIC_URL}/oauth/callback`);
      expect(url.searchParams.get('state')).toMatch(/^[A-Za-z0-9_-]{43}$/);
      const { db } = await open();
      const rows = JSON.stringify(await db.selectFrom('logins').selectAll().execute());
      expect(rows).not.toContain(url.searchParams.get('state'));

      await logins.finish(new URLSearchParams({ code: 'code-1', state: url.searchParams.get('state') ?? '' }));
      const sent = feishu.server.only(TOKEN_ROUTE).form;
      const verifier = sent.get('code_verifier') ?? '';
      expect(verifier).toMatch(/^[A-Za-z0-9._~-]{43,128}$/);
      expect(rows).not.toContain(verifier);
      expect(createHash('sha256').update(verifier).digest('base64url')).toBe(url.searchParams.get('code_challenge'));
      expect(Object.fromEntries(sent)).toMatchObject({
        code: 'code-1',
        redirect_uri: `${PUBLIC_URL}/oauth/callback`,
      });
    });

    describe('a login', () => {
      it('that succeeds is a grant with which the bot can act', async () => {
        feishu.server.on(USER_INFO_ROUTE, personAnswer(TOM, '李 Tom'));
        expect(await logins.finish(await agreed())).toEqual({ name: '李 Tom', endsInMs: undefined });
        expect(await grantOf(store, TOM)).toMatchObject({
          name: '李 Tom',
          grantedAt: feishu.clock.now(),
          accessExpiresAt: feishu.clock.now() + 2 * HOUR,
          deadReason: undefined,
        });
        expect(await grantsOn(feishu, store).actAs(TOM, async (token) => token)).toBe('access-secret-1');
        expect(feishu.server.only(USER_INFO_ROUTE).headers.authorization).toBe('Bearer access-secret-1');
        expect(continued).toBe(1);
      });

      it('takes the place of a dead grant', async () => {
        const { tokens } = await logIn(feishu, store, TOM);
        await store.grants.markDead(TOM, tokens, '20026');
        await logins.finish(await agreed());
        expect(await grantOf(store, TOM)).toMatchObject({ deadReason: undefined });
      });

      it('is finished once', async () => {
        const query = await agreed();
        await logins.finish(query);
        expect(await loginFaultOf(logins.finish(query))).toBe('state');
        expect(feishu.server.sent(TOKEN_ROUTE)).toHaveLength(1);
      });

      it('is finished by one of many at once', async () => {
        const query = await agreed();
        const results = await race((one) => one.finish(query));
        expect(faults(results)).toEqual(Array.from({ length: RUNNERS - 1 }, () => 'state'));
        expect(feishu.server.sent(TOKEN_ROUTE)).toHaveLength(1);
      });

      it('can be finished until the page expires', async () => {
        const [early, late] = [await agreed(), await agreed()];
        feishu.clock.advance(10 * MINUTE - 1);
        await logins.finish(early);
        feishu.clock.advance(1);
        expect(await loginFaultOf(logins.finish(late))).toBe('state');
      });

      it.each([
        ['without a state', { code: 'code-1' }],
        ['with an empty state', { code: 'code-1', state: '' }],
        ['with an unknown state', { code: 'code-1', state: 'x'.repeat(43) }],
        ['with nothing', {}],
      ])('%s is none', async (_what, query: Record<string, string>) => {
        await offered();
        expect(await loginFaultOf(logins.finish(new URLSearchParams(query)))).toBe('state');
        expect(feishu.server.requests).toEqual([]);
      });

      it('without a code is none', async () => {
        const query = await agreed();
        query.delete('code');
        expect(await loginFaultOf(logins.finish(query))).toBe('state');
        expect(feishu.server.requests).toEqual([]);
      });

      it('with the verifier of another login is none', async () => {
        const query = await agreed();
        await agreed(ZHANG);
        const { db } = await open();
        const [of] = await db.selectFrom('logins').select('verifier').where('open_id', '=', ZHANG).execute();
        await db
          .updateTable('logins')
          .set({ verifier: of?.verifier ?? '' })
          .where('open_id', '=', TOM)
          .execute();
        expect(await loginFaultOf(logins.finish(query))).toBe('state');
        expect(feishu.server.requests).toEqual([]);
      });

      it('that the person refused is over', async () => {
        const query = await agreed();
        const refusal = new URLSearchParams({ error: 'access_denied', state: query.get('state') ?? '' });
        await logins.wait(TOM, 'om_1', request(1));
        expect(await loginFaultOf(logins.finish(refusal))).toBe('refused');
        expect(await loginFaultOf(logins.finish(query))).toBe('state');
        expect(await store.grants.get(TOM)).toBeUndefined();
        expect(await inbox()).toEqual([]);
        expect([feishu.server.requests, continued]).toEqual([[], 0]);
      });

      it('of another person keeps nothing of theirs', async () => {
        const before = await logIn(feishu, store, TOM);
        await logins.wait(TOM, 'om_1', request(1));
        await logins.wait(ZHANG, 'om_2', request(2, ZHANG));
        feishu.server.on(USER_INFO_ROUTE, personAnswer(ZHANG, '张三'));
        expect(await loginFaultOf(logins.finish(await agreed(TOM)))).toBe('other-person');
        expect(await store.grants.all()).toEqual([before]);
        expect(await inbox()).toEqual([]);
        expect(continued).toBe(0);
        expect(feishu.logs.text()).not.toContain('secret');
      });

      it.each([
        ['the code is refused', TOKEN_ROUTE, tokenRefusal(20065), 'code-refused', 20065],
        ['the person may not', TOKEN_ROUTE, tokenRefusal(20010), 'person-barred', 20010],
        ['Feishu has trouble', TOKEN_ROUTE, tokenRefusal(20050, 500), 'unavailable', 20050],
        ['no answer comes', TOKEN_ROUTE, 'drop', 'no-answer', undefined],
        ['nobody says who it is', USER_INFO_ROUTE, { json: { code: 20005, msg: 'invalid' } }, 'user-token', 20005],
        ['who it is comes without an id', USER_INFO_ROUTE, { json: { code: 0, data: {} } }, 'unexpected', undefined],
      ] as const)('fails when %s', async (_what, route, reply, failureKind, code) => {
        feishu.server.on(route, reply);
        await logins.wait(TOM, 'om_1', request(1));
        const isLoginError = (error: unknown) => error instanceof LoginError;
        const { fault, cause } = await rejectionOf(logins.finish(await agreed()), isLoginError);
        expect(fault).toBe('feishu');
        expect(cause).toBeInstanceOf(FeishuError);
        expect(cause).toMatchObject({ kind: failureKind, code });
        expect(await store.grants.get(TOM)).toBeUndefined();
        expect(await inbox()).toEqual([]);
        expect(continued).toBe(0);
        expect(feishu.logs.lines()).toContainEqual(expect.objectContaining({ kind: failureKind }));
        expect(feishu.logs.text()).not.toContain('secret');
      });
    });

    describe('what waits', () => {
      it('goes on in the order in which it was asked for, all at once', async () => {
        const asked = Array.from({ length: 12 }, (_, n) => n);
        for (const n of asked) {
          await logins.wait(TOM, `om_${n}`, request(n));
          feishu.clock.advance(1);
        }
        await logins.finish(await agreed());
        const now = feishu.clock.now();
        const items = await store.inbox.claim({ worker: 'reader', now, leaseUntil: now + MINUTE, limit: 50 });
        expect(items.map(({ delivery }) => readDelivery(delivery))).toEqual(asked.map((n) => request(n)));
      });

      it.each([
        ['Feishu has trouble', TOKEN_ROUTE, tokenRefusal(20050, 500)],
        ['Feishu limits the rate', TOKEN_ROUTE, tokenRefusal(99991400, 429)],
        ['no answer comes', TOKEN_ROUTE, 'drop'],
        ['a gateway answers', TOKEN_ROUTE, { status: 502, text: '<html>Bad Gateway</html>' }],
        ['nobody says who it is', USER_INFO_ROUTE, { status: 503, json: { code: 20050, msg: 'oops' } }],
      ] as const)('waits on when %s, and goes on after another login', async (_what, route, reply) => {
        await logins.wait(TOM, 'om_1', request(1));
        feishu.server.on(route, reply);
        expect(await loginFaultOf(logins.finish(await agreed()))).toBe('feishu');
        expect(await inbox()).toEqual([]);
        feishu.server.on(TOKEN_ROUTE, tokenAnswer(1));
        feishu.server.on(USER_INFO_ROUTE, personAnswer(TOM));
        expect(await logins.finish(await agreed())).toEqual({ name: 'Tom Li', endsInMs: undefined });
        expect(await deliveries()).toEqual([request(1)]);
        expect(await grantsOn(feishu, store).actAs(TOM, async (token) => token)).toBe('access-secret-1');
      });

      it('goes on after the login, once', async () => {
        await logins.wait(TOM, 'om_1', request(1));
        feishu.clock.advance(1);
        await logins.wait(TOM, 'om_2', request(2));
        await logins.wait(TOM, 'om_1', request(1));
        await logins.finish(await agreed());
        expect(continued).toBe(1);
        const items = await inbox();
        expect(items.map(({ delivery }) => delivery)).toEqual(expect.arrayContaining([request(1), request(2)]));
        expect(items).toHaveLength(2);
        for (const { requestKey } of items) expect(requestKey).toMatch(/^continued:/);
        await logins.finish(await agreed());
        expect(await inbox()).toEqual([]);
      });

      it('of others goes on waiting', async () => {
        await logins.wait(ZHANG, 'om_2', request(2, ZHANG));
        await logins.finish(await agreed(TOM));
        expect(await inbox()).toEqual([]);
        feishu.server.on(USER_INFO_ROUTE, personAnswer(ZHANG));
        await logins.finish(await agreed(ZHANG));
        expect(await deliveries()).toEqual([request(2, ZHANG)]);
      });

      it('waits for an hour', async () => {
        await logins.wait(TOM, 'om_1', request(1));
        feishu.clock.advance(1);
        await logins.wait(TOM, 'om_2', request(2));
        feishu.clock.advance(HOUR - 1);
        await logins.finish(await agreed());
        expect(await deliveries()).toEqual([request(2)]);
      });

      it('can wait again, if it has to', async () => {
        for (let times = 0; times < 2; times += 1) {
          await logins.wait(TOM, 'om_1', request(1));
          await logins.finish(await agreed());
          expect(await deliveries()).toEqual([request(1)]);
          feishu.clock.advance(1);
        }
      });

      it('goes on once after two logins at the same time', async () => {
        for (const n of [1, 2, 3]) await logins.wait(TOM, `om_${n}`, request(n));
        const queries = await Promise.all(Array.from({ length: RUNNERS }, () => agreed()));
        const results = await race((one) => one.finish(queries.shift() ?? new URLSearchParams()));
        expect(faults(results)).toEqual([]);
        const texts = (await deliveries()).map(({ text }) => text);
        expect(texts.sort()).toEqual([1, 2, 3].map((n) => `/skill rename ${n} "VIP"`));
      });

      it('moves together with the grant, or nothing happens', async () => {
        const { db } = await open();
        await logins.wait(TOM, 'om_1', request(1));
        const query = await agreed();
        await sql`alter table inbox rename to inbox_away`.execute(db);
        try {
          await expect(logins.finish(query)).rejects.toThrow('inbox');
        } finally {
          await sql`alter table inbox_away rename to inbox`.execute(db);
        }
        expect(await store.grants.get(TOM)).toBeUndefined();
        expect(continued).toBe(0);
        await logins.finish(await agreed());
        expect(await deliveries()).toEqual([request(1)]);
      });

      it('is told after everything is stored', async () => {
        let atContinue: Promise<unknown> = Promise.resolve();
        const watched = createRedirectLogins({
          store,
          vault,
          oauth: feishu.oauth,
          grants: grantsOn(feishu, store),
          clock: feishu.clock,
          random: systemRandom,
          logger: feishu.logs.logger,
          publicUrl: PUBLIC_URL,
          onContinued: () => {
            atContinue = Promise.all([store.inbox.depth(), store.grants.get(TOM)]);
          },
        });
        await logins.wait(TOM, 'om_1', request(1));
        await watched.finish(await agreed());
        expect(await atContinue).toEqual([1, expect.objectContaining({ openId: TOM })]);
      });
    });

    describe('the card of the offer', () => {
      it('is brought up to date after the login', async () => {
        const { url, id } = await offer();
        await logins.shownIn(id, CARD, false);
        const page = new URL(await logins.open(ticketOf(url)));
        await logins.finish(new URLSearchParams({ code: 'c', state: page.searchParams.get('state') ?? '' }));
        expect(await inbox()).toEqual([
          {
            requestKey: expect.stringContaining(id),
            delivery: { kind: 'login-ended', actorId: TOM, cardMessageId: CARD, ending: 'done' },
          },
        ]);
      });

      /** Offers a login in this card and opens it; gives the query with which Feishu's page comes back. */
      const agreedIn = async (card: MessageId) => {
        const { url, id } = await offer();
        await logins.shownIn(id, card, false);
        const page = new URL(await logins.open(ticketOf(url)));
        return new URLSearchParams({ code: 'c', state: page.searchParams.get('state') ?? '' });
      };
      const ended = (ending: string, cardMessageId = CARD) => ({
        kind: 'login-ended',
        actorId: TOM,
        cardMessageId,
        ending,
      });

      it('says that the person refused', async () => {
        const query = await agreedIn(CARD);
        query.delete('code');
        query.set('error', 'access_denied');
        await logins.wait(TOM, 'om_1', request(1));
        expect(await loginFaultOf(logins.finish(query))).toBe('refused');
        expect(await deliveries()).toEqual([ended('refused')]);
        expect(continued).toBe(1);
      });

      it('says that somebody else agreed', async () => {
        const query = await agreedIn(CARD);
        feishu.server.on(USER_INFO_ROUTE, personAnswer(ZHANG));
        expect(await loginFaultOf(logins.finish(query))).toBe('other-person');
        expect(await deliveries()).toEqual([ended('other-person')]);
        expect(continued).toBe(1);
      });

      it('says that a permission was not granted, and keeps what there was', async () => {
        const query = await agreedIn(CARD);
        await logins.wait(TOM, 'om_1', request(1));
        feishu.server.on(TOKEN_ROUTE, { json: { ...tokenAnswer(1).json, scope: 'offline_access' } });
        expect(await loginFaultOf(logins.finish(query))).toBe('scope-missing');
        expect(await store.grants.all()).toEqual([]);
        expect(await deliveries()).toEqual([ended('scope-missing')]);
        // Whose login it is counts first.
        const other = await agreedIn(CARD);
        feishu.server.on(USER_INFO_ROUTE, personAnswer(ZHANG));
        expect(await loginFaultOf(logins.finish(other))).toBe('other-person');
      });

      it('knows when a login ends that Feishu gave nothing to renew with', async () => {
        const { refresh_token: _token, ...json } = Object(tokenAnswer(1).json);
        feishu.server.on(TOKEN_ROUTE, { json });
        expect(await logins.finish(await agreedIn(CARD))).toEqual({ name: 'Tom Li', endsInMs: 2 * HOUR });
        expect(await grantsOn(feishu, store).standing(TOM)).toMatchObject({ renewal: 'not-granted' });
      });

      it.each([
        ['Feishu gives no token', 'feishu', []],
        ['Feishu gives no code', 'state', ['code']],
      ])('says that it did not work when %s', async (_what, fault, missing) => {
        const query = await agreedIn(CARD);
        for (const name of missing) query.delete(name);
        feishu.server.on(TOKEN_ROUTE, tokenRefusal(20050, 500));
        expect(await loginFaultOf(logins.finish(query))).toBe(fault);
        expect(await deliveries()).toEqual([ended('failed')]);
      });

      it('says that the person has logged in by another one meanwhile, once', async () => {
        const other = MessageId.parse('om_another_card');
        const [query, early] = [await agreedIn(CARD), await agreedIn(other)];
        const { id } = await logins.offer({ actorId: ZHANG, chatId: CHAT, requestKey: 'om_1' });
        await logins.shownIn(id, MessageId.parse('om_card_of_zhang'), false);
        await logins.finish(query);
        const told = await deliveries();
        expect(told).toHaveLength(2);
        expect(told).toEqual(expect.arrayContaining([ended('done'), ended('done', other)]));
        expect(await logins.finish(early)).toEqual({ name: 'Tom Li', endsInMs: undefined });
        expect(await store.inbox.depth()).toBe(2);
      });

      it('says it of many that are finished at the same time', async () => {
        const cards = Array.from({ length: RUNNERS }, (_, n) => MessageId.parse(`om_card_${n}`));
        const queries = await Promise.all(cards.map(agreedIn));
        const results = await race((one) => one.finish(queries.shift() ?? new URLSearchParams()));
        expect(faults(results)).toEqual([]);
        const told = (await deliveries()).map(({ cardMessageId, ending }) => [cardMessageId, ending]);
        expect(told.sort()).toEqual(cards.map((card) => [card, 'done']));
      });

      it('is not, where there is none, or where what waits shows its result', async () => {
        await logins.finish(await agreed());
        const { url, id } = await offer();
        await logins.shownIn(id, CARD, true);
        const page = new URL(await logins.open(ticketOf(url)));
        await logins.finish(new URLSearchParams({ code: 'c', state: page.searchParams.get('state') ?? '' }));
        expect(await inbox()).toEqual([]);
      });
    });

    describe('a logout', () => {
      it('deletes the grant and every open way in', async () => {
        await logIn(feishu, store, TOM);
        await logIn(feishu, store, ZHANG);
        const ticket = await offered();
        const query = await agreed();
        const others = await offered(ZHANG);
        expect(await logins.logout(TOM)).toBe(true);
        expect(await store.grants.get(TOM)).toBeUndefined();
        expect(await loginFaultOf(logins.open(ticket))).toBe('ticket');
        expect(await loginFaultOf(logins.finish(query))).toBe('state');
        expect(await store.grants.get(ZHANG)).toBeDefined();
        await logins.open(others);
      });

      it('while Feishu is asked wins: nothing is stored, and what waits goes on waiting', async () => {
        const query = await agreed();
        await logins.wait(TOM, 'om_1', request(1));
        const replies = [{ run: () => loginsOn(store).logout(TOM) }];
        feishu.server.on(USER_INFO_ROUTE, async () => {
          await replies.pop()?.run();
          return personAnswer(TOM);
        });
        expect(await loginFaultOf(logins.finish(query))).toBe('state');
        expect(await store.grants.get(TOM)).toBeUndefined();
        expect([await inbox(), continued]).toEqual([[], 0]);
        await logins.finish(await agreed());
        expect(await deliveries()).toEqual([request(1)]);
      });

      it('at the very moment of a login leaves nothing, or was before it', async () => {
        for (let round = 0; round < RUNNERS; round += 1) {
          const query = await agreed();
          const other = (await processes()).at(-1) ?? logins;
          const [login] = await Promise.allSettled([
            logins.finish(query),
            new Promise((resolve) => setTimeout(resolve, round)).then(() => other.logout(TOM)),
          ]);
          if (login?.status === 'rejected') expect(faults([login])).toEqual(['state']);
          expect(await store.grants.get(TOM)).toBeUndefined();
        }
      });

      it('after a login leaves no trace of it', async () => {
        await logins.finish(await agreed());
        const { db } = await open();
        expect(await db.selectFrom('logins').selectAll().execute()).toEqual([]);
      });

      it('lets the card of an open link say that it is over', async () => {
        const { id } = await offer();
        await logins.shownIn(id, CARD, false);
        await logins.logout(TOM);
        const ended = { kind: 'login-ended', actorId: TOM, cardMessageId: CARD, ending: 'withdrawn' };
        expect(await deliveries()).toEqual([ended]);
      });

      it('tells that there was nothing', async () => {
        expect(await logins.logout(TOM)).toBe(false);
      });
    });
  });
});

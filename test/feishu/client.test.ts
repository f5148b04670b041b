import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { createFeishuClient } from '../../src/feishu/client.ts';
import { createTenantToken } from '../../src/feishu/tenantToken.ts';
import { type Reply, unusedPort } from '../support/fakeServer.ts';
import {
  type FakeFeishu,
  failureOf,
  SECRETS,
  SENDER,
  startFakeFeishu,
  TENANT_TOKEN_ROUTE,
  tenantTokenReply,
} from '../support/feishu.ts';

const ROUTE = 'GET /open-apis/bot/v3/info';
const Data = z.object({ data: z.object({ value: z.string() }) });
const FINE: Reply = { json: { code: 0, msg: 'ok', data: { value: 'x' } }, headers: { 'x-tt-logid': 'log-1' } };
const refused = (code: number, msg = 'no', rest: object = {}): Reply => ({
  status: 400,
  json: { code, msg, ...rest },
});

describe('client', () => {
  let feishu: FakeFeishu;

  beforeEach(async () => {
    feishu = await startFakeFeishu();
  });
  afterEach(() => feishu.close());

  const request = { method: 'GET', url: '/open-apis/bot/v3/info' };
  const asApp = (headers?: Record<string, string>) =>
    feishu.client.asApp(Data, (sdk, options) => sdk.request(request, options), headers);
  const asUser = (headers?: Record<string, string>) =>
    feishu.client.asUser(Data, SENDER, (sdk, options) => sdk.request(request, options), headers);
  const calls = () => feishu.server.sent(ROUTE);

  it('gives the checked answer and its log id', async () => {
    feishu.server.on(ROUTE, FINE);
    const answered = await asApp();
    expect(answered).toEqual({ data: { data: { value: 'x' } }, logId: 'log-1' });
    expect(feishu.logs.text()).toBe('');
  });

  it('speaks as the app with the tenant token', async () => {
    feishu.server.on(ROUTE, FINE);
    await asApp({ 'X-Extra': 'one' });
    expect(feishu.server.only(ROUTE).headers).toMatchObject({
      authorization: `Bearer ${SECRETS.tenantToken}`,
      'x-extra': 'one',
    });
  });

  it('speaks as a person with that token, and fetches no other', async () => {
    feishu.server.on(ROUTE, FINE);
    await asUser({ 'X-Extra': 'two' });
    expect(feishu.server.only(ROUTE).headers).toMatchObject({
      authorization: `Bearer ${SECRETS.userToken}`,
      'x-extra': 'two',
    });
    expect(feishu.server.sent(TENANT_TOKEN_ROUTE)).toEqual([]);
  });

  describe('the tenant token', () => {
    it('is fetched once for many calls at once', async () => {
      feishu.server.on(ROUTE, FINE);
      await Promise.all(Array.from({ length: 10 }, () => asApp()));
      expect(calls()).toHaveLength(10);
      expect(feishu.server.sent(TENANT_TOKEN_ROUTE)).toHaveLength(1);
    });

    it.each([99991661, 99991663, 99991664, 99991665])('is renewed once when it is refused with %i', async (code) => {
      feishu.server.on(TENANT_TOKEN_ROUTE, tenantTokenReply('t-old'), tenantTokenReply('t-new'));
      feishu.server.on(ROUTE, refused(code), FINE);
      await asApp({ 'X-Extra': 'kept' });
      expect(calls().map(({ headers }) => [headers.authorization, headers['x-extra']])).toEqual([
        ['Bearer t-old', 'kept'],
        ['Bearer t-new', 'kept'],
      ]);
    });

    it('is renewed once for many calls that were refused', async () => {
      feishu.server.on(TENANT_TOKEN_ROUTE, tenantTokenReply('t-old'), tenantTokenReply('t-new'));
      feishu.server.on(ROUTE, ({ headers }) => (headers.authorization === 'Bearer t-old' ? refused(99991663) : FINE));
      await Promise.all(Array.from({ length: 10 }, () => asApp()));
      expect(feishu.server.sent(TENANT_TOKEN_ROUTE)).toHaveLength(2);
    });

    it('is not renewed twice', async () => {
      feishu.server.on(ROUTE, refused(99991663, 'Invalid access token for authorization.'));
      const failure = await failureOf(asApp());
      expect(failure).toMatchObject({ kind: 'app-credentials', code: 99991663 });
      expect(calls()).toHaveLength(2);
    });

    it('is not renewed for another failure, nor for a person', async () => {
      feishu.server.on(ROUTE, refused(154003));
      await failureOf(asApp());
      expect(calls()).toHaveLength(1);
      feishu.server.on(ROUTE, refused(99991663));
      await failureOf(asUser());
      expect(calls()).toHaveLength(2);
      expect(feishu.server.sent(TENANT_TOKEN_ROUTE)).toHaveLength(1);
    });

    it('that cannot be had is the failure of the call', async () => {
      feishu.server.on(TENANT_TOKEN_ROUTE, { status: 400, json: { code: 10014, msg: 'app secret invalid' } });
      expect(await failureOf(asApp())).toMatchObject({ kind: 'app-credentials', code: 10014 });
      expect(calls()).toEqual([]);
    });
  });

  describe('a failure', () => {
    it('is every answer whose code is not 0, HTTP 200 too', async () => {
      feishu.server.on(ROUTE, { status: 200, json: { code: 154003, msg: 'Please check', data: { value: 'x' } } });
      expect(await failureOf(asApp())).toMatchObject({
        kind: 'no-access',
        code: 154003,
        httpStatus: 200,
        message: 'Please check',
      });
    });

    it.each([
      ['the header', refused(154000, 'no'), { 'x-tt-logid': 'log-h' }, 'log-h'],
      ['error.log_id', refused(154000, 'no', { error: { log_id: 'log-b' } }), {}, 'log-b'],
      ['error.logid', refused(154000, 'no', { error: { logid: 'log-c' } }), {}, 'log-c'],
      ['the header first', refused(154000, 'no', { error: { log_id: 'log-b' } }), { 'x-tt-logid': 'log-h' }, 'log-h'],
      ['nowhere', refused(154000), {}, undefined],
    ])('has its log id from %s', async (_where, reply, headers, logId) => {
      feishu.server.on(ROUTE, typeof reply === 'string' ? reply : { ...reply, headers });
      expect((await failureOf(asApp())).logId).toBe(logId);
    });

    it.each([
      [[{ type: 'action_scope_required', subject: 'helpdesk:all:readonly' }], ['helpdesk:all:readonly']],
      [[{ scope: 'helpdesk:all', url: 'https://open.feishu.cn/app/cli_1/auth' }], ['helpdesk:all']],
      [
        [{ subject: 'a:b' }, { scope: 'c:d' }, { type: 'other' }],
        ['a:b', 'c:d'],
      ],
      [[], []],
      [null, []],
      [undefined, []],
    ])('names the missing permissions in %j', async (permission_violations, scopes) => {
      const error = { log_id: 'log-b', permission_violations };
      feishu.server.on(ROUTE, refused(99991672, 'Access denied.', { error }));
      expect(await failureOf(asApp())).toMatchObject({ kind: 'app-scope', scopes, logId: 'log-b' });
      feishu.server.on(ROUTE, refused(99991679, 'Unauthorized.', { error }));
      expect(await failureOf(asUser())).toMatchObject({ kind: 'user-scope', scopes, logId: 'log-b' });
    });

    it.each([
      [502, '<html>Bad Gateway</html>', 'unavailable'],
      [404, 'not here', 'unexpected'],
      [200, '<html>Welcome to the hotel</html>', 'unexpected'],
      [200, '', 'unexpected'],
    ])('is an answer that is no JSON: %i %s', async (status, text, kind) => {
      feishu.server.on(ROUTE, { status, text });
      expect(await failureOf(asApp())).toMatchObject({ kind, code: undefined, httpStatus: status });
    });

    it('is an answer that is not as documented, and says where', async () => {
      feishu.server.on(ROUTE, { json: { code: 0, data: { value: 7 } }, headers: { 'x-tt-logid': 'log-1' } });
      const failure = await failureOf(asApp());
      expect(failure).toMatchObject({ kind: 'unexpected', logId: 'log-1' });
      expect(failure.message).toContain('data.value');
    });

    it('tells how long a rate limit wants', async () => {
      feishu.server.on(ROUTE, {
        status: 429,
        json: { code: 99991400, msg: 'request trigger frequency limit' },
        headers: { 'x-ogw-ratelimit-reset': '52' },
      });
      expect(await failureOf(asApp())).toMatchObject({ kind: 'rate-limited', retryAfterMs: 52_000 });
      expect(calls()).toHaveLength(1);
    });

    it('is a redirect, and the token goes nowhere', async () => {
      const route = 'GET /elsewhere';
      feishu.server.on(ROUTE, { status: 302, headers: { location: `${feishu.server.url}/elsewhere` } });
      expect(await failureOf(asUser())).toMatchObject({ kind: 'unexpected', httpStatus: 302 });
      expect(feishu.server.sent(route)).toEqual([]);
    });

    it('is logged with what helps to follow it, once', async () => {
      feishu.server.on(ROUTE, { ...refusedFields(154003), headers: { 'x-tt-logid': 'log-9' } });
      await failureOf(asApp());
      expect(feishu.logs.lines()).toEqual([
        expect.objectContaining({ kind: 'no-access', code: 154003, httpStatus: 403, logId: 'log-9', reason: 'no' }),
      ]);
    });
  });

  describe('a tenant token that cannot be had', () => {
    it('is logged with what helps to follow it', async () => {
      const json = { code: 10014, msg: 'app secret invalid' };
      feishu.server.on(TENANT_TOKEN_ROUTE, { status: 400, json, headers: { 'x-tt-logid': 'log-8' } });
      expect((await failureOf(asApp())).kind).toBe('app-credentials');
      expect(feishu.logs.lines()).toEqual([
        expect.objectContaining({
          kind: 'app-credentials',
          code: 10014,
          httpStatus: 400,
          logId: 'log-8',
          reason: 'app secret invalid',
          msg: expect.stringContaining('tenant token'),
        }),
      ]);
      expect(feishu.logs.text()).not.toContain(SECRETS.app);
    });

    it('in place of a refused one is logged too', async () => {
      feishu.server.on(ROUTE, refused(99991663));
      feishu.server.on(TENANT_TOKEN_ROUTE, tenantTokenReply(), { status: 400, json: { code: 10015, msg: 'no' } });
      await failureOf(asApp());
      expect(feishu.logs.lines().map(({ code }) => code)).toEqual([99991663, 10015]);
    });
  });

  it('never connects means unreachable, never answers means no answer', async () => {
    feishu.server.on(ROUTE, 'drop');
    expect((await failureOf(asUser())).kind).toBe('no-answer');
    const app = { ...feishu.app, baseUrl: `http://127.0.0.1:${await unusedPort()}` };
    const tenantToken = createTenantToken(app, feishu.http, feishu.clock);
    const lonely = createFeishuClient({
      app,
      http: feishu.http,
      tenantToken,
      clock: feishu.clock,
      logger: feishu.logs.logger,
    });
    const call = lonely.asUser(Data, { userToken: 'u', maySend: () => true }, (sdk, options) =>
      sdk.request(request, options),
    );
    expect((await failureOf(call)).kind).toBe('unreachable');
  });
});

const refusedFields = (code: number) => ({ status: 403, json: { code, msg: 'no' } });

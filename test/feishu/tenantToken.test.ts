import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createTenantToken } from '../../src/feishu/tenantToken.ts';
import { unusedPort } from '../support/fakeServer.ts';
import {
  type FakeFeishu,
  failureOf,
  SECRETS,
  startFakeFeishu,
  TENANT_TOKEN_ROUTE,
  tenantTokenReply,
} from '../support/feishu.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

describe('the tenant token', () => {
  let feishu: FakeFeishu;

  beforeEach(async () => {
    feishu = await startFakeFeishu();
  });
  afterEach(() => feishu.close());

  const fetches = () => feishu.server.sent(TENANT_TOKEN_ROUTE).length;

  it('is asked for with the app id and secret', async () => {
    expect(await feishu.tenantToken.get()).toBe(SECRETS.tenantToken);
    const request = feishu.server.only(TENANT_TOKEN_ROUTE);
    expect(request.json).toEqual({ app_id: feishu.app.appId, app_secret: SECRETS.app });
    expect(request.headers['content-type']).toContain('application/json');
    expect(request.headers.authorization).toBeUndefined();
    expect(request.target).not.toContain(SECRETS.app);
  });

  it('is fetched once for many callers at once, and kept', async () => {
    feishu.server.on(TENANT_TOKEN_ROUTE, { ...tenantTokenOf('t-1'), afterMs: 20 }, tenantTokenReply('t-2'));
    const tokens = await Promise.all(Array.from({ length: 20 }, () => feishu.tenantToken.get()));
    expect(new Set(tokens)).toEqual(new Set(['t-1']));
    expect(await feishu.tenantToken.get()).toBe('t-1');
    expect(fetches()).toBe(1);
  });

  it('is fetched anew before it expires, and not much earlier', async () => {
    feishu.server.on(TENANT_TOKEN_ROUTE, tenantTokenReply('t-1', 7200), tenantTokenReply('t-2', 7200));
    await feishu.tenantToken.get();
    feishu.clock.advance(7200 * SECOND - 30 * MINUTE);
    expect(await feishu.tenantToken.get()).toBe('t-1');
    feishu.clock.advance(29 * MINUTE);
    expect(await feishu.tenantToken.get()).toBe('t-2');
    expect(fetches()).toBe(2);
  });

  it.each([-10 * MINUTE, 10 * MINUTE, 24 * 60 * MINUTE])(
    'is kept for as long when the clock is set by %i ms',
    async (step) => {
      feishu.server.on(TENANT_TOKEN_ROUTE, tenantTokenReply('t-1', 7200), tenantTokenReply('t-2', 7200));
      await feishu.tenantToken.get();
      feishu.clock.step(step);
      feishu.clock.advance(7200 * SECOND - 30 * MINUTE);
      expect(await feishu.tenantToken.get()).toBe('t-1');
      feishu.clock.advance(29 * MINUTE);
      expect(await feishu.tenantToken.get()).toBe('t-2');
    },
  );

  it('is not kept when it says no lifetime', async () => {
    feishu.server.on(TENANT_TOKEN_ROUTE, { json: { code: 0, msg: 'ok', tenant_access_token: 't-1' } });
    await feishu.tenantToken.get();
    await feishu.tenantToken.get();
    expect(fetches()).toBe(2);
  });

  it('is forgotten when it was refused, but not in place of a newer one', async () => {
    feishu.server.on(TENANT_TOKEN_ROUTE, tenantTokenReply('t-1'), tenantTokenReply('t-2'));
    await feishu.tenantToken.get();
    feishu.tenantToken.drop('t-1');
    expect(await feishu.tenantToken.get()).toBe('t-2');
    feishu.tenantToken.drop('t-1');
    expect(await feishu.tenantToken.get()).toBe('t-2');
    expect(fetches()).toBe(2);
  });

  it('is tried for again by the next caller after a failure', async () => {
    feishu.server.on(TENANT_TOKEN_ROUTE, { status: 400, json: { code: 10014, msg: 'x' } }, tenantTokenReply());
    await failureOf(feishu.tenantToken.get());
    expect(await feishu.tenantToken.get()).toBe(SECRETS.tenantToken);
  });

  it('survives trouble that passes', async () => {
    feishu.server.on(TENANT_TOKEN_ROUTE, { status: 502, text: '<h1>Bad Gateway</h1>' }, 'drop', tenantTokenReply());
    expect(await feishu.tenantToken.get()).toBe(SECRETS.tenantToken);
    expect(fetches()).toBe(3);
  });

  it.each([
    [{ status: 200, json: { code: 10014, msg: 'app secret invalid' } }, 'app-credentials', 10014],
    [{ status: 400, json: { code: 10015, msg: 'app unusable' } }, 'app-credentials', 10015],
    [{ status: 400, json: { code: 10014, msg: null } }, 'app-credentials', 10014],
    [{ status: 400, json: { code: 10003, msg: 'invalid param' } }, 'unexpected', 10003],
    [{ status: 403, json: {} }, 'unexpected', undefined],
    [{ status: 403, text: '<html>Forbidden by the gateway</html>' }, 'unexpected', undefined],
    [{ status: 200, text: '<html>Welcome to the hotel</html>' }, 'unexpected', undefined],
    [{ status: 429, json: { code: 99991400, msg: 'limit' } }, 'rate-limited', 99991400],
    [{ status: 500, json: { code: 1, msg: 'oops' } }, 'unavailable', 1],
    [{ status: 503, text: 'down' }, 'unavailable', undefined],
  ] as const)('refused with %j is %s', async (reply, kind, code) => {
    feishu.server.on(TENANT_TOKEN_ROUTE, { ...reply, headers: { 'x-tt-logid': 'log-7' } });
    const failure = await failureOf(feishu.tenantToken.get());
    expect(failure).toMatchObject({ kind, code, httpStatus: reply.status, logId: 'log-7' });
  });

  it('tells how long a rate limit wants', async () => {
    const headers = { 'x-ogw-ratelimit-reset': '52' };
    feishu.server.on(TENANT_TOKEN_ROUTE, { status: 429, json: { code: 99991400, msg: 'limit' }, headers });
    expect(await failureOf(feishu.tenantToken.get())).toMatchObject({ kind: 'rate-limited', retryAfterMs: 52_000 });
  });

  it('is kept as long as it says, in digits or as a number', async () => {
    const json = { code: 0, tenant_access_token: 't-1', expire: '7200' };
    feishu.server.on(TENANT_TOKEN_ROUTE, { json });
    await feishu.tenantToken.get();
    await feishu.tenantToken.get();
    expect(fetches()).toBe(1);
  });

  it('is not what an answer without one says', async () => {
    feishu.server.on(TENANT_TOKEN_ROUTE, { json: { code: 0, msg: 'ok', tenant_access_token: '' } });
    await failureOf(feishu.tenantToken.get());
  });

  it('cannot be had where nobody listens', async () => {
    const app = { ...feishu.app, baseUrl: `http://127.0.0.1:${await unusedPort()}` };
    const lonely = createTenantToken(app, feishu.http, feishu.clock);
    expect((await failureOf(lonely.get())).kind).toBe('unreachable');
  });
});

const tenantTokenOf = (token: string) => ({ json: { code: 0, msg: 'ok', tenant_access_token: token, expire: 7200 } });

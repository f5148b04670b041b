import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { createOAuth } from '../../src/feishu/oauth.ts';
import { lacksHelpdesk } from '../../src/feishu/tokenEndpoint.ts';
import { unusedPort } from '../support/fakeServer.ts';
import {
  type FakeFeishu,
  failureOf,
  SECRETS,
  startFakeFeishu,
  TOKEN_ROUTE,
  USER_INFO_ROUTE,
} from '../support/feishu.ts';

const REDIRECT = 'https://bot.example.com/oauth/callback';
const STATE = 'state-abc';
const VERIFIER = 'verifier-0123456789-0123456789-0123456789-0123456789';

const ANSWER = {
  code: 0,
  access_token: SECRETS.userToken,
  expires_in: 7200,
  refresh_token: SECRETS.refreshToken,
  refresh_token_expires_in: 604800,
  scope: 'auth:user.id:read helpdesk:all offline_access',
  token_type: 'Bearer',
};

describe('oauth', () => {
  let feishu: FakeFeishu;

  beforeEach(async () => {
    feishu = await startFakeFeishu();
  });
  afterEach(() => feishu.close());

  const exchange = (query: Record<string, string> = { code: 'code-1', state: STATE }) =>
    feishu.oauth.exchange({
      redirectUri: REDIRECT,
      query: new URLSearchParams(query),
      state: STATE,
      verifier: VERIFIER,
    });
  const refresh = () => feishu.oauth.refresh(SECRETS.refreshToken);
  const expected = () => ({
    access: SECRETS.userToken,
    accessExpiresAt: feishu.clock.now() + 7_200_000,
    refresh: SECRETS.refreshToken,
    refreshExpiresAt: feishu.clock.now() + 604_800_000,
    scopes: ['auth:user.id:read', 'helpdesk:all', 'offline_access'],
  });

  it('sends a browser to the page with a hashed verifier', async () => {
    const url = new URL(await feishu.oauth.authorizeUrl({ redirectUri: REDIRECT, state: STATE, verifier: VERIFIER }));
    expect(url.origin + url.pathname).toBe(`${feishu.app.accountsUrl}/open-apis/authen/v1/authorize`);
    expect(Object.fromEntries(url.searchParams)).toEqual({
      client_id: feishu.app.appId,
      response_type: 'code',
      redirect_uri: REDIRECT,
      scope: 'helpdesk:all offline_access',
      state: STATE,
      code_challenge: createHash('sha256').update(VERIFIER).digest('base64url'),
      code_challenge_method: 'S256',
    });
    expect(feishu.server.requests).toEqual([]);
  });

  describe('an exchange', () => {
    it('has its credentials in the body, and only there', async () => {
      feishu.server.on(TOKEN_ROUTE, { json: ANSWER });
      expect(await exchange()).toEqual(expected());
      const request = feishu.server.only(TOKEN_ROUTE);
      expect(Object.fromEntries(request.form)).toEqual({
        grant_type: 'authorization_code',
        client_id: feishu.app.appId,
        client_secret: SECRETS.app,
        code: 'code-1',
        redirect_uri: REDIRECT,
        code_verifier: VERIFIER,
      });
      expect(request.headers['content-type']).toContain('application/x-www-form-urlencoded');
      expect(request.headers.authorization).toBeUndefined();
      expect(request.target).toBe('/open-apis/authen/v2/oauth/token');
    });

    it('has a connection of its own, which nobody has closed meanwhile', async () => {
      feishu.server.on(TOKEN_ROUTE, { json: ANSWER });
      await exchange();
      expect(feishu.server.only(TOKEN_ROUTE).headers.connection).toBe('close');
    });

    it.each([
      ['of another state', { code: 'code-1', state: 'other' }],
      ['without a state', { code: 'code-1' }],
      ['without a code', { state: STATE }],
      ['of a refusal', { error: 'access_denied', state: STATE }],
    ])('%s does not reach Feishu', async (_what, query: Record<string, string>) => {
      await failureOf(exchange(query));
      expect(feishu.server.requests).toEqual([]);
    });
  });

  it('refreshes with the credentials in the body', async () => {
    feishu.server.on(TOKEN_ROUTE, { json: ANSWER });
    expect(await refresh()).toEqual(expected());
    const request = feishu.server.only(TOKEN_ROUTE);
    expect(Object.fromEntries(request.form)).toEqual({
      grant_type: 'refresh_token',
      client_id: feishu.app.appId,
      client_secret: SECRETS.app,
      refresh_token: SECRETS.refreshToken,
    });
    expect(request.headers.authorization).toBeUndefined();
  });

  describe('tokens', () => {
    it.each(['Bearer', 'bearer', 'BEARER'])('are taken as %s', async (token_type) => {
      feishu.server.on(TOKEN_ROUTE, { json: { ...ANSWER, token_type } });
      expect(await refresh()).toEqual(expected());
    });

    it('may come without a code, which is not of the standard', async () => {
      feishu.server.on(TOKEN_ROUTE, { json: { ...ANSWER, code: undefined } });
      expect(await refresh()).toEqual(expected());
    });

    it('may come without a refresh token', async () => {
      const { refresh_token: _token, refresh_token_expires_in: _life, ...rest } = ANSWER;
      feishu.server.on(TOKEN_ROUTE, { json: rest });
      expect(await exchange()).toEqual({ ...expected(), refresh: undefined, refreshExpiresAt: undefined });
    });

    it('may not say how long the refresh token lives, nor what was granted', async () => {
      const { refresh_token_expires_in: _life, scope: _scope, ...rest } = ANSWER;
      feishu.server.on(TOKEN_ROUTE, { json: rest });
      expect(await exchange()).toEqual({ ...expected(), refreshExpiresAt: undefined, scopes: undefined });
    });

    it('live as long as the answer says', async () => {
      feishu.server.on(TOKEN_ROUTE, { json: { ...ANSWER, expires_in: 60, refresh_token_expires_in: 120 } });
      expect(await refresh()).toMatchObject({
        accessExpiresAt: feishu.clock.now() + 60_000,
        refreshExpiresAt: feishu.clock.now() + 120_000,
      });
    });

    it.each([
      ['no type', { token_type: undefined }],
      ['an empty type', { token_type: '' }],
      ['a type that is not known', { token_type: 'mac' }],
      ['an id token', { id_token: 'not.a.jwt' }],
      ['an empty id token', { id_token: null }],
      ['lifetimes in digits', { expires_in: '7200', refresh_token_expires_in: '604800' }],
      ['a code in digits', { code: '0' }],
      ['things nobody knows', { more: { of: ['it'] } }],
    ])('come with %s', async (_what, difference) => {
      feishu.server.on(TOKEN_ROUTE, { json: { ...ANSWER, ...difference } });
      expect(await refresh()).toEqual(expected());
      expect(await exchange()).toEqual(expected());
    });

    it.each([201, 203])('come with HTTP %i', async (status) => {
      feishu.server.on(TOKEN_ROUTE, { status, json: ANSWER });
      expect(await refresh()).toEqual(expected());
    });

    it.each([null, '', 7, [], {}])('come without a refresh token where that is %j', async (nothing) => {
      feishu.server.on(TOKEN_ROUTE, { json: { ...ANSWER, refresh_token: nothing } });
      expect(await refresh()).toEqual({ ...expected(), refresh: undefined });
    });

    it.each([null, 7, [], {}, undefined])('do not say what was granted with %j', async (scope) => {
      feishu.server.on(TOKEN_ROUTE, { json: { ...ANSWER, scope } });
      const tokens = await refresh();
      expect(tokens).toEqual({ ...expected(), scopes: undefined });
      expect(lacksHelpdesk(tokens)).toBe(false);
    });

    it.each([
      ['helpdesk:all offline_access', false],
      ['helpdesk:all', false],
      ['offline_access helpdesk:all:readonly', true],
      ['offline_access', true],
      ['', true],
    ])('can or cannot write the helpdesk by their scope %j', async (scope, lacks) => {
      feishu.server.on(TOKEN_ROUTE, { json: { ...ANSWER, scope } });
      expect(lacksHelpdesk(await exchange())).toBe(lacks);
    });

    it.each([null, '', 'soon', 0, -1, undefined, {}])('live for two hours when they say %j', async (nothing) => {
      feishu.server.on(TOKEN_ROUTE, { json: { ...ANSWER, expires_in: nothing, refresh_token_expires_in: nothing } });
      expect(await refresh()).toEqual({ ...expected(), refreshExpiresAt: undefined });
    });

    it.each([
      ['without an access token', { access_token: undefined }],
      ['with an empty one', { access_token: '' }],
      ['with one that is no text', { access_token: { token: 'x' } }],
    ])('are none %s', async (_what, difference) => {
      feishu.server.on(TOKEN_ROUTE, { json: { ...ANSWER, ...difference } });
      expect((await failureOf(refresh())).kind).toBe('unexpected');
    });
  });

  describe('a refusal', () => {
    const CODES: [number, string][] = [
      ...[20001, 20036, 20063, 20067, 20068, 20070].map((code): [number, string] => [code, 'unexpected']),
      ...[20002, 20048, 20009, 20069].map((code): [number, string] => [code, 'app-credentials']),
      ...[20003, 20004, 20065, 20049, 20071].map((code): [number, string] => [code, 'code-refused']),
      ...[20008, 20066, 20010].map((code): [number, string] => [code, 'person-barred']),
      ...[20024, 20026, 20037, 20064, 20073, 99991669].map((code): [number, string] => [code, 'grant-dead']),
      [20074, 'refresh-not-allowed'],
    ];

    it.each(CODES)('with %i is %s', async (code, kind) => {
      const error_description = 'The refresh token passed is invalid. Please check the value.';
      feishu.server.on(TOKEN_ROUTE, {
        status: 400,
        json: { code, error: 'invalid_grant', error_description },
        headers: { 'x-tt-logid': 'log-3' },
      });
      const failure = { kind, code, httpStatus: 400, message: error_description, logId: 'log-3' };
      expect(await failureOf(refresh())).toMatchObject(failure);
      expect(await failureOf(exchange())).toMatchObject(failure);
      expect(feishu.server.requests).toHaveLength(2);
    });

    it.each([
      [500, 20050, 'An unexpected server error occurred. Please retry your request.'],
      [503, 20072, 'The server is temporarily unavailable.'],
    ])('with %i, %i is trouble that passes, and is not repeated here', async (status, code, error_description) => {
      feishu.server.on(TOKEN_ROUTE, { status, json: { code, error: 'server_error', error_description } });
      expect(await failureOf(refresh())).toMatchObject({ kind: 'unavailable', code, message: error_description });
      expect(feishu.server.requests).toHaveLength(1);
    });

    it.each(['20026', '20050'])('may have its code as a text: %j', async (code) => {
      feishu.server.on(TOKEN_ROUTE, { status: 400, json: { code, error: 'invalid_request' } });
      const kind = code === '20026' ? 'grant-dead' : 'unavailable';
      expect(await failureOf(refresh())).toMatchObject({ kind, code: Number(code) });
      feishu.server.on(TOKEN_ROUTE, { status: 200, json: { code } });
      expect(await failureOf(refresh())).toMatchObject({ kind, code: Number(code) });
    });

    it('may have no code at all', async () => {
      feishu.server.on(TOKEN_ROUTE, { status: 400, json: { error: 'invalid_grant' } });
      expect(await failureOf(refresh())).toMatchObject({ kind: 'grant-dead', code: undefined });
    });

    it('may come with HTTP 200', async () => {
      feishu.server.on(TOKEN_ROUTE, { json: { code: 20026, error: 'invalid_grant', error_description: 'no' } });
      expect(await failureOf(refresh())).toMatchObject({ kind: 'grant-dead', code: 20026 });
    });

    it.each([
      [502, '<html>Bad Gateway</html>', 'unavailable'],
      [403, '<html>Forbidden</html>', 'unavailable'],
      [429, '<html>Slow down</html>', 'rate-limited'],
      [200, '<html>Welcome to the hotel</html>', 'unavailable'],
      [200, '', 'unavailable'],
      [302, '', 'unavailable'],
    ])('that is no JSON is no proof of anything: %i %s', async (status, text, kind) => {
      feishu.server.on(TOKEN_ROUTE, { status, text, headers: { location: '/elsewhere' } });
      const failure = await failureOf(refresh());
      expect(failure).toMatchObject({ kind, code: undefined });
      expect(feishu.server.requests).toHaveLength(1);
    });

    it('is a dropped answer, once', async () => {
      feishu.server.on(TOKEN_ROUTE, 'drop');
      expect((await failureOf(refresh())).kind).toBe('no-answer');
      expect(feishu.server.requests).toHaveLength(1);
    });

    it.each([400, 429])('is a rate limit with status %i, which is not waited for here', async (status) => {
      const json = { code: 99991400, msg: 'request trigger frequency limit' };
      feishu.server.on(TOKEN_ROUTE, { status, json, headers: { 'x-ogw-ratelimit-reset': '1' } }, { json: ANSWER });
      expect(await failureOf(refresh())).toMatchObject({ kind: 'rate-limited', retryAfterMs: 1_000 });
      expect(feishu.server.requests).toHaveLength(1);
      feishu.server.on(TOKEN_ROUTE, { status, json, headers: { 'x-ogw-ratelimit-reset': '1' } }, { json: ANSWER });
      expect((await failureOf(exchange())).kind).toBe('rate-limited');
      expect(feishu.server.requests).toHaveLength(2);
    });
  });

  describe('a call that gets no answer', () => {
    it.each(['hang', 'drip'] as const)('is over in time, whatever the time-out of other calls (%s)', async (how) => {
      // Longer than a test may take.
      const patient = await startFakeFeishu({ timeoutMs: 600_000 });
      const dripping = await drip();
      try {
        patient.server.on(TOKEN_ROUTE, 'hang');
        const app = how === 'hang' ? patient.app : { ...patient.app, baseUrl: dripping.url };
        const oauth = createOAuth({ app, http: patient.http, clock: patient.clock, tokenCallMs: 150 });
        expect((await failureOf(oauth.refresh('r'))).kind).toBe('no-answer');
      } finally {
        await dripping.close();
        await patient.close();
      }
    });
  });

  it('is unreachable where nobody listens', async () => {
    const away = await startFakeFeishu({}, `http://127.0.0.1:${await unusedPort()}`);
    try {
      expect((await failureOf(away.oauth.refresh('r'))).kind).toBe('unreachable');
      expect((await failureOf(away.oauth.whoIs('a'))).kind).toBe('unreachable');
    } finally {
      await away.close();
    }
  });

  describe('who is', () => {
    const data = { name: '张三', en_name: 'zhangsan', open_id: 'ou_c99c5f35d542efc7ee492afe11af19ef' };

    it('tells whose token it is', async () => {
      feishu.server.on(USER_INFO_ROUTE, { json: { code: 0, msg: 'success', data } });
      expect(await feishu.oauth.whoIs(SECRETS.userToken)).toEqual({ openId: data.open_id, name: '张三' });
      const { headers } = feishu.server.only(USER_INFO_ROUTE);
      expect(headers.authorization).toBe(`Bearer ${SECRETS.userToken}`);
    });

    it('needs no name', async () => {
      feishu.server.on(USER_INFO_ROUTE, { json: { code: 0, data: { open_id: data.open_id } } });
      expect(await feishu.oauth.whoIs('u')).toEqual({ openId: data.open_id, name: '' });
    });

    it.each([
      [20001, 'unexpected'],
      [20005, 'user-token'],
      [20008, 'person-barred'],
      [20021, 'person-barred'],
      [20022, 'person-barred'],
      [20023, 'person-barred'],
    ])('fails with %i, though HTTP says 200', async (code, kind) => {
      feishu.server.on(USER_INFO_ROUTE, { status: 200, json: { code, msg: 'The token is invalid.', data } });
      expect(await failureOf(feishu.oauth.whoIs('u'))).toMatchObject({
        kind,
        code,
        httpStatus: 200,
        message: 'The token is invalid.',
      });
    });

    it('asks again on trouble of the server', async () => {
      const trouble = { status: 500, json: { code: 20050, msg: 'oops' } };
      feishu.server.on(USER_INFO_ROUTE, trouble, { json: { code: 0, data } });
      expect((await feishu.oauth.whoIs('u')).openId).toBe(data.open_id);
    });

    it.each([[{ code: 0, data: {} }], [{ code: 0 }], [{ data }], [{}]])('is nobody in %j', async (json) => {
      feishu.server.on(USER_INFO_ROUTE, { json });
      expect((await failureOf(feishu.oauth.whoIs('u'))).kind).toBe('unexpected');
    });

    it('is nobody in a page', async () => {
      feishu.server.on(USER_INFO_ROUTE, { text: '<html>' });
      expect((await failureOf(feishu.oauth.whoIs('u'))).kind).toBe('unexpected');
    });
  });
});

/** A server that begins an answer, and never ends it. */
async function drip(): Promise<{ url: string; close: () => Promise<void> }> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const dripping = setInterval(() => response.write(' '), 20);
    response.on('close', () => clearInterval(dripping));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = z.object({ port: z.number() }).parse(server.address());
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

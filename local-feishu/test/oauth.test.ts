import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '../../test/support/clock.ts';
import { at, type Stage, setUp } from './tinyBot.ts';

const REDIRECT = 'http://127.0.0.1:9/oauth/callback';
const TOKEN = '/open-apis/authen/v2/oauth/token';
const VERIFIER = 'v'.repeat(43);
const S256 = createHash('sha256').update(VERIFIER).digest('base64url');

let stage: Stage;
let clock: ManualClock;
beforeEach(async () => {
  clock = new ManualClock();
  stage = await setUp({ clock, redirectUris: [REDIRECT] });
});
afterEach(() => stage.close());

function authorizeUrl(changes: Record<string, string | undefined> = {}): string {
  const url = new URL('/open-apis/authen/v1/authorize', stage.feishu.url);
  const query = {
    client_id: stage.feishu.credentials.appId,
    response_type: 'code',
    redirect_uri: REDIRECT,
    scope: 'helpdesk:all offline_access',
    state: 's1',
    ...changes,
  };
  for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, value);
  return url.toString();
}

async function codeFor(changes: Record<string, string | undefined> = {}): Promise<string> {
  const { location } = await stage.feishu.authorize('admin', authorizeUrl(changes));
  return new URL(location).searchParams.get('code') ?? '';
}

async function ask(fields: Record<string, string>, options: { form?: boolean; headers?: Record<string, string> } = {}) {
  const { appId, appSecret } = stage.feishu.credentials;
  const body = { client_id: appId, client_secret: appSecret, ...fields };
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const { status, json } = await stage.call('POST', TOKEN, {
    body: options.form ? new URLSearchParams(body).toString() : body,
    headers: { ...(options.form ? form : {}), ...options.headers },
  });
  return { status, json, code: at(json, 'code') };
}

const exchange = (code: string, fields: Record<string, string> = {}) =>
  ask({ grant_type: 'authorization_code', code, redirect_uri: REDIRECT, ...fields });

async function login(): Promise<{ access: string; refresh: string }> {
  const { json } = await exchange(await codeFor());
  return { access: String(at(json, 'access_token')), refresh: String(at(json, 'refresh_token')) };
}

const refresh = (refreshToken: string) => ask({ grant_type: 'refresh_token', refresh_token: refreshToken });

describe('the authorize page', () => {
  it('asks in both languages, under a strict policy', async () => {
    const response = await fetch(authorizeUrl());
    const html = await response.text();
    expect(response.status).toBe(200);
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(html).toContain('同意 · Agree');
    expect(html).toContain('<code>helpdesk:all</code>');
  });

  it('ticks what the app asks for, but for what people leave out', async () => {
    stage.feishu.settings.untickedScopes = ['offline_access'];
    const html = await (await fetch(authorizeUrl())).text();
    expect(html).toContain('name="scope" value="helpdesk:all" checked>');
    expect(html).toContain('name="scope" value="offline_access">');
  });

  it('escapes what the address carries', async () => {
    const html = await (await fetch(authorizeUrl({ redirect_uri: 'http://a.example/"><script>' }))).text();
    expect(html).toContain('&quot;&gt;&lt;script&gt;');
    expect(html).not.toContain('<script>');
  });

  it('preselects a person', async () => {
    const html = await (await fetch(authorizeUrl({ sandbox_person: 'employee' }))).text();
    expect(html).toContain('value="employee" checked');
  });

  it.each<[string, Record<string, string>, string]>([
    ['an unknown app', { client_id: 'cli_0000000000000000' }, '20048'],
    ['an unregistered redirect', { redirect_uri: `${REDIRECT}/more` }, '20029'],
    ['a scope that is not enabled', { scope: 'helpdesk:all calendar:calendar' }, '20027'],
    ['another response type', { response_type: 'token' }, '20001'],
    ['an unknown PKCE method', { code_challenge: S256, code_challenge_method: 'S512' }, '20001'],
    ['an unknown prompt', { prompt: 'login' }, '20001'],
  ])('shows an error for %s', async (_what, changes, code) => {
    const response = await fetch(authorizeUrl(changes), { redirect: 'manual' });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain(code);
  });

  it('ignores query and fragment when it compares redirect URLs', async () => {
    const { location } = await stage.feishu.authorize('admin', authorizeUrl({ redirect_uri: `${REDIRECT}?a=1#top` }));
    expect(location).toMatch(/callback\?a=1&code=[^&]{64,}&state=s1#top$/);
  });

  it('sends a refusal back without a code', async () => {
    const { location } = await stage.feishu.authorize('admin', authorizeUrl(), 'refuse');
    expect(new URL(location).search).toBe('?error=access_denied&state=s1');
  });
});

describe('a code', () => {
  it('becomes a pair of tokens, flat and long', async () => {
    const { status, json } = await exchange(await codeFor());
    expect(status).toBe(200);
    expect(json).toMatchObject({
      code: 0,
      expires_in: 7200,
      refresh_token_expires_in: 604800,
      scope: 'helpdesk:all offline_access',
      token_type: 'Bearer',
      access_token: expect.stringMatching(/^eyJ.{1000,}$/),
    });
  });

  it('may be sent as a form', async () => {
    const fields = { grant_type: 'authorization_code', code: await codeFor(), redirect_uri: REDIRECT };
    expect(await ask(fields, { form: true })).toMatchObject({ status: 200, code: 0 });
  });

  it('works once', async () => {
    const code = await codeFor();
    await exchange(code);
    const again = await exchange(code);
    expect(again).toMatchObject({ status: 400, code: 20065 });
    expect(again.json).toMatchObject({ error: 'invalid_grant', error_description: expect.any(String) });
  });

  it('lives five minutes', async () => {
    const code = await codeFor();
    clock.advance(300_000);
    expect(await exchange(code)).toMatchObject({ code: 20004 });
  });

  it('gives no refresh token without offline_access', async () => {
    const { json } = await exchange(await codeFor({ scope: 'helpdesk:all' }));
    expect(at(json, 'refresh_token')).toBeUndefined();
  });

  it('carries earlier grants', async () => {
    await login();
    const { json } = await exchange(await codeFor({ scope: 'offline_access' }));
    expect(at(json, 'scope')).toBe('helpdesk:all offline_access');
  });

  it.each<[string, Record<string, string>, number]>([
    ['an unknown code', { code: 'nope' }, 20003],
    ['another redirect', { redirect_uri: `${REDIRECT}?x` }, 20071],
    ['a wrong secret', { client_secret: 'nope' }, 20002],
    ['another app', { client_id: 'cli_0000000000000000' }, 20048],
    ['another grant type', { grant_type: 'password' }, 20036],
    ['doubled scopes', { scope: 'helpdesk:all helpdesk:all' }, 20067],
    ['a scope that was not granted', { scope: 'im:message' }, 20068],
  ])('is refused with %s', async (_what, fields, code) => {
    expect(await exchange(await codeFor(), fields)).toMatchObject({ status: 400, code });
  });

  it('carries only what was ticked, and no refresh token without offline_access', async () => {
    stage.feishu.settings.untickedScopes = ['helpdesk:all'];
    expect((await exchange(await codeFor())).json).toMatchObject({ scope: 'offline_access' });
    await stage.feishu.revoke('admin');
    stage.feishu.settings.untickedScopes = ['offline_access'];
    const { json } = await exchange(await codeFor());
    expect(json).toMatchObject({ scope: 'helpdesk:all' });
    expect(json).not.toHaveProperty('refresh_token');
  });

  it.each([
    ['number', { code: 20003, error: 'invalid_grant' }],
    ['string', { code: '20003', error: 'invalid_grant' }],
    ['none', { error: 'invalid_grant' }],
  ] as const)('is refused with a code that is written as wanted: %s', async (codes, refusal) => {
    stage.feishu.settings.oauthCodes = codes;
    const { status, json } = await exchange('nope');
    expect({ status, json }).toEqual({ status: 400, json: { ...refusal, error_description: expect.any(String) } });
    expect(await exchange(await codeFor())).toMatchObject({ code: 0 });
  });

  it('is refused with HTTP Basic', async () => {
    const fields = { grant_type: 'authorization_code', code: await codeFor(), redirect_uri: REDIRECT };
    expect(await ask(fields, { headers: { authorization: 'Basic eDp5' } })).toMatchObject({ code: 20070 });
  });

  it.each<[string, Record<string, string>, string | undefined, unknown]>([
    ['S256', { code_challenge: S256, code_challenge_method: 'S256' }, VERIFIER, 0],
    ['S256, wrong verifier', { code_challenge: S256, code_challenge_method: 'S256' }, 'w'.repeat(43), 20049],
    ['S256, no verifier', { code_challenge: S256, code_challenge_method: 'S256' }, undefined, 20049],
    ['plain by default', { code_challenge: VERIFIER }, VERIFIER, 0],
    ['S256 challenge taken for plain', { code_challenge: S256 }, VERIFIER, 20049],
  ])('is checked by PKCE: %s', async (_what, changes, verifier, code) => {
    const fields: Record<string, string> = verifier === undefined ? {} : { code_verifier: verifier };
    expect(await exchange(await codeFor(changes), fields)).toMatchObject({ code });
  });
});

describe('refreshing', () => {
  it('rotates: the old refresh token is spent, the old access token lives on', async () => {
    const first = await login();
    const { json } = await refresh(first.refresh);
    const second = String(at(json, 'refresh_token'));
    expect(second).not.toBe(first.refresh);
    expect(await refresh(first.refresh)).toMatchObject({ status: 400, code: 20073 });
    expect(await refresh(second)).toMatchObject({ code: 0 });
    const info = await stage.call('GET', '/open-apis/authen/v1/user_info', { token: first.access });
    expect(at(info.json, 'data.open_id')).toBe(stage.feishu.people.admin.openId);
  });

  it('tells what is wrong with a token', async () => {
    const { feishu } = stage;
    expect(await refresh('nope')).toMatchObject({ code: 20026 });
    const old = await login();
    clock.advance(604_800_000);
    expect(await refresh(old.refresh)).toMatchObject({ code: 20037 });
    const spent = await login();
    feishu.spendRefreshToken('admin');
    expect(await refresh(spent.refresh)).toMatchObject({ code: 20073 });
    const revoked = await login();
    await feishu.revoke('admin');
    expect(await refresh(revoked.refresh)).toMatchObject({ code: 20064 });
    const allowed = await login();
    feishu.settings.refreshAllowed = false;
    expect(await refresh(allowed.refresh)).toMatchObject({ code: 20074 });
  });

  it('comes without what the person took back, and goes on', async () => {
    const { refresh: token } = await login();
    stage.feishu.withdrawScope('admin', 'helpdesk:all');
    const { json } = await refresh(token);
    expect(json).toMatchObject({ code: 0, scope: 'offline_access', refresh_token: expect.any(String) });
    expect(stage.feishu.tokenState('admin').scopes).toEqual(['offline_access']);
  });

  it('is not ended by a revocation of the access token', async () => {
    const { feishu } = stage;
    const { access, refresh: token } = await login();
    const eventId = await feishu.revoke('admin', 'access');
    expect(feishu.deliveries.of(eventId)[0]?.body).toMatchObject({ event: { revoke_token_type: 'user_access_token' } });
    const info = await stage.call('GET', '/open-apis/authen/v1/user_info', { token: access });
    expect(at(info.json, 'code')).toBe(20005);
    expect(await refresh(token)).toMatchObject({ code: 0 });
  });

  it('ends a year after the grant', async () => {
    let { refresh: token } = await login();
    for (let week = 0; week < 52; week += 1) {
      clock.advance(604_799_000);
      token = String(at((await refresh(token)).json, 'refresh_token'));
    }
    clock.advance(2 * 86_400_000);
    expect(await refresh(token)).toMatchObject({ code: 20037 });
  });

  it('spends the token even when the answer is lost', async () => {
    const { refresh: token } = await login();
    stage.feishu.faults.add({ route: TOKEN, kind: { type: 'drop', when: 'after' } });
    await expect(refresh(token)).rejects.toThrow('fetch failed');
    expect(await refresh(token)).toMatchObject({ code: 20073 });
    expect(stage.feishu.tokenState('admin')).toMatchObject({ access: 'live', refresh: 'live' });
  });
});

describe('user_info', () => {
  it('answers failures with HTTP 200', async () => {
    const { access } = await login();
    stage.feishu.expireAccessToken('admin');
    for (const token of [access, 'eyJnope']) {
      const { status, json } = await stage.call('GET', '/open-apis/authen/v1/user_info', { token });
      expect({ status, code: at(json, 'code') }).toEqual({ status: 200, code: 20005 });
    }
  });
});

describe('a login journey', () => {
  it('goes from the link of the bot over the page to the callback', async () => {
    const { feishu, bot } = stage;
    feishu.settings.redirectUris = [`${bot.url}/callback`];
    const page = await feishu.login('owner', authorizeUrl({ redirect_uri: `${bot.url}/callback` }));
    expect(page).toMatchObject({ status: 200, body: expect.stringMatching(/^page \/callback\?code=.+&state=s1$/) });
  });

  it('ends where the link leads when that is not the page', async () => {
    expect(await stage.feishu.login('owner', `${stage.feishu.url}/nowhere`)).toMatchObject({ status: 404 });
    await expect(stage.feishu.authorize('owner', `${stage.feishu.url}/nowhere`)).rejects.toThrow('HTTP 404');
  });
});

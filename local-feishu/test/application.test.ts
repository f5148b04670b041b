import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '../../test/support/clock.ts';
import { type LocalFeishu, startLocalFeishu } from '../src/index.ts';
import { at, startTinyBot, type TinyBot } from './tinyBot.ts';

let feishu: LocalFeishu;
let clock: ManualClock;
beforeEach(async () => {
  clock = new ManualClock();
  feishu = await startLocalFeishu({ app: 'blank', clock });
  feishu.settings.tenantScopes = ['application:application:patch', 'application:application:self_manage'];
});
afterEach(() => feishu.close());

const call = async (method: string, path: string, body?: object): Promise<{ status: number; body: unknown }> => {
  const { credentials, url } = feishu;
  const token = await fetch(`${url}/open-apis/auth/v3/tenant_access_token/internal`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ app_id: credentials.appId, app_secret: credentials.appSecret }),
  });
  const answer = await fetch(`${url}/open-apis/application/${path.replace(':app', credentials.appId)}`, {
    method,
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${String(at(await token.json(), 'tenant_access_token'))}`,
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: await answer.json() };
};
const configure = (body: object) => call('PATCH', 'v7/applications/:app/config', body);
const register = async (fields: Record<string, string>): Promise<unknown> =>
  (
    await fetch(`${feishu.url}/oauth/v1/app/registration`, { method: 'POST', body: new URLSearchParams(fields) })
  ).json();

const PUBLISH = { mobile_default_ability: 'bot', pc_default_ability: 'bot', remark: 'why', changelog: 'what' };

describe('the app of the local Feishu', () => {
  it('lacks everything in the beginning, and says so', async () => {
    const { body } = await call('GET', 'v6/applications/me?lang=zh_cn');
    expect(at(body, 'data.app')).toMatchObject({
      status: 2,
      online_version_id: '',
      event: { subscription_type: 'webhook', subscribed_events: [] },
      callback_info: { callback_type: 'webhook', subscribed_callbacks: [] },
      allow_refresh_token: false,
    });
    feishu.settings.tenantScopes = [];
    expect(at((await call('GET', 'v6/applications/me?lang=zh_cn')).body, 'code')).toBe(99991672);
    expect(await configure({})).toMatchObject({ body: { code: 99991672 } });
  });

  it('takes an address only when it answers, and pushes nothing before a version is released', async () => {
    const bot: TinyBot = await startTinyBot(feishu.credentials.encryptKey);
    const event = { subscription_type: 'webhook', add_events: ['im.message.receive_v1'] };
    expect(await configure({ event: { ...event, request_url: 'http://127.0.0.1:1/x' } })).toMatchObject({
      status: 400,
      body: { code: 210042 },
    });
    expect(feishu.app.events.items).toEqual([]);
    expect(await configure({ event: { ...event, request_url: bot.url } })).toMatchObject({ status: 200 });
    await feishu.say('admin', 'p2p', 'one');
    expect(await call('POST', 'v7/applications/:app/publish', PUBLISH)).toMatchObject({ body: { code: 0 } });
    const { eventId } = await feishu.say('admin', 'p2p', 'two');
    while (feishu.deliveries.of(eventId)[0]?.status !== 200) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(feishu.deliveries.all()).toHaveLength(1);
    await bot.close();
  });

  it('cannot be changed while a version is under review, nor by another app, nor with what is no field', async () => {
    expect(await configure({ events: {} })).toMatchObject({ status: 400, body: { code: 210031 } });
    expect(await configure({ event_and_callback_encrypt_strategy: { encryption_key: 'x'.repeat(33) } })).toMatchObject({
      body: { code: 210031 },
    });
    expect(await call('PATCH', 'v7/applications/cli_other/config', {})).toMatchObject({
      status: 403,
      body: { code: 210036 },
    });
    feishu.settings.review = 'by-hand';
    await call('POST', 'v7/applications/:app/publish', PUBLISH);
    expect(await configure({})).toMatchObject({ status: 403, body: { code: 210040 } });
    expect(await call('PATCH', 'v7/applications/:app/ability', { bot: { enable: true } })).toMatchObject({
      body: { code: 210020 },
    });
    expect(await call('POST', 'v7/applications/:app/publish', PUBLISH)).toMatchObject({ body: { code: 210302 } });
    feishu.app.approve();
    expect(await configure({})).toMatchObject({ status: 200 });
  });

  it('adds and removes what it is told to', async () => {
    const scope = (scope_name: string, token_type: string) => ({ scope_name, token_type });
    await configure({
      scope: { add_scopes: [scope('a', 'tenant'), scope('b', 'user')] },
      security: { add: { redirect_urls: ['https://a/x', 'https://a/y'] }, allow_refresh_token: true },
      event_and_callback_encrypt_strategy: { encryption_key: 'key', verification_token: 'token' },
    });
    await configure({
      scope: { remove_scopes: [scope('b', 'user')] },
      security: { remove: { redirect_urls: ['https://a/y'] } },
    });
    expect(feishu.settings).toMatchObject({ userScopes: [], redirectUris: ['https://a/x'], refreshAllowed: true });
    expect(feishu.settings.tenantScopes).toContain('a');
    expect(feishu.credentials).toMatchObject({ encryptKey: 'key', verificationToken: 'token' });
  });

  it('is made by QR code once: pending, then given out, then gone', async () => {
    const begun = await register({
      action: 'begin',
      archetype: 'PersonalAgent',
      auth_method: 'client_secret',
      request_user_info: 'open_id',
    });
    const device_code = String(at(begun, 'device_code'));
    const poll = () => register({ action: 'poll', device_code });
    expect(await poll()).toMatchObject({ error: 'authorization_pending' });
    const wishes = { scopes: { user: ['helpdesk:all'] }, events: { items: { tenant: ['x_v1'] } } };
    const addons = gzipSync(JSON.stringify(wishes)).toString('base64url');
    feishu.scan(`${String(at(begun, 'verification_uri_complete'))}&addons=${addons}`);
    expect(await poll()).toMatchObject({
      client_id: feishu.credentials.appId,
      client_secret: feishu.credentials.appSecret,
    });
    expect(await poll()).toMatchObject({ error: 'expired_token' });
    expect(feishu.settings).toMatchObject({ botEnabled: true, userScopes: ['helpdesk:all'] });
    expect(feishu.app.events.items).toEqual(['x_v1']);
  });

  it('is not made when the QR code is too old', async () => {
    const begun = await register({
      action: 'begin',
      archetype: 'PersonalAgent',
      auth_method: 'client_secret',
      request_user_info: 'open_id',
    });
    clock.advance(600_000);
    expect(() => feishu.scan(String(at(begun, 'verification_uri_complete')))).toThrow('expired');
    expect(await register({ action: 'poll', device_code: String(at(begun, 'device_code')) })).toMatchObject({
      error: 'expired_token',
    });
  });
});

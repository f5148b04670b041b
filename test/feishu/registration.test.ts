import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FeishuError } from '../../src/feishu/errors.ts';
import { type RegistrationOptions, registerApp } from '../../src/feishu/registration.ts';
import { type FakeServer, type Reply, startFakeServer, unusedPort } from '../support/fakeServer.ts';

const ROUTE = 'POST /oauth/v1/app/registration';
const BEGUN: Reply = {
  json: {
    device_code: 'device-1',
    verification_uri_complete: 'https://open.feishu.cn/page/launcher?user_code=AB12',
    expires_in: 600,
    interval: 0.01,
  },
};
const error = (word: string): Reply => ({ status: 400, json: { error: word, error_description: word } });
const DONE: Reply = {
  json: { client_id: 'cli_new', client_secret: 'secret-new', user_info: { open_id: 'ou_1', tenant_brand: 'feishu' } },
};

let server: FakeServer;
beforeEach(async () => {
  server = await startFakeServer();
});
afterEach(() => server.close());

const register = (options: Partial<RegistrationOptions> = {}) =>
  registerApp({
    accountsUrl: server.url,
    name: '客服技能助手',
    addons: { preset: false, scopes: { tenant: ['im:message:readonly'] } },
    signal: new AbortController().signal,
    onLink: () => undefined,
    ...options,
  });

describe('a new app', () => {
  it('is waited for, through pauses and lost answers, at the configured address', async () => {
    server.on(ROUTE, BEGUN, error('authorization_pending'), 'drop', DONE);
    const links: string[] = [];
    const app = await register({ onLink: ({ url }) => void links.push(url) });
    expect(app).toEqual({ appId: 'cli_new', appSecret: 'secret-new', brand: 'feishu' });
    const forms = server.sent(ROUTE).map(({ form }) => Object.fromEntries(form));
    expect(forms[0]).toEqual({
      action: 'begin',
      archetype: 'PersonalAgent',
      auth_method: 'client_secret',
      request_user_info: 'open_id',
    });
    expect(forms.slice(1)).toEqual(Array(3).fill({ action: 'poll', device_code: 'device-1' }));
    const { searchParams } = new URL(links[0] ?? '');
    expect(searchParams.get('name')).toBe('客服技能助手');
    expect(searchParams.get('createOnly')).toBe('true');
    const addons = gunzipSync(Buffer.from(searchParams.get('addons') ?? '', 'base64url')).toString();
    expect(JSON.parse(addons)).toEqual({ preset: false, scopes: { tenant: ['im:message:readonly'] } });
  });

  it.each([
    ['access_denied', 'denied'],
    ['expired_token', 'expired'],
  ])('is not there after %s', async (word, code) => {
    server.on(ROUTE, BEGUN, error(word));
    await expect(register()).rejects.toMatchObject({ name: 'RegistrationFailed', code });
  });

  it('is not waited for longer than its QR code is good', async () => {
    server.on(ROUTE, { json: { ...BEGUN_BODY, expires_in: 0.05 } }, error('authorization_pending'));
    await expect(register()).rejects.toMatchObject({ code: 'expired' });
  });

  it.each([
    ['nobody is there', async () => `http://127.0.0.1:${await unusedPort()}`, 'unreachable', undefined],
    ['a page answers', async () => answering({ text: '<html>' }), 'unexpected', 200],
    ['an error page answers', async () => answering({ status: 502, text: '<html>' }), 'unexpected', 502],
    ['it is sent elsewhere', async () => answering({ status: 302, headers: { location: '/x' } }), 'unexpected', 302],
  ])('cannot begin when %s', async (_, address, kind, httpStatus) => {
    const failure = await register({ accountsUrl: await address() }).catch((reason: unknown) => reason);
    expect(failure).toBeInstanceOf(FeishuError);
    expect(failure).toMatchObject({ kind, httpStatus });
  });

  it.each([
    ['endlessly', undefined, 'unexpected'],
    ['in drips', 1_000, 'unreachable'],
  ])('cannot begin when it is answered %s', async (_how, callMs, kind) => {
    const chunk = callMs === undefined ? 'x'.repeat(1024 * 1024) : ' ';
    server.on(ROUTE, {
      write(outgoing) {
        const writing = setInterval(() => outgoing.write(chunk), 1);
        outgoing.once('close', () => clearInterval(writing));
      },
    });
    const failure = await register(callMs === undefined ? {} : { callMs }).catch((reason: unknown) => reason);
    expect(failure).toMatchObject({ name: 'FeishuError', kind });
    expect(server.requests).toHaveLength(1);
  });

  it('is waited for on when a question is answered in drips', async () => {
    server.on(ROUTE, BEGUN, { write: (outgoing) => void outgoing.write('{') }, DONE);
    expect(await register({ callMs: 1_000 })).toMatchObject({ appId: 'cli_new' });
    expect(server.requests).toHaveLength(3);
  });

  it('is given up when the signal says so, and asks no more', async () => {
    const over = new AbortController();
    const pending = error('authorization_pending');
    server.on(ROUTE, BEGUN, pending, () => {
      over.abort();
      return pending;
    });
    const waiting = register({ signal: over.signal });
    await expect(waiting).rejects.toBeInstanceOf(FeishuError);
    // One question may still be on its way.
    await new Promise((resolve) => setTimeout(resolve, 30));
    const asked = server.requests.length;
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(server.requests.length).toBe(asked);
  });
});

const BEGUN_BODY = {
  device_code: 'device-1',
  verification_uri_complete: 'https://open.feishu.cn/page/launcher?user_code=AB12',
  interval: 0.01,
};

function answering(reply: Reply): string {
  server.on(ROUTE, reply);
  return server.url;
}

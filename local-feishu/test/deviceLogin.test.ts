import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '../../test/support/clock.ts';
import { at, type Stage, setUp } from './tinyBot.ts';

const START = '/oauth/v1/device_authorization';
const TOKEN = '/open-apis/authen/v2/oauth/token';
const VERIFY = '/oauth/v1/device/verify';

let stage: Stage;
let clock: ManualClock;
beforeEach(async () => {
  clock = new ManualClock();
  stage = await setUp({ clock });
});
afterEach(() => stage.close());

const basic = (id: string, secret: string) => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;

async function begin({ credentials = '', scope = 'helpdesk:all offline_access', client = '' } = {}) {
  const { appId, appSecret } = stage.feishu.credentials;
  const { status, json } = await stage.call('POST', START, {
    body: new URLSearchParams({ client_id: client || appId, scope }).toString(),
    headers: {
      authorization: credentials || basic(appId, appSecret),
      'content-type': 'application/x-www-form-urlencoded',
    },
  });
  const text = (name: string) => String(at(json, name));
  return {
    status,
    json,
    code: text('device_code'),
    userCode: text('user_code'),
    link: text('verification_uri_complete'),
  };
}

async function ask(device_code: string) {
  const { appId: client_id, appSecret: client_secret } = stage.feishu.credentials;
  const grant_type = 'urn:ietf:params:oauth:grant-type:device_code';
  const { status, json } = await stage.call('POST', TOKEN, {
    body: { grant_type, device_code, client_id, client_secret },
  });
  return { status, json, error: at(json, 'error') };
}

const askLater = (code: string, seconds = 5) => {
  clock.advance(seconds * 1000);
  return ask(code);
};

describe('a device authorization', () => {
  it('begins with a code to ask with, one to compare, and a page', async () => {
    const { status, json, userCode } = await begin();
    expect(status).toBe(200);
    expect(json).toEqual({
      device_code: expect.stringMatching(/^device-code-[0-9a-f]{48}$/),
      user_code: expect.stringMatching(/^[A-Z]{4}-[A-Z]{4}$/),
      verification_uri: `${stage.feishu.url}${VERIFY}`,
      verification_uri_complete: `${stage.feishu.url}${VERIFY}?user_code=${userCode}`,
      expires_in: 240,
      interval: 5,
    });
  });

  it.each([
    ['without HTTP Basic', { credentials: 'Bearer x' }, 'invalid_client'],
    ['with a wrong secret', { credentials: basic('cli_0000000000000000', 'x') }, 'invalid_client'],
    ['for another app', { client: 'cli_0000000000000000' }, 'invalid_request'],
    ['with a scope that is not enabled', { scope: 'helpdesk:all im:message' }, 'invalid_scope'],
  ])('does not begin %s', async (_what, options, error) => {
    expect((await begin(options)).json).toMatchObject({ error });
  });

  it('is pending until a person has agreed, and gives out its tokens once', async () => {
    const { code, link } = await begin();
    expect(await askLater(code)).toMatchObject({ status: 400, error: 'authorization_pending' });
    expect(await stage.feishu.login('admin', link)).toMatchObject({
      status: 200,
      body: expect.stringContaining('Agreed'),
    });
    const { json } = await askLater(code);
    expect(json).toMatchObject({ code: 0, scope: 'helpdesk:all offline_access', refresh_token_expires_in: 604800 });
    const info = await stage.call('GET', '/open-apis/authen/v1/user_info', { token: String(at(json, 'access_token')) });
    expect(at(info.json, 'data.open_id')).toBe(stage.feishu.people.admin.openId);
    expect(await askLater(code)).toMatchObject({ error: 'invalid_grant' });
  });

  it('gives out what was ticked', async () => {
    stage.feishu.settings.untickedScopes = ['helpdesk:all', 'offline_access'];
    const { code, link } = await begin();
    await stage.feishu.login('admin', link);
    const { json } = await askLater(code);
    expect(json).toMatchObject({ code: 0, scope: '' });
    expect(json).not.toHaveProperty('refresh_token');
  });

  it('is over when a person has refused', async () => {
    const { code, link } = await begin();
    await stage.feishu.login('owner', link, 'refuse');
    expect(await askLater(code)).toMatchObject({ error: 'access_denied' });
    expect(stage.feishu.tokenState('owner').scopes).toEqual([]);
  });

  it('is over after four minutes, agreed to or not', async () => {
    const [idle, agreed] = [await begin(), await begin()];
    await stage.feishu.login('admin', agreed.link);
    expect(await askLater(idle.code, 240)).toMatchObject({ error: 'expired_token' });
    expect(await ask(agreed.code)).toMatchObject({ error: 'expired_token' });
    expect((await stage.feishu.login('admin', idle.link)).status).toBe(400);
  });

  it('wants to be asked slowly, from the beginning on, and still more slowly by whom it had to tell', async () => {
    const { code } = await begin();
    expect(await askLater(code, 4)).toMatchObject({ error: 'slow_down' });
    expect(await askLater(code, 9)).toMatchObject({ error: 'slow_down' });
    expect(await askLater(code, 15)).toMatchObject({ error: 'authorization_pending' });
  });

  it.each(['', 'device-code-made-up'])('that never began is none: %j', async (code) => {
    expect(await ask(code)).toMatchObject({ error: 'invalid_grant' });
  });
});

describe('the page of a device login', () => {
  const open = async (query: string) => (await stage.call('GET', VERIFY + query)).json;

  it('asks for a code when it has none, or a wrong one', async () => {
    expect(await open('')).toContain('Enter the code');
    expect(await open('?user_code=%3Cscript%3E')).toContain('no such code');
  });

  it('shows the code and what is asked for, however the code is typed', async () => {
    const { userCode } = await begin();
    const page = await open(`?user_code=${userCode.toLowerCase().replace('-', ' ')}`);
    expect(page).toContain(userCode);
    expect(page).toContain('<code>helpdesk:all</code>');
  });

  it('lets one decide once', async () => {
    const { code, userCode, link } = await begin();
    await stage.feishu.login('admin', link, 'refuse');
    const body = new URLSearchParams({ request: userCode, as: 'admin', decision: 'agree' }).toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    expect((await stage.call('POST', `${VERIFY}/decision`, { body, headers })).status).toBe(400);
    expect(await askLater(code)).toMatchObject({ error: 'access_denied' });
  });

  it('is no page that leads back to an app', async () => {
    const { link } = await begin();
    await expect(stage.feishu.authorize('admin', link)).rejects.toThrow('authorize page');
  });
});

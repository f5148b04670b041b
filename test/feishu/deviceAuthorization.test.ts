import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { unusedPort } from '../support/fakeServer.ts';
import { DEVICE_ROUTE, type FakeFeishu, failureOf, SECRETS, startFakeFeishu, TOKEN_ROUTE } from '../support/feishu.ts';

const PAGE = 'https://accounts.feishu.cn/oauth/v1/device/verify';

const STARTED = {
  device_code: SECRETS.deviceCode,
  user_code: 'ABCD-EFGH',
  verification_uri: PAGE,
  verification_uri_complete: `${PAGE}?user_code=ABCD-EFGH`,
  expires_in: 300,
  interval: 7,
};

const TOKENS = {
  code: 0,
  access_token: SECRETS.userToken,
  expires_in: 7200,
  refresh_token: SECRETS.refreshToken,
  refresh_token_expires_in: 604800,
  scope: 'helpdesk:all offline_access',
  token_type: 'Bearer',
};

describe('a device authorization', () => {
  let feishu: FakeFeishu;

  beforeEach(async () => {
    feishu = await startFakeFeishu();
  });
  afterEach(() => feishu.close());

  const poll = () => feishu.device.poll(SECRETS.deviceCode);

  describe('that begins', () => {
    const expected = {
      deviceCode: SECRETS.deviceCode,
      userCode: 'ABCD-EFGH',
      url: `${PAGE}?user_code=ABCD-EFGH`,
      expiresInMs: 300_000,
      intervalMs: 7_000,
    };

    it('sends the credentials by HTTP Basic, as they are, and never the secret in the body', async () => {
      feishu.server.on(DEVICE_ROUTE, { json: STARTED });
      expect(await feishu.device.start()).toEqual(expected);
      const { headers, form, target } = feishu.server.only(DEVICE_ROUTE);
      const credentials = Buffer.from(String(headers.authorization).replace('Basic ', ''), 'base64').toString('utf8');
      expect(credentials).toBe(`${feishu.app.appId}:${SECRETS.app}`);
      expect(Object.fromEntries(form)).toEqual({
        client_id: feishu.app.appId,
        scope: 'helpdesk:all offline_access',
      });
      expect(headers['content-type']).toContain('application/x-www-form-urlencoded');
      expect(target).toBe('/oauth/v1/device_authorization');
    });

    it.each([
      ['no times', { expires_in: undefined, interval: undefined }, { expiresInMs: 240_000, intervalMs: 5_000 }],
      ['times that are none', { expires_in: 0, interval: 'x' }, { expiresInMs: 240_000, intervalMs: 5_000 }],
      ['times in digits', { expires_in: '60', interval: '2' }, { expiresInMs: 60_000, intervalMs: 2_000 }],
      ['no complete address', { verification_uri_complete: undefined }, { url: PAGE }],
      ['a complete address that is none', { verification_uri_complete: 'javascript:x' }, { url: PAGE }],
      ['a code, as the API has it', { code: 0, msg: 'ok' }, {}],
    ])('takes an answer with %s', async (_what, difference, result) => {
      feishu.server.on(DEVICE_ROUTE, { json: { ...STARTED, ...difference } });
      expect(await feishu.device.start()).toEqual({ ...expected, ...result });
    });

    it.each([
      ['no device code', { device_code: undefined }],
      ['an empty user code', { user_code: '' }],
      ['no address', { verification_uri: undefined }],
      ['an address that is none', { verification_uri: 'javascript:alert(1)' }],
    ])('is none with %s', async (_what, difference) => {
      feishu.server.on(DEVICE_ROUTE, { json: { ...STARTED, ...difference } });
      expect(await failureOf(feishu.device.start())).toMatchObject({ kind: 'unexpected', httpStatus: 200 });
    });

    it.each([
      ['the app is not known', { status: 401, json: { error: 'invalid_client' } }, 'app-credentials'],
      ['the app may not', { status: 400, json: { error: 'unauthorized_client' } }, 'app-credentials'],
      ['a scope is not enabled', { status: 400, json: { error: 'invalid_scope' } }, 'app-scope'],
      ['the secret is wrong', { status: 400, json: { code: 20002, error: 'invalid_client' } }, 'app-credentials'],
      ['Feishu has trouble', { status: 503, json: { code: 20072, error: 'server_error' } }, 'unavailable'],
      ['a gateway answers', { status: 502, text: '<html>' }, 'unavailable'],
      ['a page answers', { status: 200, text: '<html>' }, 'unavailable'],
      ['the rate is limited', { status: 429, json: { code: 99991400 } }, 'rate-limited'],
      ['no answer comes', 'drop', 'no-answer'],
    ] as const)('fails when %s, after one call', async (_what, reply, kind) => {
      feishu.server.on(DEVICE_ROUTE, reply);
      expect((await failureOf(feishu.device.start())).kind).toBe(kind);
      expect(feishu.server.requests).toHaveLength(1);
    });
  });

  describe('that is asked about', () => {
    it('has the secret in the body, and no HTTP Basic', async () => {
      feishu.server.on(TOKEN_ROUTE, { json: TOKENS });
      expect(await poll()).toEqual({
        kind: 'tokens',
        tokens: {
          access: SECRETS.userToken,
          accessExpiresAt: feishu.clock.now() + 7_200_000,
          refresh: SECRETS.refreshToken,
          refreshExpiresAt: feishu.clock.now() + 604_800_000,
          scopes: ['helpdesk:all', 'offline_access'],
        },
      });
      const { headers, form } = feishu.server.only(TOKEN_ROUTE);
      expect(headers.authorization).toBeUndefined();
      expect(Object.fromEntries(form)).toEqual({
        grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
        device_code: SECRETS.deviceCode,
        client_id: feishu.app.appId,
        client_secret: SECRETS.app,
      });
    });

    it.each([
      ['authorization_pending', 'pending'],
      ['slow_down', 'slow-down'],
      ['access_denied', 'refused'],
      ['expired_token', 'over'],
      ['invalid_grant', 'over'],
    ])('and answers %s is %s, whatever the status and the code beside it', async (error, kind) => {
      const answers = [
        { status: 400, json: { error, error_description: 'so it is' } },
        { status: 400, json: { code: 20999, error, error_description: 'so it is' } },
        { status: error === 'invalid_grant' ? 401 : 429, json: { error } },
        { status: 200, json: { error } },
        { status: 200, json: { code: 0, error } },
      ];
      for (const answer of answers) {
        feishu.server.on(TOKEN_ROUTE, answer);
        expect(await poll()).toEqual({ kind });
      }
      expect(feishu.server.requests).toHaveLength(answers.length);
    });

    it.each([
      ['Feishu has trouble', { status: 500, json: { code: 20050, error: 'server_error' } }, 'unavailable'],
      ['the app is not known', { status: 401, json: { error: 'invalid_client' } }, 'app-credentials'],
      ['the person may not', { status: 400, json: { code: 20010, error: 'invalid_grant' } }, 'person-barred'],
      ['trouble has another word', { status: 500, json: { code: 20050, error: 'invalid_grant' } }, 'unavailable'],
      ['the word is not known', { status: 400, json: { error: 'out_of_coffee' } }, 'unexpected'],
      ['a gateway answers', { status: 502, text: '<html>' }, 'unavailable'],
      ['a page answers', { status: 200, text: '<html>' }, 'unavailable'],
      ['a page refuses', { status: 403, text: '<html>' }, 'unavailable'],
      ['the code is not known', { status: 400, json: { code: 29999, error: 'out_of_coffee' } }, 'unavailable'],
      ['there is no token', { status: 200, json: { code: 0 } }, 'unexpected'],
      ['no answer comes', 'drop', 'no-answer'],
    ] as const)('fails when %s, after one call', async (_what, reply, kind) => {
      feishu.server.on(TOKEN_ROUTE, reply);
      expect((await failureOf(poll())).kind).toBe(kind);
      expect(feishu.server.requests).toHaveLength(1);
    });
  });

  it('is unreachable where nobody listens', async () => {
    const away = await startFakeFeishu({}, `http://127.0.0.1:${await unusedPort()}`);
    try {
      expect((await failureOf(away.device.start())).kind).toBe('unreachable');
      expect((await failureOf(away.device.poll('d'))).kind).toBe('unreachable');
    } finally {
      await away.close();
    }
  });
});

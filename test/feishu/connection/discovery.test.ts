import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Answer } from '../../../src/feishu/answer.ts';
import { adviceFor } from '../../../src/feishu/connection/advice.ts';
import { discover } from '../../../src/feishu/connection/discovery.ts';
import { DEFAULT_SETTINGS } from '../../../src/feishu/connection/settings.ts';
import { FeishuError } from '../../../src/feishu/errors.ts';
import { unusedPort } from '../../support/fakeServer.ts';
import { type FakeFeishu, failureOf, startFakeFeishu } from '../../support/feishu.ts';

const ROUTE = 'POST /callback/ws/endpoint';
const CLIENT = { ReconnectCount: 7, ReconnectInterval: 100, ReconnectNonce: 20, PingInterval: 90 };

let feishu: FakeFeishu;
beforeEach(async () => {
  feishu = await startFakeFeishu({ retries: 0 });
});
afterEach(() => feishu.close());

const ask = (baseUrl = feishu.server.url) =>
  discover(feishu.http, { appId: 'a', appSecret: 's', baseUrl }, DEFAULT_SETTINGS);
const answers = (json: unknown, status = 200) => feishu.server.on(ROUTE, { status, json });
const endpoint = (data: object) => answers({ code: 0, msg: 'ok', data });

describe('discover', () => {
  it('gives the address, and how Feishu wants its clients to behave', async () => {
    endpoint({ URL: 'wss://a.example/ws/v2?device_id=1&service_id=2&ticket=3', ClientConfig: CLIENT });
    expect(await ask()).toEqual({
      url: 'wss://a.example/ws/v2?device_id=1&service_id=2&ticket=3',
      settings: { pingMs: 90_000, reconnectMs: 100_000, jitterMs: 20_000 },
    });
    expect(feishu.server.only(ROUTE)).toMatchObject({
      json: { AppID: 'a', AppSecret: 's' },
      headers: { locale: 'zh' },
    });
  });

  it.each([[undefined], [null], ['x'], [{ PingInterval: 'x' }], [{ PingInterval: -1 }]])(
    'leaves what was in force where Feishu says nothing that can be used: %j',
    async (ClientConfig) => {
      endpoint({ URL: 'wss://a.example/?a=b', ClientConfig });
      expect((await ask()).settings).toEqual(DEFAULT_SETTINGS);
    },
  );

  it('refuses an address without TLS, except beside an API without', async () => {
    endpoint({ URL: 'ws://127.0.0.1:1/?a=b' });
    expect((await ask()).url).toBe('ws://127.0.0.1:1/?a=b');
    for (const URL of ['http://127.0.0.1:1/?a=b', 'ws://']) {
      endpoint({ URL });
      expect(await failureOf(ask())).toMatchObject({ kind: 'unexpected' });
    }

    const overTls = { appId: 'a', appSecret: 's', baseUrl: 'https://open.example' };
    const data = { code: 0, data: { URL: 'ws://a.example/?ticket=3' } };
    const request = async () => new Answer({ status: 200, headers: {}, route: 'POST /callback/ws/endpoint', data });
    expect(await failureOf(discover({ ...feishu.http, request }, overTls, DEFAULT_SETTINGS))).toMatchObject({
      kind: 'unexpected',
    });
  });

  it.each([
    [{ code: 514, msg: 'auth failed' }, 200, 'app-credentials', /\(514\): correct FEISHU_APP_ID and FEISHU_APP_SECRET/],
    [{ code: 403, msg: 'forbidden' }, 200, 'no-access', /\(403\): it has to be a custom app with the bot ability/],
    [{ code: 1000040350, msg: 'x' }, 200, 'rate-limited', /too many long connections \(1000040350\): stop other/],
    [{ code: 1, msg: 'busy', data: { URL: '' } }, 200, 'unavailable', /busy \(1\): tried again by itself/],
    [{ code: 1000040343, msg: 'internal' }, 200, 'unavailable', /busy \(1000040343\)/],
    [{ code: 1000040345, msg: 'busy' }, 400, 'unavailable', /busy \(1000040345\)/],
    [{ code: 1000040351, msg: 'Incorrect domain name' }, 200, 'app-credentials', /set FEISHU_BASE_URL=https:/],
    [{ code: 4711, msg: 'No such thing' }, 400, 'unexpected', /refuses the long connection \(4711: No such thing\)/],
    [{}, 502, 'unavailable', /busy \(HTTP 502\)/],
    [{}, 404, 'unexpected', /\(HTTP 404: HTTP 404\): check the app in the developer console, and FEISHU_BASE_URL/],
    [{ code: 0, msg: 'ok' }, 200, 'unexpected', /the answer is not as documented/],
    [{ code: 0, data: { URL: 5 } }, 200, 'unexpected', /the answer is not as documented/],
  ])('%j (HTTP %d) is told in words: %s', async (json, status, kind, advice) => {
    answers(json, status);
    const error = await failureOf(ask());
    expect(error.kind).toBe(kind);
    expect(adviceFor(error, feishu.server.url)).toMatch(advice);
  });

  it('says when Feishu cannot be reached', async () => {
    const error = await failureOf(ask(`http://127.0.0.1:${await unusedPort()}`));
    expect(adviceFor(error, feishu.server.url)).toBe(
      'Feishu cannot be reached (ECONNREFUSED): check the network and FEISHU_BASE_URL',
    );
  });

  it('shortens what Feishu says', () => {
    expect(adviceFor(new FeishuError('unexpected', 'x'.repeat(5_000), { code: 1 }), '').length).toBeLessThan(400);
  });

  it.each([
    ['https://open.feishu.cn', 'open.larksuite.com and FEISHU_ACCOUNTS_URL=https://accounts.larksuite.com'],
    ['https://open.larksuite.com', 'open.feishu.cn and FEISHU_ACCOUNTS_URL=https://accounts.feishu.cn'],
  ])('tells an app of the other cloud, asked for at %s, where it belongs', (baseUrl, said) => {
    const error = new FeishuError('app-credentials', 'Incorrect domain name', { code: 1000040351 });
    expect(adviceFor(error, baseUrl)).toBe(
      `the app belongs to another cloud than ${baseUrl} (1000040351): set FEISHU_BASE_URL=https://${said}, or use an app of this cloud`,
    );
  });
});

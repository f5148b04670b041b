import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Answer } from '../../../src/feishu/answer.ts';
import { adviceFor, discover } from '../../../src/feishu/connection/discovery.ts';
import { FeishuError } from '../../../src/feishu/errors.ts';
import { unusedPort } from '../../support/fakeServer.ts';
import { type FakeFeishu, failureOf, startFakeFeishu } from '../../support/feishu.ts';

const ROUTE = 'POST /callback/ws/endpoint';
const CLIENT = { ReconnectCount: 7, ReconnectInterval: 120, ReconnectNonce: 30, PingInterval: 90 };

let feishu: FakeFeishu;
beforeEach(async () => {
  feishu = await startFakeFeishu({ retries: 0 });
});
afterEach(() => feishu.close());

const ask = (base = feishu.server.url) =>
  discover(feishu.http, { method: 'post', url: `${base}/callback/ws/endpoint`, data: { AppID: 'a' } });
const answers = (json: unknown, status = 200) => feishu.server.on(ROUTE, { status, json });
const endpoint = (data: object) => answers({ code: 0, msg: 'ok', data });

describe('discover', () => {
  it('gives the address, and how Feishu wants its clients to behave', async () => {
    endpoint({ URL: 'wss://a.example/ws/v2?device_id=1&service_id=2&ticket=3', ClientConfig: CLIENT });
    expect((await ask()).data).toEqual({
      URL: 'wss://a.example/ws/v2?device_id=1&service_id=2&ticket=3',
      ClientConfig: CLIENT,
    });
    expect(feishu.server.only(ROUTE).json).toEqual({ AppID: 'a' });
  });

  it('takes what the SDK does by itself where Feishu says nothing', async () => {
    const usual = { ReconnectCount: -1, ReconnectInterval: 120, ReconnectNonce: 30, PingInterval: 120 };
    endpoint({ URL: 'wss://a.example/?a=b' });
    expect((await ask()).data.ClientConfig).toEqual(usual);
    endpoint({ URL: 'wss://a.example/?a=b', ClientConfig: { PingInterval: 60 } });
    expect((await ask()).data.ClientConfig).toEqual({ ...usual, PingInterval: 60 });
  });

  it('refuses an address without TLS, except beside an API without', async () => {
    endpoint({ URL: 'ws://127.0.0.1:1/?a=b' });
    expect((await ask()).data.URL).toBe('ws://127.0.0.1:1/?a=b');
    endpoint({ URL: 'http://127.0.0.1:1/?a=b' });
    expect(await failureOf(ask())).toMatchObject({ kind: 'unexpected' });

    const overTls = { method: 'post', url: 'https://open.example/callback/ws/endpoint' };
    const data = { code: 0, data: { URL: 'ws://a.example/?ticket=3' } };
    const request = async () => new Answer({ status: 200, headers: {}, route: 'POST /callback/ws/endpoint', data });
    expect(await failureOf(discover({ ...feishu.http, request }, overTls))).toMatchObject({ kind: 'unexpected' });
  });

  it.each([
    [{ code: 514, msg: 'auth failed' }, 200, 'app-credentials', /\(514\): correct FEISHU_APP_ID and FEISHU_APP_SECRET/],
    [{ code: 403, msg: 'forbidden' }, 200, 'no-access', /\(403\): it has to be a custom app with the bot ability/],
    [{ code: 1000040350, msg: 'x' }, 200, 'rate-limited', /too many long connections \(1000040350\): stop other/],
    [{ code: 1, msg: 'busy', data: { URL: '' } }, 200, 'unavailable', /busy \(1\): tried again by itself/],
    [{ code: 1000040343, msg: 'internal' }, 200, 'unavailable', /busy \(1000040343\)/],
    [{ code: 1000040345, msg: 'busy' }, 400, 'unavailable', /busy \(1000040345\)/],
    [{ code: 4711, msg: 'No such thing' }, 400, 'unexpected', /refuses the long connection \(4711: No such thing\)/],
    [{}, 502, 'unavailable', /busy \(HTTP 502\)/],
    [{}, 404, 'unexpected', /\(HTTP 404: HTTP 404\): check the app in the developer console, and FEISHU_BASE_URL/],
    [{ code: 0, msg: 'ok' }, 200, 'unexpected', /the answer is not as documented/],
    [{ code: 0, data: { URL: 5 } }, 200, 'unexpected', /the answer is not as documented/],
  ])('%j (HTTP %d) is told in words: %s', async (json, status, kind, advice) => {
    answers(json, status);
    const error = await failureOf(ask());
    expect(error.kind).toBe(kind);
    expect(adviceFor(error)).toMatch(advice);
  });

  it('says when Feishu cannot be reached', async () => {
    const error = await failureOf(ask(`http://127.0.0.1:${await unusedPort()}`));
    expect(adviceFor(error)).toBe('Feishu cannot be reached (ECONNREFUSED): check the network and FEISHU_BASE_URL');
  });

  it('shortens what Feishu says', () => {
    expect(adviceFor(new FeishuError('unexpected', 'x'.repeat(5_000), { code: 1 })).length).toBeLessThan(400);
  });
});

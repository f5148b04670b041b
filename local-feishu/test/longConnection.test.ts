import { afterEach, describe, expect, it } from '@jest/globals';
import * as lark from '@larksuiteoapi/node-sdk';
import { WebSocket } from 'ws';
import { until } from '../../test/support/until.ts';
import { type LocalFeishu, type LocalFeishuOptions, startLocalFeishu } from '../src/index.ts';
import { decodeFrame, encodeFrame } from '../src/longConnection/frame.ts';
import { at } from './tinyBot.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** The SDK's own log is of no use here. */
const nothing = () => undefined;
const SILENT = { error: nothing, warn: nothing, info: nothing, debug: nothing, trace: nothing };

async function feishuWith(options: LocalFeishuOptions = {}): Promise<LocalFeishu> {
  const feishu = await startLocalFeishu({ retryDelaysMs: [], ...options });
  cleanUps.push(feishu.close);
  return feishu;
}

/** A client as Feishu's own SDK has it, with its own dispatcher; `handle` gets the events, header and event in one. */
async function connect(feishu: LocalFeishu, handle: (data: unknown) => unknown = () => undefined) {
  const { appId, appSecret } = feishu.credentials;
  const before = feishu.longConnections.count();
  const client = new lark.WSClient({ appId, appSecret, domain: feishu.url, logger: SILENT });
  const eventDispatcher = new lark.EventDispatcher({ logger: SILENT }).register({ 'im.message.receive_v1': handle });
  await client.start({ eventDispatcher });
  cleanUps.push(() => client.close());
  await until(() => feishu.longConnections.count() > before);
  await feishu.useLongConnection();
  return client;
}

async function discovered(feishu: LocalFeishu, secret = feishu.credentials.appSecret): Promise<unknown> {
  const answer = await fetch(`${feishu.url}/callback/ws/endpoint`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ AppID: feishu.credentials.appId, AppSecret: secret }),
  });
  return answer.json();
}

const addressIn = (answer: unknown): string => String(at(answer, 'data.URL'));

/** Opens a socket by hand; gives the status of a refusal and the headers that explain it, or undefined. */
function open(address: string): Promise<{ status: number | undefined; reason: unknown } | undefined> {
  const socket = new WebSocket(address);
  cleanUps.push(() => socket.terminate());
  return new Promise((resolve) => {
    socket.on('open', () => resolve(undefined));
    socket.on('error', () => undefined);
    socket.on('unexpected-response', (_request, response) => {
      const { 'handshake-status': status, 'handshake-autherrcode': code } = response.headers;
      resolve({ status: response.statusCode, reason: code ?? status });
    });
  });
}

const ended = (feishu: LocalFeishu, eventId: string) =>
  feishu.deliveries.waitFor((entry) => entry.eventId === eventId && entry.status !== undefined);

describe('the discovery of the long connection', () => {
  it('names an address whose first parameter is not the service, and how clients are to behave', async () => {
    const feishu = await feishuWith({ clientConfig: { PingInterval: 90 } });
    const answer = await discovered(feishu);
    expect(addressIn(answer)).toMatch(/^ws:\/\/127\.0\.0\.1:\d+\/ws\/v2\?fpid=.+&service_id=\d+&ticket=[\w-]+$/);
    expect(answer).toMatchObject({
      code: 0,
      data: { ClientConfig: { ReconnectCount: -1, ReconnectInterval: 1, ReconnectNonce: 0, PingInterval: 90 } },
    });
    expect(JSON.stringify(feishu.calls.all())).not.toMatch(/ticket=|"AppSecret":"[^*]/);
  });

  it('refuses a wrong secret without any data', async () => {
    const feishu = await feishuWith();
    expect(await discovered(feishu, 'wrong')).toEqual({ code: 514, msg: 'auth failed' });
  });

  it('lets a ticket in once, and nobody without one', async () => {
    const feishu = await feishuWith();
    const address = addressIn(await discovered(feishu));
    const forbidden = { status: 403, reason: '403' };
    expect(await open(address.replace(/ticket=.*/, 'ticket=made-up'))).toEqual(forbidden);
    expect(await open(address.replace('/ws/v2', '/ws'))).toEqual(forbidden);
    expect(await open(address)).toBeUndefined();
    expect(await open(address)).toEqual(forbidden);
  });

  it('allows 50 connections', async () => {
    const feishu = await feishuWith();
    const addresses = await Promise.all(Array.from({ length: 51 }, async () => addressIn(await discovered(feishu))));
    const last = addresses.pop() ?? '';
    expect((await Promise.all(addresses.map(open))).filter((refusal) => refusal !== undefined)).toEqual([]);
    expect(await discovered(feishu)).toMatchObject({ code: 1000040350 });
    expect(await open(last)).toEqual({ status: 403, reason: '1000040350' });
  });
});

describe('a push over the long connection', () => {
  it('reaches the SDK, in one piece or in many', async () => {
    const feishu = await feishuWith();
    const seen: unknown[] = [];
    await connect(feishu, (data) => void seen.push(data));
    const long = '长'.repeat(20_000);
    for (const text of ['short', long]) {
      expect(await ended(feishu, (await feishu.say('admin', 'p2p', text)).eventId)).toMatchObject({
        url: 'long connection',
        status: 200,
      });
    }
    expect(seen.map((data) => at(data, 'message.content'))).toEqual([
      '{"text":"short"}',
      JSON.stringify({ text: long }),
    ]);
  });

  it('goes to one of the connections, and in the long run to each', async () => {
    const feishu = await feishuWith();
    const seen: unknown[][] = [[], [], []];
    for (const mine of seen) await connect(feishu, (data) => void mine.push(data));
    const sent = await Promise.all(Array.from({ length: 60 }, () => feishu.say('admin', 'p2p', 'hello')));
    for (const { eventId } of sent) await ended(feishu, eventId);
    expect(seen.flat()).toHaveLength(60);
    expect(Math.min(...seen.map(({ length }) => length))).toBeGreaterThan(0);
  });

  it('counts as failed when the handler throws, and goes up the ladder', async () => {
    const feishu = await feishuWith({ retryDelaysMs: [5] });
    let calls = 0;
    await connect(feishu, () => {
      calls += 1;
      if (calls === 1) throw new Error('not now');
    });
    const { eventId } = await feishu.say('admin', 'p2p', 'hello');
    await feishu.deliveries.waitFor((entry) => entry.eventId === eventId && entry.status === 200);
    expect(feishu.deliveries.of(eventId).map(({ status }) => status)).toEqual([500, 200]);
  });

  it('counts as failed when no answer comes in time', async () => {
    const feishu = await feishuWith({ limits: { answerMs: 100 } });
    await connect(feishu, () => new Promise(() => undefined));
    const { eventId } = await feishu.say('admin', 'p2p', 'hello');
    expect(await ended(feishu, eventId)).toMatchObject({ status: 0, error: 'no answer within 100 ms' });
  });

  it('counts as failed when the connection is cut, or when there is none', async () => {
    const feishu = await feishuWith({ clientConfig: { ReconnectInterval: 60 } });
    const client = await connect(feishu, () => new Promise(() => undefined));
    const cut = await feishu.say('admin', 'p2p', 'hello');
    feishu.longConnections.drop();
    expect(await ended(feishu, cut.eventId)).toMatchObject({ status: 0, error: 'the connection was closed' });
    client.close();
    await until(() => feishu.longConnections.count() === 0);
    const none = await feishu.say('admin', 'p2p', 'hello');
    expect(await ended(feishu, none.eventId)).toMatchObject({ status: 0, error: 'no long connection is open' });
  });

  it('is what `connect` ends', async () => {
    const feishu = await feishuWith();
    await connect(feishu);
    await expect(feishu.connect({ eventUrl: 'http://127.0.0.1:1/' })).rejects.toThrow('address check');
    expect(feishu.settings.pushVia).toBe('webhook');
  });
});

it('a pong carries the settings of the client', async () => {
  const feishu = await feishuWith({ clientConfig: { PingInterval: 33 } });
  const socket = new WebSocket(addressIn(await discovered(feishu)));
  cleanUps.push(() => socket.terminate());
  const ping = { service: 1, method: 0, headers: { type: 'ping' }, payload: new Uint8Array() };
  socket.on('open', () => socket.send(encodeFrame(ping)));
  const pong = await new Promise<Buffer>((resolve) => {
    socket.on('message', (data: Buffer) => resolve(data));
  });
  const { method, headers, payload } = decodeFrame(pong);
  expect([method, headers]).toEqual([0, { type: 'pong' }]);
  expect(JSON.parse(Buffer.from(payload).toString())).toMatchObject({ PingInterval: 33 });
});

it('bytes that are no frame do not end anything', async () => {
  const feishu = await feishuWith();
  const socket = new WebSocket(addressIn(await discovered(feishu)));
  cleanUps.push(() => socket.terminate());
  await new Promise((resolve) => socket.on('open', resolve));
  socket.send(Buffer.from([0xff, 0xff, 0xff]));
  socket.send('text');
  await connect(feishu);
  expect(await ended(feishu, (await feishu.say('admin', 'p2p', 'x')).eventId)).toMatchObject({ status: 200 });
});

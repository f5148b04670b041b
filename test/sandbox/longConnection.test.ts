import { afterEach, describe, expect, it } from '@jest/globals';
import * as lark from '@larksuiteoapi/node-sdk';
import { WebSocket } from 'ws';
import { SILENT } from '../../src/feishu/silent.ts';
import { decodeFrame, encodeFrame } from '../../src/sandbox/longConnection/frame.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/sandbox.ts';
import { until } from '../support/until.ts';
import { at } from './tinyBot.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function sandboxWith(options: SandboxOptions = {}): Promise<Sandbox> {
  const sandbox = await startSandbox({ retryDelaysMs: [], ...options });
  cleanUps.push(sandbox.close);
  return sandbox;
}

/** A client as Feishu's own SDK has it, with its own dispatcher; `handle` gets the events, header and event in one. */
async function connect(sandbox: Sandbox, handle: (data: unknown) => unknown = () => undefined) {
  const { appId, appSecret } = sandbox.credentials;
  const before = sandbox.longConnections.count();
  const client = new lark.WSClient({ appId, appSecret, domain: sandbox.url, logger: SILENT });
  const eventDispatcher = new lark.EventDispatcher({ logger: SILENT }).register({ 'im.message.receive_v1': handle });
  await client.start({ eventDispatcher });
  cleanUps.push(() => client.close());
  await until(() => sandbox.longConnections.count() > before);
  await sandbox.useLongConnection();
  return client;
}

async function discovered(sandbox: Sandbox, secret = sandbox.credentials.appSecret): Promise<unknown> {
  const answer = await fetch(`${sandbox.url}/callback/ws/endpoint`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ AppID: sandbox.credentials.appId, AppSecret: secret }),
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

const ended = (sandbox: Sandbox, eventId: string) =>
  sandbox.deliveries.waitFor((entry) => entry.eventId === eventId && entry.status !== undefined);

describe('the discovery of the long connection', () => {
  it('names an address whose first parameter is not the service, and how clients are to behave', async () => {
    const sandbox = await sandboxWith({ clientConfig: { PingInterval: 90 } });
    const answer = await discovered(sandbox);
    expect(addressIn(answer)).toMatch(/^ws:\/\/127\.0\.0\.1:\d+\/ws\/v2\?fpid=.+&service_id=\d+&ticket=[\w-]+$/);
    expect(answer).toMatchObject({
      code: 0,
      data: { ClientConfig: { ReconnectCount: -1, ReconnectInterval: 1, ReconnectNonce: 0, PingInterval: 90 } },
    });
    expect(JSON.stringify(sandbox.calls.all())).not.toMatch(/ticket=|"AppSecret":"[^*]/);
  });

  it('refuses a wrong secret without any data', async () => {
    const sandbox = await sandboxWith();
    expect(await discovered(sandbox, 'wrong')).toEqual({ code: 514, msg: 'auth failed' });
  });

  it('lets a ticket in once, and nobody without one', async () => {
    const sandbox = await sandboxWith();
    const address = addressIn(await discovered(sandbox));
    const forbidden = { status: 403, reason: '403' };
    expect(await open(address.replace(/ticket=.*/, 'ticket=made-up'))).toEqual(forbidden);
    expect(await open(address.replace('/ws/v2', '/ws'))).toEqual(forbidden);
    expect(await open(address)).toBeUndefined();
    expect(await open(address)).toEqual(forbidden);
  });

  it('allows 50 connections', async () => {
    const sandbox = await sandboxWith();
    const addresses = await Promise.all(Array.from({ length: 51 }, async () => addressIn(await discovered(sandbox))));
    const last = addresses.pop() ?? '';
    expect((await Promise.all(addresses.map(open))).filter((refusal) => refusal !== undefined)).toEqual([]);
    expect(await discovered(sandbox)).toMatchObject({ code: 1000040350 });
    expect(await open(last)).toEqual({ status: 403, reason: '1000040350' });
  });
});

describe('a push over the long connection', () => {
  it('reaches the SDK, in one piece or in many', async () => {
    const sandbox = await sandboxWith();
    const seen: unknown[] = [];
    await connect(sandbox, (data) => void seen.push(data));
    const long = '长'.repeat(20_000);
    for (const text of ['short', long]) {
      expect(await ended(sandbox, (await sandbox.say('admin', 'p2p', text)).eventId)).toMatchObject({
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
    const sandbox = await sandboxWith();
    const seen: unknown[][] = [[], [], []];
    for (const mine of seen) await connect(sandbox, (data) => void mine.push(data));
    const sent = await Promise.all(Array.from({ length: 60 }, () => sandbox.say('admin', 'p2p', 'hello')));
    for (const { eventId } of sent) await ended(sandbox, eventId);
    expect(seen.flat()).toHaveLength(60);
    expect(Math.min(...seen.map(({ length }) => length))).toBeGreaterThan(0);
  });

  it('counts as failed when the handler throws, and goes up the ladder', async () => {
    const sandbox = await sandboxWith({ retryDelaysMs: [5] });
    let calls = 0;
    await connect(sandbox, () => {
      calls += 1;
      if (calls === 1) throw new Error('not now');
    });
    const { eventId } = await sandbox.say('admin', 'p2p', 'hello');
    await sandbox.deliveries.waitFor((entry) => entry.eventId === eventId && entry.status === 200);
    expect(sandbox.deliveries.of(eventId).map(({ status }) => status)).toEqual([500, 200]);
  });

  it('counts as failed when no answer comes in time', async () => {
    const sandbox = await sandboxWith({ limits: { answerMs: 100 } });
    await connect(sandbox, () => new Promise(() => undefined));
    const { eventId } = await sandbox.say('admin', 'p2p', 'hello');
    expect(await ended(sandbox, eventId)).toMatchObject({ status: 0, error: 'no answer within 100 ms' });
  });

  it('counts as failed when the connection is cut, or when there is none', async () => {
    const sandbox = await sandboxWith({ clientConfig: { ReconnectInterval: 60 } });
    const client = await connect(sandbox, () => new Promise(() => undefined));
    const cut = await sandbox.say('admin', 'p2p', 'hello');
    sandbox.longConnections.drop();
    expect(await ended(sandbox, cut.eventId)).toMatchObject({ status: 0, error: 'the connection was closed' });
    client.close();
    await until(() => sandbox.longConnections.count() === 0);
    const none = await sandbox.say('admin', 'p2p', 'hello');
    expect(await ended(sandbox, none.eventId)).toMatchObject({ status: 0, error: 'no long connection is open' });
  });

  it('is what `connect` ends', async () => {
    const sandbox = await sandboxWith();
    await connect(sandbox);
    await expect(sandbox.connect({ eventUrl: 'http://127.0.0.1:1/' })).rejects.toThrow('address check');
    expect(sandbox.settings.pushVia).toBe('webhook');
  });
});

it('a pong carries the settings of the client', async () => {
  const sandbox = await sandboxWith({ clientConfig: { PingInterval: 33 } });
  const socket = new WebSocket(addressIn(await discovered(sandbox)));
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
  const sandbox = await sandboxWith();
  const socket = new WebSocket(addressIn(await discovered(sandbox)));
  cleanUps.push(() => socket.terminate());
  await new Promise((resolve) => socket.on('open', resolve));
  socket.send(Buffer.from([0xff, 0xff, 0xff]));
  socket.send('text');
  await connect(sandbox);
  expect(await ended(sandbox, (await sandbox.say('admin', 'p2p', 'x')).eventId)).toMatchObject({ status: 200 });
});

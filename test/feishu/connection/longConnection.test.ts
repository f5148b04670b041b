import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { WebSocketServer } from 'ws';
import { createLongConnection, type LongConnection } from '../../../src/feishu/connection/longConnection.ts';
import type { FrameAnswer } from '../../../src/feishu/connection/session.ts';
import { createHttp, type Http } from '../../../src/feishu/http.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { QUICK } from '../../support/feishu.ts';
import { listenOn } from '../../support/listening.ts';
import { type LocalFeishu, type LocalFeishuOptions, startLocalFeishu } from '../../support/localFeishu.ts';
import { type CapturedLogs, captureLogs } from '../../support/logs.ts';
import { until } from '../../support/until.ts';

const DISCOVERY = '/callback/ws/endpoint';
const NOTHING: FrameAnswer = { body: undefined, afterwards: async () => undefined };

let sandbox: LocalFeishu;
let http: Http;
let logs: CapturedLogs;
let connection: LongConnection | undefined;
let received: unknown[];
let answer: (body: unknown) => Promise<FrameAnswer>;

beforeEach(() => {
  http = createHttp({ ...QUICK, retries: 0 }, { clock: systemClock, random: () => 0.5 });
  logs = captureLogs();
  received = [];
  answer = async () => NOTHING;
});
afterEach(async () => {
  await connection?.close();
  http.close();
  expect(logs.text()).not.toMatch(/ticket=|VERY private/);
});

function connectTo(
  app: { appId: string; appSecret: string; baseUrl: string },
  patience = { openMs: 10_000, pongMs: 15_000 },
): LongConnection {
  connection = createLongConnection({
    app,
    http,
    clock: systemClock,
    random: () => 0,
    logger: logs.logger,
    patience,
    receive: (body) => {
      received.push(body);
      return answer(body);
    },
  });
  connection.start();
  return connection;
}

async function inSandbox(
  story: (link: LongConnection) => Promise<void>,
  options: LocalFeishuOptions = {},
): Promise<void> {
  sandbox = await startLocalFeishu({ retryDelaysMs: [5, 5, 5], ...options });
  const { appId, appSecret } = sandbox.credentials;
  const link = connectTo({ appId, appSecret, baseUrl: sandbox.url });
  try {
    await sandbox.useLongConnection();
    await until(() => link.problem() === undefined);
    await story(link);
  } finally {
    await link.close();
    await sandbox.close();
  }
}

const said = (text: string) => sandbox.say('admin', 'p2p', text);
const statuses = (eventId: string) => sandbox.deliveries.of(eventId).map(({ status, error }) => error ?? status);
const logged = (part: string) => logs.lines().filter(({ msg }) => String(msg).includes(part));

describe('a frame', () => {
  it('is passed on as it came, header and event apart, and acknowledged', () =>
    inSandbox(async () => {
      const { eventId } = await said('VERY private text');
      await sandbox.deliveries.waitFor((entry) => entry.status === 200);
      expect(received).toEqual([sandbox.deliveries.of(eventId)[0]?.body]);
      expect(received).toMatchObject([{ schema: '2.0', header: { event_id: eventId }, event: { message: {} } }]);
    }));

  it('of a type that nobody asked for is passed on, too', () =>
    inSandbox(async () => {
      const event = { header: { event_type: 'contact.user.created_v3' }, event: { token: 'another' } };
      const { eventId } = await sandbox.replay(event);
      await sandbox.deliveries.waitFor((entry) => entry.eventId === eventId && entry.status === 200);
      expect(received).toMatchObject([event]);
    }));

  it('that cannot be taken in counts as failed, and comes again', () =>
    inSandbox(async () => {
      answer = async () => {
        if (received.length < 3) throw new Error('database is locked');
        return NOTHING;
      };
      const { eventId } = await said('hello');
      await sandbox.deliveries.waitFor((entry) => entry.status === 200);
      expect(statuses(eventId)).toEqual(['HTTP 500', 'HTTP 500', 200]);
    }));

  it('is acknowledged only when it is taken in', () =>
    inSandbox(async () => {
      let taken = (_answer: FrameAnswer): void => undefined;
      answer = () =>
        new Promise((resolve) => {
          taken = resolve;
        });
      const { eventId } = await said('hello');
      await until(() => received.length === 1);
      await delay(50);
      expect(statuses(eventId)).toEqual([undefined]);
      taken(NOTHING);
      await sandbox.deliveries.waitFor((entry) => entry.eventId === eventId && entry.status === 200);
    }));

  it('has its late work only after its answer is out', () =>
    inSandbox(async () => {
      const seen: unknown[] = [];
      answer = async () => ({
        body: { toast: { type: 'info', content: 'x' } },
        // The answer is on its way to the sandbox, which is in this process: two turns later it has arrived.
        afterwards: async (sent) => {
          await delay(20);
          seen.push(
            sent,
            sandbox.deliveries.all().map(({ status }) => status),
          );
        },
      });
      await said('hello');
      await until(() => seen.length > 0);
      expect(seen).toEqual([true, [200]]);
    }));

  it('whose connection was lost before its answer: the late work is told, and the answer goes nowhere', () =>
    inSandbox(
      async (link) => {
        const sent: boolean[] = [];
        let taken = (): void => undefined;
        const first = new Promise<void>((resolve) => {
          taken = resolve;
        });
        answer = async () => {
          if (received.length === 1) await first;
          return { body: undefined, afterwards: async (was) => void sent.push(was) };
        };
        const { eventId } = await said('hello');
        await until(() => received.length === 1);
        sandbox.longConnections.drop();
        await sandbox.deliveries.waitFor((entry) => entry.eventId === eventId);
        await until(() => link.problem() === undefined && logged('is up').length === 2);
        taken();
        await until(() => sent.length > 0);
        expect(sent[0]).toBe(false);
        expect(statuses(eventId)[0]).toBe('the connection was closed');
      },
      { retryDelaysMs: [] },
    ));
});

describe('the end', () => {
  it('waits for the answers under way, and takes in nothing more', () =>
    inSandbox(async (link) => {
      let taken = (_answer: FrameAnswer): void => undefined;
      answer = () =>
        new Promise((resolve) => {
          taken = resolve;
        });
      const { eventId } = await said('first');
      await until(() => received.length === 1);
      let isClosed = false;
      const closing = link.close().then(() => {
        isClosed = true;
      });
      const late = await said('second');
      await sandbox.deliveries.waitFor((entry) => entry.eventId === late.eventId);
      expect(statuses(late.eventId)[0]).toBe('HTTP 500');
      expect([isClosed, received.length]).toEqual([false, 1]);
      taken(NOTHING);
      await closing;
      await sandbox.deliveries.waitFor((entry) => entry.eventId === eventId);
      expect(statuses(eventId)).toEqual([200]);
      await until(() => sandbox.longConnections.count() === 0);
    }));

  it('is the end of connecting, too', async () => {
    const link = connectTo({ appId: 'cli_a1b2c3d4e5f60718', appSecret: 'x', baseUrl: 'http://127.0.0.1:1' });
    await until(() => logged('no long connection').length === 1);
    await link.close();
    await delay(500);
    expect(logged('no long connection')).toHaveLength(1);
  });
});

describe('a connection', () => {
  it('that is lost is made again, and says so meanwhile', () =>
    inSandbox(async (link) => {
      const problems: unknown[] = [];
      sandbox.faults.add({ route: DISCOVERY, kind: { type: 'latency', ms: 100 } });
      sandbox.longConnections.drop();
      await until(() => link.problem() !== undefined);
      problems.push(link.problem());
      await until(() => link.problem() === undefined);
      expect(problems).toEqual(['was lost, and is being made again']);
      expect(logs.lines().map(({ msg }) => msg)).toEqual([
        'the long connection is up',
        'the long connection was lost',
        'the long connection is up',
      ]);
      await said('hello');
      await until(() => received.length === 1);
    }));

  it('is tried for ever, though Feishu named a number of attempts', () =>
    inSandbox(
      async (link) => {
        sandbox.faults.add({ route: DISCOVERY, times: 2, kind: { type: 'status', status: 503 } });
        sandbox.longConnections.drop();
        await until(() => logged('no long connection').length === 2);
        expect(link.problem()).toBe('Feishu is busy (503): tried again by itself');
        await until(() => link.problem() === undefined);
      },
      { clientConfig: { ReconnectCount: 2, ReconnectInterval: 0.01 } },
    ));

  it('that is not accepted, or not even answered, is tried again and told of', async () => {
    const refusing = (socket: Duplex) => socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    for (const onUpgrade of [refusing, () => undefined]) {
      await atPeer(
        (_request, socket) => onUpgrade(socket),
        async (link) => {
          const before = logged('was not accepted').length;
          await until(() => logged('was not accepted').length > before + 1);
          expect(link.problem()).toMatch(/^is being opened; if that lasts, allow outgoing wss:/);
        },
      );
    }
  });

  it.each([
    [
      'handshake-status: 514\r\nhandshake-autherrcode: 1000040350',
      /too many long connections \(1000040350\): stop other/,
    ],
    ['handshake-status: 514\r\nhandshake-autherrcode: 1000040351', /belongs to another cloud than .+ \(1000040351\)/],
    ['handshake-status: 403', /no long connection \(403\): it has to be a custom app/],
    ['handshake-status: x', /^is being opened; if that lasts/],
  ])('that is refused with %j tells what that means', async (headers, said) => {
    await atPeer(
      (_request, socket) => socket.end(`HTTP/1.1 403 Forbidden\r\n${headers}\r\nhandshake-msg: no\r\n\r\n`),
      async (link) => {
        await until(() => logged('was not accepted').length > 0);
        expect(link.problem()).toMatch(said);
        expect(logged('was not accepted')[0]).toMatchObject({ level: 40, httpStatus: 403, reason: link.problem() });
      },
      { openMs: 10_000, pongMs: 50 },
    );
  });

  it('whose other end falls silent is given up and made again', async () => {
    const sockets = new WebSocketServer({ noServer: true });
    let opened = 0;
    const accept = (request: IncomingMessage, socket: Duplex) =>
      sockets.handleUpgrade(request, socket, Buffer.alloc(0), () => {
        opened += 1;
      });
    await atPeer(
      accept,
      async () => {
        await until(() => opened > 1);
        expect(
          logs
            .lines()
            .map(({ msg }) => msg)
            .slice(0, 2),
        ).toEqual(['the long connection is up', 'the long connection was lost']);
      },
      { openMs: 10_000, pongMs: 50 },
    );
  });
});

/** Beside a Feishu that leads clients to itself and does with them what `onUpgrade` does. */
async function atPeer(
  onUpgrade: (request: IncomingMessage, socket: Duplex) => unknown,
  story: (link: LongConnection) => Promise<void>,
  patience = { openMs: 50, pongMs: 50 },
): Promise<void> {
  const ClientConfig = { ReconnectCount: -1, ReconnectInterval: 0.01, ReconnectNonce: 0, PingInterval: 60 };
  const server = await listenOn((request, response) => {
    const URL = `ws://${request.headers.host}/ws?device_id=1&service_id=2`;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ code: 0, data: { URL, ClientConfig } }));
  }, onUpgrade);
  const link = connectTo({ appId: 'cli_a1b2c3d4e5f60718', appSecret: 'x', baseUrl: server.url }, patience);
  try {
    await story(link);
  } finally {
    await link.close();
    await server.close();
  }
}

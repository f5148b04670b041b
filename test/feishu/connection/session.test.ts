import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type WebSocket, WebSocketServer } from 'ws';
import { decodeFrame, encodeFrame, headerOf, METHOD } from '../../../src/feishu/connection/frame.ts';
import { type FrameAnswer, type Receive, type Session, startSession } from '../../../src/feishu/connection/session.ts';
import { DEFAULT_SETTINGS } from '../../../src/feishu/connection/settings.ts';
import { openSocket } from '../../../src/feishu/connection/socket.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { ManualClock } from '../../support/clock.ts';
import { type Listening, listenOn } from '../../support/listening.ts';
import { until } from '../../support/until.ts';

const NOTHING: FrameAnswer = { body: undefined, afterwards: async () => undefined };
const MINUTES = 60;

/** The other end: counts pings, and says what a test wants it to say. */
let server: Listening;
let peer: WebSocket | undefined;
let pings: number;
let answers: { code: number; data?: string; headers: string[] }[];
/** What a ping is answered with; undefined: nothing. */
let pong: (() => string) | undefined;

let clock: ManualClock;
let session: Session;
let client: WebSocket;
let ended: boolean;
let pongsSeen: number;

beforeEach(async () => {
  [pings, answers, pong, ended, pongsSeen] = [0, [], () => '', false, 0];
  clock = new ManualClock();
  const sockets = new WebSocketServer({ noServer: true });
  server = await listenOn(
    () => undefined,
    (request, socket) => sockets.handleUpgrade(request, socket, Buffer.alloc(0), take),
  );
});
afterEach(async () => {
  await server.close();
  await session.ended;
});

function take(socket: WebSocket): void {
  peer = socket;
  socket.on('message', (data: Buffer) => {
    const frame = decodeFrame(data);
    if (!frame) throw new Error('no frame');
    if (frame.method === METHOD.data) {
      answers.push({
        ...JSON.parse(Buffer.from(frame.payload).toString()),
        headers: frame.headers.map(({ key }) => key),
      });
    }
    if (headerOf(frame, 'type') !== 'ping') return;
    pings += 1;
    if (pong) says('pong', pong(), METHOD.control);
  });
}

function says(type: string, payload: string, method: number = METHOD.data): void {
  const headers = Object.entries({ type, message_id: 'm' }).map(([key, value]) => ({ key, value }));
  peer?.send(encodeFrame({ service: 7, method, headers, payload: Buffer.from(payload) }));
}

async function connect(receive: Receive = async () => NOTHING): Promise<void> {
  const url = `${server.url.replace('http', 'ws')}/?device_id=1&service_id=7`;
  client = await openSocket(url, 10_000, systemClock);
  const onPong = () => {
    pongsSeen += 1;
  };
  session = startSession({ socket: client, url, settings: DEFAULT_SETTINGS, pongMs: 15_000, clock, receive, onPong });
  void session.ended.then(() => {
    ended = true;
  });
  await until(() => pings === 1);
  if (pong) await until(() => pongsSeen === 1);
}

/** Lets seconds pass, one by one, each with all that it brings; gives those at whose end a ping had come. */
async function passing(seconds: number): Promise<number[]> {
  const at: number[] = [];
  for (let second = 1; second <= seconds && !ended; second += 1) {
    const [before, seen] = [pings, pongsSeen];
    clock.advance(1_000);
    // What is sent now arrives before the answer to this.
    await roundTrip();
    if (pings > before) at.push(second);
    if (pings > before && pong) await until(() => pongsSeen > seen);
  }
  return at;
}

/** From this end: what the other one sends by the protocol of sockets would be a sign of life. */
const roundTrip = (): Promise<void> =>
  new Promise((resolve) => {
    if (client.readyState !== client.OPEN) return resolve();
    client.once('close', () => resolve());
    client.once('pong', () => resolve());
    client.ping();
  });

const config = (settings: object) => JSON.stringify(settings);

describe('an open connection', () => {
  it.each([
    ['nothing', '', 120],
    ['no JSON', '{', 120],
    ['null', 'null', 120],
    ['an empty object', '{}', 120],
    ['a part', config({ ReconnectCount: 3 }), 120],
    ['0 s', config({ PingInterval: 0 }), 120],
    ['a negative one', config({ PingInterval: -5 }), 120],
    ['a text', config({ PingInterval: '10' }), 120],
    ['far too little', config({ PingInterval: 0.001 }), 5],
    ['10 s', config({ PingInterval: 10, ReconnectInterval: null }), 10],
    ['far too much', config({ PingInterval: 1e12 }), 120],
  ])('whose pong names %s pings neither too often nor too seldom, and stays', async (_what, said, seconds) => {
    pong = () => said;
    await connect();
    const at = await passing(5 * MINUTES);
    expect(at.slice(0, 2)).toEqual([seconds, 2 * seconds]);
    expect(at).toHaveLength((5 * MINUTES) / seconds - ((5 * MINUTES) % seconds) / seconds);
    expect(ended).toBe(false);
  });

  it('whose interval changes with every pong pings as the last one says', async () => {
    const intervals = [10, 120, 20, 5];
    pong = () => config({ PingInterval: intervals.shift() ?? 30 });
    await connect();
    expect(await passing(200)).toEqual([10, 130, 150, 155, 185]);
  });

  it.each([5, 10, 120])('that falls silent is given up, whatever the interval: %d s', async (PingInterval) => {
    pong = () => config({ PingInterval });
    await connect();
    pong = undefined;
    await passing(PingInterval + 13);
    expect(ended).toBe(false);
    await passing(3);
    await until(() => ended);
    expect(await session.ended).toEqual({
      settings: { ...DEFAULT_SETTINGS, pingMs: PingInterval * 1_000 },
      wasAlive: true,
    });
  });

  it('that never says anything is given up 15 s after its first ping', async () => {
    pong = undefined;
    await connect();
    await passing(14);
    expect(ended).toBe(false);
    await passing(1);
    expect(await session.ended).toMatchObject({ wasAlive: false });
  });

  it('that brings events stays, though no pong comes', async () => {
    await connect();
    pong = undefined;
    for (let minute = 0; minute < 10; minute += 1) {
      await passing(MINUTES);
      says('event', '{}');
      await until(() => answers.length === minute + 1);
    }
    expect(ended).toBe(false);
  });
});

describe('what comes over it', () => {
  const took = async (body: unknown): Promise<FrameAnswer> => ({ ...NOTHING, body: { took: body } });

  it.each(['event', 'card', 'anything'])('as %s is answered, with the headers it came with', async (type) => {
    await connect(took);
    says(type, '{"a":1}');
    await until(() => answers.length === 1);
    const data = Buffer.from('{"took":{"a":1}}').toString('base64');
    expect(answers).toEqual([{ code: 200, data, headers: ['type', 'message_id', 'biz_rt'] }]);
  });

  it('and is no JSON is answered, too', async () => {
    await connect(took);
    says('event', '{');
    await until(() => answers.length === 1);
    expect(answers).toMatchObject([{ code: 200, data: Buffer.from('{}').toString('base64') }]);
  });

  it('and is answered with nothing has no data', async () => {
    await connect();
    says('event', '{}');
    await until(() => answers.length === 1);
    expect(answers).toEqual([{ code: 200, headers: expect.anything() }]);
  });

  it('and cannot be taken in, or joined, or comes at the end, counts as failed', async () => {
    await connect(() => Promise.reject(new Error('database is locked')));
    says('event', '{}');
    await until(() => answers.length === 1);
    const headers = [{ key: 'sum', value: 'x' }];
    peer?.send(encodeFrame({ service: 7, method: METHOD.data, headers, payload: Buffer.from('{}') }));
    await until(() => answers.length === 2);
    await session.drain();
    says('event', '{}');
    await until(() => answers.length === 3);
    expect(answers.map(({ code }) => code)).toEqual([500, 500, 500]);
  });

  it('and is no frame does no harm', async () => {
    await connect(took);
    peer?.send(Buffer.from('not a frame'));
    says('event', '{}');
    await until(() => answers.length === 1);
    expect(ended).toBe(false);
  });
});

import type { WebSocket } from 'ws';
import { createAlarm } from '../../lib/alarm.ts';
import type { Clock } from '../../lib/clock.ts';
import { jsonOrUndefined } from '../../lib/json.ts';
import { Fragments } from './fragments.ts';
import { decodeFrame, encodeFrame, type Frame, headerOf, METHOD, pingFrame } from './frame.ts';
import { type ConnectionSettings, readSettings } from './settings.ts';

/** What a frame is answered with. */
export interface FrameAnswer {
  /** Undefined when there is nothing to say. */
  body: object | undefined;
  /** Called once the answer has gone out, with false when the connection was lost before. Never rejects. */
  afterwards: (sent: boolean) => Promise<void>;
}

/** Takes in what a frame carries, in clear; undefined when it is no JSON. When it rejects, Feishu counts it as failed. */
export type Receive = (body: unknown) => Promise<FrameAnswer>;

export interface SessionParts {
  /** Just opened, at this address. */
  socket: WebSocket;
  url: string;
  settings: ConnectionSettings;
  /** Milliseconds after a ping in which something has to come. */
  pongMs: number;
  clock: Clock;
  receive: Receive;
  /** Feishu has answered a ping. */
  onPong?: () => void;
}

/** An open connection, from its first ping to its end. */
export interface Session {
  /** Resolves when the connection is no more, with the settings that were last in force. */
  ended: Promise<{ settings: ConnectionSettings; wasAlive: boolean }>;
  /** Has Feishu send again whatever comes from now on. Resolves when every answer under way has gone out. */
  drain(): Promise<void>;
  close(): void;
}

/** Feishu counts the frame as taken in, or sends it again. */
const CODE = { ok: 200, failed: 500 } as const;

/** How long the other end is waited for when the connection is closed. */
const GOODBYE_MS = 1_000;

/** Pings, notices when nothing comes any more, and answers what comes. */
export function startSession({ socket, url, pongMs, clock, receive, onPong, ...parts }: SessionParts): Session {
  const service = Number(new URL(url).searchParams.get('service_id'));
  const fragments = new Fragments(clock);
  const underWay = new Set<Promise<void>>();
  let settings = parts.settings;
  let pingedAt = 0;
  let wasAlive = false;
  let stopping = false;

  const send = (frame: Frame): Promise<boolean> =>
    new Promise((resolve) => {
      if (socket.readyState !== socket.OPEN) return resolve(false);
      socket.send(encodeFrame(frame), (error) => resolve(!error));
    });
  const pings = createAlarm(clock, () => ping());
  // Set by what Feishu sends only: were it set anew with each ping, frequent pings would keep it from ever going off.
  const silence = createAlarm(clock, () => socket.terminate());
  const goodbye = createAlarm(clock, () => socket.terminate());
  const ping = (): void => {
    pingedAt = clock.elapsed();
    void send(pingFrame(service));
    pings.set(settings.pingMs);
  };
  const heard = (): void => {
    wasAlive = true;
    silence.set(settings.pingMs + pongMs);
  };
  const takeControl = (frame: Frame): void => {
    if (headerOf(frame, 'type') !== 'pong') return;
    settings = readSettings(jsonOrUndefined(textOf(frame.payload)), settings);
    pings.set(Math.max(0, pingedAt + settings.pingMs - clock.elapsed()));
    onPong?.();
  };
  const takeData = async (frame: Frame): Promise<void> => {
    const startedAt = clock.elapsed();
    const joined = fragments.add(frame);
    if (joined.kind === 'incomplete') return;
    const taken =
      stopping || joined.kind === 'unusable'
        ? undefined
        : await receive(jsonOrUndefined(textOf(joined.payload))).catch(() => undefined);
    const sent = await send(answerTo(frame, taken, Math.round(clock.elapsed() - startedAt)));
    void taken?.afterwards(sent);
  };

  socket.on('message', (data: Buffer) => {
    const frame = decodeFrame(data);
    if (frame?.method === METHOD.control) takeControl(frame);
    heard();
    if (frame?.method !== METHOD.data) return;
    const taking = takeData(frame).finally(() => underWay.delete(taking));
    underWay.add(taking);
  });
  socket.on('ping', heard);
  const ended = new Promise<Awaited<Session['ended']>>((resolve) => {
    socket.on('close', () => {
      pings.clear();
      silence.clear();
      goodbye.clear();
      resolve({ settings, wasAlive });
    });
  });
  ping();
  silence.set(pongMs);

  return {
    ended,
    drain: async () => {
      stopping = true;
      await Promise.all(underWay);
    },
    close() {
      socket.close();
      goodbye.set(GOODBYE_MS);
    },
  };
}

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');

/** The frame itself, with the answer in it, as Feishu's own SDKs send it. */
function answerTo(frame: Frame, taken: FrameAnswer | undefined, tookMs: number): Frame {
  const code = taken ? CODE.ok : CODE.failed;
  const data = taken?.body && Buffer.from(JSON.stringify(taken.body)).toString('base64');
  const payload = Buffer.from(JSON.stringify({ code, ...(data !== undefined && { data }) }));
  return { ...frame, headers: [...frame.headers, { key: 'biz_rt', value: String(tookMs) }], payload };
}

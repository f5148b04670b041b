import { performance } from 'node:perf_hooks';
import type { WebSocket } from 'ws';
import { z } from 'zod';
import { parseJson } from '../json.ts';
import type { PostResult } from '../pushes/post.ts';
import { decodeFrame, encodeFrame, type Frame, METHOD } from './frame.ts';
import type { ClientConfig } from './types.ts';

/** What is longer goes out in several frames. */
const FRAGMENT_BYTES = 4_096;

const answerSchema = z.object({ code: z.number(), data: z.string().optional() });

/** One open connection of a bot. */
export class Connection {
  readonly #socket: WebSocket;
  readonly #service: number;
  readonly #config: ClientConfig;
  readonly #waiting = new Map<string, (result: Answered) => void>();
  #isReady = false;

  /** `onReady` is called at the first ping, and not before it does anything reach the client reliably. */
  constructor(socket: WebSocket, service: number, config: ClientConfig, onReady: () => void) {
    this.#socket = socket;
    this.#service = service;
    this.#config = config;
    socket.on('message', (data: Buffer) => {
      const frame = frameIn(data);
      if (frame?.method === METHOD.control && frame.headers.type === 'ping') {
        this.#pong();
        if (this.#isReady) return;
        this.#isReady = true;
        onReady();
      }
      if (frame?.method === METHOD.data) this.#waiting.get(frame.headers.message_id ?? '')?.(readAnswer(frame));
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      for (const answered of this.#waiting.values()) answered({ kind: 'refused', error: 'the connection was closed' });
    });
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  /** Sends an event or a card callback. Never rejects; `limitMs` is for everything, up to the answer. */
  push(body: unknown, messageId: string, limitMs: number): Promise<PostResult> {
    const startedAt = performance.now();
    return new Promise((resolve) => {
      const end = (answered: Answered): void => {
        clearTimeout(timer);
        this.#waiting.delete(messageId);
        resolve({ ...answered, tookMs: Math.round(performance.now() - startedAt) });
      };
      const timer = setTimeout(() => end({ kind: 'timeout', error: `no answer within ${limitMs} ms` }), limitMs);
      this.#waiting.set(messageId, end);
      for (const frame of this.#fragments(Buffer.from(JSON.stringify(body)), messageId)) this.#send(frame);
    });
  }

  /** Cuts it, as a network does. */
  drop(): void {
    this.#socket.terminate();
  }

  *#fragments(payload: Buffer, messageId: string): Generator<Frame> {
    const sum = Math.ceil(payload.length / FRAGMENT_BYTES);
    for (let seq = 0; seq < sum; seq += 1) {
      const headers = { type: 'event', message_id: messageId, sum: String(sum), seq: String(seq), trace_id: messageId };
      const part = payload.subarray(seq * FRAGMENT_BYTES, (seq + 1) * FRAGMENT_BYTES);
      yield { service: this.#service, method: METHOD.data, headers, payload: part };
    }
  }

  #pong(): void {
    const payload = Buffer.from(JSON.stringify(this.#config));
    this.#send({ service: this.#service, method: METHOD.control, headers: { type: 'pong' }, payload });
  }

  #send(frame: Frame): void {
    this.#socket.send(encodeFrame(frame));
  }
}

type Answered =
  | { kind: 'answer'; status: number; body: string; lacksData: boolean }
  | { kind: 'timeout' | 'refused'; error: string };

function frameIn(data: Buffer): Frame | undefined {
  try {
    return decodeFrame(data);
  } catch {
    return undefined;
  }
}

/** An answer without data says nothing, as `{}` does over HTTP; but clients want some for a click. */
function readAnswer({ payload }: Frame): Answered {
  const answer = answerSchema.safeParse(parseJson(Buffer.from(payload).toString('utf8')));
  if (!answer.success) return { kind: 'refused', error: 'the answer cannot be read' };
  const { code, data } = answer.data;
  return {
    kind: 'answer',
    status: code,
    lacksData: data === undefined,
    body: data === undefined ? '{}' : Buffer.from(data, 'base64').toString('utf8'),
  };
}

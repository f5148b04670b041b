import type { Agent, Dispatcher } from 'undici';
import { z } from 'zod';
import { loadedOnce } from '../lib/loadedOnce.ts';
import { Answer } from './answer.ts';
import type { Outgoing } from './outgoing.ts';

/** Nothing came back. `code` is the system's name for what happened. */
export class NoAnswer extends Error {
  readonly code: string;
  /** Nothing of the call reached Feishu. */
  readonly isUnreachable: boolean;

  constructor(code: string, isUnreachable: boolean) {
    super(code);
    this.name = 'NoAnswer';
    this.code = code;
    this.isUnreachable = isUnreachable;
  }
}

/** No connection came about. */
const UNREACHABLE: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'UND_ERR_CONNECT_TIMEOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
]);

/** Sends calls, each once. */
export interface Exchange {
  /** Rejects with {@link NoAnswer}. Redirects are not followed: they would carry tokens to another host. */
  send(outgoing: Outgoing): Promise<Answer>;
  /** Ends all connections. */
  close(): void;
}

/** How long a connection waits for the next call: not as long as servers do, which would close it in its face. */
const KEPT_MS = 30_000;

/** Over connections that are kept alive; a call that is not answered within `timeoutMs` milliseconds has failed. */
export function createExchange(timeoutMs: number): Exchange {
  // Not before the first call: nothing waits for it while the bot starts.
  const undici = loadedOnce(async () => (await import('undici')).default);
  const limits = {
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    connect: { timeout: timeoutMs },
    keepAliveTimeout: KEPT_MS,
  };
  let shared: Agent | undefined;

  const sendOnce = async (outgoing: Outgoing, ms: number): Promise<Answer> => {
    const own = new (await undici()).Agent(limits);
    const over = setTimeout(() => void own.destroy(new NoAnswer('ETIMEDOUT', false)), ms);
    try {
      return await receive(own, { ...optionsOf(outgoing), reset: true }, outgoing.route);
    } finally {
      clearTimeout(over);
      void own.destroy();
    }
  };

  return {
    async send(outgoing) {
      const { onceWithinMs } = outgoing;
      try {
        if (onceWithinMs !== undefined) return await sendOnce(outgoing, onceWithinMs);
        const { Agent } = await undici();
        shared ??= new Agent(limits);
        return await receive(shared, optionsOf(outgoing), outgoing.route);
      } catch (error) {
        throw noAnswerOf(error) ?? error;
      }
    },
    close: () => void shared?.destroy(),
  };
}

const optionsOf = ({ method, url, headers, body }: Outgoing): Dispatcher.DispatchOptions => ({
  origin: url.origin,
  path: `${url.pathname}${url.search}`,
  method,
  headers,
  body: body ?? null,
});

/** Below the streams that the library would make of an answer: it is small, and wanted as a whole. */
function receive(dispatcher: Dispatcher, options: Dispatcher.DispatchOptions, route: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let status = 0;
    let headers: Answer['headers'] = {};
    const body: Buffer[] = [];
    dispatcher.dispatch(options, {
      onRequestStart: () => undefined,
      onResponseStart(_controller, statusCode, received) {
        status = statusCode;
        headers = received;
      },
      onResponseData: (_controller, chunk) => void body.push(chunk),
      onResponseEnd: () =>
        resolve(new Answer({ route, status, headers, data: readBody(Buffer.concat(body).toString()) })),
      onResponseError: (_controller, error) => reject(error),
    });
  });
}

function readBody(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const Failure = z.object({ code: z.string(), syscall: z.string().optional() });

/** The library has names of its own for some of these. */
const SYSTEM_NAMES: Readonly<Record<string, string>> = {
  UND_ERR_HEADERS_TIMEOUT: 'ETIMEDOUT',
  UND_ERR_BODY_TIMEOUT: 'ETIMEDOUT',
  UND_ERR_SOCKET: 'ECONNRESET',
};

/**
 * What the network did, without the error itself, which may hold the call with its tokens. Undefined when it was not the
 * network that failed.
 */
export function noAnswerOf(error: unknown): NoAnswer | undefined {
  const failure = Failure.safeParse(error).data;
  if (!failure) return undefined;
  const { code, syscall } = failure;
  // A connection that was there already can break with the same codes.
  const wasConnected = syscall === 'read' || syscall === 'write';
  return new NoAnswer(SYSTEM_NAMES[code] ?? code, UNREACHABLE.has(code) && !wasConnected);
}

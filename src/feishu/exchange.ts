import type { Agent, Dispatcher } from 'undici';
import type { Clock } from '../lib/clock.ts';
import { errorCodeOf } from '../lib/errorCode.ts';
import { jsonOrText } from '../lib/json.ts';
import { loadedOnce } from '../lib/loadedOnce.ts';
import { Answer } from './answer.ts';
import { createBody } from './body.ts';
import type { Outgoing } from './outgoing.ts';

/**
 * What is known of a call without an answer.
 * - `not-sent`: it was not allowed any more when it would have gone out
 * - `unreachable`: no connection came about, so nothing of it reached Feishu
 * - `no-answer`: it went out, and may have been processed
 * - `too-large`: the same, and its answer was refused
 */
export type Lost = 'not-sent' | 'unreachable' | 'no-answer' | 'too-large';

/** Nothing came back. `code` is the system's name for what happened. */
export class NoAnswer extends Error {
  readonly code: string;
  readonly lost: Lost;

  constructor(code: string, lost: Lost) {
    super(code);
    this.name = 'NoAnswer';
    this.code = code;
    this.lost = lost;
  }
}

/** One sending of a call. */
export interface Sending {
  outgoing: Outgoing;
  /** Milliseconds until it is over, from the wait for a connection to the last byte of the answer. */
  withinMs: number;
  /** Asked in the moment in which the call would be written to a connection that is there. */
  maySend: () => boolean;
}

/** Sends calls, each once. */
export interface Exchange {
  /** Rejects with {@link NoAnswer}. Redirects are not followed: they would carry tokens to another host. */
  send(sending: Sending): Promise<Answer>;
  /** Ends all connections. */
  close(): void;
}

/** How long a connection waits for the next call: not as long as servers do, which would close it in its face. */
const KEPT_MS = 30_000;

/** Far more than the longest list of skills; what is larger is cut off while it comes. */
export const MAX_ANSWER_BYTES = 4 * 1024 * 1024;

/** Over connections that are kept alive; one that does not come about within `connectMs` milliseconds has failed. */
export function createExchange(connectMs: number, clock: Pick<Clock, 'sleep'>): Exchange {
  // Not before the first call: nothing waits for it while the bot starts.
  const undici = loadedOnce(async () => (await import('undici')).default);
  const limits: Agent.Options = {
    // Each call has a deadline of its own, however its answer comes.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: { timeout: connectMs },
    keepAliveTimeout: KEPT_MS,
    // Counts what arrives: nothing is decompressed here.
    maxResponseSize: MAX_ANSWER_BYTES,
  };
  let shared: Agent | undefined;

  return {
    async send(sending) {
      if (sending.withinMs <= 0) throw new NoAnswer('ETIMEDOUT', 'unreachable');
      const { Agent } = await undici();
      if (sending.outgoing.onceWithinMs === undefined) {
        shared ??= new Agent(limits);
        return receive(shared, sending, clock);
      }
      const own = new Agent(limits);
      try {
        return await receive(own, sending, clock);
      } finally {
        void own.destroy();
      }
    },
    close: () => void shared?.destroy(),
  };
}

const optionsOf = ({ method, url, headers, body, onceWithinMs }: Outgoing): Dispatcher.DispatchOptions => ({
  origin: url.origin,
  path: `${url.pathname}${url.search}`,
  method,
  headers,
  body: body ?? null,
  // The header lets the server know that nothing more comes on a connection of a call's own.
  reset: onceWithinMs !== undefined,
});

/** Below the streams that the library would make of an answer: it is small, and wanted as a whole. */
function receive(
  dispatcher: Dispatcher,
  { outgoing, withinMs, maySend }: Sending,
  clock: Pick<Clock, 'sleep'>,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { route } = outgoing;
    const settled = new AbortController();
    const body = createBody();
    let controller: Dispatcher.DispatchController | undefined;
    let refusal: NoAnswer | undefined;
    let status = 0;
    let headers: Answer['headers'] = {};

    const fail = (error: unknown): void => {
      settled.abort();
      reject(noAnswerOf(error, controller !== undefined) ?? error);
    };
    /** A call that waits for a connection cannot be taken back: it is refused when that is there. */
    const refuse = (reason: NoAnswer): void => {
      refusal = reason;
      controller?.abort(reason);
      fail(reason);
    };
    void clock.sleep(withinMs, settled.signal).then(() => {
      if (!settled.signal.aborted) refuse(new NoAnswer('ETIMEDOUT', controller ? 'no-answer' : 'unreachable'));
    });

    dispatcher.dispatch(optionsOf(outgoing), {
      // Called by the library in the turn in which it writes the call to a connection, right before that.
      onRequestStart(starting) {
        if (!refusal && !maySend()) refuse(new NoAnswer('ECANCELED', 'not-sent'));
        if (refusal) starting.abort(refusal);
        else controller = starting;
      },
      onResponseStart(_controller, statusCode, received) {
        status = statusCode;
        headers = received;
      },
      onResponseData: (_controller, chunk) => body.add(chunk),
      onResponseEnd() {
        settled.abort();
        resolve(new Answer({ route, status, headers, data: jsonOrText(body.text()) }));
      },
      onResponseError: (_controller, error) => fail(error),
    });
  });
}

/** The library has names of its own for some of these. */
const SYSTEM_NAMES: Readonly<Record<string, string>> = {
  UND_ERR_CONNECT_TIMEOUT: 'ETIMEDOUT',
  UND_ERR_SOCKET: 'ECONNRESET',
  UND_ERR_RES_EXCEEDED_MAX_SIZE: 'EMSGSIZE',
};

/**
 * What the network did, without the error itself, which may hold the call with its tokens. Undefined when it was not the
 * network that failed. `wasSent`: some of the call may have gone out.
 */
function noAnswerOf(error: unknown, wasSent: boolean): NoAnswer | undefined {
  if (error instanceof NoAnswer) return error;
  const code = errorCodeOf(error);
  if (code === undefined) return undefined;
  const name = SYSTEM_NAMES[code] ?? code;
  if (!wasSent) return new NoAnswer(name, 'unreachable');
  return new NoAnswer(name, name === 'EMSGSIZE' ? 'too-large' : 'no-answer');
}

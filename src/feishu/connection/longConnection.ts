import type { Clock } from '../../lib/clock.ts';
import { errorMessage } from '../../lib/errorMessage.ts';
import type { Logger } from '../../lib/logger.ts';
import { FeishuError } from '../errors.ts';
import type { Http } from '../http.ts';
import { type ConnectingApp, discover } from './discovery.ts';
import { type Receive, type Session, startSession } from './session.ts';
import { type ConnectionSettings, DEFAULT_SETTINGS } from './settings.ts';
import { openSocket } from './socket.ts';
import { createStanding } from './standing.ts';

/** Milliseconds after which a server is gone that opens no connection, or answers no ping. */
export const PATIENCE = { openMs: 10_000, pongMs: 15_000 };

/** No two attempts are closer to each other, whatever Feishu says. */
const LEAST_PAUSE_MS = 200;

/** A connection to Feishu over which events and card callbacks come in (request-url-configuration-case). */
export interface LongConnection {
  /** Connects, and connects again whenever that is needed, until `close`. */
  start(): void;
  /** Why nothing comes in and what to do about it; undefined while the connection is up. */
  problem(): string | undefined;
  /** Takes in nothing more; resolves when every answer under way has gone out and the connection is closed. */
  close(): Promise<void>;
}

export interface LongConnectionParts {
  app: ConnectingApp;
  http: Http;
  clock: Clock;
  /** From 0 up to 1, as `Math.random`. */
  random: () => number;
  logger: Logger;
  receive: Receive;
  /** Default 10 s and 15 s. */
  patience?: typeof PATIENCE;
}

/**
 * A client of its own. The SDK's takes the settings of a pong as they are (an interval of 0 is a flood of pings), sets its
 * watchdog anew with each of its own pings (below 15 s it never goes off), leaves frames without an answer, gives up after
 * as many attempts as Feishu names, and logs addresses that let somebody in; nothing of that can be set from outside.
 */
export function createLongConnection(parts: LongConnectionParts): LongConnection {
  const { app, http, clock, logger, patience = PATIENCE } = parts;
  const standing = createStanding(logger, app.baseUrl);
  const closing = new AbortController();
  let settings: ConnectionSettings = DEFAULT_SETTINGS;
  let session: Session | undefined;

  const refusedBy =
    (tell: (error: FeishuError) => void) =>
    (error: unknown): undefined => {
      if (!(error instanceof FeishuError)) throw error;
      if (!closing.signal.aborted) tell(error);
    };
  const open = async (): Promise<Session | undefined> => {
    const found = await discover(http, app, settings).catch(refusedBy(standing.isRefused));
    if (!found) return undefined;
    settings = found.settings;
    standing.opens();
    const socket = await openSocket(found.url, patience.openMs, clock).catch(refusedBy(standing.isNotAccepted));
    if (!socket) return undefined;
    if (!closing.signal.aborted) return startSession({ ...parts, ...found, socket, pongMs: patience.pongMs });
    socket.terminate();
    return undefined;
  };

  /** Whether Feishu said anything on it. */
  const connectOnce = async (): Promise<boolean> => {
    session = await open();
    if (!session) return false;
    standing.isUp();
    const end = await session.ended;
    session = undefined;
    settings = end.settings;
    if (!closing.signal.aborted) standing.isLost();
    return end.wasAlive;
  };

  const run = async (): Promise<void> => {
    for (let failures = 0; !closing.signal.aborted; ) {
      failures = (await connectOnce().catch(unexpected)) ? 0 : failures + 1;
      const pauseMs = failures > 1 ? settings.reconnectMs : parts.random() * settings.jitterMs;
      await clock.sleep(Math.max(LEAST_PAUSE_MS, pauseMs), closing.signal);
    }
  };

  const unexpected = (error: unknown): false => {
    logger.error({ reason: errorMessage(error) }, 'no long connection');
    return false;
  };
  let isStarted = false;

  return {
    start() {
      if (!isStarted) void run();
      isStarted = true;
    },
    problem: () => (session && !closing.signal.aborted ? undefined : standing.reason()),
    async close() {
      closing.abort();
      await session?.drain();
      session?.close();
    },
  };
}

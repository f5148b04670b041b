import * as lark from '@larksuiteoapi/node-sdk';
import { z } from 'zod';
import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/logger.ts';
import { type Loop, startLoop } from '../../lib/loop.ts';
import { FeishuError } from '../errors.ts';
import type { Http } from '../http.ts';
import type { HttpRequest } from '../outgoing.ts';
import { SILENT } from '../silent.ts';
import { discover, type Endpoint } from './discovery.ts';
import { createFrames, type Receive } from './frames.ts';
import { createStanding } from './standing.ts';

/** Milliseconds after which a server is gone that opens no connection, or answers no ping; the SDK waits for ever. */
const PATIENCE = { openMs: 10_000, pongMs: 15_000 };
/** How often it is looked whether the SDK has given up. */
const WATCH_MS = 5_000;

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
  app: { appId: string; appSecret: string; baseUrl: string };
  http: Http;
  clock: Clock;
  logger: Logger;
  receive: Receive;
  /** Default 10 s and 15 s. */
  patience?: typeof PATIENCE;
}

/** Over the SDK's client, whose log is silent: it prints addresses that let somebody in, and what people write. */
export function createLongConnection(parts: LongConnectionParts): LongConnection {
  const { app, http, logger, patience = PATIENCE } = parts;
  const standing = createStanding(logger);
  const frames = createFrames(parts.receive, standing.losses);

  const request = async (options: HttpRequest): Promise<Endpoint> => {
    standing.asks();
    try {
      const endpoint = await discover(http, options);
      standing.opens();
      return endpoint;
    } catch (error) {
      if (error instanceof FeishuError) standing.isRefused(error);
      throw error;
    }
  };
  const client = new lark.WSClient({
    appId: app.appId,
    appSecret: app.appSecret,
    domain: app.baseUrl,
    httpInstance: DiscoveryHttp.parse({ request }),
    logger: SILENT,
    handshakeTimeoutMs: patience.openMs,
    wsConfig: { pingTimeout: patience.pongMs / 1000 },
    onReady: standing.isUp,
    onReconnected: standing.isUp,
    onReconnecting: standing.isLost,
  });
  let watch: Loop | undefined;

  return {
    start() {
      // The SDK gives up after as many attempts as Feishu names; a bot has no use for that.
      watch = startLoop(parts, 'long connection', WATCH_MS, async () => {
        const { state } = client.getConnectionStatus();
        if (state === 'idle' || state === 'failed') await client.start({ eventDispatcher: frames.dispatcher });
      });
    },
    problem: () => (client.getConnectionStatus().state === 'connected' ? undefined : standing.reason()),
    async close() {
      await Promise.all([watch?.stop(), frames.drain()]);
      client.close();
    },
  };
}

/** The SDK asks this one thing of its http client. */
const DiscoveryHttp = z.custom<lark.HttpInstance>(
  (value) => typeof value === 'object' && value !== null && 'request' in value,
);

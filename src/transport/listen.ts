import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { Express } from 'express';

/** A listening server. */
export interface Listening {
  port: number;
  /** Takes in nothing more; resolves when every answer under way has gone out. */
  close(): Promise<void>;
}

/** Feishu sends its few kilobytes at once: who is slower than this only holds a connection. */
const LIMITS = { headersTimeout: 5_000, requestTimeout: 10_000, connectionsCheckingInterval: 1_000 };

/** Listens; rejects when the port is taken. */
export async function listen(app: Express, { host, port }: { host: string; port: number }): Promise<Listening> {
  const server = createServer(LIMITS, app).listen(port, host);
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    close: () => closeServer(server),
  };
}

const SWEEP_MS = 20;

/** A connection is closed as soon as it is idle, also one that its caller keeps alive. */
async function closeServer(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS);
  await closed;
  clearInterval(sweep);
}

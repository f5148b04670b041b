import { once } from 'node:events';
import { createServer, IncomingMessage, type Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Express } from 'express';

/** A listening server. */
export interface Listening {
  port: number;
  /** Takes in nothing more; resolves when every answer under way has gone out. */
  close(): Promise<void>;
}

/** Feishu sends its few kilobytes at once: who is slower than this only holds a connection. */
const LIMITS = { headersTimeout: 5_000, requestTimeout: 10_000, connectionsCheckingInterval: 1_000 };
/**
 * Longer than a proxy keeps an idle connection, which is a minute with most: one that the bot closed at the moment at
 * which a click comes on it would lose that click, for Feishu sends it once.
 */
const KEPT_IDLE_MS = 75_000;

/** Where to listen, and the variable that says so. */
export interface Place {
  host: string;
  port: number;
  variable: 'PORT' | 'METRICS_PORT';
}

/** Somebody else listens there already. */
export class PortTaken extends Error {
  readonly code = 'port_taken';
  readonly variable: Place['variable'];
  readonly address: string;

  constructor({ host, port, variable }: Place) {
    super(`${host}:${port} is in use`);
    this.name = 'PortTaken';
    this.variable = variable;
    this.address = `${host}:${port}`;
  }
}

/** Listens; rejects with {@link PortTaken} when the port is taken. */
export async function listen(app: Express, place: Place): Promise<Listening> {
  const { host, port } = place;
  const server = createServer({ ...LIMITS, keepAliveTimeout: KEPT_IDLE_MS, ...madeFor(app) }, app).listen(port, host);
  const connections = connectionsOf(server);
  await once(server, 'listening').catch((error: unknown) => {
    throw isTaken(error) ? new PortTaken(place) : error;
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    close: () => closeServer(server, connections),
  };
}

const isTaken = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === 'EADDRINUSE';

/**
 * Express gives every request and its answer the app's own prototypes, and an object whose prototype was changed is slow
 * wherever it is touched afterwards. Made with these prototypes, they stay as they are: a third of the time.
 */
function madeFor(app: Express) {
  class AppRequest extends IncomingMessage {}
  class AppResponse extends ServerResponse {}
  Object.setPrototypeOf(AppRequest.prototype, app.request);
  Object.setPrototypeOf(AppResponse.prototype, app.response);
  Object.assign(app, { request: AppRequest.prototype, response: AppResponse.prototype });
  return { IncomingMessage: AppRequest, ServerResponse: AppResponse };
}

/** Every open connection, with the last request on it that is not answered yet. */
type Connections = Map<Socket, IncomingMessage | undefined>;

function connectionsOf(server: Server): Connections {
  const connections: Connections = new Map();
  server.on('connection', (socket) => {
    connections.set(socket, undefined);
    socket.once('close', () => connections.delete(socket));
  });
  server.on('request', (request, response) => {
    const { socket } = request;
    connections.set(socket, request);
    response.once('close', () => {
      if (connections.get(socket) === request) connections.set(socket, undefined);
    });
  });
  return connections;
}

const SWEEP_MS = 20;
/** A request that has not arrived by then is not waited for. */
const GRACE_MS = 1_000;

/**
 * A connection is closed as soon as it is idle, also one that its caller keeps alive. Node.js looks for slow callers
 * no more once a server closes, and takes a connection that never sent anything for a busy one: both are cut off here,
 * or anybody could hold up the stop.
 */
async function closeServer(server: Server, connections: Connections): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS);
  const cut = setInterval(() => cutOffUnfinished(connections), GRACE_MS);
  await closed;
  clearInterval(sweep);
  clearInterval(cut);
}

function cutOffUnfinished(connections: Connections): void {
  for (const [socket, request] of connections) if (!request?.complete) socket.destroy();
}

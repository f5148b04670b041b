import { randomInt } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';

/** One request as it arrived, byte for byte where that matters. */
export interface Recorded {
  method: string;
  /** Path and query exactly as on the wire. */
  target: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingMessage['headers'];
  text: string;
  /** The body when it is JSON. */
  json: unknown;
  /** The body read as a form. */
  form: URLSearchParams;
  /** Milliseconds since 1970. */
  at: number;
  /** The caller's port: the same one means the same connection. */
  from: number | undefined;
}

/**
 * What the server says: an answer, whatever `write` makes of it, or nothing (`drop` closes the connection after reading,
 * `hang` keeps it open).
 */
export type Reply =
  | { write: (outgoing: ServerResponse) => void }
  | { status?: number; json?: unknown; text?: string; headers?: Record<string, string>; afterMs?: number }
  | 'drop'
  | 'hang';

type Scripted = Reply | ((request: Recorded) => Reply | Promise<Reply>);

export interface FakeServer {
  url: string;
  port: number;
  /** Everything that arrived, in order. */
  requests: Recorded[];
  /** What arrived for one route, such as `GET /a/b`. */
  sent(route: string): Recorded[];
  /** The only request for a route; throws when there is not exactly one. */
  only(route: string): Recorded;
  /** Answers a route with these in turn, and then with the last one again. A later script takes the place of this. */
  on(route: string, ...replies: [Scripted, ...Scripted[]]): void;
  close(): Promise<void>;
}

/** An HTTP server on loopback that records and answers as scripted; what is not scripted gets a 501. */
export async function startFakeServer(port = 0): Promise<FakeServer> {
  const scripts = new Map<string, Scripted[]>();
  const requests: Recorded[] = [];
  const over = new AbortController();

  const nextFor = (route: string): Scripted => {
    const script = scripts.get(route);
    const next = script && script.length > 1 ? script.shift() : script?.[0];
    return next ?? { status: 501, json: { code: -1, msg: `${route} is not scripted` } };
  };

  const server = createServer((incoming, outgoing) => {
    void (async () => {
      const request = await record(incoming);
      requests.push(request);
      const next = nextFor(`${request.method} ${request.path}`);
      await answer(outgoing, typeof next === 'function' ? await next(request) : next, over.signal);
    })().catch((error: unknown) => outgoing.destroy(error instanceof Error ? error : new Error(String(error))));
  });
  const listening = await listen(server, port);

  const sent = (route: string) => requests.filter(({ method, path }) => `${method} ${path}` === route);
  return {
    url: `http://127.0.0.1:${listening}`,
    port: listening,
    requests,
    sent,
    only(route) {
      const [request, ...more] = sent(route);
      if (!request || more.length > 0) throw new Error(`${route} arrived ${sent(route).length} times`);
      return request;
    },
    on: (route, ...replies) => void scripts.set(route, replies),
    async close() {
      over.abort();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Below those that the system gives to outgoing connections, which would take one meanwhile. */
const [FIRST_PORT, LAST_PORT] = [10_000, 32_000];

/** A port of loopback where nobody listens. */
export async function unusedPort(): Promise<number> {
  const server = createServer();
  for (;;) {
    const port = await listen(server, randomInt(FIRST_PORT, LAST_PORT)).catch(() => undefined);
    if (port === undefined) continue;
    await new Promise((resolve) => server.close(resolve));
    return port;
  }
}

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return z.object({ port: z.number() }).parse(server.address()).port;
}

async function record(incoming: IncomingMessage): Promise<Recorded> {
  const at = Date.now();
  const chunks: Uint8Array[] = [];
  for await (const chunk of incoming) chunks.push(z.instanceof(Uint8Array).parse(chunk));
  const text = Buffer.concat(chunks).toString('utf8');
  const target = incoming.url ?? '';
  const [path = '', search = ''] = target.split('?', 2);
  return {
    method: incoming.method ?? '',
    target,
    path,
    query: new URLSearchParams(search),
    headers: incoming.headers,
    text,
    json: jsonOf(text),
    form: new URLSearchParams(text),
    at,
    from: incoming.socket.remotePort,
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function answer(outgoing: ServerResponse, reply: Reply, over: AbortSignal): Promise<void> {
  if (reply === 'hang') return;
  if (reply === 'drop') {
    outgoing.socket?.destroy();
    return;
  }
  if ('write' in reply) return reply.write(outgoing);
  if (reply.afterMs) await delay(reply.afterMs, undefined, { signal: over }).catch(() => undefined);
  const body = reply.text ?? JSON.stringify(reply.json ?? {});
  const type = reply.text === undefined ? 'application/json; charset=utf-8' : 'text/html';
  outgoing.writeHead(reply.status ?? 200, { 'content-type': type, ...reply.headers }).end(body);
}

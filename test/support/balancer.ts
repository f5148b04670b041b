import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { buffer } from 'node:stream/consumers';

/** What stands in front of several replicas. */
export interface Balancer {
  url: string;
  /** Who is there at the moment. */
  targets: string[];
  /**
   * `turns`: each request to the next replica that answers; `everybody`: each request to all of them at once; `impatient`:
   * to one of them, then to another, whose answer counts.
   */
  mode: 'turns' | 'everybody' | 'impatient';
  close(): Promise<void>;
}

/** Passes requests on, bytes and headers as they came: a signature stays good. */
export async function startBalancer(targets: readonly string[]): Promise<Balancer> {
  let turn = 0;
  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    const left = new AbortController();
    response.once('close', () => left.abort());
    const given: Passed = {
      method: request.method ?? 'POST',
      url: request.url ?? '',
      headers: request.headers,
      body,
      left: left.signal,
    };
    const turned = [...balancer.targets.slice(turn % balancer.targets.length), ...balancer.targets];
    const order = turned.slice(0, balancer.targets.length);
    turn += 1;
    const answer = await PASSING[balancer.mode](order, given);
    if (!answer) return void response.destroy();
    response.writeHead(answer.status, { 'content-type': answer.type }).end(answer.body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const balancer: Balancer = {
    url: `http://127.0.0.1:${port}`,
    targets: [...targets],
    mode: 'turns',
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
  return balancer;
}

interface Answer {
  status: number;
  type: string;
  body: string;
}

/** One request on its way. */
interface Passed {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
  /** Fires when whoever asked does not wait any more: then nobody behind is to believe that they did. */
  left: AbortSignal;
}

async function pass(target: string, { method, url, headers: given, body, left }: Passed): Promise<Answer> {
  const names = ['content-type', 'x-lark-request-timestamp', 'x-lark-request-nonce', 'x-lark-signature'];
  const headers = names.flatMap((name): [string, string][] => [[name, String(given[name] ?? '')]]);
  const answer = await fetch(`${target}${url}`, { method, headers, body: new Uint8Array(body), signal: left });
  return { status: answer.status, type: answer.headers.get('content-type') ?? '', body: await answer.text() };
}

/** The next replica takes over only when the one before cannot have seen the request. */
async function toTheFirst(targets: readonly string[], given: Passed): Promise<Answer | undefined> {
  for (const target of targets) {
    try {
      return await pass(target, given);
    } catch (error) {
      if (!/ECONNREFUSED/.test(String(error instanceof Error ? error.cause : ''))) return undefined;
    }
  }
  return undefined;
}

/** Nobody reads the first answer, and who gave it is not told. */
async function toTheNext([first, ...others]: readonly string[], given: Passed): Promise<Answer | undefined> {
  if (first !== undefined) await pass(first, given).catch(() => undefined);
  return toTheFirst(others, given);
}

async function toEverybody(targets: readonly string[], given: Passed): Promise<Answer | undefined> {
  const answers = await Promise.allSettled(targets.map((target) => pass(target, given)));
  const good = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
  // The one with something to say: a copy is answered with nothing.
  return good.sort((a, b) => b.body.length - a.body.length)[0];
}

const PASSING = { turns: toTheFirst, everybody: toEverybody, impatient: toTheNext };

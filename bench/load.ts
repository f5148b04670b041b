import autocannon from 'autocannon';
import { z } from 'zod';
import { pushes } from './lib/events.ts';

/**
 * The load, in a process of its own. Asked for a batch it makes the events first and says so; told to go it sends them,
 * as many at once as asked for and each once, and says how long every answer took.
 */
const Order = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('make'), batch: z.string(), count: z.number(), connections: z.number() }),
  z.object({ kind: z.literal('send'), url: z.string() }),
]);

type Requests = autocannon.Request[];

let perConnection: Requests[] = [];

function make(batch: string, count: number, connections: number): void {
  perConnection = Array.from({ length: connections }, () => []);
  for (const [at, { headers, rawBody }] of pushes(batch, count).entries()) {
    perConnection[at % connections]?.push({ method: 'POST', headers, body: rawBody });
  }
}

async function send(url: string): Promise<{ seconds: number; failed: number; latencies: number[] }> {
  const waiting = [...perConnection];
  const latencies: number[] = [];
  let failed = 0;
  let end = 0;
  let begin = 0;
  const instance = autocannon(
    {
      url,
      method: 'POST',
      connections: perConnection.length,
      amount: perConnection.reduce((sum, requests) => sum + requests.length, 0),
      sampleInt: 50,
      setupClient: (client) => client.setRequests(waiting.shift() ?? []),
    },
    () => undefined,
  );
  instance.on('start', () => {
    begin = performance.now();
  });
  instance.on('response', (_client, statusCode, _bytes, responseTime) => {
    latencies.push(responseTime);
    if (statusCode !== 200) failed += 1;
    end = performance.now();
  });
  await new Promise((resolve) => instance.on('done', resolve));
  return { seconds: (end - begin) / 1000, failed, latencies };
}

process.on('message', (message) => {
  const order = Order.parse(message);
  if (order.kind === 'make') {
    make(order.batch, order.count, order.connections);
    process.send?.({});
  } else void send(order.url).then((sent) => process.send?.(sent));
});
process.send?.({ ready: true });

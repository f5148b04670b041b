import { z } from 'zod';
import { HEAP_FLAGS } from '../src/lib/heap.ts';
import { type Child, startChild } from './lib/child.ts';
import { median, quantile } from './lib/numbers.ts';
import { cpuMs, residentMb } from './lib/usage.ts';

/** One of the servers that are compared. */
export interface Subject {
  name: string;
  child: Child;
  url: string;
}

/** One server at one concurrency; medians over the rounds. */
export interface EndpointRow {
  server: string;
  connections: number;
  perSecond: number;
  /** Microseconds of processor time of the server per event. */
  cpuMicros: number;
  /** Milliseconds until the acknowledgement. */
  p50: number;
  p99: number;
  /** Throughput compared with the other server of the same round. */
  ofSdk: number;
  ofBare: number;
  residentMb: number;
}

interface Round {
  perSecond: number;
  cpuMicros: number;
  latencies: number[];
}

const Hello = z.object({ port: z.number() });
const Sent = z.object({ seconds: z.number(), failed: z.number(), latencies: z.array(z.number()) });

/** Starts a server to compare with: `sdk` or `bare`. */
export async function startSubject(name: string, script: string): Promise<Subject> {
  return subjectOf(name, await startChild(`servers/${script}`));
}

/** Starts the product's server as the product is started. */
export async function startProduct(name: string, databaseUrl: string): Promise<Subject> {
  return subjectOf(name, await startChild('servers/product', [databaseUrl], HEAP_FLAGS));
}

const subjectOf = (name: string, child: Child & { hello: unknown }): Subject => ({
  name,
  child,
  url: `${urlOf(child)}feishu/events`,
});

/** Where a server listens that has said so. */
export const urlOf = ({ hello }: { hello: unknown }): string => `http://127.0.0.1:${Hello.parse(hello).port}/`;

let batches = 0;

/** Sends `count` events, `connections` at a time. Throws when one of them is not acknowledged. */
export async function sendTo(
  { name, child, url }: Subject,
  load: Child,
  count: number,
  connections: number,
): Promise<Round> {
  batches += 1;
  await load.ask({ kind: 'make', batch: `${process.pid}_${batches}`, count, connections });
  const before = await cpuMs(child.pid);
  const { seconds, failed, latencies } = Sent.parse(await load.ask({ kind: 'send', url }));
  if (failed > 0 || latencies.length !== count) throw new Error(`${name} did not acknowledge ${failed} events`);
  const used = (await cpuMs(child.pid)) - before;
  return { perSecond: count / seconds, cpuMicros: (used * 1000) / count, latencies };
}

/** All servers in turn, again and again: what else the machine does meanwhile strikes them alike. */
export async function compare(
  subjects: readonly Subject[],
  load: Child,
  { connections, rounds, count }: { connections: number; rounds: number; count: number },
): Promise<EndpointRow[]> {
  const results = new Map<string, Round[]>(subjects.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const subject of subjects) results.get(subject.name)?.push(await sendTo(subject, load, count, connections));
  }
  const compared = (own: readonly Round[], other: string): number => {
    const others = results.get(other) ?? [];
    return median(own.map(({ perSecond }, round) => perSecond / (others[round]?.perSecond ?? Number.NaN)));
  };
  return Promise.all(
    subjects.map(async ({ name, child }) => {
      const own = results.get(name) ?? [];
      return {
        server: name,
        connections,
        perSecond: median(own.map(({ perSecond }) => perSecond)),
        cpuMicros: median(own.map(({ cpuMicros }) => cpuMicros)),
        p50: median(own.map(({ latencies }) => quantile(latencies, 0.5))),
        p99: median(own.map(({ latencies }) => quantile(latencies, 0.99))),
        ofSdk: compared(own, SDK),
        ofBare: compared(own, BARE),
        residentMb: await residentMb(child.pid),
      };
    }),
  );
}

export const SDK = '(c) official SDK';
export const BARE = '(d) bare node:http';

import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import {
  BARE,
  compare,
  type EndpointRow,
  SDK,
  type Subject,
  sendTo,
  startProduct,
  startSubject,
  urlOf,
} from './endpoint.ts';
import { type Child, startChild } from './lib/child.ts';
import { postgresSchema, sqliteFile } from './lib/databases.ts';
import { median, quantile } from './lib/numbers.ts';
import { residentMb } from './lib/usage.ts';

/** How much is measured. */
export interface Amounts {
  rounds: number;
  /** Events of one round, by how many are sent at once. */
  events: Readonly<Record<1 | 16 | 64, number>>;
  memoryEvents: number;
  inboxRows: number[];
  starts: number;
  restMs: number;
  commands: number;
  skills: number[];
  changes: number;
  burst: number;
}

export const FULL: Amounts = {
  rounds: 9,
  events: { 1: 1_000, 16: 4_000, 64: 4_000 },
  memoryEvents: 100_000,
  inboxRows: [1, 100_000, 1_000_000],
  starts: 5,
  restMs: 30_000,
  commands: 40,
  skills: [10, 100, 1_000],
  changes: 100_000,
  burst: 300,
};

export const QUICK: Amounts = {
  rounds: 2,
  events: { 1: 300, 16: 1_500, 64: 1_500 },
  memoryEvents: 10_000,
  inboxRows: [1, 100_000],
  starts: 2,
  restMs: 25_000,
  commands: 5,
  skills: [10, 1_000],
  changes: 10_000,
  burst: 100,
};

const PRODUCT = '(a) this bot, SQLite';
/** Fewer events than this before a measurement measure the compiler. */
const WARM_UP = 3_000;
/** After so many events memory is looked at again. */
const MEMORY_STEP = 2_500;

/** The four servers side by side, then the memory of the first one over many events. */
export async function endpoint(amounts: Amounts, postgresUrl: string) {
  const load = await startChild('load');
  const sqlite = await sqliteFile();
  const postgres = await postgresSchema(postgresUrl);
  const bot = await startProduct(PRODUCT, sqlite.url);
  const subjects: Subject[] = [
    bot,
    ...(postgres ? [await startProduct('(b) this bot, PostgreSQL', postgres.url)] : []),
    await startSubject(SDK, 'sdk'),
    await startSubject(BARE, 'bare'),
  ];
  for (const subject of subjects) await sendTo(subject, load, WARM_UP, 16);
  const rows: EndpointRow[] = [];
  for (const connections of [1, 16, 64] as const) {
    const count = amounts.events[connections];
    rows.push(...(await compare(subjects, load, { connections, rounds: amounts.rounds, count })));
  }
  const memory = [await residentMb(bot.child.pid)];
  for (let sent = 0; sent < amounts.memoryEvents; sent += MEMORY_STEP) {
    await sendTo(bot, load, MEMORY_STEP, 16);
    memory.push(await residentMb(bot.child.pid));
  }
  await Promise.all([load, ...subjects.map(({ child }) => child)].map((child) => child.end()));
  await Promise.all([sqlite.drop(), postgres?.drop()]);
  return { rows, memory, hasPostgres: postgres !== undefined };
}

/** The endpoint on inboxes that are already full, in turn. */
export async function growth({ inboxRows, rounds, events }: Amounts) {
  const load = await startChild('load');
  const databases = await Promise.all(inboxRows.map((rows) => sqliteFile(rows)));
  const subjects = await Promise.all(databases.map(({ url }, at) => startProduct(`${inboxRows[at]}`, url)));
  for (const subject of subjects) await sendTo(subject, load, WARM_UP, 16);
  const rows = await compare(subjects, load, { connections: 16, rounds, count: events[16] });
  await Promise.all([load, ...subjects.map(({ child }) => child)].map((child) => child.end()));
  await Promise.all(databases.map(({ drop }) => drop()));
  return rows.map(({ server, perSecond, p99 }) => ({ rows: Number(server), perSecond, p99 }));
}

const Numbers = z.object({ result: z.array(z.number()) });
const One = z.object({ result: z.number() });
const Added = z.object({
  result: z.object({
    show: z.array(z.number()),
    preview: z.array(z.number()),
    byName: z.array(z.number()),
    confirm: z.array(z.number()),
    bare: z.array(z.number()),
  }),
});
const Burst = z.object({ result: z.object({ acknowledged: z.array(z.number()), drained: z.number() }) });

/** Middle and 99th percentile, in milliseconds. */
const both = (values: readonly number[]) => ({ p50: median(values), p99: quantile(values, 0.99) });

async function addedBy(stage: Child, order: { calls: string; times: number; skills?: number }) {
  const { result } = Added.parse(await stage.ask({ kind: 'commands', ...order }));
  return {
    skills: order.skills,
    show: both(result.show),
    byName: both(result.byName),
    preview: both(result.preview),
    confirm: both(result.confirm),
    bare: both(result.bare),
  };
}

/** The whole bot on the local Feishu: its start, its memory, its commands, and many of them at once. */
export async function wholeBot(amounts: Amounts) {
  const stage = await startChild('servers/stage');
  const bare = await startChild('servers/calls');
  const calls = urlOf(bare);
  const start = async () => One.parse(await stage.ask({ kind: 'start' })).result;
  // The first one makes the tables.
  await start();
  const starts: number[] = [];
  for (let n = 0; n < amounts.starts; n += 1) starts.push(await start());
  await delay(amounts.restMs);
  const atRest = One.parse(await stage.ask({ kind: 'memory' })).result;
  const added = await addedBy(stage, { calls, times: amounts.commands });
  const fewer = { calls, times: Math.ceil(amounts.commands / 2) };
  const bySkills = [];
  for (const skills of amounts.skills) bySkills.push(await addedBy(stage, { ...fewer, skills }));
  const burst = Burst.parse(await stage.ask({ kind: 'burst', messages: amounts.burst })).result;
  const history = both(Numbers.parse(await stage.ask({ kind: 'history', changes: amounts.changes })).result);
  const afterHistory = await addedBy(stage, fewer);
  const inboxRows = Math.max(...amounts.inboxRows);
  await stage.ask({ kind: 'fill-inbox', rows: inboxRows });
  const afterInbox = await addedBy(stage, fewer);
  await Promise.all([stage, bare].map((child) => child.end()));
  return {
    start: { median: median(starts), slowest: Math.max(...starts) },
    atRest,
    added,
    bySkills,
    burst: { messages: amounts.burst, acknowledged: both(burst.acknowledged), drainedMs: burst.drained },
    history: { changes: amounts.changes, shown: history, added: afterHistory },
    inbox: { rows: inboxRows, added: afterInbox },
  };
}

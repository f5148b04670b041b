import { median } from './lib/numbers.ts';
import { fixed, table } from './lib/table.ts';
import type { endpoint, growth, wholeBot } from './sections.ts';

/** Everything that was measured. */
export interface Results {
  machine: string;
  endpoint: Awaited<ReturnType<typeof endpoint>>;
  growth: Awaited<ReturnType<typeof growth>>;
  bot: Awaited<ReturnType<typeof wholeBot>>;
}

/** The results as Markdown, for people. */
export function report({ machine, endpoint: served, growth: grown, bot }: Results): string {
  return [
    `Measured on: ${machine}.`,
    '### Endpoint',
    endpointTable(served.rows),
    ...(served.hasPostgres ? [] : ['No PostgreSQL answered: (b) is left out.']),
    memoryLine(served.memory),
    '### Latency that the bot adds (milliseconds; every call to Feishu takes 50)',
    latencyTable(bot),
    '### The whole bot',
    botTable(bot),
    '### Rows in the inbox (16 at once)',
    table(
      ['rows', 'events/s', 'p99 ms'],
      grown.map(({ rows, perSecond, p99 }) => [rows, fixed(perSecond), fixed(p99, 1)]),
    ),
  ].join('\n\n');
}

/** Whether it grows, and the most that it ever was. */
function memoryLine(samples: readonly number[]): string {
  const fifth = Math.ceil(samples.length / 5);
  const medians = Array.from({ length: 5 }, (_, n) => fixed(median(samples.slice(n * fifth, (n + 1) * fifth))));
  const most = fixed(Math.max(...samples));
  return `Memory of (a) in MB over the events that follow, median of each fifth: ${medians.join(', ')}; highest of ${samples.length} samples: ${most}.`;
}

const endpointTable = (rows: Results['endpoint']['rows']): string =>
  table(
    ['server', 'at once', 'events/s', '× (c)', '× (d)', 'p50 ms', 'p99 ms', 'CPU µs/event', 'MB'],
    rows.map((row) => [
      row.server,
      row.connections,
      fixed(row.perSecond),
      fixed(row.ofSdk, 2),
      fixed(row.ofBare, 2),
      fixed(row.p50, 2),
      fixed(row.p99, 1),
      fixed(row.cpuMicros),
      fixed(row.residentMb),
    ]),
  );

const pair = ({ p50, p99 }: { p50: number; p99: number }): string => `${fixed(p50, 1)} / ${fixed(p99, 1)}`;

const latencyRow = (name: string, { show, byName, preview, confirm, bare }: Results['bot']['added']): string[] => [
  name,
  ...[show, byName, preview, confirm, bare].map(pair),
];

const latencyTable = ({ added, bySkills, history, inbox }: Results['bot']): string =>
  table(
    ['p50 / p99', 'show', 'show by name', 'preview', 'Confirm', 'its calls alone'],
    [
      latencyRow('the seeded desk', added),
      ...bySkills.map((one) => latencyRow(`${one.skills} skills`, one)),
      latencyRow(`${history.changes} changes in history`, history.added),
      latencyRow(`and ${inbox.rows} rows in the inbox`, inbox.added),
    ],
  );

const botTable = ({ start, atRest, burst, history }: Results['bot']): string =>
  table(
    ['what', 'measured'],
    [
      ['process start to /readyz, existing SQLite file', `${fixed(start.median)} ms (slowest ${fixed(start.slowest)})`],
      ['memory at rest', `${fixed(atRest)} MB`],
      [`${burst.messages} commands at once: acknowledged, p50 / p99`, `${pair(burst.acknowledged)} ms`],
      [`${burst.messages} commands at once: all answered`, `${fixed(burst.drainedMs / 1000, 1)} s`],
      [`/skill history of ${history.changes} changes, p50 / p99`, `${pair(history.shown)} ms`],
    ],
  );

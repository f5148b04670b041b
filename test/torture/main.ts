import { setMaxListeners } from 'node:events';
import { mkdir, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { type AmbushParts, ambush } from './ambush.ts';
import { troubleCalls } from './calls.ts';
import { createDice } from './dice.ts';
import { judge } from './judge.ts';
import { type PeopleParts, work } from './people.ts';
import { createHands } from './person.ts';
import { createHarming, troubleProcesses } from './processes.ts';
import { RunRecord } from './record.ts';
import { dump, isPassed, type Run, table } from './report.ts';
import { historyOf, settle, startStage } from './stage.ts';

/** Tortures the bot for a while and judges what became of everything that people confirmed; see README.md beside this. */
const Flags = z.object({
  minutes: z.coerce.number().positive(),
  database: z.enum(['sqlite', 'postgres']),
  seed: z.string(),
  replicas: z.coerce.number().int().min(1).max(8),
  admins: z.coerce.number().int().min(4).max(20),
  out: z.string(),
});

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    database: { type: 'string', default: 'postgres' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    replicas: { type: 'string' },
    admins: { type: 'string', default: '6' },
    out: { type: 'string', default: 'data/torture' },
  },
});
// SQLite is embedded: one process at a time.
const flags = Flags.parse({ replicas: values.database === 'sqlite' ? '1' : '3', ...values });
if (flags.database === 'sqlite' && flags.replicas > 1) throw new Error('on SQLite there is one replica');

const say = (line: string): void => void process.stderr.write(`${line}\n`);
const folder = resolve(flags.out, `${flags.database}-${flags.seed}`);
// What an earlier run of this seed left would be taken for this one's.
await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
say(`Seed ${flags.seed}. Logs, and what is found, go to ${folder}`);

const over = new AbortController();
// Everybody who rests listens to it.
setMaxListeners(0, over.signal);
let isInterrupted = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    isInterrupted = true;
    over.abort();
  });
}

const record = new RunRecord();
const stage = await startStage({ ...flags, folder });
const { sandbox, replicas, admins } = stage;
// However this ends, no bot outlives it: they end when the channel to their parent does, but a stopped one cannot.
process.on('exit', () => {
  for (const replica of replicas) {
    replica.signal('SIGCONT');
    void replica.kill();
  }
});

try {
  say(`${replicas.length} replica(s) on ${flags.database}, ${admins.length} admins: ${flags.minutes} min of trouble …`);
  const dice = createDice(flags.seed);
  const everybody = admins.map((person) => createHands(sandbox, person, record));
  let names = 0;
  const trouble = { sandbox, replicas, record, over: over.signal };
  const harming = createHarming(trouble);
  const parts: PeopleParts & AmbushParts = {
    ...trouble,
    harming,
    everybody,
    uniqueName: (what) => {
      names += 1;
      return `${what} ${names}`;
    },
  };
  const all = Promise.all([
    ...everybody.map((hands) => work(parts, hands, dice.fork(hands.person.key))),
    troubleProcesses(trouble, harming, dice.fork('processes')),
    ambush(parts, dice.fork('ambush 1')),
    ambush(parts, dice.fork('ambush 2')),
    troubleCalls(trouble, dice.fork('calls')),
  ]);
  const time = delay(flags.minutes * 60_000, undefined, { signal: over.signal }).catch(() => undefined);
  // Trouble of the driver itself ends the run at once.
  await Promise.race([time, all]);
  over.abort();
  sandbox.faults.clear();
  say('Quiet: everything settles …');
  await all;
  const quietSeconds = await settle(stage, () => isInterrupted);
  const history = await historyOf(stage, record);
  const findings = judge(history);
  const { minutes, database, seed } = flags;
  const parameters = {
    database,
    minutes,
    seed,
    replicas: replicas.length,
    admins: admins.length,
    'quiet (s)': quietSeconds,
  };
  const run: Run = { parameters, history, findings, record, calls: sandbox.calls.all() };
  const logs = replicas.flatMap((replica) => replica.logs);
  await dump(folder, run, logs);
  for (const { kind, text, changes } of findings) say(`${kind}: ${text} [${changes.join(', ')}]`);
  process.stdout.write(`${table(run)}\n`);
  process.exitCode = isInterrupted ? 130 : isPassed(findings) ? 0 : 1;
} finally {
  await stage.close();
}
process.exit();

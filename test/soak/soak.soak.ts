import { execFile as execFileCallback } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import Sqlite from 'libsql';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { answerTo } from '../support/shownCard.ts';
import { onStage, type Stage } from '../support/story.ts';

const execFile = promisify(execFileCallback);

/** How much is played; the default takes a few minutes on two cores. */
const EVENTS = Number(process.env.SOAK_EVENTS ?? 20_000);
const CHANGES = Number(process.env.SOAK_CHANGES ?? 2_000);
const AT_ONCE = 16;
const ANSWER_MS = 60_000;
/** Longer than the history is kept by default. */
const OLD_MS = 800 * 24 * 3_600_000;
/** Every so many steps something goes wrong. */
const FAULT_EVERY = 50;

const REPLY = { method: 'POST', route: '/open-apis/im/v1/messages/:message_id/reply' };
const READ = { method: 'GET', route: '/open-apis/helpdesk/v1/agent_skills/:agent_skill_id' };
const PATCH = { method: 'PATCH', route: '/open-apis/helpdesk/v1/agent_skills/:agent_skill_id' };

/** What goes wrong, in turn. */
const TROUBLE: ((sandbox: Sandbox) => unknown)[] = [
  ({ faults }) => faults.add({ ...REPLY, kind: { type: 'status', status: 503, code: 155000, msg: 'down' } }),
  ({ faults }) => faults.add({ ...READ, kind: { type: 'drop', when: 'before' } }),
  ({ faults }) => faults.add({ ...REPLY, kind: { type: 'drop', when: 'after' } }),
  ({ faults }) => faults.add({ ...PATCH, kind: { type: 'drop', when: 'after' } }),
  ({ faults }) => faults.add({ ...PATCH, kind: { type: 'status', status: 500, code: 155000, msg: 'down' } }),
  ({ faults }) => faults.add({ ...READ, kind: { type: 'latency', ms: 400 } }),
  ({ faults }) => faults.addDelivery({ kind: { type: 'duplicate' } }),
  ({ faults }) => faults.addDelivery({ kind: { type: 'lost-answer' } }),
];

/** Resident memory of the bot in MiB. */
const memoryOf = ({ bot }: Stage): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${bot.pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;

/**
 * How long the bot takes to answer the simplest request, in milliseconds: what its event loop is busy with. Asked by a
 * process of its own, for this one is busy being Feishu.
 */
async function delayOf({ bot }: Stage): Promise<number> {
  const format = ['-s', '-o', '/dev/null', '-w', '%{time_total}', `${bot.url}/healthz`];
  return Number((await execFile('curl', format)).stdout) * 1000;
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;

/** Plays `steps` steps, some at once, with trouble in between; gives the delays that were seen. */
async function play(stage: Stage, steps: number, step: (at: number) => Promise<void>): Promise<number[]> {
  const delays: number[] = [];
  let next = 0;
  const player = async (): Promise<void> => {
    for (let at = next++; at < steps; at = next++) {
      if (at % FAULT_EVERY === 0) TROUBLE[(at / FAULT_EVERY) % TROUBLE.length]?.(stage.sandbox);
      if (at % 100 === 0) delays.push(await delayOf(stage));
      await step(at);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, player));
  return delays;
}

/** Clean stop and start, whatever is under way. */
async function restarted({ bot, restart }: Stage): Promise<void> {
  await bot.stop();
  await restart();
}

/** Shows a skill; gives the message that asked. */
async function show({ sandbox }: Stage, at: number): Promise<string> {
  const sent = await sandbox.say('employee', 'p2p', `/skill show VIP${' '.repeat(at % 3)}`);
  await answerTo(sandbox, sent, ANSWER_MS);
  return sent.messageId;
}

async function change({ sandbox }: Stage, at: number): Promise<string> {
  const { id } = sandbox.skills()[1 + (at % 7)] ?? { id: '' };
  const sent = await sandbox.say('admin', 'p2p', `/skill rename ${id} Name ${at}`);
  const preview = await answerTo(sandbox, sent, ANSWER_MS);
  const confirm = () => sandbox.click('admin', preview.messageId, { action: 'change.confirm' });
  // While the bot is away, or the machine has no time for it, the client says so and the person presses again.
  for (let tries = 0; tries < 600 && (await confirm()).status === 'error'; tries += 1) await delay(100);
  // Seven skills and sixteen at once: somebody else was often faster.
  for (let wait = 0; wait < 600 && /^(Please confirm|Writing)/.test(preview.title); wait += 1) await delay(100);
  expect(preview.title).toMatch(/^(Done|Changed meanwhile|Not as expected|Failed)/);
  return sent.messageId;
}

/** Lets everything stored so far grow older than the longest retention, and restarts, which forgets it. */
async function outlived(stage: Stage): Promise<void> {
  await stage.bot.stop();
  const database = new Sqlite(fileOf(stage));
  database.exec(`update inbox set finished_at = finished_at - ${OLD_MS}`);
  database.exec(`update changes set settled_at = settled_at - ${OLD_MS}`);
  database.close();
  await stage.restart();
  await delay(1_000);
}

const fileOf = ({ databaseUrl }: Stage): string => databaseUrl.replace('file:', '');

/** What the database takes on disk, with what is still beside it. */
const bytesOf = (stage: Stage): number =>
  [fileOf(stage), `${fileOf(stage)}-wal`]
    .map((path) => statSync(path, { throwIfNoEntry: false })?.size ?? 0)
    .reduce((sum, size) => sum + size);

async function soak(stage: Stage): Promise<void> {
  const { sandbox } = stage;
  const questions: string[] = [];
  const asking = (ask: typeof show) => async (at: number) => void questions.push(await ask(stage, at));
  const middle = Math.ceil(EVENTS / 20);
  const stopping = (at: number): Promise<void> => (at === middle ? restarted(stage) : asking(show)(at));

  await play(stage, Math.ceil(EVENTS / 10), stopping);
  const memoryAtFirst = memoryOf(stage);
  const early = await play(stage, Math.floor(EVENTS * 0.4), asking(show));
  await play(stage, CHANGES, asking(change));
  const late = await play(stage, Math.floor(EVENTS * 0.4), asking(show));
  const memoryAtEnd = memoryOf(stage);
  const bytes = bytesOf(stage);
  await play(stage, Math.min(100, CHANGES), (at) => (at === 50 ? restarted(stage) : asking(change)(at)));
  await outlived(stage);
  await play(stage, Math.ceil(EVENTS / 10), asking(show));

  const answered = new Map<string, number>();
  for (const { replyTo = '' } of sandbox.messages()) answered.set(replyTo, (answered.get(replyTo) ?? 0) + 1);
  expect(questions.filter((id) => answered.get(id) !== 1)).toEqual([]);
  const report = {
    questions: questions.length,
    changes: CHANGES,
    writes: stage.patches().length,
    memoryMiB: [memoryAtFirst, memoryAtEnd].map(Math.round),
    delayMs: [median(early), median(late)].map((ms) => Number(ms.toFixed(1))),
    databaseBytes: [bytes, bytesOf(stage)],
    databaseBytesPerEvent: Math.round(statSync(fileOf(stage)).size / (EVENTS + 2 * CHANGES)),
  };
  process.stdout.write(`${JSON.stringify(report)}\n`);
  expect(memoryAtEnd).toBeLessThan(memoryAtFirst * 1.5);
  expect(median(late)).toBeLessThan(Math.max(10, median(early) * 3));
  expect(report.databaseBytesPerEvent).toBeLessThan(2_000);
  expect(bytesOf(stage)).toBeLessThan(bytes * 1.1);
}

describe('a long day with faults', () => {
  it('loses nothing, answers nothing twice, stops well in the middle, and leaves memory, delay and disk as they were', async () => {
    const options = { loggedIn: ['admin'] as const, sandbox: { retryDelaysMs: [500, 1_000, 2_000, 4_000] } };
    await onStage({ ...options, env: { LOG_LEVEL: 'error' } }, soak);
  }, 3_600_000);
});

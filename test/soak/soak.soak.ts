import { readFileSync, statSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import Sqlite from 'libsql';
import { z } from 'zod';
import type { LocalFeishu } from '../support/localFeishu.ts';
import { processorTimeOf } from '../support/processorTime.ts';
import { answerTo } from '../support/shownCard.ts';
import { onStage, type Stage } from '../support/story.ts';

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
const TROUBLE: ((sandbox: LocalFeishu) => unknown)[] = [
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
 * Plays `steps` steps, some at once, with trouble in between; gives the milliseconds of processor time that the bot took for
 * each, unless it was restarted meanwhile.
 */
async function play(stage: Stage, steps: number, step: (at: number) => Promise<void>): Promise<number> {
  const { pid } = stage.bot;
  const before = processorTimeOf(pid);
  let next = 0;
  const player = async (): Promise<void> => {
    for (let at = next++; at < steps; at = next++) {
      if (at % FAULT_EVERY === 0) TROUBLE[(at / FAULT_EVERY) % TROUBLE.length]?.(stage.sandbox);
      await step(at);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, player));
  return stage.bot.pid === pid ? (processorTimeOf(pid) - before) / steps : Number.NaN;
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
  const isOffered = () => preview.actions.includes('change.confirm');
  // While the bot is away, or its answer is lost, the client says so and the person presses again, if that is possible.
  for (let tries = 0; tries < 600 && isOffered() && (await confirm()).status === 'error'; tries += 1) await delay(100);
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
  await stage.restart();
  const forgotten = database.prepare('select count(*) as rows from changes where settled_at is not null');
  while (Rows.parse(forgotten.get()).rows > 0) await delay(50);
  database.close();
}

const Rows = z.object({ rows: z.number() });

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
    processorMsPerQuestion: [early, late].map((ms) => Number(ms.toFixed(2))),
    databaseBytes: [bytes, bytesOf(stage)],
    databaseBytesPerEvent: Math.round(statSync(fileOf(stage)).size / (EVENTS + 2 * CHANGES)),
  };
  process.stdout.write(`${JSON.stringify(report)}\n`);
  expect(memoryAtEnd).toBeLessThan(memoryAtFirst * 1.5);
  expect(late).toBeLessThan(early * 2);
  expect(report.databaseBytesPerEvent).toBeLessThan(2_000);
  expect(bytesOf(stage)).toBeLessThan(bytes * 1.1);
}

describe('a long day with faults', () => {
  it('loses nothing, answers nothing twice, stops well in the middle, and leaves memory, work and disk as they were', async () => {
    const options = { loggedIn: ['admin'] as const, sandbox: { retryDelaysMs: [500, 1_000, 2_000, 4_000] } };
    await onStage({ ...options, env: { LOG_LEVEL: 'error' } }, soak);
  }, 3_600_000);
});

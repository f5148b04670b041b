import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import { z } from 'zod';
import { createLogger } from '../../src/lib/logger.ts';
import { openDatabase } from '../../src/store/connection.ts';
import { type BotProcess, environmentFor, spawnBot } from '../../test/support/bot.ts';
import { unusedPort } from '../../test/support/fakeServer.ts';
import { startLocalFeishu } from '../../test/support/localFeishu.ts';
import { fillInbox } from '../lib/databases.ts';
import { unserved, watchExchanges } from '../lib/exchanges.ts';
import { residentMb } from '../lib/usage.ts';

/** The local Feishu with the whole bot, built as it is shipped, as a process beside it. Does what it is asked to. */
const Order = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('start') }),
  z.object({ kind: z.literal('memory') }),
  z.object({ kind: z.literal('commands'), times: z.number(), skills: z.number().optional(), calls: z.string() }),
  z.object({ kind: z.literal('history'), changes: z.number() }),
  z.object({ kind: z.literal('fill-inbox'), rows: z.number() }),
  z.object({ kind: z.literal('burst'), messages: z.number() }),
]);
type Order = z.infer<typeof Order>;

/** How long every call to Feishu takes. */
const LATENCY_MS = 50;
const VIP = '6941215891786825756';
const LONG_MS = 120_000;
/** Rounds that are not counted: they measure the compiler. */
const WARM_UP = 10;

const directory = await mkdtemp(join(tmpdir(), 'skillbot-bench-'));
const databaseUrl = `file:${join(directory, 'skillbot.db')}`;
const sandbox = await startLocalFeishu({});
sandbox.settings.rateLimits = false;
const port = await unusedPort();
const url = `http://127.0.0.1:${port}`;
sandbox.settings.redirectUris.push(`${url}/oauth/callback`);
const exchanges = watchExchanges();
let bot: BotProcess | undefined;

/** Starts the bot anew on the database that is there; gives the milliseconds from the process to `/readyz`. */
async function start(): Promise<number> {
  bot?.signal('SIGTERM');
  await bot?.exited;
  const before = sandbox.calls.last();
  const begin = performance.now();
  bot = spawnBot({ ...environmentFor(sandbox, port), DATABASE_URL: databaseUrl, LOG_LEVEL: 'info' });
  while ((await fetch(`${url}/readyz`).catch(() => undefined))?.status !== 200) await delay(2);
  const took = performance.now() - begin;
  // With the first call the API client is loaded; the address check does not wait for that.
  const isCalling = () => sandbox.calls.since(before).some(({ route }) => route.endsWith('/bot/v3/info'));
  while (!isCalling()) await delay(10);
  await sandbox.connect({ eventUrl: `${url}/feishu/events`, cardUrl: `${url}/feishu/cards` });
  return took;
}

const answer = (messageId: string) =>
  sandbox.waitForMessage((message) => message.replyTo === messageId && message.senderKind === 'bot', LONG_MS);

/** Says a line and waits for its answer. */
async function saying(line: string) {
  const { messageId } = await sandbox.say('owner', 'p2p', line);
  return answer(messageId);
}

const confirming = ({ messageId }: { messageId: string }) =>
  sandbox.click('owner', messageId, { action: 'change.confirm' });

/** What the bot adds to the time of its calls, from a message that is posted to it until it posts its answer. */
async function addedToSaying(line: string) {
  exchanges.clear();
  const reply = await saying(line);
  const [delivery] = exchanges.asked();
  const calls = exchanges.served();
  const posting = calls.at(-1);
  if (!delivery || !posting) throw new Error(`${line}: the bot was not seen to answer`);
  return { added: unserved({ from: delivery.from, until: posting.from }, calls), reply };
}

/** What a request that this process makes takes beyond the calls that it leads to. */
async function addedToAnswering(asking: () => Promise<unknown>): Promise<number> {
  exchanges.clear();
  await asking();
  const [request] = exchanges.asked();
  if (request?.until === undefined) throw new Error('a request was not seen to be answered');
  return unserved({ from: request.from, until: request.until }, exchanges.served());
}

/** Resolves when the answer is here. */
async function asking(address: string): Promise<void> {
  const [answer] = await once(get(address), 'response');
  await once(answer.resume(), 'end');
}

async function logIn(): Promise<void> {
  const reply = await saying('/skill login');
  await sandbox.login('owner', sandbox.links(reply.messageId)[0] ?? '');
}

/**
 * What the bot adds to the latency of the calls: one read and the reply, and on Confirm a read, a write and a read; and
 * what a process adds that does nothing but these three.
 */
async function commands({ times, skills, calls }: Order & { kind: 'commands' }) {
  if (skills !== undefined) offerSkills(skills);
  await logIn();
  const fault = sandbox.faults.add({ kind: { type: 'latency', ms: LATENCY_MS }, times: Number.POSITIVE_INFINITY });
  const bare = `${calls}?feishu=${encodeURIComponent(sandbox.url)}`;
  const added: Record<'show' | 'byName' | 'preview' | 'confirm' | 'bare', number[]> = {
    show: [],
    byName: [],
    preview: [],
    confirm: [],
    bare: [],
  };
  for (let n = -WARM_UP; n < times; n += 1) {
    const show = await addedToSaying(`/skill show ${VIP}`);
    const byName = await addedToSaying('/skill show VIP');
    const preview = await addedToSaying(`/skill rename ${VIP} Name ${n}`);
    const confirm = await addedToAnswering(() => confirming(preview.reply));
    await confirming(await saying(`/skill rename ${VIP} VIP`));
    const withoutBot = await addedToAnswering(() => asking(bare));
    if (n < 0) continue;
    added.show.push(show.added);
    added.byName.push(byName.added);
    added.preview.push(preview.added);
    added.confirm.push(confirm);
    added.bare.push(withoutBot);
  }
  fault.remove();
  return added;
}

function offerSkills(count: number): void {
  for (const { id, isDefault } of sandbox.skills()) if (!isDefault && id !== VIP) sandbox.desk.remove(id);
  for (let n = 2; n < count; n += 1) {
    sandbox.desk.add({
      id: `7${String(n).padStart(18, '0')}`,
      name: `Skill ${n}`,
      isDefault: false,
      rules: [],
      agentIds: [],
    });
  }
}

/** Copies the changes that are there until there are so many, and measures what reads them. */
async function history(changes: number) {
  const db = openDatabase(databaseUrl, createLogger('silent'));
  const columns = sql.raw(
    `intent, 'skill-' || (i % 50), skill_name, 'ou_' || (i % 50), chat_id, source_message_id, card_message_id, base,
     target, people, remarks, outcome, undo_of, created_at, expires_at, settled_at, worker, lease_until, attempted, 0`,
  );
  await sql`
    with recursive n(i) as (select 1 union all select i + 1 from n where i < ${changes})
    insert into changes select substr('0000000000000000000' || (1000000 + i), -26), 'copy-' || i, 'applied', ${columns}
    from n, (select * from changes where status = 'applied' limit 1)`.execute(db);
  await db.destroy();
  const took: number[] = [];
  for (let n = 0; n < 20; n += 1) took.push((await addedToSaying('/skill history')).added);
  return took;
}

/** As if so many deliveries had come before. */
async function fill(rows: number): Promise<number> {
  const db = openDatabase(databaseUrl, createLogger('silent'));
  // Recent ones, which the bot still has to keep.
  await fillInbox(db, rows, Date.now() - 3_600_000);
  await db.destroy();
  return rows;
}

/** Many people ask at once: how long each delivery waits for its acknowledgement, and when all are answered. */
async function burst(messages: number) {
  const fault = sandbox.faults.add({ kind: { type: 'latency', ms: LATENCY_MS }, times: Number.POSITIVE_INFINITY });
  const begin = performance.now();
  const sent = await Promise.all(
    Array.from({ length: messages }, () => sandbox.say('owner', 'p2p', `/skill show ${VIP}`)),
  );
  await Promise.all(sent.map(({ messageId }) => answer(messageId)));
  const drained = performance.now() - begin;
  fault.remove();
  const acknowledged = sent.flatMap(({ eventId }) =>
    sandbox.deliveries.of(eventId).map(({ tookMs }) => tookMs ?? LONG_MS),
  );
  return { acknowledged, drained };
}

function obey(order: Order): Promise<unknown> {
  switch (order.kind) {
    case 'start':
      return start();
    case 'memory':
      return residentMb(bot?.pid ?? 0);
    case 'commands':
      return commands(order);
    case 'history':
      return history(order.changes);
    case 'fill-inbox':
      return fill(order.rows);
    case 'burst':
      return burst(order.messages);
  }
}

process.on('message', (message) => {
  void obey(Order.parse(message)).then((result) => process.send?.({ result }));
});
process.once('SIGTERM', () => {
  bot?.signal('SIGKILL');
  void rm(directory, { recursive: true, force: true }).then(() => process.exit(0));
});
process.send?.({ ready: true });

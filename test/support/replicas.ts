import { type Balancer, startBalancer } from './balancer.ts';
import { type Bot, startBot } from './bot.ts';
import { checkEverything } from './checkCard.ts';
import { temporaryDatabase } from './database.ts';
import { type LocalFeishu, startLocalFeishu } from './localFeishu.ts';
import { answerTo } from './shownCard.ts';
import { patient } from './story.ts';
import { TRANSPORT, type Transport } from './transport.ts';

/** Several bots on one PostgreSQL, behind one address or each with a long connection. */
export interface Replicas {
  sandbox: LocalFeishu;
  bots: Bot[];
  balancer: Balancer;
  /** One more bot; `clockOffMs`: its clock is ahead by that much. */
  add(clockOffMs?: number): Promise<Bot>;
  /** Takes a bot out of the balancer; how it ends is up to the story. */
  takeOut(bot: Bot): void;
}

/** Plays a story with `count` replicas in which the owner and the admin have authorised the bot. */
export async function withReplicas(
  count: number,
  story: (replicas: Replicas) => Promise<void>,
  transport: Transport = TRANSPORT,
): Promise<void> {
  const database = await temporaryDatabase('postgres');
  // What a replica that stops does not take in any more comes again.
  const sandbox = await startLocalFeishu(
    patient(transport === 'websocket' ? { retryDelaysMs: [500, 1_000, 2_000] } : {}),
  );
  sandbox.settings.rateLimits = false;
  const balancer = await startBalancer([]);
  const replicas: Replicas = {
    sandbox,
    bots: [],
    balancer,
    async add(clockOffMs) {
      const env = clockOffMs === undefined ? {} : { CLOCK_OFF_MS: String(clockOffMs) };
      const bot = await startBot({ sandbox, databaseUrl: database.url, transport, env });
      replicas.bots.push(bot);
      balancer.targets.push(bot.url);
      if (transport === 'websocket') return bot;
      sandbox.settings.eventUrl = `${balancer.url}/feishu/events`;
      sandbox.settings.cardUrl = `${balancer.url}/feishu/cards`;
      return bot;
    },
    takeOut(bot) {
      balancer.targets.splice(balancer.targets.indexOf(bot.url), 1);
      replicas.bots.splice(replicas.bots.indexOf(bot), 1);
    },
  };
  try {
    // The first one makes the tables; the others come up beside it.
    await replicas.add();
    await Promise.all(Array.from({ length: count - 1 }, () => replicas.add()));
    for (const person of ['owner', 'admin'] as const) await authorise(sandbox, person);
    await story(replicas);
    await Promise.all(replicas.bots.map((bot) => bot.stop()));
    replicas.bots = [];
    checkEverything(sandbox, []);
  } finally {
    await Promise.all(replicas.bots.map((bot) => bot.kill().catch(() => undefined)));
    await balancer.close();
    await sandbox.close();
    await database.drop();
  }
}

async function authorise(sandbox: LocalFeishu, person: 'owner' | 'admin'): Promise<void> {
  const card = await answerTo(sandbox, await sandbox.say(person, 'p2p', '/skill login'));
  const page = await sandbox.login(person, sandbox.links(card.messageId)[0] ?? '');
  if (page.status !== 200) throw new Error(`the login answered ${page.status}`);
  await card.becomes('green');
}

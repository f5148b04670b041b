import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from '@jest/globals';
import { type Bot, type Environment, startBot } from '../support/bot.ts';
import { databaseKinds, temporaryDatabase } from '../support/database.ts';
import { type LocalFeishu, startLocalFeishu } from '../support/localFeishu.ts';
import { startOtherWriter } from '../support/otherWriter.ts';
import { answerTo } from '../support/shownCard.ts';
import { sideBySide } from '../support/sideBySide.ts';

/** A way to a server on this machine that can be cut and mended. */
async function cuttable(port: number) {
  const sockets = new Set<Socket>();
  let isCut = false;
  const server = createServer((near) => {
    if (isCut) return void near.destroy();
    const far = connect(port, '127.0.0.1');
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('error', () => to.destroy()).on('close', () => to.destroy());
      from.pipe(to);
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const cut = (): void => {
    isCut = true;
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  };
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    cut,
    mend: () => {
      isCut = false;
    },
    close: () => {
      cut();
      server.close();
    },
  };
}

async function readiness(bot: Bot): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${bot.url}/readyz`);
  return { status: response.status, body: await response.json() };
}

async function withBot(
  { databaseUrl, env = {} }: { databaseUrl: string; env?: Environment },
  story: (bot: Bot, sandbox: LocalFeishu) => Promise<void>,
): Promise<void> {
  const sandbox = await startLocalFeishu();
  const bot = await startBot({ sandbox, databaseUrl, env });
  try {
    await story(bot, sandbox);
  } finally {
    await bot.kill();
    await sandbox.close();
  }
}

async function worksWhileStopping(bot: Bot, sandbox: LocalFeishu): Promise<void> {
  let seen = await readiness(bot);
  while (seen.status === 200) seen = await readiness(bot);
  expect(seen).toEqual({ status: 503, body: { status: 'not ready', problems: { process: 'stopping' } } });
  const card = await answerTo(sandbox, await sandbox.say('admin', 'p2p', '/skill list'));
  expect(card.text).toContain('VIP');
}

async function downAndBack(): Promise<void> {
  const database = await temporaryDatabase('postgres');
  const url = new URL(database.url);
  const way = await cuttable(Number(url.port || 5432));
  const databaseUrl = database.url.replace(url.host, `127.0.0.1:${way.port}`);
  await withBot({ databaseUrl, env: { METRICS_PORT: '0' } }, async (bot) => {
    const metricsPort = /"port":(\d+),"msg":"metrics server listening"/.exec(bot.logs())?.[1];
    const metrics = async () => (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
    expect(await metrics()).toContain('\nskillbot_inbox_depth 0\n');
    way.cut();
    const problems = { database: 'does not answer' };
    expect(await readiness(bot)).toEqual({ status: 503, body: { status: 'not ready', problems } });
    expect((await fetch(`${bot.url}/healthz`)).status).toBe(200);
    expect(await metrics()).not.toMatch(/^skillbot_inbox_depth /m);
    way.mend();
    while ((await readiness(bot)).status !== 200) await delay(50);
  }).finally(way.close);
  await database.drop();
}

sideBySide(
  {
    ...(databaseKinds().includes('postgres') && {
      'says that the database is down while it is, and is ready again by itself': downAndBack,
    }),

    'goes on when another process had locked its SQLite file for longer than a write waits': async () => {
      const database = await temporaryDatabase('sqlite');
      await withBot({ databaseUrl: database.url }, async (bot, sandbox) => {
        const writer = await startOtherWriter(database.url);
        while (!bot.logs().includes('database is locked')) await delay(100);
        await writer.done();
        const card = await answerTo(sandbox, await sandbox.say('admin', 'p2p', '/skill list'));
        expect(card.text).toContain('VIP');
      });
      await database.drop();
    },

    'says that it stops while balancers take it out, and goes on working until then': async () => {
      const database = await temporaryDatabase('sqlite');
      await withBot({ databaseUrl: database.url, env: { DRAIN_SECONDS: '10' } }, async (bot, sandbox) => {
        await Promise.all([bot.stop(), worksWhileStopping(bot, sandbox)]);
      });
      await database.drop();
    },
  },
  180_000,
);

import { once } from 'node:events';
import { mkdir, readdir, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createVault } from '../../src/auth/vault.ts';
import { OpenId } from '../../src/domain/ids.ts';
import { createLogger } from '../../src/lib/logger.ts';
import { openStore } from '../../src/store/open.ts';
import { assertKeepsSecrets, environmentFor, NEVER_GIVES_UP, spawnBot, TOKEN_KEY } from '../support/bot.ts';
import { run, temporaryFolders } from '../support/command.ts';
import { temporaryDatabase } from '../support/database.ts';
import { unusedPort } from '../support/fakeServer.ts';
import { type LocalFeishu, startLocalFeishu } from '../support/localFeishu.ts';
import { sideBySide } from '../support/sideBySide.ts';
import { until } from '../support/story.ts';
import { TRANSPORTS } from '../support/transport.ts';

const folder = temporaryFolders();

describe('the process', () => {
  let sandbox: LocalFeishu;
  beforeAll(async () => {
    sandbox = await startLocalFeishu();
  });
  afterAll(() => sandbox.close());

  const ended = async (env: Record<string, string>, args: string[] = [], cwd?: string) => {
    const bot = spawnBot(env, args, cwd === undefined ? {} : { cwd });
    const timer = setTimeout(() => bot.signal('SIGKILL'), 50_000);
    const exit = await bot.exited;
    clearTimeout(timer);
    return { ...exit, output: bot.output() };
  };

  it('does not start on a faulty configuration, and names every faulty variable and its remedy at once', async () => {
    const { code, output } = await ended({
      FEISHU_APP_ID: 'my app',
      HELPDESK_ID: '',
      PORT: 'x',
      TOKEN_ENCRYPTION_KEYS: 'short',
    });
    expect(code).toBe(1);
    for (const name of [
      'FEISHU_APP_ID',
      'FEISHU_APP_SECRET',
      'FEISHU_VERIFICATION_TOKEN',
      'HELPDESK_ID',
      'HELPDESK_TOKEN',
      'TOKEN_ENCRYPTION_KEYS',
      'PORT',
    ]) {
      expect(output).toContain(`  ${name}: `);
    }
    expect(output).toContain('openssl rand -base64 32');
    expect(output).not.toMatch(/\n\s+at /);
    expect(output).not.toContain('short');
  });

  it('does not start in production without an app: that is a fault, not the sandbox', async () => {
    const { code, output } = await ended({ NODE_ENV: 'production' });
    expect(code).toBe(1);
    expect(output).toContain('  FEISHU_APP_ID: is missing');
  });

  it('does not start past settings that it cannot read, and says the same as doctor', async () => {
    const cwd = await folder();
    // What nobody can read, whoever runs the test.
    await mkdir(join(cwd, '.env'));
    const [bot, doctor] = await Promise.all([ended({}, [], cwd), run('doctor', { cwd })]);
    for (const { code, output } of [bot, doctor]) {
      expect(code).toBe(1);
      expect(output).toContain(`${join(cwd, '.env')} cannot be read: EISDIR`);
      expect(output).toContain('chown');
      expect(output).not.toMatch(/\n\s+at /);
    }
  });

  it.each([
    ['its database cannot be reached', { DATABASE_URL: 'postgres://nobody:secret-word@127.0.0.1:1/x' }, 'DATABASE_URL'],
    ['its database cannot be written', { DATABASE_URL: 'file:/dev/null/x.db' }, ''],
  ])('does not start when %s, and says so without a stack or a password', async (_, env, said) => {
    const { code, output } = await ended({ ...environmentFor(sandbox, await unusedPort()), ...env });
    expect(code).toBe(1);
    expect(output).toContain(said);
    expect(output).not.toContain('secret-word');
    expect(output).not.toMatch(/\n\s+at /);
    assertKeepsSecrets(output, sandbox);
  });

  it('does not start on a port that is taken, and says so', async () => {
    const port = new URL(sandbox.url).port;
    const { code, output } = await ended({ ...environmentFor(sandbox, Number(port)), DATABASE_URL: 'file::memory:' });
    expect(code).toBe(1);
    expect(output).toContain('The port is taken');
    expect(output).toContain('Set PORT to a free one');
  });

  it('does not start when the port for metrics is taken, and says which one', async () => {
    const { port } = new URL(sandbox.url);
    const env = { ...environmentFor(sandbox, await unusedPort()), DATABASE_URL: 'file::memory:', METRICS_PORT: port };
    const { code, output } = await ended(env);
    expect(code).toBe(1);
    expect(output).toContain(`The port is taken: 127.0.0.1:${port} is in use. Set METRICS_PORT to a free one`);
    expect(output).not.toMatch(/\n\s+at /);
  });

  it('does not start on a host that nobody knows, and says so', async () => {
    const env = { ...environmentFor(sandbox, await unusedPort()), DATABASE_URL: 'file::memory:' };
    const { code, output } = await ended({ ...env, HOST: 'no.such.host.invalid' });
    expect(code).toBe(1);
    expect(output).toMatch(/^Cannot listen: getaddrinfo \w+ no\.such\.host\.invalid\. Correct HOST and PORT/m);
  });

  it('does not start the local Feishu on a port that is none, and blames nothing else', async () => {
    const { code, output } = await ended({ PORT: 'abc' });
    expect({ code, output }).toEqual({
      code: 1,
      output:
        'The configuration has 1 fault:\n  PORT: is not a whole number. Set a port from 0 to 65535, such as 3000\n',
    });
  });

  it('starts, and stops on SIGTERM and on SIGINT without having to give up', async () => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      const port = await unusedPort();
      const bot = spawnBot({ ...environmentFor(sandbox, port), DATABASE_URL: 'file::memory:', ...NEVER_GIVES_UP });
      await until(() => bot.output().includes('listening'));
      bot.signal(signal);
      expect(await bot.exited).toMatchObject({ code: 0 });
      expect(bot.output()).not.toContain(TOKEN_KEY);
    }
  });

  it.each(TRANSPORTS)('plays the main job against a local Feishu by %s when it is told --demo', async (transport) => {
    const { code, output } = await ended({ FEISHU_TRANSPORT: transport }, ['--demo']);
    expect(code).toBe(0);
    expect(output).toContain('/skill rename 6941215891786825756 "Tier 2"');
    expect(output).toMatch(/helpdesk: Tier 2 — .*\nPATCH \S+agent_skills\/6941215891786825756 → 200, token of: 林晓/);
  });
});

/** What is printed once everything runs. */
const DRIVEN = /bot {6}(http:\S+)\n {2}Feishu {3}(http:\S+)/;

/** Starts the bot and a local Feishu; gives the process and both addresses. */
async function startWithSandbox(env: Record<string, string> = {}) {
  const parent = spawnBot({ PORT: String(await unusedPort()), ...env }, [], { detached: true });
  await Promise.race([until(() => DRIVEN.test(parent.output())), parent.exited]);
  const [, bot, feishu] = DRIVEN.exec(parent.output()) ?? [];
  if (bot === undefined || feishu === undefined) throw new Error(`the sandbox did not start:\n${parent.output()}`);
  return { parent, bot, feishu };
}

const answers = async (url: string): Promise<boolean> =>
  fetch(`${url}/healthz`).then(
    ({ ok }) => ok,
    () => false,
  );

/** Resolves when nothing listens there any more. */
async function gone(url: string): Promise<void> {
  while (await answers(url)) await delay(20);
}

async function drivenByHand(): Promise<void> {
  // What is meant for a live bot has no say, wrong as it may be.
  const { parent, bot, feishu } = await startWithSandbox({ INBOX_RETENTION_DAYS: 'ever', HELPDESK_ID: '?' });
  const said = await fetch(`${feishu}/sandbox/say`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ as: 'admin', chat: 'p2p', text: '/skill list' }),
  });
  expect(said.status).toBe(200);
  expect(await answers(bot)).toBe(true);
  parent.signal('SIGTERM');
  expect(await parent.exited).toMatchObject({ code: 0 });
  expect(await answers(bot)).toBe(false);
}

async function interrupted(): Promise<void> {
  const { parent, bot } = await startWithSandbox();
  process.kill(-parent.pid, 'SIGINT');
  const again = setInterval(() => parent.signal('SIGINT'), 5);
  expect(await parent.exited.finally(() => clearInterval(again))).toMatchObject({ code: 0 });
  expect(await answers(bot)).toBe(false);
  expect(parent.output()).not.toContain('ended with');
}

async function killed(): Promise<void> {
  const { parent, bot } = await startWithSandbox();
  parent.signal('SIGKILL');
  // Its output is closed when the last process that writes there has ended.
  expect(await parent.exited).toMatchObject({ signal: 'SIGKILL' });
  await gone(bot);
}

async function refused(env: Record<string, string>, said: string): Promise<void> {
  const parent = spawnBot({ PORT: String(await unusedPort()), ...env });
  expect(await parent.exited).toMatchObject({ code: 1 });
  expect(parent.output()).toContain(said);
  expect(parent.output()).toContain('The bot ended with code 1. What it wrote says why.');
}

async function withBlankAddress(): Promise<void> {
  const { parent } = await startWithSandbox({ HOST: ' ' });
  parent.signal('SIGTERM');
  expect(await parent.exited).toMatchObject({ code: 0 });
  expect(parent.output()).toContain('"host":"127.0.0.1"');
}

/** What the sandbox keeps while it runs is for its owner only. */
async function withPrivateFiles(): Promise<void> {
  const cwd = await folder();
  const { parent } = await startWithSandbox({ TMPDIR: cwd });
  const [data = ''] = (await readdir(cwd)).filter((name) => name.startsWith('skillbot-sandbox-'));
  const paths = ['.', 'skillbot.db', 'skillbot.db-wal', 'skillbot.db-shm'].map((name) => join(cwd, data, name));
  const modes = await Promise.all(paths.map(async (path) => ((await stat(path)).mode & 0o777).toString(8)));
  parent.signal('SIGTERM');
  expect(await parent.exited).toMatchObject({ code: 0 });
  expect(modes).toEqual(['700', '600', '600', '600']);
}

/** Something else may be there: what matters is which one it asks for. */
async function withBlankPort(): Promise<void> {
  const asked = /bot {6}http:\/\/127\.0\.0\.1:3000\n|The port is taken: 127\.0\.0\.1:3000/;
  const parent = spawnBot({ PORT: ' ' });
  await Promise.race([until(() => asked.test(parent.output())), parent.exited]);
  parent.signal('SIGTERM');
  await parent.exited;
  expect(parent.output()).toMatch(asked);
}

/** Logins in a database that outlives the sandbox can be read by the next one that is given the same key. */
async function withOwnKey(): Promise<void> {
  const database = await temporaryDatabase('sqlite');
  try {
    const store = await openStore(database.url, createLogger('silent'));
    const vault = createVault([Buffer.from(TOKEN_KEY, 'base64')]);
    const [openId, tokens] = [OpenId.parse('ou_lin'), JSON.stringify({ access: 'a', refresh: 'b' })];
    const sealed = { tokens: await vault.seal(openId, tokens), accessExpiresAt: 0, refreshExpiresAt: undefined };
    await store.grants.save({ openId, name: 'Lin', grantedAt: 0, ...sealed });
    await store.close();
    const { parent } = await startWithSandbox({ DATABASE_URL: database.url, TOKEN_ENCRYPTION_KEYS: TOKEN_KEY });
    parent.signal('SIGTERM');
    expect(await parent.exited).toMatchObject({ code: 0 });
    expect(parent.output()).not.toContain('no key in TOKEN_ENCRYPTION_KEYS');
    expect(parent.output()).not.toContain(TOKEN_KEY);
  } finally {
    await database.drop();
  }
}

async function onTakenPort(): Promise<void> {
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  const address = holder.address();
  const port = typeof address === 'object' && address !== null ? String(address.port) : '';
  await refused({ PORT: port }, 'The port is taken').finally(() => holder.close());
}

describe('the process without credentials, with a local Feishu', () => {
  sideBySide(
    {
      'prints how to drive it, and ends with its bot on SIGTERM': drivenByHand,
      'ends well on Ctrl-C, which reaches the bot as well, and on impatience': interrupted,
      'leaves no bot behind when it is killed the hard way': killed,
      'does not start on a faulty value, which is named': () =>
        refused({ CHANGE_TTL_SECONDS: 'soon' }, '  CHANGE_TTL_SECONDS: '),
      'does not start on a port that is taken, and says so': onTakenPort,
      'listens for this machine only when HOST is blank': withBlankAddress,
      'keeps what it stores for its owner only': withPrivateFiles,
      'takes the usual port when PORT is blank': withBlankPort,
      'reads the logins in a database of its own with a key of its own': withOwnKey,
    },
    180_000,
  );
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { get, IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { FINISH_MS, STOP_MS } from '../../src/app/stopTimes.ts';
import { HEAP_FLAGS } from '../../src/lib/heap.ts';
import { unusedPort } from './fakeServer.ts';
import type { LocalFeishu } from './localFeishu.ts';
import { TRANSPORT, type Transport } from './transport.ts';

/** The built bot. `BOT_MAIN` names another build than the one in `dist`. */
const MAIN = process.env.BOT_MAIN ?? fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** A start takes about a second; this is for machines with much else to do. */
const START_MS = 60_000;
/** By then a process that was told to stop has ended, or is not going to: this is no measure of how fast it does. */
const GONE_MS = STOP_MS + 30_000;
/** A check of its address has a second, which is little where many bots start at once. */
const TRIES = 10;
/** A bot that cannot call is not waited for any longer. */
const FIRST_CALL_MS = 3_000;

export type Environment = Readonly<Record<string, string>>;

/** Makes the timer by which a stop gives up waiting for what is under way one that is never over. */
const WITHOUT_GIVING_UP = `globalThis.setTimeout = new Proxy(setTimeout, {
  apply: (set, self, [act, ms, ...given]) => set.call(self, act, ms === ${FINISH_MS} ? 2 ** 31 - 1 : ms, ...given),
})`;

/**
 * With this in its environment a bot ends well only when everything that it waits for at a stop is over: it never gives up
 * waiting, and one that waits too long ends with another exit code.
 */
export const NEVER_GIVES_UP: Environment = {
  NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(WITHOUT_GIVING_UP)}`,
};

/** A key for stored logins; the same for every bot, so that a restarted one can read what the first one wrote. */
export const TOKEN_KEY = Buffer.alloc(32, 'key of the tests ').toString('base64');

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** The bot as a process of its own. */
export interface BotProcess {
  pid: number;
  /** All it has written so far, standard output and standard error. */
  output(): string;
  signal(signal: NodeJS.Signals): void;
  /** Sets the wall clock of a composed bot; resolves when that is done. */
  stepClock(ms: number): Promise<void>;
  exited: Promise<Exit>;
}

/** A bot that dies at one point of its work, or has another clock. */
const COMPOSED = fileURLToPath(new URL('../../dist/test/composedBot.js', import.meta.url));

/**
 * Starts `main.js` with this environment and nothing of the test's own. By default away from the project (`cwd`), so that
 * no .env file of a developer has a say. `detached`: as the leader of a group, which is signalled by its negative `pid`.
 */
export function spawnBot(
  env: Environment,
  args: readonly string[] = [],
  { detached = false, cwd = tmpdir() }: { detached?: boolean; cwd?: string } = {},
): BotProcess {
  const isComposed = env.DIES_AT !== undefined || env.CLOCK_OFF_MS !== undefined;
  const child = spawn(process.execPath, [...HEAP_FLAGS, isComposed ? COMPOSED : MAIN, ...args], {
    detached,
    env: { PATH: process.env.PATH ?? '', HOME: tmpdir(), ...env },
    cwd,
    stdio: ['ignore', 'pipe', 'pipe', isComposed ? 'ipc' : 'ignore'],
  });
  const written: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => written.push(chunk));
  const end = (): void => void child.kill('SIGKILL');
  process.once('exit', end);
  const exited = once(child, 'close').then(() => {
    process.removeListener('exit', end);
    return { code: child.exitCode, signal: child.signalCode };
  });
  return {
    pid: child.pid ?? 0,
    output: () => Buffer.concat(written).toString('utf8'),
    signal: (signal) => void child.kill(signal),
    async stepClock(stepMs) {
      const stepped = once(child, 'message');
      child.send({ stepMs });
      await stepped;
    },
    exited,
  };
}

export interface BotOptions {
  sandbox: LocalFeishu;
  databaseUrl: string;
  /** Default: any free one. */
  port?: number | undefined;
  transport?: Transport | undefined;
  /** The call of the store that is its last act once it is armed: `changes.claim after`, `inbox.add before`. */
  diesAt?: string | undefined;
  /** Beside or instead of what makes the bot talk to the sandbox; an empty value counts as unset. */
  env?: Environment;
}

/** A bot that serves the sandbox. */
export interface Bot {
  url: string;
  port: number;
  pid: number;
  /** All it has written so far. */
  logs(): string;
  /** SIGTERM. Rejects unless the process ends well, having kept its secrets to itself. */
  stop(): Promise<void>;
  /** `kill -9`. */
  kill(): Promise<void>;
  /** Sets its wall clock by `ms`; only for a bot that was started with `CLOCK_OFF_MS`. */
  stepClock(ms: number): Promise<void>;
  /** From now on the call that it dies at is deadly. */
  arm(): Promise<void>;
  /** Resolves when it is gone, however that came. */
  gone: Promise<Exit>;
}

/** Starts a bot for this sandbox, waits until it is ready, and tells the sandbox how to reach it. */
export async function startBot(options: BotOptions): Promise<Bot> {
  const { sandbox, databaseUrl, port: wanted, transport = TRANSPORT, diesAt, env = {} } = options;
  const port = wanted ?? (await unusedPort());
  const url = `http://127.0.0.1:${port}`;
  const mortal = diesAt === undefined ? {} : { DIES_AT: diesAt };
  const child = spawnBot({ ...environmentFor(sandbox, port, transport), DATABASE_URL: databaseUrl, ...mortal, ...env });
  const before = sandbox.calls.last();
  await ready(url, child);
  await firstCall(sandbox, before);
  sandbox.settings.redirectUris.push(`${url}/oauth/callback`);
  const addresses = { eventUrl: `${url}/feishu/events`, cardUrl: `${url}/feishu/cards`, tries: TRIES };
  const reached = transport === 'websocket' ? sandbox.useLongConnection() : sandbox.connect(addresses);
  await reached.catch((error: unknown) => {
    child.signal('SIGKILL');
    throw error;
  });
  return {
    url,
    port,
    pid: child.pid,
    logs: child.output,
    async stop() {
      child.signal('SIGTERM');
      const exit = await Promise.race([child.exited, delay(GONE_MS, undefined, { ref: false })]);
      if (!exit) child.signal('SIGKILL');
      if (exit?.code !== 0) throw new Error(`the bot did not stop well: ${JSON.stringify(exit)}\n${tail(child)}`);
      assertKeepsSecrets(child.output(), sandbox);
    },
    gone: child.exited,
    stepClock: child.stepClock,
    async arm() {
      child.signal('SIGUSR2');
      while (!child.output().includes('armed')) await delay(5);
    },
    async kill() {
      child.signal('SIGKILL');
      await child.exited;
      assertKeepsSecrets(child.output(), sandbox);
    },
  };
}

/** Everything that makes a bot talk to this sandbox, except for its database. */
export function environmentFor(
  { url, credentials }: LocalFeishu,
  port: number,
  transport: Transport = 'webhook',
): Environment {
  const events: Environment =
    transport === 'websocket'
      ? { FEISHU_TRANSPORT: 'websocket' }
      : {
          FEISHU_VERIFICATION_TOKEN: credentials.verificationToken,
          FEISHU_ENCRYPT_KEY: credentials.encryptKey,
        };
  return {
    ...events,
    FEISHU_APP_ID: credentials.appId,
    FEISHU_APP_SECRET: credentials.appSecret,
    FEISHU_BASE_URL: url,
    FEISHU_ACCOUNTS_URL: url,
    HELPDESK_ID: credentials.helpdeskId,
    HELPDESK_TOKEN: credentials.helpdeskToken,
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    HOST: '127.0.0.1',
    PORT: String(port),
    TOKEN_ENCRYPTION_KEYS: TOKEN_KEY,
    LOG_LEVEL: 'debug',
  };
}

async function ready(url: string, child: BotProcess): Promise<void> {
  const deadline = Date.now() + START_MS;
  let exit: Exit | undefined;
  void child.exited.then((how) => {
    exit = how;
  });
  while (Date.now() < deadline && !exit) {
    if (await isReady(url)) return;
    await delay(25);
  }
  child.signal('SIGKILL');
  throw new Error(`the bot did not start: ${JSON.stringify(exit)}\n${tail(child)}`);
}

/** Not by `fetch`, which takes more of a machine than one that is starting bots has to spare. */
async function isReady(url: string): Promise<boolean> {
  try {
    const [response] = await once(get(`${url}/readyz`, { agent: false }), 'response');
    const { statusCode } = z.instanceof(IncomingMessage).parse(response).resume();
    return statusCode === 200;
  } catch {
    return false;
  }
}

/** With its first call a bot loads the API client; on a busy machine it answers nothing in time meanwhile. */
async function firstCall(sandbox: LocalFeishu, before: number): Promise<void> {
  const deadline = Date.now() + FIRST_CALL_MS;
  const isMade = () => sandbox.calls.since(before).some(({ route }) => !route.includes('tenant_access_token'));
  while (!isMade() && Date.now() < deadline) await delay(10);
}

const tail = (child: BotProcess): string => child.output().slice(-3000);

/** Throws when a log shows a credential, a token of any kind, or a link that lets somebody in. */
export function assertKeepsSecrets(output: string, { credentials }: LocalFeishu): void {
  const { appSecret, verificationToken, encryptKey, helpdeskId, helpdeskToken } = credentials;
  const header = Buffer.from(`${helpdeskId}:${helpdeskToken}`).toString('base64');
  const secrets = { appSecret, verificationToken, encryptKey, helpdeskToken, header, TOKEN_KEY };
  const told = Object.entries(secrets).flatMap(([name, secret]) =>
    secret !== '' && output.includes(secret) ? [name] : [],
  );
  const shapes = {
    'user token': /eyJ[\w-]{10}/,
    'tenant token': /\bt-[0-9a-f]{20}/,
    'login link': /oauth\/login\/[\w-]/,
    'ticket of a connection': /ticket=/,
    'device code': /device-code-[0-9a-f]/,
    'code of a login': /user_code|\b[B-DF-HJ-NP-TV-XZ]{4}-[B-DF-HJ-NP-TV-XZ]{4}\b/,
  };
  for (const [name, shape] of Object.entries(shapes)) if (shape.test(output)) told.push(name);
  if (told.length > 0) throw new Error(`the bot has written secrets into its log: ${told.join(', ')}`);
}

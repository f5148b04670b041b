import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { environmentFor } from '../support/bot.ts';
import { unusedPort } from '../support/fakeServer.ts';
import type { LocalFeishu } from '../support/localFeishu.ts';
import type { DatabaseLink } from './databaseLink.ts';

const BOT = fileURLToPath(new URL('bot.js', import.meta.url));
const READY_MS = 60_000;
/** A clean stop takes less; what does not end is ended. */
const STOP_MS = 40_000;

/** One bot, which is the same replica through all its restarts. */
export interface Replica {
  name: string;
  url: string;
  /** The files that its processes wrote their logs to. */
  logs: string[];
  database: DatabaseLink;
  /** Starts a process and waits until it is ready; one that ends is started again. */
  start(): Promise<void>;
  /** `kill -9`. */
  kill(): Promise<void>;
  /** SIGTERM; ends it anyway when that takes too long. Gives whether it ended well. */
  stop(): Promise<boolean>;
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void;
  /** Sets how far its wall clock is ahead of the time. */
  setClock(aheadMs: number): void;
}

export interface ReplicaOptions {
  name: string;
  sandbox: LocalFeishu;
  database: DatabaseLink;
  /** Where its log goes. */
  folder: string;
}

export async function createReplica({ name, sandbox, database, folder }: ReplicaOptions): Promise<Replica> {
  const port = await unusedPort();
  const url = `http://127.0.0.1:${port}`;
  sandbox.settings.redirectUris.push(`${url}/oauth/callback`);
  let child: ChildProcess | undefined;
  let starts = 0;
  let aheadMs = 0;

  const launch = (): ChildProcess => {
    starts += 1;
    const log = `${folder}/${name}-${starts}.log`;
    const output = openSync(log, 'a');
    const started = spawn(process.execPath, [BOT], {
      env: {
        PATH: process.env.PATH ?? '',
        HOME: tmpdir(),
        ...environmentFor(sandbox, port),
        DATABASE_URL: database.url,
        PROCESS_NAME: `${name}-${starts}`,
      },
      cwd: tmpdir(),
      stdio: ['ignore', output, output, 'ipc'],
    });
    closeSync(output);
    // Its parent learns of its end by the exit; a message that comes too late is none of its concern.
    started.on('error', () => undefined);
    replica.logs.push(log);
    return started;
  };
  const tellClock = (): void => void child?.send?.({ clockAheadMs: aheadMs }, () => undefined);
  const ended = async (process: ChildProcess): Promise<void> => {
    if (process.exitCode === null && process.signalCode === null) await once(process, 'exit');
  };

  const replica: Replica = {
    name,
    url,
    logs: [],
    database,
    async start() {
      for (const deadline = Date.now() + READY_MS; Date.now() < deadline; await delay(300)) {
        const process = launch();
        child = process;
        tellClock();
        if (await becomesReady(url, process, deadline)) return;
        process.kill('SIGKILL');
        await ended(process);
      }
      throw new Error(`${name} did not become ready within ${READY_MS} ms; see ${replica.logs.at(-1)}`);
    },
    async kill() {
      const process = child;
      if (!process) return;
      process.kill('SIGKILL');
      await ended(process);
    },
    async stop() {
      const process = child;
      if (!process) return true;
      process.kill('SIGTERM');
      await Promise.race([ended(process), delay(STOP_MS, undefined, { ref: false })]);
      process.kill('SIGKILL');
      await ended(process);
      return process.exitCode === 0;
    },
    signal: (signal) => void child?.kill(signal),
    setClock(ms) {
      aheadMs = ms;
      tellClock();
    },
  };
  return replica;
}

/** False when it has ended. */
async function becomesReady(url: string, process: ChildProcess, deadline: number): Promise<boolean> {
  while (Date.now() < deadline && process.exitCode === null && process.signalCode === null) {
    if (await isReady(url)) return true;
    await delay(50);
  }
  return false;
}

const isReady = (url: string): Promise<boolean> =>
  new Promise((resolve) => {
    const request = get(`${url}/readyz`, { agent: false, timeout: 2_000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(false));
  });

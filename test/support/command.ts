import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from '@jest/globals';
import type { Environment } from './bot.ts';
import { until } from './story.ts';

/** How a command of the terminal ended, and all that it wrote. */
export interface Ended {
  code: number | null;
  output: string;
}

/** A command that is running. */
export interface Running {
  output(): string;
  /** Types something. */
  types(text: string): void;
  /** Waits until it has written this since the last time. */
  shows(text: string): Promise<void>;
  signal(signal: NodeJS.Signals): void;
  ended: Promise<Ended>;
}

export interface Start {
  args?: readonly string[];
  env?: Environment;
  /** Where it runs; default: away from the project, so that no .env file of a developer has a say. */
  cwd?: string;
  /** On a terminal, 200 characters wide. */
  terminal?: boolean;
}

/** Where a built command lies. */
export const built = (name: string): string => fileURLToPath(new URL(`../../dist/${name}.js`, import.meta.url));

/** Starts a built command, such as `setup`, with this environment and nothing of the test's own. */
export function start(name: string, { args = [], env = {}, cwd = tmpdir(), terminal = false }: Start): Running {
  const [command = '', ...rest] = terminal
    ? onTerminal([built(name), ...args])
    : [process.execPath, built(name), ...args];
  const child = spawn(command, rest, { env: { PATH: process.env.PATH ?? '', HOME: tmpdir(), ...env }, cwd });
  const written: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => written.push(chunk));
  if (!terminal) child.stdin.end();
  const output = (): string => Buffer.concat(written).toString('utf8');
  let seen = 0;
  return {
    output,
    types: (text) => void child.stdin.write(text),
    async shows(text) {
      await until(() => output().includes(text, seen)).catch(() => {
        child.kill('SIGKILL');
        throw new Error(`"${text}" was not shown after:\n${output().slice(seen)}`);
      });
      seen = output().indexOf(text, seen) + text.length;
    },
    signal: (signal) => void child.kill(signal),
    ended: once(child, 'close').then(() => ({ code: child.exitCode, output: output() })),
  };
}

/** Runs a built command to its end. */
export const run = (name: string, options: Start): Promise<Ended> => start(name, options).ended;

/** `script` gives a program a terminal; its flags differ between Linux and macOS. */
function onTerminal(args: readonly string[]): string[] {
  const command = `stty cols 200 rows 60; exec ${[process.execPath, ...args].map(quoted).join(' ')}`;
  return process.platform === 'darwin'
    ? ['script', '-q', '/dev/null', 'sh', '-c', command]
    : ['script', '-qefc', command, '/dev/null'];
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** Folders that are gone after the tests. */
export function temporaryFolders(): () => Promise<string> {
  const folders: string[] = [];
  afterAll(async () => {
    for (const folder of folders) await rm(folder, { recursive: true, force: true });
  });
  return async () => {
    const folder = await mkdtemp(join(tmpdir(), 'skillbot-setup-'));
    folders.push(folder);
    return folder;
  };
}

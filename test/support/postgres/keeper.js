// Runs a PostgreSQL server of its own for as long as its standard input is open, which ends with the process that has
// started this one, however that ends. Says `{"url": …}` or `{"reason": …}` on standard output, and removes everything.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ownerHere, runnable } from './binaries.js';

/** Another process may take a free port before the server does. */
const TRIES = 5;
/** Of what the server says, for the reason that it ended. */
const KEPT_CHARACTERS = 2_000;
/** For tests only: what they write need not outlive a crash of the machine. */
const SETTINGS = ['fsync=off', 'full_page_writes=off', 'listen_addresses=127.0.0.1', 'unix_socket_directories='];

const folder = mkdtempSync(join(tmpdir(), 'skillbot-postgres-'));
let server;

async function start() {
  const owner = ownerHere();
  if (owner.uid !== undefined) chownSync(folder, owner.uid, owner.gid);
  const bin = runnable(folder, owner);
  const data = join(folder, 'data');
  const as = { ...owner, cwd: folder };
  const options = ['--username=postgres', '--auth=trust', '--encoding=UTF8', '--no-locale', '--no-sync'];
  const made = spawnSync(join(bin, 'initdb'), [`--pgdata=${data}`, ...options], { ...as, encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`initdb failed: ${made.error?.message ?? made.stderr.trim()}`);
  let written = '';
  for (let tries = 0; tries < TRIES; tries += 1) {
    const port = await freePort();
    const settings = [...SETTINGS, `port=${port}`].flatMap((setting) => ['-c', setting]);
    server = spawn(join(bin, 'postgres'), ['-D', data, ...settings], { ...as, stdio: ['ignore', 'ignore', 'pipe'] });
    written = '';
    const keep = (text) => {
      written = `${written}${text}`.slice(-KEPT_CHARACTERS);
      return written;
    };
    if (await isReady(server, keep)) return `postgres://postgres@127.0.0.1:${port}/postgres`;
  }
  throw new Error(`postgres ended: ${written.trim()}`);
}

/** Resolves with false when it ends instead. */
const isReady = (child, keep) =>
  new Promise((resolve) => {
    child.once('exit', () => resolve(false));
    child.stderr.setEncoding('utf8').on('data', (text) => {
      if (keep(text).includes('ready to accept connections')) resolve(true);
    });
  });

async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  await once(probe, 'close');
  return port;
}

async function end() {
  if (server && server.exitCode === null && server.signalCode === null) {
    // At once, without asking those who are connected.
    server.kill('SIGQUIT');
    await once(server, 'exit');
  }
  rmSync(folder, { recursive: true, force: true });
  process.exit();
}

const say = (what) => void process.stdout.write(`${JSON.stringify(what)}\n`);

process.stdout.on('error', () => undefined);
process.stdin.on('close', end).resume();
process.on('SIGTERM', end);
start().then(
  (url) => say({ url }),
  (error) => {
    say({ reason: error.message });
    void end();
  },
);

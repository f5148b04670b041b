import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';
import Sqlite from 'libsql';
import { createLogger } from '../../src/lib/logger.ts';
import { openDatabase } from '../../src/store/connection.ts';
import { openStore } from '../../src/store/open.ts';
import { databaseKinds, temporaryDatabase } from '../support/database.ts';
import { updateToNewer } from '../support/newerVersion.ts';
import { hasPgDump } from '../support/pgDump.js';
import { answersTo } from '../support/shownCard.ts';
import { onStage, skillOf, until } from '../support/story.ts';
import { commandsUnder } from './docs.ts';

const run = promisify(execFile);
const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
const VIP = '6941215891786825756';
const PRINTERS = '6941215891786825759';
const BUSY_WITH = 15;

/** Runs a documented command on the files of a story instead of those of an installation. */
async function asDocumented(command: string | undefined, data: string): Promise<void> {
  if (!command?.includes('data/')) throw new Error(`this is no command on the data: ${command}`);
  await run('bash', ['-ec', command.replaceAll('data/', `${data}/`)], { cwd: PROJECT });
}

it('a backup made while the bot works is whole, and the bot goes on from it after a restore', async () => {
  const [backUp] = await commandsUnder('Backup');
  const [restore] = await commandsUnder('Restore');
  await onStage({ loggedIn: ['admin'] }, async (stage) => {
    const { sandbox } = stage;
    const data = dirname(stage.databaseUrl.replace('file:', ''));
    const lin = stage.person('admin');
    const early = await lin.says('/skill rename VIP Early');
    await lin.presses(early, 'change.confirm');
    const pending = await lin.says('/skill rename Printers Waiting');

    const sent = await Promise.all(
      Array.from({ length: BUSY_WITH }, () => lin.tells('/skill rename 6941215891786825756 Busy')),
    );
    await asDocumented(backUp, data);
    await until(() => sent.every((message) => answersTo(sandbox, message).length === 1));
    expect(tablesOf(`${data}/backup.db`)).toMatchObject({ check: 'ok', grants: 1 });
    await expect(asDocumented(backUp, data)).rejects.toThrow('already exists');

    const late = await lin.says('/skill rename 6941215891786825756 Late');
    await lin.presses(late, 'change.confirm');
    expect(late.template).toBe('green');

    await stage.bot.stop();
    // Whoever restores is seldom the user of the bot.
    await chmod(`${data}/skillbot.db`, 0o660);
    await asDocumented(restore, data);
    expect((await stat(`${data}/skillbot.db`)).mode & 0o777).toBe(0o660);
    await expect(stat(`${data}/backup.db`)).resolves.toBeDefined();
    await stage.restart();

    const history = await lin.says('/skill history');
    expect(history.text).toContain('Early');
    expect(history.text).not.toContain('Late');
    expect((await lin.says('/skill whoami')).title).toBe('Logged in');
    // What was done since the backup is not undone by the restore, and not done again.
    expect(skillOf(stage, VIP).name).toBe('Late');
    await lin.presses(pending, 'change.confirm');
    expect(skillOf(stage, PRINTERS).name).toBe('Waiting');
    const undo = await lin.says('/skill undo');
    expect(undo.text).toContain('Printers');
  });
});

function tablesOf(path: string): Record<string, unknown> {
  const database = new Sqlite(path, { readonly: true });
  try {
    const count = (table: string) => Object(database.prepare(`select count(*) as n from ${table}`).get()).n;
    const check = Object(database.prepare('pragma integrity_check').get()).integrity_check;
    return { check, changes: count('changes'), grants: count('grants') };
  } finally {
    database.close();
  }
}

it('a backup of what is not there is none, and leaves no file', async () => {
  const [backUp] = await commandsUnder('Backup');
  const folder = await mkdtemp(join(tmpdir(), 'skillbot-backup-'));
  await mkdir(join(folder, 'data'));
  await expect(asDocumented(backUp, join(folder, 'data'))).rejects.toThrow('skillbot.db');
  expect(await readdir(join(folder, 'data'))).toEqual([]);
  await rm(folder, { recursive: true });
});

const logger = createLogger('silent');

/** Runs a documented command for compose.yaml on the server of the tests. */
async function onServer(command: string | undefined, url: string, cwd: string): Promise<void> {
  if (!command?.includes('docker compose exec')) throw new Error(`this is no command for the database: ${command}`);
  const { hostname, port, username, password, pathname } = new URL(url);
  const here = command
    .replaceAll('docker compose exec -T postgres ', '')
    .replace(/^docker compose (stop|start) bot-1 bot-2/gm, 'true')
    .replaceAll('--username=skillbot', `--username=${username}`)
    .replaceAll(/\bskillbot\b/g, pathname.slice(1));
  const env = { ...process.env, PGHOST: hostname, PGPORT: port || '5432', PGPASSWORD: password };
  await run('bash', ['-ec', here], { cwd, env });
}

/** What an update leaves behind. */
async function update(url: string): Promise<void> {
  await updateToNewer(url);
  const db = openDatabase(url, logger);
  await db.deleteFrom('desks').execute();
  await db.destroy();
}

async function restoredOnServer(): Promise<void> {
  const [, backUp] = await commandsUnder('Backup');
  const [, restore] = await commandsUnder('Restore');
  const folder = await mkdtemp(join(tmpdir(), 'skillbot-backup-'));
  const { url, drop } = await temporaryDatabase('postgres');
  const first = await openStore(url, logger);
  await first.desks.rememberWholeWrites('desk');
  await first.close();
  await onServer(backUp, url, folder);
  await update(url);

  await expect(onServer(restore?.replaceAll('backup.dump', 'nowhere.dump'), url, folder)).rejects.toThrow('nowhere');
  await expect(openStore(url, logger)).rejects.toThrow('newer version');
  await onServer(restore, url, folder);
  const db = openDatabase(url, logger);
  expect((await db.introspection.getTables()).map(({ name }) => name)).not.toContain('of_a_newer_version');
  await db.destroy();
  const again = await openStore(url, logger);
  expect(await again.desks.needsWholeWrites('desk')).toBe(true);
  await again.close();
  await drop();
  await rm(folder, { recursive: true });
}

// What is left out is told at the end of the run.
if (databaseKinds().includes('postgres') && hasPgDump()) {
  it('a PostgreSQL that was updated since the backup is as before it after a restore', restoredOnServer, 180_000);
}

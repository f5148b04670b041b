import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';
import Sqlite from 'libsql';
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
    await asDocumented(restore, data);
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

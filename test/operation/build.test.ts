import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { temporaryFolders } from '../support/command.ts';

const PROJECT = fileURLToPath(new URL('../../', import.meta.url));
const temporaryFolder = temporaryFolders();

/** A project with the build of this one and hardly any source: its program loads a part of itself on request. */
async function smallProject(): Promise<string> {
  const folder = await temporaryFolder();
  await cp(join(PROJECT, 'scripts'), join(folder, 'scripts'), { recursive: true });
  await symlink(join(PROJECT, 'node_modules'), join(folder, 'node_modules'));
  for (const part of ['lib', 'bin']) await mkdir(join(folder, 'src', part), { recursive: true });
  await cp(join(PROJECT, 'src/lib/heapFlags.json'), join(folder, 'src/lib/heapFlags.json'));
  await writeFile(join(folder, 'package.json'), '{"type":"module","version":"1.2.3"}');
  for (const program of ['setup', 'doctor']) await writeFile(join(folder, `src/bin/${program}.ts`), 'export {};');
  await writeFile(
    join(folder, 'src/bin/start.ts'),
    `console.log('running');
    process.stdin.once('data', async () => console.log((await import('../late.ts')).late));`,
  );
  await writeFile(join(folder, 'src/late.ts'), `export const late = 'the first';`);
  return folder;
}

/** Runs the build of the live bot; gives what it says. */
async function build(folder: string): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['scripts/build.mjs', 'live'], {
    cwd: folder,
  });
  expect(stdout).toBe('');
  return stderr;
}

/** Starts the built program, and waits until it runs; `late` has it load its part, and gives what that is. */
async function start(folder: string): Promise<{ late(): Promise<string> }> {
  const running = promisify(execFile)(process.execPath, [join(folder, 'dist/main.js')]);
  await new Promise((resolve) => running.child.stdout?.once('data', resolve));
  return {
    async late() {
      running.child.stdin?.end('now');
      return (await running).stdout.trim().replace('running\n', '');
    },
  };
}

/** When each file of the build was written. */
async function timesOf(folder: string): Promise<Record<string, number>> {
  const names = await readdir(join(folder, 'dist'));
  const times = names.map(async (name) => [name, (await stat(join(folder, 'dist', name))).mtimeMs] as const);
  return Object.fromEntries(await Promise.all(times));
}

describe('a build', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await smallProject();
    expect(await build(folder)).toBe('building dist/ (live)\n');
  });

  it('is skipped when nothing has changed, and says so', async () => {
    const before = await timesOf(folder);
    expect(await build(folder)).toBe('dist/ is up to date\n');
    expect(await timesOf(folder)).toEqual(before);
  });

  it.each<[string, (text: string) => string, string]>([
    ['a source', (text) => `${text}\nexport const more = 1;`, 'src/late.ts'],
    ['the version', (text) => text.replace('1.2.3', '1.2.4'), 'package.json'],
    ['an option', (text) => text.replace("target: 'node20'", "target: 'node22'"), 'scripts/targets.mjs'],
    ['what is installed', () => '{"lockfileVersion":3}', 'package-lock.json'],
    ['what was built', () => '', 'dist/build.json'],
  ])('is made again when %s has changed', async (_, change, path) => {
    const text = await readFile(join(folder, path), 'utf8').catch(() => '');
    await writeFile(join(folder, path), change(text));
    expect(await build(folder)).toBe('building dist/ (live)\n');
    expect(await build(folder)).toBe('dist/ is up to date\n');
  });

  it('leaves a program that is running what it loads later, and gives the next one what is new', async () => {
    await writeFile(join(folder, 'src/late.ts'), `export const late = 'the first';`);
    await build(folder);
    const running = await start(folder);
    for (const late of ['the second', 'the third']) {
      await writeFile(join(folder, 'src/late.ts'), `export const late = '${late}';`);
      await build(folder);
    }
    expect(await running.late()).toBe('the first');
    expect(await (await start(folder)).late()).toBe('the third');
  });

  it('replaces whole files, and leaves nothing beside them', async () => {
    const before = await stat(join(folder, 'dist/main.js'));
    await writeFile(join(folder, 'src/late.ts'), `export const late = 'the fourth';`);
    await build(folder);
    expect((await stat(join(folder, 'dist/main.js'))).ino).not.toBe(before.ino);
    expect((await readdir(join(folder, 'dist'))).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('keeps the parts of a few builds, not of all', async () => {
    for (let n = 0; n < 9; n += 1) {
      await writeFile(join(folder, 'src/late.ts'), `export const late = 'number ${n}';`);
      await build(folder);
    }
    const parts = (await readdir(join(folder, 'dist'))).filter((name) => name.startsWith('late-'));
    expect(parts).toHaveLength(6);
  });

  it('that fails changes nothing, and says where', async () => {
    const before = await timesOf(folder);
    await writeFile(join(folder, 'src/late.ts'), 'export const late = ;');
    await expect(build(folder)).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('src/late.ts:1:20') });
    expect(await timesOf(folder)).toEqual(before);
  });
});

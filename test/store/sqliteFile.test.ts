import { chmodSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { inspectDatabase } from '../../src/store/inspect.ts';
import { openStore } from '../../src/store/open.ts';
import { captureLogs } from '../support/logs.ts';

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

describe('the file of a SQLite database', () => {
  let folder: string;
  let path: string;
  let umask: number;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'skillbot-test-'));
    path = join(folder, 'new', 'data', 'skillbot.db');
    umask = process.umask(0);
  });
  afterEach(async () => {
    process.umask(umask);
    await rm(folder, { recursive: true, force: true });
  });

  const open = async (file: string) => {
    const logs = captureLogs();
    const store = await openStore(`file:${file}`, logs.logger);
    return { store, logs };
  };

  it.each([0o000, 0o022, 0o077])('is for its owner only where it is new, with any umask (%#)', async (mask) => {
    process.umask(mask);
    const { store, logs } = await open(path);
    await store.ping();
    await store.inbox.enqueue({ requestKey: 'k', delivery: '{}', now: 0 });
    for (const end of ['', '-wal', '-shm']) expect(modeOf(path + end)).toBe('600');
    expect(modeOf(dirname(path))).toBe('700');
    expect(modeOf(folder)).toBe('700');
    await store.close();
    expect(logs.lines()).toEqual([]);
  });

  it('stays as it is where it is there, and that others may read it is told', async () => {
    await (await open(path)).store.close();
    chmodSync(path, 0o644);
    chmodSync(dirname(path), 0o755);
    const { store, logs } = await open(path);
    expect(modeOf(path)).toBe('644');
    expect(modeOf(dirname(path))).toBe('755');
    expect(logs.lines()).toMatchObject([{ level: 40, msg: 'others may read the database' }]);
    expect(logs.lines()[0]?.remedy).toContain(`chmod 600 ${path}`);
    const found = await inspectDatabase(`file:${path}`, logs.logger);
    expect(found).toMatchObject({ kind: 'present', openFiles: expect.arrayContaining([path]) });
    if (found.kind === 'present') await found.store.close();
    await store.close();
  });

  it('is nobody’s where it is in memory', async () => {
    const { store, logs } = await open(':memory:');
    await store.ping();
    await store.close();
    expect(logs.lines()).toEqual([]);
  });
});

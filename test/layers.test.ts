import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

const run = promisify(execFile);
const SCRIPT = fileURLToPath(new URL('../scripts/layers.mjs', import.meta.url));

let project: string;
beforeEach(async () => {
  project = await mkdtemp(join(tmpdir(), 'layers-'));
  await write('local-feishu/test/a.test.ts', '');
  await write('local-feishu/src/index.ts', "import './state/a.ts';");
  await write('local-feishu/src/state/a.ts', '');
  await write('local-feishu/src/helpdesk/plugin.ts', "import type { A } from '../state/a.ts';");
  await write('src/lib/a.ts', '');
  await write('src/bin/sandboxMode.ts', "import { start } from 'local-feishu';\nimport '../lib/a.ts';");
});
afterEach(() => rm(project, { recursive: true }));

async function write(path: string, code: string): Promise<void> {
  await mkdir(dirname(join(project, path)), { recursive: true });
  await writeFile(join(project, path), code);
}

const check = () => run(process.execPath, [SCRIPT, project]);

describe('the rule of imports', () => {
  it('lets pass what is in order', async () => {
    expect(await check()).toEqual({ stdout: '', stderr: '' });
  });

  it.each([
    [
      'src/lib/b.ts',
      "import type { A } from '../bin/sandboxMode.ts';",
      'lib/b.ts imports from bin/, which is above it',
    ],
    ['src/other/b.ts', '', 'other/b.ts is in no layer'],
    ['src/app/b.ts', "import { PEOPLE } from 'local-feishu';", 'app/b.ts imports local-feishu, which only'],
    ['src/bin/start.ts', "import type { A } from 'local-feishu/helpdesk';", 'bin/start.ts imports local-feishu'],
    ['src/bin/replay.ts', "import '../../local-feishu/src/index.ts';", 'bin/replay.ts reaches into local-feishu/'],
    [
      'local-feishu/src/b.ts',
      "import type { A } from '../../src/lib/a.ts';",
      'local-feishu/src/b.ts imports src/lib/a.ts',
    ],
    ['local-feishu/test/b.test.ts', "import '../../src/lib/a.ts';", 'local-feishu/test/b.test.ts imports src/lib/a.ts'],
    ['local-feishu/src/b.ts', "import './helpdesk/plugin.ts';", 'local-feishu/src/b.ts imports src/helpdesk/plugin.ts'],
    ['local-feishu/src/state/a.ts', "import type { A } from '../index.ts';", 'a circle: src/index.ts → src/state/a.ts'],
  ])('refuses in %s: %s', async (path, code, fault) => {
    await write(path, code);
    await expect(check()).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining(fault) });
  });
});

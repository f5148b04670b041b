import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';

const BUILT = new URL('../../dist/lib/garbage.js', import.meta.url);

it('a process whose garbage was collected goes on, and can end', async () => {
  const script = `
    const { collectGarbage } = await import(${JSON.stringify(BUILT.href)});
    await collectGarbage();
    await new Promise((resolve) => setTimeout(resolve, 1));
    process.stdout.write('goes on');
    process.exit(0);
  `;
  const running = promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], { timeout: 15_000 });
  expect((await running).stdout).toBe('goes on');
});

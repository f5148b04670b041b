import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/**
 * Runs a script in a process of its own and gives what it wrote. It may import from the sources, as `./src/lib/clock.ts`.
 * Rejects when it fails or takes longer than a minute.
 */
export async function inProcess(script: string): Promise<string> {
  const stdin = { contents: script, resolveDir: ROOT };
  const { outputFiles } = await build({ stdin, bundle: true, format: 'esm', platform: 'node', write: false });
  const running = promisify(execFile)(process.execPath, ['--input-type=module'], { timeout: 60_000 });
  running.child.stdin?.end(outputFiles[0]?.text);
  return (await running).stdout;
}

import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';

const read = (path: string): unknown => JSON.parse(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8'));

const run = promisify(execFile);
const PROJECT = fileURLToPath(new URL('../../', import.meta.url));

const Output = z.object({
  entryPoint: z.string().optional(),
  imports: z.array(z.object({ path: z.string(), kind: z.string(), external: z.boolean().default(false) })),
  inputs: z.record(z.string(), z.unknown()),
});
const Meta = z.object({ inputs: z.record(z.string(), z.unknown()), outputs: z.record(z.string(), Output) });
const { outputs } = Meta.parse(read('dist/meta.json'));

const fileOf = (source: string): string => {
  const found = Object.keys(outputs).find((path) => outputs[path]?.entryPoint === source);
  if (found === undefined) throw new Error(`${source} was not built into a file of its own`);
  return found;
};

/** What is loaded with these sources: at once, or later as well. */
function loadedWith(sources: readonly string[], { later, without = [] }: { later: boolean; without?: string[] }) {
  const left = new Set(without.map(fileOf));
  const files = new Set<string>();
  const external = new Set<string>();
  const load = (path: string): void => {
    const output = outputs[path];
    if (!output || files.has(path) || left.has(path)) return;
    files.add(path);
    for (const imported of output.imports) {
      if (!later && imported.kind === 'dynamic-import') continue;
      if (imported.external) external.add(imported.path);
      else load(imported.path);
    }
  };
  for (const source of sources) load(fileOf(source));
  const inputs = [...files].flatMap((path) => Object.keys(outputs[path]?.inputs ?? {}));
  return { inputs, external: [...external].filter((name) => !isBuiltin(name) && !name.startsWith('node:')) };
}

/** The folders of the packages that these files are from, as the lock file names them. */
const packagesAmong = (inputs: readonly string[]): Set<string> =>
  new Set(
    inputs.flatMap((path) => /\b(node_modules\/(?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []),
  );

describe('the bot as it is built', () => {
  const live = loadedWith(['src/bin/start.ts', 'src/bin/setup.ts', 'src/bin/doctor.ts'], {
    later: true,
    without: ['src/bin/sandboxMode.ts'],
  });

  it('can do without the local Feishu', () => {
    expect(live.inputs).toContain('src/transport/webhook.ts');
    expect(live.inputs.filter((path) => path.startsWith('local-feishu/'))).toEqual([]);
  });

  it('says its version', async () => {
    const { version } = z.object({ version: z.string() }).parse(read('package.json'));
    const { stdout } = await run(process.execPath, [join(PROJECT, 'dist/main.js'), '--version'], { cwd: tmpdir() });
    expect(stdout).toBe(`feishu-skill-bot ${version}\n`);
  });

  it('names the app that is missing where the local Feishu is left out', async () => {
    const folder = 'dist/test/live';
    await run(process.execPath, ['scripts/build.mjs', 'live', `--outdir=${folder}`], { cwd: PROJECT });
    const built = Object.keys(Meta.parse(read(`${folder}/meta.json`)).inputs);
    expect(built).toContain('src/transport/webhook.ts');
    expect(built.filter((path) => /^local-feishu\/|^src\/bin\/(sandbox|replay|demo)/.test(path))).toEqual([]);
    const start = run(process.execPath, [join(PROJECT, folder, 'main.js')], { cwd: tmpdir(), env: {} });
    await expect(start).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('FEISHU_APP_ID: is missing'),
    });
  });

  it('has nothing in it that only developers need', () => {
    const Lock = z.object({ packages: z.record(z.string(), z.object({ dev: z.boolean().default(false) })) });
    const { packages } = Lock.parse(read('package-lock.json'));
    const bundled = packagesAmong(live.inputs);
    expect(bundled.size).toBeGreaterThan(50);
    expect([...bundled].filter((name) => packages[name]?.dev !== false)).toEqual([]);
  });

  it('finds everything else where it is installed', () => {
    // All but the first are for those who have installed them: whoever asks for them can do without.
    expect(live.external.sort()).toEqual(['bufferutil', 'libsql', 'pg-native', 'supports-color', 'utf-8-validate']);
  });

  it('loads at its start nothing that it may never need, and nothing that can come with the first call', () => {
    const { inputs, external } = loadedWith(['src/bin/start.ts', 'src/app/app.ts'], { later: false });
    const loaded = packagesAmong(inputs);
    expect(loaded).toContain('node_modules/express');
    const late = [
      '@larksuiteoapi/node-sdk',
      'undici',
      'openid-client',
      'oauth4webapi',
      'pg',
      'prom-client',
      'ws',
      'uqr',
    ];
    expect(late.filter((name) => loaded.has(`node_modules/${name}`))).toEqual([]);
    expect(external).toEqual(['supports-color']);
  });
});

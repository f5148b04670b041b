import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';

const Package = z.object({
  version: z.string().optional(),
  license: z.string().optional(),
  dev: z.boolean().optional(),
  hasInstallScript: z.boolean().optional(),
  resolved: z.string().optional(),
  integrity: z.string().optional(),
});
const Lock = z.object({ packages: z.record(z.string(), Package) });

const PERMISSIVE = [
  'MIT',
  'ISC',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'Unlicense',
];

/** Its script compares version numbers and prints a warning; nothing of it is built or fetched. */
const SCRIPT_NOT_NEEDED = ['node_modules/protobufjs'];

const file = (path: string): Promise<string> => readFile(new URL(`../../${path}`, import.meta.url), 'utf8');

async function productionPackages(): Promise<[string, z.infer<typeof Package>][]> {
  const { packages } = Lock.parse(JSON.parse(await file('package-lock.json')));
  // The workspace stands beside the bot: it is no package of a live one.
  return Object.entries(packages).filter(
    ([path, { dev }]) => /^(local-feishu\/)?node_modules\/(?!local-feishu$)/.test(path) && !dev,
  );
}

describe('production dependencies', () => {
  it('need no install script: none is run, and none has one that does anything', async () => {
    expect(await file('.npmrc')).toMatch(/^ignore-scripts=true$/m);
    const scripted = (await productionPackages()).filter(([, { hasInstallScript }]) => hasInstallScript);
    expect(scripted.map(([path]) => path)).toEqual(SCRIPT_NOT_NEEDED);
  });

  it('have permissive licences', async () => {
    const packages = await productionPackages();
    expect(packages.length).toBeGreaterThan(50);
    const others = packages.filter(([, { license }]) => !PERMISSIVE.includes(license ?? 'none'));
    expect(others.map(([path, { license }]) => `${path}: ${license}`)).toEqual([]);
  });

  it('come from the registry', async () => {
    const addresses = (await productionPackages()).flatMap(([, { resolved }]) => resolved ?? []);
    expect(addresses.filter((address) => !address.startsWith('https://registry.npmjs.org/'))).toEqual([]);
  });
});

describe('the version of Node.js', () => {
  it('is asked for at the installation, which fails with its name on an older one', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'skillbot-engines-'));
    const project = { name: 'later', version: '1.0.0', engines: { node: '>=999' } };
    const lock = { ...project, lockfileVersion: 3, packages: { '': project } };
    await writeFile(join(folder, 'package.json'), JSON.stringify(project));
    await writeFile(join(folder, 'package-lock.json'), JSON.stringify(lock));
    await copyFile(fileURLToPath(new URL('../../.npmrc', import.meta.url)), join(folder, '.npmrc'));
    const install = promisify(execFile)('npm', ['ci', '--offline'], { cwd: folder });
    await expect(install).rejects.toThrow(/EBADENGINE.*"node":">=999"/s);
    await rm(folder, { recursive: true });
  });

  it('is named where somebody tries the bot', async () => {
    const { engines } = z
      .object({ engines: z.object({ node: z.string() }) })
      .parse(JSON.parse(await file('package.json')));
    const [, version = ''] = /^>=(\d+\.\d+)\.0$/.exec(engines.node) ?? [];
    for (const [page, heading] of [
      ['README.md', 'Try it'],
      ['README.zh.md', '试用'],
    ] as const) {
      const section = (await file(page)).split(/^## /m).find((part) => part.startsWith(`${heading}\n`));
      expect(section).toContain(`Node.js ${version}`);
    }
  });
});

describe('the audit of dependencies', () => {
  const judged = (report: string): Promise<{ code: number; output: string }> =>
    new Promise((resolve) => {
      const script = fileURLToPath(new URL('../../.ci/audit.mjs', import.meta.url));
      const child = execFile(process.execPath, [script], (error, output) => {
        resolve({ code: error ? Number(error.code) : 0, output });
      });
      child.stdin?.end(report);
    });
  const report = (severity: string) =>
    JSON.stringify({
      vulnerabilities: { weak: { name: 'weak', severity, range: '<2' } },
      metadata: { vulnerabilities: { low: 0, moderate: 0, high: 0, critical: 0, [severity]: 1 } },
    });

  it.each(['high', 'critical'])('fails on a %s finding and names it', async (severity) => {
    expect(await judged(report(severity))).toMatchObject({
      code: 1,
      output: expect.stringContaining(`${severity}: weak <2`),
    });
  });

  it.each(['low', 'moderate'])('passes with a %s finding', async (severity) => {
    expect(await judged(report(severity))).toMatchObject({
      code: 0,
      output: expect.stringContaining('0 high or critical'),
    });
  });

  it.each([
    '{"message":"405 Method Not Allowed","statusCode":405}',
    '{"error":{"summary":"no network"}}',
    '',
    'no JSON',
  ])('says loudly that it was not done when npm says %j', async (answer) => {
    expect(await judged(answer)).toMatchObject({ code: 0, output: expect.stringContaining('AUDIT NOT DONE') });
  });

  it('is a part of the gate', async () => {
    expect(await file('.ci/run')).toContain('npm audit --omit=dev --audit-level=high --json');
  });
});

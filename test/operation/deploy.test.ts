import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import { createPrometheus } from '../../src/app/prometheus.ts';
import { STOP_MS } from '../../src/app/stopTimes.ts';
import { readConfig } from '../../src/config/config.ts';
import { EachVariable, REMEDIES } from '../../src/config/variables.ts';
import { HEAP_FLAGS } from '../../src/lib/heap.ts';
import { temporaryFolders } from '../support/command.ts';
import { existing, onSandbox, runSetup, somewhere, writtenTo } from '../support/setup.ts';

const project = (path: string): URL => new URL(`../../${path}`, import.meta.url);
const file = (path: string): string => readFileSync(project(path), 'utf8');

/** The names of all metrics, and those of the series of histograms. */
async function knownMetrics(): Promise<Set<string>> {
  const page = await createPrometheus(async () => ({ depth: 0, oldestMs: 0, setAside: 0 })).page();
  const types = [...page.matchAll(/^# TYPE (\w+) (\w+)$/gm)];
  const series = types.flatMap(([, name = '', type]) =>
    type === 'histogram' ? ['_bucket', '_sum', '_count'].map((end) => name + end) : [name],
  );
  return new Set(series);
}

describe('the dashboard', () => {
  const Dashboard = z.object({
    uid: z.string(),
    panels: z.array(
      z.object({
        id: z.number(),
        title: z.string(),
        description: z.string().min(10),
        gridPos: z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }),
        targets: z.array(z.object({ refId: z.string(), expr: z.string() })).min(1),
      }),
    ),
    templating: z.object({ list: z.array(z.object({ name: z.string(), query: z.string() })) }),
  });
  const dashboard = Dashboard.parse(JSON.parse(file('deploy/grafana-dashboard.json')));
  const expressions = dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));

  it('asks for metrics that there are, and for each of the bot', async () => {
    const known = await knownMetrics();
    const queries = [...expressions, ...dashboard.templating.list.map(({ query }) => query)].join('\n');
    const asked = new Set(queries.match(/\b(skillbot|nodejs|process)_\w+/g));
    expect([...asked].filter((name) => !known.has(name))).toEqual([]);
    const own = [...known].filter((name) => name.startsWith('skillbot_') && !/_(sum|count)$/.test(name));
    expect(own.filter((name) => !asked.has(name))).toEqual([]);
  });

  it('has panels that lie beside each other, each with a number of its own', () => {
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, n) => `${x + (n % w)},${y + Math.floor(n / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(dashboard.panels.every(({ gridPos: { x, w } }) => x + w <= 24)).toBe(true);
  });

  it('balances its brackets', () => {
    for (const expression of expressions) {
      for (const [open = '', close = ''] of ['()', '{}', '[]'].map((pair) => [...pair])) {
        expect(expression.split(open)).toHaveLength(expression.split(close).length);
      }
    }
  });
});

describe('a start by hand', () => {
  it.each(['docs/installing.md', 'docs/installing.zh.md'])('gives the engine little memory, as %s says', (name) => {
    const starts = file(name).match(/\bnode [^\n"]*dist\/main\.js/g);
    expect(new Set(starts)).toEqual(new Set([`node ${HEAP_FLAGS.join(' ')} dist/main.js`]));
  });
});

describe('the image', () => {
  const steps = file('Dockerfile')
    .replace(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => /^[A-Z]+ /.test(line));
  const last = steps.slice(steps.findLastIndex((step) => step.startsWith('FROM ')));
  const only = (word: string): string => {
    const [step, ...more] = last.filter((line) => line.startsWith(`${word} `));
    if (!step || more.length > 0) throw new Error(`the image has ${more.length + (step ? 1 : 0)} of ${word}`);
    return step.slice(word.length + 1);
  };

  it('is no newer and no older than what the bot is tested on', () => {
    const bases = steps.filter((step) => step.startsWith('FROM '));
    expect(new Set(bases.map((step) => /^FROM node:24-slim\b/.test(step)))).toEqual(new Set([true]));
  });

  it('runs as somebody who may nothing, after everything was copied', () => {
    expect(only('USER')).toBe('node');
    const after = last.slice(last.indexOf('USER node'));
    expect(after.filter((step) => /^(RUN|COPY|ADD) /.test(step))).toEqual([]);
    expect(last.filter((step) => /--chown|chmod 777/.test(step))).toEqual([]);
  });

  it('starts the bot itself, so that a signal arrives, in production', () => {
    const command = z.array(z.string()).parse(JSON.parse(only('CMD')));
    expect(command.slice(0, -1)).toEqual(['node', ...HEAP_FLAGS]);
    expect(existsSync(project(command.at(-1) ?? ''))).toBe(true);
    expect(only('ENV')).toContain('NODE_ENV=production');
    expect(only('ENV')).toContain('DATABASE_URL=file:/data/');
    expect(only('VOLUME')).toBe('/data');
  });

  it('checks its health with what is in it', () => {
    const check = /CMD (\[.*\])$/.exec(only('HEALTHCHECK'))?.[1] ?? '';
    const [program, flag, script = ''] = z.array(z.string()).parse(JSON.parse(check));
    expect([program, flag]).toEqual(['node', '--eval']);
    expect(script).toContain('/healthz');
  });

  it('gets nothing but what is named', () => {
    const [first, ...kept] = file('.dockerignore')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    expect(first).toBe('*');
    const named = kept.map((line) => line.replace(/^!/, ''));
    const copied = steps
      .filter((step) => step.startsWith('COPY ') && !step.includes('--from='))
      .flatMap((step) => step.split(' ').slice(1, -1));
    expect(copied.sort()).toEqual(named.sort());
    expect(named.filter((path) => !existsSync(project(path)))).toEqual([]);
  });
});

describe('compose.yaml', () => {
  const Bot = z.object({
    env_file: z.literal('.env'),
    environment: z.record(z.string(), z.union([z.string(), z.number()])),
    read_only: z.literal(true),
    init: z.literal(true),
    cap_drop: z.tuple([z.literal('ALL')]),
    security_opt: z.tuple([z.literal('no-new-privileges:true')]),
    ports: z.undefined().optional(),
    stop_grace_period: z.string().regex(/^\d+s$/),
    depends_on: z.object({ postgres: z.object({ condition: z.literal('service_healthy') }) }),
  });
  const Compose = z.object({
    services: z.object({
      'bot-1': Bot,
      'bot-2': Bot,
      postgres: z.object({ healthcheck: z.object({ test: z.array(z.string()) }), volumes: z.array(z.string()) }),
      proxy: z.object({ ports: z.array(z.string()), volumes: z.array(z.string()) }),
    }),
    volumes: z.record(z.string(), z.null()),
  });
  const compose = Compose.parse(parse(file('compose.yaml'), { merge: true }));
  const { environment, stop_grace_period } = compose.services['bot-1'];

  it('gives both replicas variables that the bot knows, with values that it takes', () => {
    expect(Object.keys(environment).filter((name) => !(name in REMEDIES))).toEqual([]);
    for (const [name, value] of Object.entries(environment)) {
      const given = String(value).replace(/\$\{\w+:\?[^}]*\}/, 'word');
      expect([name, EachVariable.partial().safeParse({ [name]: given }).success]).toEqual([name, true]);
    }
    expect(compose.services['bot-2'].environment).toEqual(environment);
  });

  it('waits longer for a stop than the bot takes', () => {
    expect(Number.parseInt(stop_grace_period, 10)).toBeGreaterThan(Number(environment.DRAIN_SECONDS) + STOP_MS / 1_000);
  });

  it('opens only the proxy to the outside, which finds the replicas and their database', () => {
    expect(compose.services.proxy.ports).toEqual(['80:80', '443:443']);
    expect(file('deploy/Caddyfile')).toContain(`bot-1:${environment.PORT} bot-2:${environment.PORT}`);
    expect(environment.DATABASE_URL).toContain('@postgres:5432/');
    for (const volume of [...compose.services.proxy.volumes, ...compose.services.postgres.volumes]) {
      const [from = ''] = volume.split(':');
      expect(from.startsWith('./') ? existsSync(project(from)) : from in compose.volumes).toBe(true);
    }
  });

  it('lets Prometheus find the metrics', () => {
    const Scrape = z.object({
      scrape_configs: z.array(z.object({ static_configs: z.array(z.object({ targets: z.array(z.string()) })) })),
    });
    const { scrape_configs } = Scrape.parse(parse(file('deploy/prometheus.yml')));
    const targets = scrape_configs.flatMap(({ static_configs }) => static_configs.flatMap((one) => one.targets));
    expect(targets).toEqual([`bot-1:${environment.METRICS_PORT}`, `bot-2:${environment.METRICS_PORT}`]);
  });
});

describe('the systemd unit', () => {
  const unit = file('deploy/skillbot.service');
  const settings = (name: string): string[] =>
    [...unit.matchAll(new RegExp(`^${name}=(.*)$`, 'gm'))].map(([, v = '']) => v);

  it('starts what the build makes', () => {
    const [start = ''] = settings('ExecStart');
    const [program, ...words] = start.split(' ');
    const main = words.pop() ?? '';
    expect([program, ...words]).toEqual(['/usr/bin/node', ...HEAP_FLAGS]);
    expect(settings('WorkingDirectory')).toEqual(['/opt/skillbot']);
    const built = main.replace('/opt/skillbot/', fileURLToPath(project('')));
    expect(existsSync(built)).toBe(true);
  });

  it('sets variables that the bot knows', () => {
    const names = settings('Environment').map((text) => text.split('=')[0] ?? '');
    expect(names).toContain('NODE_ENV');
    expect(names.filter((name) => name !== 'NODE_ENV' && !(name in REMEDIES))).toEqual([]);
  });

  it.each([
    ['DynamicUser', 'yes'],
    ['NoNewPrivileges', 'yes'],
    ['ProtectSystem', 'strict'],
    ['ProtectHome', 'yes'],
    ['PrivateTmp', 'yes'],
    ['PrivateDevices', 'yes'],
    ['CapabilityBoundingSet', ''],
    ['UMask', '0077'],
  ])('leaves the bot little to break: %s=%s', (name, value) => {
    expect(settings(name)).toEqual([value]);
  });

  it('waits longer for a stop than the bot takes', () => {
    expect(Number(settings('TimeoutStopSec')[0])).toBeGreaterThan(STOP_MS / 1_000);
  });

  it('keeps no secret in itself', () => {
    expect(unit).not.toMatch(/SECRET|TOKEN|KEY/);
    expect(settings('EnvironmentFile')).toEqual(['/etc/skillbot/skillbot.env']);
  });
});

describe('the settings that setup writes', () => {
  const folder = temporaryFolders();

  it('leave the database where the service and the image may write it', async () => {
    await onSandbox({}, async (sandbox) => {
      const cwd = await folder();
      await runSetup({ sandbox, cwd, args: existing(sandbox, (await somewhere()).flags) });
      const written = writtenTo(cwd);
      // As both take them: the file counts more than what comes with the unit and with the image.
      const databaseOf = (own: Record<string, string>) => readConfig({ ...own, ...written }).databaseUrl;
      expect(databaseOf(pairsIn(file('deploy/skillbot.service'), /^Environment=(\w+)=(\S+)$/gm))).toBe(
        'file:/var/lib/skillbot/skillbot.db',
      );
      expect(databaseOf(pairsIn(file('Dockerfile'), /^(?:ENV)? +(\w+)=(\S+)$/gm))).toBe('file:/data/skillbot.db');
    });
  });
});

const pairsIn = (text: string, form: RegExp): Record<string, string> =>
  Object.fromEntries([...text.matchAll(form)].map(([, name = '', value = '']) => [name, value]));

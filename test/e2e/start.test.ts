import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { assertKeepsSecrets, environmentFor, spawnBot, TOKEN_KEY } from '../support/bot.ts';
import { unusedPort } from '../support/fakeServer.ts';
import { until } from '../support/story.ts';

describe('the process', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await startSandbox();
  });
  afterAll(() => sandbox.close());

  const ended = async (env: Record<string, string>, args: string[] = []) => {
    const bot = spawnBot(env, args);
    const timer = setTimeout(() => bot.signal('SIGKILL'), 15_000);
    const exit = await bot.exited;
    clearTimeout(timer);
    return { ...exit, output: bot.output() };
  };

  it('does not start on a faulty configuration, and names every faulty variable and its remedy at once', async () => {
    const { code, output } = await ended({
      FEISHU_APP_ID: 'my app',
      HELPDESK_ID: '',
      PORT: 'x',
      TOKEN_ENCRYPTION_KEYS: 'short',
    });
    expect(code).toBe(1);
    for (const name of [
      'FEISHU_APP_ID',
      'FEISHU_APP_SECRET',
      'FEISHU_VERIFICATION_TOKEN',
      'HELPDESK_ID',
      'HELPDESK_TOKEN',
      'TOKEN_ENCRYPTION_KEYS',
      'PORT',
    ]) {
      expect(output).toContain(`  ${name}: `);
    }
    expect(output).toContain('openssl rand -base64 32');
    expect(output).not.toMatch(/\n\s+at /);
    expect(output).not.toContain('short');
  });

  it('does not start in production without an app: that is a fault, not the sandbox', async () => {
    const { code, output } = await ended({ NODE_ENV: 'production' });
    expect(code).toBe(1);
    expect(output).toContain('  FEISHU_APP_ID: is missing');
  });

  it.each([
    ['its database cannot be reached', { DATABASE_URL: 'postgres://nobody:secret-word@127.0.0.1:1/x' }, 'DATABASE_URL'],
    ['its database cannot be written', { DATABASE_URL: 'file:/dev/null/x.db' }, ''],
  ])('does not start when %s, and says so without a stack or a password', async (_, env, said) => {
    const { code, output } = await ended({ ...environmentFor(sandbox, await unusedPort()), ...env });
    expect(code).toBe(1);
    expect(output).toContain(said);
    expect(output).not.toContain('secret-word');
    expect(output).not.toMatch(/\n\s+at /);
    assertKeepsSecrets(output, sandbox);
  });

  it('does not start on a port that is taken, and says so', async () => {
    const port = new URL(sandbox.url).port;
    const { code, output } = await ended({ ...environmentFor(sandbox, Number(port)), DATABASE_URL: 'file::memory:' });
    expect(code).toBe(1);
    expect(output).toContain('The port is taken');
    expect(output).toContain('Set PORT to a free one');
  });

  it('does not start when the port for metrics is taken, and says which one', async () => {
    const { port } = new URL(sandbox.url);
    const env = { ...environmentFor(sandbox, await unusedPort()), DATABASE_URL: 'file::memory:', METRICS_PORT: port };
    const { code, output } = await ended(env);
    expect(code).toBe(1);
    expect(output).toContain(`The port is taken: 127.0.0.1:${port} is in use. Set METRICS_PORT to a free one`);
    expect(output).not.toMatch(/\n\s+at /);
  });

  it('loads nothing that measures unless it is told to', async () => {
    const script = `
      const { createRequire } = await import('node:module');
      await import(${JSON.stringify(new URL('../../dist/app.js', import.meta.url).href)});
      const loaded = () => Object.keys(createRequire(import.meta.url).cache).some((path) => path.includes('prom-client'));
      const before = loaded();
      await import(${JSON.stringify(new URL('../../dist/metrics/prometheus.js', import.meta.url).href)});
      console.log(before, loaded());`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script]);
    expect(stdout.trim()).toBe('false true');
  });

  it('starts and stops at once on SIGTERM, and on SIGINT', async () => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      const port = await unusedPort();
      const bot = spawnBot({ ...environmentFor(sandbox, port), DATABASE_URL: 'file::memory:' });
      await until(() => bot.output().includes('listening'));
      const begun = Date.now();
      bot.signal(signal);
      expect(await bot.exited).toMatchObject({ code: 0 });
      expect(Date.now() - begun).toBeLessThan(2_000);
      expect(bot.output()).not.toContain(TOKEN_KEY);
    }
  });

  it('plays the main job against a local Feishu when it has no credentials and is told --demo', async () => {
    const { code, output } = await ended({}, ['--demo']);
    expect(code).toBe(0);
    expect(output).toContain('/skill rename 6941215891786825756 "Tier 2"');
    expect(output).toMatch(/helpdesk: Tier 2 — .*\nPATCH \S+agent_skills\/6941215891786825756 → 200, token of: 林晓/);
  });

  it('runs with a local Feishu when it has no credentials, and prints how to drive it', async () => {
    const port = await unusedPort();
    const bot = spawnBot({ PORT: String(port) });
    await until(() => bot.output().includes('/sandbox/say'));
    const feishu = /Feishu {3}(http:\S+)/.exec(bot.output())?.[1];
    const said = await fetch(`${feishu}/sandbox/say`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ as: 'admin', chat: 'p2p', text: '/skill list' }),
    });
    expect(said.status).toBe(200);
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
    bot.signal('SIGTERM');
    expect(await bot.exited).toMatchObject({ code: 0 });
  });
});

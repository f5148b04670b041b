import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type LocalFeishu, type PageOptions, startLocalFeishu } from '../src/index.ts';

let folder: string;
let feishu: LocalFeishu;
const start = async (page: PageOptions = {}) => {
  feishu = await startLocalFeishu({ page: { assets: folder, ...page } });
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skillbot-page-'));
  await writeFile(join(folder, 'app.js'), 'built()');
});
afterAll(() => rm(folder, { recursive: true }));
beforeEach(() => start());
afterEach(() => feishu.close());

describe('the page of the local Feishu', () => {
  it('is served with a policy that allows nothing inline and nothing from elsewhere', async () => {
    const response = await fetch(`${feishu.url}/`);
    expect(response.status).toBe(200);
    const policy = response.headers.get('content-security-policy') ?? '';
    for (const part of ["default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'"]) {
      expect(policy.split('; ')).toContain(part);
    }
    expect(policy).not.toMatch(/unsafe|https?:/);
    const html = await response.text();
    expect(html).not.toMatch(/<style|style=|<script>|onload|https?:/);
    const script = await fetch(`${feishu.url}/page/app.js`);
    expect([script.status, await script.text()]).toEqual([200, 'built()']);
    expect(feishu.calls.all()).toEqual([]);
  });

  it('says what to do when it is not built', async () => {
    await feishu.close();
    await start({ assets: join(folder, 'nothing') });
    const response = await fetch(`${feishu.url}/`);
    expect([response.status, await response.text()]).toEqual([503, expect.stringContaining('npm run build')]);
  });

  it.each(['/', '/page/app.js', '/sandbox/stream'])('does not give %s to others', async (path) => {
    const status = (headers: Record<string, string>) =>
      new Promise((resolve) => {
        request(`${feishu.url}${path}`, { headers }, (response) => {
          resolve(response.statusCode);
          response.destroy();
        }).end();
      });
    expect(await status({ host: 'evil.example' })).toBe(403);
    expect(await status({ origin: 'https://evil.example' })).toBe(403);
    expect(await status({})).toBe(200);
  });
});

describe('the stream', () => {
  const opened: AbortController[] = [];
  afterEach(() => {
    for (const controller of opened.splice(0)) controller.abort();
  });

  /** Gives the next event of the stream, as its name and data. */
  const listen = async () => {
    const controller = new AbortController();
    opened.push(controller);
    const response = await fetch(`${feishu.url}/sandbox/stream`, { signal: controller.signal });
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let buffer = '';
    return async (): Promise<{ event: string; data: Record<string, unknown> }> => {
      for (;;) {
        const [block, rest] = buffer.split(/\n\n([\s\S]*)/);
        if (rest !== undefined) {
          buffer = rest;
          const [, event = '', data = ''] = /^event: (.*)\ndata: (.*)$/.exec(block ?? '') ?? [];
          return { event, data: { ...Object(JSON.parse(data)) } };
        }
        const chunk = await reader?.read();
        if (!chunk || chunk.done) throw new Error('the stream ended');
        buffer += chunk.value;
      }
    };
  };

  it('begins with everything, without secrets', async () => {
    await feishu.close();
    const hints = [{ insert: '/x', usage: { zh: '/x', en: '/x' }, summary: { zh: '', en: '' } }];
    await start({ hints });
    await feishu.say('admin', 'p2p', 'before');
    const { event, data } = await (await listen())();
    expect(event).toBe('all');
    expect(data).toMatchObject({ setting: { hints, faults: 0 }, messages: [{ content: '{"text":"before"}' }] });
    expect(JSON.stringify(data)).not.toContain(feishu.credentials.appSecret);
    expect(JSON.stringify(data)).not.toContain(feishu.credentials.encryptKey);
  });

  it('goes on with what changed, and only that', async () => {
    await feishu.say('admin', 'p2p', 'before');
    const next = await listen();
    await next();
    await feishu.say('admin', 'p2p', 'later');
    const { event, data } = await next();
    expect(event).toBe('change');
    expect(data.messages).toMatchObject([{ content: '{"text":"later"}' }]);
    expect(data.setting).toBeUndefined();
  });

  it('tells of armed faults and of a bot that ends, by the page or by itself, which change nothing else', async () => {
    await feishu.close();
    let running = true;
    let tell = (): void => undefined;
    const set = (is: boolean): void => {
      running = is;
      tell();
    };
    const bot = {
      isRunning: () => running,
      kill: async () => set(false),
      start: async () => set(true),
      onChange: (listener: () => void) => {
        tell = listener;
      },
    };
    await start({ bot });
    const next = await listen();
    expect((await next()).data).toMatchObject({ setting: { botIsRunning: true } });
    const post = (name: string, body: unknown) =>
      fetch(`${feishu.url}/sandbox/${name}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    await post('faults', { kind: { type: 'malformed' } });
    expect((await next()).data).toMatchObject({ setting: { faults: 1 } });
    expect(await (await post('bot', { run: 'kill' })).json()).toEqual({ running: false });
    expect((await next()).data).toMatchObject({ setting: { botIsRunning: false } });
    await post('bot', { run: 'start' });
    expect((await next()).data).toMatchObject({ setting: { botIsRunning: true } });
    set(false);
    expect((await next()).data).toMatchObject({ setting: { botIsRunning: false } });
  });

  it('cannot kill a bot that the host does not hand over', async () => {
    const response = await fetch(`${feishu.url}/sandbox/bot`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"run":"kill"}',
    });
    expect([response.status, await response.json()]).toEqual([400, { error: 'this host cannot kill the bot' }]);
  });
});

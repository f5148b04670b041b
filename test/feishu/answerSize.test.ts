import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createBody } from '../../src/feishu/body.ts';
import { discover } from '../../src/feishu/connection/discovery.ts';
import { DEFAULT_SETTINGS } from '../../src/feishu/connection/settings.ts';
import { MAX_ANSWER_BYTES } from '../../src/feishu/exchange.ts';
import type { Reply } from '../support/fakeServer.ts';
import { type FakeFeishu, failureOf, startFakeFeishu, TOKEN_ROUTE } from '../support/feishu.ts';
import { until } from '../support/until.ts';

const MIB = 1024 * 1024;
const READ = ['GET', '/open-apis/helpdesk/v1/agent_skills/1'] as const;
const MESSAGE = ['POST', '/open-apis/im/v1/messages/om_1/reply'] as const;
const PATCH = ['PATCH', '/open-apis/helpdesk/v1/agent_skills/1'] as const;
const CREATE = ['POST', '/open-apis/helpdesk/v1/agent_skills'] as const;
const DELETE = ['DELETE', '/open-apis/helpdesk/v1/agent_skills/1'] as const;
const CARD = ['POST', '/open-apis/interactive/v1/card/update'] as const;

describe('an answer that is too large', () => {
  let feishu: FakeFeishu;
  /** What the server could get rid of, in MiB. */
  let written: number;
  let isCutOff: boolean;

  beforeEach(async () => {
    written = 0;
    isCutOff = false;
    feishu = await startFakeFeishu({ timeoutMs: 20_000, writeTimeoutMs: 20_000 });
  });
  afterEach(() => feishu.close());

  /** As much as the other side takes, up to 100 MiB. */
  const endless = (headers: Record<string, string> = {}): Reply => ({
    write(outgoing) {
      outgoing.writeHead(200, { 'content-type': 'application/json', ...headers });
      outgoing.once('close', () => {
        isCutOff = !outgoing.writableFinished;
      });
      pour(outgoing);
    },
  });
  const pour = (outgoing: ServerResponse): void => {
    if (outgoing.destroyed) return;
    written += 1;
    if (written === 100) return void outgoing.end();
    outgoing.write(randomBytes(MIB), (error) => {
      if (!error) pour(outgoing);
    });
  };
  const call = ([method, path]: readonly [string, string]) =>
    feishu.http.request({
      method,
      url: `${feishu.server.url}${path}`,
      data: method === 'GET' || method === 'DELETE' ? undefined : { uuid: 'u-1' },
      maySend: () => true,
    });
  const cutOff = async () => {
    await until(() => isCutOff);
    // Some more is on its way in both systems.
    expect(written).toBeLessThan(30);
    expect(feishu.server.requests).toHaveLength(1);
  };

  it.each([
    ['a read', READ, 'unexpected'],
    ['a reply that Feishu posts once', MESSAGE, 'unexpected'],
    ['a change of a skill, which may have been made', PATCH, 'no-answer'],
    ['a new skill', CREATE, 'no-answer'],
    ['the end of a skill', DELETE, 'no-answer'],
    ['the use of a clicked card', CARD, 'no-answer'],
  ] as const)('is cut off while it comes, and not asked for again: of %s', async (_what, route, kind) => {
    feishu.server.on(route.join(' '), endless());
    expect(await failureOf(call(route))).toMatchObject({ kind, message: 'EMSGSIZE' });
    await cutOff();
  });

  it.each([
    ['with its length said before', { 'content-length': String(100 * MIB) }],
    ['compressed', { 'content-encoding': 'gzip' }],
  ])('is cut off %s', async (_how, headers) => {
    feishu.server.on(READ.join(' '), endless(headers));
    expect((await failureOf(call(READ))).kind).toBe('unexpected');
    await cutOff();
  });

  it('is cut off when it is where to connect', async () => {
    feishu.server.on('POST /callback/ws/endpoint', endless());
    const app = { appId: 'a', appSecret: 's', baseUrl: feishu.server.url };
    expect((await failureOf(discover(feishu.http, app, DEFAULT_SETTINGS))).kind).toBe('no-answer');
    await cutOff();
  });

  it('is cut off when it holds tokens, which may have been given out', async () => {
    feishu.server.on(TOKEN_ROUTE, endless());
    expect((await failureOf(feishu.oauth.refresh('r'))).kind).toBe('no-answer');
    await cutOff();
  });

  it('is not unpacked: what is small on the way stays small', async () => {
    const packed = gzipSync(Buffer.alloc(100 * MIB, ' '));
    const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
    feishu.server.on(READ.join(' '), { write: (outgoing) => void outgoing.writeHead(200, headers).end(packed) });
    const { data } = await call(READ);
    expect(typeof data === 'string' && data.length).toBeLessThanOrEqual(packed.length);
  });

  it('starts one byte after the largest that is read', async () => {
    const text = JSON.stringify({ code: 0, fill: 'x'.repeat(MAX_ANSWER_BYTES - 20) });
    expect(text).toHaveLength(MAX_ANSWER_BYTES);
    feishu.server.on(READ.join(' '), { text }, { text: `${text} ` });
    expect((await call(READ)).data).toEqual(JSON.parse(text));
    expect((await failureOf(call(READ))).kind).toBe('unexpected');
  });
});

describe('the bytes of an answer', () => {
  it('are put together as they come, and are a copy: nothing of what was read is kept', () => {
    const whole = Buffer.from('{"name":"贵宾 🎫"}');
    const body = createBody();
    for (const byte of whole) {
      const chunk = Buffer.of(byte);
      body.add(chunk);
      chunk.fill(0);
    }
    expect(body.text()).toBe(whole.toString());
    expect(createBody().text()).toBe('');
  });
});

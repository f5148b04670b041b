import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Call, createHttp, DEFAULT_POLICY, type Http } from '../../src/feishu/http.ts';
import { ManualClock } from '../support/clock.ts';
import { type FakeServer, type Reply, startFakeServer } from '../support/fakeServer.ts';
import { failureOf } from '../support/feishu.ts';
import { until } from '../support/until.ts';

const READ = ['GET', '/open-apis/helpdesk/v1/agent_skills/1'] as const;
const MESSAGE = ['POST', '/open-apis/im/v1/messages/om_1/reply'] as const;
const UPDATE = ['PATCH', '/open-apis/im/v1/messages/om_1'] as const;
const TENANT_TOKEN = ['POST', '/open-apis/auth/v3/tenant_access_token/internal'] as const;
const DISCOVERY = ['POST', '/callback/ws/endpoint'] as const;
const PATCH = ['PATCH', '/open-apis/helpdesk/v1/agent_skills/1'] as const;
const CREATE = ['POST', '/open-apis/helpdesk/v1/agent_skills'] as const;
const DELETE = ['DELETE', '/open-apis/helpdesk/v1/agent_skills/1'] as const;

/** A byte now and a byte whenever it is asked for, and never an end. */
function dripping(): { reply: Reply; drip: () => void } {
  let drip = (): void => undefined;
  const reply: Reply = {
    write(outgoing) {
      outgoing.writeHead(200, { 'content-type': 'application/json' }).write('{');
      drip = () => void outgoing.write(' ');
    },
  };
  return { reply, drip: () => drip() };
}

describe('a call is over', () => {
  let server: FakeServer;
  let clock: ManualClock;
  let http: Http;
  let attempts: Call[];

  beforeEach(async () => {
    server = await startFakeServer();
    clock = new ManualClock();
    attempts = [];
    http = createHttp(DEFAULT_POLICY, { clock, random: () => 0.5, called: (told) => void attempts.push(told) });
  });
  afterEach(async () => {
    http.close();
    await server.close();
  });

  const call = ([method, path]: readonly [string, string], more: { onceWithinMs?: number } = {}) => {
    let isOver = false;
    const data = method === 'GET' || method === 'DELETE' ? undefined : { uuid: 'u-1' };
    const answer = http.request({ method, url: `${server.url}${path}`, data, maySend: () => true, ...more });
    const failure = failureOf(answer).finally(() => {
      isOver = true;
    });
    return { failure, isOver: () => isOver };
  };
  const arrived = (count = 1) => until(() => server.requests.length === count);
  const settle = async () => {
    for (let turn = 0; turn < 20; turn += 1) await nextTurn();
  };

  it.each([
    ['a read', READ, 10_000],
    ['a reply', MESSAGE, 10_000],
    ['the replacement of a message', UPDATE, 10_000],
    ['a tenant token', TENANT_TOKEN, 10_000],
    ['where to connect', DISCOVERY, 10_000],
    ['a change of a skill', PATCH, 60_000],
    ['a new skill', CREATE, 60_000],
    ['the end of a skill', DELETE, 60_000],
  ] as const)('%s, however its answer drips', async (_what, route, ms) => {
    const { reply, drip } = dripping();
    server.on(route.join(' '), reply);
    const { failure, isOver } = call(route);
    await arrived();
    for (let step = 1; step < 10; step += 1) {
      clock.advance(ms / 10);
      drip();
      await settle();
    }
    expect(isOver()).toBe(false);
    clock.advance(ms / 10);
    expect(await failure).toMatchObject({ kind: 'no-answer', message: 'ETIMEDOUT' });
    expect(server.requests).toHaveLength(1);
  });

  it('that is sent once, at its own', async () => {
    const { reply } = dripping();
    server.on(READ.join(' '), reply);
    const { failure, isOver } = call(READ, { onceWithinMs: 700 });
    await arrived();
    clock.advance(699);
    await settle();
    expect(isOver()).toBe(false);
    clock.advance(1);
    expect((await failure).kind).toBe('no-answer');
  });

  it('with all its repetitions', async () => {
    server.on(READ.join(' '), { status: 500, json: { code: 155000 } }, 'hang');
    const { failure, isOver } = call(READ);
    await until(() => attempts.length === 1 && clock.sleeping === 1);
    clock.advance(4_000);
    await arrived(2);
    clock.advance(5_999);
    await settle();
    expect(isOver()).toBe(false);
    clock.advance(1);
    expect((await failure).kind).toBe('no-answer');
    expect(server.requests).toHaveLength(2);
  });

  it('and its connection is ended, so that nothing of it is left', async () => {
    let ended = false;
    const atEnd = () => {
      ended = true;
    };
    server.on(READ.join(' '), { write: (outgoing) => void outgoing.once('close', atEnd).write('{') });
    const { failure } = call(READ);
    await arrived();
    clock.advance(10_000);
    await failure;
    await until(() => ended);
  });
});

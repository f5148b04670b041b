import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { pauseAskedFor } from '../../src/feishu/answer.ts';
import {
  type Call,
  createHttp,
  DEFAULT_POLICY,
  type Http,
  type HttpParts,
  type HttpPolicy,
} from '../../src/feishu/http.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { type FakeServer, startFakeServer, unusedPort } from '../support/fakeServer.ts';
import { failureOf, QUICK } from '../support/feishu.ts';

const Address = z.object({ port: z.number() });
const SERVER_TROUBLE = { status: 500, json: { code: 155000, msg: 'Internal error' } };
const FINE = { json: { code: 0 } };
const rateLimited = (status: number, reset?: string) => ({
  status,
  json: { code: 99991400, msg: 'request trigger frequency limit' },
  headers: reset === undefined ? {} : { 'x-ogw-ratelimit-limit': '100', 'x-ogw-ratelimit-reset': reset },
});

/** What may be sent twice without harm. */
const REPEATABLE: [string, string, string, unknown][] = [
  ['a read', 'GET', '/open-apis/helpdesk/v1/agent_skills/1', undefined],
  ['a reply with a uuid', 'POST', '/open-apis/im/v1/messages/om_1/reply', { content: '{}', uuid: 'u-1' }],
  ['a message with a uuid', 'POST', '/open-apis/im/v1/messages', { receive_id: 'oc_1', content: '{}', uuid: 'u-1' }],
  ['the replacement of a message', 'PATCH', '/open-apis/im/v1/messages/om_1', { content: '{}' }],
  ['the request for a tenant token', 'POST', '/open-apis/auth/v3/tenant_access_token/internal', { app_id: 'cli_1' }],
  ['a search for people', 'POST', '/open-apis/contact/v3/users/batch_get_id', { emails: [] }],
];

/** What is never sent again here: whoever makes the change has to know whether it still may be. */
const HELPDESK_WRITES: [string, string, string, unknown][] = [
  ['a change of a skill', 'PATCH', '/open-apis/helpdesk/v1/agent_skills/1', { agent_skill: { name: 'VIP' } }],
  ['a new skill', 'POST', '/open-apis/helpdesk/v1/agent_skills', { name: 'VIP', rules: [], agent_ids: [] }],
  [
    'a new skill with a condition that knows the word uuid',
    'POST',
    '/open-apis/helpdesk/v1/agent_skills',
    { name: 'VIP', rules: [{ id: '12', operand: { uuid: 'u-1' } }], agent_ids: [] },
  ],
  ['the deletion of a skill', 'DELETE', '/open-apis/helpdesk/v1/agent_skills/1', undefined],
  ['a write below the path of a private deployment', 'PUT', '/lark/open-apis/helpdesk/v1/agents/ou_1', { status: 1 }],
];

/** What may be sent again only when it certainly was not processed. */
const NOT_REPEATABLE: [string, string, string, unknown][] = [
  ['a reply without a uuid', 'POST', '/open-apis/im/v1/messages/om_1/reply', { content: '{}' }],
  ['a reply with an empty uuid', 'POST', '/open-apis/im/v1/messages/om_1/reply', { content: '{}', uuid: '' }],
  [
    'a reply whose card only speaks of a uuid',
    'POST',
    '/open-apis/im/v1/messages/om_1/reply',
    { content: JSON.stringify({ value: { uuid: 'u-1' } }) },
  ],
  ['the use of a clicked card', 'POST', '/open-apis/interactive/v1/card/update', { token: 'c-1', card: {} }],
  ['a token request', 'POST', '/open-apis/authen/v2/oauth/token', { grant_type: 'refresh_token' }],
];

const bodyOf = (data: unknown): string => (data === undefined ? '' : JSON.stringify(data));

describe('http', () => {
  let server: FakeServer;
  const opened: Http[] = [];
  const open = (policy: Partial<HttpPolicy> = {}, parts: Partial<HttpParts> = {}): Http => {
    const http = createHttp({ ...QUICK, ...policy }, { clock: systemClock, random: () => 0.5, ...parts });
    opened.push(http);
    return http;
  };
  const call = (http: Http, method: string, path: string, data?: unknown, base = server.url) =>
    http.request({ method, url: `${base}${path}`, data, maySend: () => true });

  beforeEach(async () => {
    server = await startFakeServer();
  });
  afterEach(async () => {
    for (const http of opened.splice(0)) http.close();
    await server.close();
  });

  describe('an answer', () => {
    it.each([200, 201, 400, 401, 403, 404])('with status %i is an answer', async (status) => {
      server.on('GET /a', { status, json: { code: 7 }, headers: { 'X-Tt-Logid': 'log-1' } });
      const answer = await call(open(), 'GET', '/a');
      expect(answer).toMatchObject({ status, data: { code: 7 }, headers: { 'x-tt-logid': 'log-1' } });
      expect(server.requests).toHaveLength(1);
    });

    it('that is no JSON stays text', async () => {
      server.on('GET /a', { status: 404, text: '<h1>nginx</h1>' });
      expect(await call(open(), 'GET', '/a')).toMatchObject({ status: 404, data: '<h1>nginx</h1>' });
    });

    it.each([301, 302, 303, 307, 308])('that redirects (%i) is not followed', async (status) => {
      const elsewhere = await startFakeServer();
      server.on('POST /a', { status, headers: { location: `${elsewhere.url}/stolen` } });
      try {
        expect((await call(open(), 'POST', '/a', { token: 'x' })).status).toBe(status);
        expect(elsewhere.requests).toEqual([]);
        expect(server.requests).toHaveLength(1);
      } finally {
        await elsewhere.close();
      }
    });
  });

  describe('a call', () => {
    it('has JSON as its body, or a text as it is', async () => {
      server.on('POST /a', FINE);
      await call(open(), 'POST', '/a', { name: '贵宾' });
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      await open().request({ method: 'POST', url: `${server.url}/a`, headers, data: 'a=1' });
      expect(server.requests.map(({ text }) => text)).toEqual(['{"name":"贵宾"}', 'a=1']);
      const types = server.requests.map((request) => request.headers['content-type']);
      expect(types).toEqual(['application/json', 'application/x-www-form-urlencoded']);
    });

    it.each([
      ['GET', ''],
      ['DELETE', ''],
      ['POST', '{}'],
      ['PATCH', '{}'],
    ])('%s of nothing says %j', async (method, text) => {
      server.on(`${method} /a`, FINE);
      await call(open(), method, '/a', {});
      expect(server.requests[0]).toMatchObject({ text });
      expect(server.requests[0]?.headers['content-type']).toBe(text === '' ? undefined : 'application/json');
    });

    it('has a query, in which a list stands item by item, and what is undefined not at all', async () => {
      server.on('GET /a', FINE);
      const params = { ids: ['ou_1', 'a&b'], none: [], token: undefined, type: 'open_id', size: 50 };
      await open().request({ url: `${server.url}/a?first=1`, params });
      expect(server.requests[0]?.target).toBe('/a?first=1&ids=ou_1&ids=a%26b&type=open_id&size=50');
    });

    it('that is to be over in time is sent once, over a connection of its own, however slowly its answer comes', async () => {
      const http = open({ timeoutMs: 5_000 });
      server.on('GET /a', FINE);
      await call(http, 'GET', '/a');
      const once = () => http.request({ url: `${server.url}/a`, onceWithinMs: 80 });
      expect((await once()).status).toBe(200);
      expect(new Set(server.requests.map(({ from }) => from)).size).toBe(2);
      expect(server.requests.map(({ headers }) => headers.connection)).toEqual(['keep-alive', 'close']);
      server.on('GET /a', 'hang');
      expect(await failureOf(once())).toMatchObject({ kind: 'no-answer', message: 'ETIMEDOUT' });
      server.on('GET /a', SERVER_TROUBLE, FINE);
      expect((await once()).status).toBe(500);
      expect(server.requests).toHaveLength(4);
    });
  });

  it('keeps its connections alive', async () => {
    server.on('GET /a', FINE);
    const http = open();
    for (let n = 0; n < 3; n += 1) {
      await call(http, 'GET', '/a');
      await delay(5);
    }
    expect(new Set(server.requests.map(({ from }) => from)).size).toBe(1);
  });

  it('goes to Feishu itself, whatever proxy the environment names', async () => {
    const before = process.env.http_proxy;
    process.env.http_proxy = `http://127.0.0.1:${await unusedPort()}`;
    try {
      server.on('GET /a', FINE);
      expect((await call(open(), 'GET', '/a')).status).toBe(200);
    } finally {
      if (before === undefined) delete process.env.http_proxy;
      else process.env.http_proxy = before;
    }
  });

  describe('whoever watches', () => {
    const ROUTE = 'GET /open-apis/helpdesk/v1/agent_skills/:id';
    const PATH = '/open-apis/helpdesk/v1/agent_skills/6941215891786825756';
    let seen: Call[];
    let now: number;
    const watched = (policy: Partial<HttpPolicy> = {}): Http => {
      seen = [];
      now = 1_000;
      const clock = { elapsed: () => now, sleep: systemClock.sleep };
      return open(policy, { clock, called: (told) => void seen.push(told) });
    };

    it('is told of each attempt once: which call, how long it took, how it ended', async () => {
      const http = watched();
      server.on(`GET ${PATH}`, () => {
        now += 30;
        return server.requests.length < 3 ? { ...SERVER_TROUBLE, headers: { 'x-tt-logid': 'log-1' } } : FINE;
      });
      await call(http, 'GET', PATH);
      const trouble = { httpStatus: 500, code: 155000, logId: 'log-1', problem: 'unavailable' };
      expect(seen).toEqual([
        { route: ROUTE, tookMs: 30, ...trouble },
        { route: ROUTE, tookMs: 30, ...trouble },
        { route: ROUTE, tookMs: 30, httpStatus: 200, code: 0, logId: undefined },
      ]);
    });

    it('is told of calls without an answer', async () => {
      const http = watched({ retries: 1 });
      server.on(`GET ${PATH}`, 'drop');
      await failureOf(call(http, 'GET', PATH));
      expect(seen).toEqual([
        { route: ROUTE, tookMs: 0, problem: 'no-answer' },
        { route: ROUTE, tookMs: 0, problem: 'no-answer' },
      ]);
      await failureOf(call(http, 'GET', PATH, {}, `http://127.0.0.1:${await unusedPort()}`));
      expect(seen.at(-1)).toEqual({ route: ROUTE, tookMs: 0, problem: 'unreachable' });
    });

    it.each([
      ['GET', '/open-apis/authen/v1/user_info', { status: 200, json: { code: 20005 } }, 'user-token'],
      ['POST', '/open-apis/authen/v2/oauth/token', { status: 400, json: { code: 20037 } }, 'grant-dead'],
      ['POST', '/open-apis/authen/v2/oauth/token', { status: 200, json: { access_token: 'secret' } }, undefined],
      ['POST', '/open-apis/authen/v2/oauth/token', { status: 400, json: { error: 'slow_down' } }, undefined],
      ['POST', '/open-apis/authen/v2/oauth/token', { status: 400, json: { error: 'access_denied' } }, 'unexpected'],
      ['GET', '/open-apis/bot/v3/info', { status: 302, headers: { location: '/elsewhere' } }, 'unexpected'],
    ] as const)('%s %s is judged as at that endpoint', async (method, path, reply, problem) => {
      const http = watched({ retries: 0 });
      server.on(`${method} ${path}`, reply);
      await call(http, method, path);
      expect(seen).toMatchObject([{ route: `${method} ${path}`, httpStatus: reply.status }]);
      expect(seen[0]?.problem).toBe(problem);
      expect(JSON.stringify(seen)).not.toContain('secret');
    });
  });

  describe('without an answer', () => {
    it.each([0, 2])('a dropped connection is one, after %i retries', async (retries) => {
      server.on('GET /a', 'drop');
      expect((await failureOf(call(open({ retries }), 'GET', '/a'))).kind).toBe('no-answer');
      expect(server.requests).toHaveLength(retries + 1);
    });

    it.each([
      ['GET', 0],
      ['GET', 2],
      ['PATCH', 0],
      ['PATCH', 2],
      ['POST', 2],
    ] as const)('no connection means unreachable: %s, %i retries', async (method, retries) => {
      const nowhere = `http://127.0.0.1:${await unusedPort()}`;
      const failure = await failureOf(call(open({ retries }), method, '/open-apis/a', {}, nowhere));
      expect(failure).toMatchObject({ kind: 'unreachable', message: 'ECONNREFUSED' });
    });

    it('an answer that breaks off is none', async () => {
      server.on('GET /a', { write: (outgoing) => void outgoing.write('{"code":0', () => outgoing.destroy()) });
      const failure = await failureOf(call(open({ retries: 0 }), 'GET', '/a'));
      expect(failure).toMatchObject({ kind: 'no-answer', message: 'ECONNRESET' });
    });

    it('a connection that is cut while it is made secure means unreachable', async () => {
      const cutting = createServer((socket) => socket.destroy());
      const port = await new Promise<number>((resolve) => {
        cutting.listen(0, '127.0.0.1', () => resolve(Address.parse(cutting.address()).port));
      });
      try {
        const failure = await failureOf(call(open({ retries: 0 }), 'POST', '/a', {}, `https://127.0.0.1:${port}`));
        expect(failure).toMatchObject({ kind: 'unreachable', message: 'ECONNRESET' });
      } finally {
        cutting.close();
      }
    });

    it('a server that is not what the address says means unreachable', async () => {
      const failure = await failureOf(call(open(), 'POST', '/a', {}, server.url.replace('http:', 'https:')));
      expect(failure).toMatchObject({ kind: 'unreachable', message: expect.stringMatching(/^[A-Z_]+$/) });
      expect(server.requests).toEqual([]);
    });

    it('what is no failure of the network is not taken for one', async () => {
      const mistake = new TypeError('a mistake');
      const maySend = (): boolean => {
        throw mistake;
      };
      await expect(open().request({ method: 'POST', url: `${server.url}/a`, maySend })).rejects.toBe(mistake);
      expect(server.requests).toEqual([]);
    });

    it('says nothing of the request', async () => {
      server.on('POST /a', 'drop');
      const failure = await failureOf(call(open(), 'POST', '/a', { secret: 'in-the-body' }));
      expect(failure.cause).toBeUndefined();
      expect(failure.message).toMatch(/^[A-Z_]+$/);
    });
  });

  describe('repeats', () => {
    it.each(REPEATABLE)('%s', async (_what, method, path, data) => {
      server.on(`${method} ${path}`, SERVER_TROUBLE, 'drop', FINE);
      expect((await call(open(), method, path, data)).status).toBe(200);
      expect(server.requests).toHaveLength(3);
      expect(new Set(server.requests.map(({ text }) => text))).toEqual(new Set([bodyOf(data)]));
    });

    it.each(REPEATABLE)('%s, but not for ever', async (_what, method, path, data) => {
      server.on(`${method} ${path}`, SERVER_TROUBLE);
      expect((await call(open(), method, path, data)).status).toBe(500);
      expect(server.requests).toHaveLength(1 + QUICK.retries);
    });

    it.each([...NOT_REPEATABLE, ...HELPDESK_WRITES])(
      'not %s, on trouble of the server',
      async (_what, method, path, data) => {
        server.on(`${method} ${path}`, SERVER_TROUBLE, FINE);
        expect((await call(open(), method, path, data)).status).toBe(500);
        expect(server.requests).toHaveLength(1);
      },
    );

    it.each([...NOT_REPEATABLE, ...HELPDESK_WRITES])(
      'not %s, when the answer was dropped',
      async (_what, method, path, data) => {
        server.on(`${method} ${path}`, 'drop', FINE);
        expect((await failureOf(call(open(), method, path, data))).kind).toBe('no-answer');
        expect(server.requests).toHaveLength(1);
      },
    );

    it.each(NOT_REPEATABLE)('%s, when nobody had listened', async (_what, method, path, data) => {
      const port = await unusedPort();
      const http = open({ retries: 6, backoffMs: 20 });
      const answering = call(http, method, path, data, `http://127.0.0.1:${port}`);
      await delay(5);
      const late = await startFakeServer(port);
      late.on(`${method} ${path}`, FINE);
      try {
        expect((await answering).status).toBe(200);
        expect(late.requests.map(({ text }) => text)).toEqual([bodyOf(data)]);
      } finally {
        await late.close();
      }
    });

    it.each([...REPEATABLE, ...NOT_REPEATABLE])('%s, when it was rate limited', async (_what, method, path, data) => {
      server.on(`${method} ${path}`, rateLimited(429), rateLimited(400), FINE);
      expect((await call(open(), method, path, data)).status).toBe(200);
      expect(server.requests).toHaveLength(3);
    });

    it.each(HELPDESK_WRITES)('not %s, when nobody listens', async (_what, method, path, data) => {
      const calls: Call[] = [];
      const http = open({ retries: 6 }, { called: (told) => void calls.push(told) });
      const nowhere = `http://127.0.0.1:${await unusedPort()}`;
      expect((await failureOf(call(http, method, path, data, nowhere))).kind).toBe('unreachable');
      expect(calls).toHaveLength(1);
    });

    it.each(HELPDESK_WRITES)('not %s, when it was rate limited: the answer says when', async (_what, ...args) => {
      const [method, path, data] = args;
      for (const status of [400, 429]) {
        server.on(`${method} ${path}`, rateLimited(status, '1'), FINE);
        const answer = await call(open(), method, path, data);
        expect(answer.status).toBe(status);
        expect(pauseAskedFor(answer)).toBe(1_000);
      }
      expect(server.requests).toHaveLength(2);
    });

    it('not what was refused', async () => {
      server.on('GET /a', { status: 400, json: { code: 154000, msg: 'Bad request' } }, FINE);
      expect((await call(open(), 'GET', '/a')).status).toBe(400);
      expect(server.requests).toHaveLength(1);
    });
  });

  describe('pauses', () => {
    let paused: number[];
    /** Time passes by pauses alone; nobody's deadline comes by itself. */
    const pausing = (policy: Partial<HttpPolicy> = {}, random = () => 0.5): Http => {
      paused = [];
      let elapsed = 0;
      const sleep = async (ms: number, signal?: AbortSignal): Promise<void> => {
        if (signal) return new Promise((resolve) => signal.addEventListener('abort', () => resolve()));
        paused.push(ms);
        elapsed += ms;
      };
      return open(policy, { clock: { elapsed: () => elapsed, sleep }, random });
    };

    it('as long as a rate limit asks for', async () => {
      server.on('PATCH /a', rateLimited(429, '1'), FINE);
      expect((await call(pausing(), 'PATCH', '/a')).status).toBe(200);
      expect(paused).toEqual([1_000]);
    });

    it('not longer than the call has left: then the answer stands, at once', async () => {
      server.on('GET /a', rateLimited(429, '4'), rateLimited(429, '6'), FINE);
      const answer = await call(pausing({ timeoutMs: 10_000 }), 'GET', '/a');
      expect(answer.status).toBe(429);
      expect(pauseAskedFor(answer)).toBe(6_000);
      expect(paused).toEqual([4_000]);
      expect(server.requests).toHaveLength(2);
    });

    it('not longer than is left since the caller began', async () => {
      server.on('GET /a', rateLimited(429, '6'), FINE);
      const begun = { url: `${server.url}/a`, begunAt: -5_000 };
      expect((await pausing({ timeoutMs: 10_000 }).request(begun)).status).toBe(429);
      expect(server.requests).toHaveLength(1);
      expect(await failureOf(pausing({ timeoutMs: 5_000 }).request(begun))).toMatchObject({
        kind: 'unreachable',
        message: 'ETIMEDOUT',
      });
      expect(server.requests).toHaveLength(1);
    });

    it('twice as long each time, with jitter', async () => {
      server.on('GET /a', SERVER_TROUBLE);
      await call(pausing({ backoffMs: 40 }), 'GET', '/a');
      expect(paused).toEqual([40, 80]);
      await call(
        pausing({ backoffMs: 40 }, () => 1),
        'GET',
        '/a',
      );
      expect(paused).toEqual([60, 120]);
    });
  });

  it.each([
    ['12', 12_000],
    ['0', 0],
    ['soon', undefined],
    ['-1', undefined],
    [undefined, undefined],
  ])('reads a rate limit that says %s', (reset, expected) => {
    expect(pauseAskedFor({ headers: reset === undefined ? {} : { 'x-ogw-ratelimit-reset': reset } })).toBe(expected);
  });

  it('has deadlines and a cap by default', () => {
    expect(DEFAULT_POLICY).toMatchObject({ timeoutMs: 10_000, writeTimeoutMs: 60_000 });
    expect(DEFAULT_POLICY.retries).toBeLessThanOrEqual(5);
  });
});

import { afterEach, describe, expect, it } from '@jest/globals';
import express from 'express';
import type { Readiness } from '../../src/http/readiness.ts';
import { createServer } from '../../src/http/server.ts';
import { type Listening, listenOn } from '../support/listening.ts';
import { captureLogs } from '../support/logs.ts';

let listening: Listening | undefined;
afterEach(async () => {
  await listening?.close();
  listening = undefined;
});

async function serve(readiness: Readiness = async () => ({}), router = express.Router()) {
  const logs = captureLogs();
  listening = await listenOn(createServer({ routers: [router], readiness, logger: logs.logger }));
  const { url } = listening;
  return { logs, get: (path: string, init?: RequestInit) => fetch(url + path, init) };
}

describe('health and readiness', () => {
  it('is alive, whatever is not ready', async () => {
    const { get } = await serve(async () => ({ database: 'does not answer' }));
    const response = await get('/healthz');
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ status: 'ok' });
  });

  it('is ready when nothing is wrong', async () => {
    const { get } = await serve();
    const response = await get('/readyz');
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ status: 'ready' });
  });

  it('says what is not ready', async () => {
    const problems = { database: 'does not answer', connection: 'down' };
    const { get } = await serve(async () => problems);
    const response = await get('/readyz');
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({ status: 'not ready', problems });
  });

  it('asks again each time', async () => {
    let problems: Record<string, string> = { database: 'does not answer' };
    const { get } = await serve(async () => problems);
    expect((await get('/readyz')).status).toBe(503);
    problems = {};
    expect((await get('/readyz')).status).toBe(200);
  });
});

describe('everything else', () => {
  it.each(['/', '/feishu', '/metrics', '/healthz/x', '/.env', '/__proto__'])('has nothing at %p', async (path) => {
    const { get } = await serve();
    for (const method of ['GET', 'POST']) {
      const response = await get(path, { method });
      expect(response.status).toBe(404);
      expect(await response.json()).toEqual({ error: 'not_found' });
    }
  });

  it('does not say what it is made of', async () => {
    const { get } = await serve();
    const { headers } = await get('/healthz');
    for (const name of ['x-powered-by', 'server', 'etag']) expect(headers.get(name)).toBeNull();
  });

  it('serves the routers it was given', async () => {
    const router = express.Router();
    router.get('/hello', (_request, response) => void response.json({ hello: 'world' }));
    const { get } = await serve(undefined, router);
    expect(await (await get('/hello')).json()).toEqual({ hello: 'world' });
  });

  it('answers what breaks with 500, and tells why to the log only', async () => {
    const router = express.Router();
    router.post('/broken', async () => {
      throw new Error('database is locked');
    });
    const { logs, get } = await serve(undefined, router);
    const response = await get('/broken?secret=s3cret', { method: 'POST', body: 's3cret' });
    expect(response.status).toBe(500);
    expect(await response.text()).toBe('{"error":"internal"}');
    expect(logs.lines()).toMatchObject([{ level: 50, reason: 'database is locked' }]);
    expect(logs.text()).not.toContain('s3cret');
  });

  it.each([
    [{ status: 413 }, 413, 'too_large'],
    [{ status: 415 }, 415, 'unsupported_encoding'],
    [{ status: 400 }, 400, 'bad_request'],
    [{ status: 302 }, 500, 'internal'],
    [{ status: 503 }, 500, 'internal'],
    [{ status: '400' }, 500, 'internal'],
    ['text', 500, 'internal'],
  ])('answers the error %p with %p', async (error, status, name) => {
    const router = express.Router();
    router.get('/broken', () => {
      throw error;
    });
    const { get } = await serve(undefined, router);
    const response = await get('/broken');
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({ error: name });
  });

  it('breaks an answer off that has begun', async () => {
    const router = express.Router();
    router.get('/broken', (_request, response) => {
      response.write('begun');
      throw Object.assign(new Error('gone'), { status: 400, expose: false });
    });
    const { get } = await serve(undefined, router);
    await expect(get('/broken').then((response) => response.text())).rejects.toThrow();
  });
});

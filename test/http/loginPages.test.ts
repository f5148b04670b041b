import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { LoginError, type LoginFault } from '../../src/auth/errors.ts';
import type { LoggedIn, RedirectLogins } from '../../src/auth/redirectLogin.ts';
import { loginRouter } from '../../src/http/loginPages.ts';
import { createServer } from '../../src/http/server.ts';
import { type Listening, listenOn, sendRaw } from '../support/listening.ts';
import { type CapturedLogs, captureLogs } from '../support/logs.ts';

const AUTHORIZE = 'https://accounts.example.com/open-apis/authen/v1/authorize?state=s3cret&code_challenge=abc';
const FAULTS: [LoginFault, number, string][] = [
  ['ticket', 400, 'This link is over'],
  ['state', 400, 'This login is over'],
  ['refused', 200, 'Not authorised'],
  ['other-person', 403, 'Not the same person'],
  ['scope-missing', 200, 'A permission is missing'],
  ['feishu', 400, 'The login did not work'],
];

let logs: CapturedLogs;
let server: Listening;
/** What was asked of the logins, in order. */
let asked: string[];
let answers: { open: () => Promise<string>; finish: () => Promise<LoggedIn> };

const nobody = async (): Promise<never> => {
  throw new Error('a page has no business with this');
};

beforeEach(async () => {
  logs = captureLogs();
  asked = [];
  answers = { open: async () => AUTHORIZE, finish: async () => ({ name: 'Lin', endsInMs: undefined }) };
  const logins: RedirectLogins = {
    offer: nobody,
    shownIn: nobody,
    wait: nobody,
    logout: nobody,
    open(ticket) {
      asked.push(`open ${ticket}`);
      return answers.open();
    },
    finish(query) {
      asked.push(`finish ${query}`);
      return answers.finish();
    },
  };
  const routers = [loginRouter({ logins, logger: logs.logger })];
  server = await listenOn(createServer({ routers, readiness: async () => ({}), logger: logs.logger }));
});
afterEach(() => server.close());

const get = (path: string, init: RequestInit = {}) =>
  fetch(server.url + path, { redirect: 'manual', ...init, headers: { 'accept-language': 'en', ...init.headers } });

function expectSafe(response: Response): void {
  expect(response.headers.get('content-security-policy')).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
  expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  expect(response.headers.get('referrer-policy')).toBe('no-referrer');
  expect(response.headers.get('cache-control')).toBe('no-store');
  expect(response.headers.get('x-powered-by')).toBeNull();
}

describe('the link of a login card', () => {
  it('leads to the page of Feishu, and is kept by nobody on the way', async () => {
    const response = await get('/oauth/login/t1cket-_A');
    expect(response.status).toBe(302);
    expect(response.headers.get('location')).toBe(AUTHORIZE);
    expect(asked).toEqual(['open t1cket-_A']);
    expectSafe(response);
  });

  it.each(FAULTS)('fails with %s as status %p', async (fault, status, title) => {
    answers.open = () => Promise.reject(new LoginError(fault));
    const response = await get('/oauth/login/t1cket');
    expect(response.status).toBe(status);
    expect(await response.text()).toContain(`<h1>${title}</h1>`);
    expectSafe(response);
  });

  it('is not spent by somebody who asks for the head only', async () => {
    for (const path of ['/oauth/login/t1cket', '/oauth/callback?code=c&state=s']) {
      const response = await get(path, { method: 'HEAD' });
      expect(response.status).toBe(200);
      expect(await response.text()).toBe('');
      expectSafe(response);
    }
    expect(asked).toEqual([]);
  });

  it.each(['POST', 'PUT', 'DELETE'])('is not spent by %s', async (method) => {
    expect((await get('/oauth/login/t1cket', { method })).status).toBe(404);
    expect((await get('/oauth/callback?code=c&state=s', { method })).status).toBe(404);
    expect(asked).toEqual([]);
  });

  it.each(['/oauth/login', '/oauth/login/', '/oauth/login/a/b', '/oauth', '/oauth/callback/x'])(
    'is not %p',
    async (path) => {
      expect((await get(path)).status).toBe(404);
      expect(asked).toEqual([]);
    },
  );

  it('may be broken', async () => {
    expect((await get('/oauth/login/%E0%A4%A')).status).toBe(400);
    expect((await get('/oauth/login/%00')).status).toBe(302);
    expect(asked).toEqual(['open \0']);
  });
});

describe('the way back', () => {
  it('ends a login with the query as it came', async () => {
    const response = await get('/oauth/callback?code=c%2B1&state=s&state=t&a[b]=c');
    expect(response.status).toBe(200);
    expect(asked).toEqual(['finish code=c%2B1&state=s&state=t&a%5Bb%5D=c']);
    const html = await response.text();
    expect(html).toContain('You are logged in');
    expect(html).toContain('Lin, the bot now acts in your name.');
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expectSafe(response);
  });

  it.each([
    ['en', /Whether you are an admin of the helpdesk shows only when you confirm your first change/, /can now change/],
    ['zh', /要到你第一次确认修改时飞书才会判断/, /现在可以.*修改服务台/],
  ])('does not claim that the person may change the helpdesk (%s)', async (language, said, claimed) => {
    const html = await (await get('/oauth/callback?state=s', { headers: { 'accept-language': language } })).text();
    expect(html).toMatch(said);
    expect(html).not.toMatch(claimed);
    expect(html).not.toMatch(/offline_access/);
  });

  it.each([
    [7_199_950, 'about 2 hours', '大约 2 小时后'],
    [5_400_000, 'about 2 hours', '大约 2 小时后'],
    [5_340_000, 'about 89 min', '大约 89 分钟后'],
    [10, 'about 1 min', '大约 1 分钟后'],
  ])('says how long a login lasts that is not renewed, and how to get another: %i ms', async (endsInMs, en, zh) => {
    answers.finish = async () => ({ name: 'Lin', endsInMs });
    for (const [language, lasts] of Object.entries({ en, zh })) {
      const html = await (await get('/oauth/callback?state=s', { headers: { 'accept-language': language } })).text();
      expect(html).toContain(lasts);
      expect(html).toContain('offline_access');
    }
  });

  it('names the permission that was not granted', async () => {
    answers.finish = () => Promise.reject(new LoginError('scope-missing'));
    const html = await (await get('/oauth/callback?state=s')).text();
    expect(html).toContain('helpdesk:all');
    expect(html).toContain('/skill login');
  });

  it.each(FAULTS)('fails with %s as status %p and claims no success', async (fault, status, title) => {
    answers.finish = () => Promise.reject(new LoginError(fault));
    for (const language of ['en', 'zh']) {
      const response = await get('/oauth/callback?state=s', { headers: { 'accept-language': language } });
      expect(response.status).toBe(status);
      const html = await response.text();
      if (language === 'en') expect(html).toContain(`<h1>${title}</h1>`);
      expect(html).not.toMatch(/logged in|登录成功|continues by itself/);
      expectSafe(response);
    }
    expect(logs.lines()).toEqual([]);
  });

  it('never fails with a status of 5xx, and logs why without the query', async () => {
    answers.finish = () => Promise.reject(new Error('database is locked'));
    answers.open = () => Promise.reject(new TypeError('oops'));
    for (const path of ['/oauth/callback?code=s3cret-code&state=s3cret', '/oauth/login/s3cret']) {
      const response = await get(path);
      expect(response.status).toBe(400);
      expect(await response.text()).toContain('The login did not work');
    }
    expect(logs.lines()).toMatchObject([{ reason: 'database is locked' }, { reason: 'oops' }]);
    expect(logs.text()).not.toContain('s3cret');
  });

  it('shows the name of a person as text', async () => {
    answers.finish = async () => ({ name: `<img src=x onerror="alert('1')">&`, endsInMs: undefined });
    const html = await (await get('/oauth/callback?code=c&state=s')).text();
    expect(html).toContain('&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;, the bot');
    expect(html).not.toContain('<img');
  });

  it.each([
    ['zh-CN,zh;q=0.9,en;q=0.8', '登录成功', 'zh-CN'],
    ['en-US,en;q=0.9', 'You are logged in', 'en'],
    ['zh;q=0.2,en;q=0.7', 'You are logged in', 'en'],
    ['fr', '登录成功', 'zh-CN'],
  ])('speaks the language of %p', async (accept, title, lang) => {
    const html = await (await get('/oauth/callback?code=c&state=s', { headers: { 'accept-language': accept } })).text();
    expect(html).toContain(`<html lang="${lang}">`);
    expect(html).toContain(`<h1>${title}</h1>`);
  });

  it('speaks Chinese to a browser that asks for nothing', async () => {
    const answer = await sendRaw(
      server.port,
      'GET /oauth/callback?state=s HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
    );
    expect(answer).toContain('<h1>登录成功</h1>');
  });

  it('takes a request for a whole address, and one for a strange one', async () => {
    const ask = (target: string) =>
      sendRaw(server.port, `GET ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
    expect(await ask('http://a/oauth/callback?state=s')).toMatch(/^HTTP\/1\.1 200 /);
    expect(await ask('//a/oauth/callback?state=s')).toMatch(/^HTTP\/1\.1 404 /);
    expect(asked).toEqual(['finish state=s']);
  });
});

import { once } from 'node:events';
import { chmodSync, statSync } from 'node:fs';
import { createServer as createHttpServer, type Server } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import express from 'express';
import { z } from 'zod';
import { createVault } from '../../src/auth/vault.ts';
import type { Environment } from '../../src/config/config.ts';
import { readManifest } from '../../src/config/manifest.ts';
import { retrySetAside } from '../../src/doctor/retrySetAside.ts';
import { subjectOf } from '../../src/doctor/subject.ts';
import { OpenId } from '../../src/domain/ids.ts';
import { createServer } from '../../src/http/server.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createLogger } from '../../src/lib/logger.ts';
import { NO_METRICS } from '../../src/lib/metrics.ts';
import { systemRandom } from '../../src/lib/random.ts';
import { openStore } from '../../src/store/open.ts';
import { webhookRouter } from '../../src/transport/webhook.ts';
import { environmentFor, TOKEN_KEY } from '../support/bot.ts';
import { databaseKinds, temporaryDatabase } from '../support/database.ts';
import { findings } from '../support/doctor.ts';
import { type FakeServer, startFakeServer, unusedPort } from '../support/fakeServer.ts';
import { TENANT_TOKEN_ROUTE, tenantTokenReply } from '../support/feishu.ts';
import { type LocalFeishu, startLocalFeishu } from '../support/localFeishu.ts';
import { updateToNewer } from '../support/newerVersion.ts';

const DAY_MS = 24 * 3_600_000;

let sandbox: LocalFeishu;
let settings: LocalFeishu['settings'];
beforeAll(async () => {
  sandbox = await startLocalFeishu();
  settings = { ...sandbox.settings };
});
afterEach(() => {
  Object.assign(sandbox.settings, settings);
  sandbox.app.submit();
  sandbox.app.approve();
  sandbox.faults.clear();
});
afterAll(() => sandbox.close());

const environment = (port: number, more: Environment = {}): Environment => ({
  ...environmentFor(sandbox, port),
  DATABASE_URL: 'file::memory:',
  ...more,
});

/** One check, on its own or after those that it needs. */
async function check(name: string, port: number, more: Environment = {}, needs: string[] = ['credentials']) {
  const found = await findings({ env: environment(port, more), only: [...needs, name] });
  const finding = found[name];
  if (!finding) throw new Error(`there is no check ${name}`);
  return finding;
}

describe('a helpdesk', () => {
  it('with skills that cannot be read works, and names them', async () => {
    const odd = { '6941215891786825756': { agent_ids: [''] } };
    sandbox.settings.oddRows = { ...settings.oddRows, skills: odd, listed: [null] };
    const finding = await check('helpdesk', 1);
    expect(finding).toMatchObject({ status: 'warning', code: 'unreadable_skills' });
    expect(finding.says.en).toContain('VIP (agents)');
    expect(finding.says.en).toContain('? (record)');
  });
});

describe('permissions', () => {
  it('may be broader than what the manifest lists', async () => {
    sandbox.settings.tenantScopes = [
      ...[
        'im:message.p2p_msg',
        'im:message.group_msg',
        'im:message',
        'helpdesk:all',
        'contact:contact:readonly_as_app',
      ],
      ...['im:chat.members:bot_access', 'im:chat.access_event.bot_p2p_chat:read', 'contact:user.id:readonly'],
      ...['contact:user.base:readonly', 'auth:user_access_token:read', 'application:application:self_manage'],
      'cardkit:card:write',
    ];
    expect(await check('scopes', 1)).toMatchObject({ status: 'ok' });
  });

  it('that only make it comfortable are missed with a warning, which says what is lost', async () => {
    sandbox.settings.userScopes = ['helpdesk:all'];
    sandbox.settings.tenantScopes = settings.tenantScopes.filter((scope) => !scope.startsWith('im:chat'));
    const finding = await check('scopes', 1);
    expect(finding).toMatchObject({ status: 'warning', code: 'missing_optional_scope' });
    expect(finding.says.en).toContain('im:chat.members:bot_access (no greeting when the bot joins a group)');
    expect(finding.says.en).toContain('offline_access (logins end after about two hours)');
  });

  it('of the people are missed too', async () => {
    sandbox.settings.userScopes = ['offline_access'];
    expect(await check('scopes', 1)).toMatchObject({
      status: 'failed',
      code: 'missing_scope',
      says: { en: 'Missing permissions of its users: helpdesk:all.' },
    });
  });
});

describe('the app', () => {
  it('whose newer version waits for approval', async () => {
    sandbox.app.submit('1.0.1');
    expect(await check('version', 1)).toMatchObject({ status: 'warning', code: 'in_review' });
    sandbox.app.unpublish();
    sandbox.app.submit('1.0.0');
    const finding = await check('version', 1);
    expect(finding).toMatchObject({ status: 'failed', code: 'not_released' });
    expect(finding.remedy?.en).toContain('Have an admin of the company approve it');
  });

  it('that may not read itself: what depends on it is a warning', async () => {
    sandbox.settings.tenantScopes = settings.tenantScopes.filter((scope) => !scope.includes('self_manage'));
    for (const name of ['version', 'subscription', 'login']) {
      expect(await check(name, 1)).toMatchObject({ status: 'warning', code: 'missing_scope' });
    }
  });

  it('that subscribes otherwise, or to another address', async () => {
    const { events, callbacks } = sandbox.app;
    Object.assign(sandbox.settings, { eventUrl: 'https://old.example.com/feishu/events', cardUrl: undefined });
    expect(await check('subscription', 1)).toMatchObject({
      status: 'failed',
      code: 'wrong_address',
      says: {
        en: 'Events: the address is https://old.example.com/feishu/events instead of http://127.0.0.1:1/feishu/events.',
      },
    });
    Object.assign(sandbox.settings, { eventUrl: undefined });
    sandbox.app.callbacks = { mode: 'websocket', items: callbacks.items };
    expect(await check('subscription', 1)).toMatchObject({ status: 'failed', code: 'wrong_mode' });
    sandbox.app.callbacks = { mode: 'webhook', items: [] };
    expect(await check('subscription', 1)).toMatchObject({ status: 'failed', code: 'not_subscribed' });
    sandbox.app.callbacks = callbacks;
    sandbox.app.events = { mode: 'webhook', items: ['im.message.receive_v1'] };
    expect(await check('subscription', 1)).toMatchObject({ status: 'warning', code: 'not_subscribed' });
    sandbox.app.events = events;
    expect(await check('subscription', 1)).toMatchObject({ status: 'ok' });
    const finding = await check('subscription', 1, { FEISHU_VERIFICATION_TOKEN: 'other', FEISHU_ENCRYPT_KEY: '' });
    expect(finding).toMatchObject({ status: 'failed', code: 'wrong_key' });
    expect(finding.says.en).toContain('FEISHU_VERIFICATION_TOKEN, FEISHU_ENCRYPT_KEY');
  });

  it('to which nobody comes back from a login, or not for long', async () => {
    expect(await check('login', 1)).toMatchObject({ status: 'failed', code: 'no_redirect_url' });
    sandbox.settings.redirectUris = ['http://127.0.0.1:1/oauth/callback'];
    expect(await check('login', 1)).toMatchObject({ status: 'ok' });
    sandbox.settings.refreshAllowed = false;
    expect(await check('login', 1)).toMatchObject({ status: 'warning', code: 'no_refresh' });
  });
});

describe('the database', () => {
  it('that does not exist yet is not made by looking', async () => {
    const { url, drop } = await temporaryDatabase('sqlite');
    const found = await findings({ env: environment(1, { DATABASE_URL: url }), only: ['database', 'grants'] });
    const again = await findings({ env: environment(1, { DATABASE_URL: url }), only: ['database'] });
    await drop();
    for (const { database } of [found, again]) expect(database?.says.en).toContain('does not exist yet');
    expect(found.grants).toMatchObject({ status: 'ok' });
  });

  it('that others may read is told, and left as it is', async () => {
    const { url, drop } = await temporaryDatabase('sqlite');
    const path = url.replace('file:', '');
    await (await openStore(url, createLogger('silent'))).close();
    const first = await check('database', 1, { DATABASE_URL: url }, []);
    chmodSync(path, 0o640);
    const second = await check('database', 1, { DATABASE_URL: url }, []);
    const mode = statSync(path).mode & 0o777;
    await drop();
    expect(first).toMatchObject({ status: 'ok' });
    expect(second).toMatchObject({ status: 'warning', code: 'readable_by_others' });
    expect(second.remedy?.en).toContain(`chmod 600 ${path}`);
    expect(mode).toBe(0o640);
  });

  it('that cannot be written is told', async () => {
    expect(await check('database', 1, { DATABASE_URL: 'file:/dev/null/x/skillbot.db' }, [])).toMatchObject({
      status: 'failed',
      code: 'database_not_writable',
    });
  });

  it.each(databaseKinds())('of a newer version is not called up to date (%s)', async (kind) => {
    const { url, drop } = await temporaryDatabase(kind);
    await updateToNewer(url);
    const finding = await check('database', 1, { DATABASE_URL: url }, []);
    await drop();
    expect(finding).toMatchObject({ status: 'failed', code: 'database_newer' });
    expect(finding.remedy?.en).toContain('Install that version, or restore the backup');
  });
});

it.each(databaseKinds())('an empty %s database has migrations pending, and still has after a look', async (kind) => {
  const database = await temporaryDatabase(kind);
  if (kind === 'sqlite') {
    const { default: Sqlite } = await import('libsql');
    new Sqlite(database.url.replace('file:', '')).exec('create table other (id text)');
  }
  const env = environment(1, { DATABASE_URL: database.url });
  const first = await findings({ env, only: ['database', 'grants'] });
  const second = await findings({ env, only: ['database'] });
  await database.drop();
  for (const found of [first, second]) {
    expect(found.database).toMatchObject({ status: 'warning', code: 'migrations_pending' });
    expect(found.database?.says.en).toContain('0001-initial');
  }
  expect(first.grants).toMatchObject({ status: 'skipped', code: 'migrations_pending' });
});

it('stored logins that are dead, at their end, or not to be opened are counted', async () => {
  const database = await temporaryDatabase('sqlite');
  const store = await openStore(database.url, createLogger('silent'));
  const now = Date.now();
  const vault = createVault([new Uint8Array(Buffer.from(TOKEN_KEY, 'base64'))]);
  const save = async (id: string, refreshExpiresAt: number, sealedBy = vault): Promise<string> => {
    const openId = OpenId.parse(id);
    const tokens = await sealedBy.seal(openId, '{"access":"a"}');
    const times = { grantedAt: now, accessExpiresAt: now, refreshExpiresAt };
    await store.grants.save({ openId, name: '', tokens, ...times });
    return tokens;
  };
  const look = async () =>
    (await findings({ env: environment(1, { DATABASE_URL: database.url }), only: ['database', 'grants'] })).grants;
  await save('ou_live', now + 6 * DAY_MS);
  const first = await look();
  await save('ou_unreadable', now + 6 * DAY_MS, createVault([new Uint8Array(32)]));
  await save('ou_ending', now + DAY_MS);
  await save('ou_expired', now - 1);
  await store.grants.markDead(OpenId.parse('ou_dead'), await save('ou_dead', now + 6 * DAY_MS), '20064');
  const second = await look();
  await store.close();
  await database.drop();
  expect(first).toMatchObject({ status: 'ok', says: { en: '1, all in force.' } });
  expect(second).toMatchObject({ status: 'warning', code: 'unreadable' });
  expect(second?.says.en).toBe(
    'No key opens 1 of the stored logins. 2 of the logins are dead. 1 of the logins end within two days and are not renewed.',
  );
});

it('what was set aside is named, and tried again when somebody asks for it', async () => {
  const database = await temporaryDatabase('sqlite');
  const store = await openStore(database.url, createLogger('silent'));
  const env = environment(1, { DATABASE_URL: database.url });
  const look = async () => (await findings({ env, only: ['database', 'inbox'] })).inbox;
  const now = Date.now();
  for (const key of ['message:om_1', 'message:om_2']) {
    await store.inbox.add([{ requestKey: key, delivery: '{}', held: true }], { worker: 'w', now, leaseUntil: now });
  }
  const first = await look();
  await store.inbox.setAside('message:om_1', 'w', now, 'x');
  const second = await look();
  const retry = async () => {
    const { subject } = subjectOf({ env, manifest: readManifest(), clock: systemClock, random: systemRandom });
    if (!subject) throw new Error('the environment is faulty');
    const said = await retrySetAside(subject);
    await subject.close();
    return said.en;
  };
  const said = [await retry(), await retry()];
  const third = await look();
  const depth = await store.inbox.depth();
  await store.close();
  await database.drop();
  expect(first).toMatchObject({ status: 'ok' });
  expect(second).toMatchObject({ status: 'warning', code: 'set_aside' });
  expect(second?.says.en).toContain(`message:om_1 (${new Date(now).toISOString()})`);
  expect(second?.remedy?.en).toContain('npm run doctor -- --retry-set-aside');
  expect(said[0]).toContain('1 set aside will be tried again');
  expect(said[1]).toBe('Nothing was set aside.');
  expect(third).toMatchObject({ status: 'ok' });
  expect(depth).toBe(2);
});

describe('the public address and the port', () => {
  const keys = () => ({
    appId: sandbox.credentials.appId,
    verificationToken: sandbox.credentials.verificationToken,
    encryptKey: sandbox.credentials.encryptKey,
  });

  /** A bot's front, without the bot. */
  async function front(problems: Record<string, string> = {}): Promise<{ port: number; server: Server }> {
    const logger = createLogger('silent');
    const intake = () => Promise.reject(new Error('not now'));
    const routers = [webhookRouter({ ...keys(), intake, clock: systemClock, logger, metrics: NO_METRICS })];
    const server = createHttpServer(createServer({ routers, readiness: async () => problems, logger })).listen(
      0,
      '127.0.0.1',
    );
    await once(server, 'listening');
    return { port: z.object({ port: z.number() }).parse(server.address()).port, server };
  }

  it('are the bot’s own', async () => {
    const { port, server } = await front();
    const found = await findings({ env: environment(port), only: ['port', 'public-url'] });
    const plain = await check('public-url', port, { FEISHU_ENCRYPT_KEY: '' }, []);
    server.close();
    expect(found.port).toMatchObject({ status: 'ok', says: { en: `The bot is running on ${port}.` } });
    expect(found['public-url']).toMatchObject({ status: 'ok' });
    expect(plain).toMatchObject({ status: 'failed', code: 'other_keys' });
  });

  it('of a bot that is not ready', async () => {
    const { port, server } = await front({ database: 'does not answer' });
    const finding = await check('port', port, {}, []);
    server.close();
    expect(finding).toMatchObject({ status: 'warning', code: 'not_ready' });
    expect(finding.says.en).toContain('database: does not answer');
  });

  it('of a bot that is not running are nothing to worry about', async () => {
    const port = await unusedPort();
    const found = await findings({ env: environment(port), only: ['port', 'public-url'] });
    expect(found.port).toMatchObject({ status: 'ok' });
    expect(found['public-url']).toMatchObject({ status: 'warning', code: 'not_running' });
  });

  it('that the bot is not told are not called unneeded', async () => {
    const device = { PUBLIC_URL: '', LOGIN_FLOW: 'device' };
    expect(await check('public-url', 3000, device, [])).toMatchObject({ status: 'warning', code: 'not_told' });
    const away = { ...device, FEISHU_TRANSPORT: 'websocket' };
    expect(await check('public-url', 3000, away, [])).toMatchObject({ status: 'skipped', code: 'not_needed' });
  });

  it('that lead to something else, or nowhere', async () => {
    const other = createHttpServer((_request, response) => response.end('{"status":"fine"}')).listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = z.object({ port: z.number() }).parse(other.address());
    const found = await findings({ env: environment(port), only: ['port', 'public-url'] });
    const nowhere = `http://127.0.0.1:${await unusedPort()}`;
    const away = await check('public-url', port, { PUBLIC_URL: nowhere }, []);
    const name = await check('public-url', port, { PUBLIC_URL: 'https://nowhere.invalid' }, []);
    other.close();
    expect(found.port).toMatchObject({ status: 'failed', code: 'port_taken' });
    expect(found['public-url']).toMatchObject({ status: 'failed', code: 'not_the_bot' });
    expect(away).toMatchObject({
      status: 'failed',
      code: 'unreachable',
      says: { en: `${nowhere} cannot be reached (ECONNREFUSED).` },
    });
    expect(name).toMatchObject({ status: 'failed', code: 'unreachable' });
  });

  it('that answer without an end', async () => {
    const endless = createHttpServer((_request, response) => {
      const writing = setInterval(() => response.write(' '.repeat(1024 * 1024)), 1);
      response.once('close', () => clearInterval(writing));
    }).listen(0, '127.0.0.1');
    await once(endless, 'listening');
    const { port } = z.object({ port: z.number() }).parse(endless.address());
    const found = await findings({ env: environment(port), only: ['port', 'public-url'] });
    endless.close();
    expect(found.port).toMatchObject({ status: 'failed', code: 'port_taken' });
    expect(found['public-url']).toMatchObject({ status: 'failed', code: 'not_the_bot' });
  });

  it('whose answer is another one, or comes too late for Feishu', async () => {
    const app = express();
    app.get('/healthz', (_request, response) => void response.json({ status: 'ok' }));
    app.use(express.json());
    app.post('/other/*path', (_request, response) => void response.json({ challenge: 'another' }));
    app.get('/other/healthz', (_request, response) => void response.json({ status: 'ok' }));
    app.post('/*path', (request, response) => {
      setTimeout(
        () => response.json({ challenge: z.object({ challenge: z.string() }).parse(request.body).challenge }),
        1_050,
      );
    });
    const server = app.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = z.object({ port: z.number() }).parse(server.address());
    const slow = await check('public-url', port, { FEISHU_ENCRYPT_KEY: '' }, []);
    const other = await check('public-url', port, { PUBLIC_URL: `http://127.0.0.1:${port}/other` }, []);
    server.close();
    expect(slow).toMatchObject({ status: 'warning', code: 'slow' });
    expect(other).toMatchObject({ status: 'failed', code: 'not_the_bot' });
  });

  it('where nobody may listen', async () => {
    expect(await check('port', 3000, { HOST: '203.0.113.7' }, [])).toMatchObject({
      status: 'failed',
      code: 'cannot_listen',
      says: { en: 'Cannot listen on 203.0.113.7:3000 (EADDRNOTAVAIL).' },
    });
  });
});

describe('Feishu', () => {
  let fake: FakeServer;
  beforeAll(async () => {
    fake = await startFakeServer();
    fake.on(TENANT_TOKEN_ROUTE, tenantTokenReply());
  });
  afterAll(() => fake.close());

  const dated = async (ms: number) => {
    fake.on('GET /', { headers: { date: new Date(Date.now() + ms).toUTCString() } });
    return check('clock', 1, { FEISHU_BASE_URL: fake.url }, []);
  };

  it('has the same time, more or less', async () => {
    expect(await dated(-55_000)).toMatchObject({ status: 'ok' });
    const [ahead, behind] = [await dated(-120_000), await dated(120_000)];
    for (const finding of [ahead, behind]) expect(finding).toMatchObject({ status: 'warning', code: 'clock_skew' });
    expect(ahead.says.en).toMatch(/1(19|20|21) s ahead of/);
    expect(behind.says.en).toMatch(/1(18|19|20) s behind/);
  });

  it('that cannot be reached, or is not Feishu, is told once, and what needs it is skipped', async () => {
    const nobody = await findings({
      env: environment(1, { FEISHU_BASE_URL: 'http://127.0.0.1:1' }),
      only: ['credentials', 'bot', 'clock'],
    });
    expect(nobody.credentials).toMatchObject({ status: 'failed', code: 'no_network' });
    expect(nobody.bot).toMatchObject({ status: 'skipped', code: 'needs' });
    expect(nobody.clock).toMatchObject({ status: 'skipped', code: 'unknown' });
    fake.on(TENANT_TOKEN_ROUTE, { text: '<html>Sign in</html>' });
    expect(await check('credentials', 1, { FEISHU_BASE_URL: fake.url }, [])).toMatchObject({ code: 'not_feishu' });
  });
});

it('a check that does not end is over after its time', async () => {
  fakeHang();
  const clock = { now: () => Date.now(), elapsed: () => performance.now(), sleep: async () => undefined };
  const found = await findings({ env: environment(1), clock, only: ['credentials'] });
  expect(found.credentials).toMatchObject({ status: 'failed', code: 'timeout' });
});

const fakeHang = (): void =>
  void sandbox.faults.add({ route: '/open-apis/auth/v3/tenant_access_token/internal', kind: { type: 'hang' } });

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createLogger } from '../../src/lib/logger.ts';
import { openDatabase } from '../../src/store/connection.ts';
import { loginLink, type Stage, skillOf, startStage, until } from '../support/story.ts';

const VIP = '6941215891786825756';
const TOKENS = 'POST /open-apis/authen/v2/oauth/token';
const PATCH = { method: 'PATCH', route: '/open-apis/helpdesk/v1/agent_skills/:agent_skill_id' };

describe('somebody who has not authorised the bot', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await startStage();
  });
  beforeEach(async () => {
    stage.reset();
    for (const key of ['admin', 'owner', 'employee'] as const) await stage.person(key).says('/skill logout');
  });
  afterAll(() => stage.close());

  const granted = async (key: 'admin' | 'owner' | 'employee') => (await stage.person(key).says('/skill whoami')).title;

  it('may read, and is nobody to the bot', async () => {
    expect((await stage.person('employee').says('/skill show VIP')).template).toBe('blue');
    expect(await granted('employee')).toBe('Not logged in');
    expect((await stage.person('employee').says('/skill logout')).text).toContain('keeps no authorisation of yours');
  });

  it('logs in, is known, logs out, and has to log in again for the next change', async () => {
    const lin = stage.person('admin');
    const card = await lin.says('/skill login');
    await lin.logsIn(card);
    await card.becomes('green');
    const who = await lin.says('/skill whoami');
    expect(who.title).toBe('Logged in');
    expect(who.text).toContain('林晓');
    await lin.says('/skill logout');
    expect(await granted('admin')).toBe('Not logged in');
    expect((await lin.says('/skill rename VIP x')).title).toBe('Please log in');
  });

  it.each([
    ['zh-CN,zh;q=0.9,en;q=0.8', 'zh-CN', '登录成功'],
    ['en-US,en;q=0.9', 'en', 'You are logged in'],
    ['de-DE,en;q=0.5', 'en', 'You are logged in'],
    ['fr', 'zh-CN', '登录成功'],
  ])('sees the page of the browser with Accept-Language %s in %s', async (accepts, language, title) => {
    const lin = stage.person('admin');
    const page = await lin.logsIn(await lin.says('/skill login'), 'agree', accepts);
    expect(page).toMatchObject({ status: 200, headers: { 'content-type': expect.stringContaining('text/html') } });
    expect(page.body).toContain(`lang="${language}"`);
    expect(page.body).toContain(title);
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
  });

  it('refuses on the page of Feishu: nothing is stored, nothing continues, and the page claims nothing', async () => {
    const lin = stage.person('admin');
    const card = await lin.says('/skill rename VIP Tier 2');
    const page = await lin.logsIn(card, 'refuse', 'en');
    expect(page.status).toBe(200);
    expect(page.body).toContain('Not authorised');
    expect(page.body).not.toContain('logged in');
    await card.becomes('grey');
    expect(card.title).toBe('Not authorised');
    expect(stage.sandbox.links(card.messageId)).toEqual([]);
    expect(await granted('admin')).toBe('Not logged in');
    expect(skillOf(stage, VIP).name).toBe('VIP');

    const again = await lin.says('/skill login');
    await lin.logsIn(again);
    // What waited was not lost by the refusal.
    expect((await card.next()).title).toBe('Please confirm: Rename');
  });

  it('whose link somebody else opens: 403, and nothing of either is stored', async () => {
    const card = await stage.person('admin').says('/skill rename VIP Tier 2', { chat: 'group' });
    const page = await stage.person('owner').logsIn(card, 'agree', 'en');
    expect(page.status).toBe(403);
    expect(page.body).toContain('Not the same person');
    expect([await granted('admin'), await granted('owner')]).toEqual(['Not logged in', 'Not logged in']);
    await card.becomes('red');
    expect(card.title).toBe('Not the same person');
  });

  it('cannot use a link twice, nor one that is made up', async () => {
    const lin = stage.person('admin');
    const card = await lin.says('/skill login');
    const link = loginLink(stage.sandbox, card);
    await lin.logsIn(card);
    await card.becomes('green');
    for (const used of [link, `${stage.bot.url}/oauth/login/made-up`, `${stage.bot.url}/oauth/login/%ff`]) {
      const page = await fetch(used, { redirect: 'manual', headers: { 'accept-language': 'en' } });
      expect(page.status).toBe(400);
      const body = await page.text();
      expect(body).not.toMatch(/success|logged in/i);
    }
  });

  it('cannot use a link that is too old, nor come back from Feishu too late', async () => {
    const { sandbox, databaseUrl } = stage;
    const lin = stage.person('admin');
    const expire = async () => {
      const db = openDatabase(databaseUrl, createLogger('silent'));
      await db
        .updateTable('logins')
        .set({ expires_at: Date.now() - 1 })
        .execute();
      await db.destroy();
    };
    const link = loginLink(sandbox, await lin.says('/skill login'));
    await expire();
    expect((await fetch(link, { redirect: 'manual' })).status).toBe(400);

    const opened = await fetch(loginLink(sandbox, await lin.says('/skill login')), { redirect: 'manual' });
    const { location } = await sandbox.authorize('admin', opened.headers.get('location') ?? '');
    await expire();
    expect((await fetch(location)).status).toBe(400);
    expect(await granted('admin')).toBe('Not logged in');
  });

  it('cannot come back from Feishu twice, nor with a state that is made up, nor without one', async () => {
    const { sandbox, bot } = stage;
    const lin = stage.person('admin');
    const link = loginLink(sandbox, await lin.says('/skill login'));
    const opened = await fetch(link, { redirect: 'manual' });
    const { location } = await sandbox.authorize('admin', opened.headers.get('location') ?? '');
    expect((await fetch(location)).status).toBe(200);
    const code = new URL(location).searchParams.get('code') ?? '';
    for (const url of [
      location,
      `${bot.url}/oauth/callback?code=${code}&state=made-up`,
      `${bot.url}/oauth/callback?code=${code}`,
      `${bot.url}/oauth/callback`,
      `${bot.url}/oauth/callback?state=a&state=b&code[]=x`,
    ]) {
      expect((await fetch(url)).status).toBe(400);
    }
  });

  it('whose chat client looks at the link first (HEAD) can still use it', async () => {
    const lin = stage.person('admin');
    const card = await lin.says('/skill login');
    const head = await fetch(loginLink(stage.sandbox, card), { method: 'HEAD', redirect: 'manual' });
    expect(head.status).toBe(200);
    expect((await lin.logsIn(card)).status).toBe(200);
    expect(await granted('admin')).toBe('Logged in');
  });

  it('is sent to Feishu with PKCE S256, a state and the scopes, by an answer that nobody keeps', async () => {
    const link = loginLink(stage.sandbox, await stage.person('admin').says('/skill login'));
    const answer = await fetch(link, { redirect: 'manual' });
    expect(answer.status).toBe(302);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const query = Object.fromEntries(new URL(answer.headers.get('location') ?? '').searchParams);
    expect(query).toMatchObject({
      code_challenge_method: 'S256',
      response_type: 'code',
      scope: 'helpdesk:all offline_access',
      redirect_uri: `${stage.bot.url}/oauth/callback`,
    });
    expect(query.state).toMatch(/^[\w-]{43}$/);
    expect(query.code_challenge).toMatch(/^[\w-]{43}$/);
  });

  it('asks for two changes before the login: both continue after it, each once', async () => {
    const lin = stage.person('admin');
    const [first, second] = [await lin.says('/skill rename VIP Tier 2'), await lin.says('/skill add-agent VIP @王五')];
    await lin.logsIn(second);
    expect((await first.next()).title).toBe('Please confirm: Rename');
    expect((await second.next()).title).toBe('Please confirm: Add agents');
    for (const card of [first, second]) await card.becomes('green');
  });

  it.each([
    ['Feishu fails', { type: 'status', status: 503, code: 20050 }],
    ['Feishu breaks off', { type: 'drop', when: 'before' }],
    ['the answer is lost', { type: 'drop', when: 'after' }],
    ['the answer is cut', { type: 'malformed' }],
  ] as const)('is told on the page when %s at the end of the login, and can try again', async (_, kind) => {
    const { sandbox } = stage;
    const lin = stage.person('admin');
    const card = await lin.says('/skill login');
    sandbox.faults.add({ route: '/open-apis/authen/v2/oauth/token', times: 9, kind });
    const page = await lin.logsIn(card, 'agree', 'en');
    expect(page.status).toBe(400);
    expect(page.body).toContain('The login did not work');
    await card.becomes('red');
    sandbox.faults.clear();
    expect(await granted('admin')).toBe('Not logged in');
    expect((await lin.logsIn(await lin.says('/skill login'))).status).toBe(200);
  });
});

describe('an admin whose tokens do not last', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await startStage();
  });
  beforeEach(async () => {
    stage.reset();
    const lin = stage.person('admin');
    const card = await lin.says('/skill login');
    await lin.logsIn(card);
    await card.becomes('green');
  });
  afterAll(() => stage.close());

  const refreshes = () =>
    stage.sandbox.calls.of(TOKENS).filter(({ requestBody }) => /refresh/.test(grantType(requestBody)));

  it('does not notice that the access token has expired: it is refreshed once, and the change is written once', async () => {
    const lin = stage.person('admin');
    const [patched, refreshed] = [stage.patches().length, refreshes().length];
    const preview = await lin.says('/skill rename VIP Tier 2');
    stage.sandbox.expireAccessToken('admin');
    await lin.presses(preview, 'change.confirm');
    expect(preview.template).toBe('green');
    expect(refreshes()).toHaveLength(refreshed + 1);
    expect(
      stage
        .patches()
        .slice(patched)
        .map(({ code }) => code),
    ).toEqual([99991677, 0]);
  });

  it('confirms two changes at once with an expired token: it is refreshed once, both are written', async () => {
    const lin = stage.person('admin');
    const refreshed = refreshes().length;
    const previews = [await lin.says('/skill rename VIP Tier 2'), await lin.says('/skill add-agent Printers @Tom')];
    stage.sandbox.expireAccessToken('admin');
    await Promise.all(previews.map((preview) => lin.presses(preview, 'change.confirm')));
    expect(previews.map(({ template }) => template)).toEqual(['green', 'green']);
    expect(refreshes()).toHaveLength(refreshed + 1);
  });

  it('does not notice that the refresh failed at first', async () => {
    const { sandbox } = stage;
    const lin = stage.person('admin');
    const preview = await lin.says('/skill rename VIP Tier 2');
    sandbox.expireAccessToken('admin');
    const kind = { type: 'status' as const, status: 500, code: 20050 };
    sandbox.faults.add({ route: '/open-apis/authen/v2/oauth/token', kind });
    await lin.presses(preview, 'change.confirm');
    expect(preview.template).toBe('green');
    expect(skillOf(stage, VIP).name).toBe('Tier 2');
  });

  it('does not notice that the token of the app has expired', async () => {
    const lin = stage.person('admin');
    stage.sandbox.expireTenantToken();
    const preview = await lin.says('/skill rename VIP Tier 2');
    stage.sandbox.expireTenantToken();
    await lin.presses(preview, 'change.confirm');
    expect(preview.template).toBe('green');
  });

  it.each([
    ['has been used by somebody else', (sandbox: Stage['sandbox']) => sandbox.spendRefreshToken('admin')],
    ['has expired', (sandbox: Stage['sandbox']) => sandbox.expireRefreshToken('admin')],
  ])('has to log in again at Confirm when the refresh token %s, and confirms a fresh preview', async (_, end) => {
    const lin = stage.person('admin');
    const patched = stage.patches().filter(({ code }) => code === 0).length;
    const preview = await lin.says('/skill rename VIP Tier 2');
    stage.sandbox.expireAccessToken('admin');
    end(stage.sandbox);
    await lin.presses(preview, 'change.confirm');
    expect(preview.title).toBe('Please log in');
    expect(skillOf(stage, VIP).name).toBe('VIP');

    await lin.logsIn(preview);
    const fresh = await preview.next();
    expect(fresh.title).toBe('Please confirm: Rename');
    expect(skillOf(stage, VIP).name).toBe('VIP');
    await lin.presses(fresh, 'change.confirm');
    expect(fresh.template).toBe('green');
    expect(stage.patches().filter(({ code }) => code === 0)).toHaveLength(patched + 1);
  });

  it('has withdrawn the authorisation in Feishu: login card at Confirm, then a fresh preview', async () => {
    const lin = stage.person('admin');
    const preview = await lin.says('/skill rename VIP Tier 2');
    const eventId = await stage.sandbox.revoke('admin');
    await until(() => stage.sandbox.deliveries.of(eventId).some(({ status }) => status === 200));
    await lin.presses(preview, 'change.confirm');
    expect(preview.title).toBe('Please log in');
    await lin.logsIn(preview);
    const fresh = await preview.next();
    await lin.presses(fresh, 'change.confirm');
    expect(fresh.template).toBe('green');
  });

  it('keeps a login that came after a withdrawal, though that is delivered late', async () => {
    const { sandbox } = stage;
    const lin = stage.person('admin');
    const handled = () => stage.bot.logs().match(/"kind":"revoked".*"delivery handled"/g)?.length ?? 0;
    const before = handled();
    const eventId = await sandbox.revoke('admin');
    await until(() => handled() === before + 1);
    const login = await lin.says('/skill login');
    await lin.logsIn(login);
    await login.becomes('green');
    // A new id, as if the first delivery had not arrived: what is known already is not handled again.
    await sandbox.redeliver(eventId, { newEventId: true });
    await until(() => handled() === before + 2);
    expect((await lin.says('/skill whoami')).title).toBe('Logged in');
  });

  it('has logged in without the scope that writing needs: login card that says so', async () => {
    const lin = stage.person('admin');
    const preview = await lin.says('/skill rename VIP Tier 2');
    stage.sandbox.faults.add({ ...PATCH, kind: { type: 'status', status: 400, code: 99991679, msg: 'Unauthorized' } });
    await lin.presses(preview, 'change.confirm');
    expect(preview.title).toBe('Please log in');
    expect(preview.text).toContain('lacks the permission to change the helpdesk');
  });

  it('has to pass a check of the company: its address is shown to nobody else, and is in no log', async () => {
    const { sandbox, databaseUrl, bot } = stage;
    const lin = stage.person('admin');
    const address = 'https://security.feishu.cn/check?ticket=personal';
    const db = openDatabase(databaseUrl, createLogger('silent'));
    await db
      .updateTable('grants')
      .set({ access_expires_at: Date.now() - 1 })
      .execute();
    await db.destroy();
    const body = { code: 21000, error_description: `Blocked, see ${address}`, data: { challenge_url: address } };
    const route = '/open-apis/authen/v2/oauth/token';
    sandbox.faults.add({ route, times: 2, kind: { type: 'status', status: 400, body } });

    const own = await lin.says('/skill rename VIP Tier 2');
    expect(own.template).toBe('red');
    expect(sandbox.links(own.messageId)).toEqual([address]);
    const open = await lin.says('/skill rename VIP Tier 2', { chat: 'group' });
    expect(open.text).toContain('Send the command again in a direct chat');
    expect(JSON.stringify(open.card)).not.toContain('ticket=');
    expect(bot.logs()).not.toContain('ticket=personal');

    const preview = await lin.says('/skill rename VIP Tier 2');
    sandbox.faults.add({ ...PATCH, kind: { type: 'status', status: 403, body: { ...body, msg: 'Blocked.' } } });
    await lin.presses(preview, 'change.confirm');
    await preview.becomes('red');
    expect(JSON.stringify(preview.card)).not.toContain('ticket=');
    expect(bot.logs()).toContain('21000');
    expect(bot.logs()).not.toContain('ticket=personal');
  });
});

const grantType = (body: unknown): string =>
  typeof body === 'object' && body !== null && 'grant_type' in body ? String(body.grant_type) : '';

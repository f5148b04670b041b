import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Actor, type Stage, skillOf, startStage, until } from '../support/story.ts';

const VIP = '6941215891786825756';
const TOKENS = '/open-apis/authen/v2/oauth/token';
const PREVIEW = 'Please confirm: Rename';
const SEEN_AT_CONFIRM = 'shows only when you confirm your first change';

describe('an admin whose login is not all that was asked for', () => {
  let stage: Stage;
  let lin: Actor;
  beforeAll(async () => {
    stage = await startStage();
    lin = stage.person('admin');
  });
  beforeEach(async () => {
    stage.reset();
    Object.assign(stage.sandbox.settings, { untickedScopes: [], oauthCodes: 'number', refreshAllowed: true });
    for (const key of ['admin', 'employee'] as const) {
      // What they agreed to before counts no more: each login says anew what it is for.
      const eventId = await stage.sandbox.revoke(key);
      await until(() => stage.sandbox.deliveries.of(eventId).some(({ status }) => status === 200));
      await stage.person(key).says('/skill logout');
    }
  });
  afterAll(() => stage.close());

  const loggedIn = async () => {
    const card = await lin.says('/skill login');
    await lin.logsIn(card);
    await card.becomes('green');
    return card;
  };
  const whoAmI = async () => lin.says('/skill whoami');
  const tokenCalls = () => stage.sandbox.calls.of(TOKENS).length;

  it('leaves the permission to change the helpdesk unticked: page and card name it, and nothing is stored', async () => {
    const card = await lin.says('/skill rename VIP Tier 2');
    stage.sandbox.settings.untickedScopes = ['helpdesk:all'];
    const page = await lin.logsIn(card, 'agree', 'en');
    expect(page.status).toBe(200);
    expect(page.body).toContain('A permission is missing');
    expect(page.body).toContain('helpdesk:all');
    expect(page.body).not.toMatch(/logged in/i);
    await card.becomes('red');
    expect(card.text).toContain('helpdesk:all');
    expect(card.chinese).toContain('你没有同意“修改服务台”（helpdesk:all）');
    expect((await whoAmI()).title).toBe('Not logged in');

    stage.sandbox.settings.untickedScopes = [];
    await lin.logsIn(await lin.says('/skill login'));
    const preview = await card.next();
    expect(preview.title).toBe(PREVIEW);
    await lin.presses(preview, 'change.confirm');
    expect(skillOf(stage, VIP).name).toBe('Tier 2');
  });

  it('has taken that permission back since: the login is over at its refresh, and says why', async () => {
    await loggedIn();
    const preview = await lin.says('/skill rename VIP Tier 2');
    stage.sandbox.withdrawScope('admin', 'helpdesk:all');
    stage.sandbox.expireAccessToken('admin');
    await lin.presses(preview, 'change.confirm');
    expect(preview.title).toBe('Please log in');
    expect(preview.text).toContain('lacks the permission to change the helpdesk (helpdesk:all)');
    const who = await whoAmI();
    expect(who.title).toBe('Not logged in');
    expect(who.text).toContain('no longer includes changing the helpdesk (helpdesk:all)');
    expect(skillOf(stage, VIP).name).toBe('VIP');

    await lin.logsIn(preview);
    const fresh = await preview.next();
    await lin.presses(fresh, 'change.confirm');
    expect(fresh.template).toBe('green');
  });

  it('leaves offline access unticked: page, card and whoami say how long it lasts, and how to get one that does', async () => {
    stage.sandbox.settings.untickedScopes = ['offline_access'];
    const card = await lin.says('/skill login');
    const page = await lin.logsIn(card, 'agree', 'zh-CN');
    expect(page.body).toContain('这次登录大约 2 小时后失效');
    expect(page.body).toContain('offline_access');
    await card.becomes('green');
    for (const shown of [card, await whoAmI()]) {
      expect(shown.title).toBe('Logged in');
      expect(shown.text).toMatch(/Valid until.*offline_access.*\/skill login/s);
      expect(shown.chinese).toContain('机器人无法自动续期');
    }

    const preview = await lin.says('/skill rename VIP Tier 2');
    stage.sandbox.expireAccessToken('admin');
    stage.sandbox.settings.untickedScopes = [];
    await lin.presses(preview, 'change.confirm');
    expect(preview.title).toBe('Please log in');
    await lin.logsIn(preview);
    expect((await preview.next()).title).toBe(PREVIEW);
    expect((await whoAmI()).text).toContain('renewed by itself');
  });

  it.each(['string', 'none'] as const)(
    'gets a login card when the refresh is refused, however its code is written (%s)',
    async (codes) => {
      await loggedIn();
      const preview = await lin.says('/skill rename VIP Tier 2');
      stage.sandbox.settings.oauthCodes = codes;
      stage.sandbox.expireAccessToken('admin');
      stage.sandbox.spendRefreshToken('admin');
      await lin.presses(preview, 'change.confirm');
      expect(preview.title).toBe('Please log in');
      await lin.logsIn(preview);
      const fresh = await preview.next();
      expect(fresh.title).toBe(PREVIEW);
      await lin.presses(fresh, 'change.confirm');
      expect(skillOf(stage, VIP).name).toBe('Tier 2');
    },
  );

  it('gets one with 99991669 too', async () => {
    await loggedIn();
    const preview = await lin.says('/skill rename VIP Tier 2');
    stage.sandbox.expireAccessToken('admin');
    const body = { code: 99991669, error: 'invalid_request', error_description: 'Invalid refresh token.' };
    stage.sandbox.faults.add({ route: TOKENS, kind: { type: 'status', status: 400, body } });
    await lin.presses(preview, 'change.confirm');
    expect(preview.title).toBe('Please log in');
  });

  it('keeps the login over a code that nobody knows', async () => {
    await loggedIn();
    const preview = await lin.says('/skill rename VIP Tier 2');
    stage.sandbox.expireAccessToken('admin');
    stage.sandbox.faults.add({ route: TOKENS, kind: { type: 'status', status: 400, code: 29999 }, times: 9 });
    await lin.presses(preview, 'change.confirm');
    stage.sandbox.faults.clear();
    expect(skillOf(stage, VIP).name).toBe('VIP');
    const again = await lin.says('/skill rename VIP Tier 2');
    await lin.presses(again, 'change.confirm');
    expect(skillOf(stage, VIP).name).toBe('Tier 2');
    expect((await whoAmI()).title).toBe('Logged in');
  });

  it('is told of the switch in the console where the app may not renew logins, and goes on after another login', async () => {
    await loggedIn();
    const preview = await lin.says('/skill rename VIP Tier 2');
    stage.sandbox.expireAccessToken('admin');
    stage.sandbox.settings.refreshAllowed = false;
    await lin.presses(preview, 'change.confirm');
    expect(preview.title).toBe('Please log in');
    expect(preview.text).toMatch(/20074.*refresh user_access_token/s);
    expect(preview.chinese).toContain('安全设置');
    await lin.logsIn(preview);
    const fresh = await preview.next();
    await lin.presses(fresh, 'change.confirm');
    expect(fresh.template).toBe('green');
  });

  it('loses the access token alone in Feishu: it is renewed, and no login is asked for', async () => {
    await loggedIn();
    const preview = await lin.says('/skill rename VIP Tier 2');
    const [asked, written] = [tokenCalls(), stage.patches().length];
    const handled = () => stage.bot.logs().match(/"kind":"revoked".*"delivery handled"/g)?.length ?? 0;
    const before = handled();
    await stage.sandbox.revoke('admin', 'access');
    await until(() => handled() === before + 1);
    expect((await whoAmI()).title).toBe('Logged in');
    await lin.presses(preview, 'change.confirm');
    expect(preview.template).toBe('green');
    expect(tokenCalls()).toBe(asked + 1);
    // The revoked token was not tried first.
    const codes = stage.patches().map(({ code }) => code);
    expect(codes.slice(written)).toEqual([0]);
  });

  it('is told, as everybody is, that Feishu judges at the first Confirm: an employee is refused there', async () => {
    const employee = stage.person('employee');
    const card = await employee.says('/skill rename VIP Tier 2');
    const page = await employee.logsIn(card, 'agree', 'en');
    expect(page.body).toContain(SEEN_AT_CONFIRM);
    expect(page.body).not.toContain('can now change');
    await card.becomes('green');
    expect(card.text).toContain(SEEN_AT_CONFIRM);
    expect(card.chinese).toContain('要到你第一次确认修改时飞书才会判断');
    const preview = await card.next();
    await employee.presses(preview, 'change.confirm');
    expect(preview.text).toContain('not an admin or the owner');
    expect(skillOf(stage, VIP).name).toBe('VIP');
  });
});

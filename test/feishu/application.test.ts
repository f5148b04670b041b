import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Application, createApplication } from '../../src/feishu/application.ts';
import { type FakeFeishu, failureOf, startFakeFeishu } from '../support/feishu.ts';

const READ = 'GET /open-apis/application/v6/applications/me';
const SCOPES = 'GET /open-apis/application/v6/scopes';

let feishu: FakeFeishu;
let application: Application;
beforeEach(async () => {
  feishu = await startFakeFeishu();
  application = createApplication(feishu.client, feishu.app.appId);
});
afterEach(() => feishu.close());

const success = (data: object) => ({ json: { code: 0, msg: 'success', data } });

describe('the app’s own configuration', () => {
  it('is read as the SDK types it', async () => {
    const app = {
      app_id: feishu.app.appId,
      online_version_id: 'oav_1',
      unaudit_version_id: '',
      scopes: [
        { scope: 'im:message', level: 1, token_types: ['tenant', 'user'] },
        { scope: 'helpdesk:all', token_types: ['user'] },
        { scope: 'unknown' },
      ],
      event: { subscription_type: 'webhook', request_url: 'https://a/events', subscribed_events: ['x_v1'] },
      callback_info: { callback_type: 'websocket', subscribed_callbacks: ['card.action.trigger'] },
      encryption: { encryption_key: 'key', verification_token: 'token' },
      security: { redirect_urls: ['https://a/oauth/callback'] },
      allow_refresh_token: true,
    };
    feishu.server.on(READ, success({ app }));
    expect(await application.read()).toEqual({
      onlineVersion: 'oav_1',
      versionInReview: undefined,
      scopes: { tenant: ['im:message'], user: ['im:message', 'helpdesk:all'] },
      events: { mode: 'webhook', url: 'https://a/events', items: ['x_v1'] },
      callbacks: { mode: 'websocket', url: undefined, items: ['card.action.trigger'] },
      redirectUrls: ['https://a/oauth/callback'],
      refreshAllowed: true,
      encryptKey: 'key',
      verificationToken: 'token',
    });
    expect(feishu.server.only(READ).query.get('lang')).toBe('zh_cn');
  });

  it('is read as the page documents it, with less in it', async () => {
    const app = { app_id: feishu.app.appId, online_version_id: null, redirect_urls: ['https://a/x'], scopes: null };
    feishu.server.on(READ, success({ app }));
    const unknown = { mode: undefined, url: undefined, items: undefined };
    expect(await application.read()).toEqual({
      onlineVersion: undefined,
      versionInReview: undefined,
      scopes: { tenant: [], user: [] },
      events: unknown,
      callbacks: unknown,
      redirectUrls: ['https://a/x'],
      refreshAllowed: undefined,
      encryptKey: undefined,
      verificationToken: undefined,
    });
  });

  it('tells which permissions are granted; one without a kind may be either', async () => {
    const scopes = [
      { scope_name: 'im:message', grant_status: 1, scope_type: 'tenant' },
      { scope_name: 'helpdesk:all', grant_status: 2, scope_type: 'user' },
      { scope_name: 'user.phone:readonly', grant_status: 1 },
    ];
    feishu.server.on(SCOPES, success({ scopes }));
    expect(await application.grantedScopes()).toEqual({
      tenant: ['im:message', 'user.phone:readonly'],
      user: ['user.phone:readonly'],
    });
  });

  it('is changed by PATCH, and handed in by POST', async () => {
    const base = `/open-apis/application/v7/applications/${feishu.app.appId}`;
    for (const route of [`PATCH ${base}/config`, `PATCH ${base}/ability`, `POST ${base}/publish`]) {
      feishu.server.on(route, success({}));
    }
    const patch = { security: { allow_refresh_token: true } };
    await application.configure(patch);
    await application.enableBot();
    await application.publish({ remark: 'why', changelog: 'what' });
    expect(feishu.server.only(`PATCH ${base}/config`).json).toEqual(patch);
    expect(feishu.server.only(`PATCH ${base}/ability`).json).toEqual({ bot: { enable: true } });
    expect(feishu.server.only(`POST ${base}/publish`).json).toEqual({
      mobile_default_ability: 'bot',
      pc_default_ability: 'bot',
      remark: 'why',
      changelog: 'what',
    });
  });

  it('that is refused says by what', async () => {
    feishu.server.on(READ, {
      status: 400,
      json: {
        code: 99991672,
        msg: 'denied',
        error: { permission_violations: [{ subject: 'application:application:self_manage' }] },
      },
    });
    expect(await failureOf(application.read())).toMatchObject({
      kind: 'app-scope',
      scopes: ['application:application:self_manage'],
    });
  });
});

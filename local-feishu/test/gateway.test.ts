import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '../../test/support/clock.ts';
import { helpdesk } from '../src/helpdesk/index.ts';
import { startLocalFeishu } from '../src/index.ts';
import { at, type Stage, setUp } from './tinyBot.ts';

const INFO = '/open-apis/bot/v3/info';
const AUTH = '/open-apis/auth/v3/tenant_access_token/internal';

let stage: Stage;
let clock: ManualClock;
beforeEach(async () => {
  clock = new ManualClock();
  stage = await setUp({ clock });
});
afterEach(() => stage.close());

describe('a local Feishu', () => {
  it('makes credentials in the shape of the platform, new ones each time', async () => {
    const other = await startLocalFeishu({ plugins: [helpdesk({ credentials: { helpdeskId: '1' } })] });
    await other.close();
    const { credentials } = stage.feishu;
    expect(credentials).toEqual({
      appId: expect.stringMatching(/^cli_[0-9a-f]{16}$/),
      appSecret: expect.stringMatching(/^.{32}$/),
      verificationToken: expect.stringMatching(/^.{1,32}$/),
      encryptKey: expect.stringMatching(/^.{1,32}$/),
      helpdeskId: expect.stringMatching(/^\d{19}$/),
      helpdeskToken: expect.stringMatching(/^ht-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
    });
    expect(other.credentials.helpdeskId).toBe('1');
    expect(other.credentials.appId).not.toBe(credentials.appId);
  });

  it('closes with calls that hang', async () => {
    stage.feishu.faults.add({ kind: { type: 'hang' } });
    const hanging = stage.call('GET', INFO).catch(String);
    while (stage.feishu.calls.all().length === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    await stage.feishu.close();
    expect(await hanging).toContain('fetch failed');
  });
});

describe('the tenant token', () => {
  it('is the same one while it has half an hour left', async () => {
    const first = await stage.tenantToken();
    expect(first).toMatch(/^t-/);
    clock.advance(5_400_000);
    expect(await stage.tenantToken()).toBe(first);
    clock.advance(1);
    const second = await stage.tenantToken();
    expect(second).not.toBe(first);
    expect((await stage.call('GET', INFO, { token: first })).status).toBe(200);
    clock.advance(1_800_000);
    expect(at((await stage.call('GET', INFO, { token: first })).json, 'code')).toBe(99991663);
    expect((await stage.call('GET', INFO, { token: second })).status).toBe(200);
  });

  it('needs the right id and secret', async () => {
    const { appId, appSecret } = stage.feishu.credentials;
    const codes = [];
    for (const body of [{}, { app_id: 'x', app_secret: appSecret }, { app_id: appId, app_secret: 'x' }]) {
      codes.push(at((await stage.call('POST', AUTH, { body })).json, 'code'));
    }
    expect(codes).toEqual([10003, 10014, 10015]);
  });
});

describe('contacts, chats and the bot', () => {
  it('are found', async () => {
    const token = await stage.tenantToken();
    const { people, chats, bot } = stage.feishu;
    const ids = await stage.call('POST', '/open-apis/contact/v3/users/batch_get_id?user_id_type=open_id', {
      token,
      body: { emails: [people.owner.email.toUpperCase(), 'nobody@example.com'] },
    });
    expect(at(ids.json, 'data.user_list')).toMatchObject([
      { user_id: people.owner.openId },
      { email: 'nobody@example.com' },
    ]);
    expect(at(ids.json, 'data.user_list.1.user_id')).toBeUndefined();
    const user = await stage.call('GET', `/open-apis/contact/v3/users/${people.admin.openId}?user_id_type=open_id`, {
      token,
    });
    expect(at(user.json, 'data.user.name')).toBe(people.admin.name);
    const nobody = await stage.call('GET', '/open-apis/contact/v3/users/ou_x', { token });
    expect(at(nobody.json, 'code')).toBe(99992351);
    const chat = await stage.call('GET', `/open-apis/im/v1/chats/${chats.group.chatId}`, { token });
    expect(at(chat.json, 'data.chat_mode')).toBe('group');
    expect(at((await stage.call('GET', INFO, { token })).json, 'bot.open_id')).toBe(bot.openId);
  });
});

describe('the call log', () => {
  it('tells what the bot asked, without secrets', async () => {
    const token = await stage.tenantToken();
    await stage.call('GET', `/open-apis/contact/v3/users/ou_x?user_id_type=open_id`, { token });
    await stage.call('GET', '/open-apis/nowhere');
    const [auth, user, nowhere] = stage.feishu.calls.all();
    expect(auth).toMatchObject({ method: 'POST', route: AUTH, status: 200, code: 0, authKind: 'none' });
    expect(auth?.requestBody).toMatchObject({ app_secret: '***' });
    expect(auth?.responseBody).toMatchObject({ tenant_access_token: '***' });
    expect(user).toMatchObject({
      path: '/open-apis/contact/v3/users/ou_x',
      route: '/open-apis/contact/v3/users/:user_id',
      query: { user_id_type: 'open_id' },
      status: 400,
      code: 99992351,
      authKind: 'tenant',
      helpdeskHeaderOk: false,
      tookMs: expect.any(Number),
    });
    expect(nowhere).toMatchObject({ route: '*', status: 404 });
    expect(stage.feishu.calls.since(auth?.seq ?? 0)).toHaveLength(2);
    expect(stage.feishu.calls.of(`POST ${AUTH}`)).toHaveLength(1);
    stage.feishu.calls.clear();
    expect(stage.feishu.calls.all()).toEqual([]);
  });
});

describe('faults', () => {
  it('answer what they are told, as often as they are told', async () => {
    const headers = { 'x-ogw-ratelimit-reset': '1' };
    const kind = {
      type: 'status',
      status: 429,
      code: 99991400,
      msg: 'request trigger frequency limit',
      headers,
    } as const;
    const { feishu, call } = stage;
    feishu.faults.add({ route: INFO, skip: 1, times: 2, kind });
    const token = await stage.tenantToken();
    const statuses = [];
    for (let count = 0; count < 4; count += 1) statuses.push((await call('GET', INFO, { token })).status);
    expect(statuses).toEqual([200, 429, 429, 200]);
    feishu.faults.add({ method: 'get', route: /info$/, times: Number.POSITIVE_INFINITY, kind });
    const limited = await call('GET', INFO, { token });
    expect(limited.headers.get('x-ogw-ratelimit-reset')).toBe('1');
    expect(limited.json).toMatchObject({ code: 99991400, error: { log_id: limited.headers.get('x-tt-logid') } });
    expect(feishu.calls.all().at(-1)).toMatchObject({ fault: 'status', status: 429 });
    feishu.faults.clear();
    expect((await call('GET', INFO, { token })).status).toBe(200);
  });

  it('delay, cut and garble answers', async () => {
    const { feishu, call } = stage;
    const token = await stage.tenantToken();
    feishu.faults.add({ route: INFO, kind: { type: 'latency', ms: 60 } });
    feishu.faults.add({ route: INFO, kind: { type: 'malformed' } });
    const order: string[] = [];
    // The local Feishu is in this process, and timers of one process go off in the order of their times.
    setTimeout(() => order.push('59 ms later'), 59);
    const garbled = await call('GET', INFO, { token }).catch((error: unknown) => error);
    expect(garbled).toBeInstanceOf(SyntaxError);
    expect(order).toEqual(['59 ms later']);
    const removed = feishu.faults.add({ kind: { type: 'drop', when: 'before' } });
    removed.remove();
    const { chatId } = feishu.chats.group;
    const send = () =>
      call('POST', '/open-apis/im/v1/messages?receive_id_type=chat_id', {
        token,
        body: { receive_id: chatId, msg_type: 'text', content: '{"text":"x"}' },
      });
    feishu.faults.add({ kind: { type: 'drop', when: 'before' } });
    await expect(send()).rejects.toThrow();
    expect(feishu.messages('group')).toHaveLength(0);
    feishu.faults.add({ kind: { type: 'drop', when: 'after' } });
    await expect(send()).rejects.toThrow();
    expect(feishu.messages('group')).toHaveLength(1);
    expect(feishu.calls.all().at(-1)).toMatchObject({ status: 0, fault: 'drop' });
  });
});

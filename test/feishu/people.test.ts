import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { createPeople, type People } from '../../src/feishu/people.ts';
import { type FakeFeishu, failureOf, SECRETS, startFakeFeishu } from '../support/feishu.ts';

const SEARCH = 'POST /open-apis/contact/v3/users/batch_get_id';
const BOT = 'GET /open-apis/bot/v3/info';
const ZHANG = 'ou_ea21d7f018e1155d960e40d33191f966';

const found = (user_list: unknown) => ({ json: { code: 0, msg: 'success', data: { user_list } } });

describe('people', () => {
  let feishu: FakeFeishu;
  let people: People;

  beforeEach(async () => {
    feishu = await startFakeFeishu();
    people = createPeople(feishu.client);
  });
  afterEach(() => feishu.close());

  it('asks for open ids', async () => {
    feishu.server.on(SEARCH, found([]));
    await people.byEmail(['a+b@example.com', 'c@example.com']);
    const request = feishu.server.only(SEARCH);
    expect(request.query.get('user_id_type')).toBe('open_id');
    expect(request.json).toEqual({ emails: ['a+b@example.com', 'c@example.com'] });
    expect(request.headers.authorization).toBe(`Bearer ${SECRETS.tenantToken}`);
  });

  it('finds whom the app may see, in lower case', async () => {
    feishu.server.on(
      SEARCH,
      found([
        { user_id: ZHANG, email: 'ZhangSan@Example.com', status: { is_frozen: false, is_resigned: false } },
        { email: 'nobody@example.com' },
        { user_id: '', email: 'hidden@example.com' },
        { user_id: null, email: 'null@example.com' },
        { user_id: 'ou_phone', mobile: '+8613800000000' },
      ]),
    );
    expect(await people.byEmail(['x'])).toEqual(new Map([['zhangsan@example.com', ZHANG]]));
  });

  it('searches for fifty addresses at a time, and misses none', async () => {
    const Asked = z.object({ emails: z.array(z.string()) });
    feishu.server.on(SEARCH, ({ json }) => {
      const { emails } = Asked.parse(json);
      return found(emails.map((email) => ({ email, user_id: `ou_${email.split('@')[0]}` })));
    });
    const emails = Array.from({ length: 120 }, (_, n) => `${n}@example.com`);
    expect(await people.byEmail(emails)).toEqual(new Map(emails.map((email, n) => [email, `ou_${n}`])));
    const asked = feishu.server.sent(SEARCH).map(({ json }) => Asked.parse(json).emails);
    expect(asked.map((some) => some.length)).toEqual([50, 50, 20]);
    expect(asked.flat()).toEqual(emails);
  });

  it('does not search for nobody', async () => {
    expect(await people.byEmail([])).toEqual(new Map());
    expect(feishu.server.requests).toEqual([]);
  });

  it.each([[[]], [null], [undefined]])('finds nobody in %j', async (list) => {
    feishu.server.on(SEARCH, found(list));
    expect(await people.byEmail(['x'])).toEqual(new Map());
  });

  it.each([
    null,
    7,
    'x',
    { user_id: 7, email: 'a@example.com' },
    { user_id: 'ou_1', email: null },
    { user_id: 'ou_1', email: '' },
  ])('finds the others beside %j', async (odd) => {
    feishu.server.on(SEARCH, found([odd, { user_id: ZHANG, email: 'zhangsan@example.com' }, odd]));
    expect(await people.byEmail(['x'])).toEqual(new Map([['zhangsan@example.com', ZHANG]]));
  });

  it('does not take an id that no URL may hold', async () => {
    feishu.server.on(SEARCH, found([{ user_id: 'ou_1/../x', email: 'a@example.com' }]));
    expect(await people.byEmail(['a@example.com'])).toEqual(new Map());
  });

  it('searches again when there was no answer', async () => {
    feishu.server.on(SEARCH, 'drop', found([]));
    expect(await people.byEmail(['x'])).toEqual(new Map());
  });

  it('knows the bot itself', async () => {
    const bot = { activate_status: 2, app_name: '技能助手', open_id: 'ou_e6e14f667cfe239d7b129b521dce0569' };
    feishu.server.on(BOT, { json: { code: 0, msg: 'ok', bot } });
    expect(await people.self()).toBe(bot.open_id);
  });

  it('does not guess who the bot is', async () => {
    feishu.server.on(BOT, { json: { code: 0, msg: 'ok', data: { open_id: 'ou_1' } } });
    expect((await failureOf(people.self())).kind).toBe('unexpected');
  });

  it('tells what the app may not', async () => {
    const error = { permission_violations: [{ type: 'action_scope_required', subject: 'contact:user.id:readonly' }] };
    feishu.server.on(SEARCH, { status: 400, json: { code: 99991672, msg: 'Access denied.', error } });
    expect(await failureOf(people.byEmail(['x']))).toMatchObject({
      kind: 'app-scope',
      scopes: ['contact:user.id:readonly'],
    });
  });
});

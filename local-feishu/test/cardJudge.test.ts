import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { type LocalFeishu, PEOPLE, startLocalFeishu } from '../src/index.ts';

let feishu: LocalFeishu;
let token: string;
beforeAll(async () => {
  feishu = await startLocalFeishu();
  const { appId: app_id, appSecret: app_secret } = feishu.credentials;
  const answer = await post('auth/v3/tenant_access_token/internal', { app_id, app_secret });
  token = z.object({ tenant_access_token: z.string() }).parse(answer).tenant_access_token;
});
afterAll(() => feishu.close());

async function post(path: string, body: unknown): Promise<unknown> {
  const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) };
  const answer = await fetch(`${feishu.url}/open-apis/${path}`, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  });
  return answer.json();
}

const judge = (data: unknown) =>
  post('cardkit/v1/cards', { type: 'card_json', data: typeof data === 'string' ? data : JSON.stringify(data) });

const card = (elements: unknown[], more: object = {}) => ({ schema: '2.0', ...more, body: { elements } });
const text = (content: string) => ({ tag: 'markdown', content });

describe('the judge of cards', () => {
  it('takes a good card, and shows it to nobody', async () => {
    const person = `<person id='${PEOPLE.admin.openId}'></person>`;
    expect(await judge(card([text(person)]))).toEqual({
      code: 0,
      msg: 'success',
      data: { card_id: expect.stringMatching(/^\d{19}$/) },
    });
    expect(feishu.messages()).toEqual([]);
  });

  it.each([
    ['what is no JSON', 200220, '{'],
    ['nothing', 300307, {}],
    ['a card of the first version', 300303, { elements: [] }],
    ['a card of one reader', 300302, card([], { config: { update_multi: false } })],
    ['a card that is too large', 200860, card([text('x'.repeat(31_000))])],
    ['very many elements', 300305, card(Array(201).fill({ tag: 'hr' }))],
    ['one element id twice', 300301, card([1, 2].map(() => ({ tag: 'hr', element_id: 'a' })))],
    ['a property that it does not know', 200220, card([], { more: 1 })],
    ['somebody whom it does not know', 200220, card([text("<person id='ou_nobody'></person>")])],
  ])('refuses %s: %d', async (_what, code, data) => {
    expect(await judge(data)).toMatchObject({ code });
  });

  it('refuses other bodies, and apps without the permission', async () => {
    expect(await post('cardkit/v1/cards', { data: card([]) })).toMatchObject({ code: 10002 });
    const { tenantScopes } = feishu.settings;
    feishu.settings.tenantScopes = tenantScopes.filter((scope) => scope !== 'cardkit:card:write');
    expect(await judge(card([]))).toMatchObject({ code: 99991672 });
    feishu.settings.tenantScopes = tenantScopes;
  });
});

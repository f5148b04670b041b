import { afterEach, describe, expect, it } from '@jest/globals';
import * as lark from '@larksuiteoapi/node-sdk';
import { until } from '../../test/support/until.ts';
import { helpdesk } from '../src/helpdesk/index.ts';
import { type LocalFeishu, type LocalFeishuOptions, type Plugin, startLocalFeishu, success } from '../src/index.ts';
import { at, buttonCard, type Json, startTinyBot } from './tinyBot.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

const PLUGINS = { 'without a plug-in': [], 'with the helpdesk': [helpdesk()] };
type Kind = keyof typeof PLUGINS;

async function start(options: LocalFeishuOptions): Promise<LocalFeishu> {
  const feishu = await startLocalFeishu<string, readonly Plugin[]>(options);
  cleanUps.push(feishu.close);
  return feishu;
}

/** Calls the open API as a bot; the tenant token is its own. */
async function call(feishu: LocalFeishu, path: string, body?: Json) {
  const { appId, appSecret } = feishu.credentials;
  const request = async (to: string, sent: Json | undefined, token?: string) => {
    const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) };
    const posted = sent && { method: 'POST', body: JSON.stringify(sent) };
    const response = await fetch(`${feishu.url}/open-apis${to}`, { ...posted, headers });
    return { status: response.status, json: await response.json() };
  };
  const { json } = await request('/auth/v3/tenant_access_token/internal', { app_id: appId, app_secret: appSecret });
  return request(path, body, String(at(json, 'tenant_access_token')));
}

/** Answers a message with a card, and a click with another one: all that these bots do. */
const onMessage = async (feishu: LocalFeishu, messageId: unknown): Promise<void> => {
  const content = JSON.stringify(buttonCard('go'));
  const { status } = await call(feishu, `/im/v1/messages/${messageId}/reply`, { msg_type: 'interactive', content });
  expect(status).toBe(200);
};
const onClick = () => ({ card: { type: 'raw', data: buttonCard('done') } });

const BOTS = {
  /** Written by hand. */
  webhook: async (feishu: LocalFeishu): Promise<void> => {
    const bot = await startTinyBot(feishu.credentials.encryptKey);
    cleanUps.push(bot.close);
    bot.answer = ({ body, signatureOk }) => {
      expect(signatureOk).toBe(true);
      if (at(body, 'header.event_type') === 'card.action.trigger') return { body: onClick() };
      void onMessage(feishu, at(body, 'event.message.message_id'));
      return {};
    };
    await feishu.connect({ eventUrl: `${bot.url}/any/path` });
  },
  /** Made with Feishu's own SDK. */
  'long connection': async (feishu: LocalFeishu): Promise<void> => {
    const nothing = () => undefined;
    const logger = { error: nothing, warn: nothing, info: nothing, debug: nothing, trace: nothing };
    const { appId, appSecret } = feishu.credentials;
    const client = new lark.WSClient({ appId, appSecret, domain: feishu.url, logger });
    cleanUps.push(() => client.close());
    const eventDispatcher = new lark.EventDispatcher({ logger }).register({
      'im.message.receive_v1': (data: unknown) => onMessage(feishu, at(data, 'message.message_id')),
      'card.action.trigger': onClick,
    });
    await client.start({ eventDispatcher });
    await feishu.useLongConnection();
  },
};

describe.each<Kind>(['without a plug-in', 'with the helpdesk'])('a bot of somebody else, %s', (kind) => {
  it.each<keyof typeof BOTS>(['webhook', 'long connection'])('answers and is pressed over a %s', async (way) => {
    const feishu = await start({ plugins: PLUGINS[kind] });
    await BOTS[way](feishu);
    const { messageId } = await feishu.say('owner', 'group', '@bot hello');
    const answer = await feishu.waitForMessage(({ replyTo }) => replyTo === messageId);
    expect(answer.card).toEqual(buttonCard('go'));
    expect(await feishu.click('owner', answer.messageId, { action: 'go' })).toMatchObject({ status: 'ok' });
    expect(feishu.message(answer.messageId)?.card).toEqual(buttonCard('done'));
    expect(feishu.deliveries.all().map(({ status }) => status)).toEqual([200, 200]);
  });
});

describe('the core', () => {
  const control = async (feishu: LocalFeishu, name: string, body?: Json) => {
    const headers = { 'content-type': 'application/json' };
    const posted = body && { method: 'POST', headers, body: JSON.stringify(body) };
    const response = await fetch(`${feishu.url}/sandbox/${name}`, posted);
    return { status: response.status, json: await response.json() };
  };

  it('has nothing of the helpdesk without the plug-in', async () => {
    const feishu = await start({});
    expect((await call(feishu, '/helpdesk/v1/agent_skills')).status).toBe(404);
    expect('desk' in feishu).toBe(false);
    expect(JSON.stringify([feishu.credentials, feishu.settings])).not.toMatch(/helpdesk|agents/);
    expect(JSON.stringify((await control(feishu, 'state')).json)).not.toContain('skills');
    expect((await control(feishu, 'effects')).status).toBe(404);
    expect((await control(feishu, 'edit-skill', { id: '1' })).status).toBe(404);
    expect(await control(feishu, 'settings', { whenAbsent: 'clear' })).toMatchObject({ status: 400 });
    expect((await control(feishu, 'settings', { rateLimits: false })).status).toBe(200);
    expect(feishu.settings.rateLimits).toBe(false);
  });

  it('has people, groups and a bot as they are wanted', async () => {
    const feishu = await startLocalFeishu({
      people: { ann: { name: '安娜', enName: 'Ann Lee' }, ben: { name: 'Ben', openId: 'ou_ben' } },
      members: [],
      chats: [
        { chatId: 'oc_all', name: 'All' },
        { chatId: 'oc_ann', name: 'Ann alone', members: ['ann'] },
      ],
      bot: { name: 'Robbie' },
    });
    cleanUps.push(feishu.close);
    const bot = await startTinyBot(feishu.credentials.encryptKey);
    cleanUps.push(bot.close);
    await feishu.connect({ eventUrl: bot.url });
    await feishu.say('ann', 'group', '@Robbie @Ben hello');
    await until(() => bot.received.length > 0);
    expect(at(bot.received[0]?.body, 'event.message.chat_id')).toBe('oc_all');
    expect(at(bot.received[0]?.body, 'event.message.mentions')).toMatchObject([{ name: 'Robbie' }, { name: 'Ben' }]);
    expect(at(bot.received[0]?.body, 'event.sender.sender_id.open_id')).toBe(feishu.people.ann.openId);
    await feishu.say('ann', 'oc_ann', 'hello');
    await expect(feishu.say('ben', 'oc_ann', 'hello')).rejects.toThrow('ben is not in the chat');
    expect(await control(feishu, 'say', { as: 'admin', text: 'x' })).toMatchObject({
      status: 400,
      json: { error: 'there is no admin: as is one of ann, ben' },
    });
    expect((await control(feishu, 'say', { as: 'ben', chat: 'p2p', text: 'x' })).status).toBe(200);
    expect(feishu.messages(feishu.chats.p2p.ben)).toMatchObject([{ senderId: 'ou_ben' }]);
  });

  it('asks on the consent page who agrees of those who are there', async () => {
    const redirect = 'http://127.0.0.1:9/callback';
    const feishu = await startLocalFeishu({ people: { ann: { name: 'Ann' } }, redirectUris: [redirect] });
    cleanUps.push(feishu.close);
    const query = new URLSearchParams({
      client_id: feishu.credentials.appId,
      response_type: 'code',
      redirect_uri: redirect,
    });
    const page = `${feishu.url}/open-apis/authen/v1/authorize`;
    expect(await (await fetch(`${page}?${query}`)).text()).toContain('value="ann" checked');
    const { location } = await feishu.authorize('ann', `${page}?${query}`);
    expect(location).toMatch(/\?code=\S{20}/);
    const id = /name="request" value="([^"]+)"/.exec(await (await fetch(`${page}?${query}`)).text())?.[1] ?? '';
    const form = new URLSearchParams({ request: id, as: 'nobody', decision: 'agree' });
    expect((await fetch(`${page}/decision`, { method: 'POST', body: form })).status).toBe(400);
  });

  it('takes further endpoints and plug-ins', async () => {
    const tasks = {
      join: () => {
        const titles: string[] = [];
        return {
          part: { titles },
          looks: { tasks: () => ({ tasks: titles }) },
          endpoints: [
            {
              method: 'POST' as const,
              route: '/open-apis/task/v2/tasks',
              needs: { token: 'tenant' as const, scopes: ['im:message:send_as_bot'] },
              handle: ({ body }: { body: unknown }) => {
                titles.push(String(at(body, 'summary')));
                return success({ task: { guid: String(titles.length) } });
              },
            },
          ],
        };
      },
    };
    const feishu = await startLocalFeishu({
      plugins: [tasks, helpdesk()],
      endpoints: [
        {
          method: 'GET',
          route: '/open-apis/tenant/v2/tenant/query',
          needs: { token: 'tenant' },
          handle: () => success({ tenant: { name: 'Example' } }),
        },
      ],
    });
    cleanUps.push(feishu.close);
    expect(await call(feishu, '/task/v2/tasks', { summary: 'Write it down' })).toMatchObject({ status: 200 });
    expect(feishu.titles).toEqual(['Write it down']);
    expect(feishu.skills()).not.toEqual([]);
    expect((await control(feishu, 'tasks')).json).toEqual({ tasks: ['Write it down'] });
    expect((await call(feishu, '/tenant/v2/tenant/query')).json).toMatchObject({
      data: { tenant: { name: 'Example' } },
    });
    expect(feishu.calls.of('GET /open-apis/tenant/v2/tenant/query')).toMatchObject([{ status: 200 }]);
  });
});

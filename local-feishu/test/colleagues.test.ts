import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { AGENTS, MANAGERS, moreAgents } from '../src/helpdesk/index.ts';
import { colleagues, PEOPLE } from '../src/index.ts';
import { at, buttonCard, postCard, type Stage, setUp } from './tinyBot.ts';

const SKILLS = '/open-apis/helpdesk/v1/agent_skills';
const REDIRECT = 'http://127.0.0.1:9/callback';

let stage: Stage;
beforeEach(async () => {
  stage = await setUp({
    redirectUris: [REDIRECT],
    people: { ...PEOPLE, ...colleagues(2) },
    helpdesk: {
      agents: [...AGENTS, ...moreAgents(3)],
      managers: [...MANAGERS, 'colleague-1', 'colleague-2'],
    },
  });
});
afterEach(() => stage.close());

const authorizeUrl = (): string => {
  const { feishu } = stage;
  const scope = 'helpdesk:all offline_access';
  const client = { client_id: feishu.credentials.appId, redirect_uri: REDIRECT };
  const query = new URLSearchParams({ ...client, response_type: 'code', scope });
  return `${feishu.url}/open-apis/authen/v1/authorize?${query}`;
};

it('more admins log in and write, and give skills to more agents', async () => {
  const { feishu, call } = stage;
  const second = feishu.people['colleague-2'];
  const { location } = await feishu.authorize('colleague-2', authorizeUrl());
  const { appId, appSecret } = feishu.credentials;
  const { json } = await call('POST', '/open-apis/authen/v2/oauth/token', {
    body: {
      grant_type: 'authorization_code',
      client_id: appId,
      client_secret: appSecret,
      code: new URL(location).searchParams.get('code'),
      redirect_uri: REDIRECT,
    },
  });
  const agent = feishu.desk.agents.at(-1)?.openId;
  const token = String(at(json, 'access_token'));
  const made = await call('POST', SKILLS, { token, desk: true, body: { name: 'New', agent_ids: [agent] } });
  expect(made.status).toBe(200);
  expect(feishu.effects.all()).toMatchObject([{ userOpenId: second?.openId, after: { agentIds: [agent] } }]);
  expect(new Set(feishu.desk.agents.map(({ openId }) => openId)).size).toBe(6 + 3);
});

it('they type and click, in the group and in direct chats of their own', async () => {
  const { feishu } = stage;
  const first = feishu.people['colleague-1'];
  const own = await feishu.say('colleague-1', 'p2p', '/skill');
  expect(await feishu.say('owner', 'group', '/skill')).not.toMatchObject({ chatId: own.chatId });
  expect(feishu.messages('p2p:colleague-1')).toMatchObject([{ senderId: first?.openId }]);
  const card = await postCard(stage, buttonCard('x'));
  expect(await feishu.click('colleague-1', card, { action: 'x' })).toMatchObject({ status: 'ok' });
  const direct = await postCard(stage, buttonCard('x'), own.chatId);
  await expect(feishu.click('colleague-2', direct, { action: 'x' })).rejects.toThrow('does not see the chat');
  await expect(feishu.say('colleague-3', 'group', 'x')).rejects.toThrow('there is no colleague-3');
});

import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { at, buttonCard, postCard, type Stage, setUp } from './tinyBot.ts';

const SKILLS = '/open-apis/helpdesk/v1/agent_skills';
const REDIRECT = 'http://127.0.0.1:9/callback';

let stage: Stage;
beforeEach(async () => {
  stage = await setUp({ redirectUris: [REDIRECT], colleagues: 2, agents: 3 });
});
afterEach(() => stage.close());

const authorizeUrl = (): string => {
  const { sandbox } = stage;
  const scope = 'helpdesk:all offline_access';
  const client = { client_id: sandbox.credentials.appId, redirect_uri: REDIRECT };
  const query = new URLSearchParams({ ...client, response_type: 'code', scope });
  return `${sandbox.url}/open-apis/authen/v1/authorize?${query}`;
};

it('more admins log in and write, and give skills to more agents', async () => {
  const { sandbox, call } = stage;
  const [, second] = sandbox.colleagues;
  const { location } = await sandbox.authorize('colleague-2', authorizeUrl());
  const { appId, appSecret } = sandbox.credentials;
  const { json } = await call('POST', '/open-apis/authen/v2/oauth/token', {
    body: {
      grant_type: 'authorization_code',
      client_id: appId,
      client_secret: appSecret,
      code: new URL(location).searchParams.get('code'),
      redirect_uri: REDIRECT,
    },
  });
  const agent = sandbox.desk.agents.at(-1)?.openId;
  const token = String(at(json, 'access_token'));
  const made = await call('POST', SKILLS, { token, desk: true, body: { name: 'New', agent_ids: [agent] } });
  expect(made.status).toBe(200);
  expect(sandbox.effects.all()).toMatchObject([{ userOpenId: second?.openId, after: { agentIds: [agent] } }]);
  expect(new Set(sandbox.desk.agents.map(({ openId }) => openId)).size).toBe(6 + 3);
});

it('they type and click, in the group and in direct chats of their own', async () => {
  const { sandbox } = stage;
  const [first] = sandbox.colleagues;
  const own = await sandbox.say('colleague-1', 'p2p', '/skill');
  expect(await sandbox.say('owner', 'group', '/skill')).not.toMatchObject({ chatId: own.chatId });
  expect(sandbox.messages('p2p:colleague-1')).toMatchObject([{ senderId: first?.openId }]);
  const card = await postCard(stage, buttonCard('x'));
  expect(await sandbox.click('colleague-1', card, { action: 'x' })).toMatchObject({ status: 'ok' });
  const direct = await postCard(stage, buttonCard('x'), own.chatId);
  await expect(sandbox.click('colleague-2', direct, { action: 'x' })).rejects.toThrow('does not see the chat');
  await expect(sandbox.say('colleague-3', 'group', 'x')).rejects.toThrow('there is no colleague-3');
});

import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { at, buttonCard, postCard, type Stage, setUp } from './tinyBot.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await setUp();
});
afterEach(() => stage.close());

const post = async (name: string, body: unknown) => {
  const { status, json } = await stage.call('POST', `/sandbox/${name}`, { body });
  return { status, json };
};
const get = async (name: string) => (await stage.call('GET', `/sandbox/${name}`)).json;

describe('the control API', () => {
  it('says, clicks and shows messages', async () => {
    const said = await post('say', { as: 'admin', chat: 'p2p', text: '/skill' });
    expect(said).toMatchObject({ status: 200, json: { messageId: expect.stringMatching(/^om_/), pushed: true } });
    const messageId = await postCard(stage, buttonCard('x'));
    const clicked = await post('click', { as: 'owner', message_id: messageId, action: 'x' });
    expect(clicked).toMatchObject({ status: 200, json: { status: 'ok' } });
    expect(at(await get('messages?chat=group'), 'messages')).toMatchObject([{ messageId, card: buttonCard('x') }]);
    expect(at(await get('deliveries'), 'deliveries')).toHaveLength(2);
    expect(at(await get('calls'), 'calls.1')).toMatchObject({ route: '/open-apis/im/v1/messages' });
  });

  it('shows and changes the state', async () => {
    const id = '6941215891786825756';
    await post('settings', { whenAbsent: 'clear' });
    const edited = await post('edit-skill', {
      id,
      name: 'Gold',
      rules: [{ id: '3', selected_operator: 5, operand: 'x' }],
    });
    expect(edited).toMatchObject({
      status: 200,
      json: { name: 'Gold', agentIds: [expect.any(String), expect.any(String)] },
    });
    const state = await get('state');
    expect(at(state, 'settings.whenAbsent')).toBe('clear');
    expect(at(state, 'people.admin.key')).toBe('admin');
    expect(at(state, 'skills')).toEqual(expect.arrayContaining([expect.objectContaining({ id, name: 'Gold' })]));
    expect(JSON.stringify(state)).not.toContain(stage.feishu.credentials.appSecret);
  });

  it('arms and clears faults', async () => {
    const fault = { route: '/open-apis/bot/v3/info', kind: { type: 'status', status: 500 }, times: 5 };
    expect(at((await post('faults', fault)).json, 'faults')).toHaveLength(1);
    expect((await post('faults', { on: 'deliveries', kind: { type: 'duplicate' } })).status).toBe(200);
    expect((await stage.call('GET', '/open-apis/bot/v3/info')).status).toBe(500);
    expect((await stage.call('DELETE', '/sandbox/faults')).json).toEqual({ faults: [] });
    expect((await stage.call('GET', '/open-apis/bot/v3/info')).status).toBe(400);
  });

  it('makes tokens expire', async () => {
    await post('expire-token', { as: 'admin', token: 'access' });
    const token = await stage.tenantToken();
    expect((await stage.call('GET', '/open-apis/bot/v3/info', { token })).status).toBe(200);
    expect((await post('expire-token', { as: 'admin', token: 'tenant' })).status).toBe(200);
    expect(at((await stage.call('GET', '/open-apis/bot/v3/info', { token })).json, 'code')).toBe(99991663);
  });

  it.each<[string, unknown, string]>([
    ['say', { as: 'nobody', text: 'x' }, 'as'],
    ['say', { as: 'admin', chat: 'nowhere', text: 'x' }, 'there is no chat "nowhere"'],
    ['click', { as: 'admin', message_id: 'om_x', action: 'x' }, 'no card message'],
    ['settings', { whenAbsent: 'forget' }, 'whenAbsent'],
    ['edit-skill', { id: '1' }, 'no skill 1'],
    ['faults', { kind: { type: 'fire' } }, 'kind'],
  ])('answers 400 with the reason: %s %j', async (name, body, reason) => {
    const { status, json } = await post(name, body);
    expect(status).toBe(400);
    expect(at(json, 'error')).toContain(reason);
  });

  it('is not in the call log and not for others', async () => {
    await get('state');
    expect(stage.feishu.calls.all()).toEqual([]);
    const foreign = (headers: Record<string, string>, method = 'GET') =>
      new Promise((resolve) => {
        const url = `${stage.feishu.url}/sandbox/${method === 'GET' ? 'state' : 'say'}`;
        request(url, { method, headers }, (response) => resolve(response.resume().statusCode)).end();
      });
    expect(await foreign({ origin: 'https://evil.example' })).toBe(403);
    expect(await foreign({ host: 'evil.example' })).toBe(403);
    expect(await foreign({ 'content-type': 'text/plain' }, 'POST')).toBe(415);
  });
});

describe('onChange', () => {
  it('tells until it is ended', async () => {
    let changes = 0;
    const end = stage.feishu.onChange(() => {
      changes += 1;
    });
    await stage.feishu.say('admin', 'p2p', 'x');
    expect(changes).toBeGreaterThan(0);
    end();
    const before = changes;
    await stage.feishu.say('admin', 'p2p', 'x');
    expect(changes).toBe(before);
  });
});

import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { PersonKey } from '../src/index.ts';
import { at, type CallOptions, type Json, type Stage, setUp } from './tinyBot.ts';

const SKILLS = '/open-apis/helpdesk/v1/agent_skills';
const VIP = `${SKILLS}/6941215891786825756`;
const REDIRECT = 'http://127.0.0.1:9/callback';

let stage: Stage;
beforeEach(async () => {
  stage = await setUp({ redirectUris: [REDIRECT] });
});
afterEach(() => stage.close());

async function userToken(as: PersonKey, scope = 'helpdesk:all offline_access'): Promise<string> {
  const { feishu, call } = stage;
  const { appId, appSecret } = feishu.credentials;
  const query = new URLSearchParams({ client_id: appId, response_type: 'code', redirect_uri: REDIRECT, scope });
  const { location } = await feishu.authorize(as, `${feishu.url}/open-apis/authen/v1/authorize?${query}`);
  const { json } = await call('POST', '/open-apis/authen/v2/oauth/token', {
    body: {
      grant_type: 'authorization_code',
      client_id: appId,
      client_secret: appSecret,
      code: new URL(location).searchParams.get('code'),
      redirect_uri: REDIRECT,
    },
  });
  return String(at(json, 'access_token'));
}

async function outcome(method: string, path: string, options: CallOptions) {
  const { status, headers, json } = await stage.call(method, path, { desk: true, ...options });
  return { status, code: at(json, 'code'), msg: at(json, 'msg'), json, logId: headers.get('x-tt-logid') };
}

const patch = async (skill: Json, as: PersonKey = 'admin') =>
  outcome('PATCH', VIP, { token: await userToken(as), body: { agent_skill: skill } });

describe('reading', () => {
  it('lists skills without rules and gets one with them', async () => {
    const token = await stage.tenantToken();
    const list = await outcome('GET', SKILLS, { token });
    const first = at(list.json, 'data.agent_skills.0');
    expect(first).toEqual({
      id: '6941215891786825700',
      name: '默认技能',
      agent_ids: expect.any(Array),
      is_default: true,
    });
    const one = await outcome('GET', VIP, { token });
    expect(at(one.json, 'data.agent_skill')).toMatchObject({
      name: 'VIP',
      rules: [{ id: '12', selected_operator: 8, category: 3, display_name: '部门' }],
      agents: [{ name: 'Tom Li', avatar_url: expect.any(String) }, { name: '张三' }],
    });
  });

  it.each([
    ['as-sent', 'object', 'string'],
    ['string', 'string', 'string'],
    ['object', 'object', 'object'],
  ] as const)('returns operands %s', async (form, vip, printers) => {
    stage.feishu.settings.operandForm = form;
    const token = await stage.tenantToken();
    const kinds = [];
    for (const id of ['6941215891786825756', '6941215891786825759']) {
      const { json } = await outcome('GET', `${SKILLS}/${id}`, { token });
      kinds.push(typeof at(json, 'data.agent_skill.rules.0.operand'));
    }
    expect(kinds).toEqual([vip, printers]);
  });

  it('gives rule options, mail addresses and schedules', async () => {
    const token = await stage.tenantToken();
    const base = '/open-apis/helpdesk/v1';
    const rules = at((await outcome('GET', `${base}/agent_skill_rules`, { token })).json, 'data.rules');
    expect(rules).toEqual(
      expect.arrayContaining([{ id: '17', operator_options: [2, 3], category: 3, display_name: '用户级别' }]),
    );
    const emails = at((await outcome('GET', `${base}/agent_emails`, { token })).json, 'data.agents');
    expect(Object.values(Object(emails))).toContain('tom.li@example.com');
    expect(await outcome('GET', `${base}/agent_schedules`, { token })).toMatchObject({ status: 400, code: 154000 });
    const schedules = await outcome('GET', `${base}/agent_schedules?status=1&status=2`, { token });
    expect(at(schedules.json, 'data.agent_schedules.0.status')).toBe(1);
  });

  it('accepts a JSON body on GET', async () => {
    const { credentials, url } = stage.feishu;
    const headers = {
      'content-type': 'application/json',
      'content-length': '2',
      authorization: `Bearer ${await stage.tenantToken()}`,
      'x-lark-helpdesk-authorization': Buffer.from(`${credentials.helpdeskId}:${credentials.helpdeskToken}`).toString(
        'base64',
      ),
    };
    const status = await new Promise((resolve) => {
      request(url + VIP, { method: 'GET', headers }, (response) => resolve(response.resume().statusCode)).end('{}');
    });
    expect(status).toBe(200);
  });
});

describe('credentials', () => {
  it('are told apart by kind', async () => {
    const tenant = await stage.tenantToken();
    const user = await userToken('admin');
    const refusals = [
      await outcome('GET', VIP, {}),
      await outcome('GET', VIP, { token: 't-wrong' }),
      await outcome('GET', VIP, { token: user }),
      await outcome('PATCH', VIP, { token: tenant, body: {} }),
      await outcome('PATCH', VIP, { token: 'eyJwrong', body: {} }),
    ];
    expect(refusals.map(({ code }) => code)).toEqual([99991661, 99991663, 99991668, 99991663, 99991668]);
    expect(refusals[2]?.msg).toBe('user access token not support');
    expect(at(refusals[1]?.json, 'error.log_id')).toBe(refusals[1]?.logId);
  });

  it('must be alive and carry the scope', async () => {
    const weak = await userToken('owner', 'offline_access');
    const lacking = await outcome('PATCH', VIP, { token: weak, body: {} });
    expect(lacking).toMatchObject({ code: 99991679 });
    expect(at(lacking.json, 'error.permission_violations.0')).toEqual({
      type: 'action_privilege_required',
      subject: 'helpdesk:all',
    });
    const token = await userToken('admin');
    stage.feishu.expireAccessToken('admin');
    expect(await outcome('PATCH', VIP, { token, body: {} })).toMatchObject({ status: 401, code: 99991677 });
    const tenant = await stage.tenantToken();
    stage.feishu.expireTenantToken();
    expect(await outcome('GET', VIP, { token: tenant })).toMatchObject({ code: 99991663 });
    stage.feishu.settings.tenantScopes = [];
    expect(await outcome('GET', VIP, { token: await stage.tenantToken() })).toMatchObject({ code: 99991672 });
  });

  it('need the bare helpdesk header', async () => {
    const token = await stage.tenantToken();
    const { helpdeskId, helpdeskToken } = stage.feishu.credentials;
    const bare = Buffer.from(`${helpdeskId}:${helpdeskToken}`).toString('base64');
    const statuses = [];
    for (const header of [bare, `Bearer ${bare}`, '']) {
      const headers = { 'x-lark-helpdesk-authorization': header };
      statuses.push((await outcome('GET', VIP, { token, desk: false, headers })).code);
    }
    expect(statuses).toEqual([0, 154001, 154001]);
  });

  it('of somebody who does not manage the desk are refused', async () => {
    expect(await patch({ name: 'x' }, 'employee')).toMatchObject({ status: 403, code: 154003 });
    expect(await patch({ name: 'x' }, 'owner')).toMatchObject({ status: 200, code: 0 });
  });
});

describe('writing', () => {
  it('keeps or clears what a PATCH leaves out', async () => {
    const { feishu } = stage;
    const before = feishu.skill('6941215891786825756');
    expect(await patch({ name: '夜班' })).toMatchObject({ status: 200, code: 0, json: { data: {} } });
    expect(feishu.skill('6941215891786825756')).toEqual({ ...before, name: '夜班' });
    feishu.settings.whenAbsent = 'clear';
    await patch({ name: 'VIP' });
    expect(feishu.skill('6941215891786825756')).toMatchObject({ name: 'VIP', rules: [], agentIds: [] });
    await patch({ agent_ids: [] });
    expect(feishu.skill('6941215891786825756')).toMatchObject({ name: '' });
  });

  it('stores rules with either form of operand', async () => {
    const rules = [
      { id: '3', selected_operator: 5, operator_options: [5, 6], operand: '北京' },
      { id: '12', selected_operator: 7, operand: { selected_departments: [] } },
    ];
    expect(await patch({ rules })).toMatchObject({ code: 0 });
    expect(stage.feishu.skill('6941215891786825756')?.rules).toEqual([
      { id: '3', selectedOperator: 5, operatorOptions: [5, 6], operand: '北京' },
      { id: '12', selectedOperator: 7, operatorOptions: [7, 8], operand: { selected_departments: [] } },
    ]);
  });

  it.each<[string, Json]>([
    ['a number for a name', { name: 7 }],
    ['a read-only field', { is_default: true }],
    ['a category', { rules: [{ id: '3', selected_operator: 5, category: 3 }] }],
    ['a display name', { rules: [{ id: '3', selected_operator: 5, display_name: '城市' }] }],
    ['a rule that is not offered', { rules: [{ id: '99', selected_operator: 5 }] }],
    ['an operator of another rule', { rules: [{ id: '3', selected_operator: 8 }] }],
    ['an operator as text', { rules: [{ id: '3', selected_operator: '5' }] }],
    ['somebody who is no agent', { agent_ids: ['ou_nobody'] }],
  ])('is refused with %s', async (_what, skill) => {
    const before = stage.feishu.skills();
    expect(await patch(skill)).toMatchObject({ status: 400, code: 154000 });
    expect(stage.feishu.skills()).toEqual(before);
  });

  it('creates and deletes, but not the default skill', async () => {
    const token = await userToken('admin');
    const created = await outcome('POST', SKILLS, {
      token,
      body: { name: 'New', rules: [{ id: '3', selected_operator: 5, category: 3, operand: 'x' }], agent_ids: [] },
    });
    const id = String(at(created.json, 'data.agent_skill_id'));
    expect(id).toMatch(/^\d{19}$/);
    expect(stage.feishu.skill(id)).toMatchObject({ name: 'New', isDefault: false });
    expect(await outcome('DELETE', `${SKILLS}/${id}`, { token, body: {} })).toMatchObject({ code: 0 });
    expect(await outcome('DELETE', `${SKILLS}/${id}`, { token })).toMatchObject({ status: 404, code: 154004 });
    expect(await outcome('DELETE', `${SKILLS}/6941215891786825700`, { token })).toMatchObject({ code: 154000 });
  });

  it('can be done behind the back of the bot', async () => {
    stage.feishu.desk.edit('6941215891786825756', (skill) => {
      skill.agentIds = [];
    });
    const { json } = await outcome('GET', VIP, { token: await stage.tenantToken() });
    expect(at(json, 'data.agent_skill.agent_ids')).toEqual([]);
  });
});

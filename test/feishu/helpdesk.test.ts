import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { OpenId, SkillId } from '../../src/domain/ids.ts';
import type { SkillContent } from '../../src/domain/skill.ts';
import { createHelpdesk, type Helpdesk } from '../../src/feishu/helpdesk.ts';
import { type Recorded, unusedPort } from '../support/fakeServer.ts';
import { DESK, DESK_HEADER, type FakeFeishu, failureOf, SECRETS, SENDER, startFakeFeishu } from '../support/feishu.ts';
import { ruleOf, skillOf } from './domain.ts';

const SKILLS = '/open-apis/helpdesk/v1/agent_skills';
const SCHEDULES = 'GET /open-apis/helpdesk/v1/agent_schedules';
/** Beyond 2^53: as a number it would be another skill. */
const ID = SkillId.parse('6941215891786825756');
const [TOM, ZHANG] = [OpenId.parse('ou_ea651a5c09e2d01af8acd34059f5359b'), OpenId.parse('ou_ea21d7f018e1155d960e40d3')];

const OPERAND_OBJECT = { selected_departments: [{ id: 'od-4e6ac4d14bcd5071a37a39de902c7141', name: 'IT' }] };
const OPERANDS = [
  ['an object', OPERAND_OBJECT],
  ['a string', JSON.stringify(OPERAND_OBJECT)],
  ['a string of other spacing', '{ "selected_departments" : [] }'],
  ['a plain string', '北京'],
  ['an array', ['zh_cn', 'en_us']],
  ['a number', 3],
] as const;

const rule = (operand: unknown) => ({
  id: '12',
  selected_operator: 8,
  operator_options: [7, 8],
  operand,
  category: 3,
  display_name: '部门',
});

const skillAnswer = (fields: object = {}) => ({
  json: {
    code: 0,
    msg: 'success',
    data: {
      agent_skill: {
        id: ID,
        name: '部门技能',
        rules: [rule(OPERAND_OBJECT)],
        agent_ids: [TOM, ZHANG],
        is_default: false,
        agents: [
          { id: TOM, avatar_url: 'https://avatar-url.com/test.png', name: 'Tom Li' },
          { id: ZHANG, avatar_url: 'https://avatar-url.com/test2.png', name: '张三' },
        ],
        ...fields,
      },
    },
  },
});

const DONE = { json: { code: 0, msg: 'success', data: {} }, headers: { 'x-tt-logid': 'log-w' } };
const CREATED = { json: { code: 0, msg: 'success', data: { agent_skill_id: '6941215891786825757' } } };
const CONTENT: SkillContent = {
  name: 'VIP 客服',
  rules: [{ id: '12', selectedOperator: 8, operatorOptions: [7, 8], operand: OPERAND_OBJECT, category: 3 }],
  agentIds: [TOM],
};

describe('helpdesk', () => {
  let feishu: FakeFeishu;
  let helpdesk: Helpdesk;

  beforeEach(async () => {
    feishu = await startFakeFeishu();
    helpdesk = createHelpdesk(feishu.client, DESK, feishu.logs.logger);
  });
  afterEach(() => feishu.close());

  /** Each call, the route it takes, what it is answered with. */
  const calls: [string, string, object, () => Promise<unknown>][] = [
    ['getSkill', `GET ${SKILLS}/${ID}`, skillAnswer(), () => helpdesk.getSkill(ID)],
    ['listSkills', `GET ${SKILLS}`, { json: { code: 0, data: { agent_skills: [] } } }, () => helpdesk.listSkills()],
    [
      'listRuleOptions',
      'GET /open-apis/helpdesk/v1/agent_skill_rules',
      { json: { code: 0, data: { rules: [] } } },
      () => helpdesk.listRuleOptions(),
    ],
    ['listAgents', SCHEDULES, { json: { code: 0, data: { agent_schedules: [] } } }, () => helpdesk.listAgents()],
    [
      'agentEmails',
      'GET /open-apis/helpdesk/v1/agent_emails',
      { json: { code: 0, data: { agents: {} } } },
      () => helpdesk.agentEmails(),
    ],
    ['patchSkill', `PATCH ${SKILLS}/${ID}`, DONE, () => helpdesk.patchSkill(SENDER, ID, { name: 'VIP' })],
    ['createSkill', `POST ${SKILLS}`, CREATED, () => helpdesk.createSkill(SENDER, CONTENT)],
    ['deleteSkill', `DELETE ${SKILLS}/${ID}`, DONE, () => helpdesk.deleteSkill(SENDER, ID)],
  ];
  const reads = calls.slice(0, 5);
  const writes = calls.slice(5);
  const credentials = ({ headers }: Recorded) => [headers.authorization, headers['x-lark-helpdesk-authorization']];

  describe('credentials', () => {
    it.each(reads)('%s is made by the app, with the bare desk header', async (_name, route, answer, call) => {
      feishu.server.on(route, answer);
      await call();
      expect(credentials(feishu.server.only(route))).toEqual([`Bearer ${SECRETS.tenantToken}`, DESK_HEADER]);
    });

    it.each(writes)('%s is made by the person, with the bare desk header', async (_name, route, answer, call) => {
      feishu.server.on(route, answer);
      await call();
      expect(credentials(feishu.server.only(route))).toEqual([`Bearer ${SECRETS.userToken}`, DESK_HEADER]);
      expect(feishu.server.requests).toHaveLength(1);
    });

    it('of the desk look as in the documents', async () => {
      feishu.server.on(`GET ${SKILLS}/${ID}`, skillAnswer());
      await createHelpdesk(feishu.client, { id: '6989805358558478355', token: 'ht-eb' }, feishu.logs.logger).getSkill(
        ID,
      );
      const { headers } = feishu.server.only(`GET ${SKILLS}/${ID}`);
      expect(headers['x-lark-helpdesk-authorization']).toBe('Njk4OTgwNTM1ODU1ODQ3ODM1NTpodC1lYg==');
    });
  });

  describe('reading', () => {
    it('gives a skill as it is', async () => {
      feishu.server.on(`GET ${SKILLS}/${ID}`, skillAnswer());
      expect(await helpdesk.getSkill(ID)).toEqual({
        id: ID,
        name: '部门技能',
        rules: [ruleOf(rule(OPERAND_OBJECT))],
        agentIds: [TOM, ZHANG],
        isDefault: false,
        agents: [
          { id: TOM, name: 'Tom Li' },
          { id: ZHANG, name: '张三' },
        ],
      });
    });

    it('reads null and nothing as none', async () => {
      const empty = { name: '', rules: [], agentIds: [], agents: [], isDefault: false };
      for (const nothing of [null, undefined]) {
        const fields = {
          name: nothing,
          rules: nothing,
          agent_ids: nothing,
          agents: nothing,
          is_default: nothing,
        };
        feishu.server.on(`GET ${SKILLS}/${ID}`, skillAnswer(fields));
        expect(await helpdesk.getSkill(ID)).toEqual({ id: ID, ...empty });
        feishu.server.on(`GET ${SKILLS}`, { json: { code: 0, data: { agent_skills: nothing } } });
        expect(await helpdesk.listSkills()).toEqual({ skills: [], unreadable: [] });
        feishu.server.on('GET /open-apis/helpdesk/v1/agent_skill_rules', {
          json: { code: 0, data: { rules: nothing } },
        });
        expect(await helpdesk.listRuleOptions()).toEqual({ options: [], unreadable: 0 });
        feishu.server.on('GET /open-apis/helpdesk/v1/agent_emails', { json: { code: 0, data: { agents: nothing } } });
        expect(await helpdesk.agentEmails()).toEqual({ agents: new Map(), unreadable: 0 });
        feishu.server.on(SCHEDULES, { json: { code: 0, data: { agent_schedules: nothing } } });
        expect(await helpdesk.listAgents()).toEqual({ agents: new Map(), unreadable: 0 });
      }
    });

    it('leaves null fields of a condition out', async () => {
      const bare = { id: '3', selected_operator: 5, operator_options: null, operand: null, category: null };
      feishu.server.on(`GET ${SKILLS}/${ID}`, skillAnswer({ rules: [bare] }));
      expect((await helpdesk.getSkill(ID)).rules).toEqual([{ id: '3', selectedOperator: 5 }]);
    });

    it('lists skills without their conditions', async () => {
      const agent_skills = [
        { id: '6941215891786825700', name: '默认技能', agent_ids: [ZHANG, TOM], is_default: true },
        { id: ID, name: '部门技能', agent_ids: null, is_default: false },
      ];
      feishu.server.on(`GET ${SKILLS}`, { json: { code: 0, msg: 'success', data: { agent_skills } } });
      const skills = [
        { id: '6941215891786825700', name: '默认技能', agentIds: [ZHANG, TOM], isDefault: true },
        { id: ID, name: '部门技能', agentIds: [], isDefault: false },
      ];
      expect(await helpdesk.listSkills()).toEqual({ skills, unreadable: [] });
    });

    it('gives what can be a condition', async () => {
      const rules = [
        { id: '3', operator_options: [5, 6], category: 3, display_name: '城市' },
        { id: '12', operator_options: [7, 8], operand: OPERAND_OBJECT, category: 3, display_name: '部门' },
      ];
      feishu.server.on('GET /open-apis/helpdesk/v1/agent_skill_rules', { json: { code: 0, data: { rules } } });
      expect(await helpdesk.listRuleOptions()).toEqual({ options: rules.map(ruleOf), unreadable: 0 });
    });

    it.each([
      ['an object', { [TOM]: 'tom.li@example.com', [ZHANG]: 'zhangsan@example.com' }],
      ['a string', JSON.stringify({ [TOM]: 'tom.li@example.com', [ZHANG]: 'zhangsan@example.com' })],
    ])('knows the agents, given as %s', async (_form, agents) => {
      feishu.server.on('GET /open-apis/helpdesk/v1/agent_emails', { json: { code: 0, data: { agents } } });
      const expected = new Map([
        [TOM, { id: TOM, email: 'tom.li@example.com' }],
        [ZHANG, { id: ZHANG, email: 'zhangsan@example.com' }],
      ]);
      expect(await helpdesk.agentEmails()).toEqual({ agents: expected, unreadable: 0 });
    });

    it('knows name, address, department, status and hours of every agent, whatever their status', async () => {
      const schedule = [
        { start_time: '09:00', end_time: '18:00', weekday: 10 },
        { start_time: '00:00', end_time: '24:00', weekday: 6 },
      ];
      const agent = { id: TOM, avatar_url: 'x', name: 'Tom Li', email: 'tom.li@example.com', department: 'IT' };
      const row = { status: 2, agent, schedule, agent_skills: [{ id: ID, name: 'VIP', is_default: false }] };
      feishu.server.on(SCHEDULES, { json: { code: 0, data: { agent_schedules: [row] } } });
      const hours = [
        { days: 'weekdays', from: '09:00', to: '18:00' },
        { days: 6, from: '00:00', to: '24:00' },
      ];
      const known = { id: TOM, name: 'Tom Li', email: agent.email, department: 'IT', status: 'offline', hours };
      expect(await helpdesk.listAgents()).toEqual({ agents: new Map([[TOM, known]]), unreadable: 0 });
      expect(feishu.server.only(SCHEDULES).query.getAll('status')).toEqual(['1', '2', '3']);
    });

    it('does not take any text for agents', async () => {
      feishu.server.on('GET /open-apis/helpdesk/v1/agent_emails', { json: { code: 0, data: { agents: 'none' } } });
      expect((await failureOf(helpdesk.agentEmails())).kind).toBe('unexpected');
    });
  });

  describe('odd rows', () => {
    const listed = (agent_skills: unknown) =>
      feishu.server.on(`GET ${SKILLS}`, { json: { code: 0, data: { agent_skills } } });
    const good = { id: ID, name: '部门技能', agent_ids: [TOM], is_default: false };

    it('hide no others, and are logged without what is in them', async () => {
      listed([null, good, { id: '7', name: 'Gold', agent_ids: ['secret content'] }]);
      expect(await helpdesk.listSkills()).toEqual({
        skills: [skillOf(good)],
        unreadable: [
          { id: undefined, name: undefined, part: 'record' },
          { id: '7', name: 'Gold', part: 'agents' },
        ],
      });
      expect(feishu.logs.lines()).toMatchObject([
        { what: 'skills', count: 2, rows: [{ part: 'record' }, { id: '7', part: 'agents' }] },
      ]);
      expect(feishu.logs.text()).not.toMatch(/secret|Gold/);
    });

    it('are no answer when they are no rows', async () => {
      for (const rows of ['none', 7, { a: 1 }]) {
        listed(rows);
        expect((await failureOf(helpdesk.listSkills())).kind).toBe('unexpected');
      }
    });

    it.each([
      ['nothing', null, 'record'],
      ['a missing id', { ...good, id: undefined }, 'id'],
      ['an agent that is none', { ...good, agent_ids: [TOM, ''] }, 'agents'],
      [
        'a rule without an operator that can be read',
        { ...good, rules: [{ id: '3', selected_operator: 'is' }] },
        'rules',
      ],
    ])('of one skill are its failure, which says what is odd: %s', async (_what, agent_skill, part) => {
      feishu.server.on(`GET ${SKILLS}/${ID}`, { json: { code: 0, data: { agent_skill } } });
      expect(await failureOf(helpdesk.getSkill(ID))).toMatchObject({
        kind: 'unreadable',
        message: part,
        skill: { id: ID, part },
      });
    });

    it('of conditions and agents are counted', async () => {
      const rules = [
        { id: '3', operator_options: ['5', 6] },
        { operator_options: [5] },
        null,
        { id: '9', operator_options: 5 },
      ];
      feishu.server.on('GET /open-apis/helpdesk/v1/agent_skill_rules', { json: { code: 0, data: { rules } } });
      expect(await helpdesk.listRuleOptions()).toEqual({
        options: [{ id: '3', operatorOptions: [5, 6] }],
        unreadable: 3,
      });
      const agents = { [TOM]: 'tom@example.com', [ZHANG]: null, 'a b': 'x@example.com', ou_number: 7 };
      feishu.server.on('GET /open-apis/helpdesk/v1/agent_emails', { json: { code: 0, data: { agents } } });
      const read = new Map([
        [TOM, { id: TOM, email: 'tom@example.com' }],
        [ZHANG, { id: ZHANG }],
        [OpenId.parse('ou_number'), { id: 'ou_number' }],
      ]);
      expect(await helpdesk.agentEmails()).toEqual({ agents: read, unreadable: 1 });
    });

    it('of agents are counted, and what cannot be read of one is not known', async () => {
      const hours = { start_time: '09:00', end_time: '18:00', weekday: 10 };
      const rows = [
        { status: 4, agent: { id: TOM, name: ' ', email: null, department: 7 }, schedule: null },
        { status: '3', agent: { id: ZHANG }, schedule: [hours, { ...hours, weekday: 8 }] },
        { status: 1, agent: { id: 'ou_one', name: '王五' }, schedule: [{ ...hours, end_time: '25:00' }] },
        { status: 1, agent: { id: 'a b' } },
        { status: 1 },
        null,
      ];
      feishu.server.on(SCHEDULES, { json: { code: 0, data: { agent_schedules: rows } } });
      const { agents, unreadable } = await helpdesk.listAgents();
      expect([...agents.values()]).toEqual([
        { id: TOM, hours: [] },
        { id: ZHANG, status: 'off-duty' },
        { id: 'ou_one', name: '王五', status: 'online' },
      ]);
      expect(unreadable).toBe(3);
    });

    it('are not made by us: an agent is sent once', async () => {
      feishu.server.on(`PATCH ${SKILLS}/${ID}`, DONE);
      await helpdesk.patchSkill(SENDER, ID, { agentIds: [TOM, ZHANG, TOM] });
      expect(feishu.server.only(`PATCH ${SKILLS}/${ID}`).json).toEqual({ agent_skill: { agent_ids: [TOM, ZHANG] } });
    });
  });

  describe('writing', () => {
    it('patches the fields that are given, and no others', async () => {
      feishu.server.on(`PATCH ${SKILLS}/${ID}`, DONE);
      expect(await helpdesk.patchSkill(SENDER, ID, { name: 'VIP "1" 客服' })).toEqual({ logId: 'log-w' });
      await helpdesk.patchSkill(SENDER, ID, { agentIds: [] });
      await helpdesk.patchSkill(SENDER, ID, { rules: [] });
      expect(feishu.server.requests.map(({ json }) => json)).toEqual([
        { agent_skill: { name: 'VIP "1" 客服' } },
        { agent_skill: { agent_ids: [] } },
        { agent_skill: { rules: [] } },
      ]);
    });

    it.each(OPERANDS)('keeps an operand that is %s, from the read to the write', async (_form, operand) => {
      feishu.server.on(`GET ${SKILLS}/${ID}`, skillAnswer({ rules: [rule(operand)] }));
      feishu.server.on(`PATCH ${SKILLS}/${ID}`, DONE);
      const { rules } = await helpdesk.getSkill(ID);
      await helpdesk.patchSkill(SENDER, ID, { rules });
      expect(feishu.server.only(`PATCH ${SKILLS}/${ID}`).json).toEqual({
        agent_skill: { rules: [{ id: '12', selected_operator: 8, operator_options: [7, 8], operand }] },
      });
    });

    it('sends no category and no display name in a patch', async () => {
      feishu.server.on(`PATCH ${SKILLS}/${ID}`, DONE);
      const full = { ...CONTENT, rules: [{ id: '12', category: 3, displayName: '部门', operand: 'x' }] };
      await helpdesk.patchSkill(SENDER, ID, full);
      expect(feishu.server.only(`PATCH ${SKILLS}/${ID}`).json).toEqual({
        agent_skill: { name: 'VIP 客服', rules: [{ id: '12', operand: 'x' }], agent_ids: [TOM] },
      });
    });

    it('sends the category and no operator options when it creates', async () => {
      feishu.server.on(`POST ${SKILLS}`, { ...CREATED, headers: { 'x-tt-logid': 'log-c' } });
      const created = await helpdesk.createSkill(SENDER, CONTENT);
      expect(created).toEqual({ id: '6941215891786825757', logId: 'log-c' });
      expect(feishu.server.only(`POST ${SKILLS}`).json).toEqual({
        name: 'VIP 客服',
        rules: [{ id: '12', selected_operator: 8, operand: OPERAND_OBJECT, category: 3 }],
        agent_ids: [TOM],
      });
    });

    it('deletes one skill', async () => {
      feishu.server.on(`DELETE ${SKILLS}/${ID}`, DONE);
      expect(await helpdesk.deleteSkill(SENDER, ID)).toEqual({ logId: 'log-w' });
      expect(feishu.server.only(`DELETE ${SKILLS}/${ID}`).target).toBe(`${SKILLS}/${ID}`);
    });
  });

  describe('ids', () => {
    it.each(['a/../b', '..', 'a?x=1', 'a#b', 'a b', 'a%2fb', '技能', 'a\nb', '', 'a:b', 'a.b'])(
      '%j does not come near a URL',
      async (id) => {
        expect(SkillId.safeParse(id).success).toBe(false);
        feishu.server.on(`GET ${SKILLS}`, { json: { code: 0, data: { agent_skills: [{ id, name: 'x' }] } } });
        const unreadable = [{ id: undefined, name: 'x', part: 'id' }];
        expect(await helpdesk.listSkills()).toEqual({ skills: [], unreadable });
        feishu.server.on(`POST ${SKILLS}`, { json: { code: 0, data: { agent_skill_id: id } } });
        expect((await failureOf(helpdesk.createSkill(SENDER, CONTENT))).kind).toBe('unexpected');
      },
    );

    it('reach the URL as they are', async () => {
      const id = SkillId.parse('test-skill_ID-007');
      feishu.server.on(`GET ${SKILLS}/${id}`, skillAnswer({ id }));
      await helpdesk.getSkill(id);
      expect(feishu.server.only(`GET ${SKILLS}/${id}`).target).toBe(`${SKILLS}/test-skill_ID-007`);
    });

    it('that came as numbers are read to the last digit', async () => {
      const row = '{"id":6941215891786825757,"name":"x","agent_ids":[6941215891786825758,7]}';
      feishu.server.on(`GET ${SKILLS}`, {
        text: `{"code":0,"data":{"agent_skills":[${row},{"id":1e400,"name":"y"}]}}`,
      });
      expect(await helpdesk.listSkills()).toEqual({
        skills: [{ id: '6941215891786825757', name: 'x', agentIds: ['6941215891786825758', '7'], isDefault: false }],
        unreadable: [{ id: undefined, name: 'y', part: 'id' }],
      });
    });

    it('of another skill than the one that was asked for are no answer', async () => {
      feishu.server.on(`GET ${SKILLS}/${ID}`, skillAnswer({ id: '6941215891786825757' }));
      expect((await failureOf(helpdesk.getSkill(ID))).kind).toBe('unexpected');
    });
  });

  describe('what is sent again', () => {
    const trouble = { status: 500, json: { code: 155000, msg: 'Internal error' } };

    it.each(reads)('%s, on trouble and without an answer', async (_name, route, answer, call) => {
      feishu.server.on(route, trouble, 'drop', answer);
      await call();
      expect(feishu.server.sent(route)).toHaveLength(3);
    });

    it.each(writes)('not %s', async (_name, route, answer, call) => {
      feishu.server.on(route, trouble, answer);
      expect(await failureOf(call())).toMatchObject({ kind: 'unavailable', code: 155000 });
      feishu.server.on(route, 'drop', answer);
      expect((await failureOf(call())).kind).toBe('no-answer');
      expect(feishu.server.sent(route)).toHaveLength(2);
    });

    it.each(writes)('not %s when it was rate limited: it says when it may be', async (_name, route, answer, call) => {
      const limit = { status: 429, json: { code: 99991400, msg: 'limit' } };
      feishu.server.on(route, { ...limit, headers: { 'x-ogw-ratelimit-reset': '0.2' } }, answer);
      expect(await failureOf(call())).toMatchObject({ kind: 'rate-limited', retryAfterMs: 200 });
      expect(feishu.server.sent(route)).toHaveLength(1);
    });

    it('not a change of a skill, when nobody listened', async () => {
      const port = await unusedPort();
      const away = await startFakeFeishu({ retries: 6, backoffMs: 20 }, `http://127.0.0.1:${port}`);
      const patching = createHelpdesk(away.client, DESK, away.logs.logger).patchSkill(SENDER, ID, { name: 'VIP' });
      expect((await failureOf(patching)).kind).toBe('unreachable');
      await away.close();
    });
  });

  it.each([
    [400, 154000, 'Bad request, please check your request body', 'bad-request'],
    [401, 154001, 'Unauthorized, please check you have the correct access', 'desk-credentials'],
    [403, 154003, 'Please check you have the correct access', 'no-access'],
    [404, 154004, 'Resource not found', 'not-found'],
    [500, 155000, 'Internal error', 'unavailable'],
    [400, 99991668, 'user access token not support', 'user-token'],
    [401, 99991677, 'token expire', 'user-token'],
  ])('tells what Feishu said: %i %i', async (status, code, msg, kind) => {
    const log_id = '2024072607110823848B5F8EBF7D1342F0';
    feishu.server.on(`PATCH ${SKILLS}/${ID}`, { status, json: { code, msg, error: { log_id, troubleshooter: 'x' } } });
    const failure = await failureOf(helpdesk.patchSkill(SENDER, ID, { name: 'VIP' }));
    expect(failure).toMatchObject({ kind, code, message: msg, httpStatus: status, logId: log_id });
  });
});

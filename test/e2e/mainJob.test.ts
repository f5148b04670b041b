import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { PEOPLE } from 'local-feishu';
import { AGENTS } from 'local-feishu/helpdesk';
import { type DatabaseKind, databaseKinds } from '../support/database.ts';
import { onlyPatch, onStage, type Stage, skillOf, startStage } from '../support/story.ts';
import { TRANSPORT, TRANSPORTS, type Transport } from '../support/transport.ts';

const VIP = '6941215891786825756';
const PRINTERS = '6941215891786825759';

const [tom, zhang, wang, sara] = AGENTS.map((agent) => agent.openId);
const admin = PEOPLE.admin.openId;

/** Every database, and every transport. */
const STAGES: [DatabaseKind, Transport][] = [
  ...databaseKinds().map((database): [DatabaseKind, Transport] => [database, TRANSPORT]),
  ...TRANSPORTS.filter((transport) => transport !== TRANSPORT).map((transport): [DatabaseKind, Transport] => [
    'sqlite',
    transport,
  ]),
];

describe.each(STAGES)('an admin who has never used the bot (on %s, by %s)', (database, transport) => {
  it('renames a skill: login card, login in the browser, preview by itself, Confirm, done in place', async () => {
    await onStage({ database, transport }, async (stage) => {
      const lin = stage.person('admin');

      const login = await lin.says(`/skill rename ${VIP} "Tier 2"`);
      expect(login).toMatchObject({ template: 'orange', title: 'Please log in' });
      expect(login.text).toContain('continues by itself');
      expect(stage.patches()).toEqual([]);

      const page = await lin.logsIn(login, 'agree', 'en-GB,en;q=0.9');
      expect(page.status).toBe(200);
      expect(page.body).toContain('You are logged in');

      const preview = await login.next();
      expect(preview).toMatchObject({ template: 'orange', title: 'Please confirm: Rename' });
      expect(preview.text).toContain('VIP　→　Tier 2');
      expect(preview.actions).toEqual(['change.confirm', 'change.cancel']);
      await login.becomes('green');
      expect(skillOf(stage, VIP).name).toBe('VIP');

      const outcome = await lin.presses(preview, 'change.confirm');
      expect(outcome).toMatchObject({ status: 'ok', toast: { type: 'success' } });
      expect(preview).toMatchObject({ template: 'green', title: 'Done: Rename', actions: ['change.undo'] });
      expect(preview.text).toMatch(/Change [0-9A-Z]{26}/);

      expect(onlyPatch(stage)).toMatchObject({
        path: `/open-apis/helpdesk/v1/agent_skills/${VIP}`,
        status: 200,
        authKind: 'user',
        userOpenId: admin,
        helpdeskHeaderOk: true,
        requestBody: { agent_skill: { name: 'Tier 2' } },
      });
      expect(skillOf(stage, VIP)).toMatchObject({ name: 'Tier 2', agentIds: [tom, zhang] });
    });
  });
});

describe.each(TRANSPORTS)('an admin who has authorised the bot (by %s)', (transport) => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await startStage({ transport, loggedIn: ['admin', 'owner'] });
  });
  beforeEach(() => stage.reset());
  afterAll(() => stage.close());

  const confirmed = async (line: string) => {
    const lin = stage.person('admin');
    const before = stage.patches().length;
    const preview = await lin.says(line);
    expect(preview).toMatchObject({ template: 'orange', actions: ['change.confirm', 'change.cancel'] });
    const seen = preview.text;
    await lin.presses(preview, 'change.confirm');
    expect(preview.template).toBe('green');
    const { requestBody, ...patch } = onlyPatch(stage, before);
    expect(patch).toMatchObject({ status: 200, authKind: 'user', userOpenId: admin, helpdeskHeaderOk: true });
    return { seen, body: requestBody };
  };

  it('gives a skill to one more agent, and writes all agents and nothing else', async () => {
    const { seen, body } = await confirmed('/skill add-agent VIP @王五');
    expect(seen).toContain('+ Agents (1)　王五');
    expect(body).toEqual({ agent_skill: { agent_ids: [tom, zhang, wang] } });
    expect(skillOf(stage, VIP)).toMatchObject({ name: 'VIP', agentIds: [tom, zhang, wang] });
  });

  it('gives a skill to two agents, one mentioned and one by id; who holds it already is named as such', async () => {
    const { seen, body } = await confirmed(`/skill add-agent VIP @王五 ${sara} @Tom`);
    expect(seen).toContain('Already there, left as they are: Tom Li');
    expect(body).toEqual({ agent_skill: { agent_ids: [tom, zhang, wang, sara] } });
  });

  it('finds an agent by a mail address', async () => {
    const { body } = await confirmed('/skill add-agent VIP sara.chen@example.com');
    expect(body).toEqual({ agent_skill: { agent_ids: [tom, zhang, sara] } });
  });

  it('takes a skill away from an agent', async () => {
    const { seen, body } = await confirmed('/skill remove-agent VIP @Tom');
    expect(seen).toContain('− Agents (1)　Tom Li');
    expect(body).toEqual({ agent_skill: { agent_ids: [zhang] } });
  });

  it('is warned before the last agent loses a skill', async () => {
    const { seen, body } = await confirmed('/skill remove-agent Printers @Sara');
    expect(seen).toContain('Nobody will hold this skill');
    expect(body).toEqual({ agent_skill: { agent_ids: [] } });
    expect(skillOf(stage, PRINTERS).agentIds).toEqual([]);
  });

  it('sets exactly these agents', async () => {
    const { seen, body } = await confirmed('/skill set-agents VIP @王五 @Sara');
    expect(seen).toContain('+ Agents (2)');
    expect(seen).toContain('− Agents (2)');
    expect(body).toEqual({ agent_skill: { agent_ids: [wang, sara] } });
  });

  it('sees a skill with its agents and rules', async () => {
    const card = await stage.person('admin').says('/skill show VIP');
    expect(card).toMatchObject({ template: 'blue', title: 'VIP' });
    expect(card.text).toContain('Agents (2)　Tom Li, 张三');
    expect(card.text).toContain(`Id: ${VIP}`);
  });

  it('lists the skills, filters them, and opens one from the list', async () => {
    const lin = stage.person('admin');
    expect((await lin.says('/skill list')).title).toBe('Agent skills (8)');
    const list = await lin.says('/skill list 网络');
    expect(list.title).toBe('Skills for “网络” (2)');
    await lin.presses(list, { action: 'skill.pick', nth: 1 });
    expect(list.title).toBe('网络支持（夜班）');
  });

  it('costs few calls: show 1 read and 1 reply, a change 1 + 1, its Confirm 1 read, 1 PATCH, 1 read', async () => {
    const lin = stage.person('admin');
    const read = 'GET /helpdesk/v1/agent_skills/:agent_skill_id';
    const reply = 'POST /im/v1/messages/:message_id/reply';
    stage.callsSince();

    await lin.says(`/skill show ${VIP}`);
    expect(stage.callsSince()).toEqual([read, reply]);

    const preview = await lin.says(`/skill rename ${VIP} Tier 2`);
    expect(stage.callsSince()).toEqual([read, reply]);

    await lin.presses(preview, 'change.confirm');
    expect(stage.callsSince()).toEqual([read, 'PATCH /helpdesk/v1/agent_skills/:agent_skill_id', read]);

    await lin.says('/skill show Tier 2');
    expect(stage.callsSince()).toEqual(['GET /helpdesk/v1/agent_skills', read, reply]);
  });
});

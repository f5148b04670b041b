import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { PEOPLE } from 'local-feishu';
import { type Actor, type Stage, skillOf, startStage } from '../../support/story.ts';
import {
  ACCOUNTS,
  asInTheBeginning,
  CONFIRM,
  done,
  PRINTERS,
  planned,
  refused,
  tom,
  VIP,
  wang,
  zhang,
} from './admin.ts';

const employee = PEOPLE.employee.openId;

const SCHEDULES = '/open-apis/helpdesk/v1/agent_schedules';

let stage: Stage;
let lin: Actor;
beforeAll(async () => {
  stage = await startStage({ loggedIn: ['admin'] });
  lin = stage.person('admin');
});
beforeEach(() => asInTheBeginning(stage));
afterAll(() => stage.close());

describe('who holds which skill', () => {
  it.each(['p2p', 'group'] as const)('is shown for everybody, agents without a skill too (%s)', async (chat) => {
    stage.sandbox.desk.agents.push({ ...PEOPLE.owner });
    const card = await lin.says('/skill agents', { chat });
    expect(card).toMatchObject({ template: 'blue', title: 'Agents and their skills (7)' });
    expect(card.text).toContain('tom.li@example.com · IT 支持一组 · online　默认技能');
    expect(card.text).not.toContain('Hours');
    expect(card.text).toMatch(/默认技能, VIP, English desk/);
    expect(card.text).toContain('no skills');
    expect(card.text).not.toContain('no agent of this desk');
  });

  it.each([
    ['a mention', '@Tom'],
    ['an id', tom],
    ['a mail address', 'Tom.Li@example.com'],
  ])('is shown for one agent by %s', async (_, who) => {
    const card = await lin.says(`/skill agents ${who}`);
    expect(card.title).toBe('Agents and their skills (1)');
    expect(card.text).toContain('默认技能, VIP, English desk');
    expect(card.text).toContain('Hours　weekdays 09:00–18:00; Sat 10:00–16:00');
    expect(card.chinese).toContain('tom.li@example.com · IT 支持一组 · 在线');
    expect(card.chinese).toContain('工作时间　工作日 09:00–18:00；周六 10:00–16:00');
  });

  it('says who is off duty, and who went offline', async () => {
    const { text } = await lin.says('/skill agents');
    expect(text).toContain('chen.mo@example.com · 夜班组 · off duty');
    expect(text).toContain('wang.wu@example.com · 网络组 · offline');
  });

  it('is shown with less where the desk refuses the schedules of its agents', async () => {
    stage.sandbox.faults.add({ route: SCHEDULES, kind: { type: 'status', status: 403, code: 154003 } });
    const { text } = await lin.says('/skill agents');
    expect(text).toContain('tom.li@example.com　默认技能');
    expect(text).not.toContain('no agent of this desk');
  });

  it('names those who hold a skill but are no agents of the desk', async () => {
    stage.sandbox.desk.edit(VIP, (skill) => skill.agentIds.push(employee));
    const card = await lin.says('/skill agents @何平');
    expect(card.text).toContain(`${employee} (no agent of this desk)　VIP`);
  });

  it('is shown for somebody who has left the company too', async () => {
    stage.sandbox.desk.edit(VIP, (skill) => skill.agentIds.push('ou_gone'));
    expect((await lin.says('/skill agents')).text).toContain('ou_gone (no agent of this desk)　VIP');
  });

  it('is refused for what is no person', async () => {
    expect((await refused(lin, '/skill agents Tom')).text).toContain('“Tom” is not an agent');
    const two = await refused(lin, '/skill agents @Tom @Sara');
    expect(two.text).toContain('Not expected here: “@Sara Chen”');
    expect(two.text).toContain('Received: /skill agents @Tom Li @Sara Chen');
    expect((await refused(lin, '/skill agents nobody@example.com')).title).toBe('These people were not found');
    expect((await refused(lin, '/skill agents @all')).text).toContain('@all cannot be used');
  });
});

describe('somebody who is no agent of the desk', () => {
  it('is warned of, and added where Feishu takes them', async () => {
    stage.sandbox.settings.agentsOnly = false;
    for (const command of ['add-agent', 'set-agents']) {
      const { seen } = await done(stage, lin, `/skill ${command} ${ACCOUNTS} @何平 @王五`);
      expect(seen).toContain('Not agents of this helpdesk: 何平.');
      expect(skillOf(stage, ACCOUNTS).agentIds).toEqual([employee, wang]);
      stage.reset();
    }
  });

  it('is warned of by mail too, and what Feishu says is told', async () => {
    const preview = await planned(lin, '/skill add-agent VIP he.ping@example.com');
    expect(preview.text).toContain('Not agents of this helpdesk: he.ping@example.com');
    await lin.presses(preview, CONFIRM);
    await preview.becomes('red');
    expect(preview.text).toContain('The skill was not changed');
    expect(skillOf(stage, VIP).agentIds).toEqual([tom, zhang]);
  });

  it('is not warned of when they are removed, or hold the skill already', async () => {
    stage.sandbox.desk.edit(VIP, (skill) => skill.agentIds.push(employee));
    expect((await planned(lin, '/skill remove-agent VIP @何平')).text).not.toContain('Not agents');
    expect((await planned(lin, '/skill set-agents VIP @何平')).text).not.toContain('Not agents');
  });

  it('is still warned of when somebody else edited the skill before the Confirm', async () => {
    stage.sandbox.settings.agentsOnly = false;
    const card = await planned(lin, '/skill add-agent VIP @何平');
    stage.sandbox.desk.edit(VIP, (skill) => skill.agentIds.push(wang));
    await lin.presses(card, CONFIRM);
    expect(card.title).toBe('Changed meanwhile: Add agents');
    expect(card.text).toContain('Not agents of this helpdesk: 何平');
  });
});

describe('a change that leaves a skill with nobody', () => {
  it.each([
    ['remove-agent', `/skill remove-agent ${PRINTERS} @Sara`],
    ['the same by mail', `/skill remove-agent ${PRINTERS} sara.chen@example.com`],
  ])('is warned of: %s', async (_, line) => {
    expect((await planned(lin, line)).text).toContain('Nobody will hold this skill');
  });

  it('is not warned of when nobody held it before', async () => {
    expect((await planned(lin, `/skill rename ${ACCOUNTS} 账号`)).text).not.toContain('Nobody will hold');
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Actor, type Stage, startStage } from '../../support/story.ts';
import {
  ACCOUNTS,
  asInTheBeginning,
  CONFIRM,
  done,
  NETWORK,
  planned,
  sara,
  tom,
  VIP,
  wang,
  writes,
  zhang,
} from './admin.ts';

/** What the desk may give of a skill that the bot does not understand, and how the card calls it. */
const ODD: [string, Record<string, unknown>, string][] = [
  ['an empty agent', { agent_ids: [tom, ''] }, 'the list of agents'],
  ['no agent in the list', { agent_ids: [null] }, 'the list of agents'],
  ['an agent with a blank', { agent_ids: ['a b'] }, 'the list of agents'],
  ['a word for the default', { is_default: 'no' }, 'whether it is the default skill'],
  ['rules that are no list', { rules: 'none' }, 'the list of rules'],
  ['an operator in words', { rules: [{ id: '3', selected_operator: 'is', operand: 'x' }] }, 'the list of rules'],
  ['a name that is a number', { name: 7 }, 'the name'],
];

/** What says the same in another form. */
const READABLE: [string, Record<string, unknown>][] = [
  ['a word for not the default', { is_default: 'false' }],
  ['an operator as text', { rules: [{ id: '12', selected_operator: '8', operator_options: ['7', 8], operand: 'x' }] }],
  ['an agent twice', { agent_ids: [tom, zhang, tom] }],
];

describe('rows that Feishu gives in another form than is documented', () => {
  let stage: Stage;
  let lin: Actor;
  let written: number;
  beforeAll(async () => {
    stage = await startStage({ loggedIn: ['admin'] });
    lin = stage.person('admin');
  });
  beforeEach(() => {
    asInTheBeginning(stage);
    stage.sandbox.settings.oddRows = { skills: {}, listed: [], agents: {}, emails: {}, conditions: [] };
    written = writes(stage).length;
  });
  afterAll(() => stage.close());

  const odd = (id: string, fields: Record<string, unknown>) => {
    stage.sandbox.settings.oddRows.skills[id] = fields;
  };

  it.each(ODD)('%s: the skill is refused, whatever is asked of it', async (_what, fields, part) => {
    odd(VIP, fields);
    for (const line of ['show', 'rules', 'delete', 'rename', 'add-agent'].map((name) => `/skill ${name} ${VIP}`)) {
      const card = await lin.says(`${line} ${/rename/.test(line) ? 'Gold' : /agent/.test(line) ? '@Sara' : ''}`);
      expect(card).toMatchObject({ template: 'red', title: 'This skill cannot be read' });
      expect(card.text).toContain(VIP);
      expect(card.text).toContain(part);
      expect(card.text).toContain('Nothing was changed');
      expect(card.chinese).toContain('这个技能无法读取');
    }
    expect(writes(stage)).toHaveLength(written);
  });

  it.each(ODD)('%s: every other skill works by its name', async (_what, fields) => {
    odd(NETWORK, fields);
    expect(await lin.says('/skill show VIP')).toMatchObject({ template: 'blue', title: 'VIP' });
    const { write } = await done(stage, lin, '/skill rename VIP Gold');
    expect(write.requestBody).toEqual({ agent_skill: { name: 'Gold' } });
  });

  it('lists, choices and forms name what cannot be read', async () => {
    odd(NETWORK, { agent_ids: [''] });
    stage.sandbox.settings.oddRows.listed = [null, { name: 'Nameless id' }];
    for (const line of ['list', 'agents', 'show', 'rename', 'add-agent', 'rules']) {
      const card = await lin.says(`/skill ${line}`);
      expect(card.template).toBe('blue');
      expect(card.text).toContain('3 skills cannot be read: 网络支持');
      expect(card.text).toContain('Nameless id');
      expect(card.chinese).toContain('有 3 个技能无法读取');
    }
    const picker = await lin.says('/skill show 网络');
    expect(picker).toMatchObject({ template: 'orange' });
    expect(picker.text).toContain('2 skills fit');
    expect(picker.text).toContain('1 skill cannot be read: 网络支持');
  });

  it('an agent without an address is an agent, and one who is none is counted', async () => {
    stage.sandbox.settings.oddRows.agents = { [sara]: { email: null }, 'a b': { id: 'a b' } };
    const agents = await lin.says('/skill agents');
    expect(agents.text).toContain('1 agent cannot be read');
    expect(agents.text).not.toContain('no agent of this desk');
    const form = await lin.says(`/skill show ${VIP}`);
    await lin.presses(form, 'form.add-agent');
    expect(form.text).toContain('1 agent cannot be read');
    const preview = await planned(lin, '/skill add-agent VIP @Sara');
    expect(preview.text).not.toContain('no agents of this desk');
  });

  it('a condition that cannot be read is counted where conditions are chosen', async () => {
    stage.sandbox.settings.oddRows.conditions = [{ id: '4', operator_options: 'all' }];
    const form = await lin.says(`/skill rules ${VIP}`);
    await lin.presses(form, 'form.add-rule');
    expect(form.text).toContain('1 condition cannot be read');
    await done(stage, lin, '/skill add-rule VIP 3 = x');
  });

  it('another skill that cannot be read is no example, and no reason to stop', async () => {
    for (const { id } of stage.sandbox.skills()) if (id !== ACCOUNTS) odd(id, { rules: [null] });
    expect(await planned(lin, `/skill add-rule ${ACCOUNTS} 3 = x`)).toMatchObject({ template: 'orange' });
  });

  it.each(READABLE)('%s is understood, and written as documented', async (_what, fields) => {
    odd(VIP, fields);
    const preview = await planned(lin, `/skill set-agents ${VIP} @Sara`);
    stage.sandbox.settings.oddRows.skills = {};
    await lin.presses(preview, CONFIRM);
    await preview.becomes('green');
    expect(writes(stage).slice(written)).toMatchObject([{ requestBody: { agent_skill: { agent_ids: [sara] } } }]);
  });

  it('an agent that came twice is sent once', async () => {
    odd(VIP, { agent_ids: [tom, zhang, tom] });
    const preview = await planned(lin, `/skill add-agent ${VIP} @Wang`);
    await lin.presses(preview, CONFIRM);
    await stage.sandbox.waitForMessage(() => writes(stage).length > written);
    expect(writes(stage)[written]?.requestBody).toEqual({ agent_skill: { agent_ids: [tom, zhang, wang] } });
  });

  it('what became odd after the preview is not written', async () => {
    const preview = await planned(lin, '/skill rename VIP Gold');
    odd(VIP, { agent_ids: [tom, ''] });
    await lin.presses(preview, CONFIRM);
    await preview.becomes('red');
    expect(preview.text).toContain('the list of agents');
    expect(writes(stage)).toHaveLength(written);
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Actor, type Stage, skillOf, startStage } from '../../support/story.ts';
import {
  asInTheBeginning,
  CONFIRM,
  confirmed,
  NETWORK,
  NIGHT,
  PRINTERS,
  planned,
  refused,
  rulesOf,
  wang,
  writes,
} from './admin.ts';
import { fieldsOf, optionsOf, textIn } from './fields.ts';

let stage: Stage;
let lin: Actor;
beforeAll(async () => {
  stage = await startStage({ loggedIn: ['admin'] });
  lin = stage.person('admin');
});
beforeEach(() => asInTheBeginning(stage));
afterAll(() => stage.close());

const picks = (id: string) => ({ action: 'skill.pick', value: { skill: id } });

describe('a text that fits several skills', () => {
  it.each([
    ['show', '/skill show 网络', '网络支持（夜班）'],
    ['rules', '/skill rules 网络', 'Rules: 网络支持（夜班）'],
    ['history', '/skill history 网络', 'History: 网络支持（夜班）'],
    ['rename', '/skill rename 网络 Nights', 'Please confirm: Rename'],
    ['add-agent', '/skill add-agent 网络 @Tom', 'Please confirm: Add agents'],
    ['remove-agent', '/skill remove-agent 网络 @陈默', 'Please confirm: Remove agents'],
    ['set-agents', '/skill set-agents 网络 @Tom', 'Please confirm: Set agents'],
    ['add-rule', '/skill add-rule 网络 城市 是 北京', 'Please confirm: Add a rule'],
    ['edit-rule', '/skill edit-rule 网络 级别 >= 4', 'Please confirm: Edit a rule'],
    ['remove-rule', '/skill remove-rule 网络 17', 'Please confirm: Remove a rule'],
    ['delete', '/skill delete 网络', 'Please confirm: Delete a skill'],
  ])('is asked about, and %s goes on with the one that is picked', async (_, line, title) => {
    const picker = await lin.says(line);
    expect(picker).toMatchObject({ template: 'orange', title: 'Which skill?', actions: ['skill.pick', 'skill.pick'] });
    await lin.presses(picker, picks(NIGHT));
    expect(picker.title).toBe(title);
    if (title !== 'History: 网络支持（夜班）') expect(picker.text).toContain(NIGHT);
    if (picker.actions.includes(CONFIRM)) {
      const { path } = await confirmed(stage, lin, picker);
      expect(path).toContain(NIGHT);
    }
  });

  it('tells the candidates apart by how many agents hold them', async () => {
    const picker = await lin.says('/skill show 网络');
    expect(picker.text).toContain('网络支持（夜班）　1 agent ·');
    expect(picker.text).toContain('网络支持　2 agents ·');
    expect(picker.chinese).toContain('网络支持（夜班）　1 人 ·');
  });

  it('is no longer a question once it is answered', async () => {
    const picker = await lin.says('/skill rename 网络 Nights');
    const before = writes(stage).length;
    await Promise.all([lin.presses(picker, picks(NIGHT)), lin.presses(picker, picks(NIGHT))]);
    await confirmed(stage, lin, picker);
    expect(writes(stage)).toHaveLength(before + 1);
  });

  it('is answered with a skill that is gone by then', async () => {
    const picker = await lin.says('/skill rename 网络 Nights');
    stage.sandbox.desk.remove(NIGHT);
    await lin.presses(picker, picks(NIGHT));
    expect(picker.template).toBe('red');
  });

  it('cannot be answered with another skill, or by somebody else', async () => {
    const picker = await lin.says('/skill delete 网络', { chat: 'group' });
    const { skill } = { skill: '6941215891786825756' };
    const id = /"id":"([0-9A-Z]{26})"/.exec(JSON.stringify(picker.card))?.[1];
    const forged = { tag: 'button', value: { action: 'skill.pick', id, skill } };
    const outcome = await stage.sandbox.clickRaw('admin', picker.messageId, forged);
    expect(outcome.toast).toMatchObject({ type: 'error' });
    const foreign = await stage.person('employee').presses(picker, picks(NIGHT));
    expect(foreign.toast).toMatchObject({ type: 'error' });
    expect(picker.title).toBe('Which skill?');
  });

  it('names only the first of very many', async () => {
    for (let at = 0; at < 30; at += 1) {
      stage.sandbox.desk.add({
        id: `70000000000000000${at + 10}`,
        name: `组 ${at}`,
        isDefault: false,
        rules: [],
        agentIds: [],
      });
    }
    const picker = await lin.says('/skill show 组');
    expect(picker.text).toContain('30 skills fit');
    expect(picker.text).toContain('only the first ones');
    expect(picker.actions).toHaveLength(20);
  });
});

describe('a desk with more skills than a select can offer', () => {
  beforeEach(() => {
    for (let at = 0; at < 80; at += 1) {
      stage.sandbox.desk.add({
        id: `70000000000000000${at + 10}`,
        name: `组 ${at}`,
        isDefault: false,
        rules: [],
        agentIds: [],
      });
    }
  });
  const submits = (card: Parameters<Actor['presses']>[0], formValue: Record<string, string | string[]>) =>
    lin.presses(card, { tag: 'button' }, { formValue });

  it('is asked for the name, and a picker goes on with the form', async () => {
    const form = await lin.says('/skill rename');
    expect(fieldsOf(form)).toEqual(['skill', 'name']);
    expect(optionsOf(form, 'skill')).toEqual([]);
    await submits(form, { skill: '网络', name: 'Nights' });
    expect(form.title).toBe('Which skill?');
    await lin.presses(form, picks(NIGHT));
    expect(form.text).toContain('网络支持（夜班）　→　Nights');
    await confirmed(stage, lin, form);
    expect(skillOf(stage, NIGHT).name).toBe('Nights');
  });

  it('gets everything back in the form when no skill has that name', async () => {
    const form = await lin.says('/skill rename');
    await submits(form, { skill: '没有', name: 'Nights' });
    expect(form).toMatchObject({ template: 'red', title: 'Rename a skill' });
    expect(form.text).toContain('There is no skill “没有”');
    expect([textIn(form, 'skill'), textIn(form, 'name')]).toEqual(['没有', 'Nights']);
    await submits(form, { skill: NIGHT });
    await confirmed(stage, lin, form);
    expect(skillOf(stage, NIGHT).name).toBe('Nights');
  });

  it('adds agents by form', async () => {
    const form = await lin.says('/skill add-agent');
    await submits(form, { skill: '网络', agents: [wang] });
    await lin.presses(form, picks(NIGHT));
    await confirmed(stage, lin, form);
    expect(skillOf(stage, NIGHT).agentIds).toContain(wang);
  });

  it('adds a rule by form', async () => {
    const form = await lin.says('/skill add-rule');
    await lin.presses(form, { value: { field: 'condition' } }, { option: '3' });
    expect(fieldsOf(form)).toEqual(['condition', 'skill', 'operator', 'value']);
    await submits(form, { skill: '网络', operator: '6', value: '北京' });
    await lin.presses(form, picks(NETWORK));
    await confirmed(stage, lin, form);
    expect(rulesOf(stage, NETWORK)).toEqual([{ id: '3', selectedOperator: 6, operand: '北京' }]);
  });

  it.each(['edit-rule', 'remove-rule'])('asks for the rule when the skill is known: %s', async (command) => {
    const form = await lin.says(`/skill ${command}`);
    expect(fieldsOf(form)).toEqual(['skill']);
    await submits(form, { skill: '网络' });
    await lin.presses(form, picks(NIGHT));
    expect(form.template).toBe('blue');
    expect(fieldsOf(form)).toEqual(['rule']);
    expect(form.text).toContain(NIGHT);
  });

  it.each([
    ['delete', 'Please confirm: Delete a skill'],
    ['rules', 'Rules: 网络支持（夜班）'],
  ])('goes on with a command that asks for the skill alone: %s', async (command, title) => {
    const form = await lin.says(`/skill ${command}`);
    await submits(form, { skill: '网络' });
    await lin.presses(form, picks(NIGHT));
    expect(form.title).toBe(title);
  });

  it('sees the next and the previous page of its list', async () => {
    const card = await lin.says('/skill list');
    expect(card.text).toContain('Page 1 of 9');
    await lin.presses(card, { action: 'page.go', text: 'Next' });
    await lin.presses(card, { action: 'page.go', text: 'Next' });
    expect(card.text).toContain('Page 3 of 9');
    await lin.presses(card, { action: 'page.go', text: 'Previous' });
    expect(card.text).toContain('Page 2 of 9');
    expect((await lin.says('/skill list --page 9')).text).toContain('Page 9 of 9');
    expect((await lin.says('/skill list 组 --page 99')).text).toContain('Page 8 of 8');
    await lin.presses(card, { action: 'skill.pick', nth: 0 });
    expect(card.title).toBe('组 2');
    const foreign = await lin.says('/skill list', { chat: 'group' });
    const outcome = await stage.person('employee').presses(foreign, { action: 'page.go' });
    expect(outcome.toast).toMatchObject({ type: 'error' });
  });
});

it('the default skill is marked in the list', async () => {
  const card = await lin.says('/skill list 默认');
  expect(card.text).toContain('默认技能　3 agents　default');
  expect(card.chinese).toContain('默认技能　3 人　默认');
});

describe('a text that fits no skill', () => {
  it('is answered with the nearest ones', async () => {
    const card = await refused(lin, '/skill show Printer5');
    expect(card.title).toBe('No such skill');
    expect(card.text).toContain(`…${PRINTERS.slice(-4)}`);
    expect((await refused(lin, '/skill rename 夜班 x')).text).toContain(`…${NIGHT.slice(-4)}`);
  });

  it('goes on with the one that is pressed', async () => {
    const card = await refused(lin, '/skill rename Printer5 Print room');
    await lin.presses(card, picks(PRINTERS));
    expect(card.title).toBe('Please confirm: Rename');
    const { path, requestBody } = await confirmed(stage, lin, card);
    expect(path).toContain(PRINTERS);
    expect(requestBody).toEqual({ agent_skill: { name: 'Print room' } });
  });

  it('is no beginning when it is empty', async () => {
    expect((await refused(lin, '/skill rename "" x')).text).toContain('Still missing: which skill');
  });
});

it('a skill named like the beginning of others is taken by its whole name', async () => {
  expect((await planned(lin, '/skill rename 网络支持 Days')).text).toContain(NETWORK);
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ClickInput } from 'local-feishu';
import type { ShownCard } from '../../support/shownCard.ts';
import { type Actor, type Stage, skillOf, startStage } from '../../support/story.ts';
import {
  ACCOUNTS,
  admin,
  asInTheBeginning,
  CONFIRM,
  chen,
  confirmed,
  ENGLISH,
  NETWORK,
  PRINTERS,
  rulesOf,
  sara,
  tom,
  VIP,
  wang,
  writes,
  zhang,
} from './admin.ts';
import { chosenIn, fieldsOf, optionsOf } from './fields.ts';

const SUBMIT = { tag: 'button' };
type Filled = NonNullable<ClickInput['formValue']>;

describe('a form', () => {
  let stage: Stage;
  let lin: Actor;
  beforeAll(async () => {
    stage = await startStage({ loggedIn: ['admin'] });
    lin = stage.person('admin');
  });
  beforeEach(() => {
    asInTheBeginning(stage);
    stage.sandbox.settings.submits = 'both';
  });
  afterAll(() => stage.close());

  const chooses = (card: ShownCard, field: string, option: string) =>
    lin.presses(card, { tag: 'select_static', value: { field } }, { option });
  const submits = (card: ShownCard, formValue: Filled) => lin.presses(card, SUBMIT, { formValue });

  describe.each([
    ['p2p', 'both'],
    ['group', 'name'],
    ['p2p', 'value'],
  ] as const)('in a chat of the kind %s, of whose button a client sends: %s', (chat, sent) => {
    beforeEach(() => {
      stage.sandbox.settings.submits = sent;
    });

    const opened = async (command: string, title: string): Promise<ShownCard> => {
      const card = await lin.says(`/skill ${command}`, { chat });
      expect(card).toMatchObject({ template: 'blue', title });
      return card;
    };
    /** Submits, sees the preview in the same card, and confirms it. */
    const written = async (card: ShownCard, formValue: Filled) => {
      await submits(card, formValue);
      expect(card).toMatchObject({ template: 'orange', actions: [CONFIRM, 'change.cancel'] });
      return (await confirmed(stage, lin, card)).requestBody;
    };

    it('renames a skill', async () => {
      const form = await opened('rename', 'Rename a skill');
      expect(fieldsOf(form)).toEqual(['skill', 'name']);
      expect(await written(form, { skill: VIP, name: 'Tier 2' })).toEqual({ agent_skill: { name: 'Tier 2' } });
    });

    it('adds agents, and offers those who do not hold the skill', async () => {
      const form = await opened('add-agent', 'Add agents');
      await chooses(form, 'skill', VIP);
      expect(optionsOf(form, 'agents').sort()).toEqual([admin, chen, sara, wang].sort());
      expect(await written(form, { agents: [wang, sara] })).toEqual({
        agent_skill: { agent_ids: [tom, zhang, wang, sara] },
      });
    });

    it('removes agents, and offers those who hold the skill', async () => {
      const form = await opened('remove-agent', 'Remove agents');
      await chooses(form, 'skill', VIP);
      expect(optionsOf(form, 'agents')).toEqual([tom, zhang]);
      expect(await written(form, { agents: [tom] })).toEqual({ agent_skill: { agent_ids: [zhang] } });
    });

    it('sets agents, and begins with those there are', async () => {
      const form = await opened('set-agents', 'Set agents');
      await chooses(form, 'skill', VIP);
      await submits(form, {});
      expect(form).toMatchObject({ template: 'red', title: 'Set agents' });
      expect(form.text).toContain('Filled in like this, nothing would change');
      expect(await written(form, { agents: [tom, sara] })).toEqual({ agent_skill: { agent_ids: [tom, sara] } });
    });

    it('adds a rule: the condition decides which operators and values there are', async () => {
      const form = await opened('add-rule', 'Add a rule');
      await chooses(form, 'skill', VIP);
      expect(fieldsOf(form)).toEqual(['condition']);
      await chooses(form, 'condition', '17');
      expect(optionsOf(form, 'operator')).toEqual(['2', '3']);
      await chooses(form, 'condition', '10');
      expect(optionsOf(form, 'operator')).toEqual(['7', '8']);
      expect(optionsOf(form, 'value')).toEqual(['zh_cn', 'en_us', 'ja_jp']);
      await submits(form, { operator: '8', value: 'ja_jp' });
      expect(form.text).toContain('Language is any of Japanese');
      await confirmed(stage, lin, form);
      expect(rulesOf(stage, VIP).at(-1)).toEqual({ id: '10', selectedOperator: 8, operand: 'ja_jp' });
    });

    it('adds a rule about people', async () => {
      const form = await opened('add-rule', 'Add a rule');
      await chooses(form, 'skill', VIP);
      await chooses(form, 'condition', '11');
      await written(form, { operator: '7', value: `${admin}，wang.wu@example.com` });
      expect(rulesOf(stage, VIP).at(-1)).toMatchObject({ id: '11', selectedOperator: 7 });
      expect(rulesOf(stage, VIP).at(-1)?.operand).toBe(JSON.stringify([admin, wang]));
    });

    it('begins with what most rules say, wherever the desk lists it', async () => {
      const form = await opened('add-rule', 'Add a rule');
      await chooses(form, 'skill', VIP);
      await chooses(form, 'condition', '10');
      expect(optionsOf(form, 'operator')).toEqual(['7', '8']);
      expect(chosenIn(form, 'operator')).toBe('8');
    });

    it('takes each quoted value for one', async () => {
      const form = await opened('add-rule', 'Add a rule');
      await chooses(form, 'skill', VIP);
      await chooses(form, 'condition', '3');
      await written(form, { operator: '5', value: '“北京”、"New York"' });
      expect(rulesOf(stage, VIP).at(-1)?.operand).toBe('["北京","New York"]');
    });

    it('promises a preview only where one follows', async () => {
      const promise = 'After submitting you see a preview';
      expect((await opened('show', 'Show a skill')).text).not.toContain(promise);
      expect((await opened('rename', 'Rename a skill')).text).toContain(promise);
    });

    it('is not shown for a skill that has nobody to remove', async () => {
      const form = await opened('remove-agent', 'Remove agents');
      await chooses(form, 'skill', ACCOUNTS);
      expect(form).toMatchObject({ template: 'red', title: 'No agents' });
    });

    it('edits a rule, and begins with what there is', async () => {
      const form = await opened('edit-rule', 'Edit a rule');
      await chooses(form, 'skill', ENGLISH);
      const [rule = ''] = optionsOf(form, 'rule');
      await chooses(form, 'rule', rule);
      expect(await written(form, { operator: '6' })).toMatchObject({
        agent_skill: { rules: [{ id: '3', selected_operator: 6, operand: '上海' }] },
      });
    });

    it('edits a rule about a department by its name', async () => {
      const form = await opened('edit-rule', 'Edit a rule');
      await chooses(form, 'skill', PRINTERS);
      await chooses(form, 'rule', optionsOf(form, 'rule')[0] ?? '');
      const before = rulesOf(stage, PRINTERS)[0]?.operand;
      await written(form, { operator: '8' });
      expect(rulesOf(stage, PRINTERS)).toEqual([{ id: '12', selectedOperator: 8, operand: before }]);
    });

    it('removes a rule', async () => {
      const form = await opened('remove-rule', 'Remove a rule');
      await chooses(form, 'skill', ENGLISH);
      expect(await written(form, { rule: optionsOf(form, 'rule')[0] ?? '' })).toEqual({ agent_skill: { rules: [] } });
    });

    it('creates a skill with agents and rules', async () => {
      const form = await opened('create', 'Create a skill');
      await chooses(form, 'conditions', '3');
      await chooses(form, 'conditions', '17');
      expect(fieldsOf(form)).toEqual([
        'conditions',
        'name',
        'agents',
        'operator_0',
        'value_0',
        'operator_1',
        'value_1',
      ]);
      const filled = { name: '夜班', agents: [tom], operator_0: '5', value_0: '北京', operator_1: '2', value_1: '3' };
      expect(await written(form, filled)).toEqual({
        name: '夜班',
        agent_ids: [tom],
        rules: [
          { id: '3', selected_operator: 5, operand: '北京', category: 3 },
          { id: '17', selected_operator: 2, operand: '3', category: 3 },
        ],
      });
    });

    it('deletes a skill', async () => {
      const form = await opened('delete', 'Delete a skill');
      await chooses(form, 'skill', PRINTERS);
      expect(form).toMatchObject({ template: 'orange', title: 'Please confirm: Delete a skill' });
      await confirmed(stage, lin, form);
      expect(stage.sandbox.skill(PRINTERS)).toBeUndefined();
    });

    it('shows the rules of a skill', async () => {
      const form = await opened('rules', 'Show rules');
      await chooses(form, 'skill', VIP);
      expect(form.title).toBe('Rules: VIP');
    });

    it('shows a skill', async () => {
      const form = await opened('show', 'Show a skill');
      await chooses(form, 'skill', VIP);
      expect(form.text).toContain(VIP);
    });

    describe('of a desk with too many skills for a choice', () => {
      beforeEach(() => {
        for (let at = 0; at < 60; at += 1)
          stage.sandbox.desk.add({
            id: String(7 * 10 ** 15 + at),
            name: `Skill ${at}`,
            isDefault: false,
            rules: [],
            agentIds: [],
          });
      });

      it.each([
        ['show', 'Show a skill', 'VIP'],
        ['rules', 'Show rules', 'Rules: VIP'],
        ['delete', 'Delete a skill', 'Please confirm: Delete a skill'],
        ['edit-rule', 'Edit a rule', 'Edit a rule'],
        ['remove-rule', 'Remove a rule', 'Remove a rule'],
      ])('%s goes on with the skill that was typed', async (command, title, then) => {
        const form = await opened(command, title);
        expect(fieldsOf(form)).toEqual(['skill']);
        await submits(form, { skill: 'VIP' });
        expect(form.title).toContain(then);
        expect(form.text).toContain(VIP);
      });

      it('adds agents', async () => {
        const form = await opened('add-agent', 'Add agents');
        expect(await written(form, { skill: 'VIP', agents: [wang] })).toEqual({
          agent_skill: { agent_ids: [tom, zhang, wang] },
        });
      });

      it('adds a rule', async () => {
        const form = await opened('add-rule', 'Add a rule');
        await chooses(form, 'condition', '17');
        await written(form, { skill: 'VIP', operator: '2', value: '3' });
        expect(rulesOf(stage, VIP).at(-1)).toEqual({ id: '17', selectedOperator: 2, operand: '3' });
      });

      it('shows the history of the skill', async () => {
        const card = await lin.says('/skill help', { chat });
        await lin.presses(card, 'form.history');
        await submits(card, { skill: 'VIP' });
        expect(card.title).toBe('History: VIP');
      });
    });
  });

  describe('whose value does not come', () => {
    /** What a client sends of the button that submits the form, but for the value. */
    const withoutValue = (form: ShownCard, form_value: Filled) => ({
      tag: 'button',
      name: submitIn(form),
      form_value,
    });

    it.each([null, {}, '', 'form.rename', '{', 5, [], { action: 5 }])('but %j instead', async (value) => {
      const form = await lin.says('/skill rename');
      const action = { ...withoutValue(form, { skill: VIP, name: 'Tier 2' }), value };
      expect(await stage.sandbox.clickRaw('admin', form.messageId, action)).toMatchObject({ status: 'ok' });
      await confirmed(stage, lin, form);
      expect(skillOf(stage, VIP).name).toBe('Tier 2');
    });

    it('goes by it all the same where both come and disagree', async () => {
      const form = await lin.says('/skill rename');
      const other = await lin.says('/skill set-agents');
      await chooses(other, 'skill', VIP);
      const action = { ...withoutValue(other, { skill: VIP, name: 'Tier 2' }), value: callbackIn(form) };
      await stage.sandbox.clickRaw('admin', form.messageId, action);
      expect(form).toMatchObject({ template: 'orange', title: 'Please confirm: Rename' });
    });

    it('is known by the name of its step as well', async () => {
      const form = await lin.says('/skill remove-rule');
      const steps = { skill: ENGLISH };
      for (const [field, option] of Object.entries(steps)) {
        const action = { tag: 'select_static', name: `${submitIn(form)}_${field}`, option };
        expect(await stage.sandbox.clickRaw('admin', form.messageId, action)).toMatchObject({ status: 'ok' });
      }
      expect(fieldsOf(form)).toEqual(['rule']);
    });

    it.each([undefined, 'submit', 'form_rename_x', 'form_no_such_thing_01JA0000000000000000000000'])(
      'and whose name is %j changes nothing and says so',
      async (name) => {
        const form = await lin.says('/skill rename');
        const action = { tag: 'button', name, form_value: { skill: VIP, name: 'Tier 2' } };
        const { toast, card } = await stage.sandbox.clickRaw('admin', form.messageId, action);
        expect([toast?.type, JSON.stringify(card ?? '').includes('This card is over')]).toEqual(
          name?.includes('thing') ? [undefined, true] : ['error', false],
        );
      },
    );
  });

  describe('opened by a button', () => {
    it.each([
      ['rename', 'Rename a skill', ['name']],
      ['add-agent', 'Add agents', ['agents']],
      ['remove-agent', 'Remove agents', ['agents']],
      ['rules', 'Rules: VIP', []],
      ['history', 'History: VIP', []],
      ['delete', 'Please confirm: Delete a skill', []],
    ])('of the card of a skill: %s knows which skill it is about', async (command, title, fields) => {
      const card = await lin.says('/skill show VIP');
      await lin.presses(card, `form.${command}`);
      expect(card.title).toBe(title);
      expect(fieldsOf(card)).toEqual(fields);
      if (fields.length > 0) expect(card.text).toContain(`Skill　VIP (${VIP})`);
    });

    it.each([
      ['add-rule', 'Add a rule', ['condition']],
      ['edit-rule', 'Edit a rule', ['rule']],
      ['remove-rule', 'Remove a rule', ['rule']],
    ])('of the card of rules: %s knows which skill it is about', async (command, title, fields) => {
      const card = await lin.says('/skill rules VIP');
      await lin.presses(card, `form.${command}`);
      expect(card.title).toBe(title);
      expect(fieldsOf(card)).toEqual(fields);
    });

    it('of a card of rules without rules: there is nothing to edit or remove', async () => {
      expect((await lin.says('/skill rules 账号')).actions).toEqual(['form.add-rule']);
      expect((await lin.says('/skill show 默认技能')).actions).not.toContain('form.delete');
    });

    it('of a card that says what was wrong with a command', async () => {
      const card = await lin.says('/skill rename VIP');
      expect(card.template).toBe('red');
      await lin.presses(card, 'form.rename');
      expect(fieldsOf(card)).toEqual(['skill', 'name']);
    });
  });

  describe('with something wrong in it comes back', () => {
    it.each([
      ['too long a name', 'x'.repeat(201), 'The name has 201 characters'],
      ['no name', '  ', 'The name cannot be empty'],
      ['invisible characters', 'a\u202eb', 'a⟦U+202E⟧b'],
      ['the name it has', 'VIP', 'nothing would change'],
    ])('with %s', async (_, name, problem) => {
      const form = await lin.says('/skill rename');
      await submits(form, { skill: VIP, name });
      expect(form).toMatchObject({ template: 'red', title: 'Rename a skill' });
      expect(form.text).toContain(problem);
      expect(form.text).toContain(`Skill　VIP (${VIP})`);
      expect(JSON.stringify(form.card)).toContain(JSON.stringify(name));
      await submits(form, { name: 'Tier 2' });
      await confirmed(stage, lin, form);
      expect(skillOf(stage, VIP).name).toBe('Tier 2');
    });

    it('with everything that was filled in', async () => {
      const form = await lin.says('/skill create');
      await chooses(form, 'conditions', '17');
      await submits(form, { name: '夜班', agents: [tom, sara], operator_0: '3', value_0: '很高' });
      expect(form.template).toBe('red');
      expect(form.text).toContain('“很高” is not a number');
      // What is not touched stays as it is shown.
      await submits(form, { value_0: '4' });
      const { requestBody } = await confirmed(stage, lin, form);
      expect(requestBody).toMatchObject({
        name: '夜班',
        agent_ids: [tom, sara],
        rules: [{ id: '17', selected_operator: 3, operand: '4' }],
      });
    });

    it('with nobody chosen', async () => {
      const form = await lin.says('/skill add-agent');
      await chooses(form, 'skill', VIP);
      await submits(form, { agents: [] });
      expect(form).toMatchObject({ template: 'red', title: 'Add agents' });
      expect(form.text).toContain('Still missing: which agents');
      await submits(form, { agents: [wang] });
      expect(form.template).toBe('orange');
    });

    it('with an unknown department', async () => {
      const form = await lin.says('/skill add-rule');
      await chooses(form, 'skill', VIP);
      await chooses(form, 'condition', '12');
      await submits(form, { operator: '7', value: '销售' });
      expect(form.text).toContain('“销售” is neither a department');
      await submits(form, { value: 'IT' });
      expect(form.template).toBe('orange');
    });

    it('when the rule is gone that was chosen', async () => {
      const form = await lin.says('/skill remove-rule');
      await chooses(form, 'skill', ENGLISH);
      const rule = optionsOf(form, 'rule')[0] ?? '';
      stage.sandbox.desk.edit(ENGLISH, (skill) => {
        skill.rules = [{ id: '3', selectedOperator: 6, operatorOptions: [5, 6], operand: '广州' }];
      });
      await submits(form, { rule });
      expect(form.text).toContain('no longer there');
      await submits(form, { rule: optionsOf(form, 'rule')[0] ?? '' });
      expect(form.text).toContain('City is none of 广州');
    });

    it('not when the skill is gone: there is nothing to fill in any more', async () => {
      const form = await lin.says('/skill rename');
      stage.sandbox.desk.remove(VIP);
      await submits(form, { skill: VIP, name: 'Tier 2' });
      expect(form.template).toBe('red');
      expect(form.actions).not.toContain(CONFIRM);
    });
  });

  it('to remove a rule says so when the skill has none', async () => {
    for (const command of ['remove-rule', 'edit-rule']) {
      const form = await lin.says(`/skill ${command}`);
      await chooses(form, 'skill', NETWORK);
      expect(form.text).toContain('(none)');
      expect(form.text).toContain('Send /skill add-rule');
      expect(fieldsOf(form)).toEqual([]);
    }
  });

  it('of somebody else does nothing', async () => {
    const form = await lin.says('/skill rename', { chat: 'group' });
    const outcome = await stage.person('employee').presses(form, SUBMIT, { formValue: { skill: VIP, name: 'Mine' } });
    expect(outcome.toast).toMatchObject({ type: 'error' });
    expect(outcome.toast?.i18n?.en_us).toContain('belongs to somebody else');
    expect(form).toMatchObject({ template: 'blue', title: 'Rename a skill' });

    const step = await lin.says('/skill add-rule', { chat: 'group' });
    await stage.person('employee').presses(step, { tag: 'select_static' }, { option: VIP });
    expect(fieldsOf(step)).toEqual(['skill']);
  });

  it('that is submitted twice makes one change', async () => {
    const form = await lin.says('/skill rename');
    const twice = [1, 2].map(() => submits(form, { skill: VIP, name: 'Tier 2' }));
    const cards = (await Promise.all(twice)).map(({ card }) => JSON.stringify(card));
    expect(new Set(cards).size).toBe(1);
    await confirmed(stage, lin, form);
    expect(skillOf(stage, VIP).name).toBe('Tier 2');
  });

  it('that was submitted long ago and is sent again shows the same change', async () => {
    const form = await lin.says('/skill rename');
    const [value] = [callbackIn(form)];
    await submits(form, { skill: VIP, name: 'Tier 2' });
    await confirmed(stage, lin, form);
    const before = writes(stage).length;
    const again = { tag: 'button', name: 'submit', value, form_value: { skill: NETWORK, name: 'Tier 3' } };
    const outcome = await stage.sandbox.clickRaw('admin', form.messageId, again);
    expect(outcome.status).toBe('ok');
    expect(form.actions).not.toContain(CONFIRM);
    expect(writes(stage)).toHaveLength(before);
    expect(skillOf(stage, NETWORK).name).toBe('网络支持');
  });

  it('does not take fields that it does not have', async () => {
    const form = await lin.says('/skill show VIP');
    await lin.presses(form, 'form.rename');
    const value = callbackIn(form);
    const form_value = { name: 'Tier 2', skill: NETWORK, conditions: ['3'], __proto__: { agents: [tom] } };
    await stage.sandbox.clickRaw('admin', form.messageId, { tag: 'button', name: 'submit', value, form_value });
    expect(form.text).toContain(VIP);
    expect(form.text).not.toContain(NETWORK);
  });

  it('works after the bot was restarted', async () => {
    const form = await lin.says('/skill add-rule');
    await chooses(form, 'skill', VIP);
    await chooses(form, 'condition', '17');
    await stage.bot.stop();
    await stage.restart();
    await submits(form, { operator: '2', value: '3' });
    expect(form.template).toBe('orange');
    await stage.bot.kill();
    await stage.restart();
    await confirmed(stage, lin, form);
    expect(rulesOf(stage, VIP).at(-1)).toEqual({ id: '17', selectedOperator: 2, operand: '3' });
  });

  it('goes on by itself after the login of somebody who has to log in first', async () => {
    const zhou = stage.person('owner');
    const form = await zhou.says('/skill rename');
    await zhou.presses(form, SUBMIT, { formValue: { skill: VIP, name: 'Tier 2' } });
    expect(form).toMatchObject({ template: 'orange', title: 'Please log in' });
    expect(form.text).toContain('continues by itself');
    expect((await zhou.logsIn(form)).status).toBe(200);
    await stage.sandbox.waitForMessage(
      ({ messageId, card }) => messageId === form.messageId && JSON.stringify(card).includes(CONFIRM),
    );
    expect(form.text).toContain('VIP　→　Tier 2');
    const { userOpenId } = await confirmed(stage, zhou, form);
    expect(userOpenId).toBe(zhou.openId);
    await zhou.says('/skill logout');
  });
});

/** The name that says what the form is, where its value does not come. */
function submitIn(form: ShownCard): string {
  const [name] = /form_[a-z_]+_[0-9A-Z]{26}/.exec(JSON.stringify(form.card)) ?? [];
  if (name === undefined) throw new Error(`the card "${form.title}" has no name for its form`);
  return name;
}

/** What the submit button calls back with. */
function callbackIn(form: ShownCard): unknown {
  const [value] = /\{"action":"form\.[a-z-]+","id":"[0-9A-Z]{26}"\}/.exec(JSON.stringify(form.card)) ?? [];
  return JSON.parse(value ?? '{}');
}

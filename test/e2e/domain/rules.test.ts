import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Rule } from 'local-feishu/helpdesk';
import { RULE_OPTIONS } from 'local-feishu/helpdesk';
import { type Actor, type Stage, skillOf, startStage } from '../../support/story.ts';
import {
  ACCOUNTS,
  asInTheBeginning,
  CONFIRM,
  chen,
  confirmed,
  done,
  ENGLISH,
  PRINTERS,
  planned,
  refused,
  rulesOf,
  sara,
  tom,
  VIP,
  wang,
} from './admin.ts';

const IT = { selected_departments: [{ id: 'od-7c1e0b9fa2d34e58b6071829304a5b6c', name: 'IT' }] };
const OTHER = 'od-1111111111111111';
/** The only rule of VIP, as it is sent. */
const IN_IT = { id: '12', selected_operator: 8, operator_options: [7, 8], operand: IT };

/** A condition and an operator that no document knows. */
const FUTURE = { id: '99', operatorOptions: [42, 43], category: 9, displayName: '星座' };
const ZODIAC = { zodiac: { sign: 'leo', weight: 3 } };

describe('the rules of a skill', () => {
  let stage: Stage;
  let lin: Actor;
  beforeAll(async () => {
    stage = await startStage({ loggedIn: ['admin'] });
    lin = stage.person('admin');
  });
  beforeEach(() => asInTheBeginning(stage));
  afterAll(() => stage.close());

  const city = (selected_operator: number, operand: string) => ({ id: '3', selected_operator, operand });
  const level = (selected_operator: number, operand: string) => ({ id: '17', selected_operator, operand });

  describe.each([
    ['everything by number', '3 5 北京', city(5, '北京')],
    ['Chinese words', '城市 是 北京', city(5, '北京')],
    ['the Chinese name of the operator', '城市 是右侧任一 北京', city(5, '北京')],
    ['English words', 'City is Beijing', city(5, 'Beijing')],
    ['the English name of the operator', 'city IS ANY OF Beijing', city(5, 'Beijing')],
    ['an English negation', 'City is none of Beijing', city(6, 'Beijing')],
    ['a Chinese negation', '城市 不是 北京', city(6, '北京')],
    ['a sign', 'City != Beijing', city(6, 'Beijing')],
    ['no spaces', 'City=Beijing', city(5, 'Beijing')],
    ['no spaces around a Chinese sign', '城市≠北京', city(6, '北京')],
    ['a space on one side of the sign', 'City =Beijing', city(5, 'Beijing')],
    ['full-width letters and a part of the name', 'Ｃｉｔ is Beijing', city(5, 'Beijing')],
    ['a value in quotes', 'City is "New York"', city(5, 'New York')],
    ['a quoted value with commas', 'City is "a, b"', city(5, 'a, b')],
    ['a value with a sign in it', 'City is x=y', city(5, 'x=y')],
    ['a value with a sign in it and no spaces', 'City=x=y', city(5, 'x=y')],
    ['several values', '城市 是 北京、上海', city(5, '["北京","上海"]')],
    ['several quoted values', '城市 是 “北京”、“上海”', city(5, '["北京","上海"]')],
    ['a quoted value beside another one', 'City is "New York", Boston', city(5, '["New York","Boston"]')],
    ['a bound in full-width digits', '级别 >= ４', level(2, '4')],
    ['a language by what people call it', '语言 是 中文', { id: '10', selected_operator: 8, operand: 'zh_cn' }],
    ['several values with spaces and commas', 'City is Beijing, Shanghai', city(5, '["Beijing","Shanghai"]')],
    ['a part of the name and a bound', '级别 >= 4', level(2, '4')],
    ['an upper bound in words', 'User level is at most 4', level(3, '4')],
    ['an upper bound in Chinese', '用户级别 不大于 4', level(3, '4')],
    ['a bound without spaces', '用户级别≥4', level(2, '4')],
    ['a number as operator', '用户级别 3 4', level(3, '4')],
    ['a source by its Chinese name', '来源 是 服务端', { id: '9', selected_operator: 8, operand: '1' }],
    ['a source by its number', 'Ticket source is 0', { id: '9', selected_operator: 8, operand: '0' }],
    ['both sources', '来源 不是 客服端，服务端', { id: '9', selected_operator: 7, operand: '["0","1"]' }],
    [
      'a quoted language in English',
      'Language is "Simplified Chinese"',
      { id: '10', selected_operator: 8, operand: 'zh_cn' },
    ],
    ['a language in Chinese', '语言 是 日语', { id: '10', selected_operator: 8, operand: 'ja_jp' }],
    ['a language by its code', 'Language is en_us', { id: '10', selected_operator: 8, operand: 'en_us' }],
    ['a person who is mentioned', '姓名/邮箱 是 @王五', { id: '11', selected_operator: 8, operand: wang }],
    ['a person by id', `Name or email is ${wang}`, { id: '11', selected_operator: 8, operand: wang }],
    ['a person by mail', '11 8 Sara.Chen@example.com', { id: '11', selected_operator: 8, operand: sara }],
    ['people', '姓名/邮箱 不是 @王五 @Sara', { id: '11', selected_operator: 7, operand: JSON.stringify([wang, sara]) }],
    ['a department by name', '部门 不是 it', { id: '12', selected_operator: 7, operand: IT }],
    [
      'departments, one by id',
      `Department is none of IT, ${OTHER}`,
      {
        id: '12',
        selected_operator: 7,
        operand: { selected_departments: [...IT.selected_departments, { id: OTHER, name: OTHER }] },
      },
    ],
    [
      'a category by id',
      '中文知识库分类 是 6948728206392295444',
      { id: '14', selected_operator: 8, operand: '6948728206392295444' },
    ],
  ])('with %s', (_, typed, rule) => {
    it(`adds ${typed}`, async () => {
      const { write, seen } = await done(stage, lin, `/skill add-rule VIP ${typed}`);
      expect(seen).toContain('+ Rule');
      const operator_options = RULE_OPTIONS.find(({ id }) => id === rule.id)?.operatorOptions;
      expect(write.requestBody).toEqual({ agent_skill: { rules: [IN_IT, { ...rule, operator_options }] } });
    });
  });

  it('says when the format of a condition is a guess, and does not when the desk shows it', async () => {
    const guess = await planned(lin, '/skill add-rule VIP 来源 是 服务端');
    expect(guess.text).toContain('is a guess: no rule of this helpdesk shows it');
    const known = await planned(lin, '/skill add-rule VIP 城市 是 北京');
    expect(known.text).not.toContain('is a guess');
  });

  describe.each([
    ['an unknown condition', '天气 是 晴', 'There is no condition “天气”', 'City (3)'],
    [
      'a part of several names',
      '知识库 是 6948728206392295444',
      'There is no condition “知识库”',
      'English knowledge base',
    ],
    ['an operator that is none', '城市 大概 北京', '“大概” is not an operator', 'is any of (5)'],
    ['an operator that is not offered', '城市 >= 3', 'does not take “>=”', 'is none of (6)'],
    ['a number of an operator that is not offered', '3 8 北京', 'does not take “8”', 'is any of (5)'],
    ['a level that is no number', '用户级别 >= 高', '“高” is not a number', 'Usage'],
    ['two bounds', '用户级别 >= 3 4', 'there were 2', 'Usage'],
    ['an unknown language', '语言 是 克林贡语', '“克林贡语” is not a language', 'en_us'],
    ['a language of two words without quotes', '语言 是 Simplified Chinese', '“Simplified” is not a language', 'zh_cn'],
    ['a name for a department', '部门 是 Finance', '“Finance” is neither a department', 'Known: IT'],
    ['a name for a category', '中文知识库分类 是 Printers', '“Printers” is neither a knowledge', 'Usage'],
    ['an unknown source', '来源 是 电话', '“电话” is not a ticket source', 'agent client (0)'],
    ['a person by name', '姓名/邮箱 是 王五', '“王五” is not a person', 'Usage'],
    ['a person where there is none', '城市 是 @王五', '“王五” is not a text', 'Usage'],
    ['an unknown department', '部门 是 销售', '“销售” is neither a department', 'Known: IT'],
    ['an unknown category', '中文知识库分类 是 网络', '“网络” is neither a knowledge base category', 'Usage'],
    ['no operator', '城市', 'Still missing: which operator', 'Usage'],
    ['no value', '城市 是', 'Still missing: the values', 'Usage'],
    ['no condition', '', 'Still missing: which condition', 'Usage'],
    ['everybody', '姓名/邮箱 是 @all', '@all cannot be used', 'Usage'],
  ])('refuses %s', (_, typed, problem, help) => {
    it(`tells what is wrong with ${typed}`, async () => {
      stage.sandbox.desk.rules.push({ id: '15', operatorOptions: [7, 8], category: 1, displayName: '英文知识库分类' });
      const card = await refused(lin, `/skill add-rule VIP ${typed}`);
      expect(card.text).toContain(problem);
      expect(card.text).toContain(help);
      expect(card.actions).toEqual(['form.add-rule']);
    });
  });

  it('refuses a mail address that nobody has', async () => {
    const card = await refused(lin, '/skill add-rule VIP 姓名/邮箱 是 nobody@example.com');
    expect(card.title).toBe('These people were not found');
  });

  it('does not add a rule that is there', async () => {
    const card = await refused(lin, '/skill add-rule VIP 部门 是 IT');
    expect(card.text).toContain('There is this rule already:　Department is any of IT');
  });

  describe('about people', () => {
    const person = (operand: Exclude<Rule['operand'], undefined>) =>
      stage.sandbox.desk.edit(VIP, (skill) => {
        skill.rules = [{ id: '11', selectedOperator: 8, operatorOptions: [7, 8], operand }];
      });

    it('names those who are mentioned: in the preview, in the result and in the history', async () => {
      const { seen, card } = await done(stage, lin, '/skill add-rule 账号与权限 姓名/邮箱 是 @Tom @王五');
      expect(seen).toContain('+ Rule　Name or email is any of Tom Li, 王五');
      expect(card.text).toContain('+ Rule　Name or email is any of Tom Li, 王五');
      expect(card.chinese).toContain('＋ 条件　姓名/邮箱 是右侧任一 Tom Li、王五');
      const history = await lin.says(`/skill history ${ACCOUNTS}`);
      expect(history.text).toContain('+ Rules　Name or email is any of Tom Li, 王五');
      const removed = await planned(lin, '/skill undo');
      expect(removed.text).toContain('− Rule　Name or email is any of Tom Li, 王五');
    });

    it.each([
      ['an id', tom],
      ['a list of ids', [tom]],
      ['a text that is a list', JSON.stringify([tom])],
      ['something with an id', { selected_users: [{ id: tom }] }],
    ])('names the agents of the skill, where the operand is %s', async (_, operand) => {
      person(operand);
      for (const line of ['/skill show VIP', '/skill rules VIP', '/skill remove-rule VIP 城市', '/skill delete VIP']) {
        expect((await lin.says(line)).text).toContain('Name or email is any of Tom Li');
      }
      expect((await refused(lin, '/skill add-rule VIP 11 8 @Tom')).text).toContain('Name or email is any of Tom Li');
      const form = await lin.says('/skill rules VIP');
      await lin.presses(form, 'form.remove-rule');
      expect(form.text).toContain('Name or email is any of Tom Li');
    });

    it('names somebody else too, whom the app may see', async () => {
      person([wang, 'ou_gone']);
      for (const line of ['/skill show VIP', '/skill rules VIP', '/skill delete VIP', '/skill remove-rule VIP 11']) {
        expect((await lin.says(line)).text).toContain('Name or email is any of 王五, ou_gone');
      }
      const form = await lin.says('/skill rules VIP');
      await lin.presses(form, 'form.edit-rule');
      expect(form.text).toContain('Name or email is any of 王五, ou_gone');
      const edited = await planned(lin, '/skill edit-rule VIP 11 sara.chen@example.com');
      expect(edited.text).toContain('− Rule　Name or email is any of 王五, ou_gone');
      expect(edited.text).toContain('+ Rule　Name or email is any of Sara Chen');
      const added = await planned(lin, `/skill add-rule VIP 11 7 ${chen}`);
      expect(added.text).toContain('+ Rule　Name or email is none of 陈默');
    });

    it('shows ids where names cannot be found out', async () => {
      person(wang);
      stage.sandbox.faults.add({
        route: '/open-apis/contact/v3/users/:user_id',
        kind: { type: 'status', status: 400, code: 99991672, msg: 'Access denied' },
      });
      expect((await lin.says('/skill rules VIP')).text).toContain(`Name or email is any of ${wang}`);
    });

    it('leaves an unknown person an id, and a value of another condition as it is', async () => {
      person(['ou_gone', tom]);
      expect((await lin.says('/skill rules VIP')).text).toContain('Name or email is any of ou_gone, Tom Li');
      stage.sandbox.desk.edit(VIP, (skill) => {
        skill.rules = [{ id: '3', selectedOperator: 5, operatorOptions: [5, 6], operand: tom }];
      });
      expect((await lin.says('/skill rules VIP')).text).toContain(`City is any of ${tom}`);
    });
  });

  describe('writes operands as the desk has them', () => {
    it('as a string where the skill has a string', async () => {
      const { write } = await done(stage, lin, `/skill add-rule Printers 部门 是 IT, ${OTHER}`);
      const two = { selected_departments: [...IT.selected_departments, { id: OTHER, name: OTHER }] };
      expect(write.requestBody).toMatchObject({
        agent_skill: { rules: [{ operand: JSON.stringify(IT) }, { operand: JSON.stringify(two) }] },
      });
    });

    it.each(['string', 'object'] as const)('as %s where all of the desk comes so', async (form) => {
      stage.sandbox.settings.operandForm = form;
      const { write } = await done(stage, lin, '/skill add-rule VIP 部门 不是 IT');
      const operand = form === 'string' ? JSON.stringify(IT) : IT;
      expect(write.requestBody).toMatchObject({ agent_skill: { rules: [{ operand }, { operand }] } });
    });

    it('in the shape that another skill shows', async () => {
      stage.sandbox.desk.edit(ENGLISH, (skill) => {
        skill.rules = [
          { id: '10', selectedOperator: 8, operatorOptions: [7, 8], operand: { selected_languages: ['en_us'] } },
          {
            id: '14',
            selectedOperator: 8,
            operatorOptions: [7, 8],
            operand: [{ id: '6948728206392295444', name: '网络' }],
          },
        ];
      });
      const language = await done(stage, lin, '/skill add-rule VIP 语言 是 日语、en_us');
      expect(language.seen).not.toContain('is a guess');
      expect(rulesOf(stage, VIP).at(-1)?.operand).toEqual({ selected_languages: ['ja_jp', 'en_us'] });
      await done(stage, lin, '/skill add-rule VIP 中文知识库分类 是 网络');
      expect(rulesOf(stage, VIP).at(-1)?.operand).toEqual([{ id: '6948728206392295444', name: '网络' }]);
    });
  });

  describe('that are there already', () => {
    const twice = () =>
      stage.sandbox.desk.edit(VIP, (skill) => {
        skill.rules = [
          { id: '3', selectedOperator: 5, operatorOptions: [5, 6], operand: '北京' },
          { id: '3', selectedOperator: 6, operatorOptions: [5, 6], operand: '上海' },
        ];
      });

    it('shows them in words', async () => {
      twice();
      const card = await lin.says('/skill rules VIP');
      expect(card).toMatchObject({ template: 'blue', title: 'Rules: VIP' });
      expect(card.text).toContain('City is any of 北京');
      expect(card.text).toContain('City is none of 上海');
      expect(card.chinese).toContain('城市 是右侧任一 北京');
      expect((await lin.says('/skill rules 账号')).text).toContain('No rules: every ticket fits');
    });

    it('changes the values of one, and keeps its operator', async () => {
      const { write } = await done(stage, lin, `/skill edit-rule ${ENGLISH} 城市 北京`);
      expect(write.requestBody).toEqual({ agent_skill: { rules: [{ ...city(5, '北京'), operator_options: [5, 6] }] } });
    });

    it('changes operator and values of one', async () => {
      const { seen } = await done(stage, lin, '/skill edit-rule Printers Department is any of IT');
      expect(seen).toContain('− Rule　Department is none of IT');
      expect(seen).toContain('+ Rule　Department is any of IT');
      expect(rulesOf(stage, PRINTERS)).toEqual([{ id: '12', selectedOperator: 8, operand: JSON.stringify(IT) }]);
    });

    it('removes one, by its name or by its id', async () => {
      await done(stage, lin, '/skill remove-rule VIP 部门');
      expect(rulesOf(stage, VIP)).toEqual([]);
      const { write } = await done(stage, lin, '/skill remove-rule Printers 12');
      expect(write.requestBody).toEqual({ agent_skill: { rules: [] } });
    });

    it('asks which of two with the same condition, and is told by the operator', async () => {
      twice();
      for (const line of ['/skill remove-rule VIP 城市', '/skill edit-rule VIP 城市 广州']) {
        const card = await refused(lin, line);
        expect(card.title).toBe('There are several such rules');
        expect(card.text).toContain('City is none of 上海');
      }
      await done(stage, lin, '/skill edit-rule VIP 城市 不是 广州');
      expect(rulesOf(stage, VIP).map(({ operand }) => operand)).toEqual(['北京', '广州']);
      await done(stage, lin, '/skill remove-rule VIP 城市 是');
      expect(rulesOf(stage, VIP)).toEqual([{ id: '3', selectedOperator: 6, operand: '广州' }]);
    });

    it('says which there are when the one meant is not among them', async () => {
      const card = await refused(lin, '/skill remove-rule VIP 城市');
      expect(card.title).toBe('No such rule');
      expect(card.text).toContain('Department is any of IT');
      expect((await refused(lin, '/skill edit-rule VIP 城市 北京')).title).toBe('No such rule');
    });

    it('says so when an edit changes nothing', async () => {
      const card = await refused(lin, `/skill edit-rule ${ENGLISH} 城市 上海`);
      expect(card.text).toContain('The rule already is:　City is any of 上海');
    });

    it('does not take more words than there is a use for', async () => {
      const card = await refused(lin, '/skill remove-rule VIP 部门 IT');
      expect(card.text).toContain('Not expected here: “IT”');
    });
  });

  describe('with a condition and an operator of the future', () => {
    const zodiac = { id: '99', selected_operator: 42, operator_options: [42, 43], operand: ZODIAC };
    beforeEach(() => {
      stage.sandbox.desk.rules.push(FUTURE);
      stage.sandbox.desk.edit(VIP, (skill) => {
        skill.rules = [{ id: '99', selectedOperator: 42, operatorOptions: [42, 43], operand: ZODIAC }];
      });
    });

    it('shows it by what is known of it', async () => {
      const card = await lin.says('/skill show VIP');
      expect(card.text).toContain('星座 (99) operator 42 「{"zodiac":{"sign":"leo","weight":3}}」');
    });

    it('leaves it as it is when something else changes', async () => {
      const renamed = await done(stage, lin, `/skill rename ${VIP} Leo`);
      expect(renamed.write.requestBody).toEqual({ agent_skill: { name: 'Leo' } });
      await done(stage, lin, '/skill add-agent Leo @王五');
      expect(rulesOf(stage, VIP)).toEqual([{ id: '99', selectedOperator: 42, operand: ZODIAC }]);
    });

    it('sends it back unchanged with a rule that is added or removed', async () => {
      const added = await done(stage, lin, '/skill add-rule VIP 城市 是 北京');
      expect(added.write.requestBody).toMatchObject({ agent_skill: { rules: [zodiac, city(5, '北京')] } });
      const removed = await done(stage, lin, '/skill remove-rule VIP 城市');
      expect(removed.write.requestBody).toEqual({ agent_skill: { rules: [zodiac] } });
    });

    it('can be used by name and number, and says that the format is a guess', async () => {
      const { seen } = await done(stage, lin, '/skill add-rule English 星座 43 leo');
      expect(seen).toContain('is a guess: no rule of this helpdesk shows it');
      expect(rulesOf(stage, ENGLISH).at(-1)).toEqual({ id: '99', selectedOperator: 43, operand: ['leo'] });
    });

    it('keeps the type of an operand whose shape nobody knows, and says that it is a guess', async () => {
      const preview = await planned(lin, '/skill edit-rule VIP 星座 43 virgo');
      expect(preview.text).toContain('⚠️');
      await confirmed(stage, lin, preview);
      expect(typeof rulesOf(stage, VIP)[0]?.operand).toBe('object');
    });

    it('keeps the ids of values that it names', async () => {
      const operand = {
        signs: [
          { id: '5', name: 'Leo' },
          { id: '6', name: 'Virgo' },
        ],
      };
      stage.sandbox.desk.edit(VIP, (skill) => {
        skill.rules = [{ id: '99', selectedOperator: 42, operatorOptions: [42, 43], operand }];
      });
      await done(stage, lin, '/skill edit-rule VIP 星座 43 virgo');
      expect(rulesOf(stage, VIP)).toEqual([
        { id: '99', selectedOperator: 43, operand: { signs: [{ id: '6', name: 'Virgo' }] } },
      ]);
    });
  });

  it('says what Feishu says when it does not take a rule after all', async () => {
    const preview = await planned(lin, '/skill add-rule VIP 来源 是 服务端');
    stage.sandbox.desk.rules.splice(0, stage.sandbox.desk.rules.length, {
      id: '12',
      operatorOptions: [7, 8],
      category: 3,
      displayName: '部门',
    });
    await lin.presses(preview, CONFIRM);
    await preview.becomes('red');
    expect(preview.text).toContain('154000');
    expect(preview.text).toContain('The skill was not changed');
    expect(rulesOf(stage, VIP)).toHaveLength(1);
  });
});

describe('a desk that clears what a PATCH leaves out', () => {
  it('gets whole skills, with conditions and operands as it had them', async () => {
    const stage = await startStage({ loggedIn: ['admin'] });
    const { desk, settings } = stage.sandbox;
    settings.whenAbsent = 'clear';
    desk.rules.push(FUTURE);
    const rules = [
      { id: '99', selectedOperator: 42, operatorOptions: [42, 43], operand: ZODIAC },
      { id: '12', selectedOperator: 7, operatorOptions: [7, 8], operand: JSON.stringify(IT) },
    ];
    desk.edit(VIP, (skill) => {
      skill.rules = structuredClone(rules);
    });
    const lin = stage.person('admin');
    const first = await planned(lin, `/skill rename ${VIP} Leo`);
    await lin.presses(first, CONFIRM);
    await first.becomes('green');
    expect(first.text).toContain('clears the fields that are not sent');
    const { write } = await done(stage, lin, '/skill add-agent Leo @王五');
    expect(Object.keys(Object(write.requestBody).agent_skill).sort()).toEqual(['agent_ids', 'name', 'rules']);
    expect(skillOf(stage, VIP)).toMatchObject({ name: 'Leo', rules });
    await stage.close();
  });
});

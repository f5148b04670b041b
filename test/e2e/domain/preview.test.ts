import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ShownCard } from '../../support/shownCard.ts';
import { type Actor, type Stage, skillOf, startStage } from '../../support/story.ts';
import {
  asInTheBeginning,
  CONFIRM,
  changeIdIn,
  confirmed,
  done,
  ENGLISH,
  NETWORK,
  PRINTERS,
  planned,
  refused,
  tom,
  VIP,
  wang,
  writes,
  zhang,
} from './admin.ts';
import { fieldsOf, textIn } from './fields.ts';

const SALES = [
  { id: 'od-1111111111111111', name: '销售' },
  { id: 'od-2222222222222222', name: '销售' },
];

let stage: Stage;
let lin: Actor;
beforeAll(async () => {
  stage = await startStage({ loggedIn: ['admin'] });
  lin = stage.person('admin');
});
beforeEach(() => asInTheBeginning(stage));
afterAll(() => stage.close());

/** Gives a skill one rule only, about these departments. */
const only = (id: string, ...selected_departments: { id: string; name: string }[]) =>
  stage.sandbox.desk.edit(id, (skill) => {
    const operand = { selected_departments };
    skill.rules = [{ id: '12', selectedOperator: 8, operatorOptions: [7, 8], operand }];
  });
const rename = (id: string, name: string) =>
  stage.sandbox.desk.edit(id, (skill) => void Object.assign(skill, { name }));

/** Says a line that is refused because of a character, and nothing is written. */
async function refusedFor(line: string, ...said: string[]): Promise<ShownCard> {
  const before = writes(stage).length;
  const card = await refused(lin, line);
  expect(card.title).toBe('Some characters cannot be written');
  for (const text of said) expect(card.text).toContain(text);
  expect(card.chinese).toContain('含有不能写入的字符');
  expect(writes(stage)).toHaveLength(before);
  return card;
}

describe('a character that cannot be seen', () => {
  it.each([
    ['a mark of direction', '\u200e', 'U+200E: a text direction mark'],
    ['an embedding', '\u202a', 'U+202A: a text direction mark'],
    ['an override', '\u202e', 'U+202E: a text direction mark'],
    ['an isolate', '\u2068', 'U+2068: a text direction mark'],
    ['a word joiner', '\u2060', 'U+2060: a zero-width character'],
    ['half a character', '\ud83d', 'U+D83D: half of a character'],
  ])('is refused in a value: %s', async (_, character, said) => {
    const mark = `⟦${said.slice(0, 6)}⟧`;
    await refusedFor(`/skill add-rule VIP 城市 是 北${character}京`, said, `北${mark}京`, 'character 2');
    await refusedFor(`/skill add-rule VIP 城市 是 "上海、北${character}京"`, said);
    await refusedFor(`/skill edit-rule ${ENGLISH} 城市 北${character}京`, said);
  });

  it('is refused in a value: a quoted tab', async () => {
    await refusedFor('/skill add-rule VIP 城市 是 "北\t京"', 'U+0009: a tab', '北⟦U+0009⟧京');
  });

  it.each([
    0xa0, 0xad, 0x34f, 0x180b, 0x200b, 0x200d, 0x2062, 0x206a, 0x2800, 0x3164, 0xfe0f, 0xffa0, 0xfff9, 0xe0041, 0x2068,
  ])('is refused in a new name: %#', async (codePoint) => {
    const name = `Tier${String.fromCodePoint(codePoint)}2`;
    const shown = `Tier⟦U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}⟧2`;
    await refusedFor(`/skill rename VIP ${name}`, shown);
    await refusedFor(`/skill create ${name} @Tom`, shown);
  });

  it('is no name and no value by itself', async () => {
    await refusedFor('/skill rename VIP \u3164', '⟦U+3164⟧');
    expect((await refused(lin, '/skill add-rule VIP 城市 是 "\u3164"')).text).toContain(
      'nothing in it that can be seen',
    );
    expect((await refused(lin, '/skill add-rule VIP 城市 是 " "')).text).toContain('nothing in it that can be seen');
  });

  it.each(['👨‍👩‍👧', '🏳️‍🌈', '❤️', '1️⃣', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', '🇨🇳', 'Ｑ＆Ａ', 'C++', 'é', 'e\u0301', 'สวัสดี', 'हिन्दी क्‍ष', 'می‌خواهم'])(
    'is none of %s, which is written as it is typed',
    async (name) => {
      const { write, seen } = await done(stage, lin, `/skill rename VIP ${name}`);
      expect(write.requestBody).toEqual({ agent_skill: { name } });
      expect(seen).toContain(name);
      const added = await done(stage, lin, `/skill add-rule ${VIP} 城市 是 "${name}"`);
      expect(JSON.stringify(added.write.requestBody)).toContain(name);
    },
  );

  it('is taken away around a command, an id and an address', async () => {
    const preview = await planned(
      lin,
      `\u200e/skill add-agent ${VIP} \u200e${wang}\u200b，\ufeffsara.chen@example.com\u200b`,
    );
    expect(preview.text).toContain('sara.chen@example.com');
  });

  it('that Feishu holds already is shown wherever the name is, and can be written back', async () => {
    const odd = '北\u200e京';
    rename(VIP, odd);
    rename(NETWORK, '北京');
    only(VIP, { id: 'od-1', name: '销\u00adsale' });
    for (const line of ['list', `show ${VIP}`, `rules ${VIP}`, 'agents', `delete ${VIP}`, 'rename']) {
      const card = await lin.says(`/skill ${line}`);
      expect(`${line}: ${card.title} ${card.text}`).toContain('北⟦U+200E⟧京');
    }
    expect((await lin.says(`/skill show ${VIP}`)).text).toContain('销⟦U+00AD⟧sale (od-1)');
    const { card } = await done(stage, lin, `/skill rename ${VIP} Capital`);
    expect(card.text).toContain('北⟦U+200E⟧京');
    const undo = await planned(lin, `/skill undo ${changeIdIn(card)}`);
    expect(undo.text).toContain('北⟦U+200E⟧京');
    expect((await confirmed(stage, lin, undo)).requestBody).toEqual({ agent_skill: { name: odd } });
    expect(skillOf(stage, VIP).name).toBe(odd);
  });
});

describe('what looks alike', () => {
  it('is told apart by code points in a change from one to the other', async () => {
    rename(VIP, 'café');
    const preview = await planned(lin, `/skill rename ${VIP} cafe\u0301`);
    expect(preview.text).toContain('U+00E9 → U+0065 U+0301');
    expect(preview.chinese).toContain('两者看起来相同，不同的字符是：U+00E9 → U+0065 U+0301');
    expect((await confirmed(stage, lin, preview)).requestBody).toEqual({ agent_skill: { name: 'cafe\u0301' } });
  });

  it('is told apart by ids in a choice of skills and in what an agent holds', async () => {
    rename(VIP, 'Q&A');
    rename(NETWORK, 'Ｑ＆Ａ');
    stage.sandbox.desk.edit(NETWORK, (skill) => skill.agentIds.push(tom));
    const form = JSON.stringify((await lin.says('/skill rename')).card);
    expect(form).toContain('…5756 · Q&A');
    expect(form).toContain('…5757 · Ｑ＆Ａ');
    const card = await lin.says('/skill agents @Tom');
    expect(card.text).toContain(`Q&A (${VIP})`);
    expect(card.text).toContain(`Ｑ＆Ａ (${NETWORK})`);
  });

  it('is warned of in the name of a new skill', async () => {
    expect((await planned(lin, '/skill create ＶＩＰ @Tom')).text).toContain(
      `whose name is, or looks, the same: ${VIP}`,
    );
  });

  it('is told apart by its spaces', async () => {
    rename(VIP, ' VIP  1');
    expect((await lin.says(`/skill show ${VIP}`)).title).toBe('␣VIP␣␣1');
  });

  it('is one value with a separator, or two', async () => {
    const one = await done(stage, lin, '/skill add-rule VIP 城市 是 "北京、上海"');
    expect(one.seen).toContain('City is any of 「北京、上海」');
    expect(JSON.stringify(one.write.requestBody)).toContain('"operand":"北京、上海"');
    const two = await done(stage, lin, '/skill add-rule VIP 城市 是 北京、上海');
    expect(two.seen).toContain('City is any of 北京, 上海');
    const mixed = await planned(lin, '/skill add-rule VIP 城市 是 "北京、上海"、广州');
    expect(mixed.text).toContain('City is any of 「北京、上海」, 「广州」');
  });

  it('stays one value in the form that edits it', async () => {
    stage.sandbox.desk.edit(ENGLISH, (skill) => {
      for (const one of skill.rules) one.operand = '北京、上海';
    });
    const form = await lin.says(`/skill rules ${ENGLISH}`);
    await lin.presses(form, 'form.edit-rule');
    await lin.presses(form, { value: { field: 'rule' } }, { option: firstOption(form) });
    expect(textIn(form, 'value')).toBe('"北京、上海"');
    await lin.presses(
      form,
      { action: 'form.edit-rule', text: 'Preview' },
      { formValue: { operator: '6', value: '"北京、上海"' } },
    );
    expect(form.text).toContain('City is none of 「北京、上海」');
  });

  it('is people of one name', async () => {
    for (const agent of stage.sandbox.desk.agents) if (agent.openId === zhang) agent.name = 'Tom Li';
    const card = await lin.says(`/skill show ${VIP}`);
    expect(card.text).toContain(`Tom Li (${tom}), Tom Li (${zhang})`);
  });
});

/** The option that a card offers first in a choice. */
function firstOption(card: ShownCard): string {
  expect(fieldsOf(card)).toContain('rule');
  const [, value] = /"value":"([0-9a-f]{16})"/.exec(JSON.stringify(card.card)) ?? [];
  return value ?? '';
}

describe('departments of one name', () => {
  beforeEach(() => {
    only(PRINTERS, ...SALES);
  });

  const operandOf = (write: { requestBody: unknown }) => JSON.stringify(write.requestBody);

  it('are asked about, and the one that is picked is shown and written', async () => {
    const picker = await lin.says('/skill add-rule VIP 部门 是 销售');
    expect(picker).toMatchObject({ template: 'orange', title: 'Which one?', actions: ['value.pick', 'value.pick'] });
    expect(picker.text).toContain('销售　od-1111111111111111');
    expect(picker.text).toContain('销售　od-2222222222222222');
    expect(picker.text).toContain(`Seen in a rule of the skill “Printers” (${PRINTERS})`);
    expect(picker.chinese).toContain('名称相同但 ID 不同，请选择');
    await lin.presses(picker, { action: 'value.pick', nth: 1 });
    expect(picker.actions).toContain(CONFIRM);
    expect(picker.text).toContain('Department is any of 销售 (od-2222222222222222)');
    expect(operandOf(await confirmed(stage, lin, picker))).toContain('od-2222222222222222');
    expect(operandOf(writes(stage).at(-1) ?? { requestBody: '' })).not.toContain('od-1111111111111111');
  });

  it('are asked about in edit-rule, too, one question for each name', async () => {
    const picker = await lin.says('/skill edit-rule VIP 部门 销售、IT');
    await lin.presses(picker, { action: 'value.pick', nth: 0 });
    expect(picker.text).toContain('销售 (od-1111111111111111), IT (od-7c1e0b9fa2d34e58b6071829304a5b6c)');
    await confirmed(stage, lin, picker);
  });

  it('are asked about where the other one is in this skill, or in the offer of the desk', async () => {
    only(PRINTERS, { id: 'od-33', name: 'it' });
    const picker = await lin.says('/skill add-rule VIP 部门 是 IT');
    expect(picker.title).toBe('Which one?');
    expect(picker.text).toContain('od-33');
    expect(picker.text).toContain('the conditions that the helpdesk offers');
  });

  it('are not asked about when the id is given', async () => {
    const preview = await planned(lin, '/skill add-rule VIP 部门 是 od-1111111111111111');
    expect(preview.text).toContain('Department is any of od-1111111111111111');
    expect(preview.text).not.toContain('is written as');
  });

  it('whose name only a rule knows are believed with a remark', async () => {
    only(PRINTERS, { id: 'od-44', name: 'Legal' });
    const preview = await planned(lin, '/skill add-rule VIP 部门 是 legal');
    expect(preview.text).toContain('Legal (od-44)');
    expect(preview.text).toContain(
      `“Legal” is written as od-44: the name is known only from a rule of the skill “Printers” (${PRINTERS})`,
    );
    expect(preview.chinese).toContain('机器人无法向飞书核对');
    expect((await planned(lin, '/skill add-rule VIP 部门 不是 IT')).text).not.toContain('is written as');
  });

  it('cannot be picked by somebody else, nor by a place that there is not', async () => {
    const picker = await lin.says('/skill add-rule VIP 部门 是 销售', { chat: 'group' });
    const other = await stage.person('employee').presses(picker, { action: 'value.pick', nth: 0 });
    expect(other.toast?.type).toBe('error');
    expect(picker.actions).toEqual(['value.pick', 'value.pick']);
  });
});

describe('conditions of one name', () => {
  it('are refused with their ids, and told apart on cards', async () => {
    stage.sandbox.desk.rules.push({ id: '99', operatorOptions: [5, 6], category: 3, displayName: '城市' });
    const card = await refused(lin, '/skill add-rule VIP 城市 是 北京');
    expect(card.text).toContain('2 conditions are called “城市”. Please write the id of the one you mean: 3, 99.');
    expect(card.chinese).toContain('有 2 个条件都叫“城市”');
    expect((await planned(lin, '/skill add-rule VIP 99 是 北京')).text).toContain('城市 (99) is any of 北京');
    expect((await planned(lin, '/skill add-rule VIP 3 是 北京')).text).toContain('City is any of 北京');
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Member } from 'local-feishu';
import type { Rule } from 'local-feishu/helpdesk';
import { problemsOf } from '../../support/checkCard.ts';
import type { ShownCard } from '../../support/shownCard.ts';
import { type Actor, type Stage, skillOf, startStage } from '../../support/story.ts';
import { CONFIRM, chen, confirmed, done, planned, refused, sara, tom, VIP } from './admin.ts';
import { fieldsOf, optionsOf } from './fields.ts';

const FAMILY = '👨‍👩‍👧‍👦';
const long = (text: string): string => [...text.repeat(200)].slice(0, 200).join('').replace(/ $/u, 'x');

/** 200 characters each, of every kind that takes much room or could act on the text around it. */
const NAMES = {
  letters: long('Second line support '),
  Chinese: long('网络支持与账号权限'),
  emoji: long('🚀🧯📎'),
  // Seven characters each: the last four are no family.
  'families of emoji': `${FAMILY.repeat(28)}👪👪👪👪`,
  'right-to-left letters': long('دعم الشبكة '),
  'right-to-left and left-to-right letters': long('שלום abc 123 '),
  punctuation: long('*_~`<>[]()#|&"\\:;'),
  quotes: long('"\''),
  markup: long('<at id=all></at>[a](b)**x**<b>'),
} as const;

const skillId = (at: number): string => String(7_000_000_000_000_000n + BigInt(at));
const MIXED = Object.values(NAMES);
const agent = (at: number): Member => ({
  openId: `ou_${String(at).padStart(32, '0')}`,
  unionId: `on_${String(at).padStart(32, '0')}`,
  name: MIXED[at % MIXED.length] ?? '',
  enName: '',
  email: `agent.${at}@example.com`,
});
const AGENTS = Array.from({ length: 300 }, (_, at) => agent(at));
const rule = (at: number): Rule => ({
  id: '3',
  selectedOperator: 5,
  operatorOptions: [5, 6],
  operand: `${at} ${MIXED[at % MIXED.length]}`.repeat(3),
});
const RULES = Array.from({ length: 50 }, (_, at) => rule(at));
const MANY_RULES = Array.from({ length: 260 }, (_, at) => rule(at));

const CROWD = '8000000000000001';
const RULED = '8000000000000002';
const BOTH = '8000000000000003';
const MANY = '8000000000000004';

let stage: Stage;
let lin: Actor;
beforeAll(async () => {
  stage = await startStage({ loggedIn: ['admin'] });
  lin = stage.person('admin');
  const { desk } = stage.sandbox;
  const everybody = AGENTS.map(({ openId }) => openId);
  desk.agents.push(...AGENTS);
  for (let at = 0; at < 500; at += 1) {
    const name = `${at} ${MIXED[at % MIXED.length]}`.slice(0, -4).trim();
    desk.add({ id: skillId(at), name, isDefault: false, rules: [], agentIds: everybody.slice(0, 20) });
  }
  for (const [id, name] of Object.entries(NAMES)) {
    desk.add({ id: `name-${id.replaceAll(' ', '-')}`, name, isDefault: false, rules: [], agentIds: [] });
  }
  desk.add({ id: CROWD, name: 'Crowd', isDefault: false, rules: [], agentIds: everybody });
  desk.add({ id: RULED, name: 'Ruled', isDefault: false, rules: RULES, agentIds: [] });
  desk.add({ id: MANY, name: 'Many', isDefault: false, rules: MANY_RULES, agentIds: everybody });
  desk.add({ id: BOTH, name: 'Both', isDefault: false, rules: RULES, agentIds: everybody });
});
// Checks every card that was ever sent, also one that Feishu did not take.
afterAll(() => stage.close());

const good = (card: ShownCard): ShownCard => {
  expect(problemsOf(card.card)).toEqual([]);
  expect(card.title).not.toContain('Something went wrong');
  return card;
};

const plain = (text: string): string => text.replace(/[\u2066-\u2069]/g, '');

describe('a desk of 500 skills', () => {
  it('is listed in pages', async () => {
    const card = good(await lin.says('/skill list'));
    expect(card.title).toBe('Agent skills (521)');
    for (let page = 2; page < 12; page += 1) {
      await lin.presses(card, { action: 'page.go', text: 'Next' });
      expect(good(card).text).toContain(`Page ${page} of 53`);
    }
    expect(good(await lin.says('/skill list --page 53')).text).toContain('Page 53 of 53');
    expect(good(await lin.says(`/skill list ${NAMES.Chinese.slice(0, 150)}`)).title).toMatch(/^Skills for “网络/);
  });

  it.each([
    'rename',
    'add-agent',
    'remove-agent',
    'set-agents',
    'add-rule',
    'edit-rule',
    'remove-rule',
    'delete',
    'rules',
  ])('is asked for a name in the form of %s', async (command) => {
    const form = good(await lin.says(`/skill ${command}`));
    if (command === 'add-rule') await lin.presses(form, { value: { field: 'condition' } }, { option: '3' });
    expect(fieldsOf(good(form))).toContain('skill');
    expect(optionsOf(form, 'skill')).toEqual([]);
  });

  it('has a picker for a text that fits many', async () => {
    const card = good(await lin.says('/skill show 1'));
    expect(card.title).toBe('Which skill?');
    await lin.presses(card, { action: 'skill.pick', nth: 3 });
    good(card);
  });

  it('tells who holds what: many skills with long names each', async () => {
    const card = good(await lin.says('/skill agents'));
    expect(card.title).toBe('Agents and their skills (306)');
    expect(card.text).toContain('+');
    for (let page = 2; page < 5; page += 1) {
      await lin.presses(card, { action: 'page.go', text: 'Next' });
      good(card);
    }
    good(await lin.says(`/skill agents ${AGENTS[3]?.openId}`));
  });

  it('is told that there is no such skill, with the nearest', async () => {
    good(await refused(lin, `/skill show ${NAMES.punctuation.slice(0, 180)}x`));
    good(await refused(lin, `/skill show ${NAMES['families of emoji'].slice(0, 100)}x`));
  });
});

describe.each(Object.entries(NAMES))('a name of 200 characters, %s', (kind, name) => {
  const id = `name-${kind.replaceAll(' ', '-')}`;

  it('is shown whole, found, written, kept in the history and taken back', async () => {
    const card = good(await lin.says(`/skill show ${id}`));
    expect(plain(card.title).replaceAll(' ', '')).toBe(name.replaceAll(' ', ''));
    good(await lin.says(`/skill rules ${id}`));
    good(await lin.says(`/skill rename ${id}`));

    const { write, card: renamed } = await done(stage, lin, `/skill rename ${id} ${VIP}`);
    expect(write.requestBody).toEqual({ agent_skill: { name: VIP } });
    good(await lin.says(`/skill history ${id}`));
    const undo = good(await planned(lin, '/skill undo'));
    await confirmed(stage, lin, undo);
    expect(skillOf(stage, id).name).toBe(name);
    good(renamed);

    const created = await planned(lin, `/skill create ${name}`);
    expect(plain(good(created).text).replaceAll(' ', '')).toContain(name.replaceAll(' ', ''));
    await lin.presses(created, 'change.cancel');
    good(created);
    good(await planned(lin, `/skill delete ${id}`));
    good(await planned(lin, `/skill add-agent ${id} @Tom`));
    good(await planned(lin, `/skill add-rule ${id} 城市 是 "${name.replaceAll(/["“”]/g, 'x')}"`));
  });

  it('is told to be too long when it is longer', async () => {
    good(await refused(lin, `/skill rename ${id} ${name}x`));
  });
});

describe('a skill with 300 agents', () => {
  it('is shown', async () => {
    expect(good(await lin.says('/skill show Crowd')).text).toContain('Agents (300)');
    good(await lin.says('/skill rules Crowd'));
  });

  it('gets one more and loses one: only those are shown, and all are written', async () => {
    const more = await done(stage, lin, '/skill add-agent Crowd @陈默');
    expect(good(more.card).text).toContain('+ Agents (1)　陈默');
    expect(Object(more.write.requestBody).agent_skill.agent_ids).toHaveLength(301);
    const less = await done(stage, lin, '/skill remove-agent Crowd @陈默');
    expect(skillOf(stage, CROWD).agentIds).toEqual(AGENTS.map(({ openId }) => openId));
    good(less.card);
  });

  it('is set to one agent: everybody who would lose it is shown', async () => {
    const card = good(await planned(lin, '/skill set-agents Crowd @陈默'));
    expect(card.text).toContain('− Agents (300)');
    for (const { openId } of AGENTS) expect(JSON.stringify(card.card)).toContain(openId);
    await confirmed(stage, lin, card);
    expect(skillOf(stage, CROWD).agentIds).toEqual([chen]);
    good(card);
    good(await lin.says(`/skill history ${CROWD}`));
    const undo = good(await planned(lin, '/skill undo'));
    await confirmed(stage, lin, undo);
    expect(skillOf(stage, CROWD).agentIds.sort()).toEqual(AGENTS.map(({ openId }) => openId).sort());
    good(undo);
  });

  it('is deleted: everybody is named', async () => {
    const card = good(await planned(lin, '/skill delete Crowd'));
    expect(card.text).toContain('Agents (300)');
    for (const { openId } of AGENTS) expect(JSON.stringify(card.card)).toContain(openId);
    stage.sandbox.desk.edit(CROWD, (skill) => skill.agentIds.splice(0, 290));
    await lin.presses(card, CONFIRM);
    expect(good(card).title).toBe('Changed meanwhile: Delete a skill');
    stage.sandbox.desk.edit(CROWD, (skill) => {
      skill.agentIds = AGENTS.map(({ openId }) => openId);
    });
  });

  it.each(['add-agent', 'remove-agent', 'set-agents'])('has a form: %s', async (command) => {
    const form = await lin.says(`/skill ${command}`);
    await lin.presses(form, { tag: 'button' }, { formValue: { skill: 'Crowd' } });
    expect(fieldsOf(good(form))).toEqual(['agents']);
  });
});

describe('a skill with 50 rules with long values', () => {
  it('is shown, each rule so far that it can be told from the others', async () => {
    const card = good(await lin.says('/skill rules Ruled'));
    for (const at of RULES.keys()) expect(card.text).toContain(`${at} `);
    good(await lin.says('/skill show Ruled'));
  });

  it('gets one more: only that is shown, and all are written as they were', async () => {
    const { card } = await done(stage, lin, '/skill add-rule Ruled 城市 是 北京');
    expect(good(card).text).toContain('+ Rule　City is any of 北京');
    expect(skillOf(stage, RULED).rules.slice(0, 50)).toEqual(RULES);
    const undo = good(await planned(lin, '/skill undo'));
    await confirmed(stage, lin, undo);
    expect(skillOf(stage, RULED).rules).toEqual(RULES);
  });

  it('has forms for them, and says which ones fit when it is not clear', async () => {
    for (const command of ['edit-rule', 'remove-rule']) {
      const form = await lin.says(`/skill ${command}`);
      await lin.presses(form, { tag: 'button' }, { formValue: { skill: 'Ruled' } });
      expect(optionsOf(good(form), 'rule')).toHaveLength(50);
      if (command === 'edit-rule') {
        await lin.presses(form, { value: { field: 'rule' } }, { option: optionsOf(form, 'rule')[6] ?? '' });
        good(form);
      }
    }
    good(await refused(lin, '/skill remove-rule Ruled 城市'));
    good(await refused(lin, '/skill remove-rule Ruled 语言'));
  });

  it('is deleted only when a card can tell what is lost', async () => {
    const card = good(await lin.says('/skill delete Ruled'));
    expect(['Please confirm: Delete a skill', 'Too much at once']).toContain(card.title);
  });

  it('and 300 agents is still shown, and deleted only when a card can tell what is lost', async () => {
    const card = good(await lin.says('/skill show Both'));
    expect(card.text).toContain('Agents (300)');
    expect(card.text).toContain('49 ');
    good(await lin.says('/skill rules Both'));
    expect(good(await refused(lin, '/skill delete Both')).title).toBe('Too much at once');
    expect(stage.sandbox.skill(BOTH)).toBeDefined();
  });
});

describe('a skill with 260 rules', () => {
  const opensForm = (card: ShownCard, command: string) => lin.presses(card, `form.${command}`);

  it('lists them in pages, each rule once', async () => {
    const card = good(await lin.says(`/skill rules ${MANY}`));
    expect(card.title).toBe('Rules: Many');
    for (let page = 1; page <= 6; page += 1) {
      if (page > 1) await lin.presses(card, { action: 'page.go', text: 'Next' });
      expect(good(card).text).toContain(`Page ${page} of 6`);
      const numbers = [...plain(card.text).matchAll(/^(\d+)　City is any of 「?(\d+) /gm)];
      expect(numbers.map(([, number]) => Number(number))).toEqual(
        [...MANY_RULES.keys()].map((at) => at + 1).slice((page - 1) * 50, page * 50),
      );
      for (const [, number, value] of numbers) expect(Number(number)).toBe(Number(value) + 1);
    }
    await lin.presses(card, { action: 'page.go', text: 'Previous' });
    expect(good(card).text).toContain('Page 5 of 6');
    expect(plain(good(await lin.says('/skill rules Many --page 3')).text)).toContain('101　City is any of 100 ');
    expect(good(await lin.says('/skill rules Many --page 99')).text).toContain('Page 6 of 6');
    expect(good(await refused(lin, '/skill rules Many --page x')).text).toContain('“x” is not a page number');
  });

  it('is shown with the first of them, and says where the others are', async () => {
    const card = good(await lin.says('/skill show Many'));
    expect(plain(card.text)).toContain('Rule　City is any of 49 ');
    expect(plain(card.text)).not.toContain('Rule　City is any of 50 ');
    expect(card.text).toContain(`+210 more rules, see /skill rules ${MANY}`);
    expect(card.chinese).toContain(`另有 210 个条件，见 /skill rules ${MANY}`);
  });

  it('says which rules may be meant, as far as a card can', async () => {
    const ambiguous = good(await refused(lin, '/skill remove-rule Many 城市'));
    expect(ambiguous.title).toBe('There are several such rules');
    expect(ambiguous.text).toContain(`+210 more rules, see /skill rules ${MANY}`);
    const unknown = good(await refused(lin, '/skill remove-rule Many 语言'));
    expect(unknown.title).toBe('No such rule');
    expect(unknown.text).toContain(`+210 more rules, see /skill rules ${MANY}`);
  });

  it.each(['edit-rule', 'remove-rule'])('has a form that offers the first ones: %s', async (command) => {
    const form = await lin.says(`/skill ${command}`);
    await lin.presses(form, { tag: 'button' }, { formValue: { skill: 'Many' } });
    expect(optionsOf(good(form), 'rule')).toHaveLength(50);
    expect(form.text).toContain('Rule (page 1 of 6; ');
    expect(form.text).toContain(`/skill rules ${MANY}`);
  });

  it('has a form on each page that offers the rules of that page', async () => {
    const card = await lin.says('/skill rules Many --page 6');
    await opensForm(card, 'edit-rule');
    expect(optionsOf(good(card), 'rule')).toHaveLength(10);
    await lin.presses(card, { value: { field: 'rule' } }, { option: optionsOf(card, 'rule')[9] ?? '' });
    expect(optionsOf(good(card), 'rule')).toHaveLength(10);
    await lin.presses(card, { tag: 'button' }, { formValue: { operator: '5', value: '北京' } });
    expect(plain(good(card).text)).toContain('− Rule　City is any of 259 ');
    expect(card.text).toContain('+ Rule　City is any of 北京');

    const other = await lin.says('/skill rules Many --page 2');
    await opensForm(other, 'remove-rule');
    await lin.presses(other, { tag: 'button' }, { formValue: { rule: optionsOf(good(other), 'rule')[0] ?? '' } });
    expect(plain(good(other).text)).toContain('− Rule　City is any of 50 ');
    await confirmed(stage, lin, other);
    expect(skillOf(stage, MANY).rules).toEqual(MANY_RULES.filter((_, at) => at !== 50));
    const undo = good(await planned(lin, '/skill undo'));
    await confirmed(stage, lin, undo);
    expect(skillOf(stage, MANY).rules).toHaveLength(260);
    good(await lin.says(`/skill history ${MANY}`));
  });

  it('is deleted only when a card can tell what is lost', async () => {
    expect(good(await refused(lin, '/skill delete Many')).title).toBe('Too much at once');
  });
});

describe('a change too large for a card', () => {
  const huge = 'x'.repeat(9_000);

  it('is shown whole as long as it fits', async () => {
    const value = NAMES.Chinese;
    const card = good(await planned(lin, `/skill add-rule VIP 城市 是 ${value}`));
    expect(card.text).toContain(value);
  });

  it('is refused where a card cannot show all that would be written', async () => {
    const card = good(await refused(lin, `/skill add-rule VIP 城市 是 ${huge}`));
    expect(card.title).toBe('Too much at once');
    const edit = good(await refused(lin, `/skill edit-rule English 城市 ${huge}`));
    expect(edit.title).toBe('Too much at once');
  });

  it('is refused in its form, with what was typed', async () => {
    const many = Array.from({ length: 400 }, (_, at) => `${at}`)
      .join(',')
      .slice(0, 1000);
    const form = await lin.says('/skill show VIP');
    await lin.presses(form, 'form.rename');
    await lin.presses(form, { tag: 'button' }, { formValue: { name: many } });
    expect(good(form).text).toContain('The name has 1000 characters');
  });

  it('is refused for more people than a card can show', async () => {
    const line = `/skill add-agent VIP ${Array.from({ length: 700 }, (_, at) => agent(at).openId).join(' ')}`;
    const card = good(await refused(lin, line));
    expect(card.title).toBe('Too much at once');
    expect(skillOf(stage, VIP).agentIds).toContain(tom);
  });

  it('is refused again when it has become so by an edit of somebody else', async () => {
    const card = good(await planned(lin, '/skill set-agents VIP @Sara'));
    stage.sandbox.desk.edit(VIP, (skill) => {
      skill.agentIds = Array.from({ length: 600 }, (_, at) => agent(at).openId);
    });
    await lin.presses(card, CONFIRM);
    await card.becomes('red');
    expect(good(card).title).toBe('Too much at once');
    expect(skillOf(stage, VIP).agentIds).toHaveLength(600);
    expect(skillOf(stage, VIP).agentIds).not.toContain(sara);
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { CallFault } from 'local-feishu';
import type { ShownCard } from '../../support/shownCard.ts';
import { type Actor, type Stage, skillOf, startStage, until } from '../../support/story.ts';
import {
  admin,
  asInTheBeginning,
  CONFIRM,
  changeIdIn,
  confirmed,
  done,
  NIGHT,
  PRINTERS,
  planned,
  refused,
  sara,
  tom,
  VIP,
  wang,
  writes,
  zhang,
} from './admin.ts';

const SKILLS = '/open-apis/helpdesk/v1/agent_skills';
const ONE = `${SKILLS}/:agent_skill_id`;
const IT = { selected_departments: [{ id: 'od-7c1e0b9fa2d34e58b6071829304a5b6c', name: 'IT' }] };

let stage: Stage;
let lin: Actor;
beforeAll(async () => {
  stage = await startStage({ loggedIn: ['admin', 'owner', 'employee'] });
  lin = stage.person('admin');
});
beforeEach(() => asInTheBeginning(stage));
afterAll(() => stage.close());

const named = (name: string) => stage.sandbox.skills().filter((skill) => skill.name === name);
const posts = () => writes(stage).filter(({ method }) => method === 'POST').length;
const deletes = () => writes(stage).filter(({ method }) => method === 'DELETE').length;

describe('creating a skill', () => {
  it.each(['p2p', 'group'] as const)('sends what the preview showed, in the name of the person (%s)', async (chat) => {
    const { seen, card, write } = await done(stage, lin, '/skill create "Tier 3" @王五 @Sara', { chat });
    expect(seen).toContain('Name　Tier 3');
    expect(seen).toContain('Agents (2)　王五, Sara Chen');
    expect(seen).toContain('Rules　none');
    expect(write).toMatchObject({
      method: 'POST',
      status: 200,
      authKind: 'user',
      userOpenId: admin,
      helpdeskHeaderOk: true,
    });
    expect(write.requestBody).toEqual({ name: 'Tier 3', rules: [], agent_ids: [wang, sara] });
    expect(card).toMatchObject({ title: 'Done: Create a skill', actions: ['change.undo'] });
    expect(named('Tier 3')).toMatchObject([{ agentIds: [wang, sara], rules: [], isDefault: false }]);
  });

  it('warns when nobody will hold it', async () => {
    const { seen, write } = await done(stage, lin, '/skill create 夜班');
    expect(seen).toContain('Nobody will hold this skill');
    expect(write.requestBody).toEqual({ name: '夜班', rules: [], agent_ids: [] });
  });

  it('warns of a name that is taken, and does as it is told', async () => {
    const { seen } = await done(stage, lin, '/skill create VIP @王五');
    expect(seen).toContain(`There is a skill already whose name is, or looks, the same: ${VIP}`);
    expect(named('VIP')).toHaveLength(2);
    expect(skillOf(stage, VIP).agentIds).toEqual([tom, zhang]);
  });

  it('finds it by name when the answer is lost, and does not send it again', async () => {
    stage.sandbox.faults.add({ route: SKILLS, method: 'POST', kind: { type: 'drop', when: 'after' } });
    const before = posts();
    const card = await planned(lin, '/skill create VIP @王五');
    await lin.presses(card, CONFIRM);
    await card.becomes('green');
    expect(card.text).toContain('Feishu gave no clear answer to the write');
    expect(posts() - before).toBe(1);
    expect(named('VIP')).toHaveLength(2);

    const id = changeIdIn(card);
    await lin.presses(card, 'change.undo');
    const undo = await stage.sandbox.waitForMessage(({ replyTo }) => replyTo === card.messageId);
    expect(JSON.stringify(undo.card)).not.toContain(VIP);
    expect((await lin.says(`/skill history ${id}`)).title).toBe('Done: Create a skill');
  });

  it('sends it again when it certainly had no effect', async () => {
    const headers = { 'x-ogw-ratelimit-reset': '0' };
    const kind: CallFault = { type: 'status', status: 429, code: 99991400, msg: 'frequency limit', headers };
    stage.sandbox.faults.add({ route: SKILLS, method: 'POST', kind });
    const before = posts();
    const card = await planned(lin, '/skill create 夜班 @王五');
    await lin.presses(card, CONFIRM);
    await card.becomes('green');
    expect(posts() - before).toBe(2);
    expect(named('夜班')).toHaveLength(1);
  });

  it('never sends it again when it may have had an effect that is not seen yet, and says so', async () => {
    stage.sandbox.faults.add({ route: SKILLS, method: 'POST', kind: { type: 'drop', when: 'before' } });
    const before = posts();
    // Of a name of its own: nobody else writes it for two minutes.
    const card = await planned(lin, '/skill create 早班 @王五');
    await lin.clicks(card, CONFIRM);
    await until(() => card.title === 'Not known yet: Create a skill');
    expect(card.text).toContain('may have been done, or not');
    expect(posts() - before).toBe(1);
    expect(named('早班')).toEqual([]);
  });

  it('happens once, however often Confirm is pressed', async () => {
    const before = posts();
    const card = await planned(lin, '/skill create 夜班 @王五');
    await Promise.all([1, 2, 3].map(() => lin.presses(card, CONFIRM)));
    await card.becomes('green');
    expect(posts() - before).toBe(1);
    expect(named('夜班')).toHaveLength(1);
  });

  it('is told by Feishu when somebody may not hold it or create it', async () => {
    const stranger = await planned(lin, '/skill create 夜班 @何平');
    expect(stranger.text).toContain('Not agents of this helpdesk: 何平');
    await lin.presses(stranger, CONFIRM);
    await stranger.becomes('red');
    expect(stranger.text).toContain('154000');

    const he = stage.person('employee');
    const card = await planned(he, '/skill create 夜班 @王五');
    await he.presses(card, CONFIRM);
    await card.becomes('red');
    expect(card.text).toContain('not an admin or the owner');
    expect(named('夜班')).toEqual([]);
  });

  it.each([
    ['no name', '/skill create @王五', 'Still missing: the new name'],
    ['too long a name', `/skill create ${'x'.repeat(201)}`, '201 characters'],
    ['something after the people', '/skill create 夜班 @王五 etc', '“etc” is not an agent'],
  ])('refuses %s', async (_, line, problem) => {
    expect((await refused(lin, line)).text).toContain(problem);
  });

  it('is undone by a delete that says what would be lost by now', async () => {
    const { card } = await done(stage, lin, '/skill create 夜班 @王五');
    const [skill] = named('夜班');
    stage.sandbox.desk.edit(skill?.id ?? '', (own) => own.agentIds.push(sara));
    const undo = await planned(lin, `/skill undo ${changeIdIn(card)}`);
    expect(undo.title).toBe('Please confirm: Delete a skill');
    expect(undo.text).toContain('Agents (2)');
    expect(undo.text).toContain('Sara Chen');
    await confirmed(stage, lin, undo);
    expect(named('夜班')).toEqual([]);
  });
});

describe('deleting a skill', () => {
  it.each(['p2p', 'group'] as const)('names everything that is lost (%s)', async (chat) => {
    const { seen, write, card } = await done(stage, lin, '/skill delete VIP', { chat });
    expect(seen).toContain('All of this will be lost');
    expect(seen).toContain('Name　VIP');
    expect(seen).toContain('Agents (2)　Tom Li, 张三');
    expect(seen).toContain('Rule　Department is any of IT');
    expect(write).toMatchObject({
      method: 'DELETE',
      status: 200,
      authKind: 'user',
      userOpenId: admin,
      helpdeskHeaderOk: true,
    });
    expect(stage.sandbox.skill(VIP)).toBeUndefined();
    expect(card).toMatchObject({ title: 'Done: Delete a skill', actions: ['change.undo'] });
    expect(card.text).toContain('This was deleted');
  });

  it('refuses the default skill', async () => {
    const card = await refused(lin, '/skill delete 默认技能');
    expect(card.title).toBe('The default skill cannot be deleted');
  });

  it.each([
    ['gets another agent', (agents: string[]) => agents.push(sara), '+ Agents (1)'],
    ['loses an agent', (agents: string[]) => agents.pop(), '− Agents (1)'],
  ])('shows the new state first when it %s meanwhile', async (_, change, shown) => {
    const card = await planned(lin, '/skill delete VIP');
    stage.sandbox.desk.edit(VIP, (skill) => void change(skill.agentIds));
    await lin.presses(card, CONFIRM);
    expect(card).toMatchObject({ template: 'orange', title: 'Changed meanwhile: Delete a skill' });
    expect(card.text).toContain(shown);
    expect(stage.sandbox.skill(VIP)).toBeDefined();
    await confirmed(stage, lin, card);
    expect(stage.sandbox.skill(VIP)).toBeUndefined();
  });

  it('shows the new state first when it is renamed meanwhile', async () => {
    const card = await planned(lin, '/skill delete VIP');
    stage.sandbox.desk.edit(VIP, (skill) => {
      skill.name = 'Gold';
    });
    await lin.presses(card, CONFIRM);
    expect(card.text).toContain('VIP　→　Gold');
    expect(card.actions).toContain(CONFIRM);
    expect(stage.sandbox.skill(VIP)).toBeDefined();
  });

  it('says so when somebody else was faster', async () => {
    const card = await planned(lin, '/skill delete VIP');
    stage.sandbox.desk.remove(VIP);
    await lin.presses(card, CONFIRM);
    await card.becomes('red');
    expect(card.text).toContain('does not exist');
  });

  it('finds out what became of it when the answer is lost', async () => {
    stage.sandbox.faults.add({ route: ONE, method: 'DELETE', kind: { type: 'drop', when: 'after' } });
    const before = deletes();
    const card = await planned(lin, '/skill delete VIP');
    await lin.presses(card, CONFIRM);
    await card.becomes('green');
    expect(deletes() - before).toBe(1);
    expect(card.text).toContain('Feishu gave no clear answer to the write');
  });

  it('is refused to somebody who does not manage the desk', async () => {
    const he = stage.person('employee');
    const card = await planned(he, '/skill delete VIP');
    await he.presses(card, CONFIRM);
    await card.becomes('red');
    expect(card.text).toContain('not an admin or the owner');
    expect(stage.sandbox.skill(VIP)).toBeDefined();
  });

  const undoOf = async (card: ShownCard): Promise<ShownCard> => planned(lin, `/skill undo ${changeIdIn(card)}`);

  it('is undone by a new skill with a new id, and says so', async () => {
    const { card } = await done(stage, lin, '/skill delete VIP');
    const undo = await undoOf(card);
    expect(undo.title).toBe('Please confirm: Create a skill');
    expect(undo.text).toContain('gets a new id');
    expect(undo.text).toContain('Tom Li, 张三');
    const { requestBody } = await confirmed(stage, lin, undo);
    expect(requestBody).toEqual({
      name: 'VIP',
      agent_ids: [tom, zhang],
      rules: [{ id: '12', selected_operator: 8, operand: IT, category: 3 }],
    });
    const [skill] = named('VIP');
    expect(skill?.id).not.toBe(VIP);
    expect(undo.text).toContain(skill?.id ?? '?');

    const again = await undoOf(undo);
    expect(again.title).toBe('Please confirm: Delete a skill');
    await confirmed(stage, lin, again);
    expect(named('VIP')).toEqual([]);
  });

  it('is undone with the operand in the form it had', async () => {
    const { card } = await done(stage, lin, '/skill delete Printers');
    const { requestBody } = await confirmed(stage, lin, await undoOf(card));
    expect(requestBody).toMatchObject({ rules: [{ operand: JSON.stringify(IT) }] });
    expect(stage.sandbox.skill(PRINTERS)).toBeUndefined();
  });

  it('is undone once, also when two previews of it are confirmed', async () => {
    const { card } = await done(stage, lin, `/skill delete ${NIGHT}`);
    const [first, second] = [await undoOf(card), await undoOf(card)];
    await confirmed(stage, lin, first);
    await lin.presses(second, CONFIRM);
    expect(second.template).toBe('red');
    expect(second.text).toContain('undone already');
    expect(named('网络支持（夜班）')).toHaveLength(1);
  });

  it('warns when the name is taken by the time it is undone', async () => {
    const { card } = await done(stage, lin, '/skill delete VIP');
    await done(stage, lin, '/skill rename Printers VIP');
    expect((await undoOf(card)).text).toContain(
      `There is a skill already whose name is, or looks, the same: ${PRINTERS}`,
    );
  });
});

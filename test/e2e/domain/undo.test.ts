import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type ShownCard, shown } from '../../support/shownCard.ts';
import { type Actor, type Stage, skillOf, startStage, until } from '../../support/story.ts';
import {
  asInTheBeginning,
  CONFIRM,
  changeIdIn,
  chen,
  confirmed,
  done,
  PRINTERS,
  planned,
  refused,
  rulesOf,
  sara,
  tom,
  VIP,
  wang,
  writes,
  zhang,
} from './admin.ts';

let stage: Stage;
let lin: Actor;
let zhou: Actor;
beforeAll(async () => {
  stage = await startStage({ loggedIn: ['admin', 'owner'] });
  lin = stage.person('admin');
  zhou = stage.person('owner');
});
beforeEach(() => asInTheBeginning(stage));
afterAll(() => stage.close());

const edits = (change: Parameters<Stage['sandbox']['desk']['edit']>[1]) => stage.sandbox.desk.edit(VIP, change);
const undoTyped = (card: ShownCard, by = lin) => planned(by, `/skill undo ${changeIdIn(card)}`);

/** Presses Undo on a card and gives the preview, which is a message of its own. */
async function undoPressed(card: ShownCard): Promise<ShownCard> {
  const before = new Set(stage.sandbox.messages().map(({ messageId }) => messageId));
  await lin.presses(card, 'change.undo');
  const isNew = (messageId: string, replyTo: string | undefined) =>
    replyTo === card.messageId && !before.has(messageId);
  return shown(
    stage.sandbox,
    await stage.sandbox.waitForMessage((message) => isNew(message.messageId, message.replyTo)),
  );
}

describe('undo', () => {
  it('goes on to the change before those of skills that are gone', async () => {
    const { card } = await done(stage, lin, `/skill rename ${VIP} Gold`);
    await done(stage, lin, `/skill add-agent ${PRINTERS} @王五`);
    stage.sandbox.desk.remove(PRINTERS);
    const undo = await planned(lin, '/skill undo');
    expect(undo.text).toContain(`which undoes change ${changeIdIn(card)}`);
    await confirmed(stage, lin, undo);
    expect(skillOf(stage, VIP).name).toBe('VIP');
  });

  it('says which change cannot be taken back', async () => {
    const { card } = await done(stage, lin, `/skill add-agent ${PRINTERS} @王五`);
    stage.sandbox.desk.remove(PRINTERS);
    const answer = await refused(lin, `/skill undo Change ${changeIdIn(card)}`);
    expect(answer.title).toBe('Cannot be undone');
    expect(answer.text).toContain('Add agents　Printers');
  });

  it('is told wherever the change is shown, and not offered again', async () => {
    const { card } = await done(stage, lin, `/skill rename ${VIP} Gold`);
    const undo = await undoTyped(card);
    await confirmed(stage, lin, undo);
    const history = await lin.says(`/skill history ${VIP}`);
    expect(history.text).toContain('↩️ Undone　Rename');
    expect(history.text).toContain(`Undone by change ${changeIdIn(undo)}`);
    const one = await lin.says(`/skill history ${changeIdIn(card)}`);
    expect(one).toMatchObject({ template: 'green', actions: [] });
    expect(one.text).toContain(`Undone by change ${changeIdIn(undo)}`);
    await until(() => card.text.includes(`Undone by change ${changeIdIn(undo)}`));
    expect(card.actions).toEqual([]);
  });

  it('is not offered any more by an old card that is pressed', async () => {
    const { card } = await done(stage, lin, `/skill rename ${VIP} Gold`);
    const press = { value: { action: 'change.undo', id: changeIdIn(card) }, tag: 'button' };
    await confirmed(stage, lin, await undoTyped(card));
    await until(() => card.actions.length === 0);
    const { toast } = await stage.sandbox.clickRaw('admin', card.messageId, press);
    expect(toast?.i18n?.en_us).toBe('This was undone already.');
    expect(card.actions).toEqual([]);
  });

  it.each([
    ['rename', `/skill rename ${VIP} Gold`],
    ['add-agent', `/skill add-agent ${VIP} @王五 @Sara`],
    ['remove-agent', `/skill remove-agent ${VIP} @Tom`],
    ['set-agents', `/skill set-agents ${VIP} @王五 @Tom`],
    ['add-rule', `/skill add-rule ${VIP} 城市 是 北京`],
    ['edit-rule', `/skill edit-rule ${VIP} 部门 不是 IT`],
    ['remove-rule', `/skill remove-rule ${VIP} 部门`],
  ])('takes back %s, by the button', async (_, line) => {
    const before = skillOf(stage, VIP);
    const { card } = await done(stage, lin, line, { chat: 'group' });
    expect(skillOf(stage, VIP)).not.toEqual(before);
    const undo = await undoPressed(card);
    expect(undo).toMatchObject({ template: 'orange', title: 'Please confirm: Undo', chatId: card.chatId });
    await confirmed(stage, lin, undo);
    const after = skillOf(stage, VIP);
    expect({ ...after, agentIds: after.agentIds.sort() }).toEqual({ ...before, agentIds: before.agentIds.sort() });
    // The card of the change stays as the record of it.
    expect(card.template).toBe('green');
  });

  it('is asked for once, however often the button is pressed, and anew when that was cancelled', async () => {
    const { card } = await done(stage, lin, `/skill rename ${VIP} 贵宾`);
    const undo = await undoPressed(card);
    const shownBefore = stage.sandbox.messages().length;
    await lin.presses(card, 'change.undo');
    expect(stage.sandbox.messages()).toHaveLength(shownBefore);
    await lin.presses(undo, 'change.cancel');
    const again = await undoPressed(card);
    expect(changeIdIn(again)).not.toBe(changeIdIn(undo));
    await confirmed(stage, lin, again);
  });

  it('leaves what others have changed since, and writes only what it takes back', async () => {
    const { card } = await done(stage, lin, `/skill add-agent ${VIP} @王五`);
    edits((skill) => {
      skill.agentIds = [tom, wang, sara];
      skill.name = 'Gold';
      skill.rules.push({ id: '3', selectedOperator: 5, operatorOptions: [5, 6], operand: '北京' });
    });
    const { requestBody } = await confirmed(stage, lin, await undoTyped(card));
    expect(requestBody).toEqual({ agent_skill: { agent_ids: [tom, sara] } });
    expect(skillOf(stage, VIP)).toMatchObject({ name: 'Gold', agentIds: [tom, sara] });
    expect(rulesOf(stage, VIP)).toHaveLength(2);
  });

  it('says what it cannot take back because others have changed it since', async () => {
    const { card } = await done(stage, lin, `/skill add-agent ${VIP} @王五 @Sara`);
    edits((skill) => {
      skill.agentIds = [tom, zhang, sara];
    });
    const undo = await undoTyped(card);
    expect(undo.text).toContain('Changed again since');
    expect(undo.text).toContain('王五');
    const { requestBody } = await confirmed(stage, lin, undo);
    expect(requestBody).toEqual({ agent_skill: { agent_ids: [tom, zhang] } });
  });

  it('does nothing when others have changed all of it since', async () => {
    const { card } = await done(stage, lin, `/skill rename ${VIP} Gold`);
    edits((skill) => {
      skill.name = 'Platinum';
    });
    const answer = await refused(lin, `/skill undo ${changeIdIn(card)}`);
    expect(answer.text).toContain('nothing is left to undo');
    expect(answer.text).toContain('VIP　→　Gold');
    expect(skillOf(stage, VIP).name).toBe('Platinum');
  });

  it('looks again when somebody edits the same between its preview and Confirm', async () => {
    const { card } = await done(stage, lin, `/skill add-agent ${VIP} @王五`);
    const undo = await undoTyped(card);
    edits((skill) => skill.agentIds.push(chen));
    await lin.presses(undo, CONFIRM);
    expect(undo.title).toBe('Changed meanwhile: Undo');
    const { requestBody } = await confirmed(stage, lin, undo);
    expect(requestBody).toEqual({ agent_skill: { agent_ids: [tom, zhang, chen] } });
    // The undo by way of the conflict counts as the undo.
    expect((await refused(lin, `/skill undo ${changeIdIn(card)}`)).text).toContain('has undone it already');
  });

  it('is not disturbed by an edit of something else between its preview and Confirm', async () => {
    const { card } = await done(stage, lin, `/skill add-agent ${VIP} @王五`);
    const undo = await undoTyped(card);
    edits((skill) => {
      skill.name = 'Gold';
    });
    await confirmed(stage, lin, undo);
    expect(skillOf(stage, VIP)).toMatchObject({ name: 'Gold', agentIds: [tom, zhang] });
  });

  it('is undone like any other change', async () => {
    const { card } = await done(stage, lin, `/skill rename ${VIP} Gold`);
    const undo = await undoTyped(card);
    await confirmed(stage, lin, undo);
    expect(skillOf(stage, VIP).name).toBe('VIP');
    const redo = await undoPressed(undo);
    await confirmed(stage, lin, redo);
    expect(skillOf(stage, VIP).name).toBe('Gold');
    const back = await undoTyped(redo);
    await confirmed(stage, lin, back);
    expect(skillOf(stage, VIP).name).toBe('VIP');
  });

  it('without an id goes back one change of that person after the other', async () => {
    await done(stage, lin, `/skill rename ${VIP} Gold`);
    await done(stage, lin, `/skill add-agent ${VIP} @王五`);
    await done(stage, zhou, `/skill add-agent ${VIP} @Sara`);
    await confirmed(stage, lin, await planned(lin, '/skill undo'));
    expect(skillOf(stage, VIP)).toMatchObject({ name: 'Gold', agentIds: [tom, zhang, sara] });
    await confirmed(stage, lin, await planned(lin, '/技能 撤销'));
    expect(skillOf(stage, VIP)).toMatchObject({ name: 'VIP', agentIds: [tom, zhang, sara] });
  });

  it('takes back the change of somebody else when it is typed, in the name of who typed it', async () => {
    const { card } = await done(stage, lin, `/skill rename ${VIP} Gold`, { chat: 'group' });
    const button = await zhou.presses(card, 'change.undo');
    expect(button.toast).toMatchObject({ type: 'error' });
    const undo = await undoTyped(card, zhou);
    expect(await lin.presses(undo, CONFIRM).catch((error: unknown) => String(error))).toContain('does not see');
    const { userOpenId } = await confirmed(stage, zhou, undo);
    expect(userOpenId).toBe(zhou.openId);
    expect(skillOf(stage, VIP).name).toBe('VIP');
  });

  it('happens once: what is undone is not undone again', async () => {
    const { card } = await done(stage, lin, `/skill rename ${VIP} Gold`);
    const [first, second] = [await undoTyped(card), await undoPressed(card)];
    await confirmed(stage, lin, first);
    const before = writes(stage).length;
    await lin.presses(second, CONFIRM);
    expect(second.text).toContain('nothing left to change');
    expect(writes(stage)).toHaveLength(before);

    const answer = await refused(lin, `/skill undo ${changeIdIn(card)}`);
    expect(answer.text).toContain(`Change ${changeIdIn(first)} has undone it already`);
  });

  it('of a change of a skill that is gone says so', async () => {
    const { card } = await done(stage, lin, `/skill rename ${VIP} Gold`);
    stage.sandbox.desk.remove(VIP);
    const answer = await refused(lin, `/skill undo ${changeIdIn(card)}`);
    expect(answer).toMatchObject({ title: 'Cannot be undone' });
    expect(answer.text).toContain('The skill no longer exists');
    const pressed = await undoPressed(card);
    expect(pressed.title).toBe('Cannot be undone');
  });

  it('of a change that was never written says so', async () => {
    const cancelled = await planned(lin, `/skill rename ${VIP} Gold`);
    await lin.presses(cancelled, 'change.cancel');
    const waiting = await planned(lin, `/skill rename ${VIP} Silver`);
    for (const card of [cancelled, waiting]) {
      expect((await refused(lin, `/skill undo ${changeIdIn(card)}`)).text).toContain('was never written');
    }
  });

  it.each([
    ['an id that nobody knows', '01HZX3J8Q4N7W5T2V9K6M1B0CD'],
    ['what is no id', 'VIP'],
  ])('refuses %s', async (_, text) => {
    expect((await refused(lin, `/skill undo ${text}`)).title).toBe('No such change');
  });

  it('has nothing to do for somebody who has changed nothing', async () => {
    const he = stage.person('employee');
    const login = await he.says('/skill undo');
    expect(login.title).toBe('Please log in');
    await he.logsIn(login);
    expect((await login.next()).title).toBe('Nothing to undo');
  });
});

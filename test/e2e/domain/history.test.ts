import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ShownCard } from '../../support/shownCard.ts';
import { type Actor, type Stage, startStage } from '../../support/story.ts';
import {
  admin,
  asInTheBeginning,
  CONFIRM,
  changeIdIn,
  done,
  NETWORK,
  owner,
  PRINTERS,
  planned,
  refused,
  VIP,
  wang,
} from './admin.ts';

const ONE = '/open-apis/helpdesk/v1/agent_skills/:agent_skill_id';

/** Whom a card shows with name and face. */
const peopleIn = (card: ShownCard): string[] =>
  [...JSON.stringify(card.card).matchAll(/"persons":\[\{"id":"(\w+)"\}\]/g)].map(([, id]) => id ?? '');

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

describe('the history', () => {
  it('is empty in the beginning', async () => {
    expect((await lin.says('/skill history')).text).toContain('There is nothing here');
  });

  it('tells who changed what, when, with which result and log id', async () => {
    const applied = await done(stage, lin, '/skill rename VIP Gold');
    await done(stage, zhou, `/skill add-agent ${VIP} @王五`);
    stage.sandbox.faults.add({
      route: ONE,
      method: 'PATCH',
      kind: { type: 'status', status: 400, code: 154000, msg: 'Bad request' },
    });
    const failing = await planned(lin, `/skill add-rule ${VIP} 城市 是 北京`);
    await lin.presses(failing, CONFIRM);
    await failing.becomes('red');
    const cancelled = await planned(lin, `/skill delete ${VIP}`);
    await lin.presses(cancelled, 'change.cancel');

    const card = await lin.says(`/skill history ${VIP}`);
    expect(card).toMatchObject({ template: 'blue', title: 'History: Gold' });
    const [failed = '', added = '', renamed = ''] = card.text.split(/(?=✅|❌)/);
    expect(failed).toMatch(/❌ Failed　Add a rule　Gold/);
    expect(failed).toContain('+ Rules　City is any of 北京');
    expect(added).toMatch(/✅ Done　Add agents　Gold/);
    expect(added).toContain('+ Agents　王五');
    expect(renamed).toMatch(/✅ Done　Rename　VIP/);
    expect(renamed).toContain('Name　VIP → Gold');
    expect(renamed).toMatch(/local_datetime millisecond='\d{13}'/);
    expect(renamed).toContain(`Change ${changeIdIn(applied.card)}`);
    for (const entry of [failed, added, renamed]) expect(entry).toMatch(/Log [0-9A-Za-z]+/);
    expect(card.text).not.toContain('Delete a skill');
    expect(peopleIn(card)).toEqual([admin, owner, admin]);
    expect(card.actions).toEqual(['change.undo', 'change.undo']);
  });

  it('is kept for each skill and each person', async () => {
    await done(stage, lin, '/skill rename Printers Printing');
    await done(stage, zhou, `/skill rename ${NETWORK} 网络组`);
    const printers = await lin.says('/skill history Printing');
    expect(printers.text).toContain('Printers → Printing');
    expect(printers.text).not.toContain('网络组');
    for (const who of ['@周敏', owner, 'zhou.min@example.com']) {
      const card = await lin.says(`/skill history ${who}`, { chat: 'group' });
      expect(card.text).toContain('网络支持 → 网络组');
      expect(card.text).not.toContain('Printing');
    }
    expect((await lin.says('/skill history @何平')).text).toContain('There is nothing here');
    const all = await zhou.says('/skill history');
    expect(all.text).toContain('Printing');
    expect(all.text).toContain('网络组');
  });

  it('of a skill that is deleted is still there, by its id', async () => {
    await done(stage, lin, `/skill delete ${PRINTERS}`);
    const card = await lin.says(`/skill history ${PRINTERS}`);
    expect(card.template).toBe('blue');
    expect(card.text).toContain('Delete a skill');
  });

  it('has pages, by buttons and by number', async () => {
    for (let at = 1; at <= 7; at += 1) await done(stage, lin, `/skill rename ${VIP} Page ${at}`);
    const card = await lin.says(`/skill history ${VIP}`);
    expect(card.text).toContain('→ Page 7');
    expect(card.text).not.toContain('→ Page 2');
    await lin.presses(card, { action: 'page.go', text: 'Older' });
    expect(card.text).toContain('→ Page 2');
    expect(card.text).not.toContain('→ Page 3');
    await lin.presses(card, { action: 'page.go', text: 'Newer' });
    expect(card.text).toContain('→ Page 7');
    expect((await lin.says(`/skill history ${VIP} --page 2`)).text).toContain('→ Page 2');
    expect((await lin.says(`/skill history --page 999`)).text).toContain('There is nothing here');
    expect((await refused(lin, '/skill history --page x')).text).toContain('not a page number');
  });

  it('shows one change whole, to anybody', async () => {
    const { card } = await done(stage, lin, '/skill add-agent VIP @王五');
    const id = changeIdIn(card);
    for (const text of [id, id.toLowerCase()]) {
      const shown = await zhou.says(`/skill history ${text}`);
      expect(shown).toMatchObject({ template: 'green', title: 'Done: Add agents', actions: ['change.undo'] });
      expect(shown.text).toContain('+ Agents (1)　王五');
      expect(shown.text).toContain(`id='${admin}'`);
    }
    expect((await refused(lin, '/skill history 01HZX3J8Q4N7W5T2V9K6M1B0CD')).title).toBe('No such change');
  });

  it('shows a conflict with the preview that came of it', async () => {
    const card = await planned(lin, '/skill add-agent VIP @王五');
    const id = changeIdIn(card);
    stage.sandbox.desk.edit(VIP, (skill) => skill.agentIds.pop());
    await lin.presses(card, CONFIRM);
    const shown = await lin.says(`/skill history ${id}`);
    expect(shown.title).toBe('Changed meanwhile: Add agents');
    expect(shown.actions).toContain(CONFIRM);
    await lin.presses(shown, CONFIRM);
    await shown.becomes('green');
    expect(stage.sandbox.skill(VIP)?.agentIds).toContain(wang);
  });

  it('has a button to undo, for the one who made the change', async () => {
    await done(stage, lin, '/skill rename VIP Gold', { chat: 'group' });
    const card = await zhou.says(`/skill history ${VIP}`, { chat: 'group' });
    const outcome = await zhou.presses(card, { action: 'change.undo' });
    expect(outcome.toast).toMatchObject({ type: 'error' });
    expect(outcome.toast?.i18n?.en_us).toMatch(/send \/skill undo [0-9A-Z]{26}/);

    await lin.presses(card, { action: 'change.undo' });
    const undo = await stage.sandbox.waitForMessage(({ replyTo }) => replyTo === card.messageId);
    expect(JSON.stringify(undo.card)).toContain(CONFIRM);
    // The history stays as it is.
    expect(card.title).toBe('History: Gold');
  });
});

import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AGENTS } from 'local-feishu/helpdesk';
import { answersTo } from '../support/shownCard.ts';
import { type Actor, onlyPatch, onStage, type Stage, skillOf, startStage, until } from '../support/story.ts';
import { TRANSPORTS } from '../support/transport.ts';

const VIP = '6941215891786825756';
const PRINTERS = '6941215891786825759';
const PATCH = { method: 'PATCH', route: '/open-apis/helpdesk/v1/agent_skills/:agent_skill_id' };
const [tom, zhang, wang, sara] = AGENTS.map((agent) => agent.openId);

describe.each(TRANSPORTS)('a preview (by %s)', (transport) => {
  let stage: Stage;
  let lin: Actor;
  let zhou: Actor;
  beforeAll(async () => {
    stage = await startStage({ transport, loggedIn: ['admin', 'owner'] });
    lin = stage.person('admin');
    zhou = stage.person('owner');
  });
  beforeEach(() => stage.reset());
  afterAll(() => stage.close());

  const foreignEdit: Stage['sandbox']['desk']['edit'] = (id, change) => stage.sandbox.desk.edit(id, change);

  it('is cancelled: it turns grey, nothing is written, and its button is dead for good', async () => {
    const before = stage.patches().length;
    const preview = await lin.says('/skill rename VIP Tier 2');
    const { id } = idIn(preview.card);
    await lin.presses(preview, 'change.cancel');
    expect(preview).toMatchObject({ template: 'grey', title: 'Cancelled: Rename', actions: [] });

    const late = await stage.sandbox.clickRaw('admin', preview.messageId, press('change.confirm', id));
    expect(late.status).toBe('ok');
    expect(preview).toMatchObject({ template: 'grey', actions: [] });
    expect(stage.patches()).toHaveLength(before);
  });

  it('cannot be confirmed or cancelled by anybody else, not even another admin', async () => {
    const before = stage.patches().length;
    const preview = await lin.says('/skill rename VIP Tier 2', { chat: 'group' });
    for (const person of [zhou, stage.person('employee')]) {
      for (const action of ['change.confirm', 'change.cancel']) {
        const outcome = await person.presses(preview, action);
        expect(outcome.toast?.i18n?.en_us).toContain('Only the one who asked');
        expect(outcome.card).toBeUndefined();
      }
    }
    expect(preview).toMatchObject({ template: 'orange', actions: ['change.confirm', 'change.cancel'] });
    expect(stage.patches()).toHaveLength(before);

    await lin.presses(preview, 'change.confirm');
    expect(preview.template).toBe('green');
  });

  it('that is made up, or of a form nobody sends, does nothing', async () => {
    const preview = await lin.says('/skill rename VIP Tier 2');
    const before = stage.patches().length;
    for (const action of [
      press('change.confirm', '01ARZ3NDEKTSV4RRFFQ69G5FAV'),
      press('change.confirm', "' or 1=1 --"),
      press('skill.pick', '01ARZ3NDEKTSV4RRFFQ69G5FAV'),
      press('nonsense', idIn(preview.card).id),
      { tag: 'button', value: { action: 'change.confirm' } },
      { tag: 'button', value: {} },
      { tag: 'button', value: 'text' },
      { tag: 'button' },
    ]) {
      expect(await stage.sandbox.clickRaw('admin', preview.messageId, action)).toMatchObject({ status: 'ok' });
    }
    expect(stage.patches()).toHaveLength(before);
    expect(skillOf(stage, VIP).name).toBe('VIP');
  });

  it('that is confirmed by a double click is written once', async () => {
    const before = stage.patches().length;
    const preview = await lin.says('/skill rename VIP Tier 2');
    stage.sandbox.faults.add({ ...PATCH, kind: { type: 'latency', ms: 200 } });
    const outcomes = await Promise.all([1, 2, 3].map(() => lin.presses(preview, 'change.confirm')));
    expect(outcomes.map(({ status }) => status)).toEqual(['ok', 'ok', 'ok']);
    await preview.becomes('green');
    expect(onlyPatch(stage, before).status).toBe(200);
    expect(skillOf(stage, VIP).name).toBe('Tier 2');
    await until(() => preview.template === 'green');
  });

  it('that has to wait for another change of its skill says so, and continues by itself', async () => {
    const [first, second] = [await lin.says('/skill rename VIP Tier 2'), await zhou.says('/skill add-agent VIP @王五')];
    stage.sandbox.faults.add({ ...PATCH, kind: { type: 'latency', ms: 6_000 } });
    const pressing = lin.presses(first, 'change.confirm');
    await until(() => stage.sandbox.faults.list().length === 0);
    await zhou.presses(second, 'change.confirm');
    expect(second).toMatchObject({ template: 'blue', title: 'Waiting: Add agents' });
    await pressing;
    await Promise.all([first.becomes('green'), second.becomes('green')]);
    expect(skillOf(stage, VIP)).toMatchObject({ name: 'Tier 2', agentIds: [tom, zhang, wang] });
  });

  it('that is confirmed is not written again by a callback that is replayed', async () => {
    const before = stage.patches().length;
    const preview = await lin.says('/skill add-agent VIP @王五');
    const { eventId } = await lin.presses(preview, 'change.confirm');
    foreignEdit(VIP, (skill) => void skill.agentIds.splice(0, 3, zhang ?? ''));
    await stage.sandbox.redeliver(eventId);
    await stage.sandbox.redeliver(eventId, { newEventId: true });
    await lin.says('/skill list');
    onlyPatch(stage, before);
    expect(skillOf(stage, VIP).agentIds).toEqual([zhang]);
  });

  it('of a field that somebody else has changed meanwhile conflicts, and the fresh preview in its place can be confirmed', async () => {
    const before = stage.patches().length;
    const preview = await lin.says('/skill add-agent VIP @王五');
    foreignEdit(VIP, (skill) => skill.agentIds.push(sara ?? ''));

    const outcome = await lin.presses(preview, 'change.confirm');
    expect(outcome.toast).toMatchObject({ type: 'warning' });
    expect(preview).toMatchObject({ template: 'orange', actions: ['change.confirm', 'change.cancel'] });
    expect(preview.title).toContain('Changed meanwhile');
    expect(preview.text).toContain('Sara Chen');
    expect(stage.patches()).toHaveLength(before);

    await lin.presses(preview, 'change.confirm');
    expect(preview.template).toBe('green');
    expect(onlyPatch(stage, before).requestBody).toEqual({ agent_skill: { agent_ids: [tom, zhang, sara, wang] } });
    expect(skillOf(stage, VIP).agentIds).toEqual([tom, zhang, sara, wang]);
  });

  it('that somebody else has made needless says so and writes nothing', async () => {
    const before = stage.patches().length;
    const preview = await lin.says('/skill rename VIP Tier 2');
    foreignEdit(VIP, (skill) => void Object.assign(skill, { name: 'Tier 2' }));
    await lin.presses(preview, 'change.confirm');
    expect(preview).toMatchObject({ template: 'orange', actions: [] });
    expect(preview.text).toContain('nothing left to change');
    expect(stage.patches()).toHaveLength(before);
  });

  it('is no conflict with an edit of another field, which survives', async () => {
    const before = stage.patches().length;
    const preview = await lin.says('/skill rename VIP Tier 2');
    foreignEdit(VIP, (skill) => void skill.agentIds.push(sara ?? ''));
    await lin.presses(preview, 'change.confirm');
    expect(preview.template).toBe('green');
    expect(onlyPatch(stage, before).requestBody).toEqual({ agent_skill: { name: 'Tier 2' } });
    expect(skillOf(stage, VIP)).toMatchObject({ name: 'Tier 2', agentIds: [tom, zhang, sara] });
  });

  it('of two admins for the same field: the second one sees what the first one did', async () => {
    const mine = await lin.says('/skill add-agent VIP @王五');
    const theirs = await zhou.says('/skill remove-agent VIP @Tom');
    await Promise.all([lin.presses(mine, 'change.confirm'), zhou.presses(theirs, 'change.confirm')]);
    await until(() => [mine, theirs].some(({ template }) => template === 'green'));
    const [done, open, who] = mine.template === 'green' ? [mine, theirs, zhou] : [theirs, mine, lin];
    expect(done.template).toBe('green');
    expect(open.title).toContain('Changed meanwhile');
    await who.presses(open, 'change.confirm');
    expect(open.template).toBe('green');
    expect(skillOf(stage, VIP).agentIds).toEqual([zhang, wang]);
  });

  it.each(['as-sent', 'string', 'object'] as const)(
    'leaves the operands of rules alone, also when they come %s',
    async (form) => {
      const { settings } = stage.sandbox;
      settings.operandForm = form;
      const rules = [skillOf(stage, VIP).rules, skillOf(stage, PRINTERS).rules];
      for (const skill of ['VIP', 'Printers']) {
        for (const line of [`/skill add-agent ${skill} @王五`, `/skill rename ${skill} "${skill} 2"`]) {
          const preview = await lin.says(line);
          await lin.presses(preview, 'change.confirm');
          expect(preview.template).toBe('green');
        }
      }
      settings.operandForm = 'as-sent';
      expect([skillOf(stage, VIP).rules, skillOf(stage, PRINTERS).rules]).toEqual(rules);
      expect(skillOf(stage, VIP)).toMatchObject({ name: 'VIP 2', agentIds: [tom, zhang, wang] });
    },
  );

  it('belongs to one delivery: the same message delivered again is not answered again', async () => {
    const { sandbox } = stage;
    sandbox.faults.addDelivery({ kind: { type: 'duplicate', copies: 2 } });
    sandbox.faults.addDelivery({ kind: { type: 'duplicate', newEventId: true } });
    const sent = await lin.tells('/skill rename VIP Tier 2');
    await until(() => answersTo(sandbox, sent).length > 0);
    await sandbox.redeliver(sent.eventId);
    await sandbox.redeliver(sent.eventId, { newEventId: true });
    await lin.says('/skill list');
    expect(sandbox.deliveries.all().filter(({ body }) => JSON.stringify(body).includes(sent.messageId))).toHaveLength(
      6,
    );
    expect(answersTo(sandbox, sent)).toHaveLength(1);
    expect(sandbox.calls.all().filter(({ path }) => path.includes(sent.messageId))).toHaveLength(1);
  });

  it('of somebody who logged out is not written: login card, and after the login a fresh preview', async () => {
    const before = stage.patches().length;
    const preview = await lin.says('/skill rename VIP Tier 2');
    expect((await lin.says('/skill logout')).text).toContain('is deleted');
    await lin.presses(preview, 'change.confirm');
    expect(preview.title).toBe('Please log in');
    expect(stage.patches()).toHaveLength(before);

    await lin.logsIn(preview);
    const fresh = await preview.next();
    expect(fresh).toMatchObject({ title: 'Please confirm: Rename', actions: ['change.confirm', 'change.cancel'] });
    expect(stage.patches()).toHaveLength(before);
    await lin.presses(fresh, 'change.confirm');
    expect(fresh.template).toBe('green');
    expect(onlyPatch(stage, before).requestBody).toEqual({ agent_skill: { name: 'Tier 2' } });
  });
});

describe('a helpdesk that clears what a PATCH leaves out', () => {
  it('is repaired at once, and the next write sends everything, also after a restart', async () => {
    await onStage({ loggedIn: ['admin'] }, async (stage) => {
      const lin = stage.person('admin');
      const { sandbox } = stage;
      sandbox.settings.whenAbsent = 'clear';
      const { rules } = skillOf(stage, VIP);

      const first = await lin.says('/skill rename VIP Tier 2');
      await lin.presses(first, 'change.confirm');
      expect(first.template).toBe('green');
      expect(first.text).toContain('always write whole skills');
      expect(skillOf(stage, VIP)).toMatchObject({ name: 'Tier 2', agentIds: [tom, zhang] });
      expect(skillOf(stage, VIP).rules).toMatchObject(rules);
      expect(stage.patches().map(({ requestBody }) => fieldsIn(requestBody))).toEqual([
        ['name'],
        ['agent_ids', 'name', 'rules'],
      ]);

      await stage.bot.stop();
      await stage.restart();
      const second = await lin.says('/skill add-agent "Tier 2" @王五');
      await lin.presses(second, 'change.confirm');
      expect(second.template).toBe('green');
      expect(second.text).not.toContain('always write whole skills');
      expect(fieldsIn(onlyPatch(stage, 2).requestBody)).toEqual(['agent_ids', 'name', 'rules']);
      expect(skillOf(stage, VIP)).toMatchObject({ name: 'Tier 2', agentIds: [tom, zhang, wang] });
      expect(skillOf(stage, VIP).rules).toMatchObject(rules);
    });
  });
});

describe('a preview that nobody confirms in time', () => {
  it('turns grey by itself; one that is pressed late writes nothing either', async () => {
    await onStage({ loggedIn: ['admin'], env: { CHANGE_TTL_SECONDS: '1' } }, async (stage) => {
      const lin = stage.person('admin');
      const [left, late] = [await lin.says('/skill rename VIP Tier 2'), await lin.says('/skill rename VIP Tier 3')];
      const { id } = idIn(late.card);
      await delay(1_100);
      const outcome = await stage.sandbox.clickRaw('admin', late.messageId, press('change.confirm', id));
      expect(outcome).toMatchObject({ status: 'ok', toast: { type: 'warning' } });
      for (const preview of [left, late]) {
        await preview.becomes('grey');
        expect(preview).toMatchObject({ title: 'Expired: Rename', actions: [] });
      }
      expect(stage.patches()).toEqual([]);
    });
  });
});

const press = (action: string, id: string) => ({ tag: 'button', value: { action, id } });

/** What the first button of a card carries. */
function idIn(card: unknown): { id: string } {
  const id = /"action":"change\.confirm","id":"([^"]+)"/.exec(JSON.stringify(card))?.[1];
  if (!id) throw new Error('the card has no Confirm');
  return { id };
}

const fieldsIn = (body: unknown): string[] => {
  const skill = typeof body === 'object' && body !== null && 'agent_skill' in body ? body.agent_skill : undefined;
  return Object.keys(typeof skill === 'object' && skill !== null ? skill : {}).sort();
};

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { planUndo } from '../../src/changes/undo.ts';
import type { Change } from '../../src/domain/change.ts';
import type { SkillId } from '../../src/domain/ids.ts';
import { contentOf, type SkillContent } from '../../src/domain/skill.ts';
import { li, skill, tom } from '../domain/samples.ts';
import { actor, type ChangesOnDesk, card, openChanges, settle } from './setup.ts';

let layer: Awaited<ReturnType<typeof openChanges>>;
let parts: ChangesOnDesk;
beforeAll(async () => {
  layer = await openChanges();
});
beforeEach(() => {
  parts = layer.onDesk();
});
afterAll(() => layer.close());

async function pressed(change: Change): Promise<Change> {
  await parts.changes.confirm(change.id, actor, card);
  await parts.clock.sleep(60_000);
  await settle(parts.changes);
  return stored(change);
}

const stored = async ({ id }: Change): Promise<Change> => {
  const change = await parts.store.changes.get(id);
  if (!change) throw new Error('the change is gone');
  return change;
};

const plannedDelete = async (id: SkillId) =>
  (await parts.planner.delete(parts.asked(), await parts.desk.getSkill(id))).change;

async function plannedUndo(original: Change): Promise<Change> {
  const planned = await planUndo({ ...parts, helpdesk: parts.desk }, parts.asked(), original);
  if (planned.kind !== 'planned') throw new Error(`not undoable: ${planned.why.kind}`);
  return planned.change;
}

const withoutAgents = (content: SkillContent): SkillContent => ({ ...content, agentIds: [] });

describe('a delete', () => {
  it('whose request was lost is sent again when the skill is as it was', async () => {
    const id = parts.desk.add(skill());
    parts.desk.arm('lost-before');
    const ended = await pressed(await plannedDelete(id));
    expect(ended.status).toBe('applied');
    expect(parts.desk.sent.delete).toBe(2);
    expect(parts.desk.has(id)).toBe(false);
  });

  it('whose request was lost is not sent again over an edit that nobody saw, but may still take effect', async () => {
    const id = parts.desk.add(skill());
    parts.desk.arm('lost-before', () => parts.desk.edit(id, (content) => ({ ...content, agentIds: [li] })));
    const open = await pressed(await plannedDelete(id));
    expect(open).toMatchObject({ status: 'applying', outcome: { unknown: { failure: { kind: 'edited-meanwhile' } } } });
    expect(parts.desk.sent.delete).toBe(1);
    expect(parts.desk.content(id).agentIds).toEqual([li]);

    parts.desk.remove(id);
    await parts.clock.sleep(120_000);
    await settle(parts.changes);
    expect(await parts.store.changes.get(open.id)).toMatchObject({ status: 'applied', outcome: { settled: true } });
  });

  it('of a skill that was edited since the preview is asked for again', async () => {
    const id = parts.desk.add(skill());
    const change = await plannedDelete(id);
    parts.desk.edit(id, (content) => ({ ...content, agentIds: [li] }));
    const ended = await pressed(change);
    expect(ended.status).toBe('conflicted');
    expect(parts.desk.sent.delete).toBe(0);
    const next = ended.outcome?.next && (await parts.store.changes.get(ended.outcome.next));
    expect(next).toMatchObject({
      status: 'pending',
      base: { agentIds: [li] },
      intent: { kind: 'delete' },
      cardMessageId: card,
    });
  });

  it.each(['lost-after', 'read-back-lost'] as const)('is found to be done: %s', async (fault) => {
    const id = parts.desk.add(skill());
    parts.desk.arm(fault);
    const ended = await pressed(await plannedDelete(id));
    expect(ended).toMatchObject({ status: 'applied' });
    expect(parts.desk.sent.delete).toBe(1);
  });

  it('ends as failed when Feishu refuses it', async () => {
    const id = parts.desk.add(skill());
    parts.desk.arm('refused');
    expect(await pressed(await plannedDelete(id))).toMatchObject({
      status: 'failed',
      outcome: { failure: { code: 154000 } },
    });
    expect(parts.desk.content(id)).toEqual(skill());
  });

  it('is undone once, even when two previews of the undo are confirmed at the same time', async () => {
    const id = parts.desk.add(skill());
    const deleted = await pressed(await plannedDelete(id));
    const undos = [await plannedUndo(deleted), await plannedUndo(deleted)];
    await Promise.all(undos.map(({ id: undo }) => parts.changes.confirm(undo, actor, card)));
    const ends = await Promise.all(undos.map(stored));
    expect(ends.map(({ status }) => status).sort()).toEqual(['applied', 'failed']);
    expect(ends.find(({ status }) => status === 'failed')?.outcome?.failure?.kind).toBe('undone-already');
    expect(parts.desk.named('Key accounts')).toHaveLength(1);
  });

  it('whose undo brought the skill back differently is not undone twice', async () => {
    const id = parts.desk.add(skill());
    const deleted = await pressed(await plannedDelete(id));
    const [first, second] = [await plannedUndo(deleted), await plannedUndo(deleted)];
    parts.desk.arm('none', () => {
      for (const created of parts.desk.named('Key accounts')) parts.desk.edit(created, withoutAgents);
    });
    expect(await pressed(first)).toMatchObject({ status: 'mismatch' });
    expect(await pressed(second)).toMatchObject({ outcome: { failure: { kind: 'undone-already' } } });
    expect(await planUndo({ ...parts, helpdesk: parts.desk }, parts.asked(), deleted)).toMatchObject({
      why: { kind: 'undone-already', by: first.id },
    });
    expect(parts.desk.named('Key accounts')).toHaveLength(1);
  });

  it('can be undone again when the undo was undone', async () => {
    const deleted = await pressed(await plannedDelete(parts.desk.add(skill())));
    const restored = await pressed(await plannedUndo(deleted));
    expect(restored.remarks).toEqual([{ kind: 'new-id' }]);
    const again = await pressed(await plannedUndo(restored));
    expect(again.status).toBe('applied');
    expect(parts.desk.named('Key accounts')).toEqual([]);
    await pressed(await plannedUndo(again));
    const [id] = parts.desk.named('Key accounts');
    expect(id && contentOf(parts.desk.content(id))).toEqual(skill());
  });
});

describe('a create', () => {
  const plannedCreate = async (existing: SkillId[] = []) =>
    (await parts.planner.create(parts.asked(), { kind: 'create', content: skill(), existing })).change;

  it.each(['lost-after', 'read-back-lost'] as const)('happens once: %s', async (fault) => {
    const old = parts.desk.add(skill({ agentIds: [tom] }));
    parts.desk.arm(fault);
    const ended = await pressed(await plannedCreate([old]));
    expect(ended.status).toBe('applied');
    expect(parts.desk.sent.create).toBe(1);
    const created = parts.desk.named('Key accounts').filter((id) => id !== old);
    expect(created).toEqual([ended.skillId]);
    expect(parts.desk.content(old).agentIds).toEqual([tom]);
  });

  it('asks again when another skill got its name since the preview', async () => {
    const change = await plannedCreate();
    const foreign = parts.desk.add(skill({ agentIds: [tom] }));
    const ended = await pressed(change);
    expect(ended).toMatchObject({ status: 'conflicted', skillId: undefined });
    expect(parts.desk.sent.create).toBe(0);
    const next = ended.outcome?.next && (await parts.store.changes.get(ended.outcome.next));
    expect(next).toMatchObject({
      status: 'pending',
      cardMessageId: card,
      remarks: [{ kind: 'same-name', skills: [foreign] }],
    });
    if (!next) throw new Error('there is no fresh preview');
    expect(await pressed(next)).toMatchObject({ status: 'applied' });
    expect(parts.desk.named('Key accounts')).toHaveLength(2);
  });

  it('that was lost with its process is not taken for a skill of somebody else', async () => {
    const change = await plannedCreate();
    const held = parts.desk.hold('write');
    const confirmed = parts.changes.confirm(change.id, actor, card);
    await held.reached;
    parts.desk.add(skill({ agentIds: [tom] }));
    parts.fallSilent();
    await parts.clock.sleep(60_000);
    await settle(parts.replica('other'));
    expect(await parts.store.changes.get(change.id)).toMatchObject({
      status: 'applying',
      skillId: undefined,
      outcome: { unknown: { offersRetry: false } },
    });
    parts.desk.arm('refused');
    held.open();
    await confirmed;
  });

  it('says how the new skill differs when somebody edits it at once', async () => {
    parts.desk.arm('none', () => {
      const [id] = parts.desk.named('Key accounts');
      if (id) parts.desk.edit(id, (content) => ({ ...content, agentIds: [] }));
    });
    const ended = await pressed(await plannedCreate());
    expect(ended).toMatchObject({
      status: 'mismatch',
      outcome: { differences: [{ field: 'agentIds', added: [], removed: skill().agentIds }] },
    });
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { changeCard } from '../../src/cards/change/card.ts';
import { planUndo } from '../../src/changes/undo.ts';
import type { Change } from '../../src/domain/change.ts';
import type { SkillId } from '../../src/domain/ids.ts';
import { skill } from '../domain/samples.ts';
import { actor, type ChangesOnDesk, card, type OpenChanges, openChanges, settle } from './setup.ts';

let layer: OpenChanges;
let parts: ChangesOnDesk;
let name: string;
beforeAll(async () => {
  layer = await openChanges();
});
beforeEach(() => {
  parts = layer.onDesk();
  name = `Skill of ${parts.desk.id}`;
});
afterAll(() => layer.close());

async function stored({ id }: Change): Promise<Change> {
  const change = await parts.store.changes.get(id);
  if (!change) throw new Error('the change is gone');
  return change;
}

async function pressed(change: Change): Promise<Change> {
  await parts.changes.confirm(change.id, actor, card);
  return stored(change);
}

async function later(change: Change): Promise<Change> {
  await parts.clock.sleep(120_000);
  await settle(parts.changes);
  return stored(change);
}

async function renaming(id: SkillId): Promise<Change> {
  const intent = { kind: 'rename' as const, name: `${name}, renamed` };
  const planned = await parts.planner.edit(parts.asked(), intent, await parts.desk.getSkill(id));
  if (planned.kind !== 'planned') throw new Error('there is nothing to change');
  return planned.change;
}

const deleting = async (id: SkillId) =>
  (await parts.planner.delete(parts.asked(), await parts.desk.getSkill(id))).change;

const creating = async (existing: SkillId[] = []) =>
  (await parts.planner.create(parts.asked(), { kind: 'create', content: skill({ name }), existing })).change;

const UNREADABLE = { status: 'failed', outcome: { failure: { kind: 'unreadable', message: 'rules' } } };

describe('a skill that cannot be read any more when it would be written', () => {
  it.each([
    ['edit', renaming],
    ['delete', deleting],
  ] as const)('ends an %s without a write, and the card says why', async (_, planned) => {
    const id = parts.desk.add(skill({ name }));
    const change = await planned(id);
    parts.desk.spoil(id);
    const ended = await pressed(change);
    expect(ended).toMatchObject(UNREADABLE);
    expect(parts.desk.patches).toEqual([]);
    expect(parts.desk.sent.delete).toBe(0);
    const text = JSON.stringify(changeCard(ended));
    expect(text).toContain('the list of rules');
    expect(text).toContain('读不懂');
  });

  it('is still in the way of a new one of its name', async () => {
    const change = await creating();
    const id = parts.desk.add(skill({ name }));
    parts.desk.spoil(id);
    const ended = await pressed(change);
    expect(ended.status).toBe('conflicted');
    expect(parts.desk.sent.create).toBe(0);
    const next = ended.outcome?.next && (await parts.store.changes.get(ended.outcome.next));
    expect(next).toMatchObject({ intent: { existing: [id] }, remarks: [{ kind: 'same-name', skills: [id] }] });
  });

  it('is named beside a deleted one that comes back', async () => {
    const id = parts.desk.add(skill({ name }));
    const deleted = await pressed(await deleting(id));
    const other = parts.desk.add(skill({ name }));
    parts.desk.spoil(other);
    const planned = await planUndo({ ...parts, helpdesk: parts.desk }, parts.asked(), deleted);
    expect(planned).toMatchObject({
      change: { remarks: [{ kind: 'new-id' }, { kind: 'same-name', skills: [other] }] },
    });
  });
});

describe('a skill that cannot be read after it was written', () => {
  it.each(['none', 'lost-after'] as const)('leaves an edit open until it can be: %s', async (fault) => {
    const id = parts.desk.add(skill({ name }));
    const change = await renaming(id);
    parts.desk.arm(fault, () => parts.desk.spoil(id));
    expect((await pressed(change)).status).toBe('applying');
    expect((await later(change)).status).toBe('applying');
    expect(parts.desk.patches).toHaveLength(1);
    parts.desk.spoil(id, false);
    expect(await later(change)).toMatchObject({ status: 'applied', outcome: { settled: true } });
    expect(parts.desk.patches).toHaveLength(1);
  });

  it('leaves a create open until it can be, and is not believed to be ours before', async () => {
    const change = await creating();
    const made: SkillId[] = [];
    parts.desk.arm('lost-after', () => {
      // The second one is exactly what was to be made, but it is somebody else's.
      made.push(...parts.desk.named(name), parts.desk.add(skill({ name })));
      const [own] = made;
      if (own) parts.desk.spoil(own);
    });
    expect((await pressed(change)).status).toBe('applying');
    expect((await later(change)).status).toBe('applying');

    const [own, foreign] = made;
    if (!own || !foreign) throw new Error('nothing was created');
    parts.desk.remove(foreign);
    parts.desk.spoil(own, false);
    expect(await later(change)).toMatchObject({ status: 'applied', skillId: own });
    expect(parts.desk.sent.create).toBe(1);
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Change } from '../../src/domain/change.ts';
import type { SkillId } from '../../src/domain/ids.ts';
import { SKILL_FIELDS } from '../../src/domain/skill.ts';
import { skill, tom } from '../domain/samples.ts';
import { until } from '../support/until.ts';
import { actor, type ChangesOnDesk, card, type OpenChanges, openChanges, settle } from './setup.ts';

let layer: OpenChanges;
let parts: ChangesOnDesk;
beforeAll(async () => {
  layer = await openChanges();
});
beforeEach(async () => {
  parts = layer.onDesk();
  parts.desk.whenAbsent = 'clear';
  await parts.store.desks.rememberWholeWrites(parts.desk.id);
});
afterAll(() => layer.close());

async function plannedRename(id: SkillId): Promise<Change> {
  const planned = await parts.planner.edit(
    parts.asked(),
    { kind: 'rename', name: 'Other' },
    await parts.desk.getSkill(id),
  );
  if (planned.kind !== 'planned') throw new Error('there is nothing to change');
  return planned.change;
}

async function pressed(change: Change): Promise<Change | undefined> {
  await parts.changes.confirm(change.id, actor, card);
  await parts.clock.sleep(60_000);
  await settle(parts.changes);
  return parts.store.changes.get(change.id);
}

describe('a list that somebody else empties right after a whole write', () => {
  it.each(['none', 'lost-after', 'read-back-lost'] as const)('stays empty and is shown: %s', async (fault) => {
    const id = parts.desk.add(skill({ agentIds: [tom] }));
    parts.desk.arm(fault, () => parts.desk.edit(id, (content) => ({ ...content, agentIds: [] })));
    const ended = await pressed(await plannedRename(id));
    expect(ended).toMatchObject({
      status: 'mismatch',
      outcome: { differences: [{ field: 'agentIds', removed: [tom] }] },
    });
    expect(parts.desk.content(id)).toEqual(skill({ name: 'Other', agentIds: [] }));
    expect(parts.desk.patches.map(({ patch }) => Object.keys(patch).sort())).toEqual([[...SKILL_FIELDS].sort()]);
  });

  it('stays empty when the write has to be sent again', async () => {
    const id = parts.desk.add(skill({ agentIds: [tom] }));
    const change = await plannedRename(id);
    const held = parts.desk.hold('write');
    const confirmed = parts.changes.confirm(change.id, actor, card);
    await held.reached;
    // The process is gone before its request is.
    parts.fallSilent();
    await parts.clock.sleep(60_000);
    parts.desk.edit(id, (content) => ({ ...content, agentIds: [] }));
    await settle(parts.replica('other'));
    expect(await parts.store.changes.get(change.id)).toMatchObject({ status: 'applied' });
    expect(parts.desk.content(id)).toEqual(skill({ name: 'Other', agentIds: [] }));
    parts.desk.arm('refused');
    held.open();
    await confirmed;
  });
});

it('what a desk clears is written back when the process was lost that found out', async () => {
  const desk = layer.onDesk();
  desk.desk.whenAbsent = 'clear';
  parts = desk;
  const id = parts.desk.add(skill({ agentIds: [tom] }));
  parts.desk.arm('read-back-lost');
  const change = await plannedRename(id);
  await parts.changes.confirm(change.id, actor, card);
  // Another change has found out in the meantime.
  await parts.store.desks.rememberWholeWrites(parts.desk.id);
  await parts.clock.sleep(60_000);
  await settle(parts.changes);
  expect(await parts.store.changes.get(change.id)).toMatchObject({ status: 'applied', outcome: { repaired: true } });
  expect(parts.desk.content(id)).toEqual(skill({ name: 'Other', agentIds: [tom] }));
});

it('what a desk clears is written back when the process was lost that was about to', async () => {
  parts = layer.onDesk();
  parts.desk.whenAbsent = 'clear';
  const id = parts.desk.add(skill({ agentIds: [tom] }));
  const change = await plannedRename(id);
  const held: { now?: ReturnType<typeof parts.desk.hold> } = {};
  parts.desk.arm('none', () => {
    held.now = parts.desk.hold('write');
  });
  const confirmed = parts.changes.confirm(change.id, actor, card);
  await until(() => held.now !== undefined);
  await held.now?.reached;
  // Its second request never arrives.
  parts.fallSilent();
  await parts.clock.sleep(60_000);
  await settle(parts.replica('other'));
  expect(await parts.store.changes.get(change.id)).toMatchObject({ status: 'applied', outcome: { repaired: true } });
  expect(parts.desk.content(id)).toEqual(skill({ name: 'Other', agentIds: [tom] }));
  parts.desk.arm('refused');
  held.now?.open();
  await confirmed;
});

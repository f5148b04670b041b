import type { Change, NotUndoable } from '../domain/change.ts';
import { diff } from '../domain/diff.ts';
import { idsNamed } from '../domain/listedSkills.ts';
import { type Remark, sameName } from '../domain/remark.ts';
import type { Helpdesk } from '../feishu/helpdesk.ts';
import type { Store } from '../store/store.ts';
import { undoneBy } from './cards.ts';
import type { Asked, PlannedChange, Planner } from './plan.ts';
import { presentSkill } from './write.ts';

export type PlannedUndo = PlannedChange | { kind: 'not-undoable'; why: NotUndoable };

export interface UndoParts {
  store: Store;
  helpdesk: Helpdesk;
  planner: Planner;
}

/**
 * Plans a change that takes `original` back against the skill's present state; `remarks` is what the person should know
 * besides. Rejects with a FeishuError.
 */
export async function planUndo(
  parts: UndoParts,
  asked: Asked,
  original: Change,
  remarks: readonly Remark[] = [],
): Promise<PlannedUndo> {
  if (original.status === 'applying' || (original.status === 'failed' && original.outcome?.unknown)) {
    return notUndoable({ kind: 'not-known', change: original });
  }
  if (original.status !== 'applied' && original.status !== 'mismatch') {
    return notUndoable({ kind: 'not-written', change: original });
  }
  const by = await undoneBy(parts.store, original);
  if (by) return notUndoable({ kind: 'undone-already', change: original, by });
  const isOpen = await parts.store.changes.isBeingUndone(original.id);
  const extra: readonly Remark[] = isOpen ? [{ kind: 'maybe-done' }, ...remarks] : remarks;
  const options = { remarks: extra, undoOf: original.id };
  const named: Asked = { ...asked, people: [...asked.people, ...original.people] };
  if (!original.target) return restore(parts, named, original, extra);

  const skill = original.skillId ? await presentSkill(parts.helpdesk, original.skillId) : 'gone';
  if (skill === 'gone') return notUndoable({ kind: 'skill-gone', change: original });
  if (!original.base) return parts.planner.delete(named, skill, options);
  const intent = { kind: 'undo' as const, change: original.id, differences: diff(original.base, original.target) };
  const planned = await parts.planner.edit(named, intent, skill, options);
  if (planned.kind === 'planned') return planned;
  return notUndoable({ kind: 'pointless', change: original, why: planned.why });
}

const notUndoable = (why: NotUndoable): PlannedUndo => ({ kind: 'not-undoable', why });

/** A deleted skill comes back as a new one: its id cannot be had again. */
async function restore(
  { helpdesk, planner }: UndoParts,
  asked: Asked,
  original: Change,
  extra: readonly Remark[],
): Promise<PlannedChange> {
  if (!original.base) throw new TypeError(`change ${original.id} has lost what it deleted`);
  const content = original.base;
  const existing = idsNamed(content.name, await helpdesk.listSkills());
  const remarks: Remark[] = [...extra, { kind: 'new-id' }, ...sameName(existing)];
  return planner.create(asked, { kind: 'create', content, existing }, { remarks, undoOf: original.id });
}

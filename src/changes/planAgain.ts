import type { Change } from '../domain/change.ts';
import { lastingRemarks, type Remark, sameName } from '../domain/remark.ts';
import type { Asked, Planned, Planner } from './plan.ts';
import type { Fresh } from './write.ts';

/** The same person's request in the same place, once more. */
export const askedAgain = (change: Change, requestKey: string): Asked => ({
  requestKey,
  actorId: change.actorId,
  chatId: change.chatId,
  sourceMessageId: change.sourceMessageId,
  people: change.people,
});

export interface PlanAgain {
  asked: Asked;
  change: Change;
  /** What is there now. */
  fresh: Fresh;
  /** What the person should know besides what lasts of the first preview. */
  remarks: readonly Remark[];
}

/** Plans the same change once more, on what is there now. */
export async function planAgain(planner: Planner, { asked, change, fresh, remarks }: PlanAgain): Promise<Planned> {
  const { intent, undoOf } = change;
  const all = [...remarks, ...lastingRemarks(change.remarks)];
  if (intent.kind === 'create') {
    const existing = fresh.kind === 'same-names' ? fresh.skills : [];
    const options = { remarks: [...all, ...sameName(existing)], undoOf };
    return planner.create(asked, { ...intent, existing }, options);
  }
  if (fresh.kind !== 'skill') throw new TypeError(`change ${change.id} is about a skill`);
  if (intent.kind === 'delete') return planner.delete(asked, fresh.skill, { remarks: all, undoOf });
  return planner.edit(asked, intent, fresh.skill, { remarks: all, undoOf });
}

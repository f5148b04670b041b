import { lastingRemarks } from '../skills/remark.ts';
import type { Change, Outcome } from '../store/change.ts';
import type { Asked, Planner } from './plan.ts';
import { type Fresh, sameName } from './write.ts';

/** The same person's request in the same place, once more. */
export const askedAgain = (change: Change, requestKey: string): Asked => ({
  requestKey,
  actor_id: change.actor_id,
  chat_id: change.chat_id,
  source_message_id: change.source_message_id,
  people: change.people,
});

/** The same intent on what is there now, after a conflict; undefined when there is nothing left to do. */
export async function planAgain(
  planner: Planner,
  change: Change,
  fresh: Fresh,
  { differences = [] }: Outcome,
): Promise<Change | undefined> {
  const asked = askedAgain(change, `conflict:${change.id}`);
  const { intent } = change;
  if (fresh.kind === 'same-names') {
    if (intent.kind !== 'create') throw new TypeError(`change ${change.id} makes no skill`);
    const lasting = lastingRemarks(change.remarks).filter(({ kind }) => kind !== 'same-name');
    return planner.create(
      asked,
      { ...intent, existing: fresh.skills },
      [...lasting, ...sameName(fresh.skills)],
      change.undo_of,
    );
  }
  const remarks = [...lastingRemarks(change.remarks), { kind: 'changed-meanwhile' as const, differences }];
  if (intent.kind === 'create') return undefined;
  if (intent.kind === 'delete') return planner.delete(asked, fresh.skill, remarks, change.undo_of);
  const planned = await planner.edit(asked, intent, fresh.skill, remarks, change.undo_of);
  return planned.kind === 'planned' ? planned.change : undefined;
}

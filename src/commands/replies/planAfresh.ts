import { notUndoableCard } from '../../cards/undo.ts';
import { askedAgain } from '../../changes/planAgain.ts';
import { planUndo } from '../../changes/undo.ts';
import { sameName } from '../../changes/write.ts';
import { idsNamed } from '../../feishu/helpdesk.ts';
import { lastingRemarks, type Remark } from '../../skills/remark.ts';
import type { Change } from '../../store/change.ts';
import type { Context, Reply } from '../context.ts';
import { changeReply, plannedReply } from './changeReply.ts';

/** The same change once more, on what is there now. `extra` is what the person should know besides. */
export async function planAfresh(context: Context, change: Change, extra: readonly Remark[] = []): Promise<Reply> {
  const { helpdesk, planner, store } = context.services;
  const asked = askedAgain(change, context.requestKey);
  const original = change.undo_of && (await store.changes.get(change.undo_of));
  if (original) {
    const planned = await planUndo({ helpdesk, planner, store }, asked, original, extra);
    if (planned.kind === 'planned') return changeReply(context, planned.change);
    return { card: notUndoableCard(planned.why) };
  }
  const { intent } = change;
  const remarks = [...extra, ...lastingRemarks(change.remarks).filter(({ kind }) => kind !== 'same-name')];
  if (intent.kind === 'create') {
    const existing = idsNamed(intent.content.name, await helpdesk.listSkills());
    const asSeen = { ...intent, existing };
    return changeReply(context, await planner.create(asked, asSeen, [...remarks, ...sameName(existing)]));
  }
  if (!change.skill_id) throw new TypeError(`change ${change.id} is about no skill`);
  const skill = await helpdesk.getSkill(change.skill_id);
  if (intent.kind === 'delete') return changeReply(context, await planner.delete(asked, skill, extra));
  return plannedReply(context, skill, await planner.edit(asked, intent, skill, remarks));
}

import { notUndoableCard } from '../../cards/undo.ts';
import { askedAgain, planAgain } from '../../changes/planAgain.ts';
import { planUndo } from '../../changes/undo.ts';
import type { Fresh } from '../../changes/write.ts';
import type { Change } from '../../domain/change.ts';
import { idsNamed } from '../../domain/listedSkills.ts';
import type { Remark } from '../../domain/remark.ts';
import type { Helpdesk } from '../../feishu/helpdesk.ts';
import type { Context, Reply } from '../context.ts';
import { changeReply, plannedReply } from './changeReply.ts';

/** The same change once more, on what is there now. `remarks` is what the person should know besides. */
export async function planAfresh(context: Context, change: Change, remarks: readonly Remark[] = []): Promise<Reply> {
  const { helpdesk, planner, store } = context.services;
  const asked = askedAgain(change, context.requestKey);
  const original = change.undoOf && (await store.changes.get(change.undoOf));
  if (original) {
    const planned = await planUndo({ helpdesk, planner, store }, asked, original, remarks);
    if (planned.kind === 'planned') return changeReply(context, planned.change);
    return { card: notUndoableCard(planned.why) };
  }
  const fresh = await freshFor(helpdesk, change);
  const planned = await planAgain(planner, { asked, change, fresh, remarks });
  return plannedReply(context, fresh.kind === 'skill' ? fresh.skill : { name: change.skillName, agents: [] }, planned);
}

async function freshFor(helpdesk: Helpdesk, { id, intent, skillId }: Change): Promise<Fresh> {
  if (intent.kind === 'create') {
    return { kind: 'same-names', skills: idsNamed(intent.content.name, await helpdesk.listSkills()) };
  }
  if (!skillId) throw new TypeError(`change ${id} is about no skill`);
  return { kind: 'skill', skill: await helpdesk.getSkill(skillId) };
}

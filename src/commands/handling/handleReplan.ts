import { notUndoableCard } from '../../cards/undo.ts';
import { askedAgain } from '../../changes/carryOut.ts';
import { planUndo } from '../../changes/undo.ts';
import { lastingRemarks } from '../../skills/remark.ts';
import type { Change } from '../../store/change.ts';
import type { ReplanDelivery } from '../../store/delivery.ts';
import type { Context, Reply, Services } from '../context.ts';
import { changeReply, plannedReply } from '../replies/changeReply.ts';
import { postReply } from './handleMessage.ts';
import { answered, saveView } from './perform.ts';

/** After a login: the change that could not be confirmed comes back as a fresh preview that wants Confirm. */
export async function handleReplan(services: Services, key: string, waiting: ReplanDelivery): Promise<void> {
  const change = await services.store.changes.get(waiting.change_id);
  if (!change) return;
  const context = contextOf(services, key, change, waiting);
  const doing = { command: undefined, input: {}, understood: change.id };
  const reply = await answered(doing, context, () => planAfresh(context, change));
  await postReply(services, key, change.source_message_id, reply);
}

const contextOf = (services: Services, key: string, change: Change, waiting: ReplanDelivery): Context => ({
  services,
  requestKey: key,
  actor: change.actor_id,
  chat_id: change.chat_id,
  source_message_id: change.source_message_id,
  people: change.people,
  waiting,
  saveView: (view) => saveView(services, change.actor_id, view),
});

async function planAfresh(context: Context, change: Change): Promise<Reply> {
  const { helpdesk, planner, store } = context.services;
  const asked = askedAgain(change, context.requestKey);
  const original = change.undo_of && (await store.changes.get(change.undo_of));
  if (original) {
    const planned = await planUndo({ helpdesk, planner, store }, asked, original);
    if (planned.kind === 'planned') return changeReply(context, planned.change);
    return { card: notUndoableCard(planned.why) };
  }
  const { intent } = change;
  const remarks = lastingRemarks(change.remarks);
  if (intent.kind === 'create') return changeReply(context, await planner.create(asked, intent, remarks));
  if (!change.skill_id) throw new TypeError(`change ${change.id} is about no skill`);
  const skill = await helpdesk.getSkill(change.skill_id);
  if (intent.kind === 'delete') return changeReply(context, await planner.delete(asked, skill));
  return plannedReply(context, skill, await planner.edit(asked, intent, skill, remarks));
}

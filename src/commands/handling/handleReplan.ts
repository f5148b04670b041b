import type { Change } from '../../domain/change.ts';
import type { ReplanDelivery } from '../../domain/delivery.ts';
import type { Context, Services } from '../context.ts';
import { planAfresh } from '../replies/planAfresh.ts';
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

import type { Change } from '../../domain/change.ts';
import type { ReplanDelivery } from '../../domain/delivery.ts';
import type { Context, Services } from '../context.ts';
import { planAfresh } from '../replies/planAfresh.ts';
import { postReply } from '../replies/post.ts';
import { saveView } from '../views.ts';
import { answered } from './perform.ts';

/** After a login: the change that could not be confirmed comes back as a fresh preview that wants Confirm. */
export async function handleReplan(services: Services, requestKey: string, waiting: ReplanDelivery): Promise<void> {
  const change = await services.store.changes.get(waiting.changeId);
  if (!change) return;
  const context = contextOf(services, requestKey, change, waiting);
  const attempted = { command: undefined, input: {}, understood: change.id };
  const reply = await answered(attempted, context, () => planAfresh(context, change));
  await postReply(services, requestKey, change.sourceMessageId, reply);
}

const contextOf = (services: Services, requestKey: string, change: Change, waiting: ReplanDelivery): Context => ({
  services,
  requestKey,
  actorId: change.actorId,
  chatId: change.chatId,
  sourceMessageId: change.sourceMessageId,
  people: change.people,
  waiting,
  saveView: (view) => saveView(services, change.actorId, { ...view, chatId: change.chatId }),
});

import { type LoginReason, loginCard } from '../../cards/login.ts';
import type { Context, Reply } from '../context.ts';

/**
 * A way in for the one who asks; with `continues` the request waits and is handled again after the login. Rejects with
 * a FeishuError when Feishu has to be asked for it and does not give it.
 */
export async function offerLogin(context: Context, reason: LoginReason, continues: boolean): Promise<Reply> {
  const { services, actorId, chatId, requestKey, waiting } = context;
  const { id, ...offered } = await services.logins.offer({ actorId, chatId, requestKey });
  if (continues) await services.logins.wait(actorId, requestKey, waiting);
  // A click that waits shows its result in this same card.
  const showsResult = continues && waiting.kind === 'card-action';
  return {
    card: loginCard({ ...offered, actorId, reason, continues }),
    onShown: (cardMessageId) => services.logins.shownIn(id, cardMessageId, showsResult),
  };
}

import { TICKET_MS } from '../../auth/logins.ts';
import { type LoginReason, loginCard } from '../../cards/login.ts';
import type { Context, Reply } from '../context.ts';

/** A way in for the one who asks; with `continues` the request waits and is handled again after the login. */
export async function offerLogin(context: Context, reason: LoginReason, continues: boolean): Promise<Reply> {
  const { services, actor, chat_id } = context;
  const { url, ticketHash } = await services.logins.offer(actor, chat_id);
  if (continues) await services.logins.wait(actor, context.requestKey, context.waiting);
  const minutes = TICKET_MS / 60_000;
  const card = loginCard({ open_id: actor, url, minutes, reason, continues });
  // A click that waits shows its result in this same card, so the login does not touch it.
  if (continues && context.waiting.kind === 'card-action') return { card };
  return { card, onShown: (messageId) => services.logins.shownIn(ticketHash, messageId) };
}

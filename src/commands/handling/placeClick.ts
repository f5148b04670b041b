import type { CardActionDelivery, UnplacedClick } from '../../domain/delivery.ts';
import { ChangeId } from '../../domain/ids.ts';
import type { Services } from '../context.ts';
import { loadView } from '../views.ts';

/**
 * A click with the place of its card, which the bot knows of the change or the view that the button stands for. Undefined
 * when it does not: a view is not tied to the message that shows it.
 */
export async function placeClick(services: Services, click: UnplacedClick): Promise<CardActionDelivery | undefined> {
  const id = ChangeId.safeParse(click.action.id);
  const change = id.success ? await services.store.changes.get(id.data) : undefined;
  const cardMessageId = click.cardMessageId ?? change?.cardMessageId;
  if (!cardMessageId) return undefined;
  const chatId = click.chatId ?? change?.chatId ?? (await loadView(services, click.action.id))?.view.chatId;
  return chatId && { ...click, chatId, cardMessageId };
}

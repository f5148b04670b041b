import type { CardActionDelivery } from '../../domain/delivery.ts';
import type { Context, Services } from '../context.ts';
import { saveView } from '../views.ts';

/** The context of a click; `requestKey` names what may happen once only. What it needs a login for waits as the click. */
export const clickContext = (services: Services, requestKey: string, click: CardActionDelivery): Context => ({
  services,
  requestKey,
  actorId: click.actorId,
  chatId: click.chatId,
  sourceMessageId: click.cardMessageId,
  people: [],
  waiting: click,
  saveView: (view) => saveView(services, click.actorId, { ...view, chatId: click.chatId }),
});

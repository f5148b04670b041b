import { toast } from '../cards/kit.ts';
import { OTHER_COMPANY } from '../cards/refused.ts';
import type { CardActionDelivery, IncomingDelivery, MessageDelivery, UnplacedClick } from '../domain/delivery.ts';
import type { OpenId } from '../domain/ids.ts';
import type { Inbox } from '../inbox/inbox.ts';
import type { Clock } from '../lib/clock.ts';
import { errorMessage } from '../lib/errorMessage.ts';
import type { Logger } from '../lib/logger.ts';
import type { Metrics } from '../lib/metrics.ts';
import { phrase } from '../lib/phrase.ts';
import type { Trace } from '../lib/trace.ts';
import type { AnswerCallback, CallbackBody, DeliveryAnswer } from './callback.ts';
import type { EventEnvelope } from './envelope.ts';
import { eventShape } from './eventShape.ts';
import type { ReadEvent } from './readEvent.ts';
import { toDelivery } from './toDelivery.ts';

/**
 * Takes in what is certainly from Feishu, however it came. Resolves when it may be acknowledged: an event is stored by
 * then, a click is answered. `receivedAt` as `clock.elapsed()` gave it. Rejects when it could not be stored; what follows an
 * answer never does.
 */
export type Intake = (event: EventEnvelope, receivedAt: number) => Promise<DeliveryAnswer>;

export interface IntakeParts {
  inbox: Inbox;
  answerCallback: AnswerCallback;
  clock: Clock;
  logger: Logger;
  trace: Trace;
  metrics: Metrics;
  /** The bot's own open id, when it is known. */
  self: () => OpenId | undefined;
  /** Finds out where the card of a click is; undefined when that cannot be known. */
  placeClick: (click: UnplacedClick) => Promise<CardActionDelivery | undefined>;
  /** Whether a message may ask for anything. It is not acknowledged yet: this has to be quick, however long it is. */
  isForBot: (message: MessageDelivery) => boolean;
}

export const createIntake =
  (parts: IntakeParts): Intake =>
  async (event, receivedAt) => {
    const { trace, metrics, clock, logger } = parts;
    const read = await placed(parts, toDelivery(event, parts.self()));
    const incoming = 'incoming' in read ? read.incoming : undefined;
    const about = { delivery: incoming?.requestKey ?? `event:${event.eventId}` };
    const { body, afterwards } = await trace.within(about, () => takeIn(parts, event, read, receivedAt));
    return {
      body,
      afterwards: (sent) => {
        metrics.acknowledged(incoming?.delivery.kind ?? 'other', clock.elapsed() - receivedAt);
        return trace.within(about, () =>
          afterwards(sent).catch((error: unknown) => {
            // The answer is out already.
            logger.error({ reason: errorMessage(error) }, 'a late update failed');
          }),
        );
      },
    };
  };

/** What was read, a click with the place of its card. */
async function placed({ placeClick, logger }: IntakeParts, read: ReadEvent): Promise<ReadEvent> {
  if (read.kind !== 'unplaced-click') return read;
  const delivery = await placeClick(read.click).catch((error: unknown) => {
    logger.error({ reason: errorMessage(error) }, 'the place of a click was not found out');
    return undefined;
  });
  return delivery
    ? { kind: 'delivery', incoming: { requestKey: read.requestKey, delivery } }
    : { kind: 'unreadable', what: 'click' };
}

async function takeIn(
  parts: IntakeParts,
  { eventType, body }: EventEnvelope,
  read: ReadEvent,
  receivedAt: number,
): Promise<DeliveryAnswer> {
  const { inbox, answerCallback, logger, metrics } = parts;
  switch (read.kind) {
    case 'unplaced-click':
    case 'unreadable':
      return answerUnreadable(parts, read.kind === 'unreadable' ? read.what : 'click', body);
    case 'stranger-click':
      return refuseStrangersClick(parts);
    case 'stranger':
      if (isIdle(parts, read.incoming)) break;
      return refuseStranger(parts, read.incoming);
    case 'delivery': {
      const { incoming } = read;
      if (isIdle(parts, incoming)) break;
      if (isClick(incoming)) return answerCallback(incoming, receivedAt);
      await inbox.accept(incoming);
      return answeredWith({});
    }
    case 'nothing':
      break;
  }
  metrics.received('incoming' in read ? read.incoming.delivery.kind : 'other', 'ignored');
  logger.debug({ eventType }, 'nothing to do for this event');
  return answeredWith({});
}

/** Whoever runs the bot sees what came, without its content; whoever pressed sees what to do. */
function answerUnreadable(
  { logger, metrics }: IntakeParts,
  what: (ReadEvent & { kind: 'unreadable' })['what'],
  body: unknown,
): DeliveryAnswer {
  metrics.received('other', 'ignored');
  logger.warn({ shape: eventShape(what, body) }, UNREADABLE_IN_LOG[what]);
  return answeredWith(what === 'click' ? { toast: toast('error', UNREADABLE) } : {});
}

const UNREADABLE_IN_LOG = {
  click: 'a click that cannot be read',
  message: 'a message that cannot be read',
  other: 'an event that cannot be read',
};

const UNREADABLE = phrase(
  '机器人读不懂这次点击，请重新发送命令。',
  'The bot cannot read this click; please send the command again.',
);

const answeredWith = (body: CallbackBody): DeliveryAnswer => ({ body, afterwards: async () => undefined });

/** Talk in a group is not even stored. */
const isIdle = ({ isForBot }: IntakeParts, { delivery }: IncomingDelivery): boolean =>
  delivery.kind === 'message' && !isForBot(delivery);

const isClick = (incoming: IncomingDelivery): incoming is IncomingDelivery<CardActionDelivery> =>
  incoming.delivery.kind === 'card-action';

/** Nothing of what they say or press is kept, and nothing is read or done for it. */
async function refuseStranger(parts: IntakeParts, { requestKey, delivery }: IncomingDelivery): Promise<DeliveryAnswer> {
  const { inbox, logger } = parts;
  if (delivery.kind === 'card-action') return refuseStrangersClick(parts);
  logger.warn({ kind: delivery.kind }, 'refused: somebody of another company');
  if (delivery.kind === 'message') {
    await inbox.accept({ requestKey, delivery: { kind: 'refusal', to: { messageId: delivery.messageId } } });
  }
  if (delivery.kind === 'greeting') await inbox.accept({ requestKey, delivery: { kind: 'refusal', to: delivery.to } });
  return answeredWith({});
}

function refuseStrangersClick({ logger, metrics }: IntakeParts): DeliveryAnswer {
  logger.warn({ kind: 'card-action' }, 'refused: somebody of another company');
  metrics.received('card-action', 'ignored');
  return answeredWith({ toast: toast('error', OTHER_COMPANY) });
}

import { toast } from '../cards/kit.ts';
import { OTHER_COMPANY } from '../cards/refused.ts';
import type { CardActionDelivery, IncomingDelivery, MessageDelivery } from '../domain/delivery.ts';
import type { OpenId } from '../domain/ids.ts';
import type { Inbox } from '../inbox/inbox.ts';
import type { Clock } from '../lib/clock.ts';
import { errorMessage } from '../lib/errorMessage.ts';
import type { Logger } from '../lib/logger.ts';
import type { Metrics } from '../lib/metrics.ts';
import { phrase } from '../lib/phrase.ts';
import type { Trace } from '../lib/trace.ts';
import type { AnswerCallback, CallbackBody, DeliveryAnswer } from './callback.ts';
import { clickShape } from './clickShape.ts';
import type { EventEnvelope } from './envelope.ts';
import { type ReadEvent, toDelivery } from './toDelivery.ts';

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
  /** Whether a message may ask for anything. It is not acknowledged yet: this has to be quick, however long it is. */
  isForBot: (message: MessageDelivery) => boolean;
}

export const createIntake =
  (parts: IntakeParts): Intake =>
  async (event, receivedAt) => {
    const { trace, metrics, clock, logger } = parts;
    const read = toDelivery(event, parts.self());
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

async function takeIn(
  parts: IntakeParts,
  { eventType, body }: EventEnvelope,
  read: ReadEvent,
  receivedAt: number,
): Promise<DeliveryAnswer> {
  const { inbox, answerCallback, logger, metrics } = parts;
  if (read.kind === 'unreadable-click') {
    metrics.received('other', 'ignored');
    logger.warn({ shape: clickShape(body) }, 'a click that cannot be read');
    return answeredWith({ toast: toast('error', UNREADABLE) });
  }
  if (read.kind === 'nothing' || isIdle(parts, read.incoming)) {
    metrics.received('incoming' in read ? read.incoming.delivery.kind : 'other', 'ignored');
    logger.debug({ eventType }, 'nothing to do for this event');
    return answeredWith({});
  }
  const { incoming } = read;
  if (read.kind === 'stranger') return refuseStranger(parts, incoming);
  if (isClick(incoming)) return answerCallback(incoming, receivedAt);
  await inbox.accept(incoming);
  return answeredWith({});
}

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
async function refuseStranger(
  { inbox, logger, metrics }: IntakeParts,
  { requestKey, delivery }: IncomingDelivery,
): Promise<DeliveryAnswer> {
  logger.warn({ kind: delivery.kind }, 'refused: somebody of another company');
  if (delivery.kind === 'message') {
    await inbox.accept({ requestKey, delivery: { kind: 'refusal', to: { messageId: delivery.messageId } } });
  }
  if (delivery.kind === 'greeting') await inbox.accept({ requestKey, delivery: { kind: 'refusal', to: delivery.to } });
  if (delivery.kind !== 'card-action') return answeredWith({});
  metrics.received(delivery.kind, 'ignored');
  return answeredWith({ toast: toast('error', OTHER_COMPANY) });
}

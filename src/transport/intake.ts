import { isForBot } from '../commands/handling/handleMessage.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import type { Metrics } from '../lib/metrics.ts';
import { reasonOf } from '../lib/reason.ts';
import type { Trace } from '../lib/trace.ts';
import type { OpenId } from '../skills/ids.ts';
import type { CardActionDelivery } from '../store/delivery.ts';
import type { CallbackBody, Callbacks } from './callback.ts';
import type { EventEnvelope } from './envelope.ts';
import type { Inbox } from './inbox.ts';
import { type Keyed, toDelivery } from './toDelivery.ts';

/** What a delivery is answered with. */
export interface IntakeAnswer {
  /** Goes out as JSON; empty for events. */
  body: CallbackBody;
  /** To be called once the answer has gone out, or with false when it could not. Never rejects. */
  afterwards: (sent?: boolean) => Promise<void>;
}

/**
 * Takes in what is certainly from Feishu, however it came. Resolves when it may be acknowledged: an event is stored by
 * then, a click is answered. `receivedAt` as `clock.elapsed()` gave it. Rejects when it could not be stored.
 */
export type Intake = (event: EventEnvelope, receivedAt: number) => Promise<IntakeAnswer>;

export interface IntakeParts {
  inbox: Inbox;
  callbacks: Callbacks;
  clock: Clock;
  logger: Logger;
  trace: Trace;
  metrics: Metrics;
  /** The bot's own open id, when it is known. */
  self: () => OpenId | undefined;
}

export const createIntake =
  (parts: IntakeParts): Intake =>
  async (event, receivedAt) => {
    const { trace, metrics, clock } = parts;
    const keyed = toDelivery(event, parts.self());
    const about = { delivery: keyed?.key ?? `event:${event.eventId}` };
    const { body, afterwards } = await trace.within(about, () => takeIn(parts, event.eventType, keyed, receivedAt));
    return {
      body,
      afterwards: (sent) => {
        metrics.acknowledged(keyed?.delivery.kind ?? 'other', clock.elapsed() - receivedAt);
        return trace.within(about, () => afterwards(sent));
      },
    };
  };

async function takeIn(
  parts: IntakeParts,
  eventType: string,
  keyed: Keyed | undefined,
  receivedAt: number,
): Promise<IntakeAnswer> {
  if (!keyed || isIdle(keyed)) {
    parts.metrics.received(keyed?.delivery.kind ?? 'other', 'ignored');
    parts.logger.debug({ eventType }, 'nothing to do for this event');
    return ACKNOWLEDGED;
  }
  if (isClick(keyed)) return answerClick(parts, keyed, receivedAt);
  await parts.inbox.accept(keyed);
  return ACKNOWLEDGED;
}

const ACKNOWLEDGED: IntakeAnswer = { body: {}, afterwards: async () => undefined };

/** Talk in a group is not even stored. */
const isIdle = ({ delivery }: Keyed): boolean => delivery.kind === 'message' && !isForBot(delivery);

const isClick = (keyed: Keyed): keyed is Keyed<CardActionDelivery> => keyed.delivery.kind === 'card-action';

async function answerClick(
  { callbacks, logger }: IntakeParts,
  keyed: Keyed<CardActionDelivery>,
  receivedAt: number,
): Promise<IntakeAnswer> {
  const { body, afterwards } = await callbacks(keyed, receivedAt);
  return {
    body,
    afterwards: (sent) =>
      afterwards(sent).catch((error: unknown) => {
        // The answer is out already.
        logger.error({ reason: reasonOf(error) }, 'a late update failed');
      }),
  };
}

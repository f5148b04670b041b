import { isForBot } from '../commands/handling/handleMessage.ts';
import type { Logger } from '../lib/logger.ts';
import type { OpenId } from '../skills/ids.ts';
import type { CardActionDelivery } from '../store/delivery.ts';
import type { CallbackBody, Callbacks } from './callback.ts';
import type { Envelope } from './envelope.ts';
import type { Inbox } from './inbox.ts';
import { type Keyed, toDelivery } from './toDelivery.ts';

/** What a delivery is answered with. */
export interface IntakeAnswer {
  /** Goes out as JSON; empty for events. */
  body: CallbackBody;
  /** To be called once the answer has gone out; nothing for events. Never rejects. */
  afterwards?: () => Promise<void>;
}

/**
 * Takes in what is certainly from Feishu, however it came. Resolves when it may be acknowledged: an event is stored by
 * then, a click is answered. `receivedAt` in milliseconds since 1970. Rejects when it could not be stored.
 */
export type Intake = (event: Envelope & { kind: 'event' }, receivedAt: number) => Promise<IntakeAnswer>;

export interface IntakeParts {
  inbox: Inbox;
  callbacks: Callbacks;
  logger: Logger;
  /** The bot's own open id, when it is known. */
  self: () => OpenId | undefined;
}

export const createIntake =
  (parts: IntakeParts): Intake =>
  async (event, receivedAt) => {
    const keyed = toDelivery(event, parts.self());
    if (!keyed || isIdle(keyed)) {
      parts.logger.debug({ eventType: event.eventType }, 'nothing to do for this event');
      return ACKNOWLEDGED;
    }
    if (isClick(keyed)) return answerClick(parts, keyed, receivedAt);
    await parts.inbox.accept(keyed);
    return ACKNOWLEDGED;
  };

const ACKNOWLEDGED: IntakeAnswer = { body: {} };

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
    afterwards: () =>
      afterwards().catch((error: unknown) => {
        // The answer is out already.
        logger.error(
          { delivery: keyed.key, reason: error instanceof Error ? error.message : '' },
          'a late update failed',
        );
      }),
  };
}

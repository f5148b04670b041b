import { createLongConnection } from '../feishu/connection/longConnection.ts';
import type { FrameAnswer } from '../feishu/connection/session.ts';
import type { Http } from '../feishu/http.ts';
import type { Clock } from '../lib/clock.ts';
import { errorMessage } from '../lib/errorMessage.ts';
import type { Logger } from '../lib/logger.ts';
import { CARD_ACTION, trustedEvent, unfitFor } from './envelope.ts';
import type { Intake } from './intake.ts';
import type { Transport } from './transport.ts';

export interface WebsocketParts {
  app: { appId: string; appSecret: string; baseUrl: string };
  http: Http;
  intake: Intake;
  clock: Clock;
  /** From 0 up to 1, as `Math.random`. */
  random: () => number;
  logger: Logger;
}

/**
 * Deliveries over a long connection that the bot opens itself. Frames are not signed or encrypted, and have no
 * verification token: whoever is at the other end has shown its certificate and taken the secret of the app.
 */
export function websocketTransport(parts: WebsocketParts): Transport {
  const connection = createLongConnection({ ...parts, receive: (body) => receive(parts, body) });
  return { routers: [], start: connection.start, problem: connection.problem, stop: connection.close };
}

const acknowledged = (body: object | undefined): FrameAnswer => ({ body, afterwards: async () => undefined });

/** Without `data` in the answer to a click, clients show error 108002; so it is `{}` where there is nothing to say. */
const NOTHING = {};

async function receive({ app, intake, clock, logger }: WebsocketParts, body: unknown): Promise<FrameAnswer> {
  const receivedAt = clock.elapsed();
  const event = trustedEvent(body);
  if (!event) {
    // Acknowledged all the same: it would come again as it is.
    logger.warn('a frame that is no event');
    return acknowledged(NOTHING);
  }
  const empty = event.eventType === CARD_ACTION ? NOTHING : undefined;
  const unfit = unfitFor(app.appId, event);
  if (unfit) {
    logger.warn({ reason: unfit }, 'delivery refused');
    return acknowledged(empty);
  }
  try {
    const { body: answer, afterwards } = await intake(event, receivedAt);
    return { body: Object.keys(answer).length > 0 ? answer : empty, afterwards };
  } catch (error) {
    logger.error({ reason: errorMessage(error) }, 'a delivery could not be taken in');
    throw error;
  }
}

import { setImmediate as nextTurn } from 'node:timers/promises';
import { type CardJson, type Toast, toast } from '../cards/kit.ts';
import type { ActionAnswer } from '../commands/context.ts';
import { postNotice } from '../commands/replies/post.ts';
import type { CardActionDelivery, IncomingDelivery } from '../domain/delivery.ts';
import type { MessageId } from '../domain/ids.ts';
import { FeishuError, isGone, toLogFields } from '../feishu/errors.ts';
import type { Messages } from '../feishu/messages.ts';
import type { Inbox } from '../inbox/inbox.ts';
import type { LiveDelivery } from '../inbox/liveDelivery.ts';
import type { Clock } from '../lib/clock.ts';
import { errorMessage } from '../lib/errorMessage.ts';
import type { Logger } from '../lib/logger.ts';
import { phrase } from '../lib/phrase.ts';

/**
 * What is not done by then is answered with a card in progress. Feishu gives 3 s (callback-overview), the bot promises
 * 2.5 s: what lies between is for storing the delivery and for the reads of that card.
 */
const BUDGET_MS = 2_300;

/**
 * An answer that is later than this may not be read any more: Feishu waits for 3 s (callback-overview), and it is on its way
 * for a while. One that is read all the same is shown twice.
 */
const READ_MS = 2_500;

/** The body that answers a callback (feishu-cards/card-callback-communication). */
export interface CallbackBody {
  toast?: Toast;
  card?: { type: 'raw'; data: CardJson };
}

/** What a delivery is answered with. */
export interface DeliveryAnswer {
  /** Goes out as JSON; empty for events. */
  body: CallbackBody;
  /**
   * To be called after the answer was sent: updating a card earlier fails or is undone. With false when it could not be
   * sent: nobody has seen the card in it, which is then shown as a late one.
   */
  afterwards: (sent?: boolean) => Promise<void>;
}

export interface CallbackParts {
  inbox: Inbox;
  messages: Messages;
  clock: Clock;
  logger: Logger;
  act: (requestKey: string, click: CardActionDelivery) => Promise<ActionAnswer>;
  /** Undefined when the card has to stay as it is. */
  inProgress: (click: CardActionDelivery) => Promise<CardJson | undefined>;
  /** Has the card shown once more that the click was about. */
  showAgain: (click: CardActionDelivery) => Promise<void>;
}

export type AnswerCallback = (
  incoming: IncomingDelivery<CardActionDelivery>,
  receivedAt: number,
) => Promise<DeliveryAnswer>;

/** Answers clicks in time: with the final card when the work is done by then, else with a card in progress. */
export const createAnswerCallback =
  (parts: CallbackParts): AnswerCallback =>
  async (incoming, receivedAt) => {
    const left = Math.max(0, BUDGET_MS - (parts.clock.elapsed() - receivedAt));
    const late = new AbortController();
    const storing = parts.inbox.acceptLive(incoming);
    // Both take a tenth of a millisecond, and the work, or the answer, need not wait for that.
    const tooLate = nextTurn()
      .then(() => parts.clock.sleep(left, late.signal))
      .then(() => undefined);
    const endInTime = (): void => void nextTurn().then(() => late.abort());
    const stored = await Promise.race([storing.then((live) => ({ live })), tooLate]).catch((error: unknown) => {
      endInTime();
      throw error;
    });
    if (!stored) return notStored(parts, incoming, storing);
    const { live } = stored;
    if (!live) {
      endInTime();
      return { body: {}, afterwards: () => showAgainLater(parts, incoming.delivery) };
    }
    const work = outcomeOf(parts, incoming);
    const outcome = await Promise.race([work, tooLate]);
    endInTime();
    if (outcome?.kind !== 'answered') await live.secure();
    const click = { incoming, live };
    return outcome ? inTime(parts, click, outcome, receivedAt) : inProgress(parts, click, work);
  };

/** A click that was stored, and that this process answers. */
interface LiveClick {
  incoming: IncomingDelivery<CardActionDelivery>;
  live: LiveDelivery;
}

/** By then the first of two copies was answered, or shows its card by itself, as late. */
const COPY_MS = 5_000;

/**
 * Feishu sends a callback once: a second copy comes from a proxy that sent the request on again. The copy does nothing, but
 * its empty answer may be the one that Feishu reads. Nobody then sees the card in the answer to the first, so it is shown
 * once more.
 */
async function showAgainLater({ clock, showAgain }: CallbackParts, click: CardActionDelivery): Promise<void> {
  await clock.sleep(COPY_MS);
  await showAgain(click);
}

const outcomeOf = (
  { act }: CallbackParts,
  { requestKey, delivery }: IncomingDelivery<CardActionDelivery>,
): Promise<Outcome> =>
  act(requestKey, delivery).then(
    (answer): Outcome => ({ kind: 'answered', answer }),
    (error: unknown): Outcome => ({ kind: 'failed', error }),
  );

type Outcome = { kind: 'answered'; answer: ActionAnswer } | { kind: 'failed'; error: unknown };

function inTime(
  parts: CallbackParts,
  { incoming, live }: LiveClick,
  outcome: Outcome,
  receivedAt: number,
): DeliveryAnswer {
  if (outcome.kind === 'failed') {
    return { body: { toast: toast('error', TROUBLE) }, afterwards: () => tryAgain(parts, live, outcome.error) };
  }
  const { answer } = outcome;
  const { toast: shown, card, onShown } = answer;
  const { cardMessageId } = incoming.delivery;
  return {
    body: { ...(shown && { toast: shown }), ...(card && { card: { type: 'raw', data: card } }) },
    afterwards: (sent = true) =>
      ended(parts, live, async () => {
        if (!sent || !isReadStill(parts, incoming.delivery, receivedAt)) return showLate(parts, incoming, answer);
        if (card) parts.logger.info({ messageId: cardMessageId }, 'card updated by the answer');
        return onShown?.(cardMessageId);
      }),
  };
}

/** A process that stood still, or a click that waited for a connection, is answered to somebody who has left. */
const isReadStill = ({ clock }: CallbackParts, { pressedAt }: CardActionDelivery, receivedAt: number): boolean =>
  clock.elapsed() - receivedAt < READ_MS && (pressedAt === undefined || clock.now() - pressedAt < READ_MS);

const TROUBLE = phrase('机器人出错了，正在重试…', 'Something went wrong in the bot; it is trying again…');
const STILL_WORKING = phrase('正在处理，请稍候…', 'Still working on it…');
const BUSY = phrase(
  '机器人的数据库正忙。如果卡片稍后没有变化，请再点一次。',
  'The bot’s database is busy. If the card does not change in a moment, press again.',
);

/** Ends the delivery when `work` is done; what fails is left to the inbox to do again. */
async function ended(parts: CallbackParts, live: LiveDelivery, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    return tryAgain(parts, live, error);
  }
  return live.finish();
}

async function tryAgain({ logger }: CallbackParts, live: LiveDelivery, error: unknown): Promise<void> {
  if (isGone(error)) {
    logger.info(toLogFields(error), 'what was clicked is gone');
    return live.finish();
  }
  logger.error({ reason: errorMessage(error) }, 'a click failed');
  await live.retry(error);
}

/** Nothing is promised of a click that may never be stored; pressing once more does nothing twice. */
function notStored(
  parts: CallbackParts,
  incoming: IncomingDelivery<CardActionDelivery>,
  storing: Promise<LiveDelivery | undefined>,
): DeliveryAnswer {
  const work = storing.then(
    (live) => ({ live, outcome: live && outcomeOf(parts, incoming) }),
    (error: unknown) => {
      parts.logger.error({ reason: errorMessage(error) }, 'a click could not be stored');
      return undefined;
    },
  );
  return {
    body: { toast: toast('info', BUSY) },
    afterwards: async () => {
      const begun = await work;
      if (begun?.live && begun.outcome) return afterLate(parts, { incoming, live: begun.live }, await begun.outcome);
      if (begun) await showAgainLater(parts, incoming.delivery);
    },
  };
}

function afterLate(parts: CallbackParts, { incoming, live }: LiveClick, outcome: Outcome): Promise<void> {
  if (outcome.kind === 'failed') return tryAgain(parts, live, outcome.error);
  return ended(parts, live, () => showLate(parts, incoming, outcome.answer));
}

async function inProgress(parts: CallbackParts, click: LiveClick, work: Promise<Outcome>): Promise<DeliveryAnswer> {
  const card = await parts.inProgress(click.incoming.delivery).catch((error: unknown) => {
    // The toast alone says as much, and the work goes on.
    parts.logger.error({ reason: errorMessage(error) }, 'no card in progress');
    return undefined;
  });
  return {
    body: { toast: toast('info', STILL_WORKING), ...(card && { card: { type: 'raw', data: card } }) },
    afterwards: async () => afterLate(parts, click, await work),
  };
}

/** By the token of the click, or by patching the message when that token is spent. */
async function showLate(
  parts: CallbackParts,
  { requestKey, delivery: click }: IncomingDelivery<CardActionDelivery>,
  answer: ActionAnswer,
): Promise<void> {
  const { card, onShown, toast: unseen } = answer;
  if (!card) {
    if (unseen) await postNotice(parts.messages, requestKey, click.cardMessageId, unseen);
    return;
  }
  const shown = await shownIn(parts, click, card);
  await onShown?.(shown);
}

async function shownIn(
  { messages, logger }: CallbackParts,
  click: CardActionDelivery,
  card: CardJson,
): Promise<MessageId> {
  try {
    await messages.updateClicked(click.token, card);
    logger.info({ messageId: click.cardMessageId }, 'card updated');
    return click.cardMessageId;
  } catch (error) {
    if (!(error instanceof FeishuError)) throw error;
    return messages.update(click.cardMessageId, card);
  }
}

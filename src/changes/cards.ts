import { type Beside, changeCard } from '../cards/change/card.ts';
import type { CardJson } from '../cards/kit.ts';
import type { Change } from '../domain/change.ts';
import type { ChangeId, MessageId } from '../domain/ids.ts';
import { FeishuError, isPassing, toLogFields } from '../feishu/errors.ts';
import type { Messages } from '../feishu/messages.ts';
import type { Clock } from '../lib/clock.ts';
import { eachWithin } from '../lib/eachWithin.ts';
import type { Logger } from '../lib/logger.ts';
import type { Trace } from '../lib/trace.ts';
import type { Store } from '../store/store.ts';
import { changeLogFields } from './changeLogFields.ts';
import { passOver } from './passOver.ts';

export interface ChangeCardParts {
  store: Store;
  messages: Messages;
  clock: Clock;
  logger: Logger;
  trace: Trace;
  worker: string;
}

/** How long one process tries to show a card before another one does: longer than a round takes. */
const SHOWING_MS = 30_000;
/** How many cards one round shows, and how many of them at once. */
const A_ROUND = 16;

const AT_ONCE = 8;
/** How long a round waits for one card. A call to Feishu takes 10 s at most. */
const CARD_MS = 12_000;

/**
 * Brings cards up to date that nobody has brought up to date since their change ended, or since more became known of it. A
 * card that takes long holds up no other one; what is not shown by then comes again.
 */
export async function showDueCards(parts: ChangeCardParts): Promise<void> {
  const { store, clock, logger, worker, trace } = parts;
  const now = clock.now();
  const until = now + SHOWING_MS;
  const onUnreadable = passOver(logger);
  const ended = await store.changes.claimCards(A_ROUND, { worker, now, until, onUnreadable });
  const unknown = await store.changes.claimUnknownCards(A_ROUND, { now, until, onUnreadable });
  await eachWithin([...ended, ...unknown], {
    clock,
    logger,
    name: 'cards',
    atOnce: AT_ONCE,
    withinMs: CARD_MS,
    work: (change) => trace.within(changeLogFields(change), () => showCard(parts, change)),
  });
}

async function showCard({ store, messages, logger }: ChangeCardParts, due: Change): Promise<void> {
  const shown = await standing(store, due);
  try {
    if (due.cardMessageId) {
      const shownIn = await messages.update(due.cardMessageId, changeCard(shown.change, shown));
      await store.changes.setCard(due.id, shownIn);
    }
  } catch (error) {
    if (!(error instanceof FeishuError)) throw error;
    logger.warn(toLogFields(error), 'card not updated');
    if (isPassing(error)) return;
  }
  await cardIsShown(store, due.id, shown);
}

/**
 * Remembers that the card of a change shows what it stood at. What has become of that meanwhile may have been shown before,
 * and be covered by it: it is then shown once more.
 */
export async function cardIsShown(store: Store, id: ChangeId, { change, next }: Standing): Promise<void> {
  await store.changes.cardShown(id);
  const shown = next ?? change;
  if (shown.status !== 'applying' && shown.status !== 'pending') return;
  const now = await store.changes.get(shown.id);
  const isAsShown = now?.status === shown.status && offersRetry(now) === offersRetry(shown);
  if (!isAsShown) await store.changes.cardDue(id);
}

/**
 * Has the card of a change shown in `messageId` as it stands: what was answered there may not have been seen. Nothing, where
 * the change waits to be confirmed or has its card elsewhere.
 */
export async function showCardAgain(store: Store, id: ChangeId, messageId: MessageId): Promise<void> {
  const change = await store.changes.get(id);
  if (change?.cardMessageId === messageId && change.status !== 'pending') await store.changes.cardDue(id);
}

const offersRetry = ({ outcome }: Change): boolean | undefined => outcome?.unknown?.offersRetry;

/** The change that took this one back. */
export async function undoneBy(store: Store, { id }: Change): Promise<ChangeId | undefined> {
  return (await store.changes.undoneBy([id])).get(id);
}

/** A change, and what its card shows with it. */
export interface Standing extends Beside {
  change: Change;
}

/** A change as things stand now: after a conflict the one in its place, once that is no preview any more. */
export async function standing(store: Store, change: Change): Promise<Standing> {
  const next = change.outcome?.next && (await store.changes.get(change.outcome.next));
  if (next && next.status !== 'pending') return standing(store, next);
  return { change, next, undoneBy: await undoneBy(store, change) };
}

/** The card of a change as things stand now. */
export async function currentCard(store: Store, due: Change): Promise<CardJson> {
  const { change, ...beside } = await standing(store, due);
  return changeCard(change, beside);
}

import { changeCard } from '../cards/change/card.ts';
import type { CardJson } from '../cards/kit.ts';
import { FeishuError, isPassing, loggable } from '../feishu/errors.ts';
import type { Messages } from '../feishu/messages.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import type { Trace } from '../lib/trace.ts';
import type { Change } from '../store/change.ts';
import type { Store } from '../store/store.ts';
import { askedBy } from './askedBy.ts';
import { passOver } from './passOver.ts';

export interface ChangeCardParts {
  store: Store;
  messages: Messages;
  clock: Clock;
  logger: Logger;
  trace: Trace;
  worker: string;
}

/** How long one process tries to show a card before another one does. */
const SHOWING_MS = 30_000;

/** Brings cards up to date that nobody has brought up to date since their change ended. */
export async function showDueCards(parts: ChangeCardParts): Promise<void> {
  const { store, clock, logger, worker } = parts;
  const due = await store.changes.claimCards(worker, clock.now(), clock.now() + SHOWING_MS, 20, {
    onUnreadable: passOver(logger),
  });
  for (const change of due) await parts.trace.within(askedBy(change), () => showCard(parts, change));
}

/** Brings the cards up to date of changes that are not over, where more is known of them than the card says. */
export async function showUnknownCards({ store, messages, logger, trace }: ChangeCardParts): Promise<void> {
  for (const change of await store.changes.unknownCards(20, { onUnreadable: passOver(logger) })) {
    await trace.within(askedBy(change), async () => {
      try {
        if (change.card_message_id) await messages.update(change.card_message_id, changeCard(change));
      } catch (error) {
        if (!(error instanceof FeishuError)) throw error;
        logger.warn(loggable(error), 'card not updated');
        if (isPassing(error)) return;
      }
      await cardIsShown(store, change);
    });
  }
}

/**
 * Remembers that the card shows `change`. What has become of it meanwhile may have been shown before, and be covered by
 * that: it is then shown once more.
 */
export async function cardIsShown(store: Store, change: Change): Promise<void> {
  await store.changes.cardShown(change.id);
  if (change.status !== 'applying') return;
  const now = await store.changes.get(change.id);
  if (
    now &&
    (now.status !== 'applying' || now.outcome?.unknown?.offers_retry !== change.outcome?.unknown?.offers_retry)
  )
    await store.changes.cardDue(change.id);
}

async function showCard({ store, messages, logger }: ChangeCardParts, change: Change): Promise<void> {
  try {
    if (change.card_message_id) {
      const shownIn = await messages.update(change.card_message_id, await currentCard(store, change));
      await store.changes.setCard(change.id, shownIn);
    }
    await store.changes.cardShown(change.id);
  } catch (error) {
    if (!(error instanceof FeishuError)) throw error;
    logger.warn(loggable(error), 'card not updated');
    if (!isPassing(error)) await store.changes.cardShown(change.id);
  }
}

/** The card of a change as things stand now: after a conflict that of the change in its place, after an undo without one. */
export async function currentCard(store: Store, change: Change): Promise<CardJson> {
  const next = change.outcome?.next && (await store.changes.get(change.outcome.next));
  if (next && next.status !== 'pending') return currentCard(store, next);
  return changeCard(change, next, (await store.changes.undoneBy([change.id])).get(change.id));
}

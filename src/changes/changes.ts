import { LoginNeeded } from '../auth/errors.ts';
import type { Grants } from '../auth/grants.ts';
import type { Change } from '../domain/change.ts';
import type { ChangeId, MessageId, OpenId } from '../domain/ids.ts';
import { FeishuError, toFailure } from '../feishu/errors.ts';
import type { Helpdesk } from '../feishu/helpdesk.ts';
import { createBackground } from '../lib/background.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import type { Metrics } from '../lib/metrics.ts';
import type { Trace } from '../lib/trace.ts';
import type { Click } from '../store/changes.ts';
import type { Store } from '../store/store.ts';
import { standing } from './cards.ts';
import { carryOut } from './carryOut.ts';
import { changeLogFields } from './changeLogFields.ts';
import { HOLD_MS } from './doubt.ts';
import { isWaiting } from './leases.ts';
import { createOwnership, LEASE_MS } from './ownership.ts';
import { passOver } from './passOver.ts';
import type { Planner } from './plan.ts';
import type { PressResult } from './pressResult.ts';
import { reportEnd } from './reportEnd.ts';

/** The life of changes after their preview. */
export interface Changes {
  /** Writes the change if `actorId` is the one who asked and it still waits; once, whatever happens. */
  confirm(id: ChangeId, actorId: OpenId, cardMessageId: MessageId): Promise<PressResult>;
  cancel(id: ChangeId, actorId: OpenId, cardMessageId: MessageId): Promise<PressResult>;
  /**
   * Remembers that the person tries a change again of which it is not known what it did; it is looked for all the same.
   * Undefined when it has become known meanwhile.
   */
  noteRetry(change: Change, by: ChangeId): Promise<Change | undefined>;
  /** Whether it waits for another change of the same skill. */
  isWaiting(change: Change): Promise<boolean>;
  /** Keeps what this process writes its own. To be called well within {@link LEASE_MS}. */
  renewLeases(): Promise<void>;
  /** Takes up changes whose process went silent while writing, or whose effect is to be looked for again. */
  settleSilent(): Promise<void>;
  /** Resolves when nothing that was taken up, or left to be done after an answer, is under way any more. */
  idle(): Promise<void>;
  /** Ends previews whose time is over. */
  expire(): Promise<void>;
}

/** Whoever pressed Confirm gets the card with the answer, well within this. */
const CARD_GRACE_MS = 10_000;
/** How many changes one process settles at the same time. */
const MAX_SETTLING = 10;

export interface ChangesParts {
  store: Store;
  helpdesk: Helpdesk;
  grants: Grants;
  planner: Planner;
  clock: Clock;
  logger: Logger;
  trace: Trace;
  metrics: Metrics;
  desk: { id: string };
  /** This process, among all replicas. */
  worker: string;
}

export function createChanges(parts: ChangesParts): Changes {
  const { store, clock, worker, logger } = parts;
  const ownership = createOwnership(clock);
  const background = createBackground(logger);
  const settling = createBackground(logger);
  const common = { ...parts, ownership, background };

  return {
    async confirm(id, actorId, cardMessageId) {
      const actAs = await parts.grants.ensure(actorId).catch(asHindrance);
      if (typeof actAs !== 'function') return notClaimed(parts, { id, actorId, cardMessageId }, actAs);
      const [askedAt, now] = [clock.elapsed(), clock.now()];
      const claimant = { worker, now, leaseUntil: now + LEASE_MS };
      const change = await store.changes.claim(id, { actorId, cardMessageId }, claimant);
      if (!change) return notClaimed(parts, { id, actorId, cardMessageId });
      // Whoever takes it over by now, be it this process, would be at it at the same time.
      if (!ownership.take(change.id, askedAt)) return currentResultById(parts, id);
      const cardGraceMs = graceFor(change, cardMessageId, CARD_GRACE_MS);
      return (await carryOut({ ...common, cardGraceMs }, change, actAs)) ?? currentResultById(parts, id);
    },

    async cancel(id, actorId, cardMessageId) {
      const change = await store.changes.get(id);
      if (!change) return { kind: 'no-such-change' };
      if (change.actorId !== actorId) return { kind: 'foreign' };
      const ended = await cancelled(parts, id, 'by-actor', graceFor(change, cardMessageId, LEASE_MS));
      return ended ? { kind: 'shows', change: ended } : currentResultById(parts, id);
    },

    async noteRetry(change, by) {
      const { outcome } = change;
      if (!outcome?.unknown) return undefined;
      return store.changes.noteRetry(change.id, { ...outcome, unknown: { ...outcome.unknown, retriedBy: by } });
    },

    isWaiting: (change) => isWaiting({ ...parts, change }),

    async renewLeases() {
      const askedAt = clock.elapsed();
      const until = clock.now() + LEASE_MS;
      const renewed = await store.changes.renew(ownership.ids(), worker, until);
      ownership.prolong(renewed, askedAt);
      await store.skillLeases.extend(renewed, clock.now() + HOLD_MS);
    },

    async settleSilent() {
      const free = MAX_SETTLING - settling.count;
      if (free <= 0) return;
      const askedAt = clock.elapsed();
      // Not those that this process still writes: both runs would have the same worker, and nobody could tell them apart.
      const silent = await store.changes.takeOver(
        { worker, now: clock.now(), leaseUntil: clock.now() + LEASE_MS },
        free,
        {
          stillAt: ownership.ids(),
          onUnreadable: passOver(logger),
        },
      );
      for (const change of silent) {
        if (!ownership.take(change.id, askedAt)) continue;
        // One that takes long keeps no other one waiting, and nobody waits for an answer that would show its card.
        settling.start('settling', () =>
          parts.trace.within(changeLogFields(change), () => carryOut({ ...common, cardGraceMs: 0 }, change)),
        );
      }
    },

    async idle() {
      await settling.idle();
      await background.idle();
    },

    expire: () => expire(parts),
  };
}

/** Where a copy of the card was pressed, its answer shows nothing on the bot's own card: that is brought up to date at once. */
const graceFor = (change: Change, cardMessageId: MessageId, graceMs: number): number =>
  change.cardMessageId === undefined || change.cardMessageId === cardMessageId ? graceMs : 0;

/** Why nobody can write for a person at the moment. */
type Hindrance = LoginNeeded | FeishuError;

function asHindrance(error: unknown): Hindrance {
  if (error instanceof LoginNeeded || error instanceof FeishuError) return error;
  throw error;
}

/** What a Confirm leads to whose change was not claimed: it is not theirs, over, or they cannot write now. */
async function notClaimed(
  parts: ChangesParts,
  { id, actorId, cardMessageId }: Click & { id: ChangeId },
  hindrance?: Hindrance,
): Promise<PressResult> {
  const change = await parts.store.changes.get(id);
  if (!change) return { kind: 'no-such-change' };
  if (change.actorId !== actorId) return { kind: 'foreign' };
  if (change.cardMessageId === undefined) await parts.store.changes.setCard(id, cardMessageId);
  if (change.status !== 'pending') return { kind: 'shows', ...(await standing(parts.store, change)) };
  if (hindrance) return hindered(parts, change, hindrance, graceFor(change, cardMessageId, LEASE_MS));
  await expire(parts);
  return currentResultById(parts, id);
}

/** A change whose actor cannot write at the moment is never claimed. */
async function hindered(
  parts: ChangesParts,
  change: Change,
  hindrance: Hindrance,
  cardGraceMs: number,
): Promise<PressResult> {
  if (hindrance instanceof FeishuError) return { kind: 'trouble', failure: toFailure(hindrance) };
  const ended = await cancelled(parts, change.id, 'login-needed', cardGraceMs);
  return ended ? { kind: 'login-needed', change: ended, need: hindrance.need } : currentResultById(parts, change.id);
}

/** pending → cancelled; undefined when it was no longer pending. */
async function cancelled(
  parts: ChangesParts,
  id: ChangeId,
  why: 'by-actor' | 'login-needed',
  cardGraceMs: number,
): Promise<Change | undefined> {
  const now = parts.clock.now();
  const ending = { status: 'cancelled' as const, outcome: { why }, now, cardBy: now + cardGraceMs };
  const ended = await parts.store.changes.endPending(id, ending);
  if (ended) reportEnd(parts, ended);
  return ended;
}

async function expire({ store, clock, metrics }: ChangesParts): Promise<void> {
  const count = await store.changes.expire(clock.now(), 100);
  if (count > 0) metrics.changesEnded('expired', count);
}

async function currentResultById(parts: ChangesParts, id: ChangeId): Promise<PressResult> {
  const change = await parts.store.changes.get(id);
  return change ? { kind: 'shows', ...(await standing(parts.store, change)) } : { kind: 'no-such-change' };
}

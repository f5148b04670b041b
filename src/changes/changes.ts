import { setImmediate as nextTurn } from 'node:timers/promises';
import { LoginNeeded } from '../auth/errors.ts';
import { FeishuError } from '../feishu/errors.ts';
import type { ChangeId, MessageId, OpenId } from '../skills/ids.ts';
import type { Change, Failure } from '../store/change.ts';
import { askedBy } from './askedBy.ts';
import { type CarryOutParts, carryOut, LEASE_MS } from './carryOut.ts';
import { passOver } from './passOver.ts';
import { toFailure } from './write.ts';

/** What pressing a button of a change led to. */
export type Pressed =
  /** The change as it now is; `next` is the fresh preview that a conflict led to. */
  | { kind: 'shows'; change: Change; next?: Change | undefined }
  /** Somebody else's button: nothing happened. */
  | { kind: 'foreign'; change: Change }
  | { kind: 'unknown' }
  /** Nothing was written; after a login the change can be planned again. */
  | { kind: 'login-needed'; change: Change; need: LoginNeeded['need'] }
  /** Nothing was written, the preview stands. */
  | { kind: 'trouble'; change: Change; failure: Failure };

/** The life of changes after their preview. */
export interface Changes {
  /** Writes the change if `presser` is the one who asked and it still waits; once, whatever happens. */
  confirm(id: ChangeId, presser: OpenId, card: MessageId): Promise<Pressed>;
  cancel(id: ChangeId, presser: OpenId): Promise<Pressed>;
  /** Keeps what this process writes its own. To be called well within {@link LEASE_MS}. */
  renewLeases(): Promise<void>;
  /** Goes on with changes whose process went silent while writing. */
  settleSilent(): Promise<void>;
  /** Ends previews whose time is over. */
  expire(): Promise<void>;
}

/** Whoever pressed Confirm gets the card with the answer, well within this. */
const CARD_GRACE_MS = 10_000;

export function createChanges(parts: Parts): Changes {
  const active = new Set<ChangeId>();
  const withActive: CarryOutParts = { ...parts, active, cardGraceMs: CARD_GRACE_MS };
  const { store, clock, worker } = parts;

  return {
    async confirm(id, presser, card) {
      const actAs = await parts.grants.ensure(presser).catch(asHindrance);
      if (typeof actAs !== 'function') return notClaimed(parts, id, presser, card, actAs);
      const claimant = { worker, now: clock.now(), leaseUntil: clock.now() + LEASE_MS };
      const change = await store.changes.claim(id, { actor: presser, card }, claimant);
      if (!change) return notClaimed(parts, id, presser, card);
      // Whoever takes it over by now, be it this process, would be at it at the same time.
      if (clock.now() >= claimant.leaseUntil) return shownById(parts, id);
      const result = await carryOut(withActive, change, actAs);
      switch (result.kind) {
        case 'ended':
          return { kind: 'shows', change: result.change, next: result.next };
        case 'login-needed':
          return result;
        case 'open':
          return shownById(parts, id);
      }
    },

    async cancel(id, presser) {
      const change = await store.changes.get(id);
      if (!change) return { kind: 'unknown' };
      if (change.actor_id !== presser) return { kind: 'foreign', change };
      const ended = await cancelled(parts, id, 'by-actor');
      return ended ? { kind: 'shows', change: ended } : shownById(parts, id);
    },

    async renewLeases() {
      const until = clock.now() + LEASE_MS;
      await store.changes.renew([...active], worker, until);
      for (const id of active) await store.skillLeases.renew(id, until);
    },

    async settleSilent() {
      // A second run here would not be told from the first, which goes by the same name and may be about to write.
      const silent = await store.changes.takeOver(worker, clock.now(), clock.now() + LEASE_MS, 10, {
        stillAt: [...active],
        onUnreadable: passOver(parts.logger),
      });
      // Nobody waits for an answer any more that would show the card.
      const settling = { ...withActive, cardGraceMs: 0 };
      await Promise.all(silent.map((change) => parts.trace.within(askedBy(change), () => carryOut(settling, change))));
      // Their skills are released in this turn: a stop would close the database before that.
      await nextTurn();
    },

    expire: () => expire(parts),
  };
}

type Parts = Omit<CarryOutParts, 'active' | 'cardGraceMs'>;

/** Why nobody can write for a person at the moment. */
type Hindrance = LoginNeeded | FeishuError;

function asHindrance(error: unknown): Hindrance {
  if (error instanceof LoginNeeded || error instanceof FeishuError) return error;
  throw error;
}

/** What a Confirm leads to whose change was not claimed: it is not the presser's, over, or they cannot write now. */
async function notClaimed(
  parts: Parts,
  id: ChangeId,
  presser: OpenId,
  card: MessageId,
  hindrance?: Hindrance,
): Promise<Pressed> {
  const change = await parts.store.changes.get(id);
  if (!change) return { kind: 'unknown' };
  if (change.actor_id !== presser) return { kind: 'foreign', change };
  if (change.card_message_id !== card) await parts.store.changes.setCard(id, card);
  if (change.status !== 'pending') return shown(parts, change);
  if (hindrance) return hindered(parts, change, hindrance);
  await expire(parts);
  return shownById(parts, id);
}

/** A change whose actor cannot write at the moment is never claimed. */
async function hindered(parts: Parts, change: Change, hindrance: Hindrance): Promise<Pressed> {
  if (hindrance instanceof FeishuError) return { kind: 'trouble', change, failure: toFailure(hindrance) };
  const ended = await cancelled(parts, change.id, 'login-needed');
  return ended ? { kind: 'login-needed', change: ended, need: hindrance.need } : shownById(parts, change.id);
}

/** pending → cancelled; undefined when it was no longer pending. */
async function cancelled(
  { store, clock, logger, metrics }: Parts,
  id: ChangeId,
  why: 'by-actor' | 'login-needed',
): Promise<Change | undefined> {
  const now = clock.now();
  const ending = { status: 'cancelled' as const, outcome: { why }, now, cardBy: now + LEASE_MS };
  const ended = await store.changes.endPending(id, ending);
  if (!ended) return undefined;
  metrics.changesEnded('cancelled', 1);
  logger.info({ change: id, intent: ended.intent.kind, status: ended.status }, 'change ended');
  return ended;
}

async function expire({ store, clock, metrics }: Parts): Promise<void> {
  const count = await store.changes.expire(clock.now(), 100);
  if (count > 0) metrics.changesEnded('expired', count);
}

async function shownById(parts: Parts, id: ChangeId): Promise<Pressed> {
  const change = await parts.store.changes.get(id);
  return change ? shown(parts, change) : { kind: 'unknown' };
}

/** A conflict is shown by the change that stands in its place, wherever that has got to. */
async function shown(parts: Parts, change: Change): Promise<Pressed> {
  const next = change.outcome?.next && (await parts.store.changes.get(change.outcome.next));
  if (next && next.status !== 'pending') return shown(parts, next);
  return { kind: 'shows', change, next };
}

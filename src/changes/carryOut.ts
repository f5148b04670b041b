import { LoginNeeded } from '../auth/errors.ts';
import type { ActAs, Grants } from '../auth/grants.ts';
import type { Background } from '../lib/background.ts';
import type { Metrics } from '../lib/metrics.ts';
import { reasonOf } from '../lib/reason.ts';
import type { Trace } from '../lib/trace.ts';
import type { Change, Outcome } from '../store/change.ts';
import { doubtOf, ECHO_MS, EffectUnknown, HOLD_MS, lastSentAt, nextLook, Superseded } from './doubt.ts';
import { acquireLeases, holdLeases } from './leases.ts';
import type { Planner } from './plan.ts';
import { planAgain } from './planAgain.ts';
import { failed, type WriteParts, type WriteResult } from './write.ts';
import { writeCreate } from './writeCreate.ts';
import { writeDelete } from './writeDelete.ts';
import { writeEdit } from './writeEdit.ts';

/** When a change is taken up again that could not be gone on with. */
const LOOK_AGAIN_MS = 5_000;

export interface CarryOutParts extends Omit<WriteParts, 'actAs' | 'doubt'> {
  grants: Grants;
  planner: Planner;
  trace: Trace;
  metrics: Metrics;
  /** What is done after the answer, and a stop waits for. */
  background: Background;
  /** How long whoever ends a change is trusted to show its card; 0 when nobody waits for an answer that would. */
  cardGraceMs: number;
}

export type CarriedOut =
  | { kind: 'ended'; change: Change; next: Change | undefined }
  | { kind: 'login-needed'; change: Change; need: LoginNeeded['need'] }
  /** Not known yet, or another process continues it: the card follows. */
  | { kind: 'open' };

/**
 * Writes a change that this process has claimed, one at a time per skill across replicas, and stores how it ended.
 * `actAs` acts for its actor, if that was made sure of already.
 */
export const carryOut = (parts: CarryOutParts, change: Change, actAs?: ActAs): Promise<CarriedOut> =>
  parts.trace.within({ change: change.id }, () =>
    carryOutOnce(
      { ...parts, actAs: actAs ?? ((act) => parts.grants.actAs(change.actor_id, act)), doubt: doubtOf(change) },
      change,
    ),
  );

type ActingParts = CarryOutParts & WriteParts;

async function carryOutOnce(parts: ActingParts, change: Change): Promise<CarriedOut> {
  try {
    if (!(await acquireLeases(parts, change))) return await withoutLeases(parts, change);
    const carriedOut = await writeAndEnd(parts, change);
    // Whoever continues a change that is not over holds the skill by its name.
    if (carriedOut.kind !== 'open') letGo(parts, change);
    return carriedOut;
  } catch (error) {
    if (error instanceof Superseded) return { kind: 'open' };
    if (error instanceof EffectUnknown) return await keepLooking(parts, change, error);
    // Whatever it was, the truth is found by a later read.
    parts.logger.warn({ reason: reasonOf(error) }, 'change not settled');
    await parts.store.changes.handBack(change.id, parts.worker, parts.clock.now() + LOOK_AGAIN_MS);
    throw error;
  } finally {
    parts.ownership.release(change.id);
  }
}

/** Nothing of it was written, unless an earlier process sent it: what that led to is found by a later read. */
async function withoutLeases(parts: ActingParts, change: Change): Promise<CarriedOut> {
  if (!change.attempted) return end(parts, change, failed({ kind: 'busy', message: '' }));
  await parts.store.changes.handBack(change.id, parts.worker, parts.clock.now() + LOOK_AGAIN_MS);
  return { kind: 'open' };
}

/**
 * Gives the skill free after the answer, unless a write was sent twice and the first one may still come over what others
 * write by then.
 */
function letGo(parts: ActingParts, change: Change): void {
  const { clock, doubt } = parts;
  const until = doubt.count > 0 ? lastSentAt(change, doubt) + ECHO_MS : clock.now();
  parts.background.afterAnswer('leases', () => holdLeases(parts, change, until));
}

/** The change stays what it is, its skill for a while too, and it is looked at again until it is known what it did. */
async function keepLooking(parts: ActingParts, change: Change, unknown: EffectUnknown): Promise<CarriedOut> {
  const { clock, store, worker, doubt, logger } = parts;
  const now = clock.now();
  const sentAt = lastSentAt(change, doubt);
  const next = nextLook(now, sentAt);
  const failure = unknown.failure ?? change.outcome?.unknown?.failure;
  const offersRetry = next.kind === 'give-up' || next.offersRetry;
  const outcome: Outcome = { ...doubt.attempted, unknown: { looked_at: now, offers_retry: offersRetry, failure } };
  if (next.kind === 'give-up') return end(parts, change, { status: 'failed', outcome });
  logger.warn({ reason: reasonOf(unknown.cause), inDoubt: doubt.count }, 'effect of a change not known yet');
  const isShown = change.outcome?.unknown?.offers_retry === offersRetry;
  await holdLeases(parts, change, sentAt + HOLD_MS);
  // Where somebody waits for an answer, that shows the card.
  const showsCard = !isShown && parts.cardGraceMs === 0;
  await store.changes.handBack(change.id, worker, next.at, { outcome, showsCard });
  return { kind: 'open' };
}

async function writeAndEnd(parts: ActingParts, change: Change): Promise<CarriedOut> {
  try {
    const result = await write(parts, change);
    return result.status === 'conflicted'
      ? await endConflicted(parts, change, result)
      : await end(parts, change, result);
  } catch (error) {
    if (!(error instanceof LoginNeeded)) throw error;
    const ended = await end(parts, change, failed({ kind: 'grant-dead', message: '' }));
    return ended.kind === 'ended' ? { kind: 'login-needed', change: ended.change, need: error.need } : ended;
  }
}

function write(parts: WriteParts, change: Change): Promise<WriteResult> {
  switch (change.intent.kind) {
    case 'create':
      return writeCreate(parts, change);
    case 'delete':
      return writeDelete(parts, change);
    default:
      return writeEdit(parts, change);
  }
}

async function endConflicted(
  parts: ActingParts,
  change: Change,
  { outcome, fresh }: WriteResult & { status: 'conflicted' },
): Promise<CarriedOut> {
  const next = await planAgain(parts.planner, change, fresh, outcome);
  if (next && change.card_message_id) await parts.store.changes.setCard(next.id, change.card_message_id);
  return end(parts, change, { status: 'conflicted', outcome: { ...outcome, next: next?.id } }, next);
}

async function end(
  parts: ActingParts,
  change: Change,
  { status, outcome }: Pick<WriteResult, 'status' | 'outcome'>,
  next?: Change,
): Promise<CarriedOut> {
  const now = parts.clock.now();
  const ending = { status, outcome, now, cardBy: now + parts.cardGraceMs };
  const ended = await parts.store.changes.endApplying(change, parts.worker, ending);
  if (!ended) return { kind: 'open' };
  parts.metrics.changesEnded(status, 1);
  parts.logger.info({ intent: change.intent.kind, status, logId: outcome.log_id }, 'change ended');
  return { kind: 'ended', change: ended, next };
}

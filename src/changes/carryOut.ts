import { setImmediate as nextTurn } from 'node:timers/promises';
import { LoginNeeded } from '../auth/errors.ts';
import type { ActAs, Grants } from '../auth/grants.ts';
import type { Metrics } from '../lib/metrics.ts';
import { reasonOf } from '../lib/reason.ts';
import type { Trace } from '../lib/trace.ts';
import { lastingRemarks } from '../skills/remark.ts';
import type { Skill } from '../skills/skill.ts';
import type { Change, Outcome } from '../store/change.ts';
import type { Asked, Planner } from './plan.ts';
import { failed, TakenOver, Unsettled, type WriteParts, type WriteResult } from './write.ts';
import { writeEdit } from './writeEdit.ts';
import { writeCreate, writeDelete } from './writeNew.ts';

/** How long a silent process keeps what it holds. */
export const LEASE_MS = 15_000;
/** How long a Confirm waits for the skill while another change is written. */
const SKILL_PATIENCE_MS = 20_000;
const SKILL_PAUSE_MS = 100;
/** When a change whose result is not known is looked at again. */
const LOOK_AGAIN_MS = 5_000;

export interface CarryOutParts extends Omit<WriteParts, 'actAs'> {
  grants: Grants;
  planner: Planner;
  trace: Trace;
  metrics: Metrics;
  /** The changes this process writes at the moment: their leases are renewed. */
  active: Set<Change['id']>;
  /** How long whoever ends a change is trusted to show its card. */
  cardGraceMs: number;
}

export type CarriedOut =
  | { kind: 'ended'; change: Change; next: Change | undefined }
  | { kind: 'login-needed'; change: Change; need: LoginNeeded['need'] }
  /** Not known yet, or another process goes on with it: the card follows. */
  | { kind: 'open' };

/**
 * Writes a change that this process has claimed, one at a time per skill across replicas, and stores how it ended.
 * `actAs` acts for its actor, if that was made sure of already.
 */
export const carryOut = (parts: CarryOutParts, change: Change, actAs?: ActAs): Promise<CarriedOut> =>
  parts.trace.within({ change: change.id }, () =>
    carryOutOnce({ ...parts, actAs: actAs ?? ((act) => parts.grants.actAs(change.actor_id, act)) }, change),
  );

type ActingParts = CarryOutParts & WriteParts;

async function carryOutOnce(parts: ActingParts, change: Change): Promise<CarriedOut> {
  parts.active.add(change.id);
  try {
    return await holdingSkill(parts, change, () => writeAndEnd(parts, change));
  } catch (error) {
    if (error instanceof TakenOver) return { kind: 'open' };
    // Whatever it was, the truth is found by a later read.
    parts.logger.warn({ reason: reasonOf(error) }, 'change not settled');
    await parts.store.changes.handBack(change.id, parts.worker, parts.clock.now() + LOOK_AGAIN_MS);
    if (error instanceof Unsettled) return { kind: 'open' };
    throw error;
  } finally {
    parts.active.delete(change.id);
  }
}

/** From the fresh read to the read-back nobody else writes this skill. An unsettled change keeps it until it lapses. */
async function holdingSkill(
  parts: CarryOutParts,
  change: Change,
  work: () => Promise<CarriedOut>,
): Promise<CarriedOut> {
  // Two undos of one delete wait for each other: only the first one brings the skill back.
  const key = change.skill_id ?? `new:${change.undo_of ?? change.id}`;
  const { clock, store } = parts;
  const deadline = clock.now() + SKILL_PATIENCE_MS;
  while (!(await store.skillLeases.acquire(key, change.id, clock.now(), clock.now() + LEASE_MS))) {
    if (clock.now() > deadline) return withoutSkill(parts, change);
    await clock.sleep(SKILL_PAUSE_MS);
  }
  const result = await work();
  // It is not over: whoever goes on with the change holds the skill by its name.
  if (result.kind === 'open') return result;
  // Whoever pressed Confirm does not wait for that: their answer goes out first.
  void nextTurn().then(() => release(parts, key, change));
  return result;
}

/** Nothing of it was written, unless an earlier process sent it: what that led to is found by a later read. */
async function withoutSkill(parts: CarryOutParts, change: Change): Promise<CarriedOut> {
  if (change.attempted) throw new Unsettled(new Error('another change is written to this skill'));
  return end(parts, change, failed({ kind: 'busy', message: '' }));
}

/** Without it the lease lapses by itself. Never rejects. */
async function release({ store, logger }: CarryOutParts, key: string, change: Change): Promise<void> {
  try {
    await store.skillLeases.release(key, change.id);
  } catch (error) {
    logger.warn({ reason: reasonOf(error) }, 'a lease was not released');
  }
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
  parts: CarryOutParts,
  change: Change,
  { outcome, fresh }: WriteResult & { status: 'conflicted' },
): Promise<CarriedOut> {
  const next = await planAgain(parts.planner, change, fresh, outcome);
  if (next && change.card_message_id) await parts.store.changes.setCard(next.id, change.card_message_id);
  return end(parts, change, { status: 'conflicted', outcome: { ...outcome, next: next?.id }, fresh }, next);
}

/** The same intent on the skill as it is now; undefined when there is nothing left to do. */
async function planAgain(
  planner: Planner,
  change: Change,
  fresh: Skill,
  { differences = [] }: Outcome,
): Promise<Change | undefined> {
  const asked = askedAgain(change, `conflict:${change.id}`);
  const remarks = [...lastingRemarks(change.remarks), { kind: 'changed-meanwhile' as const, differences }];
  const { intent } = change;
  if (intent.kind === 'create') return undefined;
  if (intent.kind === 'delete') return planner.delete(asked, fresh, remarks, change.undo_of);
  const planned = await planner.edit(asked, intent, fresh, remarks, change.undo_of);
  return planned.kind === 'planned' ? planned.change : undefined;
}

/** The same person's request in the same place, once more. */
export const askedAgain = (change: Change, requestKey: string): Asked => ({
  requestKey,
  actor_id: change.actor_id,
  chat_id: change.chat_id,
  source_message_id: change.source_message_id,
  people: change.people,
});

async function end(
  parts: CarryOutParts,
  change: Change,
  { status, outcome }: WriteResult,
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

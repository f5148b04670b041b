import { LoginNeeded } from '../auth/errors.ts';
import type { ActAs, Grants } from '../auth/grants.ts';
import type { Change, Outcome } from '../domain/change.ts';
import type { Background } from '../lib/background.ts';
import { errorMessage } from '../lib/errorMessage.ts';
import type { Metrics } from '../lib/metrics.ts';
import type { Trace } from '../lib/trace.ts';
import { createDoubt, ECHO_MS, EffectUnknownError, HOLD_MS, nextLook, Superseded } from './doubt.ts';
import { acquireLeases, holdLeases } from './leases.ts';
import type { Planner } from './plan.ts';
import { askedAgain, planAgain } from './planAgain.ts';
import type { Ended } from './pressResult.ts';
import { reportEnd } from './reportEnd.ts';
import { PATIENCE_MS } from './send.ts';
import { failed, type WriteEnd, type WriteParts, type WriteResult, type WriteRun } from './write.ts';
import { writeCreate } from './writeCreate.ts';
import { writeDelete } from './writeDelete.ts';
import { writeEdit } from './writeEdit.ts';

/** When a change is tried again after an unexpected error. */
const LOOK_AGAIN_MS = 5_000;

export interface CarryOutParts extends WriteParts {
  grants: Grants;
  planner: Planner;
  trace: Trace;
  metrics: Metrics;
  /** What is done after the answer, and a stop waits for. */
  background: Background;
  /** How long whoever ends a change is trusted to show its card; 0 when nobody waits for an answer that would. */
  cardGraceMs: number;
}

/**
 * Writes a change that this process has claimed, one at a time per skill across replicas, and stores how it ended. Undefined
 * when that is not known yet, or another process continues it: the card follows. `actAs` acts for its actor, if that was made
 * sure of already.
 */
export const carryOut = (
  parts: CarryOutParts,
  change: Change,
  actAs: ActAs = (act) => parts.grants.actAs(change.actorId, act),
): Promise<Ended | undefined> =>
  parts.trace.within({ change: change.id }, () =>
    carryOutOnce({ ...parts, change, actAs, doubt: createDoubt(change, parts.clock.now()) }),
  );

type Run = CarryOutParts & Omit<WriteRun, 'sendUntil'>;

async function carryOutOnce(run: Run): Promise<Ended | undefined> {
  const { change } = run;
  try {
    return (await acquireLeases(run)) ? await writeAndEnd(run) : await withoutLeases(run);
  } catch (error) {
    if (error instanceof Superseded) return undefined;
    if (error instanceof EffectUnknownError) return await keepLooking(run, error);
    // Whatever it was, the truth is found by a later read.
    run.logger.warn({ reason: errorMessage(error) }, 'change not settled');
    await run.store.changes.handBack(change.id, run.worker, run.clock.now() + LOOK_AGAIN_MS);
    throw error;
  } finally {
    run.ownership.release(change.id);
  }
}

/** Nothing of it was written, unless an earlier process sent it: what that led to is found by a later read. */
async function withoutLeases(run: Run): Promise<Ended | undefined> {
  const { change, store, worker, clock } = run;
  if (!change.attempted) return end(run, failed({ kind: 'busy', message: '' }));
  await store.changes.handBack(change.id, worker, clock.now() + LOOK_AGAIN_MS);
  return undefined;
}

/** The change stays what it is, its skill for a while too, and it is looked at again until it is known what it did. */
async function keepLooking(run: Run, unknown: EffectUnknownError): Promise<Ended | undefined> {
  const { change, clock, store, worker, doubt, logger } = run;
  const next = nextLook(clock.now(), doubt.sentAt);
  const before = change.outcome?.unknown;
  const offersRetry = next.kind === 'give-up' || next.offersRetry;
  const failure = unknown.failure ?? before?.failure;
  const outcome: Outcome = { ...doubt.known(), unknown: { ...before, offersRetry, failure } };
  if (next.kind === 'give-up') return end(run, { status: 'failed', outcome });
  logger.warn({ reason: errorMessage(unknown.cause), inDoubt: doubt.count }, 'effect of a change not known yet');
  await holdLeases(run, doubt.sentAt + HOLD_MS);
  // Where somebody waits for an answer, that shows the card.
  const showsCard = run.cardGraceMs === 0 && before?.offersRetry !== offersRetry;
  await store.changes.handBack(change.id, worker, next.at, { outcome, showsCard });
  return undefined;
}

async function writeAndEnd(run: Run): Promise<Ended | undefined> {
  try {
    const result = await written({ ...run, sendUntil: run.clock.elapsed() + PATIENCE_MS });
    return result.status === 'conflicted' ? await endConflicted(run, result) : await end(run, result);
  } catch (error) {
    if (!(error instanceof LoginNeeded)) throw error;
    const ended = await end(run, failed({ kind: 'grant-dead', message: '' }));
    return ended && { kind: 'login-needed', change: ended.change, need: error.need };
  }
}

/** Begins once more, from the read on, for as long as what was read is out of date by the time in which it may be written. */
async function written(run: WriteRun): Promise<WriteEnd> {
  for (;;) {
    const result = await write(run);
    if (result.status !== 'stale') return result;
  }
}

function write(run: WriteRun): Promise<WriteResult> {
  switch (run.change.intent.kind) {
    case 'create':
      return writeCreate(run);
    case 'delete':
      return writeDelete(run);
    default:
      return writeEdit(run);
  }
}

async function endConflicted(
  run: Run,
  { outcome, fresh }: WriteEnd & { status: 'conflicted' },
): Promise<Ended | undefined> {
  const { change, planner, store } = run;
  const { differences } = outcome;
  const planned = await planAgain(planner, {
    asked: askedAgain(change, `conflict:${change.id}`),
    change,
    fresh,
    remarks: differences ? [{ kind: 'changed-meanwhile', differences }] : [],
  });
  const next = planned.kind === 'planned' ? planned.change : undefined;
  if (next && change.cardMessageId) await store.changes.setCard(next.id, change.cardMessageId);
  return end(run, { status: 'conflicted', outcome: { ...outcome, next: next?.id } }, next);
}

/** Stores how the change ended, and lets go of what it held. */
async function end(
  run: Run,
  { status, outcome }: Pick<WriteEnd, 'status' | 'outcome'>,
  next?: Change,
): Promise<Ended | undefined> {
  const { change, clock, store, worker, cardGraceMs, doubt, background } = run;
  const now = clock.now();
  // Of a write that had no clear answer the log id of that stays.
  const logId = outcome.logId ?? doubt.known().logId;
  const known = logId === undefined ? outcome : { ...outcome, logId };
  const ending = { status, outcome: known, now, cardBy: now + cardGraceMs };
  const ended = await store.changes.endApplying(change, worker, ending);
  if (!ended) return undefined;
  reportEnd(run, ended);
  // What was sent, and not seen, may still come over what others write by then.
  const echoMs = status === 'applied' ? ECHO_MS : HOLD_MS;
  const until = doubt.count > 0 ? doubt.sentAt + echoMs : now;
  background.afterAnswer('leases', () => holdLeases(run, until));
  const { undoOf: undone } = change;
  // Its card still offers to undo it.
  if (undone && status === 'applied')
    background.afterAnswer('card of what was undone', () => store.changes.cardDue(undone));
  return { kind: 'shows', change: ended, next };
}

import { LoginNeeded } from '../auth/errors.ts';
import type { Sender } from '../feishu/client.ts';
import { certainlyNotProcessed, FeishuError } from '../feishu/errors.ts';
import type { Attempted, Change, Failure } from '../store/change.ts';
import { EffectUnknown, Superseded } from './doubt.ts';
import { certain, failed, toFailure, type WriteParts, type WriteResult } from './write.ts';

/** How many writes of one change may be in doubt at the same time. */
const MAX_IN_DOUBT = 3;
/** The pause before a write is sent again; it doubles each time. */
const PAUSE_MS = 300;
/** How often no connection is come by before that is told. */
const MAX_CONNECTS = 4;
/** How long a write that was certainly not processed is sent again. */
const PATIENCE_MS = 60_000;

export interface Write<T> {
  /** What has to be known about it by whoever finds out later what became of it. */
  attempted?: Pick<Attempted, 'before' | 'whole'>;
  send: (sender: Sender) => Promise<T>;
  /** Looks what became of a write whose answer was lost. */
  look: () => Promise<Found<T>>;
  /** Sending it twice would do what it does twice: once it may have been processed it is not sent again. */
  isOnce?: boolean;
}

/** What a look shows: the effect, none so far, or something that ends the change. */
export type Found<T> = { kind: 'done'; result: T } | { kind: 'no-effect' } | { kind: 'other'; result: WriteResult };

export type Sent<T> = { kind: 'answered' | 'found'; result: T } | { kind: 'ended'; result: WriteResult };

/**
 * Sends a write as the actor: the one place through which every write goes, each time it is sent. Before that the
 * database has to agree that the change is still this process's and its actor still authorised, and in the moment in
 * which it goes out the clock, too. A write whose answer was lost is looked for before it is sent again, and a change that
 * may have had an effect never ends as one that had none.
 *
 * Rejects with {@link LoginNeeded} when nothing can have been written, with {@link Superseded}, or with
 * {@link EffectUnknown}.
 */
export async function sendWrite<T>(parts: WriteParts, change: Change, write: Write<T>): Promise<Sent<T>> {
  const { clock, doubt } = parts;
  const deadline = clock.elapsed() + PATIENCE_MS;
  for (let attempt = 1; ; attempt += 1) {
    const sent = await trySend(parts, change, write);
    if (sent.kind === 'answered') return sent;
    let pause = retryDelayMs(sent, attempt);
    if (pause === undefined || clock.elapsed() + pause >= deadline) {
      if (sent.kind === 'not-processed' && doubt.count === 0) return { kind: 'ended', result: failed(sent.failure) };
      const found = await lookFor(parts, write, sent);
      if (found) return found;
      pause = backoffMs(attempt);
    }
    await clock.sleep(pause);
  }
}

const backoffMs = (attempt: number): number => PAUSE_MS * 2 ** (attempt - 1);

/** The pause before a write that was not processed is sent again without a look; undefined when it is not. */
function retryDelayMs<T>(sent: Tried<T>, attempt: number): number | undefined {
  if (sent.kind !== 'not-processed') return undefined;
  if (sent.failure.kind === 'rate-limited') return sent.retryAfterMs ?? backoffMs(attempt);
  return sent.failure.kind === 'unreachable' && attempt < MAX_CONNECTS ? backoffMs(attempt) : undefined;
}

/** What became of a write that may have been processed; undefined when it may be sent again. */
async function lookFor<T>(
  { doubt }: WriteParts,
  write: Write<T>,
  sent: Exclude<Tried<T>, { kind: 'answered' }>,
): Promise<Sent<T> | undefined> {
  const found = await certain(write.look());
  if (found.kind === 'done') {
    doubt.count -= 1;
    return { kind: 'found', result: found.result };
  }
  if (found.kind === 'other') return { kind: 'ended', result: found.result };
  const isOver = sent.kind === 'not-processed' || write.isOnce === true || doubt.count >= MAX_IN_DOUBT;
  if (isOver) throw new EffectUnknown(sent.cause, sent.failure);
  return undefined;
}

type Tried<T> =
  | { kind: 'answered'; result: T }
  | { kind: 'not-processed'; failure: Failure; retryAfterMs: number | undefined; cause: unknown }
  | { kind: 'lost'; failure: Failure; cause: unknown };

async function trySend<T>(parts: WriteParts, change: Change, write: Write<T>): Promise<Tried<T>> {
  const { actAs, doubt } = parts;
  try {
    const result = await actAs(async (userToken) => {
      await markAttempted(parts, change, write);
      return write.send({ userToken, maySend: () => parts.ownership.holds(change.id) });
    });
    return { kind: 'answered', result };
  } catch (cause) {
    if (cause instanceof LoginNeeded && doubt.count > 0) {
      const failure = { kind: 'grant-dead', message: '' };
      return { kind: 'not-processed', failure, retryAfterMs: undefined, cause };
    }
    if (!(cause instanceof FeishuError)) throw cause;
    if (cause.kind === 'not-sent') throw new Superseded();
    const failure = toFailure(cause);
    if (!certainlyNotProcessed(cause)) {
      doubt.count += 1;
      return { kind: 'lost', failure, cause };
    }
    return { kind: 'not-processed', failure, retryAfterMs: cause.retryAfterMs, cause };
  }
}

/** Whoever finds the change later has to know that a write may be under way, before it is. */
async function markAttempted<T>(
  { store, clock, worker, doubt }: WriteParts,
  change: Change,
  write: Write<T>,
): Promise<void> {
  const now = clock.now();
  const { unknown: _, ...before } = doubt.attempted;
  const attempted = { ...before, ...write.attempted, in_doubt: doubt.count + 1, sent_at: now };
  const permission = await store.changes.markAttempted(change.id, { worker, now }, attempted);
  if (permission === 'superseded') throw new Superseded();
  if (permission === 'no-grant') throw new LoginNeeded('no-grant');
  doubt.attempted = attempted;
}

/**
 * Refuses to send anything for a change of which enough was sent already, or whose write was refused after an earlier one
 * may have had an effect: it is only looked at. Throws {@link EffectUnknown}.
 */
export function refuseToSendAgain({ doubt }: WriteParts, change: Change, isOnce = false): void {
  const failure = change.outcome?.unknown?.failure;
  if (failure || doubt.count >= MAX_IN_DOUBT || (isOnce && doubt.count > 0)) {
    throw new EffectUnknown(new Error('no effect has been seen'), failure ?? { kind: 'no-answer', message: '' });
  }
}

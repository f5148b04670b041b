import { LoginNeeded } from '../auth/errors.ts';
import type { Attempted, Failure } from '../domain/change.ts';
import type { Sender } from '../feishu/client.ts';
import { certainlyNotProcessed, FeishuError, toFailure } from '../feishu/errors.ts';
import type { Permission } from '../store/changes.ts';
import { EffectUnknownError, HOLD_MS, Superseded } from './doubt.ts';
import { failed, readOrUnknown, type WriteResult, type WriteRun } from './write.ts';

/** How many writes of one change may be in doubt at the same time. */
const MAX_IN_DOUBT = 3;
/** The pause before a write is sent again; it doubles each time, up to the longest one. */
const PAUSE_MS = 300;
const LONGEST_PAUSE_MS = 5_000;
/** A rate limit that is over at once is waited for all the same. */
const SHORTEST_LIMIT_MS = 500;
/** What keeps a write from being sent, and may pass: there was no connection, or no token could be had. */
const UNSENT: ReadonlySet<string> = new Set(['unreachable', 'no-answer', 'unavailable']);
/** After so many attempts of that kind the change fails. */
const MAX_UNSENT = 4;
/** How long a write is sent again, in all. */
export const PATIENCE_MS = 60_000;
/** After a longer pause others may have written meanwhile: the skill is looked at once more before a write goes out. */
const STALE_MS = 2_000;

export interface Write<T> {
  /** What has to be known about it by whoever finds out later what became of it. */
  attempted?: Pick<Attempted, 'before' | 'whole'>;
  send: (sender: Sender) => Promise<T>;
  /** Looks what became of a write whose answer was lost. */
  look: () => Promise<Found<T>>;
  /** Sending it twice would do it twice, so it is not sent again once Feishu may have processed it. */
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
 * {@link EffectUnknownError}.
 */
export async function sendWrite<T>(run: WriteRun, write: Write<T>): Promise<Sent<T>> {
  const { clock, doubt, sendUntil } = run;
  for (let attempt = 1; ; attempt += 1) {
    const sent = await trySend(run, write);
    if (sent.kind === 'answered') {
      doubt.wasAnswered();
      return sent;
    }
    const delay = retryDelayMs(sent, attempt);
    const pause = delay !== undefined && clock.elapsed() + delay < sendUntil ? delay : undefined;
    const ended = await conclude(run, write, sent, pause !== undefined);
    if (ended) return ended;
    await clock.sleep(pause ?? 0);
    const stale = pause !== undefined && pause > STALE_MS ? await lookAgain(run, write, sent) : undefined;
    if (stale) return stale;
  }
}

/** What was read before a long pause is out of date; undefined when the write may be sent all the same. */
async function lookAgain<T>(run: WriteRun, write: Write<T>, sent: Unanswered): Promise<Sent<T> | undefined> {
  if (!run.doubt.isOpen) return { kind: 'ended', result: { status: 'stale' } };
  return lookFor(run, write, { ...sent, mayRepeat: true });
}

type Unanswered = Exclude<Tried<unknown>, { kind: 'answered' }>;

/** What an attempt without an answer has led to; undefined when the write is to be sent again. */
async function conclude<T>(
  run: WriteRun,
  write: Write<T>,
  sent: Unanswered,
  mayRepeat: boolean,
): Promise<Sent<T> | undefined> {
  if (sent.kind === 'not-processed') {
    if (mayRepeat) {
      await markNotProcessed(run);
      return undefined;
    }
    if (!run.doubt.isOpen) return { kind: 'ended', result: failed(sent.failure) };
  }
  return lookFor(run, write, { ...sent, mayRepeat: mayRepeat && sent.kind === 'lost' });
}

const backoffMs = (attempt: number): number => Math.min(LONGEST_PAUSE_MS, PAUSE_MS * 2 ** (attempt - 1));

/** The pause before a write may be sent again; undefined when it was refused for good. */
function retryDelayMs(sent: Unanswered, attempt: number): number | undefined {
  if (sent.kind === 'lost') return backoffMs(attempt);
  if (sent.failure.kind === 'rate-limited') return Math.max(SHORTEST_LIMIT_MS, sent.retryAfterMs ?? backoffMs(attempt));
  return UNSENT.has(sent.failure.kind) && attempt < MAX_UNSENT ? backoffMs(attempt) : undefined;
}

/** What became of a write that may have been processed; undefined when it may be sent again. */
async function lookFor<T>(
  { doubt }: WriteRun,
  write: Write<T>,
  sent: { failure: Failure; cause: unknown; mayRepeat: boolean },
): Promise<Sent<T> | undefined> {
  const found = await readOrUnknown(write.look());
  if (found.kind === 'done') {
    doubt.effectSeen();
    return { kind: 'found', result: found.result };
  }
  if (found.kind === 'other') return { kind: 'ended', result: found.result };
  const mayRepeat = sent.mayRepeat && write.isOnce !== true && doubt.count < MAX_IN_DOUBT;
  if (!mayRepeat) throw new EffectUnknownError(sent.cause, sent.failure);
  return undefined;
}

type Tried<T> =
  | { kind: 'answered'; result: T }
  | { kind: 'not-processed'; failure: Failure; retryAfterMs: number | undefined; cause: unknown }
  | { kind: 'lost'; failure: Failure; cause: unknown };

async function trySend<T>(run: WriteRun, write: Write<T>): Promise<Tried<T>> {
  const { actAs, doubt, ownership, change } = run;
  /** Only what comes of the write itself puts it in doubt: before it, a token may have had to be fetched. */
  let ofWrite: unknown;
  try {
    const result = await actAs(async (userToken) => {
      ofWrite = undefined;
      await markAttempted(run, write);
      try {
        return await write.send({ userToken, maySend: () => ownership.holds(change.id) });
      } catch (error) {
        ofWrite = error;
        throw error;
      }
    });
    return { kind: 'answered', result };
  } catch (cause) {
    if (cause instanceof LoginNeeded && doubt.isOpen) {
      const failure = { kind: 'grant-dead', message: '' };
      return { kind: 'not-processed', failure, retryAfterMs: undefined, cause };
    }
    if (!(cause instanceof FeishuError)) throw cause;
    if (cause.kind === 'not-sent') throw new Superseded();
    const failure = toFailure(cause);
    if (cause !== ofWrite || certainlyNotProcessed(cause)) {
      return { kind: 'not-processed', failure, retryAfterMs: cause.retryAfterMs, cause };
    }
    doubt.mayHaveEffect();
    return { kind: 'lost', failure, cause };
  }
}

/** Whoever finds the change later has to know that a write may be under way, before it is. */
async function markAttempted<T>(run: WriteRun, write: Write<T>): Promise<void> {
  const attempted = run.doubt.aboutToSend(write.attempted ?? {}, run.clock.now());
  if ((await mark(run, attempted)) === 'no-grant') throw new LoginNeeded('no-grant');
}

/** Whoever takes the change over while this process waits has to know that the last write had no effect. */
async function markNotProcessed(run: WriteRun): Promise<void> {
  await mark(run, run.doubt.known());
}

async function mark({ store, clock, worker, change }: WriteRun, attempted: Attempted): Promise<Permission> {
  const permission = await store.changes.markAttempted(change.id, { worker, now: clock.now() }, attempted);
  if (permission === 'superseded') throw new Superseded();
  return permission;
}

/**
 * Refuses to send anything for a change that is only to be looked at: Feishu has answered it, enough was sent already, a
 * write was refused after an earlier one may have had an effect, or others may have written by now and the person is
 * asked. What Feishu has answered was an earlier write where `followsAnother`. Throws {@link EffectUnknownError}.
 */
export function refuseToSendAgain(
  { doubt, change, clock }: WriteRun,
  { isOnce = false, followsAnother = false } = {},
): void {
  const failure = change.outcome?.unknown?.failure;
  const isLate = clock.now() - doubt.sentAt >= HOLD_MS;
  const isAnswered = doubt.isAnswered && !followsAnother;
  if (failure || isLate || isAnswered || doubt.count >= MAX_IN_DOUBT || (isOnce && doubt.count > 0)) {
    throw new EffectUnknownError(new Error('no effect has been seen'), failure ?? { kind: 'no-answer', message: '' });
  }
}

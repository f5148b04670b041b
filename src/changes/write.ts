import type { ActAs } from '../auth/grants.ts';
import { certainlyNotProcessed, FeishuError } from '../feishu/errors.ts';
import type { Helpdesk } from '../feishu/helpdesk.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import type { Skill } from '../skills/skill.ts';
import type { Attempted, Change, Failure, Outcome } from '../store/change.ts';
import type { Store } from '../store/store.ts';

export interface WriteParts {
  store: Store;
  helpdesk: Helpdesk;
  /** Acts for the one whose change it is. */
  actAs: ActAs;
  clock: Clock;
  logger: Logger;
  desk: { id: string };
  /** This process, among all replicas. */
  worker: string;
}

/** How the writing of a change ended. */
export type WriteResult =
  | { status: 'applied' | 'mismatch' | 'failed'; outcome: Outcome }
  /** Somebody else changed what this change writes; nothing was written. `fresh` is the skill as it is now. */
  | { status: 'conflicted'; outcome: Outcome; fresh: Skill };

/** It is not known what the skill looks like now: to be settled by a later read. */
export class Unsettled extends Error {
  readonly code = 'unsettled';

  constructor(cause: unknown) {
    super('the state of the skill after the write is not known yet', { cause });
    this.name = 'Unsettled';
  }
}

/** Another process took this change over; whatever this one knows of it is out of date. */
export class TakenOver extends Error {
  readonly code = 'taken_over';

  constructor() {
    super('another process has taken over this change');
    this.name = 'TakenOver';
  }
}

export const failed = (failure: Failure): WriteResult => ({ status: 'failed', outcome: { failure } });

/** A failure of Feishu in the form that is stored and shown. */
export const toFailure = ({ kind, code, message, logId }: FeishuError): Failure => ({
  kind,
  code,
  message,
  log_id: logId,
});

/** How often a write is sent when a read has shown that it had no effect. */
const MAX_WRITES = 3;
const PAUSE_BETWEEN_WRITES_MS = 300;

export interface Attempt<T> {
  /** What has to be known about it by whoever finds out later what became of it. */
  attempted?: Attempted;
  /** Sends the write. */
  send: (userToken: string) => Promise<T>;
  /** Looks what became of a write whose answer was lost: done, without effect (send again), or something else. */
  look: () => Promise<
    { kind: 'done'; result: T } | { kind: 'without-effect' } | { kind: 'other'; result: WriteResult }
  >;
}

export type Sent<T> = { kind: 'answered' | 'found'; result: T } | { kind: 'ended'; result: WriteResult };

/**
 * Sends a write as the actor. A write whose answer was lost is never sent again blindly: the skill is read first.
 * Rejects with {@link LoginNeeded}, {@link TakenOver} or {@link Unsettled}.
 */
export async function sendOnce<T>(parts: WriteParts, change: Change, attempt: Attempt<T>): Promise<Sent<T>> {
  for (let left = MAX_WRITES; ; left -= 1) {
    const sent = await trySend(parts, change, attempt);
    if (sent.kind !== 'lost') return sent;
    const found = await settled(attempt.look());
    if (found.kind === 'done') return { kind: 'found', result: found.result };
    if (found.kind === 'other') return { kind: 'ended', result: found.result };
    if (left <= 1) return { kind: 'ended', result: failed(toFailure(sent.error)) };
    await parts.clock.sleep(PAUSE_BETWEEN_WRITES_MS);
  }
}

async function trySend<T>(
  { actAs, store, worker }: WriteParts,
  change: Change,
  { send, attempted }: Attempt<T>,
): Promise<Sent<T> | { kind: 'lost'; error: FeishuError }> {
  try {
    const result = await actAs(async (token) => {
      if (!(await store.changes.markAttempted(change.id, worker, attempted))) throw new TakenOver();
      return send(token);
    });
    return { kind: 'answered', result };
  } catch (error) {
    if (!(error instanceof FeishuError)) throw error;
    if (certainlyNotProcessed(error)) return { kind: 'ended', result: failed(toFailure(error)) };
    return { kind: 'lost', error };
  }
}

/** A read that has to succeed before anything can be said. */
export async function settled<T>(read: Promise<T>): Promise<T> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof FeishuError) throw new Unsettled(error);
    throw error;
  }
}

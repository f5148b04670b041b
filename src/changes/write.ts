import type { ActAs } from '../auth/grants.ts';
import type { Change, Failure, Outcome } from '../domain/change.ts';
import { diff } from '../domain/diff.ts';
import type { SkillId } from '../domain/ids.ts';
import type { Skill, SkillContent } from '../domain/skill.ts';
import { FeishuError, toFailure } from '../feishu/errors.ts';
import type { Helpdesk } from '../feishu/helpdesk.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import type { Store } from '../store/store.ts';
import { type Doubt, EffectUnknownError } from './doubt.ts';
import type { Ownership } from './ownership.ts';

export interface WriteParts {
  store: Store;
  helpdesk: Helpdesk;
  clock: Clock;
  logger: Logger;
  desk: { id: string };
  /** This process, among all replicas. */
  worker: string;
  ownership: Ownership;
}

/** The writing of one change by this process. */
export interface WriteRun extends WriteParts {
  change: Change;
  /** Acts for the one whose change it is. */
  actAs: ActAs;
  /** What the writes of this change may still do. */
  doubt: Doubt;
  /** Until when a write is sent again, by `clock.elapsed()`. */
  sendUntil: number;
}

/** What a change has to be planned again on: its skill, or those that have the name of one to be made. */
export type Fresh = { kind: 'skill'; skill: Skill } | { kind: 'same-names'; skills: SkillId[] };

/** How the writing of a change went: it ended, or has to begin once more, for what was read is out of date. */
export type WriteResult = WriteEnd | { status: 'stale' };

/** How the writing of a change ended. */
export type WriteEnd =
  | { status: 'applied' | 'mismatch' | 'failed'; outcome: Outcome }
  /** Somebody else changed what this change writes; nothing was written. */
  | { status: 'conflicted'; outcome: Outcome; fresh: Fresh };

/** To be used only where nothing was sent that may have an effect. */
export const failed = (failure: Failure): WriteEnd => ({ status: 'failed', outcome: { failure } });

/** It was written, but what is there is not what was asked for. */
export const mismatch = (expected: SkillContent, found: SkillContent, outcome: Outcome = {}): WriteEnd => ({
  status: 'mismatch',
  outcome: { ...outcome, differences: diff(expected, found) },
});

/**
 * Whether the write did anything before somebody else wrote the same is not to be found out any more. `expected` is what
 * it would have led to.
 */
export const overwritten = (expected: SkillContent, found: SkillContent): WriteEnd =>
  mismatch(expected, found, { unknown: { offersRetry: true } });

/** The write was done, and somebody has deleted the skill since: what it led to cannot be seen any more. */
export const gone = (): WriteEnd => ({ status: 'mismatch', outcome: { gone: true } });

/** Somebody deleted the skill before it was known whether the write did anything; there is nothing left to write to. */
export const goneInDoubt = (): WriteEnd => ({
  status: 'mismatch',
  outcome: { gone: true, unknown: { offersRetry: false } },
});

/** A read without which nothing can be said about a write. Rejects with {@link EffectUnknownError}. */
export async function readOrUnknown<T>(read: Promise<T>): Promise<T> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof FeishuError) throw new EffectUnknownError(error);
    throw error;
  }
}

/** The skill as it is now, or that it is gone. Rejects with a FeishuError. */
export async function presentSkill(helpdesk: Helpdesk, id: SkillId): Promise<Skill | 'gone'> {
  try {
    return await helpdesk.getSkill(id);
  } catch (error) {
    if (error instanceof FeishuError && error.kind === 'not-found') return 'gone';
    throw error;
  }
}

/**
 * The skill right before a write. While nothing is in doubt a failed read ends the change, for nothing was written; else
 * the truth has to be found, and the read rejects with {@link EffectUnknownError}.
 */
export async function freshRead({ helpdesk, doubt }: WriteRun, id: SkillId): Promise<Skill | 'gone' | WriteResult> {
  if (doubt.isOpen) return readOrUnknown(presentSkill(helpdesk, id));
  try {
    return await helpdesk.getSkill(id);
  } catch (error) {
    if (error instanceof FeishuError) return failed(toFailure(error));
    throw error;
  }
}

/** The skill was not kept from others all the time: what is there now may be theirs. */
export const isWrittenByOthers = ({ store, doubt, change }: WriteRun, id: SkillId): Promise<boolean> =>
  store.changes.wasWritten(id, { since: doubt.sentAt, besides: change.id });

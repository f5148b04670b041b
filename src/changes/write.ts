import type { ActAs } from '../auth/grants.ts';
import { FeishuError } from '../feishu/errors.ts';
import type { Helpdesk } from '../feishu/helpdesk.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import { diff } from '../skills/diff.ts';
import type { SkillId } from '../skills/ids.ts';
import type { Remark } from '../skills/remark.ts';
import type { Skill, SkillContent } from '../skills/skill.ts';
import type { Change, Failure, Outcome } from '../store/change.ts';
import type { Store } from '../store/store.ts';
import { type Doubt, EffectUnknown } from './doubt.ts';
import type { Ownership } from './ownership.ts';

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
  ownership: Ownership;
  /** What the writes of this change may still do. */
  doubt: Doubt;
}

/** What a conflict has to be planned again on. */
export type Fresh = { kind: 'skill'; skill: Skill } | { kind: 'same-names'; skills: SkillId[] };

/** How the writing of a change ended. */
export type WriteResult =
  | { status: 'applied' | 'mismatch' | 'failed'; outcome: Outcome }
  /** Somebody else changed what this change writes; nothing was written. */
  | { status: 'conflicted'; outcome: Outcome; fresh: Fresh };

/** To be used only where nothing was sent that may have an effect. */
export const failed = (failure: Failure): WriteResult => ({ status: 'failed', outcome: { failure } });

export const mismatch = (expected: SkillContent, found: SkillContent, outcome: Outcome = {}): WriteResult => ({
  status: 'mismatch',
  outcome: { ...outcome, differences: diff(expected, found) },
});

/**
 * Whether the write did anything before somebody else wrote the same is not to be found out any more. `expected` is what
 * it would have led to.
 */
export const overwritten = (expected: SkillContent, found: SkillContent, now: number): WriteResult =>
  mismatch(expected, found, { unknown: { looked_at: now, offers_retry: true } });

/** Somebody deleted the skill that was written: what the write did to it cannot be seen any more. */
export const gone = (): WriteResult => ({ status: 'mismatch', outcome: { gone: true } });

/** A failure of Feishu in the form that is stored and shown. */
export const toFailure = ({ kind, code, message, logId }: FeishuError): Failure => ({
  kind,
  code,
  message,
  log_id: logId,
});

/** A read that has to succeed before anything can be said. Rejects with {@link EffectUnknown}. */
export async function certain<T>(read: Promise<T>): Promise<T> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof FeishuError) throw new EffectUnknown(error);
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
 * The skill right before a write. Before the first one a failed read ends the change, for nothing was sent; after it the
 * truth has to be found, and the read rejects with {@link EffectUnknown}.
 */
export async function freshRead(
  { helpdesk }: Pick<WriteParts, 'helpdesk'>,
  { attempted }: Change,
  id: SkillId,
): Promise<Skill | 'gone' | WriteResult> {
  if (attempted) return certain(presentSkill(helpdesk, id));
  try {
    return await helpdesk.getSkill(id);
  } catch (error) {
    if (error instanceof FeishuError) return failed(toFailure(error));
    throw error;
  }
}

/** What stands in a remark that two skills would have one name. */
export const sameName = (skills: SkillId[]): Remark[] => (skills.length > 0 ? [{ kind: 'same-name', skills }] : []);

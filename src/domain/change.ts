import { z } from 'zod';
import type { Pointless } from './apply.ts';
import { Difference } from './diff.ts';
import { ChangeId, type ChatId, type MessageId, type OpenId, SkillId } from './ids.ts';
import type { Intent } from './intent.ts';
import type { Remark } from './remark.ts';
import { type Agent, SkillContent } from './skill.ts';

export const ChangeStatus = z.enum([
  'pending',
  'applying',
  'applied',
  'failed',
  'mismatch',
  'cancelled',
  'expired',
  'conflicted',
]);
export type ChangeStatus = z.infer<typeof ChangeStatus>;

/** Why a call to Feishu did not do what it should, in a form that can be stored and shown later. */
export const Failure = z.object({
  kind: z.string(),
  code: z.number().optional(),
  message: z.string(),
  logId: z.string().optional(),
});
export type Failure = z.infer<typeof Failure>;

/**
 * A write of this change may have had an effect that nobody has seen. `failure` is the refusal after which nothing more is
 * sent, `offersRetry` whether the card lets the person ask again.
 */
export const EffectUnknown = z.object({
  offersRetry: z.boolean(),
  failure: Failure.optional(),
  /** The change by which the person tries it again. */
  retriedBy: ChangeId.optional(),
});
export type EffectUnknown = z.infer<typeof EffectUnknown>;

/** How a change ended, beyond its status; while it is written, what has to be known of that. */
export const Outcome = z.object({
  /** What the skill differs in from what was asked for (mismatch), or from the base (conflicted). */
  differences: z.array(Difference).optional(),
  failure: Failure.optional(),
  /** The write was answered by Feishu with this log id. */
  logId: z.string().optional(),
  /** The desk cleared what was left out, and the whole skill was written back. */
  repaired: z.boolean().optional(),
  /** The end was found out by a read after the answer or the process was lost. */
  settled: z.boolean().optional(),
  /** What was there right before the write, until it is known what became of it. */
  before: SkillContent.optional(),
  /** That write sent every field, not only what changes; known as long as `before`. */
  whole: z.boolean().optional(),
  /** How many writes were sent of which it is not known what they did. */
  inDoubt: z.number().int().optional(),
  /** When the last write was sent, by the clock that replicas share. */
  sentAt: z.number().optional(),
  /** Feishu has answered that it was done, and no read has shown it yet. */
  answered: z.boolean().optional(),
  unknown: EffectUnknown.optional(),
  /** The skill was not there any more when the write was looked for. */
  gone: z.boolean().optional(),
  /** The id that a create, or an undone delete, led to. */
  createdId: SkillId.optional(),
  /** The change that stands in place of this one. */
  next: ChangeId.optional(),
  why: z.enum(['by-actor', 'login-needed']).optional(),
});
export type Outcome = z.infer<typeof Outcome>;

/** What is remembered with a write before it is sent. */
export type Attempted = Pick<Outcome, 'before' | 'whole' | 'inDoubt' | 'sentAt' | 'answered' | 'createdId' | 'logId'>;

/** A stored intent with its base snapshot, its preview, its actor and its status. */
export interface Change {
  id: ChangeId;
  requestKey: string;
  status: ChangeStatus;
  intent: Intent;
  /** Absent until a create is done. */
  skillId: SkillId | undefined;
  skillName: string;
  actorId: OpenId;
  chatId: ChatId;
  sourceMessageId: MessageId;
  cardMessageId: MessageId | undefined;
  /** The skill as it was for the preview; absent for a create. */
  base: SkillContent | undefined;
  /** The skill as it is to be; absent for a delete. */
  target: SkillContent | undefined;
  people: Agent[];
  remarks: Remark[];
  outcome: Outcome | undefined;
  undoOf: ChangeId | undefined;
  createdAt: number;
  expiresAt: number;
  settledAt: number | undefined;
  attempted: boolean;
}

export type NewChange = Omit<Change, 'status' | 'cardMessageId' | 'outcome' | 'settledAt' | 'attempted'>;

export type FinalStatus = Exclude<ChangeStatus, 'pending' | 'applying'>;

/** Why a change cannot be taken back. */
export type NotUndoable =
  | { kind: 'not-written'; change: Change }
  | { kind: 'not-known'; change: Change }
  | { kind: 'undone-already'; change: Change; by: ChangeId }
  | { kind: 'skill-gone'; change: Change }
  | { kind: 'pointless'; change: Change; why: Pointless };

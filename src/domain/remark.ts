import { z } from 'zod';
import { Difference } from './diff.ts';
import { OpenId, SkillId } from './ids.ts';

/** Something the person should know before confirming. */
export const Remark = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('already-there'), agentIds: z.array(OpenId) }),
  z.object({ kind: z.literal('not-there'), agentIds: z.array(OpenId) }),
  z.object({ kind: z.literal('nobody-left') }),
  z.object({ kind: z.literal('kept-since'), kept: z.array(Difference) }),
  /** People who are to hold the skill but are no agents of this desk. */
  z.object({ kind: z.literal('not-agents'), agentIds: z.array(OpenId) }),
  /** The preview replaces one that somebody else's edit made stale. */
  z.object({ kind: z.literal('changed-meanwhile'), differences: z.array(Difference) }),
  /** No rule of the desk shows how Feishu writes this condition. */
  z.object({ kind: z.literal('operand-guessed') }),
  /** Names that were taken for these ids, because rules of these skills do so. */
  z.object({
    kind: z.literal('named-by-rules'),
    values: z.array(z.object({ id: z.string(), name: z.string(), skill: z.object({ id: SkillId, name: z.string() }) })),
  }),
  /** Another skill has this name, or one that looks like it. */
  z.object({ kind: z.literal('same-name'), skills: z.array(SkillId) }),
  /** The same was asked for before, and it is not known what came of it. */
  z.object({ kind: z.literal('maybe-done') }),
  /** Undoing a delete makes a new skill with a new id. */
  z.object({ kind: z.literal('new-id') }),
]);
export type Remark = z.infer<typeof Remark>;

const LASTING: ReadonlySet<Remark['kind']> = new Set([
  'not-agents',
  'operand-guessed',
  'named-by-rules',
  'maybe-done',
  'new-id',
]);

/** Those that hold for the same change planned again; the others follow from the skill as it is then. */
export const lastingRemarks = (remarks: readonly Remark[]): Remark[] => remarks.filter(({ kind }) => LASTING.has(kind));

/** What is to be said when these skills have the name already. */
export const sameName = (skills: SkillId[]): Remark[] => (skills.length > 0 ? [{ kind: 'same-name', skills }] : []);

import { z } from 'zod';
import { Difference } from './diff.ts';
import { ChangeId, OpenId, SkillId } from './ids.ts';
import { Rule, SkillContent } from './skill.ts';

const agentIds = z.array(OpenId);

/**
 * What a command asks for, independent of the skill's present state: it can be applied to any read of the skill.
 * `rule` in the rule intents names an existing rule by {@link ruleKey}, since one condition may occur twice;
 * `existing` in a create are the skills that had the name before.
 */
export const Intent = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('rename'), name: z.string() }),
  z.object({ kind: z.literal('add-agents'), agentIds }),
  z.object({ kind: z.literal('remove-agents'), agentIds }),
  z.object({ kind: z.literal('set-agents'), agentIds }),
  z.object({ kind: z.literal('add-rule'), rule: Rule }),
  z.object({ kind: z.literal('edit-rule'), rule: z.string(), to: Rule }),
  z.object({ kind: z.literal('remove-rule'), rule: z.string() }),
  z.object({ kind: z.literal('create'), content: SkillContent, existing: z.array(SkillId) }),
  z.object({ kind: z.literal('delete') }),
  z.object({ kind: z.literal('undo'), change: ChangeId, differences: z.array(Difference) }),
]);
export type Intent = z.infer<typeof Intent>;

/** An intent that leads from one state of an existing skill to another. */
export type EditIntent = Exclude<Intent, { kind: 'create' | 'delete' }>;

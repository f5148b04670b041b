import { z } from 'zod';
import type { ExactNumber } from '../lib/json.ts';
import { OpenId, SkillId } from './ids.ts';

/**
 * A JSON value. A number that JavaScript would change is an {@link ExactNumber}, everywhere from the answer of Feishu over
 * the database to the write: such a value is read by `parseJson` and written by `stringifyJson`.
 */
export type Json = string | number | boolean | null | ExactNumber | Json[] | { [key: string]: Json };
/** Comes out of JSON, from Feishu or from the database: looking through all of it again would find nothing. */
export const Json = z.custom<Json>();

/**
 * One condition of a skill. `operand` is kept exactly as it came: its type on the wire is documented twice,
 * as a string and as an object, and only the department's shape is (helpdesk-v1/agent_skill/patch).
 */
export const Rule = z.object({
  id: z.string(),
  selectedOperator: z.number().int().optional(),
  operatorOptions: z.array(z.number().int()).optional(),
  operand: Json.optional(),
  category: z.number().int().optional(),
  displayName: z.string().optional(),
});
export type Rule = z.infer<typeof Rule>;

export const Agent = z.object({ id: OpenId, name: z.string() });
export type Agent = z.infer<typeof Agent>;

/** One agent skill (客服技能) of the helpdesk, as one read returned it. `agents` gives names to ids of people. */
export const Skill = z.object({
  id: SkillId,
  name: z.string(),
  rules: z.array(Rule),
  agentIds: z.array(OpenId),
  isDefault: z.boolean(),
  agents: z.array(Agent),
});
export type Skill = z.infer<typeof Skill>;

/** A skill as the list returns it: without rules. */
export const SkillSummary = Skill.omit({ rules: true, agents: true });
export type SkillSummary = z.infer<typeof SkillSummary>;

/** What can be written of a skill. */
export const SkillContent = Skill.pick({ name: true, rules: true, agentIds: true });
export type SkillContent = z.infer<typeof SkillContent>;

export type SkillField = keyof SkillContent;
export const SKILL_FIELDS = ['name', 'rules', 'agentIds'] as const satisfies readonly SkillField[];

/** The longest name that is written, in Unicode characters. */
export const MAX_NAME_LENGTH = 200;

export const contentOf = (skill: SkillContent): SkillContent => ({
  name: skill.name,
  rules: skill.rules,
  agentIds: skill.agentIds,
});

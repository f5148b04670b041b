import { z } from 'zod';

/**
 * The part of a skill, as Feishu gave it, that cannot be read for certain. `record`: it is no object at all; `twice`: it
 * came twice, each time another.
 */
export const SkillPart = z.enum(['record', 'twice', 'id', 'name', 'agents', 'default', 'rules']);
export type SkillPart = z.infer<typeof SkillPart>;

/**
 * A skill that is there and cannot be read for certain: what is known of it. It is shown as this and never written, since
 * a write would replace what was not understood.
 */
export interface UnreadableSkill {
  id: string | undefined;
  name: string | undefined;
  part: SkillPart;
}

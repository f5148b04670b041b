import { SkillId } from './ids.ts';
import type { SkillSummary } from './skill.ts';
import type { UnreadableSkill } from './unreadable.ts';

/** Every skill of the desk: those that can be read for certain, and what is known of the others. */
export interface ListedSkills {
  skills: SkillSummary[];
  unreadable: UnreadableSkill[];
}

/**
 * The ids of all skills with exactly this name, those that cannot be read included. With `lookOf`: of all whose name has
 * the same look.
 */
export const idsNamed = (
  name: string,
  { skills, unreadable }: ListedSkills,
  lookOf: (name: string) => string = (own) => own,
): SkillId[] =>
  [...skills, ...unreadable].flatMap((skill) => {
    const isNamed = skill.name !== undefined && lookOf(skill.name) === lookOf(name);
    const id = isNamed ? SkillId.safeParse(skill.id).data : undefined;
    return id === undefined ? [] : [id];
  });

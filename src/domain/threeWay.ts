import { changedFields, type Difference, diff } from './diff.ts';
import { sameField } from './same.ts';
import type { SkillContent, SkillField } from './skill.ts';

/**
 * Whether somebody else touched, since the base was read, a field that the change writes.
 * A difference in any other field is no conflict: it is not written.
 */
export const conflictsWith = (base: SkillContent, fresh: SkillContent, target: SkillContent): boolean =>
  changedFields(base, target).some((field) => !sameField(field, base, fresh));

/** What the skill should be after the write: the fresh read, with the written fields replaced. */
export function expectedAfter(fresh: SkillContent, target: SkillContent, written: readonly SkillField[]): SkillContent {
  return {
    name: written.includes('name') ? target.name : fresh.name,
    rules: written.includes('rules') ? target.rules : fresh.rules,
    agentIds: written.includes('agentIds') ? target.agentIds : fresh.agentIds,
  };
}

export type ReadBack =
  /** The skill is as expected. */
  | { kind: 'as-expected' }
  /** Fields that were not sent came back empty: this desk clears what a PATCH leaves out. */
  | { kind: 'cleared'; fields: SkillField[] }
  /** The skill is something else; `differences` lead from what was expected to what is there. */
  | { kind: 'different'; differences: Difference[] };

/** Judges the read after the write. `written` are the fields that were sent. */
export function judgeReadBack(
  expected: SkillContent,
  readBack: SkillContent,
  written: readonly SkillField[],
): ReadBack {
  const differing = changedFields(expected, readBack);
  if (differing.length === 0) return { kind: 'as-expected' };
  const cleared = differing.filter((field) => !written.includes(field) && isEmpty(readBack, field));
  if (cleared.length > 0) return { kind: 'cleared', fields: cleared };
  return { kind: 'different', differences: diff(expected, readBack) };
}

const isEmpty = (content: SkillContent, field: SkillField): boolean => content[field].length === 0;

import { z } from 'zod';
import { OpenId } from './ids.ts';
import { ruleKey, sameField } from './same.ts';
import { Rule, SKILL_FIELDS, type SkillContent, type SkillField } from './skill.ts';

/** One field that differs, as a person would describe it: from what to what. */
export const Difference = z.discriminatedUnion('field', [
  z.object({ field: z.literal('name'), before: z.string(), after: z.string() }),
  z.object({ field: z.literal('agentIds'), added: z.array(OpenId), removed: z.array(OpenId) }),
  z.object({ field: z.literal('rules'), added: z.array(Rule), removed: z.array(Rule) }),
]);
export type Difference = z.infer<typeof Difference>;

/** The fields in which `after` differs from `before`, in the order of {@link SKILL_FIELDS}. */
export const changedFields = (before: SkillContent, after: SkillContent): SkillField[] =>
  SKILL_FIELDS.filter((field) => !sameField(field, before, after));

/** What leads from `before` to `after`; empty when nothing differs. */
export const diff = (before: SkillContent, after: SkillContent): Difference[] =>
  changedFields(before, after).map((field) => differenceIn(field, before, after));

function differenceIn(field: SkillField, before: SkillContent, after: SkillContent): Difference {
  switch (field) {
    case 'name':
      return { field, before: before.name, after: after.name };
    case 'agentIds':
      return { field, ...compareLists(before.agentIds, after.agentIds, (id) => id) };
    case 'rules':
      return { field, ...compareLists(before.rules, after.rules, ruleKey) };
  }
}

/** Multiset difference, in the order of the lists. */
function compareLists<T>(
  before: readonly T[],
  after: readonly T[],
  keyOf: (item: T) => string,
): { added: T[]; removed: T[] } {
  return { added: minus(after, before, keyOf), removed: minus(before, after, keyOf) };
}

function minus<T>(items: readonly T[], without: readonly T[], keyOf: (item: T) => string): T[] {
  const spare = new Map<string, number>();
  for (const item of without) spare.set(keyOf(item), (spare.get(keyOf(item)) ?? 0) + 1);
  return items.filter((item) => {
    const left = spare.get(keyOf(item)) ?? 0;
    if (left > 0) spare.set(keyOf(item), left - 1);
    return left === 0;
  });
}

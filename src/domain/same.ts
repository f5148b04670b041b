import { decimal, ExactNumber } from '../lib/json.ts';
import type { Rule, SkillContent, SkillField } from './skill.ts';
import { structureIn } from './structure.ts';

/**
 * One text for all spellings of the same JSON value: keys sorted, and a string that holds a JSON object or array
 * counts as that object, because the platform may return either form of an operand.
 */
export function canonical(value: unknown): string {
  if (typeof value === 'string') return canonicalString(value);
  if (value instanceof ExactNumber) return decimal(value.text);
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([, entry]) => entry !== undefined);
    entries.sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, entry]) => `${JSON.stringify(key)}:${canonical(entry)}`).join(',')}}`;
  }
  return JSON.stringify(value ?? null);
}

function canonicalString(text: string): string {
  const structure = structureIn(text);
  return structure === undefined ? JSON.stringify(text) : canonical(structure);
}

/** What makes a rule this rule: the writable parts, without the read-only names around them. */
export const ruleKey = (rule: Rule): string =>
  canonical([rule.id, rule.selectedOperator ?? null, rule.operand ?? null]);

const asMultiset = (keys: readonly string[]): string => [...keys].sort().join('\n');

/** Whether two contents have the same value of a field. The order of agents and rules carries no meaning. */
export function sameField(field: SkillField, a: SkillContent, b: SkillContent): boolean {
  switch (field) {
    case 'name':
      return a.name === b.name;
    case 'agentIds':
      return asMultiset(a.agentIds) === asMultiset(b.agentIds);
    case 'rules':
      return asMultiset(a.rules.map(ruleKey)) === asMultiset(b.rules.map(ruleKey));
  }
}

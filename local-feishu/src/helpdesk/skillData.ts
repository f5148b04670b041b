import { parseExactly } from '../exactNumbers.ts';
import type { Desk, Operand, Rule, Skill } from './desk.ts';
import type { DeskSettings } from './settings.ts';

/** A skill as the list returns it: without rules. */
export function skillSummary(skill: Skill): Record<string, unknown> {
  return { id: skill.id, name: skill.name, agent_ids: skill.agentIds, is_default: skill.isDefault };
}

/** A skill as `get` returns it, with the read-only fields. */
export function skillData(desk: Desk, skill: Skill, form: DeskSettings['operandForm']): Record<string, unknown> {
  return {
    id: skill.id,
    name: skill.name,
    rules: skill.rules.map((rule) => ruleData(desk, rule, form)),
    agent_ids: skill.agentIds,
    is_default: skill.isDefault,
    agents: skill.agentIds.map((id) => ({
      id,
      avatar_url: `https://example.com/avatar/${id}.png`,
      name: desk.agents.find((agent) => agent.openId === id)?.name ?? '',
    })),
  };
}

function ruleData(desk: Desk, rule: Rule, form: DeskSettings['operandForm']): Record<string, unknown> {
  const option = desk.rules.find(({ id }) => id === rule.id);
  return {
    id: rule.id,
    selected_operator: rule.selectedOperator,
    operator_options: rule.operatorOptions,
    ...(rule.operand === undefined ? {} : { operand: inForm(rule.operand, form) }),
    category: option?.category ?? 0,
    display_name: option?.displayName ?? '',
  };
}

function inForm(operand: Operand, form: DeskSettings['operandForm']): unknown {
  if (form === 'string' && typeof operand !== 'string') return JSON.stringify(operand);
  if (form !== 'object' || typeof operand !== 'string') return operand;
  return structureIn(operand) ?? operand;
}

function structureIn(text: string): object | undefined {
  try {
    const value = parseExactly(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

import { changedFields, type Difference } from './diff.ts';
import type { OpenId } from './ids.ts';
import type { EditIntent } from './intent.ts';
import type { Remark } from './remark.ts';
import { ruleKey } from './same.ts';
import { contentOf, type Rule, type SkillContent } from './skill.ts';

/** Why an intent changes nothing on this skill. */
export type Pointless =
  | { kind: 'name-unchanged'; name: string }
  | { kind: 'agents-already-there'; agentIds: OpenId[] }
  | { kind: 'agents-not-there'; agentIds: OpenId[] }
  | { kind: 'agents-unchanged' }
  | { kind: 'rule-already-there'; rule: Rule }
  | { kind: 'rule-gone' }
  | { kind: 'rule-unchanged'; rule: Rule }
  | { kind: 'nothing-left-to-undo'; kept: Difference[] };

export type Applied = { ok: true; target: SkillContent; remarks: Remark[] } | { ok: false; why: Pointless };

/** The content that the intent leads to from this read of the skill, or why it leads nowhere. */
export function applyIntent(intent: EditIntent, skill: SkillContent): Applied {
  const applied = applyTo(intent, contentOf(skill));
  if (!applied.ok || applied.target.agentIds.length > 0 || skill.agentIds.length === 0) return applied;
  return { ...applied, remarks: [...applied.remarks, { kind: 'nobody-left' }] };
}

function applyTo(intent: EditIntent, skill: SkillContent): Applied {
  switch (intent.kind) {
    case 'rename':
      if (intent.name === skill.name) return pointless({ kind: 'name-unchanged', name: skill.name });
      return leadsTo({ ...skill, name: intent.name });
    case 'add-agents':
      return addAgents(skill, unique(intent.agentIds));
    case 'remove-agents':
      return removeAgents(skill, unique(intent.agentIds));
    case 'set-agents':
      return setAgents(skill, unique(intent.agentIds));
    case 'add-rule':
      if (skill.rules.some((rule) => ruleKey(rule) === ruleKey(intent.rule)))
        return pointless({ kind: 'rule-already-there', rule: intent.rule });
      return leadsTo({ ...skill, rules: [...skill.rules, intent.rule] });
    case 'edit-rule':
      return editRule(skill, intent.rule, intent.to);
    case 'remove-rule':
      return removeRule(skill, intent.rule);
    case 'undo':
      return undo(skill, intent.differences);
  }
}

const leadsTo = (target: SkillContent, remarks: Remark[] = []): Applied => ({ ok: true, target, remarks });
const pointless = (why: Pointless): Applied => ({ ok: false, why });
const unique = <T>(items: readonly T[]): T[] => [...new Set(items)];

function addAgents(skill: SkillContent, agentIds: OpenId[]): Applied {
  const already = agentIds.filter((id) => skill.agentIds.includes(id));
  const added = agentIds.filter((id) => !skill.agentIds.includes(id));
  if (added.length === 0) return pointless({ kind: 'agents-already-there', agentIds: already });
  const remarks: Remark[] = already.length > 0 ? [{ kind: 'already-there', agentIds: already }] : [];
  return leadsTo({ ...skill, agentIds: [...skill.agentIds, ...added] }, remarks);
}

function removeAgents(skill: SkillContent, agentIds: OpenId[]): Applied {
  const missing = agentIds.filter((id) => !skill.agentIds.includes(id));
  if (missing.length === agentIds.length) return pointless({ kind: 'agents-not-there', agentIds: missing });
  const remarks: Remark[] = missing.length > 0 ? [{ kind: 'not-there', agentIds: missing }] : [];
  return leadsTo({ ...skill, agentIds: skill.agentIds.filter((id) => !agentIds.includes(id)) }, remarks);
}

function setAgents(skill: SkillContent, agentIds: OpenId[]): Applied {
  const target = { ...skill, agentIds };
  return changedFields(skill, target).length === 0 ? pointless({ kind: 'agents-unchanged' }) : leadsTo(target);
}

function editRule(skill: SkillContent, key: string, to: Rule): Applied {
  const at = skill.rules.findIndex((rule) => ruleKey(rule) === key);
  if (at < 0) return pointless({ kind: 'rule-gone' });
  if (ruleKey(to) === key) return pointless({ kind: 'rule-unchanged', rule: to });
  if (skill.rules.some((rule) => ruleKey(rule) === ruleKey(to)))
    return pointless({ kind: 'rule-already-there', rule: to });
  return leadsTo({ ...skill, rules: skill.rules.with(at, to) });
}

function removeRule(skill: SkillContent, key: string): Applied {
  const at = skill.rules.findIndex((rule) => ruleKey(rule) === key);
  if (at < 0) return pointless({ kind: 'rule-gone' });
  return leadsTo({ ...skill, rules: skill.rules.toSpliced(at, 1) });
}

/** Takes back what one change did, as far as it still stands; what others made of it since is kept and named. */
function undo(skill: SkillContent, differences: readonly Difference[]): Applied {
  let target = skill;
  const kept: Difference[] = [];
  for (const difference of differences) {
    const step = takeBack(target, difference);
    target = step.target;
    if (step.kept) kept.push(step.kept);
  }
  if (changedFields(skill, target).length === 0) return pointless({ kind: 'nothing-left-to-undo', kept });
  return leadsTo(target, kept.length > 0 ? [{ kind: 'kept-since', kept }] : []);
}

function takeBack(skill: SkillContent, difference: Difference): { target: SkillContent; kept?: Difference } {
  switch (difference.field) {
    case 'name':
      if (skill.name === difference.after) return { target: { ...skill, name: difference.before } };
      return { target: skill, kept: difference };
    case 'agentIds': {
      const list = takeBackList(skill.agentIds, difference, (id) => id);
      return { target: { ...skill, agentIds: list.items }, ...keptIn('agentIds', list) };
    }
    case 'rules': {
      const list = takeBackList(skill.rules, difference, ruleKey);
      return { target: { ...skill, rules: list.items }, ...keptIn('rules', list) };
    }
  }
}

interface TakenBack<T> {
  items: T[];
  /** Added by the change, but gone already. */
  added: T[];
  /** Removed by the change, but back already. */
  removed: T[];
}

function takeBackList<T>(
  items: readonly T[],
  { added, removed }: { added: T[]; removed: T[] },
  keyOf: (item: T) => string,
): TakenBack<T> {
  const result: TakenBack<T> = { items: [...items], added: [], removed: [] };
  for (const item of added) {
    const at = result.items.findLastIndex((other) => keyOf(other) === keyOf(item));
    if (at < 0) result.added.push(item);
    else result.items.splice(at, 1);
  }
  for (const item of removed) {
    if (result.items.some((other) => keyOf(other) === keyOf(item))) result.removed.push(item);
    else result.items.push(item);
  }
  return result;
}

function keptIn<F extends 'agentIds' | 'rules', T>(
  field: F,
  { added, removed }: TakenBack<T>,
): { kept?: { field: F; added: T[]; removed: T[] } } {
  return added.length + removed.length > 0 ? { kept: { field, added, removed } } : {};
}

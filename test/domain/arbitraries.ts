import fc from 'fast-check';
import { ChangeId, OpenId } from '../../src/domain/ids.ts';
import type { EditIntent } from '../../src/domain/intent.ts';
import { ruleKey } from '../../src/domain/same.ts';
import type { Rule, SkillContent } from '../../src/domain/skill.ts';

// Few values each, so that people meet: an edit of the same agent or the same condition is the rule, not the exception.
export const anyName = fc.constantFrom('', 'VIP', 'vip', '部门技能', 'Key accounts', '007', '[1]');
export const anyAgent = fc.constantFrom('a', 'b', 'c', 'd', 'e').map((key) => OpenId.parse(`ou_${key}`));
const anyOperand = fc.constantFrom('VIP', '', '{"ids":["1","2"]}', '["a"]', { ids: ['3'] }, null);
export const anyRule: fc.Arbitrary<Rule> = fc.record(
  { id: fc.constantFrom('1', '2', '12'), selectedOperator: fc.integer({ min: 7, max: 8 }), operand: anyOperand },
  { requiredKeys: ['id'] },
);

/** A skill in which nobody and no condition occurs twice, as the helpdesk keeps it. */
export const anySkill: fc.Arbitrary<SkillContent> = fc.record({
  name: anyName,
  rules: fc.uniqueArray(anyRule, { selector: ruleKey, maxLength: 4 }),
  agentIds: fc.uniqueArray(anyAgent, { maxLength: 5 }),
});

/** A skill in which everything may occur twice. */
export const anyUnrulySkill: fc.Arbitrary<SkillContent> = fc.record({
  name: anyName,
  rules: fc.array(anyRule, { maxLength: 4 }),
  agentIds: fc.array(anyAgent, { maxLength: 5 }),
});

const agentIds = fc.array(anyAgent, { maxLength: 4 });

/** Every intent but undo. */
export const anyIntent: fc.Arbitrary<EditIntent> = fc.oneof(
  fc.record({ kind: fc.constant('rename' as const), name: anyName }),
  fc.record({
    kind: fc.constantFrom('add-agents' as const, 'remove-agents' as const, 'set-agents' as const),
    agentIds,
  }),
  fc.record({ kind: fc.constant('add-rule' as const), rule: anyRule }),
  fc.record({ kind: fc.constant('edit-rule' as const), rule: anyRule.map(ruleKey), to: anyRule }),
  fc.record({ kind: fc.constant('remove-rule' as const), rule: anyRule.map(ruleKey) }),
);

export const undoOf = (differences: Extract<EditIntent, { kind: 'undo' }>['differences']): EditIntent => ({
  kind: 'undo',
  change: ChangeId.parse('0'.repeat(26)),
  differences,
});

/** The same JSON value, written differently: keys in another order, objects and arrays as text, or not. */
export const respelled = (value: fc.JsonValue): fc.Arbitrary<fc.JsonValue> =>
  fc.infiniteStream(fc.boolean()).map((coins) => respell(value, () => coins.next().value === true));

function respell(value: fc.JsonValue, coin: () => boolean): fc.JsonValue {
  if (typeof value !== 'object' || value === null) return value;
  const other = Array.isArray(value)
    ? value.map((entry) => respell(entry, coin))
    : Object.fromEntries(shuffledEntries(value, coin).map(([key, entry]) => [key, respell(entry, coin)]));
  return coin() ? JSON.stringify(other) : other;
}

function shuffledEntries(value: object, coin: () => boolean): [string, fc.JsonValue][] {
  const entries = Object.entries(value);
  return coin() ? entries.reverse() : entries;
}

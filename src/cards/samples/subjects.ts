import type { Change } from '../../domain/change.ts';
import type { Difference } from '../../domain/diff.ts';
import { ChangeId, ChatId, MessageId, type OpenId, SkillId, ViewId } from '../../domain/ids.ts';
import type { Rule, Skill } from '../../domain/skill.ts';
import type { HelpEntry } from '../help.ts';
import type { CardJson } from '../kit.ts';

/** Whom sample cards show, and which commands help lists. */
export interface SampleSubjects {
  /** Feishu refuses a card that shows somebody whom it does not know. */
  person: OpenId;
  commands: readonly HelpEntry[];
}

/** The cards of one function, by what tells them apart. */
export type Variants = Readonly<Record<string, CardJson>>;

export const viewId = ViewId.parse('0'.repeat(26));
export const changeId = ChangeId.parse('1'.repeat(26));
const otherChangeId = ChangeId.parse('2'.repeat(26));

/** A moment in 2025. */
export const AT = 1_760_000_000_000;

const DEPARTMENT = { selected_departments: [{ id: 'od-7c1e0b9fa2d34e58b6071829304a5b6c', name: 'IT <b>*部门*</b>' }] };

export const rules: Rule[] = [
  { id: '12', selectedOperator: 8, operatorOptions: [7, 8], operand: DEPARTMENT, displayName: '部门' },
  { id: '3', selectedOperator: 5, operatorOptions: [5, 6], operand: '上海', displayName: '城市' },
];

export const skillOf = ({ person }: Pick<SampleSubjects, 'person'>): Skill => ({
  id: SkillId.parse('6941215891786825756'),
  name: 'VIP [贵宾](x) 🎫 <at id=all></at>',
  rules,
  agentIds: [person],
  isDefault: true,
  agents: [{ id: person, name: '林晓 *Lin*' }],
});

export const differencesOf = ({ person }: Pick<SampleSubjects, 'person'>): Difference[] => [
  { field: 'name', before: 'VIP', after: 'Tier 2' },
  { field: 'agentIds', added: [person], removed: [] },
  { field: 'rules', added: rules.slice(0, 1), removed: rules.slice(1) },
];

/** A change of everything that a skill has. */
export function changeOf(subjects: SampleSubjects, difference: Partial<Change> = {}): Change {
  const skill = skillOf(subjects);
  return {
    id: changeId,
    requestKey: 'message:om_1',
    status: 'pending',
    intent: { kind: 'rename', name: 'Tier 2' },
    skillId: skill.id,
    skillName: skill.name,
    actorId: subjects.person,
    chatId: ChatId.parse('oc_1'),
    sourceMessageId: MessageId.parse('om_1'),
    cardMessageId: undefined,
    base: { name: skill.name, agentIds: [], rules: rules.slice(1) },
    target: { name: 'Tier 2', agentIds: skill.agentIds, rules: rules.slice(0, 1) },
    people: skill.agents,
    remarks: [],
    outcome: undefined,
    undoOf: otherChangeId,
    createdAt: AT,
    expiresAt: AT + 600_000,
    settledAt: AT + 60_000,
    attempted: true,
    ...difference,
  };
}

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
  { id: '12', selected_operator: 8, operator_options: [7, 8], operand: DEPARTMENT, display_name: '部门' },
  { id: '3', selected_operator: 5, operator_options: [5, 6], operand: '上海', display_name: '城市' },
];

export const skillOf = ({ person }: Pick<SampleSubjects, 'person'>): Skill => ({
  id: SkillId.parse('6941215891786825756'),
  name: 'VIP [贵宾](x) 🎫 <at id=all></at>',
  rules,
  agent_ids: [person],
  is_default: true,
  agents: [{ id: person, name: '林晓 *Lin*' }],
});

export const differencesOf = ({ person }: Pick<SampleSubjects, 'person'>): Difference[] => [
  { field: 'name', before: 'VIP', after: 'Tier 2' },
  { field: 'agent_ids', added: [person], removed: [] },
  { field: 'rules', added: rules.slice(0, 1), removed: rules.slice(1) },
];

/** A change of everything that a skill has. */
export function changeOf(subjects: SampleSubjects, difference: Partial<Change> = {}): Change {
  const skill = skillOf(subjects);
  return {
    id: changeId,
    request_key: 'message:om_1',
    status: 'pending',
    intent: { kind: 'rename', name: 'Tier 2' },
    skill_id: skill.id,
    skill_name: skill.name,
    actor_id: subjects.person,
    chat_id: ChatId.parse('oc_1'),
    source_message_id: MessageId.parse('om_1'),
    card_message_id: undefined,
    base: { name: skill.name, agent_ids: [], rules: rules.slice(1) },
    target: { name: 'Tier 2', agent_ids: skill.agent_ids, rules: rules.slice(0, 1) },
    people: skill.agents,
    remarks: [],
    outcome: undefined,
    undo_of: otherChangeId,
    created_at: AT,
    expires_at: AT + 600_000,
    settled_at: AT + 60_000,
    attempted: true,
    ...difference,
  };
}

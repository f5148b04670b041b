import { hex, member, numbered, PEOPLE, SARA, TOM, WANG, ZHANG } from '../seed.ts';
import type { Member } from '../state/directory.ts';
import type { DeskAgent, Rule, RuleOption, Skill, WorkingHours } from './desk.ts';

export const DESK_NAME = 'IT 服务台';

/** Who may write to the desk, by key. */
export const MANAGERS: readonly string[] = ['owner', 'admin'];

const CHEN = member('5', '陈默', 'Chen Mo', 'chen.mo@example.com');

const OFFICE_HOURS: WorkingHours = { startTime: '09:00', endTime: '18:00', weekday: 10 };
const SATURDAYS: WorkingHours = { startTime: '10:00', endTime: '16:00', weekday: 6 };
const EVENINGS: WorkingHours = { startTime: '20:00', endTime: '24:00', weekday: 9 };

/** Agents of the desk. The admin is one of them; 陈默 is not in the group. */
export const AGENTS: readonly DeskAgent[] = [
  { ...TOM, department: 'IT 支持一组', hours: [OFFICE_HOURS, SATURDAYS] },
  { ...ZHANG, department: 'IT 支持一组', hours: [OFFICE_HOURS] },
  { ...WANG, department: '网络组', status: 2 },
  { ...SARA, department: 'Network' },
  { ...CHEN, department: '夜班组', status: 3, hours: [EVENINGS] },
  { ...PEOPLE.admin, department: 'IT 支持一组', hours: [OFFICE_HOURS] },
];

/** Any number of further agents, for runs with a crowd. */
export const moreAgents = (count: number): Member[] =>
  numbered(count).map((number) => ({
    openId: `ou_d${hex(number)}`,
    unionId: `on_d${hex(number)}`,
    name: `客服${number}`,
    enName: `Agent${number}`,
    email: `agent${number}@example.com`,
  }));

const IT_DEPARTMENT = { selected_departments: [{ id: 'od-7c1e0b9fa2d34e58b6071829304a5b6c', name: 'IT' }] };

/**
 * Conditions that the desk offers. Names and operators follow
 * /ukTMukTMukTM/ucDOyYjL3gjM24yN4IjN/operator-options; which go together is not documented.
 */
export const RULE_OPTIONS: RuleOption[] = [
  { id: '3', operatorOptions: [5, 6], category: 3, displayName: '城市' },
  { id: '9', operatorOptions: [7, 8], category: 2, displayName: '来源' },
  { id: '10', operatorOptions: [7, 8], category: 2, displayName: '语言' },
  { id: '11', operatorOptions: [7, 8], category: 3, displayName: '姓名/邮箱' },
  { id: '12', operatorOptions: [7, 8], operand: IT_DEPARTMENT, category: 3, displayName: '部门' },
  { id: '14', operatorOptions: [7, 8], category: 1, displayName: '中文知识库分类' },
  { id: '17', operatorOptions: [2, 3], category: 3, displayName: '用户级别' },
];

const skill = (id: string, name: string, agents: Member[], rules: Rule[] = []): Skill => ({
  id,
  name,
  isDefault: false,
  rules,
  agentIds: agents.map((agent) => agent.openId),
});

/** One default skill, two names with a common beginning, both forms of operand, one without agents, one with an emoji. */
export const SKILLS: Skill[] = [
  { ...skill('6941215891786825700', '默认技能', [TOM, ZHANG, WANG]), isDefault: true },
  skill(
    '6941215891786825756',
    'VIP',
    [TOM, ZHANG],
    [{ id: '12', selectedOperator: 8, operatorOptions: [7, 8], operand: IT_DEPARTMENT }],
  ),
  skill('6941215891786825757', '网络支持', [WANG, SARA]),
  skill(
    '6941215891786825758',
    '网络支持（夜班）',
    [CHEN],
    [{ id: '17', selectedOperator: 2, operatorOptions: [2, 3], operand: '3' }],
  ),
  skill(
    '6941215891786825759',
    'Printers',
    [SARA],
    [
      {
        id: '12',
        selectedOperator: 7,
        operatorOptions: [7, 8],
        operand: JSON.stringify(IT_DEPARTMENT),
      },
    ],
  ),
  skill('6941215891786825760', '账号与权限', []),
  skill('6941215891786825761', '🚀 上线值班', [ZHANG, SARA]),
  skill(
    '6941215891786825762',
    'English desk',
    [TOM, SARA, PEOPLE.admin],
    [{ id: '3', selectedOperator: 5, operatorOptions: [5, 6], operand: '上海' }],
  ),
];

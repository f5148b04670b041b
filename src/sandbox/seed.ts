import type { Rule, RuleOption } from './state/desk.ts';
import type { Member, Person, PersonKey } from './types.ts';

/** Made-up tenant in which everything happens. */
export const TENANT_KEY = '16ab4f09c3d58e72';

/** What a configured app has. */
export const TENANT_SCOPES = [
  'im:message.p2p_msg:readonly',
  'im:message.group_at_msg:readonly',
  'im:message:send_as_bot',
  'im:message:readonly',
  'im:message:update',
  'im:chat.members:bot_access',
  'im:chat.access_event.bot_p2p_chat:read',
  'helpdesk:all:readonly',
  'contact:user.id:readonly',
  'contact:contact.base:readonly',
  'contact:user.base:readonly',
  'auth:user_access_token:read',
  'application:application:self_manage',
  'application:application:patch',
];

export const EVENTS = [
  'im.message.receive_v1',
  'im.chat.member.bot.added_v1',
  'im.chat.access_event.bot_p2p_chat_entered_v1',
  'application.bot.menu_v6',
  'auth.user_access_token.revoked_v4',
];

export const CALLBACKS = ['card.action.trigger'];

export const DESK_NAME = 'IT 服务台';

export const BOT = {
  openId: 'ou_b07a4c1de93f5820b6c7d8e91f2a3b4c',
  unionId: 'on_b07f1e2d3c4b5a69788796a5b4c3d2e1',
  name: '技能助手',
};

export const PEOPLE: Record<PersonKey, Person> = {
  owner: {
    key: 'owner',
    openId: 'ou_01c4e5f6a7b8091a2b3c4d5e6f708192',
    unionId: 'on_01e4d3c2b1a09f8e7d6c5b4a39281706',
    name: '周敏',
    enName: 'Zhou Min',
    email: 'zhou.min@example.com',
  },
  admin: {
    key: 'admin',
    openId: 'ou_02d5f6a7b8c9102b3c4d5e6f70819203',
    unionId: 'on_02f5e4d3c2b1a09f8e7d6c5b4a392817',
    name: '林晓',
    enName: 'Lin Xiao',
    email: 'lin.xiao@example.com',
  },
  employee: {
    key: 'employee',
    openId: 'ou_03e6a7b8c9d0213c4d5e6f7081920314',
    unionId: 'on_03a6f5e4d3c2b1a09f8e7d6c5b4a3928',
    name: '何平',
    enName: 'He Ping',
    email: 'he.ping@example.com',
  },
};

const member = (digit: string, name: string, enName: string, email: string): Member => ({
  openId: `ou_a${digit}f7b8c9d0e1324d5e6f708192031425`,
  unionId: `on_a${digit}b7a6f5e4d3c2b1a09f8e7d6c5b4a39`,
  name,
  enName,
  email,
});

/** One of any number of further admins. */
export const colleague = (number: number): Person => ({
  key: `colleague-${number}`,
  openId: `ou_c${hex(number)}`,
  unionId: `on_c${hex(number)}`,
  name: `同事${number}`,
  enName: `Colleague${number}`,
  email: `colleague${number}@example.com`,
});

/** One of any number of further agents. */
export const agent = (number: number): Member => ({
  openId: `ou_d${hex(number)}`,
  unionId: `on_d${hex(number)}`,
  name: `客服${number}`,
  enName: `Agent${number}`,
  email: `agent${number}@example.com`,
});

/** As long as the rest of an id. */
const hex = (number: number): string => number.toString(16).padStart(31, '0');

const TOM = member('1', 'Tom Li', 'Tom Li', 'tom.li@example.com');
const ZHANG = member('2', '张三', 'Zhang San', 'zhang.san@example.com');
const WANG = member('3', '王五', 'Wang Wu', 'wang.wu@example.com');
const SARA = member('4', 'Sara Chen', 'Sara Chen', 'sara.chen@example.com');
const CHEN = member('5', '陈默', 'Chen Mo', 'chen.mo@example.com');

/** Agents of the desk. The admin is one of them; 陈默 is not in the group. */
export const AGENTS: Member[] = [TOM, ZHANG, WANG, SARA, CHEN, PEOPLE.admin];

/** People who are in the group besides the three. */
export const GUESTS: Member[] = [TOM, ZHANG, WANG, SARA];

export const CHAT_IDS = {
  group: 'oc_9f0e1d2c3b4a59687786958493a2b1c0',
  owner: 'oc_10a1b2c3d4e5f60718293a4b5c6d7e8f',
  admin: 'oc_20b1c2d3e4f5061728394a5b6c7d8e9f',
  employee: 'oc_30c1d2e3f40516273849a5b6c7d8e9f0',
};

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

export interface SkillSeed {
  id: string;
  name: string;
  isDefault: boolean;
  rules: Rule[];
  agentIds: string[];
}

const skill = (id: string, name: string, agents: Member[], rules: Rule[] = []): SkillSeed => ({
  id,
  name,
  isDefault: false,
  rules,
  agentIds: agents.map((agent) => agent.openId),
});

/** One default skill, two names with a common beginning, both forms of operand, one without agents, one with an emoji. */
export const SKILLS: SkillSeed[] = [
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

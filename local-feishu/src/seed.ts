import type { GroupSeed } from './state/chats.ts';
import type { Bot, Member, Person, PersonSeed } from './state/directory.ts';

/** Made-up tenant in which everything happens. */
export const TENANT_KEY = '16ab4f09c3d58e72';

/** What a configured app has. */
export const TENANT_SCOPES = [
  'im:message.p2p_msg:readonly',
  'im:message.group_at_msg:readonly',
  'im:message:send_as_bot',
  'im:message:readonly',
  'im:message:update',
  'cardkit:card:write',
  'im:chat.members:bot_access',
  'im:chat.access_event.bot_p2p_chat:read',
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

export const BOT: Bot = {
  openId: 'ou_b07a4c1de93f5820b6c7d8e91f2a3b4c',
  unionId: 'on_b07f1e2d3c4b5a69788796a5b4c3d2e1',
  name: '机器人',
};

/** The people of a local Feishu that is told of no others, and by whose keys they are known. */
export type PersonKey = 'admin' | 'owner' | 'employee';

export const PEOPLE: Readonly<Record<PersonKey, Person<PersonKey>>> = {
  admin: {
    key: 'admin',
    openId: 'ou_02d5f6a7b8c9102b3c4d5e6f70819203',
    unionId: 'on_02f5e4d3c2b1a09f8e7d6c5b4a392817',
    name: '林晓',
    enName: 'Lin Xiao',
    email: 'lin.xiao@example.com',
  },
  owner: {
    key: 'owner',
    openId: 'ou_01c4e5f6a7b8091a2b3c4d5e6f708192',
    unionId: 'on_01e4d3c2b1a09f8e7d6c5b4a39281706',
    name: '周敏',
    enName: 'Zhou Min',
    email: 'zhou.min@example.com',
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

/** One of the people who are only talked about. */
export const member = (digit: string, name: string, enName: string, email: string): Member => ({
  openId: `ou_a${digit}f7b8c9d0e1324d5e6f708192031425`,
  unionId: `on_a${digit}b7a6f5e4d3c2b1a09f8e7d6c5b4a39`,
  name,
  enName,
  email,
});

export const TOM = member('1', 'Tom Li', 'Tom Li', 'tom.li@example.com');
export const ZHANG = member('2', '张三', 'Zhang San', 'zhang.san@example.com');
export const WANG = member('3', '王五', 'Wang Wu', 'wang.wu@example.com');
export const SARA = member('4', 'Sara Chen', 'Sara Chen', 'sara.chen@example.com');

/** People who are only talked about. */
export const GUESTS: readonly Member[] = [TOM, ZHANG, WANG, SARA];

export type ColleagueKey = `colleague-${number}`;

/** Any number of further people, for runs with a crowd. */
export const colleagues = (count: number): Record<ColleagueKey, PersonSeed> =>
  Object.fromEntries(
    numbered(count).map((number) => [
      `colleague-${number}`,
      {
        openId: `ou_c${hex(number)}`,
        unionId: `on_c${hex(number)}`,
        name: `同事${number}`,
        enName: `Colleague${number}`,
        email: `colleague${number}@example.com`,
      },
    ]),
  );

/** 1, 2 and so on. */
export const numbered = (count: number): number[] => Array.from({ length: count }, (_, at) => at + 1);

/** As long as the rest of an id. */
export const hex = (number: number): string => number.toString(16).padStart(31, '0');

export const CHAT_IDS = {
  group: 'oc_9f0e1d2c3b4a59687786958493a2b1c0',
  owner: 'oc_10a1b2c3d4e5f60718293a4b5c6d7e8f',
  admin: 'oc_20b1c2d3e4f5061728394a5b6c7d8e9f',
  employee: 'oc_30c1d2e3f40516273849a5b6c7d8e9f0',
};

export const GROUP: GroupSeed = { chatId: CHAT_IDS.group, name: '服务台值班群' };

import type { ScopeKind, Scopes } from '../feishu/application.ts';
import { type Phrase, phrase } from '../lib/phrase.ts';
import { type AppPages, permissionPage } from './explainFeishu.ts';

/** Broader permissions that serve as well (im-v1/message, agent_skill, contact-v3/user). */
const INSTEAD: Readonly<Record<string, readonly string[]>> = {
  'im:message.p2p_msg:readonly': ['im:message.p2p_msg'],
  'im:message.group_at_msg:readonly': [
    'im:message.group_at_msg',
    'im:message.group_at_msg.include_bot:readonly',
    'im:message.group_msg',
    'im:message.group_msg:readonly',
  ],
  'im:message:send_as_bot': ['im:message', 'im:message:send'],
  'im:message:readonly': ['im:message', 'im:message.history:readonly'],
  'im:message:update': ['im:message', 'im:message:send_as_bot'],
  'helpdesk:all:readonly': ['helpdesk:all'],
  'contact:contact.base:readonly': ['contact:contact:readonly_as_app', 'contact:contact:readonly'],
};

/** The bot works without these; what it then cannot do. */
const OPTIONAL: Readonly<Record<string, Phrase>> = {
  'cardkit:card:write': phrase('doctor --cards 不能检查卡片', 'doctor --cards cannot have the cards judged'),
  'im:chat.members:bot_access': phrase('进群时不会打招呼', 'no greeting when the bot joins a group'),
  'im:chat.access_event.bot_p2p_chat:read': phrase('首次打开私聊时不会打招呼', 'no greeting in a new direct chat'),
  'auth:user_access_token:read': phrase('授权被撤销时不会马上知道', 'a revoked login is noticed only when it is used'),
  'application:application:self_manage': phrase(
    'doctor 看不到应用的配置',
    'doctor does not see how the app is configured',
  ),
  'contact:user.id:readonly': phrase('不能用邮箱指定客服', 'agents cannot be named by email address'),
  'contact:contact.base:readonly': phrase('看不到人名', 'names of people are not shown'),
  'contact:user.base:readonly': phrase('看不到人名', 'names of people are not shown'),
  offline_access: phrase('登录约两小时后失效', 'logins end after about two hours'),
};

/** Permissions that were not granted, in words; without the required ones the bot does not work. */
export interface MissingScopes {
  required: boolean;
  says: Phrase;
  remedy: Phrase;
}

/** Compares what the company has granted with what the manifest wants; broader permissions serve as well. */
export function missingScopes(wanted: Scopes, granted: Scopes, pages: AppPages): MissingScopes[] {
  return (['tenant', 'user'] as const).flatMap((kind) => {
    const missing = wanted[kind].filter(
      (name) => ![name, ...(INSTEAD[name] ?? [])].some((scope) => granted[kind].includes(scope)),
    );
    return inWords(kind, missing, pages);
  });
}

const KINDS: Readonly<Record<ScopeKind, Phrase>> = {
  tenant: phrase('应用身份权限', 'permissions of the app'),
  user: phrase('用户身份权限', 'permissions of its users'),
};

function inWords(kind: ScopeKind, missing: readonly string[], pages: AppPages): MissingScopes[] {
  const required = missing.filter((name) => !(name in OPTIONAL));
  const optional = missing.filter((name) => name in OPTIONAL);
  const page = permissionPage(pages, missing);
  const remedy = phrase(`请开通并发布版本：${page}`, `Add them and release a version: ${page}`);
  const all: MissingScopes[] = [];
  if (required.length > 0) {
    const says = phrase(
      `缺少${KINDS[kind].zh}：${required.join('、')}。`,
      `Missing ${KINDS[kind].en}: ${required.join(', ')}.`,
    );
    all.push({ required: true, says, remedy });
  }
  if (optional.length > 0) {
    const zh = optional.map((name) => `${name}（${OPTIONAL[name]?.zh}）`).join('、');
    const en = optional.map((name) => `${name} (${OPTIONAL[name]?.en})`).join(', ');
    const says = phrase(`缺少可选的${KINDS[kind].zh}：${zh}。`, `Missing optional ${KINDS[kind].en}: ${en}.`);
    all.push({ required: false, says, remedy });
  }
  return all;
}

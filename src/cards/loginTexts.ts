import { phrase } from '../lib/phrase.ts';

/** Of a login without a refresh token: what is missing, and how to get it. */
export const NOT_LASTING = phrase(
  '机器人无法自动续期：你没有授予“离线访问”（offline_access）。要让登录长期有效，请发送 /skill login 重新授权，并在授权页上保留这一项；授权页上没有这一项时，请机器人的管理员为应用开通。',
  'The bot cannot renew it, because offline access (offline_access) was not granted. For a login that lasts, send /skill login and leave it ticked there; if it is not offered, whoever runs this bot has to enable it for the app.',
);

/** Who may change a helpdesk is asked of nobody before the first write. */
export const SEEN_AT_CONFIRM = phrase(
  '你是不是该服务台的管理员，要到你第一次确认修改时飞书才会判断；如果不是，飞书会拒绝，什么都不会被改动。',
  'Whether you are an admin of the helpdesk shows only when you confirm your first change: if you are not, Feishu refuses it, and nothing is changed.',
);

/** Of a login that does not include writing the helpdesk. */
export const SCOPE_MISSING = phrase(
  '你没有同意“修改服务台”（helpdesk:all）这项权限，没有它就不能修改技能，所以这次登录没有保存。请发送 /skill login 重新登录，并在授权页上保留这一项。',
  'You did not agree to the permission to change the helpdesk (helpdesk:all). Nothing can be changed without it, so this login was not kept. Send /skill login to log in again, and leave it ticked there.',
);

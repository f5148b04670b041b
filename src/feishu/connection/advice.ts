import type { FeishuError } from '../errors.ts';
import { OTHER_CLOUD } from './discovery.ts';

/** Why there is no long connection and what to do, for the log and for who asks whether the bot is ready. */
export function adviceFor({ kind, code, httpStatus, message }: FeishuError, baseUrl: string): string {
  const named = code ?? (httpStatus === undefined ? message : `HTTP ${httpStatus}`);
  if (code === OTHER_CLOUD)
    return `the app belongs to another cloud than ${baseUrl} (${named}): ${otherCloud(baseUrl)}`;
  switch (kind) {
    case 'app-credentials':
      return `Feishu refuses the app (${named}): correct FEISHU_APP_ID and FEISHU_APP_SECRET`;
    case 'no-access':
      return `Feishu allows this app no long connection (${named}): it has to be a custom app with the bot ability, in a published version`;
    case 'rate-limited':
      return `the app has too many long connections (${named}): stop other processes that use it, 50 are allowed`;
    case 'unavailable':
      return `Feishu is busy (${named}): tried again by itself`;
    case 'unreachable':
    case 'no-answer':
      return `Feishu cannot be reached (${named}): check the network and FEISHU_BASE_URL`;
    default:
      return `Feishu refuses the long connection (${named}: ${message.slice(0, 200)}): check the app in the developer console, and FEISHU_BASE_URL`;
  }
}

function otherCloud(baseUrl: string): string {
  const { baseUrl: base, accountsUrl } = otherSites(baseUrl);
  return `set FEISHU_BASE_URL=${base} and FEISHU_ACCOUNTS_URL=${accountsUrl}, or use an app of this cloud`;
}

const FEISHU = { baseUrl: 'https://open.feishu.cn', accountsUrl: 'https://accounts.feishu.cn' };
const LARK = { baseUrl: 'https://open.larksuite.com', accountsUrl: 'https://accounts.larksuite.com' };

/** The addresses of the cloud that is not the one at `baseUrl`: Feishu and Lark know nothing of each other's apps. */
export const otherSites = (baseUrl: string): typeof FEISHU => (baseUrl === LARK.baseUrl ? FEISHU : LARK);

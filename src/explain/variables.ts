import type { ConfigFault } from '../config/config.ts';
import type { Variable } from '../config/variables.ts';
import { type Phrase, phrase } from '../lib/phrase.ts';

/** The problems of config/values.ts and config/variables.ts, in Chinese. */
const PROBLEMS: Readonly<Record<string, string>> = {
  'is missing': '没有设置',
  'is not an https: address': '不是 https: 地址',
  'is not a whole number': '不是整数',
  'is empty': '是空的',
  'has an entry that is not an id': '里有不是 ID 的内容',
  'has a key that is not 32 bytes in base64': '里有不是 32 字节 base64 的密钥',
  'is neither file: nor postgres:': '既不是 file: 也不是 postgres:',
  'has characters that cannot be in it': '含有不可能出现的字符',
  'does not look like an App ID': '不像 App ID',
  'does not look like a helpdesk id': '不像服务台 ID',
  'is no transport': '不是接收方式',
  'is no login flow': '不是登录方式',
  'is not cli_ and 16 hexadecimal digits': '不是 cli_ 加 16 位十六进制数字',
  'is not a level': '不是日志级别',
};

const REMEDIES: Readonly<Record<Variable, string>> = {
  FEISHU_APP_ID: '在开发者后台的“凭证与基础信息”复制 App ID（cli_…）',
  FEISHU_APP_SECRET: '在开发者后台的“凭证与基础信息”复制 App Secret',
  FEISHU_VERIFICATION_TOKEN: '在“事件与回调”的“加密策略”复制 Verification Token；FEISHU_TRANSPORT=websocket 不需要',
  FEISHU_ENCRYPT_KEY: '在“事件与回调”的“加密策略”复制 Encrypt Key，或者不设置',
  FEISHU_BASE_URL: '使用 https://open.feishu.cn，Lark 使用 https://open.larksuite.com；http: 只能用于本机',
  FEISHU_ACCOUNTS_URL: '使用 https://accounts.feishu.cn，Lark 使用 https://accounts.larksuite.com；http: 只能用于本机',
  FEISHU_TRANSPORT: '使用 webhook；没有公网地址时使用 websocket（长连接）',
  HELPDESK_ID: '服务台所有者可以在服务台设置的“API”中找到',
  HELPDESK_TOKEN: '服务台所有者可以在服务台设置的“API”中找到（ht-…）',
  PUBLIC_URL: '设置浏览器访问本服务的地址，例如 https://skillbot.example.com',
  LOGIN_FLOW: '使用 redirect；没有公网地址时使用 device',
  HOST: '设置监听地址，例如 0.0.0.0',
  PORT: '设置 0 到 65535 之间的端口，例如 3000',
  METRICS_PORT: '设置 0 到 65535 之间的端口，例如 9464，或者不设置',
  DRAIN_SECONDS: '设置 0 到 60 之间的秒数，例如 5',
  DATABASE_URL: '使用 file:./data/skillbot.db 或 postgres://user:password@host:5432/database',
  TOKEN_ENCRYPTION_KEYS: '用 openssl rand -base64 32 生成',
  CHANGE_TTL_SECONDS: '设置 1 到 86400 之间的秒数，例如 600',
  INBOX_RETENTION_DAYS: '设置 2 到 365 之间的天数，例如 30',
  HISTORY_RETENTION_DAYS: '设置 1 到 36500 之间的天数，例如 730',
  ALLOWED_CHAT_IDS: '列出会话 ID（oc_…），用逗号分隔，或者不设置',
  ALLOWED_OPEN_IDS: '列出 open_id（ou_…），用逗号分隔，或者不设置',
  LOG_LEVEL: '使用 trace、debug、info、warn、error 或 fatal',
};

/** What is wrong with a variable, and how to get it right; English where the configuration knows more than this. */
export function phraseFault({ variable, problem, remedy }: ConfigFault): { says: Phrase; remedy: Phrase } {
  const zh = PROBLEMS[problem] ?? beyondLimit(problem);
  return {
    says: phrase(zh === undefined ? `${variable}: ${problem}` : `${variable} ${zh}`, `${variable}: ${problem}`),
    remedy: phrase(REMEDIES[variable], remedy),
  };
}

const BEYOND: Readonly<Record<string, string>> = { below: '小于', above: '大于' };

function beyondLimit(problem: string): string | undefined {
  const [, side = '', limit] = /^is (below|above) (\d+)$/.exec(problem) ?? [];
  const zh = BEYOND[side];
  return zh === undefined ? undefined : `${zh} ${limit}`;
}

import { otherSites } from '../feishu/connection/advice.ts';
import { DISCOVERY_ROUTE, OTHER_CLOUD } from '../feishu/connection/discovery.ts';
import type { FeishuError } from '../feishu/errors.ts';
import { type Phrase, phrase } from '../lib/phrase.ts';

interface Advice {
  code: string;
  says: Phrase;
  remedy: Phrase;
}

/** What it means that Feishu gives the app no long connection; undefined where that is nothing of its own. */
export function explainConnection({ route, code, kind }: FeishuError, baseUrl: string | undefined): Advice | undefined {
  if (code === OTHER_CLOUD) return otherCloud(baseUrl);
  if (route !== DISCOVERY_ROUTE || code === undefined) return undefined;
  return kind === 'rate-limited' || kind === 'no-access' || kind === 'app-credentials' ? ADVICE[kind] : undefined;
}

const ADVICE: Readonly<Record<'rate-limited' | 'no-access' | 'app-credentials', Advice>> = {
  'rate-limited': {
    code: 'too_many_connections',
    says: phrase('应用的长连接太多了，最多 50 条。', 'The app has too many long connections; 50 are allowed.'),
    remedy: phrase('请停掉使用这个应用的其他进程。', 'Stop other processes that use this app.'),
  },
  'no-access': {
    code: 'no_long_connection',
    says: phrase('飞书不允许这个应用使用长连接。', 'Feishu allows this app no long connection.'),
    remedy: phrase(
      '它必须是带机器人能力的企业自建应用，并已发布版本。',
      'It has to be a custom app with the bot ability, in a published version.',
    ),
  },
  'app-credentials': {
    code: 'wrong_secret',
    says: phrase(
      '飞书打开长连接时不接受应用凭证。',
      'Feishu does not accept the app when the long connection is opened.',
    ),
    remedy: phrase('请改正 FEISHU_APP_ID 和 FEISHU_APP_SECRET。', 'Correct FEISHU_APP_ID and FEISHU_APP_SECRET.'),
  },
};

function otherCloud(asked: string | undefined): Advice {
  const { baseUrl, accountsUrl } = otherSites(asked ?? '');
  const at = asked ?? '';
  return {
    code: 'other_cloud',
    says: phrase(`应用不属于 ${at} 这朵云。`, `The app belongs to another cloud than ${at}.`),
    remedy: phrase(
      `请设置 FEISHU_BASE_URL=${baseUrl} 和 FEISHU_ACCOUNTS_URL=${accountsUrl}，或换用这朵云的应用。`,
      `Set FEISHU_BASE_URL=${baseUrl} and FEISHU_ACCOUNTS_URL=${accountsUrl}, or use an app of this cloud.`,
    ),
  };
}

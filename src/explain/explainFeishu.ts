import type { FeishuError } from '../feishu/errors.ts';
import { type Phrase, phrase } from '../lib/phrase.ts';
import { explainConnection } from './explainConnection.ts';
import { Trouble } from './trouble.ts';

/** Which app a call was for, so that a remedy can name its pages. */
export interface AppPages {
  appId: string;
  baseUrl: string;
}

interface Advice {
  code: string;
  says: Phrase;
  remedy: Phrase;
}

const CREDENTIALS = phrase(
  '请从开发者后台的“凭证与基础信息”重新复制 App ID 和 App Secret；重置过的 Secret 要换成新的。',
  'Copy App ID and App Secret again from "Credentials & Basic Info" in the developer console; a secret that was reset has a new value.',
);
const OTHER_APP = phrase(
  '请在开发者后台新建一个企业自建应用，或按 app.manifest.json 手工配置这个应用。',
  'Make a custom app in the developer console, or configure this one by hand as app.manifest.json says.',
);

const WRONG_SECRET: Advice = {
  code: 'wrong_secret',
  says: phrase('飞书不接受这个 App Secret。', 'Feishu does not accept this App Secret.'),
  remedy: CREDENTIALS,
};
const NO_SUCH_APP: Advice = {
  code: 'unknown_app',
  says: phrase('飞书不认识这个 App ID，或应用不可用。', 'Feishu does not know this App ID, or the app is not usable.'),
  remedy: CREDENTIALS,
};
const APP_DISABLED: Advice = {
  code: 'app_disabled',
  says: phrase('应用被停用，或没有在本企业启用。', 'The app is disabled, or not enabled in this company.'),
  remedy: phrase(
    '请企业管理员在管理后台的“应用管理”中启用它。',
    'Ask an admin of the company to enable it in the admin console under "App Management".',
  ),
};
const BOT_OFF: Advice = {
  code: 'bot_off',
  says: phrase(
    '应用没有机器人能力，或带它的版本还没有发布。',
    'The app has no bot ability, or no released version has it.',
  ),
  remedy: phrase(
    '请在开发者后台“添加应用能力”中添加机器人，然后发布版本。',
    'Add the bot in the developer console under "Add features", then release a version.',
  ),
};
const UNDER_REVIEW: Advice = {
  code: 'under_review',
  says: phrase(
    '应用有一个版本正在审核，审核期间不能修改。',
    'A version of the app is under review: until then it cannot be changed.',
  ),
  remedy: phrase(
    '请企业管理员审核，或在“版本管理与发布”中撤回，然后重新运行。',
    'Have an admin of the company approve it, or withdraw it under "Version Management & Release", then run this again.',
  ),
};
const NOT_CONFIGURABLE: Advice = {
  code: 'not_configurable',
  says: phrase(
    '飞书不允许通过接口修改这个应用：它不是在开发者后台创建的，或不是企业自建应用。',
    'Feishu does not let this app be changed by its API: it was not made in the developer console, or is no custom app.',
  ),
  remedy: OTHER_APP,
};
const ADDRESS_REFUSED: Advice = {
  code: 'address_check_failed',
  says: phrase(
    '飞书访问请求地址没有得到正确的回应。',
    'Feishu called the request address and did not get the right answer.',
  ),
  remedy: phrase(
    '请让 PUBLIC_URL 从公网转发到本机的 PORT，启动机器人，然后重新运行；或改用 websocket，不需要公网地址。',
    'Make PUBLIC_URL lead from the internet to PORT of this machine, start the bot, and run this again; or use websocket, which needs no public address.',
  ),
};
const DESK_ELSEWHERE: Advice = {
  code: 'desk_elsewhere',
  says: phrase(
    '飞书不接受服务台凭证：ID 或 Token 不对，或服务台属于另一个企业。',
    'Feishu does not accept the helpdesk credentials: id or token is wrong, or the helpdesk belongs to another company.',
  ),
  remedy: phrase(
    '请让服务台所有者从“服务台设置 > API”复制 ID 和 Token，并确认服务台与应用在同一个企业。',
    'Have the owner of the helpdesk copy id and token from "Helpdesk settings > API", and make sure that it is in the same company as the app.',
  ),
};

/** ukTMukTMukTM/ugjM14COyUjL4ITN, and the pages of application-v7; 11205 is not documented with the bot's page. */
const BY_CODE: ReadonlyMap<number, Advice> = new Map([
  [10003, NO_SUCH_APP],
  [10014, NO_SUCH_APP],
  [10015, WRONG_SECRET],
  [99991543, WRONG_SECRET],
  [99991662, APP_DISABLED],
  [99991673, APP_DISABLED],
  [11205, BOT_OFF],
  [230006, BOT_OFF],
  [210020, UNDER_REVIEW],
  [210040, UNDER_REVIEW],
  [210302, UNDER_REVIEW],
  [210001, NOT_CONFIGURABLE],
  [210014, NOT_CONFIGURABLE],
  [210015, NOT_CONFIGURABLE],
  [210021, NOT_CONFIGURABLE],
  [210034, NOT_CONFIGURABLE],
  [210035, NOT_CONFIGURABLE],
  [210043, NOT_CONFIGURABLE],
  [210042, ADDRESS_REFUSED],
  [154001, DESK_ELSEWHERE],
]);

const RETRY = phrase('请稍后重新运行。', 'Run this again in a moment.');

/** What a failed call of Feishu means for whoever installs the bot. */
export function explainFeishu(error: FeishuError, app?: AppPages): Trouble {
  const { code, says, remedy } = adviceFor(error, app);
  const tail = [error.code && `code ${error.code}`, error.logId && `log id ${error.logId}`].filter(Boolean).join(', ');
  const sentence = tail === '' ? says : phrase(`${says.zh}（${tail}）`, `${says.en} (${tail})`);
  return new Trouble(code, sentence, remedy, error);
}

function adviceFor(error: FeishuError, app: AppPages | undefined): Advice {
  const known = explainConnection(error, app?.baseUrl) ?? BY_CODE.get(error.code ?? 0);
  if (known) return known;
  if (error.kind === 'app-scope') return missingScope(error.scopes, app);
  if (error.kind === 'unreachable') return unreachable(error, app);
  if (error.kind === 'no-answer') return noAnswer(app);
  if (error.kind === 'rate-limited') {
    return {
      code: 'rate_limited',
      says: phrase('飞书接口暂时限流。', 'Feishu limits the rate of calls.'),
      remedy: RETRY,
    };
  }
  if (error.code === undefined && error.httpStatus !== undefined) return notFeishu(error.httpStatus, app);
  if (error.kind === 'unavailable') {
    return { code: 'feishu_trouble', says: phrase('飞书内部出错。', 'Feishu had an internal error.'), remedy: RETRY };
  }
  return {
    code: 'refused',
    says: phrase(`飞书拒绝了请求：${error.message}`, `Feishu refused the call: ${error.message}`),
    remedy: phrase('请按飞书的说明改正后重新运行。', 'Correct what Feishu says, and run this again.'),
  };
}

/** The page on which a permission is added to an app, as Feishu's own refusals name it. */
export const permissionPage = ({ appId, baseUrl }: AppPages, scopes: readonly string[]): string =>
  encodeURI(`${baseUrl}/app/${appId}/auth?q=${scopes.join(',')}&op_from=openapi`);

function missingScope(scopes: readonly string[], app: AppPages | undefined): Advice {
  const page = app === undefined ? '' : ` ${permissionPage(app, scopes)}`;
  const names = scopes.join(', ');
  return {
    code: 'missing_scope',
    says: phrase(`应用缺少权限（任一即可）：${names}。`, `The app lacks a permission, any one of: ${names}.`),
    remedy: phrase(`请开通它并发布版本：${page}`, `Add it and release a version:${page}`),
  };
}

const hostOf = (app: AppPages | undefined, fallback: string): string => app?.baseUrl ?? fallback;

const unreachable = (error: FeishuError, app: AppPages | undefined): Advice => ({
  code: 'no_network',
  says: phrase(
    `连不上${hostOf(app, '飞书')}（${error.message}）。`,
    `${hostOf(app, 'Feishu')} cannot be reached (${error.message}).`,
  ),
  remedy: phrase(
    '请检查本机的网络、DNS 和防火墙，以及 FEISHU_BASE_URL 和 FEISHU_ACCOUNTS_URL。',
    'Check network, DNS and firewall of this machine, and FEISHU_BASE_URL and FEISHU_ACCOUNTS_URL.',
  ),
});

const noAnswer = (app: AppPages | undefined): Advice => ({
  code: 'no_answer',
  says: phrase(`${hostOf(app, '飞书')} 没有及时回应。`, `${hostOf(app, 'Feishu')} did not answer in time.`),
  remedy: phrase(
    '请检查本机的网络和防火墙，稍后重新运行。',
    'Check network and firewall of this machine, and run this again in a moment.',
  ),
});

const notFeishu = (status: number, app: AppPages | undefined): Advice => ({
  code: 'not_feishu',
  says: phrase(
    `${hostOf(app, '飞书')} 的回应不是飞书的 JSON（HTTP ${status}）。`,
    `${hostOf(app, 'Feishu')} did not answer with Feishu's JSON (HTTP ${status}).`,
  ),
  remedy: phrase(
    '多半是代理或登录页面拦截了请求：请放行飞书的域名，或改正 FEISHU_BASE_URL 和 FEISHU_ACCOUNTS_URL。',
    'A proxy or a sign-in page answers instead: let Feishu’s hosts through, or correct FEISHU_BASE_URL and FEISHU_ACCOUNTS_URL.',
  ),
});

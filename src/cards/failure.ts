import type { Failure } from '../domain/change.ts';
import { SkillPart } from '../domain/unreadable.ts';
import { type Phrase, phrase } from '../lib/phrase.ts';
import { type Element, footnote, linkButton, paragraph, row, sentence } from './kit.ts';
import { md, plain, shortened } from './text.ts';
import { UNREADABLE_TODO, unreadablePart } from './unreadable.ts';

/** What happened and what the reader can do about it. */
interface Advice {
  what: Phrase;
  todo: Phrase;
}

const OPERATOR_TODO = phrase('请联系机器人的管理员。', 'Please tell whoever runs this bot.');
const RETRY_TODO = phrase('请稍后再试。', 'Please try again in a moment.');

const ADVICE: Readonly<Record<string, Advice>> = {
  unreachable: {
    what: phrase('连不上飞书。', 'Feishu could not be reached.'),
    todo: RETRY_TODO,
  },
  'no-answer': {
    what: phrase('飞书没有及时回应。', 'Feishu did not answer in time.'),
    todo: RETRY_TODO,
  },
  'rate-limited': {
    what: phrase('飞书接口暂时限流。', 'Feishu is limiting the rate of calls.'),
    todo: phrase('请过一分钟再试。', 'Please try again in a minute.'),
  },
  unavailable: { what: phrase('飞书内部出错。', 'Feishu had an internal error.'), todo: RETRY_TODO },
  'app-credentials': {
    what: phrase(
      '飞书不接受机器人的应用凭证，或应用不可用。',
      'Feishu does not accept the bot’s app credentials, or the app is not usable.',
    ),
    todo: OPERATOR_TODO,
  },
  'desk-credentials': {
    what: phrase(
      '飞书不接受服务台凭证，或服务台与应用不在同一租户。',
      'Feishu does not accept the helpdesk credentials, or the helpdesk belongs to another tenant.',
    ),
    todo: OPERATOR_TODO,
  },
  'app-scope': {
    what: phrase('应用缺少所需的权限。', 'The app lacks a permission.'),
    todo: OPERATOR_TODO,
  },
  'user-token': {
    what: phrase('飞书不再接受你的授权。', 'Feishu no longer accepts your authorisation.'),
    todo: phrase('请发送 /skill login 重新授权。', 'Please authorise again with /skill login.'),
  },
  'user-scope': {
    what: phrase('你的授权里缺少修改服务台的权限。', 'Your authorisation does not include changing the helpdesk.'),
    todo: phrase(
      '请发送 /skill login 重新授权，并同意全部权限。',
      'Please authorise again with /skill login and agree to all permissions.',
    ),
  },
  'no-access': {
    what: phrase(
      '你不是该服务台的管理员或所有者，不能修改。',
      'You are not an admin or the owner of this helpdesk, so you cannot change it.',
    ),
    todo: phrase('请让服务台所有者把你设为管理员。', 'Ask the owner of the helpdesk to make you an admin.'),
  },
  'grant-dead': {
    what: phrase('你的授权已失效。', 'Your authorisation is no longer valid.'),
    todo: phrase('请发送 /skill login 重新授权。', 'Please authorise again with /skill login.'),
  },
  'person-barred': {
    what: phrase(
      '你不在本应用的可用范围内，或账号状态异常。',
      'You are outside this app’s availability, or your account is not active.',
    ),
    todo: OPERATOR_TODO,
  },
  'access-policy': {
    what: phrase('企业的访问策略拦截了这次请求。', 'An access policy of your company stopped this request.'),
    todo: phrase(
      '请在与机器人的私聊里再发一次命令，按给出的链接完成验证；没有链接时请联系企业管理员。',
      'Send the command again in a direct chat with the bot, and complete the check at the link given there; without a link, ask your company’s admin.',
    ),
  },
  'not-found': {
    what: phrase('这个技能不存在，可能已被删除。', 'This skill does not exist; it may have been deleted.'),
    todo: phrase('发送 /skill list 查看现有技能。', 'See what there is with /skill list.'),
  },
  'bad-request': {
    what: phrase('飞书拒绝了这次请求的内容。', 'Feishu refused the content of this request.'),
    todo: phrase('请检查内容后再试。', 'Please check what was asked for and try again.'),
  },
  'undone-already': {
    what: phrase('这个变更已经撤销过了。', 'This change has been undone already.'),
    todo: phrase('发送 /skill history 查看。', 'See what happened with /skill history.'),
  },
  'still-there': {
    what: phrase(
      '飞书说已经删除，但技能仍然读得到。',
      'Feishu said that it is deleted, but the skill can still be read.',
    ),
    todo: phrase('机器人会继续核对。', 'The bot keeps looking.'),
  },
  'edited-meanwhile': {
    what: phrase('这期间有人修改了该技能。', 'Somebody has edited the skill meanwhile.'),
    todo: phrase('机器人没有再次发送删除。', 'The bot has not sent the delete again.'),
  },
  busy: {
    what: phrase('同一个技能的另一次修改还没有结束。', 'Another change of the same skill is not over yet.'),
    todo: RETRY_TODO,
  },
};

const UNEXPECTED: Advice = {
  what: phrase('飞书的回应出乎意料。', 'Feishu gave an unexpected answer.'),
  todo: OPERATOR_TODO,
};

export const adviceFor = (kind: string): Advice =>
  (Object.hasOwn(ADVICE, kind) ? ADVICE[kind] : undefined) ?? UNEXPECTED;

const MAX_MESSAGE = 200;

const CHECK_TODO = phrase('请先完成验证，再试一次。', 'Complete the check, then try again.');

/**
 * A failure in words: what happened, what to do, and what Feishu said, with its code and log id. `checkUrl` leads to a
 * check that is for one person: only for a card that nobody else sees.
 */
export function failureElements(failure: Failure, checkUrl?: string): Element[] {
  if (failure.kind === 'unreadable') return unreadableElements(failure);
  const advice = adviceFor(failure.kind);
  const { what, todo } = checkUrl === undefined ? advice : { ...advice, todo: CHECK_TODO };
  return [
    paragraph(md`**${what.zh}**　${todo.zh}`, md`**${what.en}** ${todo.en}`),
    ...(checkUrl === undefined ? [] : [row([linkButton(phrase('去验证', 'Go to the check'), checkUrl)])]),
    ...whatFeishuSaid(failure),
  ];
}

/** A failure in words where the reader has nothing to do about it. */
export function causeElements(failure: Failure): Element[] {
  const { what } = adviceFor(failure.kind);
  return [paragraph(md`**${what.zh}**`, md`**${what.en}**`), ...whatFeishuSaid(failure)];
}

function whatFeishuSaid(failure: Failure): Element[] {
  const message = shortened(failure.message.trim().replace(/\s+/gu, ' '), MAX_MESSAGE);
  const said = failure.code === undefined ? message : `${failure.code} ${message}`;
  const sentences =
    message === '' ? [] : [sentence(phrase(plain`飞书的说明：${said}`, plain`What Feishu said: ${said}`))];
  return [...sentences, ...logId(failure)];
}

const logId = ({ logId }: Failure): Element[] =>
  logId ? [footnote(phrase(`日志 ID：${logId}`, `Log id: ${logId}`))] : [];

/** The message is no sentence of Feishu's, but names the part. */
function unreadableElements(failure: Failure): Element[] {
  const { zh, en } = unreadablePart(SkillPart.safeParse(failure.message).data ?? 'record');
  return [paragraph(zh, en), sentence(UNREADABLE_TODO), ...logId(failure)];
}

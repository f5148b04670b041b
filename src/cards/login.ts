import type { GrantInForce, GrantStanding, Renewal } from '../auth/grants.ts';
import type { LoginEnding } from '../domain/delivery.ts';
import type { OpenId } from '../domain/ids.ts';
import { type Phrase, phrase } from '../lib/phrase.ts';
import {
  type CardJson,
  card,
  type Element,
  footnote,
  linkButton,
  paragraph,
  row,
  sentence,
  type Template,
} from './kit.ts';
import { NOT_LASTING, SCOPE_MISSING, SEEN_AT_CONFIRM } from './loginTexts.ts';
import { md, moment, personChip } from './text.ts';

/** Why somebody is asked to log in. */
export type LoginReason = 'asked' | 'first-time' | 'grant-dead' | 'scope-missing' | 'not-renewable';

const WHY: Readonly<Record<LoginReason, Phrase>> = {
  asked: phrase(
    '点击下面的按钮，授权机器人以你的身份修改服务台。',
    'Press the button to let the bot change the helpdesk in your name.',
  ),
  'first-time': phrase(
    '修改会以你本人的身份写入飞书，所以需要你先授权一次。',
    'Changes are written to Feishu in your own name, so you have to authorise the bot once.',
  ),
  'grant-dead': phrase(
    '你之前的授权已失效，需要重新授权。',
    'Your earlier authorisation is no longer valid, so you have to authorise the bot again.',
  ),
  'scope-missing': phrase(
    '你的授权里缺少修改服务台的权限（helpdesk:all）。请重新授权，并在授权页上保留这一项。',
    'Your authorisation lacks the permission to change the helpdesk (helpdesk:all): please authorise again, and leave it ticked there.',
  ),
  'not-renewable': phrase(
    '你的授权已到期，而飞书不允许本应用续期（错误码 20074），所以需要重新登录。要让登录长期有效，请机器人的管理员在开发者后台的“安全设置”里打开“刷新 user_access_token”并发布版本。',
    'Your login has run out, and Feishu does not let this app renew it (code 20074): please log in again. For logins that last, whoever runs this bot has to switch on “refresh user_access_token” in the app’s security settings and publish a version.',
  ),
};

export interface LoginOffer {
  actorId: OpenId;
  url: string;
  /** What Feishu's page shows as well. */
  userCode?: string | undefined;
  /** How long it can be used, in milliseconds. */
  validMs: number;
  reason: LoginReason;
  /** Something waits and continues after the login. */
  continues: boolean;
}

/** The way in for one person. Anybody may see it; it works for that person only. */
export const loginCard = ({ actorId, url, userCode, validMs, reason, continues }: LoginOffer): CardJson =>
  card({ title: phrase('请先登录', 'Please log in'), template: 'orange' }, [
    paragraph(md`${personChip(actorId)}　${WHY[reason].zh}`, md`${personChip(actorId)}　${WHY[reason].en}`),
    ...(continues
      ? [
          paragraph(
            md`登录后，刚才的操作会**自动继续**。`,
            md`What you asked for **continues by itself** after the login.`,
          ),
        ]
      : []),
    ...(userCode === undefined
      ? []
      : [
          paragraph(
            md`请核对页面上的验证码是 **${userCode}**，然后同意授权。`,
            md`See that the page shows the code **${userCode}**, then agree there.`,
          ),
        ]),
    row([linkButton(phrase('登录飞书并授权', 'Log in with Feishu'), url)]),
    footnote(validity(Math.max(1, Math.round(validMs / 60_000)))),
  ]);

const validity = (minutes: number): Phrase =>
  phrase(
    `链接只对上面这位有效，${minutes} 分钟内可用一次。`,
    `The link works for the person above only, once, within ${minutes} minute${minutes === 1 ? '' : 's'}.`,
  );

interface Ended {
  title: Phrase;
  template: Template;
  /** What happened, and what the person can do now; said after their name. */
  words: Phrase;
}

const ENDED: Readonly<Record<LoginEnding, Ended>> = {
  done: {
    title: phrase('已登录', 'Logged in'),
    template: 'green',
    words: phrase(
      '已授权。发送 /skill logout 可随时退出。',
      'is authorised. Send /skill logout at any time to withdraw it.',
    ),
  },
  refused: {
    title: phrase('未授权', 'Not authorised'),
    template: 'grey',
    words: phrase(
      '的授权请求被拒绝，什么都没有改变。需要时可发送 /skill login，等待中的操作会在登录后继续。',
      '’s login was refused, and nothing has changed. Send /skill login whenever you want to; what waits continues after it.',
    ),
  },
  expired: {
    title: phrase('登录链接已过期', 'This login link has expired'),
    template: 'grey',
    words: phrase(
      '没有在有效期内完成登录。发送 /skill login 获取新的链接，等待中的操作会在登录后继续。',
      'did not log in in time. Send /skill login for a new link; what waits continues after it.',
    ),
  },
  'other-person': {
    title: phrase('不是同一个人', 'Not the same person'),
    template: 'red',
    words: phrase(
      '的登录被另一个人打开并授权，对方的授权没有被保存。请发送 /skill login，并自己打开新的链接。',
      '’s link was opened and agreed to by somebody else, of whom nothing was kept. Send /skill login, and open the new link yourself.',
    ),
  },
  'scope-missing': {
    title: phrase('授权缺少一项权限', 'A permission is missing'),
    template: 'red',
    words: SCOPE_MISSING,
  },
  failed: {
    title: phrase('登录没有完成', 'The login did not work'),
    template: 'red',
    words: phrase(
      '飞书没有给出授权。请稍后发送 /skill login 再试；如果一直这样，请联系机器人的管理员。',
      'Feishu did not give an authorisation. Send /skill login in a moment to try again; if it stays like this, tell whoever runs this bot.',
    ),
  },
  lost: {
    title: phrase('登录没有完成', 'The login did not work'),
    template: 'red',
    words: phrase(
      '飞书的答复没有送达，授权没有被保存。请发送 /skill login 重新登录，等待中的操作会在登录后继续。',
      'Feishu’s answer got lost, and no authorisation was stored. Send /skill login to log in again; what waits continues after it.',
    ),
  },
  withdrawn: {
    title: phrase('登录链接已失效', 'This login link is over'),
    template: 'grey',
    words: phrase(
      '已退出登录，或有了更新的链接。需要时可发送 /skill login 获取新的链接。',
      'has logged out, or has got a newer link. Send /skill login for a new one whenever you want to.',
    ),
  },
};

/** What the login card becomes; `standing` is that of the login when it is done. */
export const loginEndedCard = (actorId: OpenId, ending: LoginEnding, standing?: GrantStanding): CardJson => {
  const { title, template, words } = ENDED[ending];
  return card({ title, template }, [
    paragraph(md`${personChip(actorId)}　${words.zh}`, md`${personChip(actorId)}　${words.en}`),
    ...(ending === 'done' ? doneElements(standing) : []),
  ]);
};

const doneElements = (standing: GrantStanding | undefined): Element[] => [
  ...(typeof standing === 'object' && standing.renewal !== 'automatic'
    ? lifetime(standing.until, standing.renewal)
    : []),
  sentence(SEEN_AT_CONFIRM),
];

/** What became of a logout. */
export const loggedOutCard = (hadGrant: boolean): CardJson =>
  card({ title: phrase('已退出', 'Logged out'), template: 'green' }, [
    hadGrant
      ? paragraph(
          md`机器人保存的你的授权已删除，尚未确认的预览不会再写入。`,
          md`The authorisation that the bot kept for you is deleted; previews that were not confirmed will not be written.`,
        )
      : paragraph(md`机器人没有保存你的授权。`, md`The bot keeps no authorisation of yours.`),
  ]);

/** What is the matter with a login that does not work, or is not there. */
const NOT_LOGGED_IN: Readonly<Record<Extract<GrantStanding, string>, Phrase>> = {
  none: phrase('你还没有授权机器人。', 'You have not authorised the bot.'),
  dead: phrase('你之前的授权已失效。', 'Your earlier authorisation is no longer valid.'),
  'scope-missing': phrase(
    '你之前的授权已不含修改服务台的权限（helpdesk:all），请重新授权并保留这一项。',
    'Your authorisation no longer includes changing the helpdesk (helpdesk:all): authorise again, and leave it ticked.',
  ),
  unreadable: phrase(
    '你之前的授权已无法读取（机器人的密钥换过）。',
    'Your earlier authorisation cannot be read any more: the keys of the bot were changed.',
  ),
};

/** Who the bot acts for. */
export const whoAmICard = (actorId: OpenId, standing: GrantStanding): CardJson =>
  typeof standing === 'string' ? notLoggedInCard(actorId, NOT_LOGGED_IN[standing]) : inForceCard(actorId, standing);

const notLoggedInCard = (actorId: OpenId, why: Phrase): CardJson =>
  card({ title: phrase('未登录', 'Not logged in'), template: 'blue' }, [
    paragraph(
      md`${personChip(actorId)}　${why.zh}发送 /skill login 登录。`,
      md`${personChip(actorId)}　${why.en} Send /skill login to log in.`,
    ),
    idNote(actorId),
  ]);

const inForceCard = (actorId: OpenId, { name, grantedAt, until, renewal }: GrantInForce): CardJson =>
  card({ title: phrase('已登录', 'Logged in'), template: 'green' }, [
    paragraph(md`${personChip(actorId)}　${name}`, md`${personChip(actorId)}　${name}`),
    paragraph(md`**授权时间**　${moment(grantedAt)}`, md`**Authorised**　${moment(grantedAt)}`),
    ...lifetime(until, renewal),
    idNote(actorId),
  ]);

/** Until when a login lasts, and what can be done about it. */
const lifetime = (until: number, renewal: Renewal): Element[] => {
  if (renewal === 'automatic') {
    return [
      paragraph(
        md`**有效至**　${moment(until)}（会自动续期）`,
        md`**Valid until**　${moment(until)} (renewed by itself)`,
      ),
    ];
  }
  const why = renewal === 'not-granted' ? NOT_LASTING : RUNS_OUT;
  return [
    paragraph(md`**有效至**　${moment(until)}`, md`**Valid until**　${moment(until)}`),
    paragraph(md`${why.zh}`, md`${why.en}`),
  ];
};

const RUNS_OUT = phrase(
  '到期后无法再续期，请发送 /skill login 重新登录。',
  'It cannot be renewed any more: send /skill login to log in again.',
);

const idNote = (actorId: OpenId) => footnote(phrase(`ID：${actorId}`, `Id: ${actorId}`));

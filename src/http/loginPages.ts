import express, { type Request, type Response, type Router } from 'express';
import { LoginError, type LoginFault } from '../auth/errors.ts';
import type { LoggedIn, RedirectLogins } from '../auth/redirectLogin.ts';
import { NOT_LASTING, SCOPE_MISSING, SEEN_AT_CONFIRM } from '../cards/loginTexts.ts';
import { errorMessage } from '../lib/errorMessage.ts';
import type { Logger } from '../lib/logger.ts';
import { type Phrase, phrase } from '../lib/phrase.ts';
import { languageOf, PAGE_HEADERS, type PageText, page } from './page.ts';

export interface LoginPagesParts {
  logins: RedirectLogins;
  logger: Logger;
}

/** The browser's part of a login: the link of the card, and the way back from Feishu. */
export function loginRouter({ logins, logger }: LoginPagesParts): Router {
  const router = express.Router();

  router.get('/oauth/login/:ticket', async (request, response) => {
    await answering(request, response, logger, async () => {
      const address = await logins.open(String(request.params.ticket));
      response.set(PAGE_HEADERS).redirect(302, address);
    });
  });

  router.get('/oauth/callback', async (request, response) => {
    await answering(request, response, logger, async () => {
      const query = new URL(request.originalUrl, 'http://localhost').searchParams;
      send(request, response, 200, done(await logins.finish(query)));
    });
  });

  return router;
}

const done = ({ name, endsInMs }: LoggedIn): PageText => ({
  title: phrase('登录成功', 'You are logged in'),
  text: [
    phrase(
      `${name}，机器人现在会以你的身份操作服务台。请回到飞书；等待登录的操作会自动继续。`,
      `${name}, the bot now acts in your name. Go back to Feishu: whatever waited for the login continues by itself.`,
    ),
    ...(endsInMs === undefined ? [] : [endsIn(endsInMs), NOT_LASTING]),
    SEEN_AT_CONFIRM,
  ],
  good: true,
});

function endsIn(ms: number): Phrase {
  const minutes = Math.max(1, Math.round(ms / 60_000));
  const hours = Math.round(minutes / 60);
  const [zh, en] = minutes < 90 ? [`${minutes} 分钟`, `${minutes} min`] : [`${hours} 小时`, `${hours} hours`];
  return phrase(`这次登录大约 ${zh}后失效。`, `This login ends in about ${en}.`);
}

/** The one place where a failed login becomes a status and a page. */
const FAILURES: Readonly<Record<LoginFault, PageText & { status: number }>> = {
  ticket: {
    status: 400,
    title: phrase('链接已失效', 'This link is over'),
    text: [
      phrase(
        '它已被使用或已过期。请在飞书里发送 /skill login 获取新的链接。',
        'It was used already, or is too old. Send /skill login in Feishu for a new one.',
      ),
    ],
    good: false,
  },
  state: {
    status: 400,
    title: phrase('登录已失效', 'This login is over'),
    text: [
      phrase(
        '它已完成或已过期。请在飞书里发送 /skill login 重新登录。',
        'It was finished already, or is too old. Send /skill login in Feishu to start again.',
      ),
    ],
    good: false,
  },
  refused: {
    status: 200,
    title: phrase('未授权', 'Not authorised'),
    text: [
      phrase(
        '你没有同意授权，什么都没有改变。需要时可在飞书里发送 /skill login。',
        'You did not agree, and nothing has changed. Send /skill login in Feishu whenever you want to.',
      ),
    ],
    good: false,
  },
  'other-person': {
    status: 403,
    title: phrase('不是同一个人', 'Not the same person'),
    text: [
      phrase(
        '这个链接是给另一个人的。你的授权没有被保存。请自己在飞书里发送 /skill login。',
        'This link is for somebody else. Nothing of yours was kept. Send /skill login in Feishu yourself.',
      ),
    ],
    good: false,
  },
  'scope-missing': {
    status: 200,
    title: phrase('授权缺少一项权限', 'A permission is missing'),
    text: [SCOPE_MISSING],
    good: false,
  },
  feishu: {
    status: 400,
    title: phrase('登录没有完成', 'The login did not work'),
    text: [
      phrase(
        '飞书没有给出授权。请稍后在飞书里发送 /skill login 再试一次。',
        'Feishu did not give an authorisation. Send /skill login in Feishu in a moment to try again.',
      ),
    ],
    good: false,
  },
};

async function answering(
  request: Request,
  response: Response,
  logger: Logger,
  work: () => Promise<void>,
): Promise<void> {
  // A link preview asks for the head only: that must not spend the link.
  if (request.method === 'HEAD') {
    response.set(PAGE_HEADERS).end();
    return;
  }
  try {
    await work();
  } catch (error) {
    if (!(error instanceof LoginError)) {
      logger.error({ reason: errorMessage(error) }, 'a login page failed');
    }
    const { status, ...text } = FAILURES[error instanceof LoginError ? error.fault : 'feishu'];
    send(request, response, status, text);
  }
}

const send = (request: Request, response: Response, status: number, text: PageText): void => {
  response
    .status(status)
    .set(PAGE_HEADERS)
    .type('html')
    .send(page(text, languageOf(request.get('accept-language'))));
};

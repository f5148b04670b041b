import { z } from 'zod';
import { ConfigError } from '../config/config.ts';
import { FeishuError } from '../feishu/errors.ts';
import { RegistrationFailed } from '../feishu/registration.ts';
import { PortTaken } from '../http/listen.ts';
import { type Phrase, phrase } from '../lib/phrase.ts';
import { DatabaseUnavailable } from '../store/open.ts';
import { explainDatabase } from './explainDatabase.ts';
import { type AppPages, explainFeishu } from './explainFeishu.ts';
import { Trouble } from './trouble.ts';
import { phraseFault } from './variables.ts';

/** Whatever went wrong, with its remedy: the one place where a terminal learns of an error. */
export function explain(error: unknown, app?: AppPages): Trouble {
  if (error instanceof Trouble) return error;
  if (error instanceof FeishuError) return explainFeishu(error, app);
  if (error instanceof RegistrationFailed) return REGISTRATION[error.code];
  if (error instanceof ConfigError) return faulty(error);
  if (error instanceof PortTaken) return portTaken(error);
  if (error instanceof DatabaseUnavailable) return explainDatabase(error);
  const message = Thrown.safeParse(error).data?.message ?? String(error);
  if (/^(listen|getaddrinfo) /.test(message)) return cannotListen(message, error);
  return new Trouble(
    'unexpected',
    phrase(`没有料到的错误：${message}。`, `Something unexpected: ${message}.`),
    phrase('请带着这条消息提交问题。', 'Please report it with this message.'),
    error,
  );
}

/** The code of an error of the operating system. */
export const codeOf = (error: unknown): string | undefined => Thrown.safeParse(error).data?.code;

const Thrown = z.object({ message: z.string(), code: z.string().optional().catch(undefined) });

const REGISTRATION: Readonly<Record<RegistrationFailed['code'], Trouble>> = {
  expired: new Trouble(
    'qr_expired',
    phrase(
      '二维码已过期，没有人在有效期内扫码确认。',
      'The QR code has expired: nobody scanned and confirmed it in time.',
    ),
    phrase('请重新运行，得到新的二维码。', 'Run this again for a new one.'),
  ),
  denied: new Trouble(
    'qr_denied',
    phrase('创建应用被拒绝。', 'Creating the app was refused.'),
    phrase(
      '请重新运行并在飞书里点击确认，或使用已有的应用。',
      'Run this again and agree in Feishu, or use an app that exists.',
    ),
  ),
};

function faulty(error: ConfigError): Trouble {
  const lines = error.faults.map((fault) => {
    const { says, remedy } = phraseFault(fault);
    return `  ${says.zh}。${remedy.zh}`;
  });
  const zh = `配置有 ${error.faults.length} 处错误：\n${lines.join('\n')}`;
  return new Trouble('config_invalid', phrase(zh, error.message), NOTHING, error);
}

const NOTHING: Phrase = { zh: '', en: '' };

const portTaken = (error: PortTaken): Trouble =>
  new Trouble(
    error.code,
    phrase(`端口已被占用：${error.address}。`, `The port is taken: ${error.message}.`),
    phrase(
      `请把 ${error.variable} 设为空闲的端口，或停掉占用它的程序。`,
      `Set ${error.variable} to a free one, or stop what uses it.`,
    ),
    error,
  );

const cannotListen = (message: string, error: unknown): Trouble =>
  new Trouble(
    'cannot_listen',
    phrase(`不能监听：${message}。`, `Cannot listen: ${message}.`),
    phrase(
      '请改正 HOST 和 PORT；1024 以下的端口需要特别的权限。',
      'Correct HOST and PORT; ports below 1024 need special rights.',
    ),
    error,
  );

/** A {@link Trouble} as one text. */
export const formatFault = ({ says, remedy }: Trouble, language: keyof Phrase): string =>
  `${says[language]} ${remedy[language]}`.trim();

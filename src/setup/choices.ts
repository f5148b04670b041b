import type { AppChoices } from '../config/manifest.ts';
import type { Variable } from '../config/variables.ts';
import { Trouble } from '../explain/trouble.ts';
import { phrase } from '../lib/phrase.ts';
import type { Session } from './session.ts';
import { known, obtain } from './values.ts';

/** How the bot and Feishu reach each other. */
export type Ways = Pick<AppChoices, 'transport' | 'loginFlow' | 'publicUrl'>;

const TRANSPORTS = [
  {
    value: 'websocket',
    label: phrase('长连接 websocket：不需要公网地址', 'websocket: a long connection, no public address needed'),
  },
  {
    value: 'webhook',
    label: phrase('webhook：飞书访问你的公网 HTTPS 地址', 'webhook: Feishu calls your public https: address'),
  },
] as const;

const LOGIN_FLOWS = [
  { value: 'device', label: phrase('device：打开飞书的链接确认', 'device: people confirm at a link of Feishu') },
  {
    value: 'redirect',
    label: phrase('redirect：浏览器跳转回你的公网地址', 'redirect: the browser comes back to your public address'),
  },
] as const;

/** Asks for transport, public address and login flow, as far as they are not given. Throws a {@link Trouble}. */
export async function chooseWays(session: Session): Promise<Ways> {
  const address = known(session, 'PUBLIC_URL');
  const transport = await oneOf(session, 'FEISHU_TRANSPORT', {
    message: phrase('怎样接收飞书的事件？', 'How do events of Feishu arrive?'),
    choices: TRANSPORTS,
    fallback: address === undefined ? 'websocket' : 'webhook',
  });
  const loginFlow = await oneOf(session, 'LOGIN_FLOW', {
    message: phrase('管理员怎样登录？', 'How do admins log in?'),
    choices: LOGIN_FLOWS,
    fallback: transport === 'webhook' || address !== undefined ? 'redirect' : 'device',
  });
  const needsAddress = transport === 'webhook' || loginFlow === 'redirect';
  const publicUrl = needsAddress ? await askForAddress(session) : address;
  return { transport, loginFlow, publicUrl: publicUrl?.replace(/\/+$/, '') };
}

const askForAddress = (session: Session): Promise<string> =>
  obtain(session, 'PUBLIC_URL', {
    message: phrase(
      '公网地址（例如 https://skillbot.example.com）',
      'Public address (such as https://skillbot.example.com)',
    ),
  });

interface OneOf<T extends string> {
  message: ReturnType<typeof phrase>;
  choices: readonly { value: T; label: ReturnType<typeof phrase> }[];
  fallback: NoInfer<T>;
}

async function oneOf<T extends string>(session: Session, variable: Variable, wanted: OneOf<T>): Promise<T> {
  const { message, choices, fallback } = wanted;
  const value = known(session, variable);
  const match = choices.find((choice) => choice.value === value);
  const isFixed = session.options.given[variable] !== undefined || !session.asker;
  if (isFixed && value !== undefined && !match) throw notOneOf(variable, value, choices);
  if (isFixed) return match?.value ?? fallback;
  return session.asker?.choose(message, choices, match?.value ?? fallback) ?? fallback;
}

function notOneOf(variable: Variable, value: string, choices: readonly { value: string }[]): Trouble {
  const names = choices.map((choice) => choice.value);
  return new Trouble(
    'bad_value',
    phrase(`${variable} 不能是“${value}”。`, `${variable} cannot be “${value}”.`),
    phrase(`请用 ${names.join(' 或 ')}。`, `Use ${names.join(' or ')}.`),
  );
}

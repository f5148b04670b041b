import { z } from 'zod';
import { type Phrase, phrase } from '../../lib/phrase.ts';
import { randomToken } from '../../lib/random.ts';
import { type Asked, ask } from '../ask.ts';
import { addressCheck } from '../challenge.ts';
import { type Check, type Finding, failed, ok, skipped, together, warning } from '../check.ts';
import type { Subject } from '../subject.ts';
import { cannotListen } from './port.ts';

/** Feishu waits this long for the answer to its address check. */
const FEISHU_WAITS_MS = 1_000;

/** The bot is found at its public address, and answers there as Feishu wants it. */
export const publicUrl: Check = {
  name: 'public-url',
  title: phrase('公网地址', 'Public address'),
  needs: [],
  variables: ['PUBLIC_URL', 'FEISHU_VERIFICATION_TOKEN', 'FEISHU_ENCRYPT_KEY'],
  async run(subject) {
    const { choices, wanted } = subject;
    const { publicUrl: url } = choices;
    if (choices.transport === 'websocket' && choices.loginFlow === 'device') {
      return skipped(
        'not_needed',
        phrase('用不到：长连接和设备登录。', 'Not needed: long connection, and login by device.'),
      );
    }
    if (url === undefined) return UNTOLD;
    const health = await ask(`${url}/healthz`);
    if (!isHealthy(health)) return (await isRunningHere(subject)) ? notFound(url, health) : notRunning(url);
    const addresses = [wanted.events.url, wanted.callbacks.url].flatMap((address) => address ?? []);
    const problems = await Promise.all(addresses.map((address) => checkAddress(subject, address)));
    return together(problems.flat(), ok(phrase(`${url} 可以访问，回应正确。`, `${url} is reached and answers well.`)));
  },
};

/** Webhooks with the login by device: the bot works, but does not know where Feishu sends to. */
const UNTOLD: Finding = warning(
  'not_told',
  phrase(
    '没有设置 PUBLIC_URL，无法检查飞书推送到的地址。',
    'PUBLIC_URL is not set, so the address that Feishu sends to cannot be checked.',
  ),
  phrase(
    '把 PUBLIC_URL 设为这个地址（LOGIN_FLOW=device 可以保留），或使用 FEISHU_TRANSPORT=websocket。',
    'Set PUBLIC_URL to that address (LOGIN_FLOW=device may stay), or use FEISHU_TRANSPORT=websocket.',
  ),
);

/** Where nobody listens on the port, nothing can be found at the public address, unless the bot runs elsewhere. */
async function isRunningHere({ config }: Subject): Promise<boolean> {
  const { host, port } = config.listen;
  return (await cannotListen(host, port)) !== undefined;
}

const notRunning = (url: string): Finding =>
  warning(
    'not_running',
    phrase(
      `${url} 没有回应：机器人没有在本机运行。`,
      `${url} does not answer: the bot is not running on this machine.`,
    ),
    phrase('请启动机器人，然后重新运行 doctor。', 'Start the bot, and run doctor again.'),
  );

const Healthy = z.object({ status: z.literal('ok') });

const isHealthy = (health: Asked): boolean => health.kind === 'answer' && Healthy.safeParse(health.json).success;

const LEAD_HERE = phrase(
  '请启动机器人，并让这个地址（HTTPS、DNS、反向代理）转发到它的端口；如果从本机访问不到自己的公网地址，可以忽略。',
  'Start the bot and make this address (HTTPS, DNS, reverse proxy) lead to its port; a machine that cannot reach its own public address may ignore this.',
);

function notFound(url: string, health: Asked): Finding {
  const says: Phrase =
    health.kind === 'none'
      ? phrase(`${url} 访问不到（${health.reason}）。`, `${url} cannot be reached (${health.reason}).`)
      : phrase(
          `${url} 回应的不是机器人（HTTP ${health.status}）。`,
          `At ${url} something else than the bot answers (HTTP ${health.status}).`,
        );
  return failed(health.kind === 'none' ? 'unreachable' : 'not_the_bot', says, LEAD_HERE);
}

async function checkAddress({ choices, random }: Subject, address: string): Promise<Finding[]> {
  const challenge = randomToken(random);
  const { verificationToken = '', encryptKey } = choices;
  const answer = await ask(address, addressCheck(challenge, { verificationToken, encryptKey }, random));
  if (answer.kind === 'none') return [notFound(address, answer)];
  if (answer.status === 401) return [failed('other_keys', refused(address), SAME_KEYS)];
  const answered = z.object({ challenge: z.literal(challenge) }).safeParse(answer.json);
  if (answer.status !== 200 || !answered.success) return [notFound(address, answer)];
  return answer.tookMs > FEISHU_WAITS_MS ? [slow(address, answer.tookMs)] : [];
}

const refused = (address: string): Phrase =>
  phrase(`${address} 拒绝了地址校验。`, `${address} refuses the address check.`);

const SAME_KEYS = phrase(
  '正在运行的机器人用的是别的 FEISHU_VERIFICATION_TOKEN 或 FEISHU_ENCRYPT_KEY：请用现在的配置重新启动它。',
  'The bot that runs has another FEISHU_VERIFICATION_TOKEN or FEISHU_ENCRYPT_KEY: start it again with this configuration.',
);

const slow = (address: string, tookMs: number): Finding =>
  warning(
    'slow',
    phrase(`${address} 用了 ${Math.round(tookMs)} 毫秒才回应。`, `${address} took ${Math.round(tookMs)} ms to answer.`),
    phrase('飞书只等 1 秒：请检查网络和反向代理。', 'Feishu waits 1 s only: look at network and reverse proxy.'),
  );

import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type CommandHint, type LocalFeishu, startLocalFeishu } from 'local-feishu';
import { type HelpdeskPart, helpdesk } from 'local-feishu/helpdesk';
import type { CommandFacts } from '../commands/command.ts';
import { COMMANDS } from '../commands/registry.ts';
import { blankToUndefined, type Environment, VARIABLES } from '../config/config.ts';
import { systemRandom } from '../lib/random.ts';
import { playDemo } from './demo.ts';
import { createSandboxBot } from './sandboxBot.ts';

/** Where the build puts the page of the chat: next to the programs, all of which it puts into one folder. */
const PAGE = fileURLToPath(new URL('./local-feishu/web/', import.meta.url));

/**
 * Runs the whole product against a local Feishu in this process, the bot as a process of its own; with `demo`, plays the
 * main job once and ends.
 */
export async function runSandbox(
  env: Environment,
  demo: boolean,
  onStop: (stop: () => Promise<void>) => void,
): Promise<void> {
  const host = blankToUndefined(env.HOST) ?? '127.0.0.1';
  const wanted = blankToUndefined(env.PORT) ?? '3000';
  const port = demo || wanted === '0' ? await freePort(host) : Number(wanted);
  const botUrl = `http://127.0.0.1:${port}`;
  const data = await temporaryFolder();
  const own = {
    HOST: host,
    PORT: String(port),
    PUBLIC_URL: botUrl,
    DATABASE_URL: `file:${join(data.path, 'skillbot.db')}`,
    TOKEN_ENCRYPTION_KEYS: systemRandom.bytes(32).toString('base64'),
  };
  const bot = createSandboxBot(() => ({
    ...env,
    ...NOTHING_SET,
    ...own,
    ...environmentFor(feishu),
    ...definedIn(env),
    ...(demo && { LOG_LEVEL: 'error' }),
  }));
  const feishu = await startLocalFeishu({
    bot: { name: '技能助手' },
    plugins: [helpdesk()],
    redirectUris: [`${botUrl}/oauth/callback`],
    port: demo ? 0 : await freeOr(port + 1),
    page: { hints: hintsFor(COMMANDS), assets: PAGE, bot },
  });
  const stop = (): Promise<void> => bot.stop().finally(() => Promise.all([feishu.close(), data.remove()]));
  try {
    await bot.start();
    if (blankToUndefined(env.FEISHU_TRANSPORT) === 'websocket') await feishu.useLongConnection();
    else await feishu.connect(addressesOf(botUrl));
  } catch (error) {
    await stop();
    throw error;
  }
  onStop(stop);
  if (demo) {
    await playDemo(feishu, (text) => process.stdout.write(text), env.LANG?.startsWith('zh') ? 'zh_cn' : 'en_us');
    await stop();
  } else {
    process.stdout.write(howToDrive(feishu, botUrl));
  }
}

/** A bot that has just started has a second for each; on a machine with much else to do that is not always enough. */
const addressesOf = (botUrl: string) => ({
  eventUrl: `${botUrl}/feishu/events`,
  cardUrl: `${botUrl}/feishu/cards`,
  tries: 10,
});

/** So that a bot that was ended and started again remembers; gone when everything ends. */
async function temporaryFolder() {
  const path = await mkdtemp(join(tmpdir(), 'skillbot-sandbox-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** The commands as the text box of the page offers them. */
const hintsFor = (commands: readonly CommandFacts[]): CommandHint[] =>
  commands.map(({ name, usage, summary }) => ({
    insert: `/skill ${name}${usage.en === '' ? '' : ' '}`,
    usage: { zh: `/skill ${name} ${usage.zh}`.trim(), en: `/skill ${name} ${usage.en}`.trim() },
    summary,
  }));

/** The configuration of a bot that talks to this local Feishu. */
const environmentFor = ({ url, credentials }: LocalFeishu & HelpdeskPart): Environment => ({
  FEISHU_APP_ID: credentials.appId,
  FEISHU_APP_SECRET: credentials.appSecret,
  FEISHU_VERIFICATION_TOKEN: credentials.verificationToken,
  FEISHU_ENCRYPT_KEY: credentials.encryptKey,
  FEISHU_BASE_URL: url,
  FEISHU_ACCOUNTS_URL: url,
  HELPDESK_ID: credentials.helpdeskId,
  HELPDESK_TOKEN: credentials.helpdeskToken,
});

/** Only these may be set from outside: anything else would point the bot at another Feishu. */
const ADJUSTABLE = [
  'FEISHU_TRANSPORT',
  'LOGIN_FLOW',
  'DATABASE_URL',
  // What such a database holds can be read only with the key of the start before.
  'TOKEN_ENCRYPTION_KEYS',
  'CHANGE_TTL_SECONDS',
  'ALLOWED_CHAT_IDS',
  'ALLOWED_OPEN_IDS',
  'LOG_LEVEL',
  'METRICS_PORT',
];

/** A value that is there, empty as it may be, is not replaced by one in `.env`. */
const NOTHING_SET: Environment = Object.fromEntries(VARIABLES.map((name) => [name, '']));

const definedIn = (env: Environment): Environment =>
  Object.fromEntries(ADJUSTABLE.filter((name) => blankToUndefined(env[name])).map((name) => [name, env[name]]));

/** The port itself, or any other when it is taken. */
const freeOr = (port: number): Promise<number> => freePort('127.0.0.1', port).catch(() => 0);

/** A port on which one can listen: any, or rejects when the wanted one is taken. */
async function freePort(host: string, wanted = 0): Promise<number> {
  const server = createServer().listen(wanted, host);
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

const howToDrive = ({ url }: LocalFeishu, botUrl: string): string => `
feishu-skill-bot runs against a local Feishu; no account is needed and nothing leaves this machine.
机器人连接的是本机的模拟飞书，不需要账号，数据也不会离开本机。

  chat     ${url}/        ← open this page and type /skill
  bot      ${botUrl}
  Feishu   ${url}

Or talk to it from another terminal (people: owner, admin, employee; chats: p2p, group):

  curl -s ${url}/sandbox/say   -H 'content-type: application/json' -d '{"as":"admin","chat":"p2p","text":"/skill list"}'
  curl -s ${url}/sandbox/say   -H 'content-type: application/json' -d '{"as":"admin","chat":"p2p","text":"/skill rename VIP Tier 2"}'
  curl -s '${url}/sandbox/messages?chat=p2p:admin'
  curl -s ${url}/sandbox/click -H 'content-type: application/json' -d '{"as":"admin","message_id":"om_…","action":"change.confirm"}'
  curl -s ${url}/sandbox/state

Play the main job once:  npm run demo
Replay an event:         npm run replay -- samples/message.json
Connect a real Feishu app: npm run setup (see docs/installing.md).
`;

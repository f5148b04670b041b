import { once } from 'node:events';
import { createServer } from 'node:net';
import { type App, startApp } from './app.ts';
import { type Environment, readConfig } from './config.ts';
import { systemClock } from './lib/clock.ts';
import { createLogger } from './lib/logger.ts';
import { systemRandom } from './lib/random.ts';
import { playDemo } from './sandbox/demo/play.ts';
import { type Sandbox, startSandbox } from './sandbox/sandbox.ts';

/** Runs the whole product against a local Feishu in this process; with `demo`, plays the main job once and ends. */
export async function runSandbox(env: Environment, demo: boolean, onStop: (stop: App['stop']) => void): Promise<void> {
  const host = env.HOST ?? '127.0.0.1';
  const port = demo || env.PORT === '0' ? await freePort(host) : Number(env.PORT ?? 3000);
  const botUrl = `http://127.0.0.1:${port}`;
  const sandbox = await startSandbox({ redirectUris: [`${botUrl}/oauth/callback`] });
  const config = readConfig({ ...environmentFor(sandbox, botUrl), ...definedIn(env), HOST: host, PORT: String(port) });
  const logger = createLogger(demo ? 'error' : config.logLevel);
  const app = await startApp(config, { clock: systemClock, random: systemRandom, logger });
  await sandbox.connect({ eventUrl: `${botUrl}/feishu/events`, cardUrl: `${botUrl}/feishu/cards` });
  const stop = async (): Promise<void> => {
    await app.stop();
    await sandbox.close();
  };
  onStop(stop);
  if (demo) {
    await playDemo(sandbox, (text) => process.stdout.write(text), env.LANG?.startsWith('zh') ? 'zh_cn' : 'en_us');
    await stop();
  } else {
    process.stdout.write(howToDrive(sandbox, botUrl));
  }
}

/** The configuration of a bot that talks to this sandbox. */
const environmentFor = ({ url, credentials }: Sandbox, botUrl: string): Environment => ({
  FEISHU_APP_ID: credentials.appId,
  FEISHU_APP_SECRET: credentials.appSecret,
  FEISHU_VERIFICATION_TOKEN: credentials.verificationToken,
  FEISHU_ENCRYPT_KEY: credentials.encryptKey,
  FEISHU_BASE_URL: url,
  FEISHU_ACCOUNTS_URL: url,
  HELPDESK_ID: credentials.helpdeskId,
  HELPDESK_TOKEN: credentials.helpdeskToken,
  PUBLIC_URL: botUrl,
  TOKEN_ENCRYPTION_KEYS: systemRandom.bytes(32).toString('base64'),
  DATABASE_URL: 'file::memory:',
});

/** Only these may be set from outside: anything else would point the bot at another Feishu. */
const ADJUSTABLE = ['DATABASE_URL', 'CHANGE_TTL_SECONDS', 'ALLOWED_CHAT_IDS', 'ALLOWED_OPEN_IDS', 'LOG_LEVEL'];

const definedIn = (env: Environment): Environment =>
  Object.fromEntries(ADJUSTABLE.flatMap((name) => (env[name] ? [[name, env[name]]] : [])));

async function freePort(host: string): Promise<number> {
  const server = createServer().listen(0, host);
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

const howToDrive = ({ url }: Sandbox, botUrl: string): string => `
feishu-skill-bot runs against a local Feishu; no account is needed and nothing leaves this machine.
沙箱已启动：机器人连接的是本机的模拟飞书，不需要账号。

  bot      ${botUrl}
  Feishu   ${url}

Talk to it from another terminal (people: owner, admin, employee; chats: p2p, group):

  curl -s ${url}/sandbox/say   -H 'content-type: application/json' -d '{"as":"admin","chat":"p2p","text":"/skill list"}'
  curl -s ${url}/sandbox/say   -H 'content-type: application/json' -d '{"as":"admin","chat":"p2p","text":"/skill rename VIP Tier 2"}'
  curl -s '${url}/sandbox/messages?chat=p2p:admin'
  curl -s ${url}/sandbox/click -H 'content-type: application/json' -d '{"as":"admin","message_id":"om_…","action":"change.confirm"}'
  curl -s ${url}/sandbox/state

Play the main job once:  npm run demo
Connect a real Feishu app: set FEISHU_APP_ID and the other variables in .env (see README).
`;

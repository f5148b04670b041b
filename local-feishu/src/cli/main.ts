import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Credentials } from '../credentials.ts';
import type { LocalFeishu } from '../handle.ts';
import type { DeskCredentials } from '../helpdesk/header.ts';
import { helpdesk } from '../helpdesk/plugin.ts';
import { startLocalFeishu } from '../localFeishu.ts';
import { type Arguments, readArguments, USAGE } from './arguments.ts';

/** The version of the package, put in by the build. */
declare const VERSION_OF_LOCAL_FEISHU: string;

/** Where the build puts the page. */
const PAGE = fileURLToPath(new URL('./web/', import.meta.url));

/** How long until a bot that does not answer is asked again, in milliseconds. */
const ASK_AGAIN_MS = 1_000;

/** The same at every start, so that a bot need not be configured anew. They are good for nothing but this machine. */
const CREDENTIALS: Credentials = {
  appId: 'cli_10ca1fe15b0000a1',
  appSecret: 'local-feishu-app-secret',
  verificationToken: 'local-feishu-verification-token',
  encryptKey: 'local-feishu-encrypt-key',
};
const DESK: DeskCredentials = { helpdeskId: '7000000000000000001', helpdeskToken: 'ht-local-feishu-helpdesk-token' };

async function main(args: readonly string[]): Promise<void> {
  const given = readArguments(args);
  if (given.help) return write(USAGE);
  if (given.version) return write(`local-feishu ${VERSION_OF_LOCAL_FEISHU}\n`);
  const { port, name, redirectUris, hasHelpdesk, isEncrypted } = given;
  const feishu = await startLocalFeishu({
    port,
    redirectUris,
    credentials: { ...CREDENTIALS, ...(!isEncrypted && { encryptKey: '' }) },
    ...(name !== undefined && { bot: { name } }),
    plugins: hasHelpdesk ? [helpdesk({ credentials: DESK })] : [],
    page: { assets: PAGE },
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void feishu.close().then(() => process.exit(0)));
  }
  write(howToUse(feishu, given));
  await reach(feishu, given);
}

/** Resolves when the bot can be reached. A bot may be started, or mended, after this. */
async function reach(feishu: LocalFeishu, { addresses, isLong }: Arguments): Promise<void> {
  if (!addresses && !isLong) return;
  let told = '';
  for (;;) {
    try {
      await (addresses ? feishu.connect(addresses) : feishu.useLongConnection());
      return write(addresses ? `The bot answers at ${addresses.eventUrl}.\n` : 'The bot is connected.\n');
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (reason !== told) write(`Waiting for the bot: ${reason}\n`);
      told = reason;
      await delay(ASK_AGAIN_MS);
    }
  }
}

const howToUse = ({ url, credentials }: LocalFeishu, { hasHelpdesk }: Arguments): string => `
local-feishu runs; no account is needed and nothing leaves this machine.
模拟飞书已启动，不需要账号。

  chat     ${url}/        ← open this page
  Feishu   ${url}

The bot has to be configured with:

  FEISHU_BASE_URL=${url}
  FEISHU_ACCOUNTS_URL=${url}
  FEISHU_APP_ID=${credentials.appId}
  FEISHU_APP_SECRET=${credentials.appSecret}
  FEISHU_VERIFICATION_TOKEN=${credentials.verificationToken}
  FEISHU_ENCRYPT_KEY=${credentials.encryptKey}
${hasHelpdesk ? `  HELPDESK_ID=${DESK.helpdeskId}\n  HELPDESK_TOKEN=${DESK.helpdeskToken}\n` : ''}
Or talk to it from another terminal:

  curl -s ${url}/sandbox/say -H 'content-type: application/json' -d '{"as":"admin","chat":"p2p","text":"hello"}'
  curl -s '${url}/sandbox/messages?chat=p2p:admin'

`;

function write(text: string): void {
  process.stdout.write(text);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\nSee local-feishu --help.\n`);
  process.exitCode = 1;
});

import { readFile } from 'node:fs/promises';
import { config as loadDotenv } from 'dotenv';
import { replayIntoBot, replayIntoLocalFeishu } from 'local-feishu/replay';
import parseArguments from 'yargs-parser';
import { z } from 'zod';
import { blankToUndefined } from '../config/config.ts';
import { systemRandom } from '../lib/random.ts';

const USAGE = `npm run replay -- event.json [options]

Sends a recorded or hand-written event, signed and encrypted, and prints what it caused.

  --sandbox URL              the local Feishu to send it through (SANDBOX_URL; default: where npm start puts it)
  --url URL                  send it to this address of a bot instead (REPLAY_URL), such as http://127.0.0.1:3000/feishu/events
  --encrypt-key KEY          of that bot (FEISHU_ENCRYPT_KEY)
  --verification-token TOKEN of that bot (FEISHU_VERIFICATION_TOKEN)
  --app-id ID                of that bot (FEISHU_APP_ID)
  --as-is                    keep ids and times: a bot that has seen the event takes it for a repetition
  --language zh|en           in which cards are printed (LANG)
`;

const FLAGS = ['sandbox', 'url', 'encrypt-key', 'verification-token', 'app-id', 'language'];
const DEFAULT_PORT = 3000;

const eventSchema = z.looseObject({
  header: z.looseObject({ event_type: z.string(), event_id: z.string().optional(), tenant_key: z.string().optional() }),
  event: z.record(z.string(), z.unknown()),
});

async function main(args: string[]): Promise<void> {
  loadDotenv({ quiet: true });
  const flags = z
    .looseObject({ _: z.array(z.string()), help: z.boolean().optional(), 'as-is': z.boolean().optional() })
    .parse(parseArguments(args, { string: [...FLAGS, '_'], boolean: ['as-is', 'help'] }));
  const flag = (name: string): string | undefined => (typeof flags[name] === 'string' ? flags[name] : undefined);
  const variable = (name: string): string | undefined => blankToUndefined(process.env[name]);
  const [file] = flags._;
  if (file === undefined || flags.help) {
    process.stdout.write(USAGE);
    return;
  }
  const event = eventSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  const language = (flag('language') ?? variable('LANG') ?? '').startsWith('zh') ? 'zh_cn' : 'en_us';
  const shared = { event, asIs: flags['as-is'] === true, language, write } as const;
  const url = flag('url') ?? variable('REPLAY_URL');
  if (url !== undefined) {
    const encryptKey = flag('encrypt-key') ?? variable('FEISHU_ENCRYPT_KEY') ?? '';
    const verificationToken = flag('verification-token') ?? variable('FEISHU_VERIFICATION_TOKEN') ?? '';
    const appId = flag('app-id') ?? variable('FEISHU_APP_ID');
    await replayIntoBot({ ...shared, url, encryptKey, verificationToken, appId, random: systemRandom });
    return;
  }
  const port = Number(variable('PORT') ?? DEFAULT_PORT) + 1;
  await replayIntoLocalFeishu({
    ...shared,
    url: flag('sandbox') ?? variable('SANDBOX_URL') ?? `http://127.0.0.1:${port}`,
  });
}

const write = (text: string): void => {
  process.stdout.write(text);
};

main(process.argv.slice(2)).catch((error: unknown) => {
  const reason = error instanceof z.ZodError ? z.prettifyError(error) : error instanceof Error ? error.message : error;
  process.stderr.write(`The event was not replayed: ${String(reason)}\n`);
  process.exitCode = 1;
});

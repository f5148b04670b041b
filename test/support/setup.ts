import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'dotenv';
import { readManifest } from '../../src/config/manifest.ts';
import { explain, formatFault } from '../../src/explain/explain.ts';
import { Trouble } from '../../src/explain/trouble.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { systemRandom } from '../../src/lib/random.ts';
import type { Asker } from '../../src/setup/ask.ts';
import { openEnvFile } from '../../src/setup/envFile.ts';
import { readOptions } from '../../src/setup/options.ts';
import { heldFile, type Session } from '../../src/setup/session.ts';
import { setUp } from '../../src/setup/setup.ts';
import { assertKeepsSecrets, type Environment } from './bot.ts';
import { unusedPort } from './fakeServer.ts';
import { type LocalFeishu, type LocalFeishuOptions, startLocalFeishu } from './localFeishu.ts';

/** A sandbox for one test, without its limits and pauses. */
export async function onSandbox(
  options: LocalFeishuOptions,
  story: (sandbox: LocalFeishu) => Promise<void>,
): Promise<void> {
  const sandbox = await startLocalFeishu({ limits: { challengeMs: 10_000 }, ...options });
  sandbox.settings.rateLimits = false;
  sandbox.settings.registrationInterval = 0.05;
  try {
    await story(sandbox);
  } finally {
    await sandbox.close();
  }
}

/** What an app has to have so that setup can configure it. */
export const CONFIGURABLE = ['application:application:patch', 'application:application:self_manage'];

export const site = ({ url }: { url: string }): string[] => ['--base-url', url, '--accounts-url', url];

/** Flags for the app that the sandbox has, and its helpdesk. */
export const existing = (sandbox: LocalFeishu, more: readonly string[] = []): string[] => [
  ...['--yes', '--app-id', sandbox.credentials.appId, '--helpdesk-id', sandbox.credentials.helpdeskId],
  ...site(sandbox),
  ...more,
];

export const secretsOf = ({ credentials }: LocalFeishu): Environment => ({
  FEISHU_APP_SECRET: credentials.appSecret,
  HELPDESK_TOKEN: credentials.helpdeskToken,
});

/** Where a bot will be, as its owner gives it. */
export async function somewhere(): Promise<{ port: number; url: string; flags: string[] }> {
  const port = await unusedPort();
  const url = `http://127.0.0.1:${port}`;
  return { port, url, flags: ['--public-url', url, '--port', String(port)] };
}

export const writtenTo = (cwd: string): Record<string, string> => parse(readFileSync(join(cwd, '.env'), 'utf8'));

export interface SetupRun {
  sandbox: LocalFeishu;
  cwd: string;
  args: readonly string[];
  env?: Environment;
  asker?: Asker | undefined;
}

export interface SetupOutcome {
  /** Undefined when it could not go on. */
  result: 'done' | 'incomplete' | undefined;
  /** Of what stopped it. */
  code: string | undefined;
  output: string;
}

/** The link behind a QR code is there to be seen. */
export const withoutQrLink = (output: string): string => output.replaceAll(/https?:\S+[?&]user_code=\S+/g, '');

/** Runs setup in this process, with the real files and a real Feishu. No secret is ever shown. */
export async function runSetup({ sandbox, cwd, args, env, asker }: SetupRun): Promise<SetupOutcome> {
  const lines: string[] = [];
  const outcome = (result: SetupOutcome['result'], code?: string): SetupOutcome => {
    const output = lines.join('\n');
    assertKeepsSecrets(withoutQrLink(output), sandbox);
    return { result, code, output };
  };
  try {
    const options = readOptions([...args, '--dotenv', join(cwd, '.env')], { ...secretsOf(sandbox), ...env });
    const held = heldFile(openEnvFile(options.envFile));
    const session: Session = {
      options,
      asker,
      clock: systemClock,
      random: systemRandom,
      columns: undefined,
      signal: new AbortController().signal,
      print: (what) => void lines.push(what[options.language]),
      get file() {
        return held.file;
      },
      save: held.save,
    };
    return outcome(await setUp(session, readManifest()));
  } catch (error) {
    if (!(error instanceof Trouble)) throw error;
    lines.push(formatFault(explain(error), 'en'));
    return outcome(undefined, error.code);
  }
}

/** Answers questions by their English beginning, each with these in turn; a question that nobody expects throws. */
export function scriptedAsker(answers: Readonly<Record<string, readonly (string | boolean)[]>>): Asker {
  const left = new Map(Object.entries(answers).map(([question, list]) => [question, [...list]]));
  const next = (question: string): string | boolean => {
    const [, list] = [...left].find(([begin]) => question.startsWith(begin)) ?? [];
    const answer = list?.shift();
    if (answer === undefined) throw new Error(`nobody answers "${question}"`);
    return answer;
  };
  const text: Asker['text'] = async ({ message, initial, check }) => {
    for (;;) {
      const answer = String(next(message.en)) || initial || '';
      if (check(answer) === undefined) return answer;
    }
  };
  return {
    text,
    secret: text,
    choose: async (message, choices) => {
      const answer = next(message.en);
      const choice = choices.find(({ value }) => value === answer);
      if (!choice) throw new Error(`"${message.en}" has no answer ${answer}`);
      return choice.value;
    },
    confirm: async (message) => next(message.en) === true,
  };
}

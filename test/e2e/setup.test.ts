import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { assertKeepsSecrets, type Environment, spawnBot } from '../support/bot.ts';
import { type Ended, type Running, run, start, temporaryFolders } from '../support/command.ts';
import { startFakeServer, unusedPort } from '../support/fakeServer.ts';
import type { LocalFeishu } from '../support/localFeishu.ts';
import {
  CONFIGURABLE,
  existing,
  onSandbox,
  secretsOf,
  site,
  somewhere,
  withoutQrLink,
  writtenTo,
} from '../support/setup.ts';
import { answerTo } from '../support/shownCard.ts';
import { sideBySide } from '../support/sideBySide.ts';
import { loginLink, until } from '../support/story.ts';

const VIP = '6941215891786825756';
const DOWN = '\u001b[B';
const CTRL_C = '\u0003';
const BACKSPACE = '\u007f';

const folder = temporaryFolders();

/** Says what it is and what to do, without a stack or a secret. */
function toldWell({ code, output }: Ended, sandbox?: LocalFeishu): void {
  expect({ code, output }).toMatchObject({ code: 1 });
  expect(output).not.toMatch(/\n\s+at /);
  if (sandbox) assertKeepsSecrets(withoutQrLink(output), sandbox);
}

/** The bot is started with nothing but the written file, and does its main job once; doctor finds nothing wrong. */
async function doesItsJob(sandbox: LocalFeishu, cwd: string): Promise<void> {
  const bot = spawnBot({ HOST: '127.0.0.1' }, [], { cwd });
  try {
    await until(() => bot.output().includes('listening'));
    if (sandbox.settings.pushVia === 'websocket') await sandbox.useLongConnection();
    const login = await answerTo(sandbox, await sandbox.say('admin', 'p2p', '/skill login'));
    expect((await sandbox.login('admin', loginLink(sandbox, login))).status).toBe(200);
    await login.becomes('green');
    const preview = await answerTo(sandbox, await sandbox.say('admin', 'p2p', '/skill rename VIP Tier 2'));
    expect((await sandbox.click('admin', preview.messageId, { action: 'change.confirm' })).status).toBe('ok');
    expect(preview.template).toBe('green');
    expect(sandbox.skill(VIP)?.name).toBe('Tier 2');
    const doctor = await run('doctor', { cwd, env: { HOST: '127.0.0.1' } });
    expect(doctor.output).toContain('Everything is in order.');
    expect(doctor.code).toBe(0);
  } finally {
    bot.signal('SIGTERM');
    await bot.exited;
  }
  assertKeepsSecrets(bot.output(), sandbox);
}

/** From nothing to a change that is confirmed, in one command. */
const createsAnApp = (way: readonly string[]) =>
  onSandbox({ app: 'blank' }, async (sandbox) => {
    const cwd = await folder();
    const { credentials } = sandbox;
    const args = ['--yes', '--create', '--publish', '--helpdesk-id', credentials.helpdeskId];
    const setup = start('setup', {
      args: [...args, ...site(sandbox), ...way],
      env: { HELPDESK_TOKEN: credentials.helpdeskToken },
      cwd,
    });
    await setup.shows('createOnly=true');
    sandbox.scan(linkOf(setup));
    const { code, output } = await setup.ended;
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(output).toContain('A version is released');
    expect(statSync(join(cwd, '.env')).mode & 0o777).toBe(0o600);
    assertKeepsSecrets(withoutQrLink(output), sandbox);
    for (const [name, value] of Object.entries(writtenTo(cwd))) {
      if (/SECRET|TOKEN|KEY/.test(name)) expect(output).not.toContain(value);
    }
    await doesItsJob(sandbox, cwd);
  });

const linkOf = (setup: Running): string => /http:\S+user_code=\S+/.exec(setup.output())?.[0] ?? '';

describe('setup', () => {
  sideBySide(
    {
      'creates an app by QR code, configures and releases it; the bot then runs with the written file': async () =>
        createsAnApp((await somewhere()).flags),

      'does the same where nothing reaches the bot from outside': async () =>
        createsAnApp(['--port', String(await unusedPort())]),

      'asks an engineer at a terminal, who corrects a wrong secret and a wrong desk token': () =>
        onSandbox({ app: 'blank' }, async (sandbox) => {
          const cwd = await folder();
          const { credentials, settings } = sandbox;
          settings.tenantScopes = [...CONFIGURABLE, 'helpdesk:all:readonly'];
          const { port, url } = await somewhere();
          const before = '# ours\nexport LOG_LEVEL=warn # loud enough\nHISTORY_RETENTION_DAYS="90"\n';
          writeFileSync(join(cwd, '.env'), before, { mode: 0o644 });
          const setup = start('setup', { args: [...site(sandbox), '--port', String(port)], cwd, terminal: true });
          const answers = async (question: string, answer: string): Promise<void> => {
            await setup.shows(question);
            setup.types(`${answer}\r`);
          };
          await answers('Which Feishu app?', DOWN);
          await answers('◆  App ID', credentials.appId);
          await answers('◆  App Secret', 'not-the-secret');
          await setup.shows('Feishu does not accept this App Secret');
          await answers('◆  App ID', credentials.appId);
          await answers('◆  App Secret', credentials.appSecret);
          await answers('How do events of Feishu arrive?', DOWN);
          await answers('How do admins log in?', '');
          await answers('Public address', 'http://example.com');
          await setup.shows('is not an https: address');
          setup.types(`${BACKSPACE.repeat(30)}${url}\r`);
          await answers('Helpdesk id', credentials.helpdeskId);
          await answers('Helpdesk token', 'ht-wrong');
          await setup.shows('another company');
          await answers('Helpdesk id', credentials.helpdeskId);
          await answers('Helpdesk token', credentials.helpdeskToken);
          await answers('Database', '');
          await answers('Go ahead?', '');
          await answers('Hand a version in for release now?', '');
          const { code, output } = await setup.ended;
          expect({ code, output }).toMatchObject({ code: 0 });
          for (const typed of [credentials.appSecret, credentials.helpdeskToken, 'not-the-secret', 'ht-wrong']) {
            expect(output).not.toContain(typed);
          }
          expect(readFileSync(join(cwd, '.env'), 'utf8').startsWith(before)).toBe(true);
          expect(statSync(join(cwd, '.env')).mode & 0o777).toBe(0o600);
          expect(writtenTo(cwd)).toMatchObject({ PUBLIC_URL: url, FEISHU_APP_SECRET: credentials.appSecret });
          expect(await readdir(cwd)).toEqual(['.env']);
          expect(sandbox.app.delivers('im.message.receive_v1')).toBe(true);
        }),

      'given up while nobody scans, leaves no file; denied or expired, says so': () =>
        onSandbox({ app: 'blank', registrationSeconds: 3 }, async (sandbox) => {
          const cwd = await folder();
          const args = ['--yes', '--create', '--helpdesk-id', sandbox.credentials.helpdeskId, ...site(sandbox)];
          const waiting = async () => {
            const setup = start('setup', { args, env: secretsOf(sandbox), cwd });
            await setup.shows('createOnly=true');
            return setup;
          };
          const [given, denied, expired] = await Promise.all([waiting(), waiting(), waiting()]);
          given.signal('SIGINT');
          sandbox.scan(linkOf(denied), 'denied');
          expect(await given.ended).toMatchObject({ code: 130 });
          expect(given.output()).toContain('Nothing was written.');
          for (const [setup, said] of [
            [denied, 'Creating the app was refused.'],
            [expired, 'The QR code has expired'],
          ] as const) {
            const ended = await setup.ended;
            toldWell(ended, sandbox);
            expect(ended.output).toContain(said);
          }
          expect(await readdir(cwd)).toEqual([]);
        }),

      'given up at a question, leaves the file as it was': () =>
        onSandbox({}, async (sandbox) => {
          const cwd = await folder();
          writeFileSync(join(cwd, '.env'), 'LOG_LEVEL=warn\n');
          const setup = start('setup', { args: site(sandbox), env: secretsOf(sandbox), cwd, terminal: true });
          await setup.shows('Which Feishu app?');
          setup.types(CTRL_C);
          expect(await setup.ended).toMatchObject({ code: 130 });
          expect(setup.output()).toContain('Nothing was written.');
          expect(readFileSync(join(cwd, '.env'), 'utf8')).toBe('LOG_LEVEL=warn\n');
        }),
    },
    180_000,
  );

  it('names what is wrong and its remedy: a secret, a helpdesk, a permission, a version', async () => {
    const failing = async (change: (sandbox: LocalFeishu) => void, env: Environment = {}): Promise<string> => {
      let output = '';
      await onSandbox({}, async (sandbox) => {
        change(sandbox);
        const args = existing(sandbox, (await somewhere()).flags);
        const ended = await run('setup', { args, env: { ...secretsOf(sandbox), ...env }, cwd: await folder() });
        toldWell(ended, sandbox);
        output = ended.output;
      });
      return output;
    };
    const [secret, desk, permission] = await Promise.all([
      failing(() => undefined, { FEISHU_APP_SECRET: 'another-secret' }),
      failing(({ settings }) => {
        settings.deskElsewhere = true;
      }),
      failing(({ settings, app }) => {
        settings.tenantScopes = ['application:application:self_manage'];
        app.unpublish();
      }),
    ]);
    expect(secret).toContain('Feishu does not accept this App Secret. (code 10015, log id ');
    expect(secret).toContain('Copy App ID and App Secret again');
    expect(secret).not.toContain('another-secret');
    expect(desk).toContain('belongs to another company. (code 154001');
    expect(desk).toContain('Have the owner of the helpdesk copy id and token');
    expect(permission).toContain('The app lacks a permission, any one of: application:application:patch.');
    expect(permission).toMatch(/Add it and release a version: http:\S+\/auth\?q=application:application:patch&/);
    expect(permission).toContain('Create a version and release it');
  });

  it('names what is wrong and its remedy: a network, a proxy, a terminal, a file, a flag', async () => {
    const proxy = await startFakeServer();
    proxy.on('POST /oauth/v1/app/registration', { text: '<html>Sign in</html>' });
    const to = (url: string) => ['--base-url', url, '--accounts-url', url];
    const given = ['--yes', '--helpdesk-id', '1', '--app-id', 'cli_a1b2c3d4e5f60718'];
    const env = { FEISHU_APP_SECRET: 'x', HELPDESK_TOKEN: 'x' };
    const cwd = await folder();
    const cases: [string[], string, string][] = [
      [[...given, ...to('http://127.0.0.1:1')], 'cannot be reached (ECONNREFUSED).', 'Check network, DNS and firewall'],
      [
        [...given, '--create', ...to(proxy.url)],
        "did not answer with Feishu's JSON (HTTP 200).",
        'A proxy or a sign-in page',
      ],
      [[], 'Standard input is not a terminal', '--create / --app-id'],
      [[...given, '--dotenv', '/dev/null/x/.env'], '/dev/null/x/.env cannot be written', 'Run this in another folder'],
      [['--helpdeskid', '1'], 'There is no flag --helpdeskid.', 'Did you mean --helpdesk-id?'],
    ];
    const endings = await Promise.all(cases.map(([args]) => run('setup', { args, env, cwd })));
    await proxy.close();
    for (const [at, ended] of endings.entries()) {
      toldWell(ended);
      expect(ended.output).toContain(cases[at]?.[1]);
      expect(ended.output).toContain(cases[at]?.[2]);
    }
    expect(await readdir(cwd)).toEqual([]);
  });
});

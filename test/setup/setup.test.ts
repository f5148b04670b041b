import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { createHttp } from '../../src/feishu/http.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { openTemporarily } from '../../src/transport/temporaryConnection.ts';
import { temporaryFolders } from '../support/command.ts';
import { QUICK } from '../support/feishu.ts';
import {
  CONFIGURABLE,
  existing,
  onSandbox,
  runSetup,
  scriptedAsker,
  site,
  somewhere,
  writtenTo,
} from '../support/setup.ts';
import { until } from '../support/until.ts';

const folder = temporaryFolders();

describe('setup of an app that exists', () => {
  it('configures it, and then finds nothing left to change', async () => {
    await onSandbox({ app: 'blank' }, async (sandbox) => {
      const cwd = await folder();
      sandbox.settings.tenantScopes = [...CONFIGURABLE];
      const { url, flags } = await somewhere();
      // The address is checked with these keys, although the app had others.
      const keys = { FEISHU_ENCRYPT_KEY: 'our-encrypt-key', FEISHU_VERIFICATION_TOKEN: 'our-token' };
      const first = await runSetup({ sandbox, cwd, args: existing(sandbox, flags), env: keys });
      expect(first).toMatchObject({ result: 'done' });
      expect(sandbox.credentials).toMatchObject({ encryptKey: 'our-encrypt-key', verificationToken: 'our-token' });
      expect(first.output).toContain('Create a version and release it');
      expect(sandbox.settings).toMatchObject({
        eventUrl: `${url}/feishu/events`,
        cardUrl: `${url}/feishu/cards`,
        redirectUris: [`${url}/oauth/callback`],
        userScopes: ['helpdesk:all', 'offline_access'],
        refreshAllowed: true,
        botEnabled: true,
      });
      expect(writtenTo(cwd)).toMatchObject({
        FEISHU_VERIFICATION_TOKEN: sandbox.credentials.verificationToken,
        FEISHU_ENCRYPT_KEY: sandbox.credentials.encryptKey,
      });

      const text = readFileSync(join(cwd, '.env'), 'utf8');
      const calls = sandbox.calls.last();
      const again = await runSetup({
        sandbox,
        cwd,
        args: ['--yes'],
        env: { FEISHU_APP_SECRET: '', HELPDESK_TOKEN: '' },
      });
      expect(again).toMatchObject({ result: 'done' });
      expect(again.output).toContain('The app is configured as it has to be.');
      expect(readFileSync(join(cwd, '.env'), 'utf8')).toBe(text);
      expect(sandbox.calls.since(calls).filter(({ method }) => method === 'PATCH')).toEqual([]);
    });
  });

  it('replaces what the file has only with --force, or when somebody agrees', async () => {
    await onSandbox({}, async (sandbox) => {
      const cwd = await folder();
      const { flags } = await somewhere();
      const args = existing(sandbox, flags);
      await runSetup({ sandbox, cwd, args: [...args, '--database-url', 'file:./first.db'] });
      const keys = writtenTo(cwd).TOKEN_ENCRYPTION_KEYS;
      const other = [...args, '--database-url', 'file:./other.db'];
      const refused = await runSetup({ sandbox, cwd, args: other });
      expect(refused).toMatchObject({ code: 'would_overwrite' });
      expect(refused.output).toContain('DATABASE_URL');
      expect(writtenTo(cwd).DATABASE_URL).toBe('file:./first.db');

      const asker = scriptedAsker({
        'How do events': ['webhook'],
        'How do admins': ['redirect'],
        Go: [true],
        Replace: [true],
        Hand: [false],
      });
      const withoutYes = other.filter((flag) => flag !== '--yes');
      expect(await runSetup({ sandbox, cwd, args: withoutYes, asker })).toMatchObject({ result: 'done' });
      expect(writtenTo(cwd)).toMatchObject({ DATABASE_URL: 'file:./other.db', TOKEN_ENCRYPTION_KEYS: keys });
      expect(
        await runSetup({ sandbox, cwd, args: [...args, '--database-url', 'file:./third.db', '--force'] }),
      ).toMatchObject({
        result: 'done',
      });
      expect(writtenTo(cwd)).toMatchObject({ DATABASE_URL: 'file:./third.db', TOKEN_ENCRYPTION_KEYS: keys });
    });
  });

  it('writes the default of the database only where the file says something of it', async () => {
    await onSandbox({}, async (sandbox) => {
      const cwd = await folder();
      const args = existing(sandbox, (await somewhere()).flags);
      const byDefault = [...args, '--database-url', 'file:./data/skillbot.db', '--force'];
      await runSetup({ sandbox, cwd, args: byDefault });
      expect(writtenTo(cwd)).not.toHaveProperty('DATABASE_URL');
      await runSetup({ sandbox, cwd, args: [...args, '--database-url', 'file:./other.db'] });
      await runSetup({ sandbox, cwd, args: byDefault });
      expect(writtenTo(cwd).DATABASE_URL).toBe('file:./data/skillbot.db');
      await runSetup({ sandbox, cwd, args });
      expect(writtenTo(cwd).DATABASE_URL).toBe('file:./data/skillbot.db');
    });
  });

  it('with --dry-run shows the difference, and changes neither the app nor the file', async () => {
    await onSandbox({ app: 'blank' }, async (sandbox) => {
      const cwd = await folder();
      sandbox.settings.tenantScopes = ['application:application:self_manage', 'helpdesk:all:readonly'];
      const { url, flags } = await somewhere();
      const args = existing(sandbox, [...flags, '--dry-run', '--lang', 'zh']);
      const { result, output } = await runSetup({ sandbox, cwd, args });
      expect(result).toBe('done');
      for (const line of ['事件  im.message.receive_v1', '机器人能力', `重定向 URL  ${url}/oauth/callback`]) {
        expect(output).toContain(`+ ${line}`);
      }
      expect(await runSetup({ sandbox, cwd, args: [...args, '--create'] })).toMatchObject({ result: 'done' });
      expect(await readdir(cwd)).toEqual([]);
      expect(sandbox.settings).toMatchObject({ userScopes: [], redirectUris: [], botEnabled: false });
      expect(sandbox.calls.of('/oauth/v1/app/registration')).toEqual([]);
    });
  });

  it('without a public address, sets up the long connection and the login by device', async () => {
    await onSandbox({ app: 'blank' }, async (sandbox) => {
      const cwd = await folder();
      sandbox.settings.tenantScopes = [...CONFIGURABLE];
      const { output } = await runSetup({ sandbox, cwd, args: existing(sandbox) });
      expect(output).toContain('~ events arrive by  webhook → websocket');
      expect(sandbox.app.events.mode).toBe('websocket');
      // Which Feishu takes only while one is open.
      expect(output).toContain('✓ The app is configured.');
      await until(() => sandbox.longConnections.count() === 0);
      expect(sandbox.settings).toMatchObject({ eventUrl: undefined, redirectUris: [] });
      expect(writtenTo(cwd)).toMatchObject({ FEISHU_TRANSPORT: 'websocket', LOGIN_FLOW: 'device' });
      expect(Object.keys(writtenTo(cwd))).not.toContain('FEISHU_ENCRYPT_KEY');
    });
  });

  it('without a connection to be had, says so, and what to click', async () => {
    await onSandbox({ app: 'blank' }, async (sandbox) => {
      const cwd = await folder();
      sandbox.settings.tenantScopes = [...CONFIGURABLE];
      const body = { code: 403, msg: 'forbidden' };
      sandbox.faults.add({ route: '/callback/ws/endpoint', kind: { type: 'status', status: 200, body } });
      const { result, output } = await runSetup({ sandbox, cwd, args: existing(sandbox) });
      expect(result).toBe('incomplete');
      expect(output).toContain('✗ Feishu allows this app no long connection. (code 403');
      expect(output).toMatch(/Configure the app at \S+\n {5}~ events arrive by {2}webhook → websocket/);
      expect(sandbox.app.events.mode).toBe('webhook');
    });
  });

  it('takes those that are open for enough, when there are as many as may be', async () => {
    await onSandbox({ app: 'blank' }, async (sandbox) => {
      const cwd = await folder();
      sandbox.settings.tenantScopes = [...CONFIGURABLE];
      const { appId, appSecret } = sandbox.credentials;
      const http = createHttp(QUICK, { clock: systemClock, random: () => 0.5 });
      const close = await openTemporarily({ appId, appSecret, baseUrl: sandbox.url }, http, systemClock);
      const body = { code: 1000040350, msg: 'too many' };
      sandbox.faults.add({ route: '/callback/ws/endpoint', kind: { type: 'status', status: 200, body } });
      expect(await runSetup({ sandbox, cwd, args: existing(sandbox) })).toMatchObject({ result: 'done' });
      expect(sandbox.app.events.mode).toBe('websocket');
      await close();
      http.close();
    });
  });

  it('tells what is left to click when the app may not configure itself, or an admin has to approve', async () => {
    await onSandbox({ app: 'blank' }, async (sandbox) => {
      const cwd = await folder();
      sandbox.settings.tenantScopes = ['application:application:self_manage'];
      const { flags } = await somewhere();
      const args = existing(sandbox, [...flags, '--publish']);
      const byHand = await runSetup({ sandbox, cwd, args });
      expect(byHand).toMatchObject({ result: 'incomplete' });
      expect(byHand.output).toMatch(/Configure the app at [\s\S]*\+ event {2}im\.message\.receive_v1/);
      expect(byHand.output).not.toContain('Copy Verification Token');
      expect(byHand.output).toContain('to prove the helpdesk');

      sandbox.settings.tenantScopes.push('application:application:patch');
      sandbox.settings.review = 'by-hand';
      const waits = await runSetup({ sandbox, cwd, args });
      expect(waits).toMatchObject({ result: 'done' });
      expect(waits.output).toContain('Have an admin of the company approve');

      sandbox.settings.userScopes = [];
      const busy = await runSetup({ sandbox, cwd, args });
      expect(busy).toMatchObject({ result: 'incomplete' });
      expect(busy.output).toContain('A version of the app is under review');
      expect(busy.output).toContain('(code 210040');
    });
  });

  it('that may not even read itself, pushes everything', async () => {
    await onSandbox({ app: 'blank' }, async (sandbox) => {
      const cwd = await folder();
      sandbox.settings.tenantScopes = ['application:application:patch'];
      sandbox.settings.botEnabled = true;
      const { flags } = await somewhere();
      const args = existing(sandbox, flags);
      const { result, output } = await runSetup({ sandbox, cwd, args });
      expect(result).toBe('done');
      expect(output).toContain('any one of: application:application:self_manage');
      expect(sandbox.app.events.items).toContain('im.message.receive_v1');

      // And when it may not do that either, nobody knows its keys but the console.
      sandbox.settings.tenantScopes = [];
      const blind = await runSetup({ sandbox, cwd: await folder(), args });
      expect(blind).toMatchObject({ result: 'incomplete' });
      expect(blind.output).toContain('Copy Verification Token and Encrypt Key');
    });
  });

  it('whose address leads to something else, is told so, and keeps what was written', async () => {
    await onSandbox({ app: 'blank' }, async (sandbox) => {
      const cwd = await folder();
      sandbox.settings.tenantScopes = [...CONFIGURABLE];
      const { port, flags } = await somewhere();
      const other = createServer((_request, response) => response.end('hello')).listen(port, '127.0.0.1');
      const { result, output } = await runSetup({
        ...{ sandbox, cwd, args: existing(sandbox, flags), env: { HOST: '127.0.0.1' } },
      });
      other.close();
      expect(result).toBe('incomplete');
      expect(output).toContain('did not get the right answer. (code 210042');
      expect(output).toContain('or use websocket, which needs no public address');
      expect(output).toMatch(/Configure the app at \S+\n {5}\+ event address/);
      expect(output).not.toContain('Copy Verification Token');
      expect(writtenTo(cwd)).toMatchObject({ FEISHU_TRANSPORT: 'webhook' });
    });
  });

  it('that is disabled stops setup before anything is written', async () => {
    await onSandbox({}, async (sandbox) => {
      const cwd = await folder();
      const kind = { type: 'status', status: 400, code: 99991662, msg: 'app is disabled' } as const;
      sandbox.faults.add({ route: '/open-apis/helpdesk/v1/agent_skills', kind });
      const ended = await runSetup({ sandbox, cwd, args: existing(sandbox) });
      expect(ended).toMatchObject({ code: 'app_disabled' });
      expect(await readdir(cwd)).toEqual([]);
    });
  });
});

describe('what is given', () => {
  it.each([
    [['--port', 'x'], 'PORT: is not a whole number'],
    [['--base-url', 'ftp://open.feishu.cn'], 'FEISHU_BASE_URL: is not an https: address'],
    [['--accounts-url', 'accounts.feishu.cn', '--create'], 'FEISHU_ACCOUNTS_URL: is not an https: address'],
    [['--app-id', 'my app'], 'FEISHU_APP_ID: does not look like an App ID'],
    [['--public-url', 'http://example.com', '--transport', 'webhook'], 'PUBLIC_URL: is not an https: address'],
    [['--transport', 'pigeon'], 'FEISHU_TRANSPORT cannot be “pigeon”.'],
    [['--transport', 'webhook'], '--public-url'],
  ])('%j is refused by the schemas of the configuration', async (flags, said) => {
    await onSandbox({}, async (sandbox) => {
      const cwd = await folder();
      const { credentials, url } = sandbox;
      const env = {
        FEISHU_APP_ID: credentials.appId,
        HELPDESK_ID: credentials.helpdeskId,
        FEISHU_BASE_URL: url,
        FEISHU_ACCOUNTS_URL: url,
      };
      const ended = await runSetup({ sandbox, cwd, args: ['--yes', ...flags], env });
      expect(ended.result).toBeUndefined();
      expect(ended.output).toContain(said);
      expect(await readdir(cwd)).toEqual([]);
    });
  });
});

describe('setup of a new app', () => {
  it('saves its credentials at once, so that it can go on after whatever stops it then', async () => {
    await onSandbox({ app: 'blank' }, async (sandbox) => {
      const cwd = await folder();
      sandbox.settings.deskElsewhere = true;
      const args = ['--yes', '--create', '--helpdesk-id', '1', ...site(sandbox)];
      const running = runSetup({ sandbox, cwd, args });
      const wishes = { scopes: { tenant: [...CONFIGURABLE, 'helpdesk:all:readonly'] } };
      const addons = gzipSync(JSON.stringify(wishes)).toString('base64url');
      sandbox.scan(`${sandbox.url}/page/launcher?user_code=${await userCodeOf(sandbox)}&addons=${addons}`);
      const { code, output } = await running;
      expect(code).toBe('desk_elsewhere');
      // More was asked for than was granted.
      expect(output).toMatch(/✗ Missing permissions of the app: im:message\.p2p_msg:readonly, .+ Add them and release/);
      expect(output).toMatch(/! Missing optional permissions of the app: cardkit:card:write \(doctor --cards cannot/);
      expect(output).toMatch(/✗ Missing permissions of its users: helpdesk:all\. Add them/);
      expect(writtenTo(cwd)).toEqual({
        FEISHU_APP_ID: sandbox.credentials.appId,
        FEISHU_APP_SECRET: sandbox.credentials.appSecret,
        FEISHU_BASE_URL: sandbox.url,
        FEISHU_ACCOUNTS_URL: sandbox.url,
      });
      sandbox.settings.deskElsewhere = false;
      const later = ['--yes', '--helpdesk-id', sandbox.credentials.helpdeskId];
      await runSetup({ sandbox, cwd, args: later, env: { FEISHU_APP_SECRET: '' } });
      expect(writtenTo(cwd)).toMatchObject({ HELPDESK_ID: sandbox.credentials.helpdeskId });
    });
  });

  it('does not take the place of another one unasked', async () => {
    await onSandbox({}, async (sandbox) => {
      const cwd = await folder();
      await runSetup({ sandbox, cwd, args: existing(sandbox) });
      const args = ['--yes', '--create', '--helpdesk-id', '1', ...site(sandbox)];
      expect(await runSetup({ sandbox, cwd, args })).toMatchObject({ code: 'would_overwrite' });
      expect(sandbox.calls.of('/oauth/v1/app/registration')).toEqual([]);
    });
  });
});

/** What the sandbox gave out last. */
async function userCodeOf({ calls }: Parameters<Parameters<typeof onSandbox>[1]>[0]): Promise<string> {
  for (;;) {
    for (const { responseBody } of calls.of('/oauth/v1/app/registration')) {
      const code = /"user_code":"(\w+)"/.exec(JSON.stringify(responseBody))?.[1];
      if (code) return code;
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

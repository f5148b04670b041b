import { execFile as execFileCallback } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { assertKeepsSecrets, type Environment, environmentFor, spawnBot } from '../support/bot.ts';
import { built, run, temporaryFolders } from '../support/command.ts';
import { unusedPort } from '../support/fakeServer.ts';
import { type Stage, startStage, until } from '../support/story.ts';

const Report = z.object({
  result: z.enum(['ok', 'warning', 'failed']),
  checks: z.array(
    z.strictObject({
      name: z.string(),
      status: z.enum(['ok', 'warning', 'failed', 'skipped']),
      code: z.string(),
      message: z.string().min(1),
      remedy: z.string().min(1).optional(),
      details: z.array(z.record(z.string(), z.unknown())).optional(),
    }),
  ),
});

const execFile = promisify(execFileCallback);
const folder = temporaryFolders();

describe('doctor', () => {
  let stage: Stage;
  beforeAll(async () => {
    // What it says of the public address is about webhooks.
    stage = await startStage({ loggedIn: ['admin'], transport: 'webhook' });
  });
  afterAll(() => stage.close());

  const environment = (more: Environment = {}): Environment => ({
    ...environmentFor(stage.sandbox, stage.bot.port),
    DATABASE_URL: stage.databaseUrl,
    ...more,
  });

  /** What doctor finds with this environment: the checks that are not ok, and how they are told. */
  const found = async (more: Environment = {}, args: string[] = []) => {
    const { code, output } = await run('doctor', { args: ['--json', ...args], env: environment(more) });
    const report = Report.parse(JSON.parse(output));
    expect(code).toBe(report.result === 'failed' ? 1 : 0);
    expect(output).not.toMatch(/\n\s+at /);
    assertKeepsSecrets(output, stage.sandbox);
    for (const { status, remedy } of report.checks) {
      expect(remedy !== undefined).toBe(status === 'failed' || status === 'warning');
    }
    const bad = report.checks.filter(({ status }) => status !== 'ok');
    return {
      codes: Object.fromEntries(bad.map(({ name, status, code: what }) => [name, `${status} ${what}`])),
      names: report.checks.map(({ name }) => name),
      checks: report.checks,
      text: output,
    };
  };

  it('finds nothing wrong with a bot that works, in the words of either language', async () => {
    const [json, english, chinese] = await Promise.all([
      found(),
      run('doctor', { env: environment() }),
      run('doctor', { env: environment({ LANG: 'zh_CN.UTF-8' }) }),
    ]);
    expect(json.codes).toEqual({ 'long-connection': 'skipped not_needed' });
    expect(json.names).toEqual([
      ...['configuration', 'database', 'credentials', 'bot', 'scopes', 'version', 'helpdesk', 'subscription'],
      ...['long-connection', 'login', 'port', 'public-url', 'clock', 'grants', 'inbox'],
    ]);
    for (const [{ code, output }, said] of [
      [english, ['✓ Logins of admins: 1, all in force.', 'Everything is in order.']],
      [chinese, ['✓ 管理员的授权：1 个，都有效。', '一切就绪。']],
    ] as const) {
      expect(code).toBe(0);
      for (const line of said) expect(output).toContain(line);
      expect(output.match(/^✓/gm)).toHaveLength(14);
      assertKeepsSecrets(output, stage.sandbox);
    }
  });

  it('names a wrong secret, a database that cannot be reached, a taken port and keys of another bot', async () => {
    const other = createServer((_request, response) => response.end('hello')).listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = z.object({ port: z.number() }).parse(other.address());
    const { codes, text } = await found({
      FEISHU_APP_SECRET: 'not-the-secret',
      DATABASE_URL: 'postgres://nobody:secret-word@127.0.0.1:1/x',
      FEISHU_ENCRYPT_KEY: 'another-key',
      PORT: String(port),
    });
    other.close();
    expect(codes).toEqual({
      database: 'failed database_unreachable',
      credentials: 'failed wrong_secret',
      ...Object.fromEntries(
        [
          ...['bot', 'scopes', 'version', 'helpdesk', 'subscription', 'long-connection', 'login', 'grants', 'inbox'],
        ].map((name) => [name, 'skipped needs']),
      ),
      port: 'failed port_taken',
      'public-url': 'failed other_keys',
    });
    for (const secret of ['not-the-secret', 'secret-word', 'another-key']) expect(text).not.toContain(secret);
  });

  it('names a missing permission, a desk of another tenant, an unpublished version and an app that is no bot', async () => {
    const { settings, app } = stage.sandbox;
    const before = { ...settings };
    settings.tenantScopes = settings.tenantScopes.filter((scope) => scope !== 'im:message.p2p_msg:readonly');
    settings.deskElsewhere = true;
    settings.botEnabled = false;
    app.unpublish();
    const { codes, text } = await found();
    Object.assign(settings, before);
    app.submit();
    app.approve();
    expect(codes).toEqual({
      bot: 'failed bot_off',
      scopes: 'failed missing_scope',
      version: 'failed not_released',
      helpdesk: 'failed desk_elsewhere',
      'long-connection': 'skipped not_needed',
    });
    expect(text).toContain('auth?q=im:message.p2p_msg:readonly&op_from=openapi');
  });

  it('has Feishu judge every kind of card with --cards, and shows none of them', async () => {
    const before = stage.sandbox.messages().length;
    const [english, chinese] = await Promise.all([
      run('doctor', { args: ['--cards'], env: environment() }),
      run('doctor', { args: ['--cards'], env: environment({ LANG: 'zh_CN.UTF-8' }) }),
    ]);
    expect(english.output).toMatch(/\n✓ Cards: Feishu takes all \d{3} kinds of card\.\n/);
    expect(chinese.output).toMatch(/\n✓ 卡片：飞书接受全部 \d{3} 种卡片。\n/);
    expect([english.code, chinese.code]).toEqual([0, 0]);
    expect(stage.sandbox.messages()).toHaveLength(before);
  });

  it('names each card that Feishu refuses, with code and log id, and what to do', async () => {
    const route = '/open-apis/cardkit/v1/cards';
    const refuse = (code: number, msg: string, times: number) =>
      stage.sandbox.faults.add({ route, times, kind: { type: 'status', status: 400, code, msg } });
    refuse(200220, 'Failed to generate card content', 2);
    const { codes, checks, text } = await found({}, ['--cards']);
    expect(codes).toEqual({ 'long-connection': 'skipped not_needed', cards: 'failed card_refused' });
    const { message, details } = checks.at(-1) ?? {};
    expect(details).toEqual(
      ['changeCard (pending)', 'changeCard (applying)'].map((card) => ({
        card,
        code: 200220,
        message: 'Failed to generate card content',
        logId: expect.stringMatching(/^\w{34}$/),
      })),
    );
    expect(message).toMatch(/^Feishu refuses 2 of \d{3} kinds of card:\n/);
    expect(message).toContain(
      `\n    changeCard (pending): 200220 Failed to generate card content (log id ${details?.[0]?.logId})`,
    );
    expect(text).toContain('report it with the card’s name, the code and the log id');

    refuse(200220, 'Failed to generate card content, ext=ErrCode: 100290; ErrMsg: no such person;', 1);
    const { output } = await run('doctor', { args: ['--cards'], env: environment({ LANG: 'zh_CN.UTF-8' }) });
    expect(output).toMatch(
      /✗ 卡片：飞书不接受 \d{3} 种卡片中的 1 种：\n {4}changeCard \(pending\)：200220 .+（日志 ID \w+）\n/,
    );
    expect(output).toContain('请在“权限管理”里把客服加入应用的通讯录权限范围。');
    expect(output).not.toContain('这是机器人的缺陷');
  });

  it('does without the permission for that, and says so when it is asked for', async () => {
    const { settings } = stage.sandbox;
    const { tenantScopes } = settings;
    settings.tenantScopes = tenantScopes.filter((scope) => scope !== 'cardkit:card:write');
    const { codes, text } = await found({}, ['--cards']);
    settings.tenantScopes = tenantScopes;
    expect(codes).toEqual({
      scopes: 'warning missing_optional_scope',
      'long-connection': 'skipped not_needed',
      cards: 'failed missing_scope',
    });
    expect(text).toContain('No card was judged: that needs the optional permission cardkit:card:write');
  });

  it('names every fault of a configuration, and what it then could not look at', async () => {
    const { codes, text } = await found({ HELPDESK_TOKEN: '', PORT: 'x', TOKEN_ENCRYPTION_KEYS: 'short' });
    expect(codes).toEqual({
      configuration: 'failed config_invalid',
      helpdesk: 'skipped needs',
      'long-connection': 'skipped not_needed',
      port: 'skipped needs',
      grants: 'skipped needs',
    });
    for (const name of ['HELPDESK_TOKEN', 'PORT', 'TOKEN_ENCRYPTION_KEYS']) expect(text).toContain(`${name}: `);
  });

  it('reads a file as the bot does, and says when the named one is not there', async () => {
    const cwd = await folder();
    const [none, named] = await Promise.all([
      run('doctor', { cwd }),
      run('doctor', { cwd, args: ['--dotenv', 'nowhere.env'] }),
    ]);
    expect(none).toMatchObject({ code: 1 });
    expect(none.output).toContain('FEISHU_APP_ID: is missing');
    expect(named).toEqual({ code: 1, output: 'nowhere.env cannot be read. Correct --dotenv, or run npm run setup.\n' });
  });

  it('and the start of the bot say the same of the same trouble, in Chinese as well', async () => {
    const env = environment({
      LANG: 'zh_CN.UTF-8',
      PORT: String(await unusedPort()),
      DATABASE_URL: 'postgres://x@127.0.0.1:1/x',
    });
    const bot = spawnBot(env);
    const [doctor] = await Promise.all([run('doctor', { env }), bot.exited]);
    const said = '数据库不能用：connect ECONNREFUSED 127.0.0.1:1。';
    expect(doctor.output).toContain(said);
    expect(bot.output()).toContain(said);
  });

  it('opens the long connection where that is how events come, beside that of the bot', async () => {
    const websocket = await startStage({ transport: 'websocket' });
    const env = {
      ...environmentFor(websocket.sandbox, websocket.bot.port, 'websocket'),
      DATABASE_URL: websocket.databaseUrl,
    };
    try {
      const { app } = websocket.sandbox;
      [app.events.mode, app.callbacks.mode] = ['websocket', 'websocket'];
      const [english, chinese] = await Promise.all([
        run('doctor', { env }),
        run('doctor', { env: { ...env, LANG: 'zh_CN.UTF-8' } }),
      ]);
      expect(english.output).toContain('✓ Long connection: It opens, and Feishu answers on it.');
      expect(chinese.output).toContain('✓ 长连接：可以打开，飞书有回应。');
      await until(() => websocket.sandbox.longConnections.count() === 1);
      expect(websocket.bot.logs()).not.toContain('was lost');
      const json = { code: 1000040351, msg: 'Incorrect domain name' };
      const route = '/callback/ws/endpoint';
      websocket.sandbox.faults.add({ route, kind: { type: 'status', status: 200, body: json } });
      const refused = await run('doctor', { env });
      expect(refused.code).toBe(1);
      expect(refused.output).toContain(
        `✗ Long connection: The app belongs to another cloud than ${websocket.sandbox.url}. (code 1000040351`,
      );
      expect(refused.output).toContain('Set FEISHU_BASE_URL=https://open.larksuite.com and FEISHU_ACCOUNTS_URL=');
    } finally {
      await websocket.close();
    }
  });

  it('ends quietly when nobody reads on', async () => {
    const piped = `'${process.execPath}' '${built('doctor')}' --lang en | head -n 1`;
    const { stdout, stderr } = await execFile('sh', ['-c', piped], { cwd: tmpdir(), env: { PATH: process.env.PATH } });
    expect(stdout).toMatch(/^✗ Configuration: \d+ variables are wrong:\n$/);
    expect(stderr).toBe('');
  });
});

import { describe, expect, it } from '@jest/globals';
import { ConfigError, type Environment, readConfig, wantsSandbox } from '../../src/config/config.ts';

const key = (byte: number): string => Buffer.alloc(32, byte).toString('base64');

/** All that has to be set, and nothing else. */
const REQUIRED = {
  FEISHU_APP_ID: 'cli_a1b2c3d4e5f60718',
  FEISHU_APP_SECRET: 'app-secret-0123456789',
  FEISHU_VERIFICATION_TOKEN: 'verification-token-01',
  HELPDESK_ID: '6921414830133452820',
  HELPDESK_TOKEN: 'ht-aae0fb91-2fd7-d64e-75f5-dc2e4c4c2a5c',
  TOKEN_ENCRYPTION_KEYS: key(1),
};

/** Each variable with values that must not pass. */
const BAD: Record<string, string[]> = {
  FEISHU_APP_ID: ['a1b2c3d4e5f60718', 'cli_', 'cli_a b', 'cli_a/../b'],
  FEISHU_APP_SECRET: ['two words', 'Schlüssel', 'line\nbreak'],
  FEISHU_VERIFICATION_TOKEN: ['two words', '口令'],
  FEISHU_BASE_URL: ['open.feishu.cn', 'ftp://open.feishu.cn', 'http://open.feishu.cn', 'https://'],
  FEISHU_ACCOUNTS_URL: ['accounts.feishu.cn', 'http://accounts.feishu.cn', 'http://127.0.0.1.example.com'],
  FEISHU_TRANSPORT: ['carrier-pigeon', 'WEBHOOK'],
  HELPDESK_ID: ['69214 14830', '6921/1', 'ид'],
  HELPDESK_TOKEN: ['ht two', 'ht-令'],
  PUBLIC_URL: [
    'bot.example.com',
    'http://bot.example.com',
    'http://localhost.example.com',
    'https://user@bot.example.com',
    'https://:word@bot.example.com',
    'https://bot.example.com/?a=b',
    'https://bot.example.com/?',
    'https://bot.example.com/#top',
    'https://bot.example.com/#',
  ],
  LOGIN_FLOW: ['password', 'DEVICE'],
  PORT: ['-1', '65536', '80.5', '0x50', '1e3', 'http', '8 0', '9999999999999999999999'],
  METRICS_PORT: ['-1', '65536', 'on'],
  DRAIN_SECONDS: ['-1', '61', '5s'],
  DATABASE_URL: ['mysql://root@host/db', 'file:', '/data/bot.db', 'postgres://', 'see postgres://host/db'],
  TOKEN_ENCRYPTION_KEYS: [
    'short',
    ',',
    Buffer.alloc(31, 7).toString('base64'),
    Buffer.alloc(33, 7).toString('base64'),
    `${key(1)},short`,
    `${key(1)} ${key(2)}`,
    '7'.repeat(32),
    '!'.repeat(43),
  ],
  CHANGE_TTL_SECONDS: ['0', '-5', '86401', '10m', '1.5'],
  ALLOWED_CHAT_IDS: [',', 'oc_1;oc_2', 'oc_1,oc 2', 'oc_1,../..'],
  ALLOWED_OPEN_IDS: [', ,', 'ou_1 ou_2', 'ou_1,@Tom', 'tom@example.com'],
  LOG_LEVEL: ['verbose', 'INFO', 'silent'],
};

function refusal(env: Environment): ConfigError {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('The configuration was accepted.');
}

const occurrences = (text: string, part: string): number => text.split(part).length - 1;
const linesAbout = (error: ConfigError, variable: string): number => occurrences(error.message, `\n  ${variable}: `);

describe('readConfig', () => {
  it('fills in the defaults', () => {
    expect(readConfig(REQUIRED)).toEqual({
      feishu: {
        appId: 'cli_a1b2c3d4e5f60718',
        appSecret: 'app-secret-0123456789',
        baseUrl: 'https://open.feishu.cn',
        accountsUrl: 'https://accounts.feishu.cn',
      },
      events: { transport: 'webhook', verificationToken: 'verification-token-01', encryptKey: undefined },
      desk: { id: '6921414830133452820', token: 'ht-aae0fb91-2fd7-d64e-75f5-dc2e4c4c2a5c' },
      login: { flow: 'device' },
      publicUrl: undefined,
      listen: { host: '0.0.0.0', port: 3000 },
      metricsPort: undefined,
      drainMs: 0,
      databaseUrl: 'file:./data/skillbot.db',
      tokenKeys: [new Uint8Array(32).fill(1)],
      changeTtlMs: 600_000,
      retention: { inboxMs: 30 * 86_400_000, historyMs: 730 * 86_400_000 },
      allowed: { chats: undefined, people: undefined },
      logLevel: 'info',
    });
  });

  it('takes every variable that is set', () => {
    const config = readConfig({
      ...REQUIRED,
      FEISHU_ENCRYPT_KEY: 'encrypt key',
      FEISHU_BASE_URL: 'https://open.larksuite.com',
      FEISHU_ACCOUNTS_URL: 'https://accounts.larksuite.com',
      FEISHU_TRANSPORT: 'webhook',
      LOGIN_FLOW: 'redirect',
      PUBLIC_URL: 'https://bot.example.com',
      HOST: '::1',
      PORT: '0',
      METRICS_PORT: '9464',
      DRAIN_SECONDS: '5',
      DATABASE_URL: 'postgres://bot:word@db:5432/bot',
      CHANGE_TTL_SECONDS: '86400',
      LOG_LEVEL: 'debug',
    });
    expect(config).toMatchObject({
      feishu: { baseUrl: 'https://open.larksuite.com', accountsUrl: 'https://accounts.larksuite.com' },
      events: { transport: 'webhook', encryptKey: 'encrypt key' },
      login: { flow: 'redirect', publicUrl: 'https://bot.example.com' },
      listen: { host: '::1', port: 0 },
      metricsPort: 9464,
      drainMs: 5_000,
      databaseUrl: 'postgres://bot:word@db:5432/bot',
      changeTtlMs: 86_400_000,
      logLevel: 'debug',
    });
  });

  it('takes the long connection, which needs no verification token', () => {
    const { FEISHU_VERIFICATION_TOKEN, ...others } = REQUIRED;
    const config = readConfig({ ...others, FEISHU_TRANSPORT: 'websocket', FEISHU_ENCRYPT_KEY: 'left over' });
    expect(config.events).toEqual({ transport: 'websocket' });
  });

  it('refuses an app that the SDK would not connect, and only with the long connection', () => {
    const env = { ...REQUIRED, FEISHU_APP_ID: 'cli_a1b2c3d4e5f6071' };
    expect(readConfig(env).feishu.appId).toBe('cli_a1b2c3d4e5f6071');
    for (const FEISHU_APP_ID of ['cli_a1b2c3d4e5f6071', 'cli_a1b2c3d4e5f60718a', 'cli_g1b2c3d4e5f60718']) {
      expect(refusal({ ...env, FEISHU_APP_ID, FEISHU_TRANSPORT: 'websocket' }).faults).toEqual([
        {
          variable: 'FEISHU_APP_ID',
          problem: 'is not cli_ and 16 hexadecimal digits',
          remedy: expect.stringContaining('Copy the App ID'),
        },
      ]);
    }
  });

  it('takes a blank value for none, and no notice of the space around one', () => {
    const config = readConfig({ ...REQUIRED, HELPDESK_ID: ' 42\n', PORT: '  ', FEISHU_ENCRYPT_KEY: '', HOST: '' });
    expect(config).toMatchObject({
      desk: { id: '42' },
      listen: { host: '0.0.0.0', port: 3000 },
      events: { encryptKey: undefined },
    });
    expect(refusal({ ...REQUIRED, HELPDESK_TOKEN: '   ' }).message).toContain('HELPDESK_TOKEN: is missing');
  });

  it('keeps ids and tokens the texts that they are', () => {
    expect(readConfig({ ...REQUIRED, HELPDESK_ID: '007', HELPDESK_TOKEN: '1e3' }).desk).toEqual({
      id: '007',
      token: '1e3',
    });
  });

  describe('refuses', () => {
    it.each(Object.keys(REQUIRED))('a missing %s, with its remedy', (variable) => {
      const error = refusal({ ...REQUIRED, [variable]: undefined });
      expect(error.faults).toEqual([{ variable, problem: 'is missing', remedy: expect.stringMatching(/^\w.{15,}/) }]);
      expect(linesAbout(error, variable)).toBe(1);
      expect(error.message).toContain(error.faults[0]?.remedy);
    });

    const cases = Object.entries(BAD).flatMap(([variable, values]) =>
      values.map((value) => [variable, value] as const),
    );
    it.each(cases)('%s=%j, with its remedy', (variable, value) => {
      const error = refusal({ ...REQUIRED, [variable]: value });
      expect(error.faults).toEqual([
        {
          variable,
          problem: expect.stringMatching(/^(is|has|does) /),
          remedy: expect.stringMatching(/^[A-Z].{8,}/),
        },
      ]);
      expect(error.faults[0]?.problem).not.toBe('is missing');
      expect(linesAbout(error, variable)).toBe(1);
    });

    it('everything that is missing in one message', () => {
      const error = refusal({});
      expect(error.faults.map(({ variable }) => variable).sort()).toEqual(Object.keys(REQUIRED).sort());
      expect(error.message).toMatch(/^The configuration has 6 faults:\n/);
      for (const variable of Object.keys(REQUIRED)) expect(linesAbout(error, variable)).toBe(1);
    });

    it('everything that is wrong in one message, each variable once', () => {
      const wrong = Object.fromEntries(Object.entries(BAD).map(([variable, values]) => [variable, values[0]]));
      const error = refusal(wrong);
      expect(error.faults.map(({ variable }) => variable).sort()).toEqual(Object.keys(BAD).sort());
      for (const variable of Object.keys(BAD)) expect(linesAbout(error, variable)).toBe(1);
    });

    it('one fault in the singular, and under a stable code', () => {
      const error = refusal({ ...REQUIRED, PORT: 'http' });
      expect(error.message).toBe(
        'The configuration has 1 fault:\n  PORT: is not a whole number. Set a port from 0 to 65535, such as 3000',
      );
      expect(error).toMatchObject({ code: 'config_invalid', name: 'ConfigError' });
    });
  });

  it('never repeats a secret, right or wrong', () => {
    const secrets = {
      FEISHU_APP_SECRET: 'wrong app-secret-A',
      FEISHU_VERIFICATION_TOKEN: 'wrong token-B',
      FEISHU_ENCRYPT_KEY: 'fine-key-C',
      HELPDESK_TOKEN: 'wrong ht-D',
      TOKEN_ENCRYPTION_KEYS: `${key(2)},wrong-key-E`,
      DATABASE_URL: 'mysql://bot:pass-F@host/db',
      PUBLIC_URL: 'https://admin:pass-G@bot.example.com',
    };
    const shown = (error: ConfigError) => `${error.message} ${error.stack} ${JSON.stringify(error)}`;
    const text = shown(refusal({ ...REQUIRED, ...secrets })) + shown(refusal({ ...REQUIRED, PORT: 'http' }));
    const parts = ['secret-A', 'token-B', 'key-C', 'ht-D', 'key-E', key(2), 'pass-F', 'pass-G'];
    for (const part of [...parts, ...Object.values(REQUIRED).slice(1)]) expect(text).not.toContain(part);
  });

  describe('addresses', () => {
    const names = ['FEISHU_BASE_URL', 'FEISHU_ACCOUNTS_URL', 'PUBLIC_URL'] as const;
    const loopback = ['http://localhost:8080', 'http://127.0.0.1:3000', 'http://127.9.8.7', 'http://[::1]:3000'];
    it.each(names.flatMap((name) => loopback.map((url) => [name, url] as const)))('%s may be %s', (name, url) => {
      const { feishu, login } = readConfig({ ...REQUIRED, [name]: url });
      const set = { FEISHU_BASE_URL: feishu.baseUrl, FEISHU_ACCOUNTS_URL: feishu.accountsUrl, PUBLIC_URL: login };
      expect(set[name]).toEqual(name === 'PUBLIC_URL' ? { flow: 'redirect', publicUrl: url } : url);
    });

    const elsewhere = [
      'http://bot.example.com',
      'http://10.0.0.1',
      'http://0.0.0.0:3000',
      'http://128.0.0.1',
      'http://127.0.0.1.nip.io',
      'http://localhost.example.com',
      'http://localhost@example.com',
      'http://[::2]',
    ];
    it.each(names.flatMap((name) => elsewhere.map((url) => [name, url] as const)))('%s may not be %s', (name, url) => {
      expect(refusal({ ...REQUIRED, [name]: url }).faults).toMatchObject([{ variable: name }]);
    });

    it('lose the slash at their end and keep a path', () => {
      for (const [given, publicUrl] of [
        ['https://example.com/bot//', 'https://example.com/bot'],
        ['https://Example.com/', 'https://example.com'],
      ]) {
        expect(readConfig({ ...REQUIRED, PUBLIC_URL: given }).login).toEqual({ flow: 'redirect', publicUrl });
      }
    });
  });

  describe('the login', () => {
    const PUBLIC_URL = 'https://bot.example.com';
    const redirect = { flow: 'redirect', publicUrl: PUBLIC_URL };

    it.each([
      ['neither variable', {}, { flow: 'device' }],
      ['an address', { PUBLIC_URL }, redirect],
      ['an address and the flow that needs it', { PUBLIC_URL, LOGIN_FLOW: 'redirect' }, redirect],
      ['an address and the flow that does not', { PUBLIC_URL, LOGIN_FLOW: 'device' }, { flow: 'device' }],
      ['the flow that needs no address', { LOGIN_FLOW: 'device' }, { flow: 'device' }],
    ])('follows from %s', (_what, variables, login) => {
      expect(readConfig({ ...REQUIRED, ...variables }).login).toEqual(login);
    });

    it.each([undefined, ' '])('by redirect is a fault without an address (%j), beside all others', (address) => {
      const error = refusal({ LOGIN_FLOW: 'redirect', PUBLIC_URL: address });
      expect(error.faults.map(({ variable }) => variable)).toEqual(
        expect.arrayContaining([...Object.keys(REQUIRED), 'PUBLIC_URL']),
      );
      expect(error.message).toContain('PUBLIC_URL: is missing');
      expect(error.message).toContain('LOGIN_FLOW=device');
    });
  });

  describe('lists', () => {
    it('hold all encryption keys in their order, in either alphabet, padded or not', () => {
      const urlSafe = Buffer.alloc(32, 0xff).toString('base64url');
      const { tokenKeys } = readConfig({ ...REQUIRED, TOKEN_ENCRYPTION_KEYS: ` ${key(1)} , ${urlSafe},${key(3)},` });
      expect(tokenKeys.map((bytes) => [bytes.length, bytes[0]])).toEqual([
        [32, 1],
        [32, 0xff],
        [32, 3],
      ]);
    });

    it('hold the allowed chats and people', () => {
      const { allowed } = readConfig({ ...REQUIRED, ALLOWED_CHAT_IDS: 'oc_1', ALLOWED_OPEN_IDS: ' ou_1, ou_2,ou_1,' });
      expect(allowed).toEqual({ chats: new Set(['oc_1']), people: new Set(['ou_1', 'ou_2']) });
    });

    it('that name nobody are a fault, never a permission for everybody', () => {
      expect(refusal({ ...REQUIRED, ALLOWED_CHAT_IDS: ',', ALLOWED_OPEN_IDS: ' , ' }).faults).toMatchObject([
        { variable: 'ALLOWED_CHAT_IDS', problem: 'is empty' },
        { variable: 'ALLOWED_OPEN_IDS', problem: 'is empty' },
      ]);
    });
  });
});

describe('wantsSandbox', () => {
  it.each([
    [true, {}],
    [true, { FEISHU_APP_ID: '  ' }],
    [true, { NODE_ENV: 'development' }],
    [false, { FEISHU_APP_ID: 'cli_1' }],
    [false, { FEISHU_APP_ID: 'wrong' }],
    [false, { NODE_ENV: 'production' }],
    [false, { NODE_ENV: 'production', FEISHU_APP_ID: 'cli_1' }],
  ])('is %s for %j', (wanted, env) => {
    expect(wantsSandbox(env)).toBe(wanted);
  });
});

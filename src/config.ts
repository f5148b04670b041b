import { z } from 'zod';
import { ChatId, OpenId } from './skills/ids.ts';

/** Everything the process is told from outside, checked. Made once, by `main.ts`. */
export interface Config {
  feishu: { appId: string; appSecret: string; baseUrl: string; accountsUrl: string };
  events: { transport: 'webhook'; verificationToken: string; encryptKey: string | undefined };
  desk: { id: string; token: string };
  login: { flow: 'redirect'; publicUrl: string };
  listen: { host: string; port: number };
  databaseUrl: string;
  /** 32-byte keys; the first encrypts, all decrypt. */
  tokenKeys: Uint8Array[];
  changeTtlMs: number;
  /** How long finished deliveries and ended changes are kept, in milliseconds. */
  retention: { inboxMs: number; historyMs: number };
  allowed: { chats: ReadonlySet<ChatId> | undefined; people: ReadonlySet<OpenId> | undefined };
  logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';
}

/** One faulty variable: its name, what is wrong, and how to get a right value. */
export interface ConfigFault {
  variable: string;
  problem: string;
  remedy: string;
}

/** The environment does not describe a bot that can run; the message names every faulty variable. */
export class ConfigError extends Error {
  readonly code = 'config_invalid';
  readonly faults: readonly ConfigFault[];

  constructor(faults: readonly ConfigFault[]) {
    const lines = faults.map((fault) => `  ${fault.variable}: ${fault.problem}. ${fault.remedy}`);
    super(`The configuration has ${faults.length} fault${faults.length === 1 ? '' : 's'}:\n${lines.join('\n')}`);
    this.name = 'ConfigError';
    this.faults = faults;
  }
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** Whether the process should run against the sandbox: no app is configured, and it is not production. */
export const wantsSandbox = (env: Environment): boolean =>
  blankToUndefined(env.FEISHU_APP_ID) === undefined && env.NODE_ENV !== 'production';

const REMEDIES: Record<string, string> = {
  FEISHU_APP_ID: 'Copy the App ID (cli_…) from "Credentials & Basic Info" of your app in the developer console',
  FEISHU_APP_SECRET: 'Copy the App Secret from "Credentials & Basic Info" of your app in the developer console',
  FEISHU_VERIFICATION_TOKEN: 'Copy the Verification Token from "Events & Callbacks", "Encryption Strategy"',
  FEISHU_ENCRYPT_KEY: 'Copy the Encrypt Key from "Events & Callbacks", "Encryption Strategy", or leave it unset',
  FEISHU_BASE_URL: 'Use https://open.feishu.cn, or https://open.larksuite.com for Lark; http: only for loopback hosts',
  FEISHU_ACCOUNTS_URL:
    'Use https://accounts.feishu.cn, or https://accounts.larksuite.com for Lark; http: only for loopback hosts',
  FEISHU_TRANSPORT: 'Use webhook',
  HELPDESK_ID: 'The owner of the helpdesk finds it in the helpdesk settings under "API"',
  HELPDESK_TOKEN: 'The owner of the helpdesk finds it (ht-…) in the helpdesk settings under "API"',
  PUBLIC_URL: 'Set the address at which browsers reach this server, such as https://skillbot.example.com',
  LOGIN_FLOW: 'Use redirect',
  HOST: 'Set the address to listen on, such as 0.0.0.0',
  PORT: 'Set a port from 0 to 65535, such as 3000',
  DATABASE_URL: 'Use file:./data/skillbot.db or postgres://user:password@host:5432/database',
  TOKEN_ENCRYPTION_KEYS: 'Make a key with: openssl rand -base64 32',
  CHANGE_TTL_SECONDS: 'Set a number of seconds from 1 to 86400, such as 600',
  INBOX_RETENTION_DAYS: 'Set a number of days from 2 to 365, such as 30',
  HISTORY_RETENTION_DAYS: 'Set a number of days from 1 to 36500, such as 730',
  ALLOWED_CHAT_IDS: 'List chat ids (oc_…) separated by commas, or leave it unset',
  ALLOWED_OPEN_IDS: 'List open ids (ou_…) separated by commas, or leave it unset',
  LOG_LEVEL: 'Use trace, debug, info, warn, error or fatal',
};

const DAY_MS = 24 * 3_600_000;

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

const webAddress = z.string().transform((text, context) => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const plain = url?.protocol === 'http:' && LOOPBACK.test(url.hostname);
  if (!url || (url.protocol !== 'https:' && !plain) || url.username || url.password || /[?#]/.test(url.href)) {
    context.addIssue({ code: 'custom', message: 'is not an https: address' });
    return z.NEVER;
  }
  return url.href.replace(/\/+$/, '');
});

const integer = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, 'is not a whole number')
    .transform(Number)
    .pipe(z.number().min(min, `is below ${min}`).max(max, `is above ${max}`));

const commaSeparated = z.string().transform((text) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== ''),
);

const idList = <T extends z.ZodType<string, string>>(id: T) =>
  commaSeparated
    .refine((ids) => ids.length > 0, 'is empty')
    .refine((ids) => ids.every((text) => id.safeParse(text).success), 'has an entry that is not an id')
    .pipe(z.array(id));

const encryptionKeys = commaSeparated.transform((parts, context) => {
  const keys = parts.map((part) => new Uint8Array(Buffer.from(part, 'base64')));
  const good =
    parts.length > 0 && parts.every((part, at) => /^[A-Za-z0-9+/_-]+={0,2}$/.test(part) && keys[at]?.length === 32);
  if (!good) {
    context.addIssue({ code: 'custom', message: 'has a key that is not 32 bytes in base64' });
    return z.NEVER;
  }
  return keys;
});

const databaseUrl = z
  .string()
  .refine((text) => /^file:.+/.test(text) || /^postgres(ql)?:\/\/.+/.test(text), 'is neither file: nor postgres:');

const keyOrToken = z.string().regex(/^[\x21-\x7e]+$/, 'has characters that cannot be in it');

const Variables = z.object({
  FEISHU_APP_ID: z.string().regex(/^cli_[A-Za-z0-9]+$/, 'does not look like an App ID'),
  FEISHU_APP_SECRET: keyOrToken,
  FEISHU_VERIFICATION_TOKEN: keyOrToken,
  FEISHU_ENCRYPT_KEY: z.string().optional(),
  FEISHU_BASE_URL: webAddress.default('https://open.feishu.cn'),
  FEISHU_ACCOUNTS_URL: webAddress.default('https://accounts.feishu.cn'),
  FEISHU_TRANSPORT: z.enum(['webhook'], 'is not a transport this version knows').default('webhook'),
  HELPDESK_ID: z.string().regex(/^[A-Za-z0-9_-]+$/, 'does not look like a helpdesk id'),
  HELPDESK_TOKEN: keyOrToken,
  PUBLIC_URL: webAddress,
  LOGIN_FLOW: z.enum(['redirect'], 'is not a login flow this version knows').default('redirect'),
  HOST: z.string().default('0.0.0.0'),
  PORT: integer(0, 65_535).default(3000),
  DATABASE_URL: databaseUrl.default('file:./data/skillbot.db'),
  TOKEN_ENCRYPTION_KEYS: encryptionKeys,
  CHANGE_TTL_SECONDS: integer(1, 86_400).default(600),
  INBOX_RETENTION_DAYS: integer(2, 365).default(30),
  HISTORY_RETENTION_DAYS: integer(1, 36_500).default(730),
  ALLOWED_CHAT_IDS: idList(ChatId).optional(),
  ALLOWED_OPEN_IDS: idList(OpenId).optional(),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal'], 'is not a level').default('info'),
});

const blankToUndefined = (value: string | undefined): string | undefined => {
  const trimmed = value?.trim();
  return trimmed === '' ? undefined : trimmed;
};

/** Reads the configuration from environment variables. Throws {@link ConfigError} naming every faulty one. */
export function readConfig(env: Environment): Config {
  const present = Object.fromEntries(Object.keys(Variables.shape).map((name) => [name, blankToUndefined(env[name])]));
  const result = Variables.safeParse(present);
  if (!result.success) throw new ConfigError(faultsOf(result.error, present));
  return toConfig(result.data);
}

function faultsOf(error: z.ZodError, present: Environment): ConfigFault[] {
  const faults = new Map<string, ConfigFault>();
  for (const issue of error.issues) {
    const variable = String(issue.path[0]);
    const problem = present[variable] === undefined ? 'is missing' : issue.message;
    if (!faults.has(variable)) faults.set(variable, { variable, problem, remedy: REMEDIES[variable] ?? '' });
  }
  return [...faults.values()];
}

function toConfig(variables: z.infer<typeof Variables>): Config {
  return {
    feishu: {
      appId: variables.FEISHU_APP_ID,
      appSecret: variables.FEISHU_APP_SECRET,
      baseUrl: variables.FEISHU_BASE_URL,
      accountsUrl: variables.FEISHU_ACCOUNTS_URL,
    },
    events: {
      transport: variables.FEISHU_TRANSPORT,
      verificationToken: variables.FEISHU_VERIFICATION_TOKEN,
      encryptKey: variables.FEISHU_ENCRYPT_KEY,
    },
    desk: { id: variables.HELPDESK_ID, token: variables.HELPDESK_TOKEN },
    login: { flow: variables.LOGIN_FLOW, publicUrl: variables.PUBLIC_URL },
    listen: { host: variables.HOST, port: variables.PORT },
    databaseUrl: variables.DATABASE_URL,
    tokenKeys: variables.TOKEN_ENCRYPTION_KEYS,
    changeTtlMs: variables.CHANGE_TTL_SECONDS * 1000,
    retention: {
      inboxMs: variables.INBOX_RETENTION_DAYS * DAY_MS,
      historyMs: variables.HISTORY_RETENTION_DAYS * DAY_MS,
    },
    allowed: {
      chats: variables.ALLOWED_CHAT_IDS && new Set(variables.ALLOWED_CHAT_IDS),
      people: variables.ALLOWED_OPEN_IDS && new Set(variables.ALLOWED_OPEN_IDS),
    },
    logLevel: variables.LOG_LEVEL,
  };
}

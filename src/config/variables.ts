import { z } from 'zod';
import { ChatId, OpenId } from '../domain/ids.ts';
import { databaseUrl, encryptionKeys, idList, integer, keyOrToken, webAddress } from './values.ts';

/** Where the database is when nobody says otherwise. */
export const DEFAULT_DATABASE_URL = 'file:./data/skillbot.db';

/** What a right value of each variable looks like, whatever the others are. */
export const EachVariable = z.object({
  FEISHU_APP_ID: z.string().regex(/^cli_[A-Za-z0-9]+$/, 'does not look like an App ID'),
  FEISHU_APP_SECRET: keyOrToken,
  FEISHU_VERIFICATION_TOKEN: keyOrToken.optional(),
  FEISHU_ENCRYPT_KEY: z.string().optional(),
  FEISHU_BASE_URL: webAddress.default('https://open.feishu.cn'),
  FEISHU_ACCOUNTS_URL: webAddress.default('https://accounts.feishu.cn'),
  FEISHU_TRANSPORT: z.enum(['webhook', 'websocket'], 'is no transport').default('webhook'),
  HELPDESK_ID: z.string().regex(/^[A-Za-z0-9_-]+$/, 'does not look like a helpdesk id'),
  HELPDESK_TOKEN: keyOrToken,
  PUBLIC_URL: webAddress.optional(),
  LOGIN_FLOW: z.enum(['redirect', 'device'], 'is no login flow'),
  HOST: z.string().default('0.0.0.0'),
  PORT: integer(0, 65_535).default(3000),
  METRICS_PORT: integer(0, 65_535).optional(),
  DRAIN_SECONDS: integer(0, 60).default(0),
  DATABASE_URL: databaseUrl.default(DEFAULT_DATABASE_URL),
  TOKEN_ENCRYPTION_KEYS: encryptionKeys,
  CHANGE_TTL_SECONDS: integer(1, 86_400).default(600),
  INBOX_RETENTION_DAYS: integer(2, 365).default(30),
  HISTORY_RETENTION_DAYS: integer(1, 36_500).default(730),
  ALLOWED_CHAT_IDS: idList(ChatId).optional(),
  ALLOWED_OPEN_IDS: idList(OpenId).optional(),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal'], 'is not a level').default('info'),
});

/** The name of a variable. */
export type Variable = keyof typeof EachVariable.shape;

/** What a transport asks for. */
const OfTransport = z.discriminatedUnion('FEISHU_TRANSPORT', [
  z.object({
    FEISHU_TRANSPORT: z.literal('webhook').optional().default('webhook'),
    FEISHU_VERIFICATION_TOKEN: z.string(),
  }),
  z.object({
    FEISHU_TRANSPORT: z.literal('websocket'),
    // The SDK connects no other app, and says nothing about it.
    FEISHU_APP_ID: z.string().regex(/^cli_[0-9a-fA-F]{16}$/, 'is not cli_ and 16 hexadecimal digits'),
  }),
]);

/** What a login flow asks for. */
const OfLogin = z.discriminatedUnion('LOGIN_FLOW', [
  z.object({ LOGIN_FLOW: z.literal('redirect'), PUBLIC_URL: webAddress }),
  z.object({ LOGIN_FLOW: z.literal('device') }),
]);

/** All variables together, as `readConfig` takes them: with a login flow. */
export const Variables = EachVariable.and(OfTransport).and(OfLogin);

/** How to get a right value of each variable. */
export const REMEDIES: Readonly<Record<Variable, string>> = {
  FEISHU_APP_ID: 'Copy the App ID (cli_…) from "Credentials & Basic Info" of your app in the developer console',
  FEISHU_APP_SECRET: 'Copy the App Secret from "Credentials & Basic Info" of your app in the developer console',
  FEISHU_VERIFICATION_TOKEN:
    'Copy the Verification Token from "Events & Callbacks", "Encryption Strategy"; FEISHU_TRANSPORT=websocket needs none',
  FEISHU_ENCRYPT_KEY: 'Copy the Encrypt Key from "Events & Callbacks", "Encryption Strategy", or leave it unset',
  FEISHU_BASE_URL: 'Use https://open.feishu.cn, or https://open.larksuite.com for Lark; http: only for loopback hosts',
  FEISHU_ACCOUNTS_URL:
    'Use https://accounts.feishu.cn, or https://accounts.larksuite.com for Lark; http: only for loopback hosts',
  FEISHU_TRANSPORT: 'Use webhook, or websocket for a long connection that needs no public address',
  HELPDESK_ID: 'The owner of the helpdesk finds it in the helpdesk settings under "API"',
  HELPDESK_TOKEN: 'The owner of the helpdesk finds it (ht-…) in the helpdesk settings under "API"',
  PUBLIC_URL:
    'Set the address at which browsers reach this server, such as https://skillbot.example.com, or use LOGIN_FLOW=device',
  LOGIN_FLOW: 'Use redirect, or device when browsers cannot reach this server',
  HOST: 'Set the address to listen on, such as 0.0.0.0',
  PORT: 'Set a port from 0 to 65535, such as 3000',
  METRICS_PORT: 'Set a port from 0 to 65535, such as 9464, or leave it unset',
  DRAIN_SECONDS: 'Set a number of seconds from 0 to 60, such as 5',
  DATABASE_URL: 'Use file:./data/skillbot.db or postgres://user:password@host:5432/database',
  TOKEN_ENCRYPTION_KEYS: 'Make a key with: openssl rand -base64 32',
  CHANGE_TTL_SECONDS: 'Set a number of seconds from 1 to 86400, such as 600',
  INBOX_RETENTION_DAYS: 'Set a number of days from 2 to 365, such as 30',
  HISTORY_RETENTION_DAYS: 'Set a number of days from 1 to 36500, such as 730',
  ALLOWED_CHAT_IDS: 'List chat ids (oc_…) separated by commas, or leave it unset',
  ALLOWED_OPEN_IDS: 'List open ids (ou_…) separated by commas, or leave it unset',
  LOG_LEVEL: 'Use trace, debug, info, warn, error or fatal',
};

import type { z } from 'zod';
import type { ChatId, OpenId } from '../domain/ids.ts';
import { DAY_MS } from '../lib/durations.ts';
import { EachVariable, REMEDIES, type Variable, Variables } from './variables.ts';

/** All settings that come from outside, checked. `main.ts` reads them once. */
export interface Config {
  feishu: { appId: string; appSecret: string; baseUrl: string; accountsUrl: string };
  events: EventsConfig;
  desk: { id: string; token: string };
  login: LoginConfig;
  /** Where Feishu and browsers reach this server, if they do. */
  publicUrl: string | undefined;
  listen: { host: string; port: number };
  /** Where metrics server listening; undefined when nobody wants them. */
  metricsPort: number | undefined;
  /** How long a stop waits for balancers to see that the bot is not ready any more. */
  drainMs: number;
  databaseUrl: string;
  /** 32-byte keys; the first encrypts, all decrypt. */
  tokenKeys: Uint8Array[];
  changeTtlMs: number;
  /** How long finished deliveries and ended changes are kept, in milliseconds. */
  retention: { inboxMs: number; historyMs: number };
  allowed: { chats: ReadonlySet<ChatId> | undefined; people: ReadonlySet<OpenId> | undefined };
  logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';
}

/** How events and card callbacks come. */
export type EventsConfig =
  | { transport: 'webhook'; verificationToken: string; encryptKey: string | undefined }
  | { transport: 'websocket' };

/** How people authorise the bot: on a page that leads back to this server, or on one that does not. */
export type LoginConfig = { flow: 'redirect'; publicUrl: string } | { flow: 'device' };

/** One faulty variable: its name, what is wrong, and how to get a right value. */
export interface ConfigFault {
  variable: Variable;
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

/** Whether the process should run against the local Feishu: no app is configured, and it is not production. */
export const wantsSandbox = (env: Environment): boolean =>
  blankToUndefined(env.FEISHU_APP_ID) === undefined && env.NODE_ENV !== 'production';

/** What a variable says, without the space around it; undefined when it is blank, which counts as unset. */
export const blankToUndefined = (value: string | undefined): string | undefined => {
  const trimmed = value?.trim();
  return trimmed === '' ? undefined : trimmed;
};

/** The name of every variable, in the order in which faults are listed. */
export const VARIABLES: readonly Variable[] = EachVariable.keyof().options;

/** Reads the configuration from environment variables. Throws {@link ConfigError} naming every faulty one. */
export function readConfig(env: Environment): Config {
  const given = Object.fromEntries(VARIABLES.map((name) => [name, blankToUndefined(env[name])]));
  const present = {
    ...given,
    LOGIN_FLOW: given.LOGIN_FLOW ?? (given.PUBLIC_URL === undefined ? 'device' : 'redirect'),
  };
  const result = Variables.safeParse(present);
  if (!result.success) throw new ConfigError(faultsOf(result.error, present));
  return toConfig(result.data);
}

/** Throws {@link ConfigError} when one of these variables is set, and not to what it may be. The others have no say. */
export function checkVariables(env: Environment, variables: readonly Variable[]): void {
  const faults = variables.flatMap((variable) => {
    const value = blankToUndefined(env[variable]);
    const issue = value === undefined ? undefined : EachVariable.shape[variable].safeParse(value).error?.issues[0];
    return issue ? [{ variable, problem: issue.message, remedy: REMEDIES[variable] }] : [];
  });
  if (faults.length > 0) throw new ConfigError(faults);
}

function faultsOf(error: z.ZodError, present: Environment): ConfigFault[] {
  return VARIABLES.flatMap((variable) => {
    const issue = error.issues.find(({ path }) => path[0] === variable);
    if (!issue) return [];
    return [
      { variable, problem: present[variable] === undefined ? 'is missing' : issue.message, remedy: REMEDIES[variable] },
    ];
  });
}

function toConfig(variables: z.infer<typeof Variables>): Config {
  return {
    feishu: {
      appId: variables.FEISHU_APP_ID,
      appSecret: variables.FEISHU_APP_SECRET,
      baseUrl: variables.FEISHU_BASE_URL,
      accountsUrl: variables.FEISHU_ACCOUNTS_URL,
    },
    events: toEvents(variables),
    desk: { id: variables.HELPDESK_ID, token: variables.HELPDESK_TOKEN },
    login: toLogin(variables),
    publicUrl: variables.PUBLIC_URL,
    listen: { host: variables.HOST, port: variables.PORT },
    metricsPort: variables.METRICS_PORT,
    drainMs: variables.DRAIN_SECONDS * 1000,
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

function toEvents(variables: z.infer<typeof Variables>): EventsConfig {
  if (variables.FEISHU_TRANSPORT === 'websocket') return { transport: 'websocket' };
  const { FEISHU_VERIFICATION_TOKEN: verificationToken, FEISHU_ENCRYPT_KEY: encryptKey } = variables;
  return { transport: 'webhook', verificationToken, encryptKey };
}

function toLogin(variables: z.infer<typeof Variables>): LoginConfig {
  if (variables.LOGIN_FLOW === 'device') return { flow: 'device' };
  return { flow: 'redirect', publicUrl: variables.PUBLIC_URL };
}

import { type Config, ConfigError, type ConfigFault, type Environment, readConfig } from '../config/config.ts';
import { type AppChoices, type Manifest, type WantedApp, wantedApp } from '../config/manifest.ts';
import { type Connection, connect } from '../explain/connect.ts';
import type { AppPages } from '../explain/explainFeishu.ts';
import type { ApplicationState } from '../feishu/application.ts';
import type { Clock } from '../lib/clock.ts';
import { createLogger } from '../lib/logger.ts';
import type { Random } from '../lib/random.ts';
import { type FoundDatabase, inspectDatabase } from '../store/inspect.ts';

/** What is examined. */
export interface Subject {
  faults: readonly ConfigFault[];
  /** Faulty variables have a stand-in here; checks that need them do not run. */
  config: Config;
  choices: AppChoices;
  wanted: WantedApp;
  pages: AppPages;
  connection: Connection;
  clock: Clock;
  random: Random;
  /** The app's own configuration, asked for once. Rejects with a FeishuError. */
  application(): Promise<ApplicationState>;
  /** Opened once. Rejects with a DatabaseUnavailable. */
  database(): Promise<FoundDatabase>;
  close(): Promise<void>;
}

export interface SubjectParts {
  env: Environment;
  manifest: Manifest;
  clock: Clock;
  random: Random;
}

/** Undefined `subject`: the configuration is faulty in a way that leaves nothing to examine. */
export function subjectOf(parts: SubjectParts): { faults: readonly ConfigFault[]; subject: Subject | undefined } {
  const { env, manifest, clock, random } = parts;
  const faults = faultsOf(env);
  const usable = { ...env, ...Object.fromEntries(faults.map(({ variable }) => [variable, STAND_INS[variable]])) };
  if (faultsOf(usable).length > 0) return { faults, subject: undefined };
  const config = readConfig(usable);
  const choices = choicesOf(config);
  const connection = connect(config.feishu, clock);
  const application = once(() => connection.application.read());
  const database = once(() => inspectDatabase(config.databaseUrl, createLogger('silent')));
  const subject: Subject = {
    faults,
    config,
    choices,
    connection,
    clock,
    random,
    application,
    database: () => database(),
    wanted: wantedApp(manifest, choices),
    pages: config.feishu,
    async close() {
      connection.http.close();
      const found = await database.ifBegun()?.catch(() => undefined);
      if (found?.kind === 'present') await found.store.close();
    },
  };
  return { faults, subject };
}

function faultsOf(env: Environment): readonly ConfigFault[] {
  try {
    readConfig(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
}

/** Values of the right form in place of faulty ones; a variable with a default gets that. */
const STAND_INS: Environment = {
  FEISHU_APP_ID: 'cli_0',
  FEISHU_APP_SECRET: '-',
  FEISHU_VERIFICATION_TOKEN: '-',
  HELPDESK_ID: '0',
  HELPDESK_TOKEN: '-',
  PUBLIC_URL: 'https://localhost',
  TOKEN_ENCRYPTION_KEYS: Buffer.alloc(32).toString('base64'),
};

const choicesOf = ({ events, login, publicUrl }: Config): AppChoices => ({
  transport: events.transport,
  loginFlow: login.flow,
  publicUrl,
  verificationToken: events.transport === 'webhook' ? events.verificationToken : undefined,
  encryptKey: events.transport === 'webhook' ? events.encryptKey : undefined,
});

/** Does something the first time only. */
function once<T>(work: () => Promise<T>): (() => Promise<T>) & { ifBegun(): Promise<T> | undefined } {
  let begun: Promise<T> | undefined;
  const get = (): Promise<T> => {
    begun ??= work();
    return begun;
  };
  return Object.assign(get, { ifBegun: () => begun });
}

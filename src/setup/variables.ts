import { ConfigError, type Environment, readConfig } from '../config/config.ts';
import { DEFAULT_DATABASE_URL } from '../config/variables.ts';
import { explain } from '../explain/explain.ts';
import type { Ways } from './choices.ts';
import { type SetUpApp, siteVariables } from './obtainApp.ts';
import type { Desk } from './obtainDesk.ts';
import { type DeliverySecrets, vaultKeys } from './secrets.ts';
import type { Session } from './session.ts';

/** What was found out, and goes into the file. */
export interface Found {
  app: SetUpApp | undefined;
  ways: Ways;
  desk: Desk;
  databaseUrl: string;
  /** Undefined without webhooks. */
  secrets: DeliverySecrets | undefined;
}

/** The variables of a bot that was set up like this. */
export function variablesFor(session: Session, found: Found): Record<string, string> {
  const { app, ways, desk, databaseUrl, secrets } = found;
  const port = session.options.given.PORT;
  return {
    ...(app && { FEISHU_APP_ID: app.appId, FEISHU_APP_SECRET: app.appSecret, ...siteVariables(app) }),
    FEISHU_TRANSPORT: ways.transport,
    ...(secrets && {
      FEISHU_VERIFICATION_TOKEN: secrets.verificationToken,
      FEISHU_ENCRYPT_KEY: secrets.encryptKey,
    }),
    HELPDESK_ID: desk.id,
    HELPDESK_TOKEN: desk.token,
    ...(ways.publicUrl !== undefined && { PUBLIC_URL: ways.publicUrl }),
    LOGIN_FLOW: ways.loginFlow,
    ...databaseVariable(session, databaseUrl),
    TOKEN_ENCRYPTION_KEYS: vaultKeys(session),
    ...(port !== undefined && { PORT: port }),
  };
}

/**
 * The default is left out unless the file says something of it: a container and a service have a default of their own,
 * and what the file says counts more than that.
 */
const databaseVariable = ({ file }: Session, databaseUrl: string): { DATABASE_URL?: string } =>
  databaseUrl === DEFAULT_DATABASE_URL && !file.values.DATABASE_URL ? {} : { DATABASE_URL: databaseUrl };

/** Reads what was written as the bot does at its start, and prints its faults. The environment counts more than the file. */
export function isValid({ file, options, print }: Session): boolean {
  const env: Environment = { ...file.values, ...options.given };
  try {
    readConfig(env);
    return true;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    print(explain(error).says);
    return false;
  }
}

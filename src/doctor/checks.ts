import type { Check } from './check.ts';
import { bot } from './checks/bot.ts';
import { clockSkew } from './checks/clockSkew.ts';
import { configuration } from './checks/configuration.ts';
import { credentials } from './checks/credentials.ts';
import { database } from './checks/database.ts';
import { grants } from './checks/grants.ts';
import { helpdesk } from './checks/helpdesk.ts';
import { inbox } from './checks/inbox.ts';
import { login } from './checks/login.ts';
import { longConnection } from './checks/longConnection.ts';
import { port } from './checks/port.ts';
import { publicUrl } from './checks/publicUrl.ts';
import { scopes } from './checks/scopes.ts';
import { subscription } from './checks/subscription.ts';
import { version } from './checks/version.ts';

/** In the order in which they are made and shown; a check comes after those it needs. */
export const CHECKS: readonly Check[] = [
  configuration,
  database,
  credentials,
  bot,
  scopes,
  version,
  helpdesk,
  subscription,
  longConnection,
  login,
  port,
  publicUrl,
  clockSkew,
  grants,
  inbox,
];

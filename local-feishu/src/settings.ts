import type { ClientConfig } from './longConnection/types.ts';
import type { CoreOptions } from './options.ts';
import { TENANT_SCOPES } from './seed.ts';

export interface Settings {
  /** How events and card callbacks go to the bot. */
  pushVia: 'webhook' | 'websocket';
  /** Undefined until `connect`. */
  eventUrl: string | undefined;
  /** Undefined until `connect`. */
  cardUrl: string | undefined;
  redirectUris: string[];
  /** User scopes that are enabled on the app. */
  userScopes: string[];
  /** Tenant scopes that the app has: calls that need another one fail with 99991672. */
  tenantScopes: string[];
  /** `mentions`: group messages are pushed only when they mention the bot. */
  groupMessages: 'all' | 'mentions';
  /** False: refreshing fails with 20074. */
  refreshAllowed: boolean;
  /** User scopes that are not ticked when the page asks for them: people agree to the others. */
  untickedScopes: string[];
  /**
   * How the token endpoint writes the `code` of a refusal: as in the samples, as the type that one page gives, or not at
   * all, as the standard has it.
   */
  oauthCodes: 'number' | 'string' | 'none';
  /** Five sends per second and chat, five updates per second and message. */
  rateLimits: boolean;
  /** What a client sends of the button that submits a form: official pages disagree on whether its value comes. */
  submits: 'both' | 'value' | 'name';
  /** True: an update of a message whose callback is still unanswered fails with 230099 / 11310. */
  cardLock: boolean;
  /** False: there is no bot to ask for, 11205. */
  botEnabled: boolean;
  /** `by-hand`: a version that is handed in waits until `app.approve()`. */
  review: 'automatic' | 'by-hand';
  /** Seconds between two questions whether a QR code was scanned. */
  registrationInterval: number;
}

/** The settings a local Feishu starts with. */
export function createSettings(options: CoreOptions): Settings {
  const blank = options.app === 'blank';
  return {
    pushVia: 'webhook',
    eventUrl: undefined,
    cardUrl: undefined,
    redirectUris: [...(options.redirectUris ?? [])],
    userScopes: [...(options.grantedUserScopes ?? (blank ? [] : ['offline_access']))],
    tenantScopes: blank ? [] : [...TENANT_SCOPES],
    groupMessages: 'all',
    refreshAllowed: !blank,
    untickedScopes: [],
    oauthCodes: 'number',
    rateLimits: true,
    submits: 'both',
    cardLock: true,
    botEnabled: !blank,
    review: 'automatic',
    registrationInterval: 5,
  };
}

/** Feishu itself lets a client wait for 120 s and up to 30 s more, too long for somebody who looks on. */
export const createClientConfig = ({ clientConfig }: CoreOptions): ClientConfig => ({
  ReconnectCount: -1,
  ReconnectInterval: 1,
  ReconnectNonce: 0,
  PingInterval: 120,
  ...clientConfig,
});

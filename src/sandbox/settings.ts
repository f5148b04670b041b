import type { ClientConfig } from './longConnection/types.ts';
import { TENANT_SCOPES } from './seed.ts';
import type { SandboxOptions, Settings } from './types.ts';

/** The settings a sandbox starts with. */
export function createSettings(options: SandboxOptions): Settings {
  const blank = options.app === 'blank';
  return {
    whenAbsent: 'keep',
    operandForm: 'as-sent',
    pushVia: 'webhook',
    eventUrl: undefined,
    cardUrl: undefined,
    redirectUris: [...(options.redirectUris ?? [])],
    userScopes: [...(options.grantedUserScopes ?? (blank ? [] : ['helpdesk:all', 'offline_access']))],
    tenantScopes: blank ? [] : [...TENANT_SCOPES],
    groupMessages: 'all',
    refreshAllowed: !blank,
    rateLimits: true,
    cardLock: true,
    agentsOnly: true,
    botEnabled: !blank,
    deskElsewhere: false,
    review: 'automatic',
    registrationInterval: 5,
    oddRows: { skills: {}, listed: [], emails: {}, conditions: [] },
  };
}

/** Feishu itself lets a client wait for 120 s and up to 30 s more, too long for somebody who looks on. */
export const createClientConfig = ({ clientConfig }: SandboxOptions): ClientConfig => ({
  ReconnectCount: -1,
  ReconnectInterval: 1,
  ReconnectNonce: 0,
  PingInterval: 120,
  ...clientConfig,
});

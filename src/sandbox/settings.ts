import { TENANT_SCOPES } from './seed.ts';
import type { SandboxOptions, Settings } from './types.ts';

/** The settings a sandbox starts with. */
export function createSettings(options: SandboxOptions): Settings {
  const blank = options.app === 'blank';
  return {
    whenAbsent: 'keep',
    operandForm: 'as-sent',
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
  };
}

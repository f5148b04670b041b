import type { SandboxOptions, Settings } from './types.ts';

/** The settings a sandbox starts with. */
export function createSettings(options: SandboxOptions): Settings {
  return {
    whenAbsent: 'keep',
    operandForm: 'as-sent',
    eventUrl: undefined,
    cardUrl: undefined,
    redirectUris: [...(options.redirectUris ?? [])],
    userScopes: [...(options.grantedUserScopes ?? ['helpdesk:all', 'offline_access'])],
    missingTenantScopes: [],
    groupMessages: 'all',
    refreshAllowed: true,
    rateLimits: true,
    cardLock: true,
    agentsOnly: true,
  };
}

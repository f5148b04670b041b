import type { ClientConfig } from './longConnection/types.ts';
import type { SandboxOptions, Settings } from './types.ts';

/** The settings a sandbox starts with. */
export function createSettings(options: SandboxOptions): Settings {
  return {
    whenAbsent: 'keep',
    operandForm: 'as-sent',
    pushVia: 'webhook',
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

/** Feishu itself lets a client wait for 120 s and up to 30 s more, too long for somebody who looks on. */
export const createClientConfig = ({ clientConfig }: SandboxOptions): ClientConfig => ({
  ReconnectCount: -1,
  ReconnectInterval: 1,
  ReconnectNonce: 0,
  PingInterval: 120,
  ...clientConfig,
});

import type { Credentials } from '../credentials.ts';
import type { Settings } from '../settings.ts';
import type { AppState } from '../state/appState.ts';
import { type Answer, failure, success } from './answers.ts';
import type { Endpoint } from './endpoint.ts';

export interface ApplicationParts {
  app: AppState;
  credentials: Credentials;
  settings: Settings;
}

const BASE = '/open-apis/application/v6';
const STATUS = { enabled: 1, notEnabled: 2 } as const;

/** The app as it can be read by itself. Source: /uAjLw4CM/ukTMukTMukTM/application-v6/application/get and scope/list */
export function applicationEndpoints(parts: ApplicationParts): Endpoint[] {
  const { settings } = parts;
  return [
    {
      method: 'GET',
      route: `${BASE}/applications/:app_id`,
      needs: { token: 'tenant', scopes: ['application:application:self_manage', 'admin:app.info:readonly'] },
      handle: ({ params, query }) => {
        if (query.lang === undefined) return failure(400, 99992402, 'field validation failed');
        if (params.app_id !== 'me' && params.app_id !== parts.credentials.appId) {
          return failure(400, 210504, 'no such app in tenant');
        }
        return success({ app: describe(parts) });
      },
    },
    {
      method: 'GET',
      route: `${BASE}/scopes`,
      needs: { token: 'tenant' },
      handle: (): Answer => {
        const granted = (scope_type: string) => (scope_name: string) => ({ scope_name, grant_status: 1, scope_type });
        return success({
          scopes: [...settings.tenantScopes.map(granted('tenant')), ...settings.userScopes.map(granted('user'))],
        });
      },
    },
  ];
}

function describe({ app, credentials, settings }: ApplicationParts): Record<string, unknown> {
  const event = urlOf(app.events.mode, settings.eventUrl);
  const callback = urlOf(app.callbacks.mode, settings.cardUrl);
  return {
    app_id: credentials.appId,
    status: app.online ? STATUS.enabled : STATUS.notEnabled,
    online_version_id: app.online?.id ?? '',
    unaudit_version_id: app.inReview?.id ?? '',
    redirect_urls: settings.redirectUris,
    scopes: scopesOf(settings),
    event: { subscription_type: app.events.mode, ...event, subscribed_events: app.events.items },
    callback_info: { callback_type: app.callbacks.mode, ...callback, subscribed_callbacks: app.callbacks.items },
    encryption: { encryption_key: credentials.encryptKey, verification_token: credentials.verificationToken },
    security: { redirect_urls: settings.redirectUris },
    allow_refresh_token: settings.refreshAllowed,
  };
}

const urlOf = (mode: 'webhook' | 'websocket', url: string | undefined) =>
  mode === 'webhook' && url !== undefined ? { request_url: url } : {};

/** A scope of both kinds is listed once, with both. */
function scopesOf({ tenantScopes, userScopes }: Settings): Record<string, unknown>[] {
  return [...new Set([...tenantScopes, ...userScopes])].map((scope) => ({
    scope,
    level: 1,
    token_types: [...(tenantScopes.includes(scope) ? ['tenant'] : []), ...(userScopes.includes(scope) ? ['user'] : [])],
  }));
}

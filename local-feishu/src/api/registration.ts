import { z } from 'zod';
import type { Credentials } from '../credentials.ts';
import type { Settings } from '../settings.ts';
import type { AppState } from '../state/appState.ts';
import type { Directory } from '../state/directory.ts';
import type { Registrations } from '../state/registrations.ts';
import { type Answer, success } from './answers.ts';
import type { Endpoint } from './endpoint.ts';

export interface RegistrationParts {
  app: AppState;
  credentials: Credentials;
  directory: Directory;
  registrations: Registrations;
  settings: Settings;
}

const bodySchema = z.discriminatedUnion('action', [
  z.object({
    action: z.literal('begin'),
    archetype: z.literal('PersonalAgent'),
    auth_method: z.literal('client_secret'),
    request_user_info: z.string(),
  }),
  z.object({ action: z.literal('poll'), device_code: z.string() }),
]);

const refusal = (error: string, description: string): Answer => ({
  status: 400,
  body: { error, error_description: description },
});

const PENDING = {
  pending: refusal('authorization_pending', 'The authorization request is still pending.'),
  denied: refusal('access_denied', 'The person refused.'),
  expired: refusal('expired_token', 'The device code has expired.'),
} as const;

/** An app made by QR code, as the SDK asks for it (node-sdk, scene/registration): form fields, no credentials. */
export function registrationEndpoint(parts: RegistrationParts): Endpoint {
  return {
    method: 'POST',
    route: '/oauth/v1/app/registration',
    needs: { token: 'none' },
    handle: ({ body, headers }) => {
      const given = bodySchema.safeParse(body);
      if (!given.success) return refusal('invalid_request', 'The request lacks a required parameter.');
      if (given.data.action === 'poll') return poll(parts, given.data.device_code);
      const { registrations, settings } = parts;
      const { deviceCode, userCode } = registrations.begin();
      const page = `http://${headers.host}/page/launcher`;
      return plain({
        device_code: deviceCode,
        user_code: userCode,
        verification_uri: page,
        verification_uri_complete: `${page}?user_code=${userCode}`,
        expires_in: registrations.lifeSeconds,
        interval: settings.registrationInterval,
      });
    },
  };
}

const plain = (body: Record<string, unknown>): Answer => ({ ...success({}), body });

function poll({ registrations, credentials, directory }: RegistrationParts, deviceCode: string): Answer {
  const state = registrations.poll(deviceCode);
  if (state !== 'approved') return PENDING[state];
  return plain({
    client_id: credentials.appId,
    client_secret: credentials.appSecret,
    user_info: { open_id: directory.owner.openId, tenant_brand: 'feishu' },
  });
}

/** What becomes of the app when somebody scans the QR code: made with the bot ability, and with what the link asks for. */
export function scan(parts: RegistrationParts, link: string, decision: 'approved' | 'denied'): void {
  const addons = parts.registrations.decide(link, decision);
  if (decision === 'denied') return;
  const { app, settings } = parts;
  settings.botEnabled = true;
  settings.tenantScopes = union(settings.tenantScopes, addons.scopes.tenant);
  settings.userScopes = union(settings.userScopes, addons.scopes.user);
  app.events = { ...app.events, items: union(app.events.items, addons.events.items.tenant) };
  app.callbacks = { ...app.callbacks, items: union(app.callbacks.items, addons.callbacks.items) };
}

const union = (left: string[], right: string[]): string[] => [...new Set([...left, ...right])];

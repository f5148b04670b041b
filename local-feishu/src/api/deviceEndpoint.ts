import { z } from 'zod';
import type { Credentials } from '../credentials.ts';
import { DEVICE_PATH } from '../pages/deviceRoutes.ts';
import type { Settings } from '../settings.ts';
import type { DeviceLogins } from '../state/deviceLogins.ts';
import { deviceFailure } from './answers.ts';
import type { ApiRequest, Endpoint } from './endpoint.ts';

export interface DeviceParts {
  credentials: Credentials;
  deviceLogins: DeviceLogins;
  settings: Settings;
}

const bodySchema = z.object({ client_id: z.string(), scope: z.string().default('') });

/**
 * Begins a device authorization: credentials by HTTP Basic, as the platform's own tools send them. The documents do not
 * describe it; words as in RFC 8628.
 */
export function deviceEndpoint(parts: DeviceParts): Endpoint {
  return {
    method: 'POST',
    route: '/oauth/v1/device_authorization',
    needs: { token: 'none' },
    handle: (request) => begin(parts, request),
  };
}

function begin({ credentials, deviceLogins, settings }: DeviceParts, { body, headers }: ApiRequest) {
  const expected = Buffer.from(`${credentials.appId}:${credentials.appSecret}`).toString('base64');
  if (headers.authorization !== `Basic ${expected}`) return deviceFailure('invalid_client', 401);
  const given = bodySchema.safeParse(body);
  if (!given.success || given.data.client_id !== credentials.appId) return deviceFailure('invalid_request');
  const scopes = given.data.scope.split(' ').filter((scope) => scope !== '');
  if (scopes.some((scope) => !settings.userScopes.includes(scope))) return deviceFailure('invalid_scope');
  const { deviceCode, userCode, expiresAt, askedAt, intervalMs } = deviceLogins.begin(scopes);
  const page = `http://${headers.host}${DEVICE_PATH}`;
  return {
    status: 200,
    headers: { 'cache-control': 'no-store' },
    body: {
      device_code: deviceCode,
      user_code: userCode,
      verification_uri: page,
      verification_uri_complete: `${page}?user_code=${userCode}`,
      expires_in: (expiresAt - askedAt) / 1000,
      interval: intervalMs / 1000,
    },
  };
}

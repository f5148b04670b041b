import { z } from 'zod';
import type { Credentials } from '../credentials.ts';
import type { TenantTokens } from '../state/tenantTokens.ts';
import { failure } from './answers.ts';
import type { Endpoint } from './endpoint.ts';

const bodySchema = z.object({ app_id: z.string(), app_secret: z.string() });

/** The app's own token. Source: /ukTMukTMukTM/ukDNz4SO0MjL5QzM/auth-v3/auth/tenant_access_token_internal */
export function authEndpoints(parts: { credentials: Credentials; tenantTokens: TenantTokens }): Endpoint[] {
  return [
    {
      method: 'POST',
      route: '/open-apis/auth/v3/tenant_access_token/internal',
      needs: { token: 'none' },
      handle: ({ body }) => {
        const given = bodySchema.safeParse(body);
        if (!given.success) return failure(400, 10003, 'invalid param');
        if (given.data.app_id !== parts.credentials.appId) return failure(400, 10014, 'app unable to use');
        if (given.data.app_secret !== parts.credentials.appSecret) return failure(400, 10015, 'app secret invalid');
        const { token, expire } = parts.tenantTokens.issue();
        return { status: 200, body: { code: 0, msg: 'ok', tenant_access_token: token, expire } };
      },
    },
  ];
}

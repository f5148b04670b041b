import { z } from 'zod';
import type { Endpoint } from '../api/endpoint.ts';
import type { Credentials } from '../credentials.ts';
import type { Connections } from './connections.ts';
import type { ClientConfig } from './types.ts';

export const SOCKET_PATH = '/ws/v2';

const bodySchema = z.object({ AppID: z.string(), AppSecret: z.string() });

export interface DiscoveryParts {
  credentials: Credentials;
  connections: Connections;
  clientConfig: ClientConfig;
}

/** Tells a client where to connect. Failures have no `data`, and HTTP status 200. */
export function discoveryEndpoint({ credentials, connections, clientConfig }: DiscoveryParts): Endpoint {
  const refusal = (code: number, msg: string) => ({ status: 200, body: { code, msg } });
  return {
    method: 'POST',
    route: '/callback/ws/endpoint',
    needs: { token: 'none' },
    handle: ({ body, headers }) => {
      const given = bodySchema.safeParse(body);
      const isApp = given.data?.AppID === credentials.appId && given.data.AppSecret === credentials.appSecret;
      if (!isApp) return refusal(514, 'auth failed');
      if (connections.isFull) return refusal(1000040350, 'the number of connections exceeded the limit');
      const query = new URLSearchParams({
        fpid: '493',
        aid: '552564',
        device_id: '7001',
        access_key: 'local-feishu',
        // Not the first one: the SDK takes the whole address for a query.
        service_id: '33554678',
        ticket: connections.ticket(),
      });
      const URL = `ws://${headers.host}${SOCKET_PATH}?${query}`;
      return { status: 200, body: { code: 0, msg: 'ok', data: { URL, ClientConfig: clientConfig } } };
    },
  };
}

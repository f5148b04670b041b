import { createFeishuClient, type FeishuClient } from '../../src/feishu/client.ts';
import { createDeviceAuthorization, type DeviceAuthorization } from '../../src/feishu/deviceAuthorization.ts';
import { FeishuError } from '../../src/feishu/errors.ts';
import { createHttp, type Http, type HttpPolicy } from '../../src/feishu/http.ts';
import { createOAuth, type OAuth } from '../../src/feishu/oauth.ts';
import { createTenantToken, type TenantToken } from '../../src/feishu/tenantToken.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { ManualClock } from './clock.ts';
import { type FakeServer, type Reply, startFakeServer } from './fakeServer.ts';
import { type CapturedLogs, captureLogs } from './logs.ts';

export const TENANT_TOKEN_ROUTE = 'POST /open-apis/auth/v3/tenant_access_token/internal';
export const TOKEN_ROUTE = 'POST /open-apis/authen/v2/oauth/token';
export const DEVICE_ROUTE = 'POST /oauth/v1/device_authorization';
export const USER_INFO_ROUTE = 'GET /open-apis/authen/v1/user_info';

/** What must never be seen anywhere but in a request to Feishu. */
export const SECRETS = {
  app: 'app-secret-Zm9vYmFy',
  tenantToken: 't-secret-caecc734c2e3328a62489fe0648c4b98779515d3',
  userToken: 'eyJhbGciOiJFUzI1NiIs-secret-user-token',
  refreshToken: 'eyJhbGciOiJFUzI1NiIs-secret-refresh-token',
  deviceCode: 'device-code-secret-913f9c49dcb544e2087cee284f4a00b7',
  desk: 'ht-secret-e5b1b9c5-6b4e-4e0c-9a3f-2b1d0c9e8f7a',
} as const;

/** As whom the tests write. */
export const SENDER = { userToken: SECRETS.userToken, maySend: () => true };

export const DESK = { id: '6985805355858478355', token: SECRETS.desk };
export const DESK_HEADER = Buffer.from(`${DESK.id}:${DESK.token}`).toString('base64');

export const QUICK: HttpPolicy = { timeoutMs: 10_000, writeTimeoutMs: 10_000, retries: 2, backoffMs: 1 };

/** The room `feishu/` put together on a server that stands for Feishu. */
export interface FakeFeishu {
  server: FakeServer;
  app: { appId: string; appSecret: string; baseUrl: string; accountsUrl: string };
  clock: ManualClock;
  logs: CapturedLogs;
  http: Http;
  tenantToken: TenantToken;
  client: FeishuClient;
  oauth: OAuth;
  device: DeviceAuthorization;
  close(): Promise<void>;
}

export const tenantTokenReply = (token: string = SECRETS.tenantToken, expire = 7200): Reply => ({
  json: { code: 0, msg: 'ok', tenant_access_token: token, expire },
});

/** `baseUrl` when calls are to go somewhere else than to the server. */
export async function startFakeFeishu(policy: Partial<HttpPolicy> = {}, baseUrl?: string): Promise<FakeFeishu> {
  const server = await startFakeServer();
  server.on(TENANT_TOKEN_ROUTE, tenantTokenReply());
  const url = baseUrl ?? server.url;
  const app = { appId: 'cli_9f5343c580712544', appSecret: SECRETS.app, baseUrl: url, accountsUrl: url };
  const clock = new ManualClock();
  const logs = captureLogs();
  const http = createHttp({ ...QUICK, ...policy }, { clock: systemClock, random: () => 0.5 });
  const tenantToken = createTenantToken(app, http, clock);
  return {
    server,
    app,
    clock,
    logs,
    http,
    tenantToken,
    client: createFeishuClient({ app, http, tenantToken, clock: systemClock, logger: logs.logger }),
    oauth: createOAuth({ app, http, clock }),
    device: createDeviceAuthorization({ app, http, clock }),
    async close() {
      http.close();
      await server.close();
    },
  };
}

/** The FeishuError that `work` rejects with; anything else, success included, fails the test. */
export async function failureOf(work: Promise<unknown>): Promise<FeishuError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof FeishuError) return error;
    throw error;
  }
  throw new Error('this was to fail, and did not');
}

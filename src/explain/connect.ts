import { type Application, createApplication } from '../feishu/application.ts';
import { createFeishuClient, type FeishuClient } from '../feishu/client.ts';
import { createHttp, type Http, type HttpPolicy } from '../feishu/http.ts';
import { createPeople, type People } from '../feishu/people.ts';
import { createTenantToken, type TenantToken } from '../feishu/tenantToken.ts';
import type { Clock } from '../lib/clock.ts';
import { createLogger } from '../lib/logger.ts';

/** Somebody is waiting in front of the terminal. */
const POLICY: HttpPolicy = { timeoutMs: 6_000, writeTimeoutMs: 6_000, retries: 1, backoffMs: 200 };

/** Feishu, for one app. */
export interface Connection {
  http: Http;
  tenantToken: TenantToken;
  client: FeishuClient;
  application: Application;
  people: People;
}

/** Opens nothing yet; `http` is to be closed. Nothing of it is logged: failures are printed in the terminal. */
export function connect(app: { appId: string; appSecret: string; baseUrl: string }, clock: Clock): Connection {
  const http = createHttp(POLICY, { clock, random: Math.random });
  const tenantToken = createTenantToken(app, http, clock);
  const client = createFeishuClient({ app, http, tenantToken, clock, logger: createLogger('silent') });
  return { http, tenantToken, client, application: createApplication(client, app.appId), people: createPeople(client) };
}

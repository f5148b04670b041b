import { z } from 'zod';
import type { Clock } from '../lib/clock.ts';
import { failureOf } from './failure.ts';
import type { Http } from './http.ts';

/** A token with less than this left is replaced: Feishu hands out a new one from 30 minutes before the end on. */
const RENEW_BEFORE_MS = 10 * 60_000;

const TokenAnswer = z.object({
  code: z.literal(0),
  tenant_access_token: z.string().min(1),
  expire: z.coerce.number().catch(0),
});

/** The app's own token, fetched once for all callers and kept until shortly before it expires. */
export interface TenantToken {
  get(): Promise<string>;
  /** Forgets this token, because Feishu refused it. */
  drop(token: string): void;
}

/** Source of the call: auth-v3/auth/tenant_access_token_internal. Rejects with a FeishuError. */
export function createTenantToken(
  app: { appId: string; appSecret: string; baseUrl: string },
  http: Http,
  clock: Clock,
): TenantToken {
  let current: { token: string; until: number } | undefined;
  let underWay: Promise<string> | undefined;

  const fetchToken = async (): Promise<string> => {
    const url = `${app.baseUrl}/open-apis/auth/v3/tenant_access_token/internal`;
    const data = { app_id: app.appId, app_secret: app.appSecret };
    const answer = await http.request({ method: 'POST', url, data });
    const parsed = TokenAnswer.safeParse(answer.data);
    if (!parsed.success) throw failureOf(answer);
    const { tenant_access_token: token, expire } = parsed.data;
    current = { token, until: clock.elapsed() + expire * 1000 - RENEW_BEFORE_MS };
    return token;
  };

  return {
    async get() {
      if (current && current.until > clock.elapsed()) return current.token;
      underWay ??= fetchToken().finally(() => {
        underWay = undefined;
      });
      return underWay;
    },
    drop(token) {
      if (current?.token === token) current = undefined;
    },
  };
}

import { z } from 'zod';
import type { Clock } from '../lib/clock.ts';
import { FeishuError, kindOf } from './errors.ts';
import { Answer, type Http } from './http.ts';

/** A token with less than this left is replaced: Feishu hands out a new one from 30 minutes before the end on. */
const RENEW_BEFORE_MS = 10 * 60_000;

const TokenAnswer = z.object({
  code: z.number(),
  msg: z.string().default(''),
  tenant_access_token: z.string().optional(),
  expire: z.number().optional(),
});

/** The app's own token, fetched once for all callers and kept until shortly before it expires. */
export interface TenantToken {
  get(): Promise<string>;
  /** Forgets this token, because Feishu refused it. */
  drop(token: string): void;
}

/** Source of the call: auth-v3/auth/tenant_access_token_internal. Rejects with a {@link FeishuError}. */
export function createTenantToken(
  app: { appId: string; appSecret: string; baseUrl: string },
  http: Http,
  clock: Clock,
): TenantToken {
  let current: { token: string; until: number } | undefined;
  let underWay: Promise<string> | undefined;

  const fetchToken = async (): Promise<string> => {
    const url = `${app.baseUrl}/open-apis/auth/v3/tenant_access_token/internal`;
    const answer = Answer.parse(await http.instance.post(url, { app_id: app.appId, app_secret: app.appSecret }));
    const { token, expire } = tokenIn(answer);
    current = { token, until: clock.now() + expire * 1000 - RENEW_BEFORE_MS };
    return token;
  };

  return {
    async get() {
      if (current && current.until > clock.now()) return current.token;
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

function tokenIn(answer: Answer): { token: string; expire: number } {
  const parsed = TokenAnswer.safeParse(answer.data);
  const body = parsed.success ? parsed.data : { code: undefined, msg: 'not the documented answer' };
  if (body.code === 0 && body.tenant_access_token) {
    return { token: body.tenant_access_token, expire: body.expire ?? 0 };
  }
  const kind = answer.status >= 500 ? 'unavailable' : kindOf(body.code, answer.status);
  const logId = z.string().safeParse(answer.headers['x-tt-logid']).data;
  throw new FeishuError(kind === 'unexpected' ? 'app-credentials' : kind, body.msg, {
    code: body.code,
    httpStatus: answer.status,
    logId,
  });
}

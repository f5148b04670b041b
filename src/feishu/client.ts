import * as lark from '@larksuiteoapi/node-sdk';
import { z } from 'zod';
import type { Logger } from '../lib/logger.ts';
import { FeishuError, kindOf, TENANT_TOKEN_REFUSED } from './errors.ts';
import { Answer, codeOf, type Http, pauseAskedFor } from './http.ts';
import type { TenantToken } from './tenantToken.ts';

/** Options of one SDK call. Never built with the SDK's `withAll`: it drops the user token and the headers. */
export type CallOptions = NonNullable<Parameters<lark.Client['request']>[1]>;

export interface Answered<T> {
  data: T;
  logId: string | undefined;
}

type Send = (options: CallOptions) => Promise<unknown>;

/** Calls Feishu through the SDK; every failure is a {@link FeishuError}, every answer checked. */
export interface FeishuClient {
  sdk: lark.Client;
  /** With the app's own token; a refused cached token is replaced once. `headers` are sent along. */
  asApp<T extends z.ZodType>(schema: T, send: Send, headers?: Record<string, string>): Promise<Answered<z.output<T>>>;
  /** With one person's token. */
  asUser<T extends z.ZodType>(
    schema: T,
    userToken: string,
    send: Send,
    headers?: Record<string, string>,
  ): Promise<Answered<z.output<T>>>;
}

export interface FeishuClientParts {
  app: { appId: string; appSecret: string; baseUrl: string };
  http: Http;
  tenantToken: TenantToken;
  logger: Logger;
}

export function createFeishuClient({ app, http, tenantToken, logger }: FeishuClientParts): FeishuClient {
  const sdk = new lark.Client({
    appId: app.appId,
    appSecret: app.appSecret,
    domain: app.baseUrl,
    httpInstance: SdkHttp.parse(http.instance),
    disableTokenCache: true,
    logger: SILENT,
  });

  const judged = async <T extends z.ZodType>(schema: T, answering: Promise<unknown>) => {
    try {
      return judge(schema, Answer.parse(await answering));
    } catch (error) {
      if (error instanceof FeishuError) logFailure(logger, error);
      throw error;
    }
  };

  const asApp = async <T extends z.ZodType>(schema: T, send: Send, headers: Record<string, string> = {}) => {
    const token = await tenantToken.get();
    const withToken = (value: string) => send({ headers: { ...headers, Authorization: `Bearer ${value}` } });
    try {
      return await judged(schema, withToken(token));
    } catch (error) {
      if (!(error instanceof FeishuError) || !TENANT_TOKEN_REFUSED.has(error.code ?? 0)) throw error;
      tenantToken.drop(token);
      return judged(schema, withToken(await tenantToken.get()));
    }
  };

  return {
    sdk,
    asApp,
    asUser: (schema, userToken, send, headers = {}) =>
      judged(schema, send({ ...lark.withUserAccessToken(userToken), headers })),
  };
}

/** The SDK's interface lets its callers name any type of answer; what comes back is checked as an {@link Answer}. */
const SdkHttp = z.custom<lark.HttpInstance>((value) => typeof value === 'function');

/** The SDK's error log prints whole requests with their tokens; failures are logged here instead. */
const SILENT = {
  error: () => undefined,
  warn: () => undefined,
  info: () => undefined,
  debug: () => undefined,
  trace: () => undefined,
};

function logFailure(logger: Logger, { kind, code, httpStatus, logId, message }: FeishuError): void {
  logger.warn({ kind, code, httpStatus, logId, reason: message.slice(0, 200) }, 'call to Feishu failed');
}

const Envelope = z.object({ code: z.number(), msg: z.string().optional() });

/** Both documented forms of a missing permission are read. */
const ErrorDetail = z.object({
  error: z
    .object({
      log_id: z.string().nullish(),
      logid: z.string().nullish(),
      permission_violations: z
        .array(z.object({ subject: z.string().nullish(), scope: z.string().nullish() }))
        .nullish(),
    })
    .optional(),
});

function judge<T extends z.ZodType>(schema: T, answer: Answer): Answered<z.output<T>> {
  const envelope = Envelope.safeParse(answer.data);
  if (!envelope.success || envelope.data.code !== 0) throw failureOf(answer);
  const parsed = schema.safeParse(answer.data);
  const logId = logIdOf(answer);
  if (parsed.success) return { data: parsed.data, logId };
  const where = parsed.error.issues[0]?.path.join('.') ?? '';
  throw new FeishuError('unexpected', `the answer is not as documented at "${where}"`, { logId });
}

function failureOf(answer: Answer): FeishuError {
  const code = codeOf(answer.data);
  const message = z.object({ msg: z.string() }).safeParse(answer.data).data?.msg ?? `HTTP ${answer.status}`;
  const detail = ErrorDetail.safeParse(answer.data).data?.error;
  return new FeishuError(kindOf(code, answer.status), message, {
    code,
    httpStatus: answer.status,
    logId: logIdOf(answer) ?? detail?.log_id ?? detail?.logid ?? undefined,
    scopes: detail?.permission_violations?.flatMap((violation) => violation.subject ?? violation.scope ?? []),
    retryAfterMs: pauseAskedFor(answer),
  });
}

const logIdOf = (answer: Answer): string | undefined => z.string().safeParse(answer.headers['x-tt-logid']).data;

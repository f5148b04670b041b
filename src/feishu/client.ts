import { AsyncLocalStorage } from 'node:async_hooks';
import type * as lark from '@larksuiteoapi/node-sdk';
import { z } from 'zod';
import type { Clock } from '../lib/clock.ts';
import { loadedOnce } from '../lib/loadedOnce.ts';
import type { Logger } from '../lib/logger.ts';
import { Answer, codeOf, logIdOf } from './answer.ts';
import { TENANT_TOKEN_REFUSED } from './codes.ts';
import { FeishuError } from './errors.ts';
import { failureOf } from './failure.ts';
import type { Http } from './http.ts';
import type { HttpRequest } from './outgoing.ts';
import { SILENT } from './silent.ts';
import type { TenantToken } from './tenantToken.ts';

/** Options of one SDK call. Never built with the SDK's `withAll`: it drops the user token and the headers. */
export type CallOptions = NonNullable<Parameters<lark.Client['request']>[1]>;

export interface Answered<T> {
  data: T;
  logId: string | undefined;
}

/** An answer that says no more than that the call went well. */
export const Done = z.object({});

/** As whom a write is sent, and whether it still may be: asked when a connection is there, right before it goes out. */
export interface Sender {
  userToken: string;
  maySend(): boolean;
}

/** One call of the SDK. */
export type Send = (sdk: lark.Client, options: CallOptions) => Promise<unknown>;

/** Calls Feishu through the SDK; every failure is a {@link FeishuError}, every answer checked. */
export interface FeishuClient {
  /** With the app's own token; a refused cached token is replaced once. `headers` are sent along. */
  asApp<T extends z.ZodType>(schema: T, send: Send, headers?: Record<string, string>): Promise<Answered<z.output<T>>>;
  /** With one person's token. Rejects with the kind `not-sent` when the sender may not send it any more. */
  asUser<T extends z.ZodType>(
    schema: T,
    sender: Sender,
    send: Send,
    headers?: Record<string, string>,
  ): Promise<Answered<z.output<T>>>;
}

export interface FeishuClientParts {
  app: { appId: string; appSecret: string; baseUrl: string };
  http: Http;
  tenantToken: TenantToken;
  clock: Pick<Clock, 'elapsed'>;
  logger: Logger;
}

/** What the http client has to know of a call beside what the SDK passes on. */
type CallContext = Pick<HttpRequest, 'begunAt' | 'maySend'>;

export function createFeishuClient({ app, http, tenantToken, clock, logger }: FeishuClientParts): FeishuClient {
  // The SDK gives the http client an address, a body and headers, and nothing else. What follows the call by itself needs
  // neither a header that could go out nor a trick with the SDK's inside, and costs no more: the log follows work this
  // way already. Were it lost on the way, a write would be refused, not sent unasked.
  const callContext = new AsyncLocalStorage<CallContext>();
  const loaded = loadedOnce(async () => {
    // Not before the first call: it is large, and nothing waits for it while the bot starts.
    const { Client, withUserAccessToken } = await import('@larksuiteoapi/node-sdk');
    const sdk = new Client({
      appId: app.appId,
      appSecret: app.appSecret,
      domain: app.baseUrl,
      httpInstance: SdkHttp.parse({
        request: (request: HttpRequest) => http.request({ ...request, ...callContext.getStore() }),
      }),
      disableTokenCache: true,
      logger: SILENT,
    });
    return { sdk, withUserAccessToken };
  });

  const logged = async <T>(what: string, work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      if (error instanceof FeishuError) logFailure(logger, what, error);
      throw error;
    }
  };
  const judged = <T extends z.ZodType>(schema: T, answering: Promise<unknown>) =>
    logged(
      'call to Feishu failed',
      answering.then((answer) => judge(schema, GivenAnswer.parse(answer))),
    );
  const appToken = () => logged('no tenant token from Feishu', tenantToken.get());

  const asApp = async <T extends z.ZodType>(schema: T, send: Send, headers: Record<string, string> = {}) => {
    const { sdk } = await loaded();
    const begunAt = clock.elapsed();
    const token = await appToken();
    const withToken = (value: string) =>
      callContext.run({ begunAt }, () => send(sdk, { headers: { ...headers, Authorization: `Bearer ${value}` } }));
    try {
      return await judged(schema, withToken(token));
    } catch (error) {
      if (!(error instanceof FeishuError) || !TENANT_TOKEN_REFUSED.has(error.code ?? 0)) throw error;
      tenantToken.drop(token);
      return judged(schema, withToken(await appToken()));
    }
  };

  const asUser: FeishuClient['asUser'] = async (schema, { userToken, maySend }, send, headers = {}) => {
    const { sdk, withUserAccessToken } = await loaded();
    const begunAt = clock.elapsed();
    const options = { ...withUserAccessToken(userToken), headers };
    return judged(
      schema,
      callContext.run({ begunAt, maySend }, () => send(sdk, options)),
    );
  };

  return { asApp, asUser };
}

/** Of the SDK's http interface it uses one function; what that gives comes back as it is. */
const SdkHttp = z.custom<lark.HttpInstance>(
  (value) => typeof value === 'object' && value !== null && 'request' in value,
);
const GivenAnswer = z.instanceof(Answer);

function logFailure(
  logger: Logger,
  what: string,
  { route, kind, code, httpStatus, logId, message }: FeishuError,
): void {
  logger.warn({ route, kind, code, httpStatus, logId, reason: message.slice(0, 200) }, what);
}

function judge<T extends z.ZodType>(schema: T, answer: Answer): Answered<z.output<T>> {
  if (codeOf(answer.data) !== 0) throw failureOf(answer);
  const parsed = schema.safeParse(answer.data);
  const logId = logIdOf(answer);
  if (parsed.success) return { data: parsed.data, logId };
  const where = parsed.error.issues[0]?.path.join('.') ?? '';
  const { route } = answer;
  throw new FeishuError('unexpected', `the answer is not as documented at "${where}"`, { route, logId });
}

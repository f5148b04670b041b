import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import axios, {
  type AxiosError,
  type AxiosInstance,
  type AxiosRequestConfig,
  type AxiosResponse,
  type InternalAxiosRequestConfig,
} from 'axios';
import axiosRetry from 'axios-retry';
import { z } from 'zod';
import { kindOf, oauthKindOf } from './codes.ts';
import { FeishuError, type FeishuErrorKind } from './errors.ts';
import { routeOf } from './routes.ts';

/** How calls behave; times in milliseconds. */
export interface HttpPolicy {
  timeoutMs: number;
  /** Attempts after the first one. */
  retries: number;
  /** The pause before the first retry; it doubles each time, with jitter. */
  backoffMs: number;
  /** A rate limit that asks for more than this is not waited for. */
  longestPauseMs: number;
}

export const DEFAULT_POLICY: HttpPolicy = { timeoutMs: 10_000, retries: 3, backoffMs: 200, longestPauseMs: 20_000 };

/** What came back from Feishu, whatever the HTTP status. */
export const Answer = z.object({
  /** Which call it answers, without ids. */
  route: z.string(),
  status: z.number(),
  headers: z.record(z.string(), z.unknown()),
  data: z.unknown(),
});
export type Answer = z.infer<typeof Answer>;

/** One attempt of a call, as it can be told to anybody: nothing of what was sent or answered. */
export interface Call {
  /** Method and path, without ids. */
  route: string;
  tookMs: number;
  httpStatus?: number | undefined;
  code?: number | undefined;
  logId?: string | undefined;
  /** The kind of a failure; undefined when the call went well. */
  problem?: FeishuErrorKind | undefined;
}

/** Whoever wants to know of each attempt. `now` in milliseconds. */
export interface Watcher {
  now(): number;
  called(call: Call): void;
}

/** An http client, and the end of its connections. */
export interface Http {
  instance: AxiosInstance;
  close(): void;
}

/**
 * The http client below the SDK: time-outs, kept-alive connections, retries of what is safe. Every answer resolves,
 * as an {@link Answer}; a call without an answer rejects with a {@link FeishuError}. Redirects are not followed:
 * they would carry tokens to another host.
 */
export function createHttp(policy: HttpPolicy, random: () => number, watcher?: Watcher): Http {
  const agents = { httpAgent: new HttpAgent({ keepAlive: true }), httpsAgent: new HttpsAgent({ keepAlive: true }) };
  const instance = axios.create({ timeout: policy.timeoutMs, maxRedirects: 0, proxy: false, ...agents });
  // Before the retries: it sees each attempt.
  if (watcher) watch(instance, watcher);
  axiosRetry(instance, {
    retries: policy.retries,
    shouldResetTimeout: true,
    retryCondition: (error) => mayRepeat(error) && (pauseAskedFor(error.response) ?? 0) <= policy.longestPauseMs,
    retryDelay: (attempt, error) =>
      pauseAskedFor(error.response) ?? policy.backoffMs * 2 ** (attempt - 1) * (0.5 + random()),
  });
  instance.interceptors.response.use(toAnswer, (error: AxiosError | FeishuError) => {
    // A retry runs through this too: what it made of its failure stands.
    if (error instanceof FeishuError) throw error;
    if (error.response) return toAnswer(error.response);
    throw withoutAnswer(error);
  });
  return {
    instance,
    close: () => {
      agents.httpAgent.destroy();
      agents.httpsAgent.destroy();
    },
  };
}

function watch(instance: AxiosInstance, { now, called }: Watcher): void {
  const begun = new WeakMap<object, number>();
  const tell = (config: InternalAxiosRequestConfig | undefined, outcome: Omit<Call, 'route' | 'tookMs'>): void => {
    const at = now();
    called({ route: routeOf(config), tookMs: at - ((config && begun.get(config)) ?? at), ...outcome });
  };
  instance.interceptors.request.use((config) => {
    begun.set(config, now());
    return config;
  });
  instance.interceptors.response.use(
    (response) => {
      tell(response.config, outcomeOf(response));
      return response;
    },
    (error: AxiosError) => {
      tell(error.config, error.response ? outcomeOf(error.response) : { problem: withoutAnswer(error).kind });
      throw error;
    },
  );
}

/** A login by device asks again and again until somebody has decided (RFC 8628, section 3.5). */
const NotYet = z.object({ error: z.enum(['authorization_pending', 'slow_down']) });

function outcomeOf(response: AxiosResponse): Omit<Call, 'route' | 'tookMs'> {
  const answer = Answer.parse(toAnswer(response));
  const { status: httpStatus, route } = answer;
  const code = codeOf(answer.data);
  const succeeded = httpStatus >= 200 && httpStatus <= 299 && (code ?? 0) === 0;
  const fine = succeeded || NotYet.safeParse(answer.data).success;
  const kindFor = route.includes('/authen/') ? oauthKindOf : kindOf;
  return { httpStatus, code, logId: logIdOf(answer), ...(!fine && { problem: kindFor(code, httpStatus) }) };
}

/**
 * For a call that is sent once and is over after `ms` milliseconds, however slowly its answer comes. It has a connection of
 * its own: one that was kept could be closed by the other side in the moment in which it is used again.
 */
export const once = (ms: number): AxiosRequestConfig => ({
  'axios-retry': { retries: 0 },
  httpAgent: new HttpAgent(),
  httpsAgent: new HttpsAgent(),
  signal: AbortSignal.timeout(ms),
});

// The interceptor's type asks for an AxiosResponse; what the SDK hands on is untyped and is checked as an Answer.
const toAnswer = (response: AxiosResponse): AxiosResponse & { route: string } => ({
  ...response,
  route: routeOf(response.config),
  headers: plain(response.headers),
});

/** The HTTP client's headers are an object of its own class, which no schema takes for a record. */
const plain = (headers: object) => Object.fromEntries(Object.entries(headers));

/** Nothing of these reached Feishu. */
const NOT_CONNECTED: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
]);

const neverConnected = (error: AxiosError): boolean => NOT_CONNECTED.has(error.code ?? '');

/** The HTTP client's error holds the request, with its tokens: only its code goes on. */
function withoutAnswer(error: AxiosError): FeishuError {
  const kind = neverConnected(error) ? 'unreachable' : 'no-answer';
  return new FeishuError(kind, error.code ?? 'no answer', { route: routeOf(error.config) });
}

function mayRepeat(error: AxiosError): boolean {
  if (!error.response) return neverConnected(error) || isSafeToRepeat(error.config);
  const kind = kindOf(codeOf(error.response.data), error.response.status);
  return kind === 'rate-limited' || (kind === 'unavailable' && isSafeToRepeat(error.config));
}

/** Reads, replacements of a whole message, and posts that Feishu deduplicates by `uuid` (im-v1/message/reply). */
function isSafeToRepeat(config: InternalAxiosRequestConfig | undefined): boolean {
  const method = config?.method?.toLowerCase();
  const path = config?.url ?? '';
  if (method === 'get') return true;
  if (method === 'patch') return path.includes('/im/v1/messages/');
  if (method !== 'post') return false;
  if (path.endsWith('/tenant_access_token/internal') || path.endsWith('/batch_get_id')) return true;
  return path.includes('/im/v1/messages') && hasUuid(config?.data);
}

const hasUuid = (data: unknown): boolean => typeof data === 'string' && /"uuid":"[^"]/.test(data);

// Made once: the first use of a schema compiles it.
const Coded = z.object({ code: z.number() });
const Headers = z.instanceof(Object).transform(plain).pipe(z.record(z.string(), z.unknown()));
const LogId = z.string();

export const codeOf = (data: unknown): number | undefined => Coded.safeParse(data).data?.code;

/** Milliseconds that a rate-limited answer asks to wait (ukTMukTMukTM/uUzN04SN3QjL1cDN). */
export function pauseAskedFor(response: { headers?: unknown } | undefined): number | undefined {
  const headers = Headers.safeParse(response?.headers);
  const seconds = headers.success ? Number(headers.data['x-ogw-ratelimit-reset'] ?? Number.NaN) : Number.NaN;
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}

/** What names an answer in Feishu's own logs. */
export const logIdOf = (answer: Answer): string | undefined => LogId.safeParse(answer.headers['x-tt-logid']).data;

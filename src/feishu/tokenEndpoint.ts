import type * as openid from 'openid-client';
import { z } from 'zod';
import type { Clock } from '../lib/clock.ts';
import { loadedOnce } from '../lib/loadedOnce.ts';
import { type Answer, codeOf, logIdOf } from './answer.ts';
import { oauthKindOf } from './codes.ts';
import { FeishuError, type FeishuErrorKind } from './errors.ts';
import { failureOf, oauthErrorIn } from './failure.ts';
import type { Http } from './http.ts';

/** What it takes to write the helpdesk. */
export const HELPDESK_SCOPE = 'helpdesk:all';
/** What a person is asked to grant: to write the helpdesk, and to stay logged in. */
export const USER_SCOPES = [HELPDESK_SCOPE, 'offline_access'] as const;

/**
 * Milliseconds after which a call of the token endpoint is certainly over. It is sent once: whoever sends a single-use
 * token has to know when its answer cannot come any more.
 */
export const TOKEN_CALL_MS = 10_000;

/** A person's tokens; times in milliseconds since 1970. */
export interface UserTokens {
  access: string;
  accessExpiresAt: number;
  /** Absent when nobody granted it: then the login lasts as long as the access token. */
  refresh: string | undefined;
  refreshExpiresAt: number | undefined;
  /** What was granted; undefined when the answer does not say it. */
  scopes: string[] | undefined;
}

/** Whether Feishu said that a token cannot write the helpdesk: the person did not grant it, or took it back. */
export const lacksHelpdesk = ({ scopes }: UserTokens): boolean =>
  scopes !== undefined && !scopes.includes(HELPDESK_SCOPE);

export interface OAuthParts {
  app: { appId: string; appSecret: string; baseUrl: string; accountsUrl: string };
  http: Http;
  clock: Clock;
  /** At most {@link TOKEN_CALL_MS}, which it is by default. */
  tokenCallMs?: number;
}

/** The library, and what it has to know of one of Feishu's endpoints. */
export interface Library {
  openid: typeof openid;
  configuration: openid.Configuration;
}

/** Loads the library when somebody logs in or a login is refreshed, and not before: nothing waits for it at the start. */
export const loadingLibrary = (configure: (library: typeof openid) => openid.Configuration): (() => Promise<Library>) =>
  loadedOnce(async () => {
    const library = await import('openid-client');
    return { openid: library, configuration: configure(library) };
  });

/** The token endpoint and the authorize page. */
export const tokenEndpoint = (parts: OAuthParts): (() => Promise<Library>) =>
  loadingLibrary((library) => configure(library, parts));

function configure(
  library: typeof openid,
  { app, http, tokenCallMs = TOKEN_CALL_MS }: OAuthParts,
): openid.Configuration {
  const server = {
    issuer: app.accountsUrl,
    authorization_endpoint: `${app.accountsUrl}/open-apis/authen/v1/authorize`,
    token_endpoint: `${app.baseUrl}/open-apis/authen/v2/oauth/token`,
  };
  // Credentials in the body only: HTTP Basic is refused with 20070.
  const authentication = library.ClientSecretPost(app.appSecret);
  const configuration = new library.Configuration(server, app.appId, undefined, authentication);
  configuration[library.customFetch] = sending(http, Math.min(tokenCallMs, TOKEN_CALL_MS), (answer) => {
    const tokens = Tokens.safeParse(answer.data);
    if (!tokens.success) throw incomplete(answer, 'the token endpoint gave no token');
    return { ...tokens.data, token_type: 'bearer' };
  });
  // The configuration accepts http: for loopback hosts only.
  if (app.baseUrl.startsWith('http:')) library.allowInsecureRequests(configuration);
  return configuration;
}

export const Word = z.string().min(1).optional().catch(undefined);
export const Seconds = z.coerce.number().positive().optional().catch(undefined);

/** A success answer, of which only the access token is indispensable: a refresh has spent the token before it. */
const Tokens = z.object({
  access_token: z.string().min(1),
  expires_in: Seconds,
  refresh_token: Word,
  refresh_token_expires_in: Seconds,
  // An empty one says that nothing was granted.
  scope: z.string().optional().catch(undefined),
});

/** An answer that claims success and lacks what it is for. A page is not Feishu's: something stands in between. */
export const incomplete = (answer: Answer, message: string): FeishuError =>
  new FeishuError(isPage(answer) ? 'unavailable' : 'unexpected', message, {
    route: answer.route,
    httpStatus: answer.status,
    logId: logIdOf(answer),
  });

/**
 * How the library sends its forms: once, over the one http client. Feishu's refusals become errors here, by their code;
 * of an answer the library, which is strict, sees only what `needed` makes of it.
 */
export const sending =
  (http: Http, ms: number, needed: (answer: Answer) => object) =>
  async (url: string, { method, headers, body }: openid.CustomFetchOptions): Promise<Response> => {
    const data = String(body ?? '');
    const answer = await http.request({ url, method, headers, data, onceWithinMs: ms });
    if (isRefusal(answer)) throw failureOf(answer, isPage(answer) ? kindOfPage : oauthKindOf);
    return Response.json(needed(answer));
  };

/** The login endpoints speak JSON; anything else is the answer of a gateway or a proxy, and will go away. */
const isPage = ({ data }: Answer): boolean => typeof data === 'string';

const kindOfPage = (_code: number | undefined, httpStatus: number): FeishuErrorKind =>
  httpStatus === 429 ? 'rate-limited' : 'unavailable';

const isRefusal = (answer: Answer): boolean =>
  !answer.isSuccess || (codeOf(answer.data) ?? 0) !== 0 || oauthErrorIn(answer) !== undefined;

/** The library wraps what its transport throws: the FeishuError inside is what callers know. */
export async function unwrapped<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    for (let inner = error; inner instanceof Error; inner = inner.cause) {
      if (inner instanceof FeishuError) throw inner;
    }
    const message = error instanceof Error ? error.message : 'Feishu gave no documented answer';
    throw new FeishuError('unexpected', message);
  }
}

const Lifetime = z.object({ refresh_token_expires_in: z.number().optional() });

/** Of an access token whose answer does not say it: the documented example's, in seconds. If too long, it is refused. */
const USUAL_LIFETIME = 7_200;

/** The tokens of a call of the token endpoint. Lifetimes are not fixed (get-user-access-token): the answer's are used. */
export async function tokensOf(call: Promise<openid.TokenEndpointResponse>, clock: Clock): Promise<UserTokens> {
  const answer = await unwrapped(call);
  const now = clock.now();
  const refreshFor = Lifetime.parse(answer).refresh_token_expires_in;
  return {
    access: answer.access_token,
    accessExpiresAt: now + (answer.expires_in ?? USUAL_LIFETIME) * 1000,
    refresh: answer.refresh_token,
    refreshExpiresAt: refreshFor === undefined ? undefined : now + refreshFor * 1000,
    scopes: answer.scope?.split(/\s+/).filter((scope) => scope !== ''),
  };
}

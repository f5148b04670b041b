import type * as openid from 'openid-client';
import { z } from 'zod';
import type { Clock } from '../lib/clock.ts';
import { loadedOnce } from '../lib/loadedOnce.ts';
import { OpenId } from '../skills/ids.ts';
import { oauthKindOf } from './codes.ts';
import { FeishuError } from './errors.ts';
import { failureOf } from './failure.ts';
import { Answer, codeOf, type Http, logIdOf, once } from './http.ts';

/** What a person must grant: to write the helpdesk, and to stay logged in. */
export const USER_SCOPES = ['helpdesk:all', 'offline_access'] as const;

/**
 * Milliseconds after which a call of the token endpoint is certainly over. It is sent once: whoever sends a single-use
 * token has to know when its answer cannot come any more.
 */
export const TOKEN_CALL_MS = 10_000;

/** A person's tokens; times in milliseconds since 1970. */
export interface UserTokens {
  access: string;
  accessExpiresAt: number;
  /** Absent when the app may not refresh: then the login lasts as long as the access token. */
  refresh: string | undefined;
  refreshExpiresAt: number | undefined;
  scopes: string[];
}

/** Feishu's OAuth endpoints, version 2. Every call rejects with a FeishuError. */
export interface OAuth {
  /** Where to send a person's browser (sso/api/obtain-oauth-code). */
  authorizeUrl(login: { redirectUri: string; state: string; verifier: string }): Promise<string>;
  /** Exchanges the code in the query of the callback. */
  exchange(login: {
    redirectUri: string;
    query: URLSearchParams;
    state: string;
    verifier: string;
  }): Promise<UserTokens>;
  /** Refresh tokens are single-use: store the answer before anything else. */
  refresh(refreshToken: string): Promise<UserTokens>;
  /** Whose token this is. */
  whoIs(accessToken: string): Promise<{ open_id: OpenId; name: string }>;
}

export interface OAuthParts {
  app: { appId: string; appSecret: string; baseUrl: string; accountsUrl: string };
  http: Http;
  clock: Clock;
  /** At most {@link TOKEN_CALL_MS}, which it is by default. */
  tokenCallMs?: number;
}

export function createOAuth({ app, http, clock, tokenCallMs = TOKEN_CALL_MS }: OAuthParts): OAuth {
  const library = loadedOnce(async () => {
    // Not before somebody logs in or a login is refreshed.
    const openid = await import('openid-client');
    return { openid, configuration: configure(openid, app, http, Math.min(tokenCallMs, TOKEN_CALL_MS)) };
  });

  return {
    async authorizeUrl({ redirectUri, state, verifier }) {
      const { openid, configuration } = await library();
      const url = openid.buildAuthorizationUrl(configuration, {
        redirect_uri: redirectUri,
        scope: USER_SCOPES.join(' '),
        state,
        code_challenge: await openid.calculatePKCECodeChallenge(verifier),
        // Feishu's default is "plain" (sso/api/obtain-oauth-code).
        code_challenge_method: 'S256',
      });
      return url.href;
    },

    async exchange({ redirectUri, query, state, verifier }) {
      const { openid, configuration } = await library();
      const callback = new URL(redirectUri);
      callback.search = query.toString();
      const checks = { expectedState: state, pkceCodeVerifier: verifier };
      return tokensOf(await unwrapped(openid.authorizationCodeGrant(configuration, callback, checks)), clock.now());
    },

    async refresh(refreshToken) {
      const { openid, configuration } = await library();
      return tokensOf(await unwrapped(openid.refreshTokenGrant(configuration, refreshToken)), clock.now());
    },

    async whoIs(accessToken) {
      const url = `${app.baseUrl}/open-apis/authen/v1/user_info`;
      const headers = { Authorization: `Bearer ${accessToken}` };
      const answer = Answer.parse(await http.instance.get(url, { headers }));
      // Failures of this endpoint come with HTTP 200 (authen-v1/user_info/get).
      if (codeOf(answer.data) !== 0) throw failureOf(answer, oauthKindOf);
      const parsed = UserInfo.safeParse(answer.data);
      if (parsed.success) return parsed.data.data;
      throw new FeishuError('unexpected', 'user_info did not say who the token belongs to');
    },
  };
}

function configure(
  library: typeof openid,
  app: OAuthParts['app'],
  http: Http,
  tokenCallMs: number,
): openid.Configuration {
  const server = {
    issuer: app.accountsUrl,
    authorization_endpoint: `${app.accountsUrl}/open-apis/authen/v1/authorize`,
    token_endpoint: `${app.baseUrl}/open-apis/authen/v2/oauth/token`,
  };
  // Credentials in the body only: HTTP Basic is refused with 20070.
  const authentication = library.ClientSecretPost(app.appSecret);
  const configuration = new library.Configuration(server, app.appId, undefined, authentication);
  configuration[library.customFetch] = (url, options) => send(http, url, options, tokenCallMs);
  // The configuration accepts http: for loopback hosts only.
  if (app.baseUrl.startsWith('http:')) library.allowInsecureRequests(configuration);
  return configuration;
}

const Word = z.string().min(1).optional().catch(undefined);
const Seconds = z.coerce.number().positive().optional().catch(undefined);

/** A success answer, of which only the access token is indispensable: a refresh has spent the token before it. */
const Tokens = z.object({
  access_token: z.string().min(1),
  expires_in: Seconds,
  refresh_token: Word,
  refresh_token_expires_in: Seconds,
  scope: Word,
});

/**
 * Sends a token request over the one http client. Feishu's refusals become errors here, by their code; of an answer the
 * library, which is strict, sees only what it needs.
 */
async function send(
  http: Http,
  url: string,
  { method, headers, body }: openid.CustomFetchOptions,
  ms: number,
): Promise<Response> {
  const data = String(body ?? '');
  const answer = Answer.parse(await http.instance.request({ url, method, headers, data, ...once(ms) }));
  if (answer.status < 200 || answer.status > 299 || (codeOf(answer.data) ?? 0) !== 0) {
    throw failureOf(answer, oauthKindOf);
  }
  const tokens = Tokens.safeParse(answer.data);
  if (!tokens.success) {
    throw new FeishuError('unexpected', 'the token endpoint gave no token', {
      httpStatus: answer.status,
      logId: logIdOf(answer),
    });
  }
  return Response.json({ ...tokens.data, token_type: 'bearer' });
}

/** The library wraps what its transport throws: the FeishuError inside is what callers know. */
async function unwrapped<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    for (let inner = error; inner instanceof Error; inner = inner.cause) {
      if (inner instanceof FeishuError) throw inner;
    }
    const message = error instanceof Error ? error.message : 'the token endpoint gave no documented answer';
    throw new FeishuError('unexpected', message);
  }
}

const UserInfo = z.object({ data: z.object({ open_id: OpenId, name: z.string().default('') }) });

const Lifetime = z.object({ refresh_token_expires_in: z.number().optional() });

/** Of an access token whose answer does not say it: the documented example's, in seconds. If too long, it is refused. */
const USUAL_LIFETIME = 7_200;

/** Lifetimes are not fixed (get-user-access-token): the answer's are used. */
function tokensOf(answer: openid.TokenEndpointResponse, now: number): UserTokens {
  const refreshFor = Lifetime.parse(answer).refresh_token_expires_in;
  return {
    access: answer.access_token,
    accessExpiresAt: now + (answer.expires_in ?? USUAL_LIFETIME) * 1000,
    refresh: answer.refresh_token,
    refreshExpiresAt: refreshFor === undefined ? undefined : now + refreshFor * 1000,
    scopes: (answer.scope ?? '').split(' ').filter((scope) => scope !== ''),
  };
}

import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Credentials } from '../credentials.ts';
import type { Settings } from '../settings.ts';
import type { Authorizations, IssuedCode } from '../state/authorizations.ts';
import type { DeviceLogins } from '../state/deviceLogins.ts';
import type { Grants, RefreshCheck, TokenPair } from '../state/grants.ts';
import { type Answer, deviceFailure, oauthFailure } from './answers.ts';
import type { ApiRequest, Endpoint } from './endpoint.ts';

export interface TokenParts {
  authorizations: Authorizations;
  credentials: Credentials;
  deviceLogins: DeviceLogins;
  grants: Grants;
  settings: Settings;
}

const bodySchema = z.object({
  grant_type: z.string(),
  client_id: z.string(),
  client_secret: z.string(),
  code: z.string().optional(),
  redirect_uri: z.string().optional(),
  code_verifier: z.string().optional(),
  refresh_token: z.string().optional(),
  device_code: z.string().optional(),
  scope: z.string().optional(),
});

type TokenBody = z.infer<typeof bodySchema>;

const invalidGrant = (code: number, description: string) => oauthFailure(code, 'invalid_grant', description);
const invalidRequest = (code: number, description: string) => oauthFailure(code, 'invalid_request', description);

/** Grants by `grant_type`; another flow is one more entry. */
const GRANTS: Record<string, (parts: TokenParts, body: TokenBody) => Answer> = {
  authorization_code: byCode,
  refresh_token: byRefreshToken,
  'urn:ietf:params:oauth:grant-type:device_code': byDeviceCode,
};

/**
 * User tokens, as JSON or form fields with the credentials in the body.
 * Codes: /uAjLw4CM/ukTMukTMukTM/authentication-management/access-token/get-user-access-token and refresh-user-access-token
 */
export function tokenEndpoint(parts: TokenParts): Endpoint {
  return {
    method: 'POST',
    route: '/open-apis/authen/v2/oauth/token',
    needs: { token: 'none' },
    handle: (request) => written(issueTokens(parts, request), parts.settings.oauthCodes),
  };
}

/** A refusal with its code as it is wanted; a success has a number at any rate. */
function written(answer: Answer, codes: Settings['oauthCodes']): Answer {
  const { code, ...rest } = answer.body;
  if (codes === 'number' || code === 0 || code === undefined) return answer;
  return { ...answer, body: codes === 'none' ? rest : { code: String(code), ...rest } };
}

function issueTokens(parts: TokenParts, { body, headers }: ApiRequest): Answer {
  if (/^basic /i.test(String(headers.authorization ?? ''))) {
    return invalidRequest(20070, 'Only one authentication method may be used: send the credentials in the body.');
  }
  const given = bodySchema.safeParse(body);
  if (!given.success) return invalidRequest(20063, 'The request lacks a required parameter.');
  if (given.data.client_id !== parts.credentials.appId) {
    return oauthFailure(20048, 'invalid_client', 'The app does not exist.');
  }
  if (given.data.client_secret !== parts.credentials.appSecret) {
    return oauthFailure(20002, 'invalid_client', 'The app secret is invalid.');
  }
  const grant = GRANTS[given.data.grant_type];
  return grant
    ? grant(parts, given.data)
    : oauthFailure(20036, 'unsupported_grant_type', 'The grant type is not supported.');
}

function byCode(parts: TokenParts, body: TokenBody): Answer {
  if (body.code === undefined) return invalidRequest(20063, 'The request lacks code.');
  const issued = parts.authorizations.find(body.code);
  if (!issued) return invalidGrant(20003, 'The authorization code passed is invalid.');
  if (issued.used) {
    return invalidGrant(
      20065,
      'The authorization code has been used. Please note that an authorization code can only be used once.',
    );
  }
  if (parts.authorizations.isExpired(issued)) return invalidGrant(20004, 'The authorization code passed has expired.');
  const refusal = mismatch(issued, body);
  if (refusal) return refusal;
  const granted = parts.grants.grant(issued.openId, []);
  const scopes = narrowed(granted, body.scope);
  if (!Array.isArray(scopes)) return scopes;
  issued.used = true;
  return tokenAnswer(parts.grants.issue(issued.openId, scopes, isRefreshable(parts, issued.request.scopes, scopes)));
}

const isRefreshable = ({ settings }: TokenParts, ...everywhere: string[][]): boolean =>
  [settings.userScopes, ...everywhere].every((scopes) => scopes.includes('offline_access'));

function byDeviceCode(parts: TokenParts, body: TokenBody): Answer {
  const check = parts.deviceLogins.ask(body.device_code ?? '');
  if (check.kind !== 'agreed') return deviceFailure(check.kind);
  const scopes = parts.grants.grant(check.openId, []);
  return tokenAnswer(parts.grants.issue(check.openId, scopes, isRefreshable(parts, check.scopes, scopes)));
}

function mismatch({ request }: IssuedCode, body: TokenBody): Answer | undefined {
  if (body.redirect_uri !== request.redirectUri) {
    return invalidGrant(20071, 'redirect_uri differs from the one of the authorize request.');
  }
  if (request.challenge === undefined) return undefined;
  const verifier = body.code_verifier ?? '';
  const isWellFormed = /^[A-Za-z0-9._~-]{43,128}$/.test(verifier);
  const made =
    request.challengeMethod === 'S256' ? createHash('sha256').update(verifier).digest('base64url') : verifier;
  if (isWellFormed && made === request.challenge) return undefined;
  return invalidGrant(20049, 'PKCE verification failed: the code_verifier does not fit the code_challenge.');
}

/** `scope` narrows this token only. */
function narrowed(granted: string[], scope: string | undefined): string[] | Answer {
  if (scope === undefined || scope === '') return granted;
  const wanted = scope.split(' ');
  if (new Set(wanted).size < wanted.length) return invalidRequest(20067, 'The scope parameter has duplicates.');
  const strange = wanted.filter((entry) => !granted.includes(entry));
  if (strange.length > 0) return invalidRequest(20068, `Not granted by the user: ${strange.join(' ')}`);
  return wanted;
}

const REFRESH_REFUSALS: Record<Exclude<RefreshCheck['kind'], 'live'>, [number, string]> = {
  unknown: [20026, 'The refresh token passed is invalid. Please check the value.'],
  expired: [20037, 'The refresh token passed has expired. Please generate a new one.'],
  revoked: [20064, 'The refresh token has been revoked. Please note that a refresh token can only be used once.'],
  used: [20073, 'The refresh token has been used. Please note that a refresh token can only be used once.'],
};

function byRefreshToken(parts: TokenParts, body: TokenBody): Answer {
  if (body.refresh_token === undefined) return invalidRequest(20063, 'The request lacks refresh_token.');
  if (!parts.settings.refreshAllowed) return invalidRequest(20074, 'The app is not allowed to refresh user tokens.');
  const check = parts.grants.checkRefresh(body.refresh_token);
  if (check.kind !== 'live') return invalidGrant(...REFRESH_REFUSALS[check.kind]);
  const scopes = narrowed(check.scopes, body.scope);
  if (!Array.isArray(scopes)) return scopes;
  parts.grants.spend(body.refresh_token);
  return tokenAnswer(parts.grants.issue(check.openId, scopes, true, check.grantedAt));
}

function tokenAnswer(pair: TokenPair): Answer {
  const refresh = { refresh_token: pair.refreshToken, refresh_token_expires_in: pair.refreshExpiresIn };
  return {
    status: 200,
    headers: { 'cache-control': 'no-store' },
    body: {
      code: 0,
      access_token: pair.accessToken,
      expires_in: pair.expiresIn,
      ...(pair.refreshToken === undefined ? {} : refresh),
      scope: pair.scopes.join(' '),
      token_type: 'Bearer',
    },
  };
}

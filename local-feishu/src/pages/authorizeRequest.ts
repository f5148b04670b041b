import { z } from 'zod';
import type { Credentials } from '../credentials.ts';
import type { Settings } from '../settings.ts';
import type { AuthorizeRequest } from '../state/authorizations.ts';

const MAX_SCOPES = 50;

const querySchema = z.object({
  client_id: z.string(),
  response_type: z.literal('code'),
  redirect_uri: z.string(),
  scope: z.string().default(''),
  state: z.string().optional(),
  code_challenge: z.string().optional(),
  code_challenge_method: z.enum(['plain', 'S256']).default('plain'),
  prompt: z.literal('consent').optional(),
});

export type AuthorizeCheck = { ok: true; request: AuthorizeRequest } | { ok: false; code: number; reason: string };

const refused = (code: number, reason: string): AuthorizeCheck => ({ ok: false, code, reason });

/**
 * Checks the query of the authorize page. Source: /common-capabilities/sso/api/obtain-oauth-code; 20027 is documented,
 * the other codes on this page are chosen here.
 */
export function checkAuthorize(query: unknown, credentials: Credentials, settings: Settings): AuthorizeCheck {
  const given = querySchema.safeParse(query);
  if (!given.success) return refused(20001, z.prettifyError(given.error));
  const { client_id: clientId, redirect_uri: redirectUri } = given.data;
  if (clientId !== credentials.appId) return refused(20048, 'client_id: there is no such app');
  if (!isRegistered(redirectUri, settings.redirectUris)) {
    return refused(20029, `redirect_uri is not registered: ${redirectUri}`);
  }
  const scopes = given.data.scope.split(' ').filter((scope) => scope !== '');
  const disabled = scopes.filter((scope) => !settings.userScopes.includes(scope));
  if (disabled.length > 0) return refused(20027, `user scopes are not enabled on the app: ${disabled.join(' ')}`);
  if (scopes.length > MAX_SCOPES) return refused(20001, `more than ${MAX_SCOPES} scopes`);
  const { state, code_challenge: challenge, code_challenge_method: challengeMethod } = given.data;
  return { ok: true, request: { clientId, redirectUri, scopes, state, challenge, challengeMethod } };
}

/** The whole path must be equal; what follows `?` or `#` is ignored. */
function isRegistered(redirectUri: string, registered: string[]): boolean {
  return URL.canParse(redirectUri) && registered.map(bare).includes(bare(redirectUri));
}

const bare = (url: string): string => url.replace(/[?#].*$/s, '');

/** The final URL; a fragment moves behind the query, as on the platform. */
export function redirectTo(request: AuthorizeRequest, answer: Record<string, string>): string {
  const url = new URL(request.redirectUri);
  for (const [name, value] of Object.entries(answer)) url.searchParams.set(name, value);
  if (request.state !== undefined) url.searchParams.set('state', request.state);
  return url.toString();
}

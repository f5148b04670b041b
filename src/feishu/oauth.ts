import { z } from 'zod';
import { OpenId } from '../domain/ids.ts';
import { codeOf } from './answer.ts';
import { oauthKindOf } from './codes.ts';
import { FeishuError } from './errors.ts';
import { failureOf } from './failure.ts';
import { type OAuthParts, tokenEndpoint, tokensOf, USER_SCOPES, type UserTokens } from './tokenEndpoint.ts';

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
  /** Whose token this is. With `onceWithinMs` it asks once, and that is over after so many milliseconds. */
  whoIs(accessToken: string, onceWithinMs?: number): Promise<{ openId: OpenId; name: string }>;
}

export function createOAuth(parts: OAuthParts): OAuth {
  const { app, http, clock } = parts;
  const library = tokenEndpoint(parts);

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
      return tokensOf(openid.authorizationCodeGrant(configuration, callback, checks), clock);
    },

    async refresh(refreshToken) {
      const { openid, configuration } = await library();
      return tokensOf(openid.refreshTokenGrant(configuration, refreshToken), clock);
    },

    async whoIs(accessToken, onceWithinMs) {
      const url = `${app.baseUrl}/open-apis/authen/v1/user_info`;
      const headers = { Authorization: `Bearer ${accessToken}` };
      const answer = await http.request({ url, headers, onceWithinMs });
      // Failures of this endpoint come with HTTP 200 (authen-v1/user_info/get).
      if (codeOf(answer.data) !== 0) throw failureOf(answer, oauthKindOf);
      const parsed = UserInfo.safeParse(answer.data);
      if (parsed.success) return { openId: parsed.data.data.open_id, name: parsed.data.data.name };
      const { route } = answer;
      throw new FeishuError('unexpected', 'user_info did not say who the token belongs to', { route });
    },
  };
}

const UserInfo = z.object({ data: z.object({ open_id: OpenId, name: z.string().default('') }) });

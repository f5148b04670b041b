import type * as openid from 'openid-client';
import { z } from 'zod';
import { FeishuError, type FeishuErrorKind } from './errors.ts';
import {
  incomplete,
  loadingLibrary,
  type OAuthParts,
  Seconds,
  sending,
  TOKEN_CALL_MS,
  tokenEndpoint,
  tokensOf,
  USER_SCOPES,
  type UserTokens,
  unwrapped,
} from './tokenEndpoint.ts';

/** A device authorization that was begun; times in milliseconds. */
export interface StartedDevice {
  /** The secret with which it is asked for. */
  deviceCode: string;
  /** What the page shows, for the person to compare. */
  userCode: string;
  /** The page on which the person agrees. */
  url: string;
  expiresInMs: number;
  /** The shortest pause before and between two polls. */
  intervalMs: number;
}

/**
 * What a poll found.
 * - `pending`: nobody has decided yet; `slow-down`: the same, and the polls come too fast
 * - `refused`: somebody did not agree; `over`: the device code is too old, used, or none
 */
export type DevicePoll =
  | { kind: 'tokens'; tokens: UserTokens }
  | { kind: 'pending' | 'slow-down' | 'refused' | 'over' };

/**
 * OAuth device authorization (RFC 8628). Feishu's documents do not describe it: this follows its own command line tool,
 * internal/auth/device_flow.go. Both calls reject with a FeishuError.
 */
export interface DeviceAuthorization {
  start(): Promise<StartedDevice>;
  /** Asks once, with a single call that is over after {@link TOKEN_CALL_MS}. The tokens are given out once. */
  poll(deviceCode: string): Promise<DevicePoll>;
}

const GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:device_code';

export function createDeviceAuthorization(parts: OAuthParts): DeviceAuthorization {
  const starting = loadingLibrary((library) => startEndpoint(library, parts));
  const polling = tokenEndpoint(parts);

  return {
    async start() {
      const { openid, configuration } = await starting();
      const started = await unwrapped(
        openid.initiateDeviceAuthorization(configuration, { scope: USER_SCOPES.join(' ') }),
      );
      return {
        deviceCode: started.device_code,
        userCode: started.user_code,
        url: started.verification_uri_complete ?? started.verification_uri,
        expiresInMs: started.expires_in * 1000,
        intervalMs: (started.interval ?? USUAL_INTERVAL) * 1000,
      };
    },

    async poll(deviceCode) {
      try {
        const { openid, configuration } = await polling();
        const grant = openid.genericGrantRequest(configuration, GRANT_TYPE, { device_code: deviceCode });
        return { kind: 'tokens', tokens: await tokensOf(grant, parts.clock) };
      } catch (error) {
        const kind = error instanceof FeishuError ? foundIn(error) : undefined;
        if (!kind) throw error;
        return { kind };
      }
    },
  };
}

/** In seconds, where the answer does not say it: as in Feishu's own tool. */
const USUAL_INTERVAL = 5;
const USUAL_LIFETIME = 240;

const WebAddress = z.url({ protocol: /^https?$/ });

const Started = z.object({
  device_code: z.string().min(1),
  user_code: z.string().min(1),
  verification_uri: WebAddress,
  verification_uri_complete: WebAddress.optional().catch(undefined),
  expires_in: Seconds.transform((seconds) => seconds ?? USUAL_LIFETIME),
  interval: Seconds,
});

function startEndpoint(library: typeof openid, { app, http }: OAuthParts): openid.Configuration {
  const server = {
    issuer: app.accountsUrl,
    device_authorization_endpoint: `${app.accountsUrl}/oauth/v1/device_authorization`,
  };
  const configuration = new library.Configuration(server, app.appId, undefined, basic(app));
  configuration[library.customFetch] = sending(http, TOKEN_CALL_MS, (answer) => {
    const started = Started.safeParse(answer.data);
    if (!started.success) throw incomplete(answer, 'the device authorization endpoint gave no code');
    return started.data;
  });
  if (app.accountsUrl.startsWith('http:')) library.allowInsecureRequests(configuration);
  return configuration;
}

/** The library's own would percent-encode the id and the secret first, which Feishu's tool does not. */
const basic =
  ({ appId, appSecret }: OAuthParts['app']): openid.ClientAuth =>
  (_server, _client, _body, headers) => {
    headers.set('authorization', `Basic ${Buffer.from(`${appId}:${appSecret}`).toString('base64')}`);
  };

const BY_WORD: ReadonlyMap<string, Exclude<DevicePoll['kind'], 'tokens'>> = new Map([
  ['authorization_pending', 'pending'],
  ['slow_down', 'slow-down'],
  ['access_denied', 'refused'],
  ['expired_token', 'over'],
  ['invalid_grant', 'over'],
]);

/** What `invalid_grant` is said of. Feishu says it of much else, by a code beside it. */
const OF_THE_CODE: ReadonlySet<FeishuErrorKind> = new Set(['unexpected', 'code-refused', 'grant-dead']);

/** Undefined for a failure of another sort. */
const foundIn = ({ kind, oauthError = '' }: FeishuError): Exclude<DevicePoll['kind'], 'tokens'> | undefined =>
  oauthError === 'invalid_grant' && !OF_THE_CODE.has(kind) ? undefined : BY_WORD.get(oauthError);

import { isObject, parseJson } from '../json.ts';
import { encodePush } from './crypto.ts';
import type { DeliveriesParts } from './deliveries.ts';

type CheckParts = Pick<DeliveriesParts, 'clock' | 'random' | 'ids' | 'credentials' | 'limits' | 'poster'>;

/**
 * Sends `url_verification` (encrypted when there is a key, never signed). Throws when the challenge does not come back,
 * and when nothing comes back in time, `tries` times in a row.
 * Source: /ukTMukTMukTM/uYDNxYjL2QTM24iN0EjN/event-subscription-configure-/choose-a-subscription-mode/send-notifications-to-developers-server
 */
export async function checkAddress(url: string, parts: CheckParts, tries = 1): Promise<void> {
  const challenge = parts.ids.hex(32);
  const body = { challenge, token: parts.credentials.verificationToken, type: 'url_verification' };
  const now = parts.clock.now();
  const push = encodePush(body, parts.credentials.encryptKey, { random: parts.random, now, signed: false });
  const result = await parts.poster.post(url, push, parts.limits.challengeMs);
  if (result.kind === 'timeout' && tries > 1) return checkAddress(url, parts, tries - 1);
  if (result.kind !== 'answer') throw new Error(`address check of ${url} failed: ${result.error}`);
  const answer = parseJson(result.body);
  if (result.status !== 200 || !isObject(answer) || answer.challenge !== challenge) {
    throw new Error(`address check of ${url} failed: HTTP ${result.status}, ${result.body.slice(0, 200)}`);
  }
}

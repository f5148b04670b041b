import { z } from 'zod';
import { sameSecret } from './signature.ts';

/** A body that is certainly from Feishu, before anybody looks at what it says. */
export type Envelope = { kind: 'challenge'; challenge: string } | EventEnvelope;

/** An event or a card callback. */
export interface EventEnvelope {
  kind: 'event';
  eventId: string;
  eventType: string;
  body: unknown;
}

const Challenge = z.object({ type: z.literal('url_verification'), challenge: z.string(), token: z.string() });

const Version2 = z.object({
  schema: z.literal('2.0'),
  header: z.object({ event_id: z.string().min(1), event_type: z.string(), token: z.unknown() }),
});

/** Events of the first version have their token at the root (choose-a-subscription-mode). */
const Version1 = z.object({ type: z.literal('event_callback'), uuid: z.string().min(1), token: z.unknown() });

/** Opens a plain body. Undefined when it has not the right verification token, or is nothing that Feishu sends. */
export function openEnvelope(body: unknown, verificationToken: string): Envelope | undefined {
  const event = eventIn(body);
  if (event) {
    const given = z.string().safeParse(event.token);
    return given.success && sameSecret(given.data, verificationToken) ? event.envelope : undefined;
  }
  const challenge = Challenge.safeParse(body);
  if (!challenge.success) return undefined;
  const { token, challenge: text } = challenge.data;
  return sameSecret(token, verificationToken) ? { kind: 'challenge', challenge: text } : undefined;
}

/**
 * Reads an event that came over a connection which Feishu and the bot made with the secret of the app. There is nothing
 * else to check: it is not signed, and its verification token stays empty (encrypt-key-encryption-configuration-case).
 * Undefined when it is no event.
 */
export const trustedEvent = (body: unknown): EventEnvelope | undefined => eventIn(body)?.envelope;

function eventIn(body: unknown): { envelope: EventEnvelope; token: unknown } | undefined {
  const event = Version2.safeParse(body);
  if (event.success) {
    const { token, event_id: eventId, event_type: eventType } = event.data.header;
    return { envelope: { kind: 'event', eventId, eventType, body }, token };
  }
  const old = Version1.safeParse(body);
  if (!old.success) return undefined;
  return {
    envelope: { kind: 'event', eventId: old.data.uuid, eventType: 'event_callback', body },
    token: old.data.token,
  };
}

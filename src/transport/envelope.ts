import { z } from 'zod';
import { sameSecret } from './signature.ts';

/** A body that is certainly from Feishu, before anybody looks at what it says. */
export type Envelope =
  | { kind: 'challenge'; challenge: string }
  | { kind: 'event'; eventId: string; eventType: string; body: unknown };

const Challenge = z.object({ type: z.literal('url_verification'), challenge: z.string(), token: z.string() });

const Version2 = z.object({
  schema: z.literal('2.0'),
  header: z.object({ event_id: z.string().min(1), event_type: z.string(), token: z.string() }),
});

/** Events of the first version have their token at the root (choose-a-subscription-mode). */
const Version1 = z.object({ type: z.literal('event_callback'), uuid: z.string().min(1), token: z.string() });

/** Opens a plain body. Undefined when it has not the right verification token, or is nothing that Feishu sends. */
export function openEnvelope(body: unknown, verificationToken: string): Envelope | undefined {
  const event = Version2.safeParse(body);
  if (event.success) {
    const { token, event_id: eventId, event_type: eventType } = event.data.header;
    return sameSecret(token, verificationToken) ? { kind: 'event', eventId, eventType, body } : undefined;
  }
  const challenge = Challenge.safeParse(body);
  if (challenge.success) {
    const { token, challenge: text } = challenge.data;
    return sameSecret(token, verificationToken) ? { kind: 'challenge', challenge: text } : undefined;
  }
  const old = Version1.safeParse(body);
  if (!old.success || !sameSecret(old.data.token, verificationToken)) return undefined;
  return { kind: 'event', eventId: old.data.uuid, eventType: 'event_callback', body };
}

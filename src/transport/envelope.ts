import { z } from 'zod';
import { isDeeperThan } from '../lib/nesting.ts';
import { sameSecret } from './signature.ts';

/** A body that is certainly from Feishu, before anybody looks at what it says. */
export type Envelope = { kind: 'challenge'; challenge: string } | EventEnvelope;

/** Nothing that Feishu sends, and no card of the bot, is nested nearly as deep. */
export const MAX_DEPTH = 64;

/** The type of a click. */
export const CARD_ACTION = 'card.action.trigger';

/** An event or a card callback. */
export interface EventEnvelope {
  kind: 'event';
  eventId: string;
  eventType: string;
  /** The app that it is for; undefined where it names none. */
  appId: string | undefined;
  /** The company that the app belongs to; undefined where it is not named. */
  tenantKey: string | undefined;
  body: unknown;
}

const Challenge = z.object({ type: z.literal('url_verification'), challenge: z.string(), token: z.string() });

/** What names an app or a company; anything else than a text names none. */
const Name = z.string().optional().catch(undefined);

/** Stays empty or away over a long connection; a webhook without the right one is refused when it is compared. */
const Token = z.unknown().optional();

const Version2 = z.object({
  schema: z.literal('2.0'),
  header: z.object({
    event_id: z.string().min(1),
    event_type: z.string(),
    token: Token,
    app_id: Name,
    tenant_key: Name,
  }),
});

/** Events of the first version have their token at the root, and the app in the event (choose-a-subscription-mode). */
const Version1 = z.object({
  type: z.literal('event_callback'),
  uuid: z.string().min(1),
  token: Token,
  event: z.object({ app_id: Name, tenant_key: Name }).optional().catch(undefined),
});

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

/**
 * Why an event that is certainly from Feishu is not to be taken in; undefined when nothing is wrong with it. Every event
 * names its app: one that names none is not of this app. What is nested too deep could not be stored; a click is let
 * through all the same, because somebody waits for its answer.
 */
export function unfitFor(appId: string, event: EventEnvelope): 'other_app' | 'too_deep' | undefined {
  if (event.appId !== appId) return 'other_app';
  return event.eventType !== CARD_ACTION && isDeeperThan(event.body, MAX_DEPTH) ? 'too_deep' : undefined;
}

function eventIn(body: unknown): { envelope: EventEnvelope; token: unknown } | undefined {
  const event = Version2.safeParse(body);
  if (event.success) {
    const { token, event_id: eventId, event_type: eventType, app_id: appId, tenant_key: tenantKey } = event.data.header;
    return { envelope: { kind: 'event', eventId, eventType, appId, tenantKey, body }, token };
  }
  const old = Version1.safeParse(body);
  if (!old.success) return undefined;
  const { uuid: eventId, token, event: inner } = old.data;
  const { app_id: appId, tenant_key: tenantKey } = inner ?? {};
  return { envelope: { kind: 'event', eventId, eventType: 'event_callback', appId, tenantKey, body }, token };
}

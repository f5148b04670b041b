import type { Clock } from '../clock.ts';
import type { Credentials } from '../credentials.ts';
import type { Connections } from '../longConnection/connections.ts';
import type { Random } from '../random.ts';
import type { Settings } from '../settings.ts';
import type { DeliveryEntry, DeliveryLog } from '../state/deliveryLog.ts';
import { encodePush } from './crypto.ts';
import { CARD_ACTION, type EventBody } from './events.ts';
import type { Limits } from './limits.ts';
import type { Poster, PostResult } from './post.ts';

export interface PushParts {
  clock: Clock;
  random: Random;
  credentials: Credentials;
  settings: Settings;
  limits: Limits;
  log: DeliveryLog;
  poster: Poster;
  connections: Connections;
}

/** Hands something to the bot once, in the way that is set; the caller ends the entry of the log. Never rejects. */
export async function push(
  parts: PushParts,
  body: EventBody,
  attempt: number,
): Promise<{ entry: DeliveryEntry; result: PostResult }> {
  const { clock, settings, limits, log, connections } = parts;
  const { event_id: eventId, event_type: eventType } = body.header;
  const isLong = settings.pushVia === 'websocket';
  const url = isLong ? 'long connection' : addressOf(settings, eventType);
  const entry = log.begin({ eventId, eventType, url, attempt, startedAt: clock.now(), body });
  const result = isLong ? connections.push(body, limits.answerMs) : post(parts, url, body);
  return { entry, result: await result };
}

const addressOf = (settings: Settings, eventType: string): string =>
  (eventType === CARD_ACTION ? settings.cardUrl : settings.eventUrl) ?? '';

async function post(parts: PushParts, url: string, body: EventBody): Promise<PostResult> {
  const { clock, random, credentials, limits, poster } = parts;
  if (url === '') return { kind: 'refused', error: 'no address is configured', tookMs: 0 };
  return poster.post(url, encodePush(body, credentials.encryptKey, { random, now: clock.now() }), limits.answerMs);
}

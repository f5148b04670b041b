import type { Clock } from '../clock.ts';
import type { Credentials } from '../credentials.ts';
import type { Ids } from '../ids.ts';
import { TENANT_KEY } from '../seed.ts';
import type { Member } from '../state/directory.ts';

/** A push in clear: schema 2.0 with header and event. */
export interface EventBody {
  schema: '2.0';
  header: {
    event_id: string;
    event_type: string;
    /** Milliseconds; microseconds for card.action.trigger. */
    create_time: string;
    token: string;
    app_id: string;
    tenant_key: string;
  };
  event: Record<string, unknown>;
}

export interface EventParts {
  clock: Clock;
  ids: Ids;
  credentials: Credentials;
}

export const CARD_ACTION = 'card.action.trigger';

export function eventBody(
  parts: EventParts,
  eventType: string,
  event: Record<string, unknown>,
  eventId: string = parts.ids.event(),
): EventBody {
  const now = String(parts.clock.now());
  return {
    schema: '2.0',
    header: {
      event_id: eventId,
      event_type: eventType,
      create_time: eventType === CARD_ACTION ? `${now}000` : now,
      token: parts.credentials.verificationToken,
      app_id: parts.credentials.appId,
      tenant_key: TENANT_KEY,
    },
    event,
  };
}

/** `user_id` is left out: its scope is not granted. */
export function idsOf(member: Pick<Member, 'openId' | 'unionId'>): Record<string, string> {
  return { union_id: member.unionId, open_id: member.openId };
}

import type { Chats } from '../state/chats.ts';
import type { Directory } from '../state/directory.ts';
import type { Grants } from '../state/grants.ts';
import type { Deliveries } from './deliveries.ts';
import { type EventParts, eventBody, idsOf } from './events.ts';

export interface OtherEventParts extends EventParts {
  chats: Chats;
  deliveries: Deliveries;
  directory: Directory;
  grants: Grants;
}

/** What of a person's tokens is revoked: all of them, or the access tokens only. */
export type Revoked = 'all' | 'access';

/** Each gives the event id; delivery goes on in the background. */
export function otherEvents(parts: OtherEventParts) {
  const push = (eventType: string, event: Record<string, unknown>): string => {
    const body = eventBody(parts, eventType, event);
    parts.deliveries.enqueue(body);
    return body.header.event_id;
  };
  const { directory, chats, grants } = parts;
  const chatOf = (as: string): string => chats.resolve('p2p', as).chatId;
  return {
    openBot: (as: string): string =>
      push('im.chat.access_event.bot_p2p_chat_entered_v1', {
        chat_id: chatOf(as),
        operator_id: idsOf(directory.person(as)),
      }),
    addBotToGroup: (by: string): string => {
      const person = directory.person(by);
      chats.group.hasBot = true;
      return push('im.chat.member.bot.added_v1', {
        chat_id: chats.group.chatId,
        operator_id: idsOf(person),
        external: false,
        operator_tenant_key: directory.tenantOf(person.openId),
        name: chats.group.name,
      });
    },
    menu: (as: string, eventKey: string): string =>
      push('application.bot.menu_v6', {
        operator: { operator_name: directory.person(as).name, operator_id: idsOf(directory.person(as)) },
        event_key: eventKey,
        timestamp: Math.floor(parts.clock.now() / 1000),
      }),
    revoke: (as: string, what: Revoked): string => {
      const person = directory.person(as);
      if (what === 'access') grants.revokeAccess(person.openId);
      else grants.revoke(person.openId);
      return push('auth.user_access_token.revoked_v4', {
        revoke_token_type: what === 'access' ? 'user_access_token' : 'user_access_token refresh_token',
        revoke_reason: 'Revoked by user action.',
        ...idsOf(person),
      });
    },
  };
}

import type { ChatId, OpenId } from '../skills/ids.ts';

/** Whether this person may use the bot in this chat. */
export type Allowed = (chat: ChatId, person: OpenId) => boolean;

/** By the allow lists: a list that is not set allows everything, and where both are set both must fit. */
export const allowedBy =
  (lists: { chats: ReadonlySet<ChatId> | undefined; people: ReadonlySet<OpenId> | undefined }): Allowed =>
  (chat, person) =>
    (lists.chats?.has(chat) ?? true) && (lists.people?.has(person) ?? true);

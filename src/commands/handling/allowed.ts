import type { ChatId, OpenId } from '../../domain/ids.ts';

/**
 * Whether this person may use the bot in this chat. An event that names only one of them is judged by that one;
 * whatever comes of it names both.
 */
export type Allowed = (chatId: ChatId | undefined, actorId: OpenId | undefined) => boolean;

/** By the allow lists: a list that is not set allows everything, and where both are set both must fit. */
export const allowedBy =
  (lists: { chats: ReadonlySet<ChatId> | undefined; people: ReadonlySet<OpenId> | undefined }): Allowed =>
  (chatId, actorId) =>
    isOn(lists.chats, chatId) && isOn(lists.people, actorId);

const isOn = <Id>(list: ReadonlySet<Id> | undefined, id: Id | undefined): boolean =>
  list === undefined || id === undefined || list.has(id);

import type { Settings } from '../settings.ts';
import type { Chat, ChatRef, Chats } from '../state/chats.ts';
import type { Directory, Person } from '../state/directory.ts';
import type { Mention, Messages, StoredMessage } from '../state/messages.ts';
import type { Deliveries } from './deliveries.ts';
import { type EventParts, eventBody, idsOf } from './events.ts';
import { mentionsOf, postContent, readTyped, textContent } from './typing.ts';

export interface SayOptions {
  /** Default text. */
  kind?: 'text' | 'post';
  /** The message is a reply to this one. */
  replyTo?: string;
  threadId?: string;
  /** To deliver something twice: the same ids again. */
  eventId?: string;
  messageId?: string;
}

export interface SentMessage {
  messageId: string;
  chatId: string;
  eventId: string;
  /** False when the platform does not push it: a group message without a mention, see `settings.groupMessages`. */
  pushed: boolean;
}

export interface SayParts extends EventParts {
  chats: Chats;
  deliveries: Deliveries;
  directory: Directory;
  messages: Messages;
  settings: Settings;
}

/** Who types what in which chat. */
interface Said {
  as: string;
  chat: ChatRef;
  text: string;
  options?: SayOptions | undefined;
}

/** Posts what a person typed and pushes im.message.receive_v1. A message id that exists is pushed again, not posted again. */
export function say(parts: SayParts, { as, chat: ref, text, options = {} }: Said): SentMessage {
  const person = parts.directory.person(as);
  const chat = parts.chats.resolve(ref, as);
  if (!chat.members.includes(person.openId)) throw new Error(`${as} is not in the chat ${chat.chatId}`);
  const known = options.messageId === undefined ? undefined : parts.messages.get(options.messageId);
  const message = known ?? post(parts, { ...options, person, chat, text });
  const eventId = options.eventId ?? parts.ids.event();
  const pushed = isPushed(parts, chat, message.mentions);
  if (pushed) {
    const event = messageEvent(parts.directory, { person, chat, message });
    parts.deliveries.enqueue(eventBody(parts, 'im.message.receive_v1', event, eventId));
  }
  return { messageId: message.messageId, chatId: chat.chatId, eventId, pushed };
}

interface Typed {
  person: Person;
  chat: Chat;
  text: string;
}

function post(parts: SayParts, { person, chat, text, ...options }: SayOptions & Typed): StoredMessage {
  const typed = readTyped(text, parts.directory);
  const parent = options.replyTo === undefined ? undefined : parts.messages.get(options.replyTo);
  const kind = options.kind ?? 'text';
  const threadId = options.threadId ?? parent?.threadId;
  return parts.messages.add({
    messageId: options.messageId ?? parts.ids.message(),
    chatId: chat.chatId,
    senderKind: 'user',
    senderId: person.openId,
    msgType: kind,
    content: kind === 'post' ? postContent(typed) : textContent(typed),
    mentions: mentionsOf(typed),
    ...(parent ? { replyTo: parent.messageId, rootId: parent.rootId ?? parent.messageId } : {}),
    ...(threadId === undefined ? {} : { threadId }),
  });
}

function isPushed(parts: SayParts, chat: Chat, mentions: Mention[]): boolean {
  if (!chat.hasBot) return false;
  if (chat.kind === 'p2p' || parts.settings.groupMessages === 'all') return true;
  return mentions.some((mention) => mention.kind === 'bot');
}

function messageEvent(
  directory: Directory,
  { person, chat, message }: { person: Person; chat: Chat; message: StoredMessage },
): Record<string, unknown> {
  const mentions = message.mentions.map((mention) => ({
    key: mention.key,
    id: mention.kind === 'bot' ? { ...idsOf(directory.bot), user_id: '' } : idsOfMention(directory, mention),
    mentioned_type: mention.kind,
    name: mention.name,
    tenant_key: directory.tenantOf(mention.openId),
  }));
  return {
    sender: { sender_id: idsOf(person), sender_type: 'user', tenant_key: directory.tenantOf(person.openId) },
    message: {
      message_id: message.messageId,
      ...(message.rootId === undefined ? {} : { root_id: message.rootId }),
      ...(message.replyTo === undefined ? {} : { parent_id: message.threadId ? message.rootId : message.replyTo }),
      create_time: String(message.createdAt),
      update_time: String(message.updatedAt),
      chat_id: chat.chatId,
      ...(message.threadId === undefined ? {} : { thread_id: message.threadId }),
      chat_type: chat.kind,
      message_type: message.msgType,
      content: message.content,
      ...(mentions.length === 0 ? {} : { mentions }),
    },
  };
}

function idsOfMention(directory: Directory, mention: Mention): Record<string, string> {
  const member = directory.byOpenId(mention.openId);
  return member ? idsOf(member) : { open_id: mention.openId };
}

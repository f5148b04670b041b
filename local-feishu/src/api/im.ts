import { z } from 'zod';
import type { Chat, Chats } from '../state/chats.ts';
import type { Directory } from '../state/directory.ts';
import type { Messages } from '../state/messages.ts';
import { type Answer, failure, success } from './answers.ts';
import { checkContent } from './content.ts';
import type { Endpoint } from './endpoint.ts';
import { messageData } from './messageData.ts';
import { type OutgoingMessage, type OutgoingParts, postFromBot } from './outgoing.ts';

const BOT_NOT_IN_CHAT = failure(400, 230002, 'Bot/User can NOT be out of the chat.');
const BAD_REQUEST = failure(400, 230001, 'Your request contains an invalid request parameter.');

const outgoing = { msg_type: z.string(), content: z.string(), uuid: z.string().max(50).optional() };
const replySchema = z.strictObject({ ...outgoing, reply_in_thread: z.boolean().optional() });
const createSchema = z.strictObject({ ...outgoing, receive_id: z.string() });

export interface ImParts extends OutgoingParts {
  chats: Chats;
  directory: Directory;
  messages: Messages;
}

/** Sending and reading messages, and chats. Updates of cards are elsewhere. */
export function imEndpoints(parts: ImParts): Endpoint[] {
  const sending = { token: 'tenant' as const, scopes: ['im:message', 'im:message:send_as_bot', 'im:message:send'] };
  return [
    {
      method: 'POST',
      route: '/open-apis/im/v1/messages/:message_id/reply',
      needs: sending,
      handle: ({ params, body }) => reply(parts, params.message_id ?? '', body),
    },
    {
      method: 'POST',
      route: '/open-apis/im/v1/messages',
      needs: sending,
      handle: ({ query, body }) => create(parts, query, body),
    },
    {
      method: 'GET',
      route: '/open-apis/im/v1/messages/:message_id',
      needs: { token: 'tenant', scopes: ['im:message', 'im:message:readonly'] },
      handle: ({ params }) => get(parts, params.message_id ?? ''),
    },
    {
      method: 'GET',
      route: '/open-apis/im/v1/chats/:chat_id',
      needs: { token: 'tenant' },
      handle: ({ params }) => getChat(parts.chats.byId(params.chat_id ?? '')),
    },
  ];
}

function reply(parts: ImParts, messageId: string, body: unknown): Answer {
  const given = replySchema.safeParse(body);
  if (!given.success) return BAD_REQUEST;
  const parent = parts.messages.get(messageId);
  if (!parent)
    return failure(400, 230001, 'Your request contains an invalid request parameter, ext=invalid message_id.');
  if (parent.recalled) return failure(400, 230011, 'The message was withdrawn.');
  const chat = parts.chats.byId(parent.chatId);
  if (!chat) return BAD_REQUEST;
  const startsThread = given.data.reply_in_thread === true && parent.threadId === undefined;
  if (startsThread && chat.kind === 'p2p') return failure(400, 230071, 'The chat does not support reply in thread.');
  const threadId = startsThread ? parts.ids.thread() : parent.threadId;
  return post(parts, chat, given.data, {
    replyTo: parent.messageId,
    rootId: parent.rootId ?? parent.messageId,
    ...(threadId === undefined ? {} : { threadId }),
  });
}

function create(parts: ImParts, query: Record<string, unknown>, body: unknown): Answer {
  const given = createSchema.safeParse(body);
  if (!given.success) return BAD_REQUEST;
  const { receive_id: id, ...message } = given.data;
  if (query.receive_id_type === 'chat_id') {
    const chat = parts.chats.byId(id);
    return chat ? post(parts, chat, message, {}) : BOT_NOT_IN_CHAT;
  }
  const { directory } = parts;
  const finders: Record<string, (id: string) => { openId: string } | undefined> = {
    open_id: (openId) => directory.byOpenId(openId),
    union_id: (unionId) => directory.byUnionId(unionId),
    email: (email) => directory.byEmail(email),
  };
  const find = finders[String(query.receive_id_type)];
  if (!find) return BAD_REQUEST;
  const member = find(id);
  if (!member) return failure(400, 230034, 'The receive_id is invalid.');
  const chat = parts.chats.directOf(member.openId);
  return chat ? post(parts, chat, message, {}) : failure(400, 230013, 'Bot has NO availability to this user.');
}

function post(
  parts: ImParts,
  chat: Chat,
  message: { msg_type: string; content: string; uuid?: string | undefined },
  place: Pick<OutgoingMessage, 'replyTo' | 'rootId' | 'threadId'>,
): Answer {
  if (!chat.hasBot) return BOT_NOT_IN_CHAT;
  const checked = checkContent(message.msg_type, message.content, (id) => parts.directory.byOpenId(id) !== undefined);
  if (!checked.ok) return checked.answer;
  const { uuid } = message;
  return postFromBot(parts, {
    chat,
    msgType: message.msg_type,
    content: message.content,
    ...place,
    ...(checked.card ? { card: checked.card } : {}),
    ...(uuid === undefined ? {} : { uuid }),
  });
}

function get(parts: ImParts, messageId: string): Answer {
  const message = parts.messages.get(messageId);
  if (!message)
    return failure(400, 230001, 'Your request contains an invalid request parameter, ext=invalid message_id.');
  if (!parts.chats.byId(message.chatId)?.hasBot) return BOT_NOT_IN_CHAT;
  return success({ items: [messageData(parts, message)] });
}

function getChat(chat: Chat | undefined): Answer {
  if (!chat) return failure(400, 232006, 'The chat_id is invalid.');
  return success({
    name: chat.name,
    description: '',
    chat_mode: chat.kind,
    chat_type: 'private',
    external: false,
    user_count: String(chat.members.length),
    bot_count: chat.hasBot ? '1' : '0',
    chat_status: 'normal',
  });
}

import type { Credentials } from '../credentials.ts';
import { TENANT_KEY } from '../seed.ts';
import type { StoredMessage } from '../state/messages.ts';

/** A message as the message APIs return it. */
export function messageData(parts: { credentials: Credentials }, message: StoredMessage): Record<string, unknown> {
  const isApp = message.senderKind === 'bot';
  return {
    message_id: message.messageId,
    ...(message.rootId === undefined ? {} : { root_id: message.rootId }),
    ...(message.replyTo === undefined ? {} : { parent_id: message.replyTo }),
    ...(message.threadId === undefined ? {} : { thread_id: message.threadId }),
    msg_type: message.msgType,
    create_time: String(message.createdAt),
    update_time: String(message.updatedAt),
    deleted: message.recalled,
    updated: message.history.length > 1,
    chat_id: message.chatId,
    sender: {
      id: isApp ? parts.credentials.appId : message.senderId,
      id_type: isApp ? 'app_id' : 'open_id',
      sender_type: isApp ? 'app' : 'user',
      tenant_key: TENANT_KEY,
    },
    body: { content: message.content },
    ...(message.mentions.length === 0 ? {} : { mentions: message.mentions.map(mentionData) }),
  };
}

const mentionData = (mention: StoredMessage['mentions'][number]) => ({
  key: mention.key,
  id: mention.openId,
  id_type: 'open_id',
  name: mention.name,
  tenant_key: TENANT_KEY,
});

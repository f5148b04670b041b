import { createHash } from 'node:crypto';
import { helpCard } from '../cards/help.ts';
import { internalErrorCard, notAllowedCard } from '../cards/refused.ts';
import { FeishuError } from '../feishu/errors.ts';
import type { MessageId } from '../skills/ids.ts';
import type { MessageDelivery } from '../store/delivery.ts';
import type { Allowed } from './allowed.ts';
import type { Context, Reply, Services } from './context.ts';
import { UsageError } from './errors.ts';
import { type CommandLine, readLine } from './parse/line.ts';
import { answered, perform, saveView } from './perform.ts';
import { COMMANDS, findCommand } from './registry.ts';

export interface MessageParts {
  services: Services;
  allowed: Allowed;
}

/** Answers a message with a card, if it is for the bot. `key` names the delivery. */
export async function handleMessage(parts: MessageParts, key: string, message: MessageDelivery): Promise<void> {
  const line = readLine(message.text, message.mentions);
  // What is said in a group is nobody's business but the group's.
  if (!line && message.chat_type === 'group') return;
  const reply = parts.allowed(message.chat_id, message.sender_id)
    ? await replyTo(parts.services, key, message, line)
    : { card: notAllowedCard() };
  await postReply(parts.services, key, message.message_id, reply);
}

async function replyTo(
  services: Services,
  key: string,
  message: MessageDelivery,
  line: CommandLine | undefined,
): Promise<Reply> {
  if (!line) return { card: helpCard(COMMANDS) };
  const context = contextOf(services, key, message);
  const command = findCommand(line.verb);
  const understood = `/skill ${line.verb ?? ''} ${line.text}`.trim();
  return answered({ command, input: {}, understood }, context, async () => {
    if (!command) throw new UsageError({ kind: 'unknown-command', text: line.verb ?? '' });
    return perform(command, command.read(line), understood, context);
  });
}

const contextOf = (services: Services, key: string, message: MessageDelivery): Context => ({
  services,
  requestKey: key,
  actor: message.sender_id,
  chat_id: message.chat_id,
  source_message_id: message.message_id,
  people: message.mentions
    .filter((mention) => !mention.is_bot)
    .map((mention) => ({ id: mention.open_id, name: mention.name })),
  waiting: message,
  saveView: (view) => saveView(services, message.sender_id, view),
});

/**
 * Posts a card as the answer to a message. The uuid comes from the delivery, so that a repeated attempt posts nothing
 * twice. A card that Feishu refuses is replaced by one that says so.
 */
export async function postReply(services: Services, key: string, to: MessageId, reply: Reply): Promise<void> {
  try {
    const posted = await services.messages.reply(to, reply.card, replyKey(key));
    await reply.onShown?.(posted);
  } catch (error) {
    if (!(error instanceof FeishuError)) throw error;
    if (error.kind === 'chat-gone') return;
    if (error.kind !== 'bad-request') throw error;
    services.logger.error({ key, code: error.code, logId: error.logId, reason: error.message }, 'card refused');
    await services.messages.reply(to, internalErrorCard(key), replyKey(`${key}:refused`));
  }
}

/** The uuid under which the answer to a delivery is posted; at most 50 characters (im-v1/message/reply). */
export const replyKey = (key: string): string => createHash('sha256').update(key).digest('base64url');

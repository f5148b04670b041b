import { notAllowedCard } from '../../cards/refused.ts';
import type { MessageDelivery } from '../../domain/delivery.ts';
import type { Command } from '../command.ts';
import type { Context, Reply, Services } from '../context.ts';
import { UsageError } from '../errors.ts';
import { openForm } from '../forms/form.ts';
import type { FormSpec } from '../forms/formSpec.ts';
import { beginsCommand, type CommandLine, readLine } from '../parse/line.ts';
import { mentionKeys } from '../parse/mentions.ts';
import { findCommand } from '../registry.ts';
import { postReply } from '../replies/post.ts';
import { saveView } from '../views.ts';
import type { Allowed } from './allowed.ts';
import { answered, perform } from './perform.ts';

export interface MessageParts {
  services: Services;
  allowed: Allowed;
}

/**
 * Whether a message may ask for anything: what is said in a group is nobody's business but the group's. Judges by how it
 * begins, because it has not been acknowledged yet; the whole of it is read when it is handled.
 */
export const isForBot = (message: MessageDelivery): boolean =>
  message.chatType === 'p2p' || beginsCommand(message.text, message.mentions);

/** Answers a message with a card, if it is for the bot. `requestKey` names the delivery. */
export async function handleMessage(parts: MessageParts, requestKey: string, message: MessageDelivery): Promise<void> {
  const line = readLine(message.text, message.mentions);
  if (!line && message.chatType === 'group') return;
  const reply = parts.allowed(message.chatId, message.actorId)
    ? await replyTo(parts.services, requestKey, message, line)
    : { card: notAllowedCard() };
  await postReply(parts.services, requestKey, message.messageId, reply);
}

/** In a direct chat anything else than a command asks for help. */
const NOTHING_SAID: CommandLine = {
  verb: undefined,
  text: '',
  words: [],
  people: mentionKeys([]),
  below: [],
  typed: '',
  isOneOfSeveral: false,
};

async function replyTo(
  services: Services,
  requestKey: string,
  message: MessageDelivery,
  line: CommandLine = NOTHING_SAID,
): Promise<Reply> {
  const context = contextOf(services, requestKey, message);
  const { verb, words } = line;
  const command = findCommand(verb);
  const name = command?.name ?? 'unknown';
  services.metrics.command(name);
  services.logger.info({ command: name }, 'command');
  const understood = `/skill ${line.typed}`.trim();
  return answered({ command, input: {}, understood }, context, async () => {
    if (line.isOneOfSeveral) throw new UsageError({ kind: 'several-commands' });
    if (!command) throw new UsageError({ kind: 'unknown-command', text: verb ?? '' });
    refuseUnread(message);
    const form = words.length === 0 && asksFirst(command) ? await openForm(command, {}, context) : undefined;
    return form ?? perform(command, command.read(line), understood, context);
  });
}

/** What the lines of a message do not hold may have been meant for the command, or against it. */
function refuseUnread({ title, unread = [] }: MessageDelivery): void {
  if (title !== undefined) throw new UsageError({ kind: 'heading', text: title });
  if (unread.length > 0) throw new UsageError({ kind: 'unread', parts: unread });
}

/** Without arguments a command shows its form, unless it means something by itself. */
const asksFirst = (command: Command): command is Command & { form: FormSpec } =>
  command.form !== undefined && !command.worksAlone;

const contextOf = (services: Services, requestKey: string, message: MessageDelivery): Context => ({
  services,
  requestKey,
  actorId: message.actorId,
  chatId: message.chatId,
  sourceMessageId: message.messageId,
  people: message.mentions
    .filter((mention) => !mention.isBot)
    .flatMap(({ openId: id, name }) => (id === undefined ? [] : [{ id, name }])),
  waiting: message,
  saveView: (view) => saveView(services, message.actorId, { ...view, chatId: message.chatId }),
});

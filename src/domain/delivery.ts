import { z } from 'zod';
import { ChangeId, ChatId, MessageId, OpenId } from './ids.ts';

/** Somebody mentioned in a message; `key` stands for them in the text. */
export const Mention = z.object({
  key: z.string(),
  /** Absent where Feishu tells a name only. */
  openId: OpenId.optional(),
  name: z.string(),
  isBot: z.boolean(),
  /** This bot, or any while it does not know which one it is. */
  isSelf: z.boolean().optional(),
  /** True for a person of another company than the app's own. */
  isStranger: z.boolean().optional(),
});
export type Mention = z.infer<typeof Mention>;

export const MessageDelivery = z.object({
  kind: z.literal('message'),
  messageId: MessageId,
  chatId: ChatId,
  chatType: z.enum(['p2p', 'group']),
  actorId: OpenId,
  /** The message as lines of text, mentions as their keys. */
  text: z.string(),
  mentions: z.array(Mention),
  /** The heading of a post, which is no line of it. */
  title: z.string().optional(),
  /** The kinds of what the message holds and nobody can read as text, such as `img`. */
  unread: z.array(z.string()).optional(),
});
export type MessageDelivery = z.infer<typeof MessageDelivery>;

const FormValue = z.union([z.string(), z.array(z.string()), z.boolean(), z.number()]);

export const CardActionDelivery = z.object({
  kind: z.literal('card-action'),
  eventId: z.string(),
  /** When, in milliseconds since 1970; absent where it is not known. */
  pressedAt: z.number().optional(),
  /** Who pressed. */
  actorId: OpenId,
  /** The message that shows the card. */
  cardMessageId: MessageId,
  chatId: ChatId,
  /** Updates the clicked card: 30 minutes, twice. */
  token: z.string(),
  action: z.object({
    name: z.string(),
    id: z.string().optional(),
    details: z.record(z.string(), z.unknown()),
    option: z.string().optional(),
    form: z.record(z.string(), FormValue).optional(),
  }),
});
export type CardActionDelivery = z.infer<typeof CardActionDelivery>;

/** A click that does not say where its card is: the bot may know that itself. */
export type UnplacedClick = Omit<CardActionDelivery, 'chatId' | 'cardMessageId'> & {
  chatId?: ChatId;
  cardMessageId?: MessageId;
};

/** Events of Feishu that are no message and no click. */
const GreetingDelivery = z.object({
  kind: z.literal('greeting'),
  /** Where to say hello: a chat, or a person's direct chat with the bot. */
  to: z.union([z.object({ chatId: ChatId }), z.object({ openId: OpenId })]),
  /** Whose card it is, so that its buttons work; absent in a group, where it is nobody's. */
  actorId: OpenId.optional(),
});
export type GreetingDelivery = z.infer<typeof GreetingDelivery>;

/** Somebody of another company has asked for something: nothing of it is kept but where to refuse it. */
const RefusalDelivery = z.object({
  kind: z.literal('refusal'),
  to: z.union([z.object({ messageId: MessageId }), z.object({ chatId: ChatId }), z.object({ openId: OpenId })]),
});
export type RefusalDelivery = z.infer<typeof RefusalDelivery>;

const RevokedDelivery = z.object({
  kind: z.literal('revoked'),
  openId: OpenId,
  /** When, in milliseconds since 1970; absent where it is not known. */
  revokedAt: z.number().optional(),
  /** The access token alone: the login goes on with the next one. */
  accessOnly: z.boolean().optional(),
});
export type RevokedDelivery = z.infer<typeof RevokedDelivery>;

/** Work that the bot gives itself, so that it is not lost. */
const ReplanDelivery = z.object({ kind: z.literal('replan'), changeId: ChangeId });
export type ReplanDelivery = z.infer<typeof ReplanDelivery>;

/**
 * How a login came to its end.
 * - `done`: the person is logged in; `refused`, `expired`: nobody agreed
 * - `other-person`: somebody else than the one who asked agreed; nothing of theirs was kept
 * - `scope-missing`: they agreed, but not to what it takes to write the helpdesk; nothing was kept
 * - `failed`: Feishu gave no token; `lost`: it may have given one, which never arrived
 * - `withdrawn`: a logout or a newer login took its place
 */
export const LoginEnding = z.enum([
  'done',
  'refused',
  'expired',
  'other-person',
  'scope-missing',
  'failed',
  'lost',
  'withdrawn',
]);
export type LoginEnding = z.infer<typeof LoginEnding>;

const LoginEndedDelivery = z.object({
  kind: z.literal('login-ended'),
  actorId: OpenId,
  cardMessageId: MessageId,
  ending: LoginEnding,
  /** That message shows something else by now: what is to be said answers it. */
  asReply: z.boolean().optional(),
});
export type LoginEndedDelivery = z.infer<typeof LoginEndedDelivery>;

/** A message or a click was set aside: a notice where its person asked says so. */
const SetAsideDelivery = z.object({
  kind: z.literal('set-aside'),
  /** The key of what was set aside. */
  of: z.string(),
  chatId: ChatId,
  messageId: MessageId,
});
export type SetAsideDelivery = z.infer<typeof SetAsideDelivery>;

/** What the inbox holds: one event or card callback as received from Feishu, made typed once. */
export const Delivery = z.discriminatedUnion('kind', [
  MessageDelivery,
  CardActionDelivery,
  GreetingDelivery,
  RefusalDelivery,
  RevokedDelivery,
  ReplanDelivery,
  LoginEndedDelivery,
  SetAsideDelivery,
]);
export type Delivery = z.infer<typeof Delivery>;

/** What can wait for a login and is handled again after it. */
export const WaitingRequest = z.discriminatedUnion('kind', [MessageDelivery, CardActionDelivery, ReplanDelivery]);
export type WaitingRequest = z.infer<typeof WaitingRequest>;

/** A delivery as it comes in, and the key that makes it unique. */
export interface IncomingDelivery<D extends Delivery = Delivery> {
  requestKey: string;
  delivery: D;
}

import { z } from 'zod';
import { ChangeId, ChatId, MessageId, OpenId } from './ids.ts';

/** Somebody mentioned in a message; `key` stands for them in the text. */
export const Mention = z.object({
  key: z.string(),
  open_id: OpenId,
  name: z.string(),
  is_bot: z.boolean(),
  /** True for a person of another company than the app's own. */
  is_stranger: z.boolean().optional(),
});
export type Mention = z.infer<typeof Mention>;

export const MessageDelivery = z.object({
  kind: z.literal('message'),
  message_id: MessageId,
  chat_id: ChatId,
  chat_type: z.enum(['p2p', 'group']),
  sender_id: OpenId,
  /** The message as lines of text, mentions as their keys. */
  text: z.string(),
  mentions: z.array(Mention),
});
export type MessageDelivery = z.infer<typeof MessageDelivery>;

const FormValue = z.union([z.string(), z.array(z.string()), z.boolean(), z.number()]);

export const CardActionDelivery = z.object({
  kind: z.literal('card-action'),
  event_id: z.string(),
  /** When, in milliseconds since 1970; absent where it is not known. */
  pressed_at: z.number().optional(),
  operator_id: OpenId,
  message_id: MessageId,
  chat_id: ChatId,
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

/** Events of Feishu that are no message and no click. */
const GreetingDelivery = z.object({
  kind: z.literal('greeting'),
  /** Where to say hello: a chat, or a person's direct chat with the bot. */
  to: z.union([z.object({ chat_id: ChatId }), z.object({ open_id: OpenId })]),
  /** Whose card it is, so that its buttons work; absent in a group, where it is nobody's. */
  owner_id: OpenId.optional(),
});
export type GreetingDelivery = z.infer<typeof GreetingDelivery>;

/** Somebody of another company has asked for something: nothing of it is kept but where to refuse it. */
const RefusalDelivery = z.object({
  kind: z.literal('refusal'),
  to: z.union([z.object({ message_id: MessageId }), z.object({ chat_id: ChatId }), z.object({ open_id: OpenId })]),
});
export type RefusalDelivery = z.infer<typeof RefusalDelivery>;

const RevokedDelivery = z.object({
  kind: z.literal('revoked'),
  open_id: OpenId,
  /** When, in milliseconds since 1970; absent where it is not known. */
  revoked_at: z.number().optional(),
});
export type RevokedDelivery = z.infer<typeof RevokedDelivery>;

/** Work that the bot gives itself, so that it is not lost. */
const ReplanDelivery = z.object({ kind: z.literal('replan'), change_id: ChangeId });
export type ReplanDelivery = z.infer<typeof ReplanDelivery>;

/**
 * How a login came to its end.
 * - `done`: the person is logged in; `refused`, `expired`: nobody agreed
 * - `other-person`: somebody else than the one who asked agreed; nothing of theirs was kept
 * - `failed`: Feishu gave no token; `lost`: it may have given one, which never arrived
 * - `withdrawn`: a logout or a newer login took its place
 */
export const LoginEnding = z.enum(['done', 'refused', 'expired', 'other-person', 'failed', 'lost', 'withdrawn']);
export type LoginEnding = z.infer<typeof LoginEnding>;

const LoginEndedDelivery = z.object({
  kind: z.literal('login-ended'),
  open_id: OpenId,
  card_message_id: MessageId,
  ending: LoginEnding,
});
export type LoginEndedDelivery = z.infer<typeof LoginEndedDelivery>;

/** A message or a click was set aside, which its person is to be told where they asked. */
const SetAsideDelivery = z.object({
  kind: z.literal('set-aside'),
  /** The key of what was set aside. */
  of: z.string(),
  chat_id: ChatId,
  message_id: MessageId,
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
  key: string;
  delivery: D;
}

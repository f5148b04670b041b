import type { Snapshot } from '../../control/snapshot.ts';
import { isObject, parseJson } from '../../json.ts';
import type { CallEntry } from '../../state/callLog.ts';

/** A message or an update that Feishu did not take because of its content. */
export interface Rejection {
  seq: number;
  at: number;
  code: number;
  reason: string;
  chatId: string | undefined;
  /** The message whose update was refused. */
  updates: string | undefined;
  card: unknown;
}

const CREATE = '/open-apis/im/v1/messages';
const ONE = '/open-apis/im/v1/messages/:message_id';
const REPLY = `${ONE}/reply`;
/** About the content: too long, rejected, not allowed; not about limits, places or access. */
const ABOUT_CONTENT = new Set([230025, 230028, 230054, 230055, 230099]);

/** What was refused, in order. Sending the same again does not help, so a client never shows it. */
export const rejectionsIn = ({ calls, messages, setting }: Snapshot): Rejection[] =>
  calls.filter(({ code }) => ABOUT_CONTENT.has(code)).flatMap((call) => rejection(call, messages, setting));

function rejection(call: CallEntry, messages: Snapshot['messages'], setting: Snapshot['setting']): Rejection[] {
  if (![CREATE, ONE, REPLY].includes(call.route)) return [];
  const body = isObject(call.requestBody) ? call.requestBody : {};
  const messageId = call.path.split('/')[5];
  const about = messages.find((message) => message.messageId === messageId);
  const card = typeof body.content === 'string' ? (parseJson(body.content) ?? body.content) : undefined;
  return [
    {
      ...{ seq: call.seq, at: call.startedAt, code: call.code, card },
      reason: isObject(call.responseBody) ? String(call.responseBody.msg ?? '') : '',
      chatId: about?.chatId ?? chatOf(String(body.receive_id), setting),
      updates: call.route === ONE ? messageId : undefined,
    },
  ];
}

function chatOf(receiver: string, { chats }: Snapshot['setting']): string | undefined {
  const all = [chats.group, ...Object.values(chats.p2p)];
  const direct = Object.values(chats.p2p).find((chat) => chat.members.includes(receiver));
  return (all.find((chat) => chat.chatId === receiver) ?? direct)?.chatId;
}

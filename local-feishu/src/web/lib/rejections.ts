import type { Snapshot } from '../../control/snapshot.ts';
import { isObject, parseJson } from '../../json.ts';
import type { CallEntry } from '../../state/callLog.ts';

/** A message or an update that Feishu did not take. */
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
const DELAYED = '/open-apis/interactive/v1/card/update';
const SENDING = new Set([`POST ${CREATE}`, `POST ${REPLY}`, `PATCH ${ONE}`, `POST ${DELAYED}`]);

const TOO_OFTEN = 230020;
/** From here on, codes are about tokens, permissions and limits, whatever is sent. */
const GENERAL = 99_990_000;

/** What was refused for what it is or where it was to go, in order. Faults that somebody armed are none. */
export const rejectionsIn = ({ calls, messages, setting }: Snapshot): Rejection[] =>
  calls.filter(isRefused).map((call) => rejection(call, messages, setting));

const isRefused = ({ method, route, code, fault }: CallEntry): boolean =>
  SENDING.has(`${method} ${route}`) && fault === undefined && code > 0 && code < GENERAL && code !== TOO_OFTEN;

function rejection(call: CallEntry, messages: Snapshot['messages'], setting: Snapshot['setting']): Rejection {
  const body = isObject(call.requestBody) ? call.requestBody : {};
  const about = messages.find(({ messageId }) => messageId === (call.updates ?? call.path.split('/')[5]));
  return {
    seq: call.seq,
    at: call.startedAt,
    code: call.code,
    card: typeof body.content === 'string' ? (parseJson(body.content) ?? body.content) : body.card,
    reason: isObject(call.responseBody) ? String(call.responseBody.msg ?? '') : '',
    chatId: about?.chatId ?? chatOf(String(body.receive_id), setting),
    updates: call.updates,
  };
}

function chatOf(receiver: string, { chats }: Snapshot['setting']): string | undefined {
  const all = [...chats.groups, ...Object.values(chats.p2p)];
  const direct = Object.values(chats.p2p).find((chat) => chat.members.includes(receiver));
  return (all.find((chat) => chat.chatId === receiver) ?? direct)?.chatId;
}

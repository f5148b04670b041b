import { CHAT_IDS, encodePush, PEOPLE } from 'local-feishu';
import { systemRandom } from '../../src/lib/random.ts';
import type { LocalFeishu } from './localFeishu.ts';

/** What a hand-made message says, and where; by default in the group. */
export interface HandMade {
  message_id: string;
  event_id?: string;
  chat?: 'p2p' | 'group';
  text?: string;
  /** The content of a post, in place of a text. */
  post?: unknown;
  sender_type?: string;
  mentions?: unknown[];
  token?: string;
}

/** An `im.message.receive_v1` of the admin in the group, in clear. */
export function messageBody({ credentials }: LocalFeishu, message: HandMade) {
  const { message_id, event_id = `event of ${message_id}`, text = '/skill list', sender_type = 'user' } = message;
  const { chat = 'group', post } = message;
  return {
    schema: '2.0',
    header: {
      event_id,
      event_type: 'im.message.receive_v1',
      create_time: String(Date.now()),
      token: message.token ?? credentials.verificationToken,
      app_id: credentials.appId,
      tenant_key: 'tenant',
    },
    event: {
      sender: { sender_id: { open_id: PEOPLE.admin.openId }, sender_type, tenant_key: 'tenant' },
      message: {
        message_id,
        chat_id: chat === 'group' ? CHAT_IDS.group : CHAT_IDS.admin,
        chat_type: chat,
        message_type: post === undefined ? 'text' : 'post',
        content: JSON.stringify(post ?? { text }),
        ...(message.mentions && { mentions: message.mentions }),
      },
    },
  };
}

/** Posts a hand-made message as Feishu would: encrypted and signed. */
export async function postMessage(sandbox: LocalFeishu, bot: { url: string }, message: HandMade): Promise<Response> {
  const parts = { random: systemRandom, now: Date.now() };
  const { headers, rawBody } = encodePush(messageBody(sandbox, message), sandbox.credentials.encryptKey, parts);
  return postRaw(bot, rawBody, headers);
}

/** Has the sandbox deliver a hand-made message as any other; resolves when the bot has taken it. */
export async function deliver(sandbox: LocalFeishu, message: HandMade): Promise<void> {
  const { eventId } = await sandbox.replay(messageBody(sandbox, message), { asIs: true });
  await sandbox.deliveries.waitFor((entry) => entry.eventId === eventId && entry.status === 200);
}

/** Posts any body to the route of events, or another one. */
export const postRaw = (
  { url }: { url: string },
  body: string | Buffer,
  headers: Record<string, string> = {},
  route = '/feishu/events',
): Promise<Response> =>
  fetch(`${url}${route}`, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });

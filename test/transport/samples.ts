import { createCipheriv, createHash, webcrypto } from 'node:crypto';
import type { IncomingDelivery } from '../../src/domain/delivery.ts';
import { type CardActionDelivery, Delivery } from '../../src/domain/delivery.ts';
import { OpenId } from '../../src/domain/ids.ts';

export const TOKEN = 'v3rification-Token-0123456789abc';
export const KEY = 'an Encrypt Key 密钥';
export const APP_ID = 'cli_a1b2c3d4e5f60718';
/** The company of the app, and another one. */
export const TENANT = '2d1f09a8c3e4';
export const ELSEWHERE = '7c5e11b0a9d2';
export const BOT = OpenId.parse('ou_bot_7f3a');
export const LIN = OpenId.parse('ou_lin_0c11');

type Json = Record<string, unknown>;

/** A v2 event as it is delivered. */
export const event = (type: string, inner: Json, header: Json = {}): Json => ({
  schema: '2.0',
  header: {
    event_id: 'f7984f25108f8137722bb63cee927e66',
    event_type: type,
    create_time: '1760000000123',
    token: TOKEN,
    app_id: APP_ID,
    tenant_key: TENANT,
    ...header,
  },
  event: inner,
});

export const wireMention = (n: number, open_id: string, name: string, difference: Json = {}): Json => ({
  key: `@_user_${n}`,
  id: { open_id, union_id: `on_${open_id}`, user_id: '' },
  mentioned_type: 'user',
  name,
  tenant_key: TENANT,
  ...difference,
});

export const botMention = wireMention(1, BOT, '技能助手', { mentioned_type: 'bot' });

/** A text in a group; `difference` is what is special about the message. */
export const messageEvent = (text: string, difference: Json = {}, sender: Json = {}): Json =>
  event('im.message.receive_v1', {
    sender: {
      sender_id: { open_id: LIN, union_id: 'on_lin', user_id: 'a1b2' },
      sender_type: 'user',
      tenant_key: TENANT,
      ...sender,
    },
    message: {
      message_id: 'om_dc13264520392913993dd051dba21dcf',
      create_time: '1760000000000',
      update_time: '1760000000000',
      chat_id: 'oc_5ce6d572455d361153b7cb51da133945',
      chat_type: 'group',
      message_type: 'text',
      content: JSON.stringify({ text }),
      ...difference,
    },
  });

/** JSON of arrays or objects in one another; no value of this depth can be made by JSON.stringify. */
export const deepJson = (depth: number, of: 'arrays' | 'objects' = 'arrays'): string =>
  of === 'arrays' ? '['.repeat(depth) + ']'.repeat(depth) : `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;

/** The JSON of a body in which the text `DEEP` stands for such a value. */
export const withDeep = (body: unknown, deep: string): string => JSON.stringify(body).replaceAll('"DEEP"', deep);

/** A click; `action` and `inner` are what is special about it. */
export const clickEvent = (action: Json = {}, inner: Json = {}, header: Json = {}): Json =>
  event(
    'card.action.trigger',
    {
      operator: { open_id: LIN, union_id: 'on_lin', user_id: 'a1b2', tenant_key: TENANT },
      token: 'c-8d2f60b7',
      action: {
        tag: 'button',
        timezone: 'Asia/Shanghai',
        value: { action: 'change.confirm', id: '01JA0000000000000000000000' },
        ...action,
      },
      host: 'im_message',
      context: { open_message_id: 'om_card_1', open_chat_id: 'oc_chat_1' },
      ...inner,
    },
    { event_id: 'click-1', create_time: '1760000000123456', ...header },
  );

export const challenge = (token = TOKEN): Json => ({
  type: 'url_verification',
  challenge: '5d2bb1e3-84c0-4f3c-8f4e-d2c5a7c9e111',
  token,
});

/** A delivery as the inbox holds it. */
export const aMessage = (
  key = 'message:om_1',
  text = '/skill list',
  { chat = 'oc_1', sender = LIN }: { chat?: string; sender?: string } = {},
): IncomingDelivery => ({
  requestKey: key,
  delivery: Delivery.parse({
    kind: 'message',
    messageId: 'om_1',
    chatId: chat,
    chatType: 'p2p',
    actorId: sender,
    text,
    mentions: [],
  }),
});

export function aClick(key = 'action:click-1'): IncomingDelivery<CardActionDelivery> {
  const delivery = Delivery.parse({
    kind: 'card-action',
    eventId: 'click-1',
    actorId: LIN,
    cardMessageId: 'om_card_1',
    chatId: 'oc_chat_1',
    token: 'c-8d2f60b7',
    action: { name: 'change.confirm', id: '01JA0000000000000000000000', details: {} },
  });
  if (delivery.kind !== 'card-action') throw new Error('this is a click');
  return { requestKey: key, delivery };
}

const BLOCK = 16;

/** AES-256-CBC with PKCS#7, written out on single blocks, so that it shares nothing with what is tested. */
export function sealed(plain: string | Buffer, key = KEY, iv = Buffer.from('0123456789abcdef')): string {
  return Buffer.concat([iv, cbc(padded(Buffer.from(plain)), key, iv)]).toString('base64');
}

export function cbc(data: Buffer, key: string, iv: Buffer): Buffer {
  const hash = createHash('sha256');
  for (const byte of Buffer.from(key)) hash.update(Buffer.of(byte));
  const cipher = createCipheriv('aes-256-ecb', Buffer.from(hash.digest('hex'), 'hex'), null).setAutoPadding(false);
  const blocks: Buffer[] = [];
  let previous = iv;
  for (let at = 0; at < data.length; at += BLOCK) {
    const chained = Buffer.from(data.subarray(at, at + BLOCK).map((byte, n) => byte ^ (previous[n] ?? 0)));
    previous = cipher.update(chained);
    blocks.push(previous);
  }
  return Buffer.concat(blocks);
}

function padded(data: Buffer): Buffer {
  const missing = BLOCK - (data.length % BLOCK);
  return Buffer.concat([data, Buffer.alloc(missing, missing)]);
}

/** The hex digest that signs a body, computed by the Web Crypto API. */
export async function signed(
  body: string | Buffer,
  timestamp = '1760000000',
  nonce = 'n0nce',
  key = KEY,
): Promise<string> {
  const bytes = Buffer.concat([timestamp, nonce, key, body].map((part) => Buffer.from(part)));
  return Buffer.from(await webcrypto.subtle.digest('SHA-256', bytes)).toString('hex');
}

/** What Feishu sends when there is an Encrypt Key: the body, and the headers that sign it. */
export async function sealedAndSigned(
  body: unknown,
  key = KEY,
): Promise<{ body: string; headers: Record<string, string> }> {
  const outer = JSON.stringify({ encrypt: sealed(JSON.stringify(body), key) });
  return { body: outer, headers: await signatureHeaders(outer, key) };
}

export async function signatureHeaders(body: string | Buffer, key = KEY): Promise<Record<string, string>> {
  return {
    'x-lark-request-timestamp': '1760000000',
    'x-lark-request-nonce': 'n0nce',
    'x-lark-signature': await signed(body, '1760000000', 'n0nce', key),
  };
}

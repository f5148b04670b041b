import { createDecipheriv, createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type HelpdeskOptions, type HelpdeskPart, helpdesk } from '../src/helpdesk/index.ts';
import {
  type ColleagueKey,
  type LocalFeishu,
  type LocalFeishuOptions,
  type PersonKey,
  startLocalFeishu,
} from '../src/index.ts';

export type Json = Record<string, unknown>;

/** Reads a path such as `event.message.content` out of a JSON value; undefined when it is not there. */
export function at(value: unknown, path: string): unknown {
  let node = value;
  for (const key of path.split('.')) {
    if (typeof node !== 'object' || node === null) return undefined;
    node = new Map<string, unknown>(Object.entries(node)).get(key);
  }
  return node;
}

export interface Received {
  path: string;
  headers: IncomingHttpHeaders;
  rawBody: string;
  body: unknown;
  /** Undefined without a key. */
  signatureOk: boolean | undefined;
}

export interface BotAnswer {
  status?: number;
  body?: unknown;
  headers?: Record<string, string>;
}

export interface TinyBot {
  url: string;
  received: Received[];
  /** Answers everything but address checks; replaceable. */
  answer: (received: Received) => BotAnswer | Promise<BotAnswer>;
  close(): Promise<void>;
}

/** A bot in a few lines, written apart from the local Feishu: it decrypts and verifies by itself. */
export async function startTinyBot(encryptKey: string): Promise<TinyBot> {
  const server = createServer(async (request, response) => {
    const rawBody = await read(request);
    if (request.method === 'GET') return void response.writeHead(200).end(`page ${request.url}`);
    const outer: unknown = JSON.parse(rawBody);
    const encrypted = at(outer, 'encrypt');
    const body: unknown = typeof encrypted === 'string' ? JSON.parse(decrypt(encrypted, encryptKey)) : outer;
    const challenge = at(body, 'challenge');
    if (challenge !== undefined) return void response.end(JSON.stringify({ challenge }));
    const signatureOk = encryptKey === '' ? undefined : verify(request.headers, rawBody, encryptKey);
    const received = { path: request.url ?? '', headers: request.headers, rawBody, body, signatureOk };
    bot.received.push(received);
    const answer = await bot.answer(received);
    response.writeHead(answer.status ?? 200, { 'content-type': 'application/json', ...answer.headers });
    response.end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body ?? {}));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const bot: TinyBot = {
    url: `http://127.0.0.1:${portOf(server.address())}`,
    received: [],
    answer: () => ({}),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return bot;
}

const portOf = (address: string | AddressInfo | null): number =>
  typeof address === 'object' && address !== null ? address.port : 0;

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}

function decrypt(encrypted: string, key: string): string {
  const bytes = Buffer.from(encrypted, 'base64');
  const decipher = createDecipheriv('aes-256-cbc', createHash('sha256').update(key).digest(), bytes.subarray(0, 16));
  return decipher.update(bytes.subarray(16)).toString('utf8') + decipher.final('utf8');
}

function verify(headers: IncomingHttpHeaders, rawBody: string, key: string): boolean {
  const given = Buffer.from(String(headers['x-lark-signature']), 'hex');
  const hash = createHash('sha256')
    .update(String(headers['x-lark-request-timestamp']))
    .update(String(headers['x-lark-request-nonce']))
    .update(key)
    .update(rawBody)
    .digest();
  return given.length === hash.length && timingSafeEqual(given, hash);
}

export interface StageOptions extends Omit<LocalFeishuOptions<ActorKey>, 'plugins'> {
  helpdesk?: HelpdeskOptions;
}

export type ActorKey = PersonKey | ColleagueKey;

export interface Stage {
  feishu: LocalFeishu<ActorKey> & HelpdeskPart;
  bot: TinyBot;
  /** A call as the bot makes it. */
  call(
    method: string,
    path: string,
    options?: CallOptions,
  ): Promise<{ status: number; headers: Headers; json: unknown }>;
  tenantToken(): Promise<string>;
  close(): Promise<void>;
}

export interface CallOptions {
  token?: string;
  desk?: boolean;
  body?: unknown;
  headers?: Record<string, string>;
}

/** A local Feishu with a helpdesk, and a bot that is connected to it. */
export async function setUp({ helpdesk: desk, ...options }: StageOptions = {}): Promise<Stage> {
  const feishu = await startLocalFeishu({ bot: { name: '技能助手' }, ...options, plugins: [helpdesk(desk)] });
  const bot = await startTinyBot(feishu.credentials.encryptKey);
  await feishu.connect({ eventUrl: `${bot.url}/events`, cardUrl: `${bot.url}/cards` });
  const { helpdeskId, helpdeskToken, appId, appSecret } = feishu.credentials;
  const deskHeader = Buffer.from(`${helpdeskId}:${helpdeskToken}`).toString('base64');
  const call: Stage['call'] = async (method, path, { token, desk = false, body, headers = {} } = {}) => {
    const response = await fetch(feishu.url + path, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(desk ? { 'x-lark-helpdesk-authorization': deskHeader } : {}),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, json: text.startsWith('{') ? JSON.parse(text) : text };
  };
  return {
    feishu,
    bot,
    call,
    tenantToken: async () => {
      const path = '/open-apis/auth/v3/tenant_access_token/internal';
      const { json } = await call('POST', path, { body: { app_id: appId, app_secret: appSecret } });
      return String(at(json, 'tenant_access_token'));
    },
    close: async () => {
      await feishu.close();
      await bot.close();
    },
  };
}

/** The smallest card with a button. */
export function buttonCard(action: string, text = '确认'): Json {
  return {
    schema: '2.0',
    config: { update_multi: true },
    header: { title: { tag: 'plain_text', content: 'A change' }, template: 'orange' },
    body: {
      elements: [
        {
          tag: 'button',
          text: { tag: 'plain_text', content: text, i18n_content: { zh_cn: text, en_us: 'Confirm' } },
          behaviors: [{ type: 'callback', value: { action, id: '1' } }],
        },
      ],
    },
  };
}

/** Posts a card as the bot and gives its message id. */
export async function postCard(
  { call, feishu, tenantToken }: Stage,
  card: unknown,
  chatId = feishu.chats.group.chatId,
) {
  const { json } = await call('POST', '/open-apis/im/v1/messages?receive_id_type=chat_id', {
    token: await tenantToken(),
    body: { receive_id: chatId, msg_type: 'interactive', content: JSON.stringify(card) },
  });
  const messageId = at(json, 'data.message_id');
  if (typeof messageId !== 'string') throw new Error(JSON.stringify(json));
  return messageId;
}

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import { encodePush } from 'local-feishu';
import { createLogger } from '../../../src/lib/logger.ts';
import { systemRandom } from '../../../src/lib/random.ts';
import { openDatabase } from '../../../src/store/connection.ts';
import type { LocalFeishu } from '../../support/localFeishu.ts';
import type { Stage } from '../../support/story.ts';

export const ROUTES = ['/feishu/events', '/feishu/cards'] as const;

/** What Feishu would put on the wire for a body. */
export interface Push {
  body: string;
  headers: Record<string, string>;
}

/** Encrypts and signs a body as Feishu does; with `key` as somebody would who has another one. */
export function pushOf({ credentials }: LocalFeishu, body: unknown, key = credentials.encryptKey): Push {
  const { headers, rawBody } = encodePush(body, key, { random: systemRandom, now: Date.now() });
  return { body: String(rawBody), headers };
}

/** A click on a card, in clear. */
export function clickBody(
  { credentials }: LocalFeishu,
  click: { openId: string; messageId: string; chatId: string; value: unknown; eventId: string },
) {
  return {
    schema: '2.0',
    header: {
      event_id: click.eventId,
      event_type: 'card.action.trigger',
      create_time: String(Date.now() * 1000),
      token: credentials.verificationToken,
      app_id: credentials.appId,
      tenant_key: 'tenant',
    },
    event: {
      operator: { open_id: click.openId, tenant_key: 'tenant' },
      token: 'c-made-up',
      action: { tag: 'button', value: click.value },
      host: 'im_message',
      context: { open_message_id: click.messageId, open_chat_id: click.chatId },
    },
  };
}

/** All that an attack could have changed: what the bot stored, said and wrote. */
export async function traces({ databaseUrl, sandbox, patches }: Stage) {
  const db = openDatabase(databaseUrl, createLogger('silent'));
  const count = async (table: 'inbox' | 'changes' | 'grants' | 'waiting'): Promise<number> => {
    const { rows } = await sql<{ n: number }>`select count(*) as n from ${sql.table(table)}`.execute(db);
    return Number(rows[0]?.n);
  };
  try {
    return {
      inbox: await count('inbox'),
      changes: await count('changes'),
      grants: await count('grants'),
      waiting: await count('waiting'),
      said: sandbox.messages().filter(({ senderKind }) => senderKind === 'bot').length,
      writes: patches().length,
      skills: sandbox.skills(),
    };
  } finally {
    await db.destroy();
  }
}

/** A connection of its own, with everything that came back over it. */
export interface Wire {
  socket: Socket;
  received(): string;
  /** When the other side has closed it, and whether by a reset. */
  closed: Promise<{ wasReset: boolean }>;
}

export async function openWire(port: number): Promise<Wire> {
  const socket = connect(port, '127.0.0.1');
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(Buffer.from(chunk)));
  // A reset is one of the ways in which the server may close it.
  socket.on('error', () => undefined);
  const closed = new Promise<Awaited<Wire['closed']>>((resolve) => {
    socket.once('close', (wasReset) => resolve({ wasReset }));
  });
  await once(socket, 'connect');
  return { socket, received: () => Buffer.concat(chunks).toString('utf8'), closed };
}

/** Sends bytes over a connection of its own, ends it, and gives the status line of what came back. */
export async function statusOfBytes(port: number, bytes: string | Buffer, patienceMs = 20_000): Promise<string> {
  const wire = await openWire(port);
  wire.socket.end(bytes);
  // Who refuses before everything was sent resets the connection, and the answer may be lost on the way.
  const closed = wire.closed.then(({ wasReset }) => (wasReset ? 'reset' : ''));
  const how = await Promise.race([closed, delay(patienceMs, '', { ref: false })]);
  wire.socket.destroy();
  return wire.received().split('\r\n')[0] || how;
}

import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { createAlarm } from '../../lib/alarm.ts';
import type { Clock } from '../../lib/clock.ts';
import { errorMessage } from '../../lib/errorMessage.ts';
import { FeishuError } from '../errors.ts';
import { DISCOVERY_ROUTE, kindOfCode } from './discovery.ts';

/** A message comes in frames of some KB. */
const MAX_FRAME_BYTES = 4 * 1024 * 1024;

/**
 * Opens the address that the discovery gave. Rejects with a FeishuError when it is not open within `openMs`; where Feishu
 * says why it lets nobody in, with that code.
 */
export function openSocket(url: string, openMs: number, clock: Clock): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, { maxPayload: MAX_FRAME_BYTES });
    const fail = (error: FeishuError): void => {
      patience.clear();
      reject(error);
      socket.terminate();
    };
    const patience = createAlarm(clock, () => fail(notOpen('no-answer', `not open within ${openMs} ms`)));
    patience.set(openMs);
    // One listener stays for good: an error of a connection that is given up would end the process.
    socket.on('error', (error) => fail(notOpen('unreachable', codeIn(error) ?? errorMessage(error))));
    socket.on('unexpected-response', (_request, response: IncomingMessage) => fail(refusalIn(response)));
    socket.on('open', () => {
      patience.clear();
      resolve(socket);
    });
  });
}

const notOpen = (kind: 'no-answer' | 'unreachable', message: string): FeishuError => new FeishuError(kind, message);

const codeIn = (error: unknown): string | undefined => z.object({ code: z.string() }).safeParse(error).data?.code;

const Code = z.coerce.number().int().positive().optional().catch(undefined);

const Refusal = z.object({
  'handshake-status': Code,
  'handshake-autherrcode': Code,
  'handshake-msg': z.string().optional().catch(undefined),
});

/** Feishu gives its reason in headers, as its own SDKs read them. */
function refusalIn({ headers, statusCode: httpStatus }: IncomingMessage): FeishuError {
  const said = Refusal.parse(headers);
  const code = said['handshake-autherrcode'] ?? said['handshake-status'];
  const message = said['handshake-msg'] ?? `HTTP ${httpStatus}`;
  return new FeishuError(kindOfCode(code, httpStatus ?? 0), message, { route: DISCOVERY_ROUTE, code, httpStatus });
}

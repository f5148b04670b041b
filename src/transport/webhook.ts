import express, { type Request, type Response, type Router } from 'express';
import { z } from 'zod';
import type { Clock } from '../lib/clock.ts';
import { jsonOrUndefined } from '../lib/json.ts';
import type { Logger } from '../lib/logger.ts';
import type { Metrics } from '../lib/metrics.ts';
import { type Envelope, openEnvelope, unfitFor } from './envelope.ts';
import type { Intake } from './intake.ts';
import { decrypt, isSigned } from './signature.ts';
import type { Transport } from './transport.ts';

/** Texts may have 150 KB, and Base64 adds a third; nothing Feishu sends comes near this. */
const MAX_BODY = '1mb';

export interface WebhookParts {
  /** The app whose events these are. */
  appId: string;
  verificationToken: string;
  encryptKey: string | undefined;
  intake: Intake;
  clock: Clock;
  logger: Logger;
  metrics: Metrics;
}

/** Deliveries that Feishu posts to the HTTP server, which is up while the process is and finishes its answers itself. */
export const webhookTransport = (parts: WebhookParts): Transport => ({
  routers: [webhookRouter(parts)],
  start: () => undefined,
  problem: () => undefined,
  stop: async () => undefined,
});

/** Both routes take either events or card callbacks. */
export function webhookRouter(parts: WebhookParts): Router {
  const router = express.Router();
  const body = express.raw({ type: () => true, limit: MAX_BODY, inflate: false });
  router.post(['/feishu/events', '/feishu/cards'], body, (request, response) => receive(parts, request, response));
  return router;
}

async function receive(parts: WebhookParts, request: Request, response: Response): Promise<void> {
  const receivedAt = parts.clock.elapsed();
  const opened = open(parts, request);
  if ('refused' in opened) {
    parts.metrics.refused(opened.refused);
    parts.logger.warn({ reason: opened.refused, status: opened.status }, 'delivery refused');
    // Only the log says what was wrong: an answer that differs would help to forge a ciphertext.
    answer(response, opened.status, { error: opened.status === 401 ? 'unauthorized' : opened.refused });
    return;
  }
  if (opened.kind === 'challenge') {
    answer(response, 200, { challenge: opened.challenge });
    return;
  }
  const { body, afterwards } = await parts.intake(opened, receivedAt);
  answer(response, 200, body);
  await afterwards(await sent(response));
}

/** Without Express, which would spend time on headers and formats that nobody asked for: somebody waits. */
function answer(response: Response, status: number, body: object): void {
  response.statusCode = status;
  response.setHeader('content-type', 'application/json; charset=utf-8').end(JSON.stringify(body));
}

/** Resolves when the answer has gone out, or with false when it cannot any more. */
async function sent(response: Response): Promise<boolean> {
  if (response.destroyed) return false;
  if (response.writableFinished) return true;
  return new Promise((resolve) => {
    response.once('finish', () => resolve(true));
    response.once('close', () => resolve(false));
  });
}

interface Refused {
  refused: 'not_json' | 'not_encrypted' | 'undecryptable' | 'bad_signature' | 'bad_token' | 'other_app' | 'too_deep';
  status: 400 | 401;
}

function open({ appId, encryptKey, verificationToken }: WebhookParts, request: Request): Envelope | Refused {
  const raw: Buffer = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  const outer = jsonOrUndefined(raw.toString('utf8'));
  if (outer === undefined) return { refused: 'not_json', status: 400 };
  const plain = encryptKey === undefined ? { body: outer } : decryptBody(outer, encryptKey);
  if ('refused' in plain) return plain;
  const envelope = openEnvelope(plain.body, verificationToken);
  if (!envelope) return { refused: 'bad_token', status: 401 };
  // The address check is not signed; everything else is, as soon as there is an Encrypt Key.
  const needsSignature = envelope.kind === 'event' && encryptKey !== undefined;
  if (needsSignature && !isSigned(raw, signatureOf(request), encryptKey)) {
    return { refused: 'bad_signature', status: 401 };
  }
  const unfit = envelope.kind === 'event' ? unfitFor(appId, envelope) : undefined;
  return unfit ? { refused: unfit, status: unfit === 'other_app' ? 401 : 400 } : envelope;
}

const signatureOf = (request: Request) => ({
  timestamp: request.get('x-lark-request-timestamp'),
  nonce: request.get('x-lark-request-nonce'),
  signature: request.get('x-lark-signature'),
});

const Encrypted = z.object({ encrypt: z.string() });

function decryptBody(outer: unknown, encryptKey: string): { body: unknown } | Refused {
  const encrypted = Encrypted.safeParse(outer);
  if (!encrypted.success) return { refused: 'not_encrypted', status: 401 };
  const body = jsonOrUndefined(decrypt(encrypted.data.encrypt, encryptKey) ?? '');
  return body === undefined ? { refused: 'undecryptable', status: 401 } : { body };
}

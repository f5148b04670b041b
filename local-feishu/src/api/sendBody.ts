import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { Response } from 'express';
import type { CallFault } from '../state/faults.ts';

const CHUNK = 65_536;

const PAGE = '<!doctype html><html><head><title>Sign in</title></head><body>Sign in to this network</body></html>';

/** Sends a body as JSON: whole, or as the faults want it. Resolves when it is sent or nobody reads any more. */
export async function sendBody(
  response: Response,
  body: Record<string, unknown>,
  { faults, closing }: { faults: CallFault[]; closing: AbortSignal },
): Promise<void> {
  const text = JSON.stringify(body);
  response.type('application/json; charset=utf-8');
  const fault = faults.find(({ type }) => type !== 'latency');
  if (fault?.type === 'page') response.type('html').send(PAGE);
  else if (fault?.type === 'malformed') response.send(text.slice(0, Math.ceil(text.length / 2)));
  else if (fault?.type === 'drip') await stream(response, dripping(text, fault.everyMs, closing));
  else if (fault?.type === 'large') await stream(response, filledUp(text, fault.bytes));
  else response.send(text);
}

/** An answer that its reader breaks off is no failure of the local Feishu. */
async function stream(response: Response, chunks: AsyncIterable<Buffer> | Iterable<Buffer>): Promise<void> {
  await pipeline(Readable.from(chunks), response).catch(() => response.destroy());
}

async function* dripping(text: string, everyMs: number, signal: AbortSignal): AsyncGenerator<Buffer> {
  for (const byte of Buffer.from(text)) {
    yield Buffer.of(byte);
    await delay(everyMs, undefined, { signal });
  }
}

/** The same object with one more property, as long as it takes. Made piece by piece: nobody holds it as a whole. */
function* filledUp(text: string, bytes: number): Generator<Buffer> {
  const begin = Buffer.from(`${text.slice(0, -1)},"filler":"`);
  const end = Buffer.from('"}');
  yield begin;
  for (let left = bytes - begin.length - end.length; left > 0; left -= CHUNK)
    yield Buffer.alloc(Math.min(left, CHUNK), 'x');
  yield end;
}

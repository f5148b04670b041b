import { z } from 'zod';
import { jsonOrUndefined } from '../lib/json.ts';

/** What came back from an address; `reason` is a code or a few words. */
export type Asked =
  | { kind: 'answer'; status: number; json: unknown; tookMs: number }
  | { kind: 'none'; reason: string };

const PATIENCE_MS = 5_000;

/** Asks an address once, and follows no redirect. `body` is sent as JSON. */
export async function ask(url: string, body?: unknown): Promise<Asked> {
  const begun = performance.now();
  const post =
    body === undefined
      ? {}
      : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  try {
    const response = await fetch(url, { ...post, redirect: 'manual', signal: AbortSignal.timeout(PATIENCE_MS) });
    const text = await beginning(response);
    return { kind: 'answer', status: response.status, json: jsonOrUndefined(text), tookMs: performance.now() - begun };
  } catch (error) {
    return { kind: 'none', reason: errorMessage(error) };
  }
}

/** Of what the bot answers there it is all; somebody else may send more than is wanted. */
const MAX_CHARACTERS = 64 * 1024;

async function beginning({ body }: Response): Promise<string> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of body ?? []) {
    text += decoder.decode(z.instanceof(Uint8Array).parse(chunk), { stream: true });
    if (text.length > MAX_CHARACTERS) break;
  }
  return text;
}

/** What `fetch` throws: its own sentence says little, the code is in the cause. */
const Failure = z.object({
  name: z.string(),
  message: z.string(),
  cause: z.object({ code: z.string() }).optional().catch(undefined),
});

function errorMessage(error: unknown): string {
  const failure = Failure.safeParse(error).data;
  if (failure?.name === 'TimeoutError') return 'ETIMEDOUT';
  return failure?.cause?.code ?? failure?.message ?? 'unknown';
}

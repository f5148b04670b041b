import { type ClientRequest, Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { performance } from 'node:perf_hooks';
import type { EncodedPush } from './crypto.ts';

export type PostResult =
  /** `lacksData`: it came over a long connection, without the part that answers a click. */
  | { kind: 'answer'; status: number; body: string; tookMs: number; lacksData?: boolean }
  | { kind: 'timeout' | 'refused'; error: string; tookMs: number };

/** Posts to the bot; redirects are not followed. */
export interface Poster {
  /** Never rejects. `limitMs` covers everything, from connecting to the last byte. */
  post(url: string, push: EncodedPush, limitMs: number): Promise<PostResult>;
  /** Cuts what is under way. */
  close(): void;
}

/** Node.js closes a connection that was idle for 5 s: what is sent on it at that moment is lost. */
const CONNECTIONS = { keepAlive: true, timeout: 4_000 };

export function createPoster(): Poster {
  const agents = { http: new HttpAgent(CONNECTIONS), https: new HttpsAgent(CONNECTIONS) };
  const running = new Set<ClientRequest>();
  const start = (url: string, push: EncodedPush): ClientRequest => {
    const headers = { ...push.headers, 'content-length': String(Buffer.byteLength(push.rawBody)) };
    const options = { method: 'POST', headers };
    return url.startsWith('https:')
      ? httpsRequest(url, { ...options, agent: agents.https })
      : httpRequest(url, { ...options, agent: agents.http });
  };
  return {
    post: async (url, push, limitMs) => {
      const startedAt = performance.now();
      const took = () => Math.round(performance.now() - startedAt);
      let request: ClientRequest | undefined;
      const timer = setTimeout(() => request?.destroy(new TimeoutError(limitMs)), limitMs);
      try {
        request = start(url, push);
        running.add(request);
        const { status, body } = await exchange(request, push.rawBody);
        return { kind: 'answer', status, body, tookMs: took() };
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        return { kind: error instanceof TimeoutError ? 'timeout' : 'refused', error: message, tookMs: took() };
      } finally {
        clearTimeout(timer);
        if (request) running.delete(request);
      }
    },
    close: () => {
      for (const request of running) request.destroy(new Error('the local Feishu was closed'));
      agents.http.destroy();
      agents.https.destroy();
    },
  };
}

class TimeoutError extends Error {
  constructor(limitMs: number) {
    super(`no answer within ${limitMs} ms`);
  }
}

function exchange(request: ClientRequest, rawBody: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    request.on('error', reject);
    request.on('response', (response: IncomingMessage) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }),
      );
    });
    request.end(rawBody);
  });
}

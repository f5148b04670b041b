import { z } from 'zod';
import { stringifyJson } from '../lib/json.ts';
import { VERSION } from '../lib/version.ts';
import { routeOf } from './routes.ts';

/** A call, as the SDK describes one. */
export interface HttpRequest {
  url?: string | undefined;
  method?: string | undefined;
  headers?: Record<string, string> | undefined;
  /** The query; a list stands there once for each of its items. */
  params?: Record<string, unknown> | undefined;
  /** A text goes out as it is, anything else as JSON. */
  data?: unknown;
  /**
   * Milliseconds: such a call is sent once and is over after so many, however slowly its answer comes. It has a
   * connection of its own: one that was kept could be closed by the other side in the moment in which it is used again.
   */
  onceWithinMs?: number | undefined;
  /** Milliseconds: a rate limit that asks for more is not waited for, whatever the policy. */
  longestPauseMs?: number | undefined;
  /** When the caller began, by the clock's `elapsed`, where that was before this call: its deadline counts from then. */
  begunAt?: number | undefined;
  /**
   * Asked each time in the moment in which it goes out; on false it rejects with the kind `not-sent`. A write to the
   * helpdesk without it is not sent.
   */
  maySend?: (() => boolean) | undefined;
}

/** A call in the form in which it goes out, as often as that may be. */
export interface Outgoing {
  route: string;
  method: z.infer<typeof Method>;
  url: URL;
  headers: Record<string, string>;
  body: string | undefined;
  onceWithinMs: number | undefined;
  longestPauseMs: number | undefined;
}

/** Throws a TypeError when the address is none. */
export function outgoingOf({
  method = 'GET',
  url: address = '',
  headers,
  params,
  data,
  onceWithinMs,
  longestPauseMs,
}: HttpRequest): Outgoing {
  const verb = Method.parse(method.toUpperCase());
  const url = new URL(address);
  for (const [name, value] of Object.entries(params ?? {})) {
    for (const one of [value].flat()) if (one !== undefined && one !== null) url.searchParams.append(name, String(one));
  }
  const body = bodyOf(verb, data);
  const usual = body === undefined ? USUAL_HEADERS : { ...USUAL_HEADERS, 'content-type': 'application/json' };
  return {
    route: routeOf(verb, url),
    method: verb,
    url,
    headers: { ...usual, ...inLowerCase(headers ?? {}) },
    body,
    onceWithinMs,
    longestPauseMs,
  };
}

const Method = z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']);
const USUAL_HEADERS = { accept: 'application/json', 'user-agent': `feishu-skill-bot/${VERSION}` };

/** So that none goes out twice. */
const inLowerCase = (headers: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

/** The SDK gives an empty object where there is nothing to say. */
function bodyOf(method: Outgoing['method'], data: unknown): string | undefined {
  if (data === undefined || typeof data === 'string') return data;
  const isEmpty = typeof data === 'object' && data !== null && Object.keys(data).length === 0;
  return isEmpty && (method === 'GET' || method === 'DELETE') ? undefined : stringifyJson(data);
}

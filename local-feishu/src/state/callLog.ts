import { isObject } from '../json.ts';
import type { Changes } from './changes.ts';

/** One request of the bot. A plug-in that describes calls adds what it reads in their headers. */
export interface CallEntry {
  /** From 1, in order of arrival. */
  seq: number;
  method: string;
  /** With ids, without the query. */
  path: string;
  query: Record<string, unknown>;
  /** The pattern, such as `/open-apis/im/v1/messages/:message_id`; `*` for an unknown path. */
  route: string;
  /** HTTP status; 0 when no answer went out. */
  status: number;
  /** `code` of the answer, -1 when it has none. */
  code: number;
  /** On the local Feishu's clock, milliseconds since 1970. */
  startedAt: number;
  /** Undefined while the call is being answered. */
  tookMs?: number;
  authKind: 'tenant' | 'user' | 'none';
  /** Whose user token it was. */
  userOpenId?: string;
  /** The message whose card was to be updated. */
  updates?: string;
  /** Secrets are masked. */
  requestBody: unknown;
  responseBody: unknown;
  /** What the client calls the request, in the header `x-request-id`. */
  requestId?: string;
  /** What came of it after the client had its answer, or none. */
  late?: { status: number; body: unknown };
  /** Types of the injected faults. */
  fault?: string;
}

/** Every request of the bot to the open API, oldest first. Pages of a browser and the control API are not in it. */
export class CallLog {
  #entries: CallEntry[] = [];
  #seq = 0;
  readonly #changes: Changes;

  constructor(changes: Changes) {
    this.#changes = changes;
  }

  all(): CallEntry[] {
    return [...this.#entries];
  }

  /** Calls after the one with this `seq`. */
  since(seq: number): CallEntry[] {
    return this.#entries.filter((entry) => entry.seq > seq);
  }

  /** `seq` of the last call, 0 when there was none: for `since`. */
  last(): number {
    return this.#seq;
  }

  /** Calls of a route, written as in the log or as `METHOD route`. */
  of(route: string): CallEntry[] {
    return this.#entries.filter((entry) => entry.route === route || `${entry.method} ${entry.route}` === route);
  }

  clear(): void {
    this.#entries = [];
    this.#changes.emit();
  }

  begin(entry: Omit<CallEntry, 'seq' | 'status' | 'code' | 'responseBody'>): CallEntry {
    this.#seq += 1;
    const started: CallEntry = { ...entry, seq: this.#seq, status: 0, code: -1, responseBody: undefined };
    started.requestBody = masked(entry.requestBody);
    this.#entries.push(started);
    return started;
  }

  end(entry: CallEntry, answer: { status: number; body: unknown; tookMs: number }): void {
    entry.status = answer.status;
    entry.code = isObject(answer.body) && typeof answer.body.code === 'number' ? answer.body.code : -1;
    entry.responseBody = masked(answer.body);
    entry.tookMs = answer.tookMs;
    this.#changes.emit();
  }

  /** Tells what a call led to whose effect came late. */
  endLate(entry: CallEntry, { status, body }: { status: number; body: unknown }): void {
    entry.late = { status, body: masked(body) };
    this.#changes.emit();
  }
}

const SECRET_KEYS = new Set([
  'app_secret',
  'AppSecret',
  'URL',
  'client_secret',
  'tenant_access_token',
  'access_token',
  'refresh_token',
  'code_verifier',
  'device_code',
  'token',
]);

function masked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(masked);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [key, isSecret(key, part) ? '***' : masked(part)]),
  );
}

function isSecret(key: string, part: unknown): boolean {
  return typeof part === 'string' && (SECRET_KEYS.has(key) || key === 'code');
}

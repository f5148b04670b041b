import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { type Answer, codeOf, logIdOf, pauseAskedFor } from './answer.ts';
import { kindOf, oauthKindOf } from './codes.ts';
import { FeishuError, type FeishuErrorKind } from './errors.ts';
import { createExchange, NoAnswer } from './exchange.ts';
import { type HttpRequest, type Outgoing, outgoingOf } from './outgoing.ts';

/** How calls behave; times in milliseconds. */
export interface HttpPolicy {
  timeoutMs: number;
  /** Attempts after the first one. */
  retries: number;
  /** The pause before the first retry; it doubles each time, with jitter. */
  backoffMs: number;
  /** A rate limit that asks for more than this is not waited for. */
  longestPauseMs: number;
}

export const DEFAULT_POLICY: HttpPolicy = { timeoutMs: 10_000, retries: 3, backoffMs: 200, longestPauseMs: 20_000 };

/** One attempt of a call, as it can be told to anybody: nothing of what was sent or answered. */
export interface Call {
  /** Method and path, without ids. */
  route: string;
  tookMs: number;
  httpStatus?: number | undefined;
  code?: number | undefined;
  logId?: string | undefined;
  /** The kind of a failure; undefined when the call went well. */
  problem?: FeishuErrorKind | undefined;
}

/** Whoever wants to know of each attempt. `now` in milliseconds. */
export interface Watcher {
  now(): number;
  called(call: Call): void;
}

/** The http client below the SDK. */
export interface Http {
  /**
   * Every answer resolves, whatever its status; a call without one rejects with a {@link FeishuError}. What may be sent
   * again is, within the policy.
   */
  request(request: HttpRequest): Promise<Answer>;
  /** Ends all connections. */
  close(): void;
}

type Outcome = Answer | NoAnswer;

export function createHttp(policy: HttpPolicy, random: () => number, watcher?: Watcher): Http {
  const exchange = createExchange(policy.timeoutMs);

  const attempt = async (outgoing: Outgoing): Promise<Outcome> => {
    const begun = watcher?.now() ?? 0;
    const outcome = await exchange.send(outgoing).catch(orNoAnswer);
    watcher?.called({ route: outgoing.route, tookMs: watcher.now() - begun, ...told(outcome) });
    return outcome;
  };

  /** Milliseconds to wait before the call is sent again; undefined when what came of it stands. */
  const pauseBefore = (retry: number, outgoing: Outgoing, outcome: Outcome): number | undefined => {
    if (retry > policy.retries || !mayRepeat(outgoing, outcome)) return undefined;
    const asked = outcome instanceof NoAnswer ? undefined : pauseAskedFor(outcome);
    const pause = asked ?? policy.backoffMs * 2 ** (retry - 1) * (0.5 + random());
    const { longestPauseMs = policy.longestPauseMs } = outgoing;
    return asked !== undefined && asked > longestPauseMs ? undefined : pause;
  };

  return {
    async request(request) {
      const outgoing = outgoingOf(request);
      for (let retry = 1; ; retry += 1) {
        const outcome = await attempt(outgoing);
        const pause = pauseBefore(retry, outgoing, outcome);
        if (pause === undefined) return answerIn(outcome, outgoing);
        await delay(pause);
      }
    },
    close: exchange.close,
  };
}

function orNoAnswer(error: unknown): NoAnswer {
  if (error instanceof NoAnswer) return error;
  throw error;
}

function answerIn(outcome: Outcome, { route }: Outgoing): Answer {
  if (!(outcome instanceof NoAnswer)) return outcome;
  throw new FeishuError(kindOfNoAnswer(outcome), outcome.code, { route });
}

const kindOfNoAnswer = ({ isUnreachable }: NoAnswer): FeishuErrorKind => (isUnreachable ? 'unreachable' : 'no-answer');

/** A login by device asks again and again until somebody has decided (RFC 8628, section 3.5). */
const NotYet = z.object({ error: z.enum(['authorization_pending', 'slow_down']) });

function told(outcome: Outcome): Omit<Call, 'route' | 'tookMs'> {
  if (outcome instanceof NoAnswer) return { problem: kindOfNoAnswer(outcome) };
  const { status: httpStatus, route, data, isSuccess } = outcome;
  const code = codeOf(data);
  const isFine = (isSuccess && (code ?? 0) === 0) || NotYet.safeParse(data).success;
  const kindFor = route.includes('/authen/') ? oauthKindOf : kindOf;
  return { httpStatus, code, logId: logIdOf(outcome), ...(!isFine && { problem: kindFor(code, httpStatus) }) };
}

function mayRepeat(outgoing: Outgoing, outcome: Outcome): boolean {
  if (outgoing.onceWithinMs !== undefined) return false;
  if (outcome instanceof NoAnswer) return outcome.isUnreachable || isSafeToRepeat(outgoing);
  if (outcome.isSuccess) return false;
  const kind = kindOf(codeOf(outcome.data), outcome.status);
  return kind === 'rate-limited' || (kind === 'unavailable' && isSafeToRepeat(outgoing));
}

/** Reads, replacements of a whole message, and posts that Feishu deduplicates by `uuid` (im-v1/message/reply). */
function isSafeToRepeat({ method, url: { pathname }, body }: Outgoing): boolean {
  if (method === 'GET') return true;
  if (method === 'PATCH') return pathname.includes('/im/v1/messages/');
  if (method !== 'POST') return false;
  if (pathname.endsWith('/tenant_access_token/internal') || pathname.endsWith('/batch_get_id')) return true;
  return pathname.includes('/im/v1/messages') && /"uuid":"[^"]/.test(body ?? '');
}

import { z } from 'zod';
import type { Clock } from '../lib/clock.ts';
import { type Answer, codeOf, logIdOf, pauseAskedFor } from './answer.ts';
import { kindOf, oauthKindOf } from './codes.ts';
import { FeishuError, type FeishuErrorKind } from './errors.ts';
import { createExchange, NoAnswer } from './exchange.ts';
import { oauthErrorIn } from './failure.ts';
import { type HttpRequest, type Outgoing, outgoingOf } from './outgoing.ts';

/** How calls behave; times in milliseconds. */
export interface HttpPolicy {
  /** After so long a call is over: everything in it counts, also its repetitions and the pauses before them. */
  timeoutMs: number;
  /** The same for a write to the helpdesk, which may take long and is not to be given up while it may still work. */
  writeTimeoutMs: number;
  /** Attempts after the first one. */
  retries: number;
  /** The pause before the first retry; it doubles each time, with jitter. */
  backoffMs: number;
}

export const DEFAULT_POLICY: HttpPolicy = { timeoutMs: 10_000, writeTimeoutMs: 60_000, retries: 3, backoffMs: 200 };

/** One attempt of a call, with nothing in it of what was sent or answered: anybody may see it. */
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

export interface HttpParts {
  clock: Pick<Clock, 'elapsed' | 'sleep'>;
  random: () => number;
  /** Called after each attempt. */
  called?: (call: Call) => void;
}

/** The http client below the SDK. */
export interface Http {
  /**
   * Every answer resolves, whatever its status; a call without one rejects with a {@link FeishuError}. What may be sent
   * again is, within the policy; a write to the helpdesk never is. A rate limit that asks for more time than the call
   * has left is an answer like any other, at once.
   */
  request(request: HttpRequest): Promise<Answer>;
  /** Ends all connections. */
  close(): void;
}

type Outcome = Answer | NoAnswer;

export function createHttp(policy: HttpPolicy, { clock, random, called }: HttpParts): Http {
  const exchange = createExchange(policy.timeoutMs, clock);

  const attempt = async (outgoing: Outgoing, withinMs: number, maySend: () => boolean): Promise<Outcome> => {
    const begun = clock.elapsed();
    const outcome = await exchange.send({ outgoing, withinMs, maySend }).catch(orNoAnswer);
    called?.({
      route: outgoing.route,
      tookMs: Math.round(clock.elapsed() - begun),
      ...toCallFields(outcome, outgoing),
    });
    return outcome;
  };

  /** Milliseconds to wait before the call is sent again; undefined when what came of it stands. */
  const retryDelayMs = (retry: number, outgoing: Outgoing, outcome: Outcome): number | undefined => {
    if (retry > policy.retries || !isRetryable(outgoing, outcome)) return undefined;
    const asked = outcome instanceof NoAnswer ? undefined : pauseAskedFor(outcome);
    const { longestPauseMs = Number.POSITIVE_INFINITY } = outgoing;
    if (asked !== undefined && asked > longestPauseMs) return undefined;
    const backoff = policy.backoffMs * 2 ** (retry - 1) * (0.5 + random());
    // A limit that is said to be over at once is not tried at once.
    return asked === undefined ? backoff : Math.max(asked, backoff);
  };

  return {
    async request(request) {
      const outgoing = outgoingOf(request);
      const isWrite = isHelpdeskWrite(outgoing);
      // A write without `maySend` is refused.
      const { begunAt = clock.elapsed(), maySend = () => !isWrite } = request;
      const until = begunAt + (outgoing.onceWithinMs ?? (isWrite ? policy.writeTimeoutMs : policy.timeoutMs));
      for (let retry = 1; ; retry += 1) {
        const outcome = await attempt(outgoing, until - clock.elapsed(), maySend);
        const pause = retryDelayMs(retry, outgoing, outcome);
        if (pause === undefined || clock.elapsed() + pause >= until) return answerIn(outcome, outgoing);
        await clock.sleep(pause);
      }
    },
    close: exchange.close,
  };
}

function orNoAnswer(error: unknown): NoAnswer {
  if (error instanceof NoAnswer) return error;
  throw error;
}

function answerIn(outcome: Outcome, outgoing: Outgoing): Answer {
  if (!(outcome instanceof NoAnswer)) return outcome;
  throw new FeishuError(kindOfNoAnswer(outcome, outgoing), outcome.code, { route: outgoing.route });
}

/** A too large answer: of a read it is an error; of a write the effect is open. */
const kindOfNoAnswer = ({ lost }: NoAnswer, outgoing: Outgoing): FeishuErrorKind => {
  if (lost !== 'too-large') return lost;
  return isSafeToRepeat(outgoing) ? 'unexpected' : 'no-answer';
};

/** A login by device asks again and again until somebody has decided (RFC 8628, section 3.5). */
const NotYet = z.object({ error: z.enum(['authorization_pending', 'slow_down']) });

function toCallFields(outcome: Outcome, outgoing: Outgoing): Pick<Call, 'httpStatus' | 'code' | 'logId' | 'problem'> {
  if (outcome instanceof NoAnswer) return { problem: kindOfNoAnswer(outcome, outgoing) };
  const { status: httpStatus, route, data, isSuccess } = outcome;
  const code = codeOf(data);
  const isFine = (isSuccess && (code ?? 0) === 0) || NotYet.safeParse(data).success;
  const kindFor: typeof oauthKindOf = route.includes('/authen/') ? oauthKindOf : kindOf;
  return {
    httpStatus,
    code,
    logId: logIdOf(outcome),
    ...(!isFine && { problem: kindFor(code, httpStatus, oauthErrorIn(outcome)) }),
  };
}

function isRetryable(outgoing: Outgoing, outcome: Outcome): boolean {
  if (outgoing.onceWithinMs !== undefined || isHelpdeskWrite(outgoing)) return false;
  if (outcome instanceof NoAnswer) {
    return outcome.lost === 'unreachable' || (outcome.lost === 'no-answer' && isSafeToRepeat(outgoing));
  }
  if (outcome.isSuccess) return false;
  const kind = kindOf(codeOf(outcome.data), outcome.status);
  return kind === 'rate-limited' || (kind === 'unavailable' && isSafeToRepeat(outgoing));
}

/**
 * Whether a pause before it matters, whatever the reason: somebody else may have taken the change over meanwhile. Only
 * whoever makes the change knows, so it is theirs to send it again.
 */
const isHelpdeskWrite = ({ method, url }: Outgoing): boolean =>
  method !== 'GET' && url.pathname.includes('/open-apis/helpdesk/');

/** Reads, replacements of a whole message, and posts that Feishu deduplicates by `uuid` (im-v1/message/reply). */
function isSafeToRepeat({ method, url: { pathname }, body }: Outgoing): boolean {
  if (method === 'GET') return true;
  if (method === 'PATCH') return pathname.includes('/im/v1/messages/');
  if (method !== 'POST') return false;
  if (pathname.endsWith('/tenant_access_token/internal') || pathname.endsWith('/batch_get_id')) return true;
  return pathname.includes('/im/v1/messages') && /"uuid":"[^"]/.test(body ?? '');
}

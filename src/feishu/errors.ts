import type { Failure } from '../domain/change.ts';
import type { UnreadableSkill } from '../domain/unreadable.ts';
import { errorMessage } from '../lib/errorMessage.ts';

/**
 * What went wrong with a call to Feishu, by what can be done about it.
 *
 * - `not-sent`: this process was no longer allowed to send it: it was certainly not processed
 * - `unreachable`: no connection, the call was certainly not processed
 * - `no-answer`: sent, but no answer came: it may have been processed
 * - `rate-limited`: refused before it was processed, may be sent again later
 * - `unavailable`: trouble on Feishu's side: it may have been processed
 * - `app-credentials`, `desk-credentials`: an operator has to correct the configuration
 * - `app-scope`: the app lacks a permission, see `scopes`
 * - `user-token`: the user token is not accepted (any more)
 * - `user-scope`: the user has not granted a permission, see `scopes`
 * - `no-access`: the person (or the app) may not do this
 * - `grant-dead`: a refresh token that will never work again
 * - `refresh-not-allowed`: the app may not renew anybody's tokens; an operator has to allow it
 * - `code-refused`: an authorization code that does not lead to a token: the login has to start again
 * - `person-barred`: this person cannot authorise the app
 * - `access-policy`: a policy wants a check by the person first, see `checkUrl`
 * - `not-found`, `bad-request`: about the thing or the content that was sent
 * - `card-expired`, `card-token-spent`: a card cannot be updated (this way) any more
 * - `chat-gone`: nothing can be posted there
 * - `unreadable`: a skill is there, but not all of it can be read for certain, see `skill`; the message is its odd part
 * - `unexpected`: an answer that no document describes
 */
export type FeishuErrorKind =
  | 'not-sent'
  | 'unreachable'
  | 'no-answer'
  | 'rate-limited'
  | 'unavailable'
  | 'app-credentials'
  | 'desk-credentials'
  | 'app-scope'
  | 'user-token'
  | 'user-scope'
  | 'no-access'
  | 'grant-dead'
  | 'refresh-not-allowed'
  | 'code-refused'
  | 'person-barred'
  | 'access-policy'
  | 'not-found'
  | 'bad-request'
  | 'card-expired'
  | 'card-token-spent'
  | 'chat-gone'
  | 'unreadable'
  | 'unexpected';

export interface FeishuErrorDetails {
  /** Which call it was, without ids. */
  route?: string | undefined;
  code?: number | undefined;
  oauthError?: string | undefined;
  httpStatus?: number | undefined;
  logId?: string | undefined;
  scopes?: string[] | undefined;
  retryAfterMs?: number | undefined;
  checkUrl?: string | undefined;
  skill?: UnreadableSkill | undefined;
  cause?: unknown;
}

/** A call to Feishu that failed. `message` is Feishu's own sentence and never holds a credential of ours. */
export class FeishuError extends Error {
  readonly kind: FeishuErrorKind;
  readonly route: string | undefined;
  readonly code: number | undefined;
  /** The word for it in the answer of a login endpoint, such as `access_denied`. */
  readonly oauthError: string | undefined;
  readonly httpStatus: number | undefined;
  readonly logId: string | undefined;
  readonly scopes: string[];
  readonly retryAfterMs: number | undefined;
  /** The address of the check that an access policy wants. It is for one person: not for logs, nor for a group. */
  readonly checkUrl: string | undefined;
  readonly skill: UnreadableSkill | undefined;

  constructor(kind: FeishuErrorKind, message: string, details: FeishuErrorDetails = {}) {
    super(message, details.cause === undefined ? {} : { cause: details.cause });
    this.name = 'FeishuError';
    this.kind = kind;
    this.route = details.route;
    this.code = details.code;
    this.oauthError = details.oauthError;
    this.httpStatus = details.httpStatus;
    this.logId = details.logId;
    this.scopes = details.scopes ?? [];
    this.retryAfterMs = details.retryAfterMs;
    this.checkUrl = details.checkUrl;
    this.skill = details.skill;
  }
}

/** Kinds after which it is certain that the call had no effect. */
const NOT_PROCESSED: ReadonlySet<FeishuErrorKind> = new Set([
  'not-sent',
  'unreachable',
  'rate-limited',
  'app-credentials',
  'desk-credentials',
  'app-scope',
  'user-token',
  'user-scope',
  'no-access',
  'refresh-not-allowed',
  'access-policy',
  'not-found',
  'bad-request',
]);

/** Whether a failed write certainly changed nothing. */
export const certainlyNotProcessed = (error: FeishuError): boolean => NOT_PROCESSED.has(error.kind);

/** Kinds that may go away by themselves. */
const PASSING: ReadonlySet<FeishuErrorKind> = new Set(['unreachable', 'no-answer', 'rate-limited', 'unavailable']);

export const isPassing = (error: unknown): boolean => error instanceof FeishuError && PASSING.has(error.kind);

/** Whether there is nothing left to post to: the message, the chat or the person is gone. Nobody has to see that again. */
export const isGone = (error: unknown): error is FeishuError =>
  error instanceof FeishuError && error.kind === 'chat-gone';

/** An error for a log. Of what Feishu said nothing: it may hold what is for one person only. */
export const toLogFields = (error: unknown): Record<string, unknown> =>
  error instanceof FeishuError
    ? { kind: error.kind, code: error.code, logId: error.logId }
    : { reason: errorMessage(error) };

/** A failure of Feishu in the form that is stored and shown. */
export const toFailure = ({ kind, code, message, logId }: FeishuError): Failure => ({
  kind,
  code,
  message,
  logId,
});

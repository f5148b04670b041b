import { TOKEN_CALL_MS } from '../feishu/tokenEndpoint.ts';

/**
 * How long a stop waits for what is under way, in milliseconds. A refresh is among that: the token that it sends is spent,
 * and without the answer, and the moment to store it, somebody has to log in again.
 */
export const FINISH_MS = TOKEN_CALL_MS + 3_000;

/**
 * How long a stop may take before the process ends anyway, in milliseconds: what is under way is waited for after the last
 * request was answered, and for one that brings a login a token was asked for as well.
 */
export const STOP_MS = TOKEN_CALL_MS + FINISH_MS + 2_000;

import { setTimeout as delay } from 'node:timers/promises';

/** Resolves after so many milliseconds, or when the signal fires. */
export const rest = (ms: number, signal: AbortSignal): Promise<void> =>
  delay(ms, undefined, { signal }).catch(() => undefined);

import type { Clock } from './clock.ts';

/** Does something once, some time from now; setting it again replaces what was set. */
export interface Alarm {
  set(ms: number): void;
  clear(): void;
}

export function createAlarm(clock: Clock, work: () => void): Alarm {
  let pending = new AbortController();
  return {
    set(ms) {
      pending.abort();
      pending = new AbortController();
      const { signal } = pending;
      void clock.sleep(ms, signal).then(() => {
        if (!signal.aborted) work();
      });
    },
    clear: () => pending.abort(),
  };
}

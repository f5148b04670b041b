import { Session } from 'node:inspector';

/**
 * Frees what is of no more use, once: all that was needed for loading alone, which the engine would keep for as long as
 * little happens. Holds the process up for some 100 ms.
 */
export function collectGarbage(): void {
  const session = new Session();
  session.connect();
  session.post('HeapProfiler.collectGarbage', () => session.disconnect());
}

import { Session } from 'node:inspector/promises';

/**
 * Frees what is of no more use, once: all that was needed for loading alone, which the engine would keep for as long as
 * little happens. Holds the process up for some 100 ms.
 */
export async function collectGarbage(): Promise<void> {
  const session = new Session();
  session.connect();
  await session.post('HeapProfiler.collectGarbage');
  // Not within the answer to the call: the process could not end any more.
  session.disconnect();
}

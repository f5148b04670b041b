import { Session } from 'node:inspector/promises';
import heapFlags from './heapFlags.json' with { type: 'json' };

/**
 * How Node.js is started for the bot. By itself the engine lets the young objects have up to 96 MB and the old ones grow
 * fourfold before it clears up, for a program whose lasting objects fit into 20 MB; and from Node.js 22 on it compiles
 * twice, in haste and again with care, and keeps both. bench/README.md has what it saves.
 */
export const HEAP_FLAGS: readonly string[] = heapFlags;

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

import { setTimeout as delay } from 'node:timers/promises';

/** Waits until something is so; what never becomes so fails by the time limit of the test. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await delay(1);
}

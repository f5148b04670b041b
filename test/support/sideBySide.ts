import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, it } from '@jest/globals';
import { createLimiter } from '../../src/lib/limiter.ts';

/** Between the beginnings of two stories, so that their processes do not all start at the same moment. */
const STAGGER_MS = 600;
/** How many play at a time: beyond that, a slow machine would keep each of them waiting for the others. */
const AT_ONCE = 4;

/**
 * Stories that spend most of their time waiting. Several play at the same time, beginning in this order, each with a stage
 * of its own; each is a test of its own.
 */
export function sideBySide(stories: Readonly<Record<string, () => Promise<void>>>, timeoutMs: number): void {
  const playing = new Map<string, Promise<PromiseSettledResult<void>[]>>();
  beforeAll(() => {
    const limiter = createLimiter({ total: AT_ONCE });
    for (const [at, [name, story]] of Object.entries(stories).entries()) {
      playing.set(
        name,
        Promise.allSettled([
          delay(at * STAGGER_MS)
            .then(() => limiter.run([], story))
            .then(() => undefined),
        ]),
      );
    }
  });
  afterAll(async () => {
    await Promise.all(playing.values());
  });
  for (const name of Object.keys(stories)) {
    it(
      name,
      async () => {
        for (const result of (await playing.get(name)) ?? []) if (result.status === 'rejected') throw result.reason;
      },
      timeoutMs,
    );
  }
}

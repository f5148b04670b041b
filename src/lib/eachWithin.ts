import type { Clock } from './clock.ts';
import { errorMessage } from './errorMessage.ts';
import { createLimiter } from './limiter.ts';
import type { Logger } from './logger.ts';

export interface EachWithinOptions<T> {
  clock: Clock;
  logger: Logger;
  /** What the log calls the job. */
  name: string;
  /** How many are worked on at once. */
  atOnce: number;
  /** After so many milliseconds an item is waited for no longer; its work goes on. */
  withinMs: number;
  work: (item: T) => Promise<void>;
}

/** Does something for each item. One that hangs or fails holds up no other; it is logged. Never rejects. */
export async function eachWithin<T>(items: readonly T[], options: EachWithinOptions<T>): Promise<void> {
  const { clock, logger, name, atOnce, withinMs, work } = options;
  const limiter = createLimiter({ total: atOnce });
  const within = async (item: T): Promise<void> => {
    const isOver = new AbortController();
    let isLate = false;
    const late = clock.sleep(withinMs, isOver.signal).then(() => {
      isLate = !isOver.signal.aborted;
    });
    const working = work(item).catch((error: unknown) =>
      logger.error({ job: name, reason: errorMessage(error) }, 'one of a round failed'),
    );
    await Promise.race([working, late]);
    isOver.abort();
    if (isLate) logger.warn({ job: name, withinMs }, 'one of a round takes long: the others go on without it');
  };
  await Promise.all(items.map((item) => limiter.run([], () => within(item))));
}

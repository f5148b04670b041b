import type { Clock } from './clock.ts';
import { errorMessage } from './errorMessage.ts';
import type { Logger } from './logger.ts';

/** Something that is done again and again until it is stopped. */
export interface Loop {
  /** Does it now, instead of after the pause. */
  wake(): void;
  /** Resolves when the round under way is over. */
  stop(): Promise<void>;
}

/**
 * Runs `round` now and then every `pauseMs` milliseconds after it is done. A round that fails is logged and followed
 * by the next one: what it did not do is still there to be done.
 */
export function startLoop(
  { clock, logger }: { clock: Clock; logger: Logger },
  { name, pauseMs, round }: { name: string; pauseMs: number; round: () => Promise<void> },
): Loop {
  let stopped = false;
  // Made before each round: a call of `wake` during the round counts as well.
  let pause = new AbortController();

  const run = async (): Promise<void> => {
    while (!stopped) {
      pause = new AbortController();
      try {
        await round();
      } catch (error) {
        logger.error({ loop: name, reason: errorMessage(error) }, 'a round failed');
      }
      await clock.sleep(pauseMs, pause.signal);
    }
  };
  const done = run();

  return {
    wake: () => pause.abort(),
    stop: () => {
      stopped = true;
      pause.abort();
      return done;
    },
  };
}

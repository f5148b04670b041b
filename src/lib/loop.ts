import type { Clock } from './clock.ts';
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
  name: string,
  pauseMs: number,
  round: () => Promise<void>,
): Loop {
  const stopping = new AbortController();
  let pause = new AbortController();

  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await round().catch((error: unknown) => {
        logger.error({ loop: name, reason: error instanceof Error ? error.message : 'unknown' }, 'a round failed');
      });
      pause = new AbortController();
      await clock.sleep(pauseMs, AbortSignal.any([stopping.signal, pause.signal])).catch(() => undefined);
    }
  };
  const done = run();

  return {
    wake: () => pause.abort(),
    stop: () => {
      stopping.abort();
      return done;
    },
  };
}

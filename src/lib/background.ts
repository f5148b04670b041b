import { setImmediate as nextTurn } from 'node:timers/promises';
import { errorMessage } from './errorMessage.ts';
import type { Logger } from './logger.ts';

/** Work that nobody waits for, but a stop. */
export interface Background {
  /** Begins `work` in the next turn of the event loop, after an answer that is ready by now. A failure is logged. */
  afterAnswer(name: string, work: () => Promise<void>): void;
  /** Begins `work` at once. A failure is logged. */
  start(name: string, work: () => Promise<unknown>): void;
  /** How much is under way. */
  readonly count: number;
  /** Resolves when nothing is under way any more. */
  idle(): Promise<void>;
}

export function createBackground(logger: Logger): Background {
  const underWay = new Set<Promise<void>>();
  const track = async (name: string, work: () => Promise<unknown>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      logger.warn({ work: name, reason: errorMessage(error) }, 'work in the background failed');
    }
  };
  const start = (name: string, work: () => Promise<unknown>): void => {
    const done = track(name, work).finally(() => underWay.delete(done));
    underWay.add(done);
  };
  return {
    afterAnswer: (name, work) => start(name, () => nextTurn().then(work)),
    start,
    get count() {
      return underWay.size;
    },
    async idle() {
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}

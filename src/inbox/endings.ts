import { errorMessage } from '../lib/errorMessage.ts';
import type { Logger } from '../lib/logger.ts';

/** Stores how the work on a delivery ended. */
export type Ending = () => Promise<void>;

/**
 * Endings that the database has to take. One that it does not take is kept and stored later: the row goes on being
 * renewed for this worker, so that nobody else would take it up while the process lives.
 */
export interface Endings {
  /** Stores an ending now, or else with one of the next calls of `again`; never rejects. */
  store(requestKey: string, ending: Ending): Promise<void>;
  /** Tries those again that were not taken. */
  again(): Promise<void>;
  /** Whose ending was not taken yet. */
  kept(): Iterable<string>;
}

export function createEndings(logger: Logger): Endings {
  const kept = new Map<string, Ending>();

  const store = async (requestKey: string, ending: Ending): Promise<void> => {
    try {
      await ending();
      kept.delete(requestKey);
    } catch (error) {
      kept.set(requestKey, ending);
      const reason = errorMessage(error);
      logger.error({ delivery: requestKey, reason }, 'the end of a delivery could not be stored, to be tried again');
    }
  };

  return {
    store,
    async again() {
      await Promise.all([...kept].map(([requestKey, ending]) => store(requestKey, ending)));
    },
    kept: () => kept.keys(),
  };
}

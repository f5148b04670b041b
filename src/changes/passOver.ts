import type { Logger } from '../lib/logger.ts';

/** Says that a change is left alone, for a version that can read it. What is in the row is not logged. */
export const passOver =
  (logger: Logger) =>
  (id: string): void =>
    logger.warn({ change: id }, 'change passed over: its row cannot be read');

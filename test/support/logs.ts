import { z } from 'zod';
import { createLogger, type Logger } from '../../src/lib/logger.ts';

export interface CapturedLogs {
  logger: Logger;
  /** Everything that was logged, as it would have been printed. */
  text(): string;
  /** The same as objects, one for each line. */
  lines(): Record<string, unknown>[];
}

const Line = z.record(z.string(), z.unknown());

/** A logger of the lowest level that keeps what it is told. */
export function captureLogs(): CapturedLogs {
  const printed: string[] = [];
  const logger = createLogger('trace', { write: (line) => void printed.push(line) });
  return {
    logger,
    text: () => printed.join(''),
    lines: () => printed.map((line) => Line.parse(JSON.parse(line))),
  };
}

import { z } from 'zod';
import { createLogger, type Logger } from '../../src/lib/logger.ts';
import { createTrace, type Trace } from '../../src/lib/trace.ts';

export interface CapturedLogs {
  logger: Logger;
  /** What the lines belong to. */
  trace: Trace;
  /** Everything that was logged, as it would have been printed. */
  text(): string;
  /** The same as objects, one for each line. */
  lines(): Record<string, unknown>[];
}

const Line = z.record(z.string(), z.unknown());

/** A logger of the lowest level that keeps what it is told. */
export function captureLogs(): CapturedLogs {
  const printed: string[] = [];
  const trace = createTrace();
  const logger = createLogger('trace', { write: (line) => void printed.push(line) }, trace);
  return {
    logger,
    trace,
    text: () => printed.join(''),
    lines: () => printed.map((line) => Line.parse(JSON.parse(line))),
  };
}

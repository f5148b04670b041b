import { type DestinationStream, type Logger, pino } from 'pino';
import type { Trace } from './trace.ts';

export type { Logger } from 'pino';

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

/**
 * A JSON logger. Callers log named fields only, never whole requests, answers or errors of the HTTP client:
 * those carry tokens. With a `trace` each line says what it belongs to. `destination` is for tests; default is
 * standard output.
 */
export function createLogger(level: LogLevel, destination?: DestinationStream, trace?: Trace): Logger {
  const timestamp = () => `,"time":"${new Date().toISOString()}"`;
  const options = { level, base: null, timestamp, ...(trace && { mixin: () => trace.fields() }) };
  return destination ? pino(options, destination) : pino(options);
}

/** Where to say what nobody waits for; pino and most other loggers fit. */
export interface Logger {
  error(fields: Record<string, unknown>, message: string): void;
}

export const silentLogger: Logger = { error: () => undefined };

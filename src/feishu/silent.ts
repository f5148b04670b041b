/** A logger for the SDK: its own log prints whole requests with their tokens. What is worth knowing is logged here. */
export const SILENT = {
  error: () => undefined,
  warn: () => undefined,
  info: () => undefined,
  debug: () => undefined,
  trace: () => undefined,
};

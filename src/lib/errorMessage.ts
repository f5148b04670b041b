/** The message of an error, for a log and for the database. */
export const errorMessage = (error: unknown): string =>
  (error instanceof Error ? error.message : 'unknown').slice(0, 200);

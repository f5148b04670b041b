import type { z } from 'zod';

/** One thing that can be done over HTTP. */
export interface Act {
  /** Throws a ZodError when the body does not fit. */
  run(body: unknown): unknown;
}

/** Checks the body before `run` sees it. */
export const act = <Schema extends z.ZodType>(schema: Schema, run: (body: z.infer<Schema>) => unknown): Act => ({
  run: (body) => run(schema.parse(body)),
});

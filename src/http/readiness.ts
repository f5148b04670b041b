import type { Clock } from '../lib/clock.ts';

/** What is not ready, by name; empty when everything is. */
export type Readiness = () => Promise<Record<string, string>>;

/** Undefined when all is well, else why not. One that rejects or takes long counts as not answering. */
export type ReadinessCheck = () => Promise<string | undefined> | string | undefined;

/** Balancers ask every few seconds, and do not wait long. */
const PATIENCE_MS = 2_000;

const SILENT = 'does not answer';

/** Asks all parts at once, each time anew. A part that can be out of order contributes a check under its name. */
export const createReadiness =
  (clock: Clock, checks: Readonly<Record<string, ReadinessCheck>>): Readiness =>
  async () => {
    const answers = await Promise.all(
      Object.entries(checks).map(async ([name, check]) => [name, await answerOf(clock, check)] as const),
    );
    return Object.fromEntries(answers.flatMap(([name, why]) => (why === undefined ? [] : [[name, why]])));
  };

async function answerOf(clock: Clock, check: ReadinessCheck): Promise<string | undefined> {
  const answered = new AbortController();
  const tooLate = clock.sleep(PATIENCE_MS, answered.signal).then(() => SILENT);
  try {
    return await Promise.race([(async () => check())(), tooLate]);
  } catch {
    return SILENT;
  } finally {
    answered.abort();
  }
}

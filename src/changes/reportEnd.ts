import type { Change } from '../domain/change.ts';
import type { Logger } from '../lib/logger.ts';
import type { Metrics } from '../lib/metrics.ts';

/** Counts and logs that a change has ended. */
export function reportEnd(
  { logger, metrics }: { logger: Logger; metrics: Metrics },
  { id, intent, status, outcome }: Change,
): void {
  metrics.changesEnded(status, 1);
  logger.info({ change: id, intent: intent.kind, status, logId: outcome?.logId }, 'change ended');
}

import type { Metrics } from '../../src/lib/metrics.ts';

export interface RecordedMetrics {
  metrics: Metrics;
  /** What was told, in order, as `received message stored`. */
  told: string[];
}

/** Metrics that remember what they are told. */
export function recordMetrics(): RecordedMetrics {
  const told: string[] = [];
  const note =
    (name: string) =>
    (...facts: unknown[]): void =>
      void told.push(
        [name, ...facts.map((fact) => (typeof fact === 'object' ? JSON.stringify(fact) : fact))].join(' '),
      );
  const metrics: Metrics = {
    received: note('received'),
    refused: note('refused'),
    acknowledged: note('acknowledged'),
    handled: note('handled'),
    command: note('command'),
    changesEnded: note('changesEnded'),
    called: note('called'),
    refreshed: note('refreshed'),
  };
  return { metrics, told };
}

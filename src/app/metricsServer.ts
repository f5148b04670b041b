import type { Config } from '../config/config.ts';
import { type Listening, listen } from '../http/listen.ts';
import { metricsRouter } from '../http/metricsRouter.ts';
import type { Readiness } from '../http/readiness.ts';
import { createServer } from '../http/server.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import type { Store } from '../store/store.ts';
import type { Prometheus } from './prometheus.ts';

/** The metrics of this process. Their library is loaded here only: a bot that nobody measures starts faster without it. */
export async function createMetrics(store: Store, clock: Clock): Promise<Prometheus> {
  const { createPrometheus } = await import('./prometheus.ts');
  return createPrometheus(async () => {
    const { inbox } = store;
    const [depth, oldest, setAside] = await Promise.all([inbox.depth(), inbox.oldest(), inbox.countSetAside()]);
    return { depth, oldestMs: oldest === undefined ? 0 : clock.now() - oldest, setAside };
  });
}

/** Serves the metrics on a listener of their own. Rejects when its port is taken. */
export async function startMetricsServer(
  metrics: Prometheus,
  readiness: Readiness,
  { listen: { host }, metricsPort = 0 }: Config,
  logger: Logger,
): Promise<Listening> {
  const server = createServer({ routers: [metricsRouter(metrics)], readiness, logger });
  const listening = await listen(server, { host, port: metricsPort, variable: 'METRICS_PORT' });
  logger.info({ host, port: listening.port }, 'metrics server listening');
  return listening;
}

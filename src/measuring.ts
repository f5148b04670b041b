import type { Config } from './config/config.ts';
import type { Clock } from './lib/clock.ts';
import type { Logger } from './lib/logger.ts';
import type { Prometheus } from './metrics/prometheus.ts';
import type { Store } from './store/store.ts';
import { type Listening, listen } from './transport/listen.ts';
import { metricsRouter } from './transport/metricsRouter.ts';
import type { Readiness } from './transport/readiness.ts';
import { createServer } from './transport/server.ts';

/** What is measured; its library is loaded here only: a bot that nobody measures starts faster without it. */
export async function measure(store: Store, clock: Clock): Promise<Prometheus> {
  const { createPrometheus } = await import('./metrics/prometheus.ts');
  return createPrometheus(async () => {
    const { inbox } = store;
    const [depth, oldest, setAside] = await Promise.all([inbox.depth(), inbox.oldest(), inbox.countSetAside()]);
    return { depth, oldestMs: oldest === undefined ? 0 : clock.now() - oldest, setAside };
  });
}

/** Tells what is measured, on a listener of its own. Rejects when its port is taken. */
export async function tell(
  measured: Prometheus,
  readiness: Readiness,
  { listen: { host }, metricsPort = 0 }: Config,
  logger: Logger,
): Promise<Listening> {
  const server = createServer({ routers: [metricsRouter(measured)], readiness, logger });
  const listening = await listen(server, { host, port: metricsPort, variable: 'METRICS_PORT' });
  logger.info({ host, port: listening.port }, 'metrics are told');
  return listening;
}

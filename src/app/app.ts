import { hostname } from 'node:os';
import { createGrants } from '../auth/grants.ts';
import { createVault } from '../auth/vault.ts';
import { createChanges } from '../changes/changes.ts';
import { createPlanner } from '../changes/plan.ts';
import type { Services } from '../commands/context.ts';
import { allowedBy } from '../commands/handling/allowed.ts';
import { apologise } from '../commands/handling/apologise.ts';
import { showClickedAgain } from '../commands/handling/changeActions.ts';
import { cardInProgress, handleAction } from '../commands/handling/handleAction.ts';
import { handleDelivery } from '../commands/handling/handleDelivery.ts';
import { isForBot } from '../commands/handling/handleMessage.ts';
import { placeClick } from '../commands/handling/placeClick.ts';
import { createRoster } from '../commands/resolve/roster.ts';
import type { Config } from '../config/config.ts';
import type { OpenId } from '../domain/ids.ts';
import { listen } from '../http/listen.ts';
import { createReadiness } from '../http/readiness.ts';
import { createServer } from '../http/server.ts';
import { createInbox } from '../inbox/inbox.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import { NO_METRICS } from '../lib/metrics.ts';
import { type Random, randomToken } from '../lib/random.ts';
import type { Trace } from '../lib/trace.ts';
import { createEmbeddedClock } from '../store/embeddedClock.ts';
import { openStore } from '../store/open.ts';
import { createSharedClock } from '../store/sharedClock.ts';
import { withTakeoverGuard } from '../store/takeoverGuard.ts';
import { createAnswerCallback } from '../transport/callback.ts';
import { createIntake } from '../transport/intake.ts';
import { startBackgroundJobs } from './backgroundJobs.ts';
import { connectFeishu, createTransport, loginBy } from './feishu.ts';
import { createMetrics, startMetricsServer } from './metricsServer.ts';
import { FINISH_MS } from './stopTimes.ts';

/** What comes from the machine rather than from the configuration. */
export interface Surroundings {
  clock: Clock;
  random: Random;
  logger: Logger;
  /** What the lines of `logger` belong to. */
  trace: Trace;
  /** Default: opens the database that the configuration names. */
  openStore?: typeof openStore;
}

/** The running bot. */
export interface App {
  /** Where it listens. */
  port: number;
  /** Takes in nothing more, finishes what is under way, and closes everything. */
  stop(): Promise<void>;
}

/** Builds the whole bot, brings the database up to date, and listens. Rejects when any of that does not work. */
export async function startApp(config: Config, surroundings: Surroundings): Promise<App> {
  const { random, logger, trace } = surroundings;
  const worker = `${hostname()}:${process.pid}:${randomToken(random, 6)}`;
  const opened = await (surroundings.openStore ?? openStore)(config.databaseUrl, logger);
  const isServer = (await opened.now()) !== undefined;
  const clock = isServer
    ? createSharedClock(surroundings.clock, opened, logger)
    : createEmbeddedClock(surroundings.clock, opened.clockAnchor, logger);
  await clock.adjust();
  const store = withTakeoverGuard(opened, clock);
  const measured = config.metricsPort === undefined ? undefined : await createMetrics(store, clock);
  const metrics = measured ?? NO_METRICS;
  const { http, helpdesk, messages, people, oauth, device } = connectFeishu(config, { clock, logger, metrics });

  const vault = createVault(config.tokenKeys);
  const grants = createGrants({ store, vault, oauth, clock, logger, metrics, worker });
  const login = loginBy(config.login, {
    store,
    vault,
    oauth,
    device,
    grants,
    clock,
    random,
    logger,
    worker,
    onContinued: () => inbox.wake(),
  });
  const { logins } = login;

  const planner = createPlanner({ store, clock, random, changeTtlMs: config.changeTtlMs });
  const changes = createChanges({
    store,
    helpdesk,
    grants,
    planner,
    clock,
    logger,
    trace,
    metrics,
    worker,
    desk: config.desk,
  });
  const roster = createRoster(helpdesk, clock, logger);
  const services: Services = {
    store,
    helpdesk,
    messages,
    people,
    grants,
    logins,
    roster,
    planner,
    changes,
    clock,
    random,
    logger,
    metrics,
  };
  const acting = { services, allowed: allowedBy(config.allowed) };

  const inbox = createInbox({
    store,
    clock,
    logger,
    trace,
    metrics,
    worker,
    handle: (key, delivery) => handleDelivery(acting, key, delivery),
    apologise: (key, delivery) => apologise(services, key, delivery),
  });
  const answerCallback = createAnswerCallback({
    inbox,
    messages,
    clock,
    logger,
    act: (key, click) => handleAction(acting, key, click),
    inProgress: (click) => cardInProgress(services, click),
    showAgain: (click) => showClickedAgain(services, click),
  });
  const self = createSelf();
  const intake = createIntake({
    inbox,
    answerCallback,
    clock,
    logger,
    trace,
    metrics,
    self: self.known,
    placeClick: (click) => placeClick(services, click),
    isForBot,
  });
  const transport = await createTransport(config, { http, intake, clock, logger, metrics });
  let stopping = false;
  const readiness = createReadiness(clock, {
    process: () => (stopping ? 'stopping' : undefined),
    database: async () => {
      await store.ping();
      return undefined;
    },
    connection: transport.problem,
  });
  const server = createServer({
    routers: [...transport.routers, ...login.pages],
    readiness,
    logger,
  });

  await grants.checkReadable();
  const metricsServer = measured && (await startMetricsServer(measured, readiness, config, logger));
  const listening = await listen(server, { ...config.listen, variable: 'PORT' });
  inbox.start();
  transport.start();
  const backgroundJobs = startBackgroundJobs({
    store,
    changes,
    grants,
    roster,
    messages,
    people,
    clock,
    logger,
    trace,
    worker,
    self,
    retention: config.retention,
    more: login.rounds,
  });

  return {
    port: listening.port,
    stop: async () => {
      // Balancers that ask whether it is ready stop sending while it still takes everything in.
      stopping = true;
      await clock.sleep(config.drainMs);
      await Promise.all([listening.close(), transport.stop()]);
      // What hangs longer is safe in the database, and another replica continues it at once.
      await Promise.all([
        inbox.stop(FINISH_MS),
        Promise.race([backgroundJobs.stop().then(() => changes.idle()), clock.sleep(FINISH_MS)]),
      ]);
      await metricsServer?.close();
      http.close();
      await store.close();
    },
  };
}

/** The bot's own open id is asked for once, and until it is known nothing depends on it. */
function createSelf() {
  let known: OpenId | undefined;
  return {
    known: () => known,
    learn: async (ask: () => Promise<OpenId>) => {
      known ??= await ask();
    },
  };
}

import { hostname } from 'node:os';
import { createGrants } from './auth/grants.ts';
import { createLogins } from './auth/logins.ts';
import { createVault } from './auth/vault.ts';
import { showDueCards } from './changes/cards.ts';
import { createChanges } from './changes/changes.ts';
import { createPlanner } from './changes/plan.ts';
import type { Services } from './commands/context.ts';
import { allowedBy } from './commands/handling/allowed.ts';
import { apologise } from './commands/handling/apologise.ts';
import { cardInProgress, handleAction } from './commands/handling/handleAction.ts';
import { handleDelivery } from './commands/handling/handleDelivery.ts';
import { createRoster } from './commands/resolve/roster.ts';
import type { Config } from './config/config.ts';
import { createFeishuClient } from './feishu/client.ts';
import { createHelpdesk } from './feishu/helpdesk.ts';
import { createHttp, DEFAULT_POLICY } from './feishu/http.ts';
import { createMessages } from './feishu/messages.ts';
import { createOAuth } from './feishu/oauth.ts';
import { createPeople } from './feishu/people.ts';
import { createTenantToken } from './feishu/tenantToken.ts';
import type { Clock } from './lib/clock.ts';
import type { Logger } from './lib/logger.ts';
import { startLoop } from './lib/loop.ts';
import { type Random, randomToken } from './lib/random.ts';
import type { OpenId } from './skills/ids.ts';
import { openStore } from './store/open.ts';
import { createSharedClock } from './store/sharedClock.ts';
import type { Store } from './store/store.ts';
import { createCallbacks } from './transport/callback.ts';
import { createInbox } from './transport/inbox.ts';
import { createIntake } from './transport/intake.ts';
import { listen } from './transport/listen.ts';
import { loginRouter } from './transport/loginPages.ts';
import { createServer } from './transport/server.ts';
import { webhookRouter } from './transport/webhook.ts';

/** What comes from the machine rather than from the configuration. */
export interface Surroundings {
  clock: Clock;
  random: Random;
  logger: Logger;
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

/** How long a stop waits for what is under way, in milliseconds. */
const FINISH_MS = 8_000;

/** Builds the whole bot, brings the database up to date, and listens. Rejects when any of that does not work. */
export async function startApp(config: Config, surroundings: Surroundings): Promise<App> {
  const { random, logger } = surroundings;
  const worker = `${hostname()}:${process.pid}:${randomToken(random, 6)}`;
  const store = await (surroundings.openStore ?? openStore)(config.databaseUrl, logger);
  const clock = createSharedClock(surroundings.clock, store, logger);
  await clock.adjust();
  const { http, helpdesk, messages, people, oauth } = connectFeishu(config, { clock, logger });

  const vault = createVault(config.tokenKeys);
  const grants = createGrants({ store, vault, oauth, clock, logger, worker });
  const logins = createLogins({
    ...{ store, vault, oauth, grants, clock, random, logger },
    publicUrl: config.login.publicUrl,
    onContinued: () => inbox.wake(),
  });

  const planner = createPlanner({ store, clock, random, changeTtlMs: config.changeTtlMs });
  const changes = createChanges({ store, helpdesk, grants, planner, clock, logger, worker, desk: config.desk });
  const roster = createRoster(helpdesk, clock, logger);
  const services: Services = {
    ...{ store, helpdesk, messages, people, grants, logins, roster, planner, changes, clock, random, logger },
  };
  const acting = { services, allowed: allowedBy(config.allowed) };

  const inbox = createInbox({
    ...{ store, clock, logger, worker },
    handle: (key, delivery) => handleDelivery(acting, key, delivery),
    apologise: (key, delivery) => apologise(services, key, delivery),
  });
  const callbacks = createCallbacks({
    ...{ inbox, messages, clock, logger },
    act: (key, click) => handleAction(acting, key, click),
    inProgress: (click) => cardInProgress(services, click),
  });
  const self = createSelf();
  const intake = createIntake({ inbox, callbacks, logger, self: self.known });
  const server = createServer({
    routers: [webhookRouter({ ...config.events, intake, clock, logger }), loginRouter({ logins, logger })],
    readiness: () => readiness(store),
    logger,
  });

  await grants.checkReadable();
  const listening = await listen(server, config.listen);
  inbox.start();
  const every = (ms: number, name: string, round: () => Promise<void>) => startLoop({ clock, logger }, name, ms, round);
  const loops = [
    every(4_000, 'leases', () => changes.renewLeases()),
    every(2_000, 'changes', async () => {
      await changes.expire();
      await changes.settleSilent();
      await showDueCards({ store, messages, clock, logger, worker });
    }),
    every(60_000, 'clock', () => clock.adjust()),
    every(3_600_000, 'logins', () => grants.keepAlive()),
    every(3_600_000, 'retention', () => prune(store, clock.now(), config.retention)),
    every(60_000, 'roster', () => roster.warm()),
    every(60_000, 'bot identity', () => self.learn(() => people.self())),
  ];

  return {
    port: listening.port,
    stop: async () => {
      await listening.close();
      // What hangs longer is safe in the database, and is gone on with elsewhere.
      await Promise.race([Promise.all([inbox.stop(), ...loops.map((loop) => loop.stop())]), clock.sleep(FINISH_MS)]);
      http.close();
      await store.close();
    },
  };
}

/** Everything that calls Feishu, on one http client. */
function connectFeishu({ feishu, desk }: Config, { clock, logger }: Pick<Surroundings, 'clock' | 'logger'>) {
  const http = createHttp(DEFAULT_POLICY, Math.random);
  const tenantToken = createTenantToken(feishu, http, clock);
  const client = createFeishuClient({ app: feishu, http, tenantToken, logger });
  return {
    http,
    helpdesk: createHelpdesk(client, desk),
    messages: createMessages(client),
    people: createPeople(client),
    oauth: createOAuth({ app: feishu, http, clock }),
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

async function readiness(store: Store): Promise<Record<string, string>> {
  try {
    await store.ping();
    return {};
  } catch {
    return { database: 'does not answer' };
  }
}

const DAY_MS = 24 * 3_600_000;

/** Forgets what is of no more use. A delivery that is forgotten would count as new if it came once more. */
async function prune(store: Store, now: number, { inboxMs, historyMs }: Config['retention']): Promise<void> {
  await store.inbox.prune(now - inboxMs);
  await store.changes.prune(now - historyMs);
  await store.logins.prune(now - DAY_MS);
  await store.waiting.prune(now - DAY_MS);
  await store.views.prune(now);
}

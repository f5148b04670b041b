import { isForBot } from '../../src/commands/handling/handleMessage.ts';
import { listen } from '../../src/http/listen.ts';
import { createServer } from '../../src/http/server.ts';
import { createInbox } from '../../src/inbox/inbox.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createLogger } from '../../src/lib/logger.ts';
import { NO_METRICS } from '../../src/lib/metrics.ts';
import { createTrace } from '../../src/lib/trace.ts';
import { openStore } from '../../src/store/open.ts';
import { createIntake } from '../../src/transport/intake.ts';
import { webhookRouter } from '../../src/transport/webhook.ts';
import { APP_ID, ENCRYPT_KEY, VERIFICATION_TOKEN } from '../lib/secrets.ts';
import { serving } from './serving.ts';

/**
 * (a) and (b): the product's own endpoint, from the socket to the row on the disk and its end, joined as `app.ts` joins
 * it. Only what a delivery leads to is left out: its handler does nothing, as the handler of (c) does.
 */
const [databaseUrl = ''] = process.argv.slice(2);
const clock = systemClock;
const trace = createTrace();
const logger = createLogger('info', undefined, trace);
const metrics = NO_METRICS;
const store = await openStore(databaseUrl, logger);
const inbox = createInbox({
  store,
  clock,
  logger,
  trace,
  metrics,
  worker: `bench:${process.pid}`,
  handle: async () => undefined,
  apologise: async () => undefined,
});
const intake = createIntake({
  inbox,
  clock,
  logger,
  trace,
  metrics,
  answerCallback: async () => ({ body: {}, afterwards: async () => undefined }),
  placeClick: async () => undefined,
  self: () => undefined,
  isForBot,
});
const router = webhookRouter({
  intake,
  clock,
  logger,
  metrics,
  appId: APP_ID,
  verificationToken: VERIFICATION_TOKEN,
  encryptKey: ENCRYPT_KEY,
});
const server = createServer({ routers: [router], readiness: async () => ({}), logger });
const { port } = await listen(server, { host: '127.0.0.1', port: 0, variable: 'PORT' });
inbox.start();
serving({ port });

import type { Application } from '../feishu/application.ts';
import { FeishuError } from '../feishu/errors.ts';
import { listen, PortTaken } from '../http/listen.ts';
import { createServer } from '../http/server.ts';
import type { Clock } from '../lib/clock.ts';
import { createLogger } from '../lib/logger.ts';
import { NO_METRICS } from '../lib/metrics.ts';
import { webhookRouter } from '../transport/webhook.ts';
import type { Difference } from './difference.ts';
import type { DeliverySecrets } from './secrets.ts';

/** Where this machine listens when Feishu checks the address of the bot. */
export interface Doorstep extends DeliverySecrets {
  appId: string;
  host: string;
  port: number;
  clock: Clock;
}

/** What Feishu wants to find when it is told how events are to come: an address that answers, or a long connection. */
export type Arrival =
  | { transport: 'webhook'; doorstep: Doorstep }
  | { transport: 'websocket'; connect: () => Promise<() => Promise<void>> };

/** Makes the app what it has to be. Rejects with a FeishuError. */
export async function push(application: Application, difference: Difference, arrival: Arrival): Promise<void> {
  const { enableBot, basics, subscriptions } = difference;
  if (enableBot) await application.enableBot();
  if (basics) await application.configure(basics);
  if (!subscriptions) return;
  const leave = arrival.transport === 'webhook' ? await answerTheDoor(arrival.doorstep) : await beConnected(arrival);
  try {
    await application.configure(subscriptions);
  } finally {
    await leave();
  }
}

/** Feishu takes the long connection as the way of delivery only while one is open, and the bot is not running yet. */
async function beConnected({ connect }: Arrival & { transport: 'websocket' }): Promise<() => Promise<void>> {
  try {
    return await connect();
  } catch (error) {
    // As many as are allowed are open: that is enough.
    if (error instanceof FeishuError && error.kind === 'rate-limited') return async () => undefined;
    throw error;
  }
}

/**
 * Feishu calls an address before it takes it, and the bot is not running yet: its checks are answered from here. Where
 * the port is taken, the bot is running already and answers itself.
 */
async function answerTheDoor({ host, port, clock, ...secrets }: Doorstep): Promise<() => Promise<void>> {
  const logger = createLogger('silent');
  // An event that comes this early is refused, so that Feishu sends it again.
  const intake = () => Promise.reject(new Error('the bot is not running yet'));
  const routers = [webhookRouter({ ...secrets, intake, clock, logger, metrics: NO_METRICS })];
  const server = createServer({ routers, readiness: async () => ({ bot: 'is being set up' }), logger });
  try {
    const listening = await listen(server, { host, port, variable: 'PORT' });
    return () => listening.close();
  } catch (error) {
    if (error instanceof PortTaken) return async () => undefined;
    throw error;
  }
}

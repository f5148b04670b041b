import { isForBot } from '../../src/commands/handling/handleMessage.ts';
import type { Delivery, IncomingDelivery } from '../../src/domain/delivery.ts';
import { createServer } from '../../src/http/server.ts';
import { NO_METRICS } from '../../src/lib/metrics.ts';
import { createIntake } from '../../src/transport/intake.ts';
import { webhookRouter } from '../../src/transport/webhook.ts';
import { ManualClock } from '../support/clock.ts';
import { listenOn } from '../support/listening.ts';
import { captureLogs } from '../support/logs.ts';
import { APP_ID, BOT, KEY, sealedAndSigned, TOKEN } from '../transport/samples.ts';

export const ROUTES = ['/feishu/events', '/feishu/cards'] as const;

export interface Answer {
  status: number;
  text: string;
}

/** The public routes over real HTTP, with an inbox that only remembers. */
export interface Webhook {
  logs: ReturnType<typeof captureLogs>;
  /** What came through, deliveries and clicks. */
  accepted: IncomingDelivery[];
  post(body: string | Uint8Array<ArrayBuffer>, headers?: Record<string, string>, route?: string): Promise<Answer>;
  /** As Feishu sends it: encrypted and signed when there is a key. */
  send(event: unknown, route?: string): Promise<Answer>;
  close(): Promise<void>;
}

export async function startWebhook(encryptKey: string | undefined): Promise<Webhook> {
  const logs = captureLogs();
  const accepted: IncomingDelivery[] = [];
  const refuse = async (): Promise<never> => {
    throw new Error('a webhook has no business with this');
  };
  const clock = new ManualClock();
  const intake = createIntake({
    inbox: {
      accept: async (keyed) => void accepted.push(stored(keyed)),
      acceptLive: refuse,
      stop: refuse,
      wake: () => undefined,
      start: () => undefined,
    },
    answerCallback: async (keyed) => {
      accepted.push(stored(keyed));
      return { body: {}, afterwards: async () => undefined };
    },
    clock,
    logger: logs.logger,
    trace: logs.trace,
    metrics: NO_METRICS,
    placeClick: async () => undefined,
    self: () => BOT,
    isForBot,
  });
  const router = webhookRouter({
    appId: APP_ID,
    verificationToken: TOKEN,
    encryptKey,
    intake,
    clock,
    logger: logs.logger,
    metrics: NO_METRICS,
  });
  const listening = await listenOn(
    createServer({ routers: [router], readiness: async () => ({}), logger: logs.logger }),
  );
  const post: Webhook['post'] = async (body, headers = {}, route = ROUTES[0]) => {
    const init = { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } };
    const response = await fetch(listening.url + route, init);
    return { status: response.status, text: await response.text() };
  };
  return {
    logs,
    accepted,
    post,
    async send(event, route) {
      if (encryptKey === undefined) return post(JSON.stringify(event), {}, route);
      const { body, headers } = await sealedAndSigned(event, KEY);
      return post(body, headers, route);
    },
    close: listening.close,
  };
}

/** As the database would give it back. */
function stored({ requestKey: key, delivery }: IncomingDelivery): IncomingDelivery {
  const copy: Delivery = JSON.parse(JSON.stringify(delivery));
  return { requestKey: key, delivery: copy };
}

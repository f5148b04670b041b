import { createDeviceLogins } from '../auth/deviceLogin.ts';
import type { DeviceLoginParts } from '../auth/devicePoll.ts';
import { createRedirectLogins } from '../auth/redirectLogin.ts';
import { masked } from '../cards/masked.ts';
import { asText, noteOnly, peopleIn, withoutChips } from '../cards/otherForms.ts';
import { lookedUp } from '../commands/resolve/names.ts';
import type { Config } from '../config/config.ts';
import { createFeishuClient } from '../feishu/client.ts';
import { createDeviceAuthorization } from '../feishu/deviceAuthorization.ts';
import { createHelpdesk } from '../feishu/helpdesk.ts';
import { createHttp, DEFAULT_POLICY, type Http } from '../feishu/http.ts';
import { createMessages } from '../feishu/messages.ts';
import { createOAuth } from '../feishu/oauth.ts';
import { createPeople, type People } from '../feishu/people.ts';
import { type OtherForms, withOtherForms } from '../feishu/refusedCards.ts';
import { createTenantToken } from '../feishu/tenantToken.ts';
import { loginRouter } from '../http/loginPages.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import type { Metrics } from '../lib/metrics.ts';
import type { Intake } from '../transport/intake.ts';
import type { Transport } from '../transport/transport.ts';
import { webhookTransport } from '../transport/webhook.ts';

/**
 * A rate limit that asks for more is not waited for while a card is sent: meanwhile this would keep others waiting. The
 * inbox and the jobs in the background send it again at that time.
 */
const CARD_PAUSE_MS = 1_000;

/** Everything that calls Feishu, on one http client. */
export function connectFeishu(
  { feishu, desk }: Config,
  { clock, logger, metrics }: { clock: Clock; logger: Logger; metrics: Metrics },
) {
  const http = createHttp(DEFAULT_POLICY, {
    clock,
    random: Math.random,
    called: (call) => {
      metrics.called(call);
      logger.debug(call, 'called Feishu');
    },
  });
  const tenantToken = createTenantToken(feishu, http, clock);
  const client = createFeishuClient({ app: feishu, http, tenantToken, clock, logger });
  const impatient: Http = {
    ...http,
    request: (request) => http.request({ ...request, longestPauseMs: CARD_PAUSE_MS }),
  };
  const cardClient = createFeishuClient({ app: feishu, http: impatient, tenantToken, clock, logger });
  const people = createPeople(client);
  return {
    http,
    helpdesk: createHelpdesk(client, desk, logger),
    messages: withOtherForms(createMessages(cardClient, logger), formsOfCards(people, logger), logger),
    people,
    oauth: createOAuth({ app: feishu, http, clock }),
    device: createDeviceAuthorization({ app: feishu, http, clock }),
  };
}

/** How a card is shown that Feishu does not take. */
const formsOfCards = (people: People, logger: Logger): OtherForms => ({
  peopleIn,
  withoutChips,
  masked,
  asText,
  noteOnly,
  namesOf: async (ids) => new Map((await lookedUp(ids, { people, logger })).map(({ id, name }) => [id, name])),
});

/** Logging in, one way or the other: what commands use of it, its pages, and what it does again and again. */
export function loginBy(login: Config['login'], parts: DeviceLoginParts) {
  if (login.flow === 'device') {
    const logins = createDeviceLogins(parts);
    return { logins, pages: [], rounds: [logins.poll] };
  }
  const logins = createRedirectLogins({ ...parts, publicUrl: login.publicUrl });
  return { logins, pages: [loginRouter({ logins, logger: parts.logger })], rounds: [] };
}

/** How deliveries come. */
export async function createTransport(
  { events, feishu }: Config,
  parts: { http: Http; intake: Intake; clock: Clock; logger: Logger; metrics: Metrics },
): Promise<Transport> {
  if (events.transport === 'webhook') return webhookTransport({ ...events, ...parts, appId: feishu.appId });
  // Loaded here only: a webhook needs no sockets.
  const { websocketTransport } = await import('../transport/websocket.ts');
  return websocketTransport({ app: feishu, random: Math.random, ...parts });
}

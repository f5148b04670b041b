import { setMaxListeners } from 'node:events';
import { PostedUuids } from './api/outgoing.ts';
import { systemClock } from './clock.ts';
import { createCredentials } from './credentials.ts';
import { createIds } from './ids.ts';
import { silentLogger } from './logger.ts';
import { Connections } from './longConnection/connections.ts';
import type { CoreOptions } from './options.ts';
import { Deliveries } from './pushes/deliveries.ts';
import { createPoster } from './pushes/post.ts';
import { systemRandom } from './random.ts';
import { BOT, CHAT_IDS, GROUP, GUESTS, PEOPLE, TENANT_KEY } from './seed.ts';
import { createClientConfig, createSettings } from './settings.ts';
import { AppState } from './state/appState.ts';
import { Authorizations } from './state/authorizations.ts';
import { CallLog } from './state/callLog.ts';
import { CardTokens } from './state/cardTokens.ts';
import { createChanges } from './state/changes.ts';
import { Chats } from './state/chats.ts';
import { DeliveryLog } from './state/deliveryLog.ts';
import { DeviceLogins } from './state/deviceLogins.ts';
import { createPeople, Directory } from './state/directory.ts';
import { Faults } from './state/faults.ts';
import { Grants } from './state/grants.ts';
import { Messages } from './state/messages.ts';
import { RateLimits } from './state/rateLimits.ts';
import { Registrations } from './state/registrations.ts';
import { TenantTokens } from './state/tenantTokens.ts';

const RETRY_DELAYS_MS = [15_000, 300_000, 3_600_000, 21_600_000];
const PER_SECOND = 5;

/** All state and all parts of one local Feishu, without HTTP. */
export type Core = ReturnType<typeof createCore>;

export function createCore(options: CoreOptions) {
  const clock = options.clock ?? systemClock;
  const random = options.random ?? systemRandom;
  const ids = createIds(random);
  const changes = createChanges();
  const directory = new Directory({
    people: createPeople(options.people ?? PEOPLE),
    members: options.members ?? GUESTS,
    bot: { ...BOT, ...options.bot },
    tenantKey: TENANT_KEY,
  });
  const closing = new AbortController();
  // Each call that is held up listens to it.
  setMaxListeners(0, closing.signal);
  const clientConfig = createClientConfig(options);
  const base = {
    clock,
    random,
    ids,
    changes,
    directory,
    app: new AppState(ids, options.app ?? 'configured'),
    closing: closing.signal,
    credentials: createCredentials(ids, options.credentials),
    settings: createSettings(options),
    limits: { answerMs: 3000, challengeMs: 1000, ...options.limits },
    logger: options.logger ?? silentLogger,
    faults: new Faults(),
    poster: createPoster(),
    clientConfig,
    connections: new Connections({ random, ids, changes, clientConfig }),
    log: new DeliveryLog(changes),
    retryDelaysMs: options.retryDelaysMs ?? RETRY_DELAYS_MS,
  };
  return {
    ...base,
    abort: () => closing.abort(),
    /** Scopes that a plug-in needs, unless the app is blank or was given others. */
    enableScopes: ({ tenant, user }: { tenant: readonly string[]; user: readonly string[] }): void => {
      if (options.app === 'blank') return;
      base.settings.tenantScopes.push(...tenant);
      if (!options.grantedUserScopes) base.settings.userScopes.push(...user);
    },
    deliveries: new Deliveries(base),
    calls: new CallLog(changes),
    chats: new Chats(directory, options.chats ?? [GROUP], CHAT_IDS),
    messages: new Messages(clock, changes),
    tenantTokens: new TenantTokens(clock, ids),
    grants: new Grants({
      clock,
      ids,
      changes,
      accessTokenSeconds: options.accessTokenSeconds ?? 7200,
      refreshTokenSeconds: options.refreshTokenSeconds ?? 604_800,
    }),
    registrations: new Registrations(clock, ids, options.registrationSeconds ?? 600),
    authorizations: new Authorizations(clock, ids),
    deviceLogins: new DeviceLogins({
      clock,
      ids,
      deviceCodeSeconds: options.deviceCodeSeconds ?? 240,
      devicePollSeconds: options.devicePollSeconds ?? 5,
    }),
    cardTokens: new CardTokens(clock, ids),
    sendLimits: new RateLimits(clock, PER_SECOND),
    updateLimits: new RateLimits(clock, PER_SECOND),
    uuids: new PostedUuids(clock),
  };
}

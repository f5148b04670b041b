import { setMaxListeners } from 'node:events';
import { systemClock } from '../lib/clock.ts';
import { createLogger } from '../lib/logger.ts';
import { systemRandom } from '../lib/random.ts';
import { PostedUuids } from './api/outgoing.ts';
import { createCredentials, createIds } from './ids.ts';
import { Connections } from './longConnection/connections.ts';
import { Deliveries } from './pushes/deliveries.ts';
import { createPoster } from './pushes/post.ts';
import { DESK_NAME, RULE_OPTIONS, SKILLS } from './seed.ts';
import { createClientConfig, createSettings } from './settings.ts';
import { AppState } from './state/appState.ts';
import { Authorizations } from './state/authorizations.ts';
import { CallLog } from './state/callLog.ts';
import { CardTokens } from './state/cardTokens.ts';
import { createChanges } from './state/changes.ts';
import { Chats } from './state/chats.ts';
import { DeliveryLog } from './state/deliveryLog.ts';
import { Desk } from './state/desk.ts';
import { DeviceLogins } from './state/deviceLogins.ts';
import { Effects } from './state/effects.ts';
import { Faults } from './state/faults.ts';
import { Grants } from './state/grants.ts';
import { Messages } from './state/messages.ts';
import { Directory } from './state/people.ts';
import { RateLimits } from './state/rateLimits.ts';
import { Registrations } from './state/registrations.ts';
import { TenantTokens } from './state/tenantTokens.ts';
import type { SandboxOptions } from './types.ts';

const RETRY_DELAYS_MS = [15_000, 300_000, 3_600_000, 21_600_000];
const PER_SECOND = 5;

/** All state and all parts of one sandbox, without HTTP. */
export type World = ReturnType<typeof createWorld>;

export function createWorld(options: SandboxOptions) {
  const clock = options.clock ?? systemClock;
  const random = options.random ?? systemRandom;
  const ids = createIds(random);
  const changes = createChanges();
  const directory = new Directory(options);
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
    credentials: createCredentials(ids, random, options.credentials),
    settings: createSettings(options),
    limits: { answerMs: 3000, challengeMs: 1000, ...options.limits },
    logger: options.logger ?? createLogger('silent'),
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
    deliveries: new Deliveries(base),
    calls: new CallLog(changes),
    effects: new Effects(),
    chats: new Chats(directory),
    messages: new Messages(clock, changes),
    desk: new Desk(deskSeed(directory), changes),
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

function deskSeed({ people, colleagues, agents }: Directory) {
  return {
    name: DESK_NAME,
    managers: [people.owner, people.admin, ...colleagues].map(({ openId }) => openId),
    agents: [...agents],
    rules: RULE_OPTIONS,
    skills: SKILLS,
  };
}

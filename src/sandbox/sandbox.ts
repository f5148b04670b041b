import { applicationEndpoints } from './api/application.ts';
import { applicationConfigEndpoints } from './api/applicationConfig.ts';
import { authEndpoints } from './api/authEndpoints.ts';
import { cardUpdateEndpoints } from './api/cardUpdates.ts';
import { contactEndpoints } from './api/contact.ts';
import { deskEndpoints } from './api/deskEndpoints.ts';
import { deviceEndpoint } from './api/deviceEndpoint.ts';
import { skillEndpoints } from './api/helpdesk.ts';
import { imEndpoints } from './api/im.ts';
import { registrationEndpoint, scan } from './api/registration.ts';
import { createApplication, listen } from './api/server.ts';
import { tokenEndpoint } from './api/tokenEndpoint.ts';
import { userInfoEndpoint } from './api/userInfo.ts';
import { click, clickRaw } from './clicks/clicks.ts';
import { linksOf } from './clicks/links.ts';
import { controlRoutes } from './control/control.ts';
import { discoveryEndpoint } from './longConnection/discovery.ts';
import { acceptConnections } from './longConnection/upgrade.ts';
import { authorizeRoutes } from './pages/authorizeRoutes.ts';
import { Browser, decide, isRedirect, locationOf } from './pages/browser.ts';
import { chatRoutes } from './pages/chatRoutes.ts';
import { deviceRoutes } from './pages/deviceRoutes.ts';
import { checkAddress } from './pushes/addressCheck.ts';
import { otherEvents } from './pushes/otherEvents.ts';
import { replay } from './pushes/replay.ts';
import { say } from './pushes/say.ts';
import type { ActorKey, Decision, Page, PersonKey, Sandbox, SandboxOptions } from './types.ts';
import { createWorld, type World } from './world.ts';

export type { AppState } from './state/appState.ts';
export type { CallEntry, CallLog } from './state/callLog.ts';
export type { DeliveryEntry, DeliveryLog } from './state/deliveryLog.ts';
export type { Desk, Operand, Rule, RuleOption, Skill } from './state/desk.ts';
export type { Effect, Effects } from './state/effects.ts';
export type {
  CallFault,
  CallFaultRule,
  DeliveryFault,
  DeliveryFaultRule,
  FaultHandle,
  Faults,
  LateAnswer,
  StatusFault,
} from './state/faults.ts';
export type { GrantState } from './state/grants.ts';
export type * from './types.ts';

const CONNECT_MS = 10_000;

/** Starts a local Feishu and resolves when it listens. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const world = createWorld(options);
  const endpoints = [
    ...authEndpoints(world),
    tokenEndpoint(world),
    discoveryEndpoint(world),
    deviceEndpoint(world),
    userInfoEndpoint(world),
    ...imEndpoints(world),
    ...cardUpdateEndpoints(world),
    ...skillEndpoints(world),
    ...deskEndpoints(world),
    ...contactEndpoints(world),
    ...applicationEndpoints(world),
    ...applicationConfigEndpoints({ ...world, checkAddress: (url) => checkAddress(url, world) }),
    registrationEndpoint(world),
  ];
  let sandbox: Sandbox | undefined;
  const control = controlRoutes(() => sandbox, options.page);
  const pages = [chatRoutes(options.page?.assets), authorizeRoutes(world), deviceRoutes(world), control];
  const application = createApplication(world, endpoints, pages);
  const listening = await listen(application, options.host ?? '127.0.0.1', options.port ?? 0);
  acceptConnections(listening.server, world.connections);
  sandbox = assemble(world, listening.url, listening.close);
  return sandbox;
}

function assemble(world: World, url: string, stopListening: () => Promise<void>): Sandbox {
  const { chats, messages, desk, settings, directory } = world;
  return {
    url,
    credentials: world.credentials,
    people: directory.people,
    colleagues: directory.colleagues,
    bot: directory.bot,
    chats,
    settings,
    ...people(world, url),
    message: (messageId) => messages.get(messageId),
    messages: (chat) => messages.list(chat === undefined ? undefined : chats.resolve(chat).chatId),
    links: (messageId) => linksOf(messages.get(messageId)?.card ?? {}),
    waitForMessage: (predicate, timeoutMs = 30_000) => messages.waitFor(predicate, timeoutMs),
    app: world.app,
    scan: (link, decision = 'approved') => scan(world, link, decision),
    desk,
    skill: (id) => desk.skill(id),
    skills: () => desk.skills(),
    calls: world.calls,
    effects: world.effects,
    deliveries: world.log,
    faults: world.faults,
    redeliver: (eventId, { newEventId = false } = {}) => world.deliveries.redeliver(eventId, newEventId),
    replay: (event, replaying) => replay(world, event, replaying),
    ...tokens(world),
    onChange: (listener) => world.changes.on(listener),
    connect: async ({ eventUrl, cardUrl = eventUrl, tries = 1 }) => {
      settings.eventUrl = eventUrl;
      settings.cardUrl = cardUrl;
      settings.pushVia = 'webhook';
      for (const address of new Set([eventUrl, cardUrl])) await checkAddress(address, world, tries);
    },
    longConnections: world.connections,
    useLongConnection: async () => {
      await world.connections.opened(CONNECT_MS);
      settings.pushVia = 'websocket';
    },
    close: async () => {
      world.abort();
      world.connections.drop();
      world.poster.close();
      await stopListening();
    },
  };
}

function people(world: World, url: string) {
  const events = otherEvents(world);
  const loginPage = (page: Page) =>
    new Error(`the link does not lead to the authorize page: HTTP ${page.status} at ${page.url}`);
  return {
    say: async (...args: Parameters<Sandbox['say']>) => say(world, ...args),
    click: (...args: Parameters<Sandbox['click']>) => click(world, ...args),
    clickRaw: (...args: Parameters<Sandbox['clickRaw']>) => clickRaw(world, ...args),
    openBot: async (as: PersonKey) => events.openBot(as),
    addBotToGroup: async (by: PersonKey = 'owner') => events.addBotToGroup(by),
    removeBotFromGroup: () => {
      world.chats.group.hasBot = false;
      world.changes.emit();
    },
    menu: async (as: PersonKey, eventKey: string) => events.menu(as, eventKey),
    revoke: async (as: PersonKey) => events.revoke(as),
    recall: (messageId: string) => world.messages.recall(messageId),
    authorize: async (as: ActorKey, authorizeUrl: string, decision: Decision = 'agree') => {
      const { decided, page } = await decide(new Browser(), url, authorizeUrl, as, decision);
      if (!decided || !isRedirect(page)) throw loginPage(page);
      return { location: locationOf(page) };
    },
    login: async (as: ActorKey, loginUrl: string, decision: Decision = 'agree', acceptLanguage?: string) => {
      const browser = new Browser(acceptLanguage);
      const { decided, page } = await decide(browser, url, loginUrl, as, decision);
      return decided && isRedirect(page) ? browser.open(locationOf(page)) : page;
    },
  };
}

function tokens({ grants, tenantTokens, directory }: World) {
  const idOf = (as: PersonKey) => directory.people[as].openId;
  return {
    tokenState: (as: PersonKey) => grants.state(idOf(as)),
    expireAccessToken: (as: PersonKey) => grants.expireAccess(idOf(as)),
    expireRefreshToken: (as: PersonKey) => grants.expireRefresh(idOf(as)),
    spendRefreshToken: (as: PersonKey) => grants.spendAll(idOf(as)),
    expireTenantToken: () => tenantTokens.expireAll(),
  };
}

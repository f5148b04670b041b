import { scan } from './api/registration.ts';
import type { Listening } from './api/server.ts';
import { click, clickRaw } from './clicks/clicks.ts';
import { linksOf } from './clicks/links.ts';
import type { Core } from './core.ts';
import type { LocalFeishu } from './handle.ts';
import { Browser, decide, isRedirect, locationOf, type Page } from './pages/browser.ts';
import { checkAddress } from './pushes/addressCheck.ts';
import { otherEvents } from './pushes/otherEvents.ts';
import { replay } from './pushes/replay.ts';
import { say } from './pushes/say.ts';

const CONNECT_MS = 10_000;

/** The handle of a local Feishu that listens. */
export function assemble(core: Core, { url, close }: Listening): LocalFeishu {
  const { chats, messages, settings, directory } = core;
  return {
    url,
    credentials: core.credentials,
    people: directory.people,
    bot: directory.bot,
    chats,
    settings,
    ...people(core, url),
    message: (messageId) => messages.get(messageId),
    messages: (chat) => messages.list(chat === undefined ? undefined : chats.resolve(chat).chatId),
    links: (messageId) => linksOf(messages.get(messageId)?.card ?? {}),
    waitForMessage: (predicate, timeoutMs = 30_000) => messages.waitFor(predicate, timeoutMs),
    app: core.app,
    scan: (link, decision = 'approved') => scan(core, link, decision),
    calls: core.calls,
    deliveries: core.log,
    faults: core.faults,
    redeliver: (eventId, { newEventId = false } = {}) => core.deliveries.redeliver(eventId, newEventId),
    replay: (event, replaying) => replay(core, event, replaying),
    ...tokens(core),
    onChange: (listener) => core.changes.on(listener),
    connect: async ({ eventUrl, cardUrl = eventUrl, tries = 1 }) => {
      settings.eventUrl = eventUrl;
      settings.cardUrl = cardUrl;
      settings.pushVia = 'webhook';
      for (const address of new Set([eventUrl, cardUrl])) await checkAddress(address, core, tries);
    },
    longConnections: core.connections,
    useLongConnection: async () => {
      await core.connections.opened(CONNECT_MS);
      settings.pushVia = 'websocket';
    },
    close: async () => {
      core.abort();
      core.connections.drop();
      core.poster.close();
      await close();
    },
  };
}

type People = Pick<
  LocalFeishu,
  | 'say'
  | 'click'
  | 'clickRaw'
  | 'openBot'
  | 'addBotToGroup'
  | 'removeBotFromGroup'
  | 'menu'
  | 'revoke'
  | 'withdrawScope'
  | 'recall'
  | 'authorize'
  | 'login'
>;

function people(core: Core, url: string): People {
  const events = otherEvents(core);
  const loginPage = (page: Page) =>
    new Error(`the link does not lead to the authorize page: HTTP ${page.status} at ${page.url}`);
  return {
    say: async (as, chat, text, options) => say(core, { as, chat, text, options }),
    click: (as, messageId, target, input) => click(core, { as, messageId, target, input }),
    clickRaw: (as, messageId, action, options) => clickRaw(core, { as, messageId, action, options }),
    openBot: async (as) => events.openBot(as),
    addBotToGroup: async (by = core.directory.owner.key) => events.addBotToGroup(by),
    removeBotFromGroup: () => {
      core.chats.group.hasBot = false;
      core.changes.emit();
    },
    menu: async (as, eventKey) => events.menu(as, eventKey),
    revoke: async (as, what = 'all') => events.revoke(as, what),
    withdrawScope: (as, scope) => core.grants.withdraw(core.directory.person(as).openId, scope),
    recall: (messageId) => core.messages.recall(messageId),
    authorize: async (as, authorizeUrl, decision = 'agree') => {
      const { decided, page } = await decide(new Browser(), { accountsUrl: url, startUrl: authorizeUrl, as, decision });
      if (!decided || !isRedirect(page)) throw loginPage(page);
      return { location: locationOf(page) };
    },
    login: async (as, loginUrl, decision = 'agree', acceptLanguage?) => {
      const browser = new Browser(acceptLanguage);
      const { decided, page } = await decide(browser, { accountsUrl: url, startUrl: loginUrl, as, decision });
      return decided && isRedirect(page) ? browser.open(locationOf(page)) : page;
    },
  };
}

function tokens({ grants, tenantTokens, directory }: Core) {
  const idOf = (as: string) => directory.person(as).openId;
  return {
    tokenState: (as: string) => grants.state(idOf(as)),
    expireAccessToken: (as: string) => grants.expireAccess(idOf(as)),
    expireRefreshToken: (as: string) => grants.expireRefresh(idOf(as)),
    spendRefreshToken: (as: string) => grants.spendAll(idOf(as)),
    expireTenantToken: () => tenantTokens.expireAll(),
  };
}

import type { WantedApp, WantedSubscription } from '../config/manifest.ts';
import type { ApplicationPatch, ApplicationState, ScopeKind, SubscriptionState } from '../feishu/application.ts';
import { type Phrase, phrase, verbatim } from '../lib/phrase.ts';

/** What the app lacks of what it has to be. */
export interface Difference {
  /** One line for each thing that would change. */
  lines: Phrase[];
  /** The keys of the app are other ones. */
  keys: boolean;
  /** Turns the bot ability on. */
  enableBot: boolean;
  /** Permissions, redirects and keys; they go first, because the addresses are checked with the keys. */
  basics: ApplicationPatch | undefined;
  /** Events and callbacks. */
  subscriptions: ApplicationPatch | undefined;
}

/** Undefined fields of `state` cannot be read: they are set anyway, and said to be. */
export function differenceOf(wanted: WantedApp, state: ApplicationState, hasBot: boolean): Difference {
  const secrets = secretsDifference(wanted, state);
  const parts = [scopesDifference(wanted, state), securityDifference(wanted, state), secrets];
  const event = eventDifference(wanted.events, state.events);
  const callback = callbackDifference(wanted.callbacks, state.callbacks);
  return {
    lines: [
      ...(hasBot ? [] : [line('+', phrase('机器人能力', 'bot ability'), verbatim(''))]),
      ...parts.flatMap(({ lines }) => lines),
      ...event.lines,
      ...callback.lines,
    ],
    keys: secrets.lines.length > 0,
    enableBot: !hasBot,
    basics: joined(parts),
    subscriptions: joined([event, callback]),
  };
}

/** An app that is nothing yet. */
export const BLANK: ApplicationState = {
  onlineVersion: undefined,
  versionInReview: undefined,
  scopes: { tenant: [], user: [] },
  events: { mode: undefined, url: undefined, items: undefined },
  callbacks: { mode: undefined, url: undefined, items: undefined },
  redirectUrls: [],
  refreshAllowed: false,
  encryptKey: undefined,
  verificationToken: undefined,
};

interface Part {
  lines: Phrase[];
  patch: ApplicationPatch;
}

function joined(parts: Part[]): ApplicationPatch | undefined {
  const patch = Object.assign({}, ...parts.map((part) => part.patch));
  return Object.keys(patch).length === 0 ? undefined : patch;
}

const line = (sign: '+' | '~', what: Phrase, detail: Phrase): Phrase => {
  const put = (head: string, tail: string) => `  ${sign} ${head}${tail === '' ? '' : `  ${tail}`}`;
  return phrase(put(what.zh, detail.zh), put(what.en, detail.en));
};

const missingFrom = (wanted: readonly string[], have: readonly string[] | undefined): string[] =>
  wanted.filter((name) => !have?.includes(name));

const KINDS: Readonly<Record<ScopeKind, Phrase>> = {
  tenant: phrase('应用身份权限', 'permission of the app'),
  user: phrase('用户身份权限', 'permission of its users'),
};

function scopesDifference({ scopes }: WantedApp, state: ApplicationState): Part {
  const missing = (['tenant', 'user'] as const).flatMap((kind) =>
    missingFrom(scopes[kind], state.scopes[kind]).map((name) => ({ kind, name })),
  );
  const add_scopes = missing.map(({ kind, name }) => ({ scope_name: name, token_type: kind }));
  return {
    lines: missing.map(({ kind, name }) => line('+', KINDS[kind], verbatim(name))),
    patch: missing.length === 0 ? {} : { scope: { add_scopes } },
  };
}

function securityDifference(wanted: WantedApp, state: ApplicationState): Part {
  const urls = missingFrom(wanted.redirectUrls, state.redirectUrls);
  const refresh = wanted.refreshAllowed && state.refreshAllowed !== true;
  const lines = urls.map((url) => line('+', phrase('重定向 URL', 'redirect URL'), verbatim(url)));
  if (refresh) lines.push(line('+', phrase('刷新 user_access_token', 'refreshing of user tokens'), verbatim('')));
  if (lines.length === 0) return { lines, patch: {} };
  const add = urls.length === 0 ? {} : { add: { redirect_urls: urls } };
  return { lines, patch: { security: { ...add, ...(refresh && { allow_refresh_token: true }) } } };
}

/** Keys themselves are never shown. */
function secretsDifference({ security }: WantedApp, state: ApplicationState): Part {
  if (!security) return { lines: [], patch: {} };
  const token = security.verificationToken === state.verificationToken ? undefined : security.verificationToken;
  const key = security.encryptKey === state.encryptKey ? undefined : security.encryptKey;
  const change = (name: string, before: string | undefined) =>
    before === undefined
      ? line('+', verbatim(name), phrase('（不显示）', '(not shown)'))
      : line('~', verbatim(name), phrase('换成 .env 里的（不显示）', 'replaced by the one in .env (not shown)'));
  const lines = [
    ...(token === undefined ? [] : [change('Verification Token', state.verificationToken)]),
    ...(key === undefined ? [] : [change('Encrypt Key', state.encryptKey)]),
  ];
  if (lines.length === 0) return { lines, patch: {} };
  const strategy = {
    ...(token !== undefined && { verification_token: token }),
    ...(key !== undefined && { encryption_key: key }),
  };
  return { lines, patch: { event_and_callback_encrypt_strategy: strategy } };
}

const EVENTS = {
  item: phrase('事件', 'event'),
  way: phrase('事件订阅方式', 'events arrive by'),
  url: phrase('事件请求地址', 'event address'),
};
const CALLBACKS = {
  item: phrase('回调', 'callback'),
  way: phrase('回调订阅方式', 'callbacks arrive by'),
  url: phrase('回调请求地址', 'callback address'),
};

interface SubscriptionDifference {
  lines: Phrase[];
  add: string[];
}

function subscriptionDifference(
  names: typeof EVENTS,
  wanted: WantedSubscription,
  state: SubscriptionState,
): SubscriptionDifference {
  const add = missingFrom(wanted.items, state.items);
  const changed = (what: Phrase, from: string | undefined, to: string | undefined) =>
    to === undefined || from === to ? [] : [line(from ? '~' : '+', what, verbatim(from ? `${from} → ${to}` : to))];
  const lines = [
    ...changed(names.way, state.mode, wanted.mode),
    ...changed(names.url, state.url, wanted.url),
    ...add.map((name) => line('+', names.item, verbatim(name))),
  ];
  return { lines, add };
}

function eventDifference(wanted: WantedSubscription, state: SubscriptionState): Part {
  const { lines, add } = subscriptionDifference(EVENTS, wanted, state);
  if (lines.length === 0) return { lines, patch: {} };
  const url = wanted.url === undefined ? {} : { request_url: wanted.url };
  const items = add.length === 0 ? {} : { add_events: add };
  return { lines, patch: { event: { subscription_type: wanted.mode, ...url, ...items } } };
}

function callbackDifference(wanted: WantedSubscription, state: SubscriptionState): Part {
  const { lines, add } = subscriptionDifference(CALLBACKS, wanted, state);
  if (lines.length === 0) return { lines, patch: {} };
  const url = wanted.url === undefined ? {} : { request_url: wanted.url };
  const items = add.length === 0 ? {} : { add_callbacks: add };
  return { lines, patch: { callback: { callback_type: wanted.mode, ...url, ...items } } };
}

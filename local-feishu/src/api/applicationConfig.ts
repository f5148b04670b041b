import { z } from 'zod';
import type { Credentials } from '../credentials.ts';
import type { LongConnections } from '../longConnection/types.ts';
import type { Settings } from '../settings.ts';
import type { AppState, Subscription } from '../state/appState.ts';
import { type Answer, failure, success } from './answers.ts';
import type { ApiRequest, Endpoint } from './endpoint.ts';

export interface ApplicationConfigParts {
  app: AppState;
  credentials: Credentials;
  settings: Settings;
  connections: Pick<LongConnections, 'count'>;
  /** Sends the address check; rejects when it is not answered. */
  checkAddress(url: string): Promise<void>;
}

const names = z.array(z.string()).default([]);
const scope = z.strictObject({ scope_name: z.string(), token_type: z.enum(['tenant', 'user']) });
const mode = z.enum(['webhook', 'websocket']);
const secret = z.string().min(1).max(32).optional();
const urls = z.strictObject({ redirect_urls: names }).prefault({});

/** The part of /uAjLw4CM/ukTMukTMukTM/application-v7/application-v7/application-config/patch that a bot needs. */
const configSchema = z.strictObject({
  scope: z
    .strictObject({ add_scopes: z.array(scope).default([]), remove_scopes: z.array(scope).default([]) })
    .optional(),
  event: z
    .strictObject({ subscription_type: mode, request_url: z.url().optional(), add_events: names, remove_events: names })
    .optional(),
  callback: z
    .strictObject({
      callback_type: mode,
      request_url: z.url().optional(),
      add_callbacks: names,
      remove_callbacks: names,
    })
    .optional(),
  security: z.strictObject({ add: urls, remove: urls, allow_refresh_token: z.boolean().optional() }).optional(),
  event_and_callback_encrypt_strategy: z
    .strictObject({ encryption_key: secret, verification_token: secret })
    .optional(),
});

type Config = z.infer<typeof configSchema>;

const abilitySchema = z.strictObject({ bot: z.strictObject({ enable: z.boolean() }) });

const publishSchema = z.strictObject({
  mobile_default_ability: z.literal('bot'),
  pc_default_ability: z.literal('bot'),
  remark: z.string().min(1).max(500),
  changelog: z.string().min(1).max(500),
  version: z
    .string()
    .regex(/^\d+\.\d+\.\d+$/)
    .optional(),
});

const BASE = '/open-apis/application/v7/applications/:app_id';

/** The app as it can be configured by itself: its draft, which a release makes effective. */
export function applicationConfigEndpoints(parts: ApplicationConfigParts): Endpoint[] {
  const needs = { token: 'tenant' as const, scopes: ['application:application:patch'] };
  const own = (underReview: Answer, change: (body: unknown) => Answer | Promise<Answer>) => (request: ApiRequest) => {
    if (request.params.app_id !== parts.credentials.appId) {
      return failure(403, 210036, 'Lack of permission to update other app.');
    }
    return parts.app.inReview ? underReview : change(request.body);
  };
  const busy = (status: number, code: number) =>
    failure(status, code, 'Unable to update configurations, as the app is currently under review.');
  return [
    {
      method: 'PATCH',
      route: `${BASE}/config`,
      needs,
      handle: own(busy(403, 210040), (body) => configure(parts, body)),
    },
    { method: 'PATCH', route: `${BASE}/ability`, needs, handle: own(busy(400, 210020), (body) => enable(parts, body)) },
    { method: 'POST', route: `${BASE}/publish`, needs, handle: own(busy(400, 210302), (body) => publish(parts, body)) },
  ];
}

async function configure(parts: ApplicationConfigParts, body: unknown): Promise<Answer> {
  const given = configSchema.safeParse(body);
  if (!given.success) return failure(400, 210031, `Param is invalid: ${z.prettifyError(given.error)}`);
  const { credentials } = parts;
  const config = given.data;
  const { encryption_key, verification_token } = config.event_and_callback_encrypt_strategy ?? {};
  credentials.encryptKey = encryption_key ?? credentials.encryptKey;
  credentials.verificationToken = verification_token ?? credentials.verificationToken;
  for (const url of [config.event?.request_url, config.callback?.request_url]) {
    if (url !== undefined && !(await answers(parts, url))) {
      return failure(400, 210042, 'The validation for event.request_url failed.');
    }
  }
  if (isSwitched(parts, config) && parts.connections.count() === 0) {
    return failure(400, 210031, 'Param is invalid: subscription_type websocket needs an open long connection');
  }
  apply(parts, config);
  return success({});
}

/** Whether events or callbacks are to come over a long connection from now on; which code that has is not documented. */
const isSwitched = ({ app }: ApplicationConfigParts, { event, callback }: Config): boolean =>
  (event?.subscription_type === 'websocket' && app.events.mode !== 'websocket') ||
  (callback?.callback_type === 'websocket' && app.callbacks.mode !== 'websocket');

const answers = ({ checkAddress }: ApplicationConfigParts, url: string): Promise<boolean> =>
  checkAddress(url).then(
    () => true,
    () => false,
  );

function apply({ app, settings }: ApplicationConfigParts, { scope, event, callback, security }: Config): void {
  const kind = (list: z.infer<typeof scopeList>, type: string) =>
    list.flatMap(({ scope_name, token_type }) => (token_type === type ? [scope_name] : []));
  const changed = (have: string[], type: string) =>
    edited(have, kind(scope?.add_scopes ?? [], type), kind(scope?.remove_scopes ?? [], type));
  settings.tenantScopes = changed(settings.tenantScopes, 'tenant');
  settings.userScopes = changed(settings.userScopes, 'user');
  settings.redirectUris = edited(
    settings.redirectUris,
    security?.add.redirect_urls ?? [],
    security?.remove.redirect_urls ?? [],
  );
  settings.refreshAllowed = security?.allow_refresh_token ?? settings.refreshAllowed;
  settings.pushVia = event?.subscription_type ?? settings.pushVia;
  settings.eventUrl = event?.request_url ?? settings.eventUrl;
  settings.cardUrl = callback?.request_url ?? settings.cardUrl;
  if (event) app.events = subscribed(app.events, event.subscription_type, event.add_events, event.remove_events);
  if (callback) {
    const { callback_type, add_callbacks, remove_callbacks } = callback;
    app.callbacks = subscribed(app.callbacks, callback_type, add_callbacks, remove_callbacks);
  }
}

const scopeList = z.array(scope);

const edited = (have: string[], add: string[], remove: string[]): string[] =>
  [...new Set([...have, ...add])].filter((name) => !remove.includes(name));

const subscribed = ({ items }: Subscription, kind: Subscription['mode'], add: string[], remove: string[]) => ({
  mode: kind,
  items: edited(items, add, remove),
});

function enable({ settings }: ApplicationConfigParts, body: unknown): Answer {
  const given = abilitySchema.safeParse(body);
  if (!given.success) return failure(400, 210011, 'Param is invalid');
  settings.botEnabled = given.data.bot.enable;
  return success({});
}

function publish({ app, settings }: ApplicationConfigParts, body: unknown): Answer {
  const given = publishSchema.safeParse(body);
  if (!given.success) return failure(400, 210304, 'Missing required fields');
  const { id, version } = app.submit(given.data.version);
  if (settings.review === 'automatic') app.approve();
  return success({ version_id: id, version });
}

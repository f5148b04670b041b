import type { Client } from '@larksuiteoapi/node-sdk';
import { z } from 'zod';
import { Done, type FeishuClient, type Send } from './client.ts';

/** Without one of these an app cannot read, or change, its own configuration (application-v6/application/get, application-config/patch). */
export const READ_SCOPE = 'application:application:self_manage';
export const CONFIGURE_SCOPE = 'application:application:patch';

/** Who uses a permission: the app itself, or a person through it. */
export type ScopeKind = 'tenant' | 'user';
export type Scopes = Record<ScopeKind, string[]>;

/** How one kind of push is subscribed to. What the answer leaves out is undefined. */
export interface SubscriptionState {
  mode: string | undefined;
  url: string | undefined;
  items: string[] | undefined;
}

/** The app as its developers have configured it: the draft, not what is released. */
export interface ApplicationState {
  /** Empty: no version was ever released. */
  onlineVersion: string | undefined;
  /** Waits for an admin of the tenant. */
  versionInReview: string | undefined;
  scopes: Scopes;
  events: SubscriptionState;
  callbacks: SubscriptionState;
  redirectUrls: string[] | undefined;
  refreshAllowed: boolean | undefined;
  encryptKey: string | undefined;
  verificationToken: string | undefined;
}

type ConfigPayload = NonNullable<Parameters<Client['application']['v7']['applicationConfig']['patch']>[0]>;

/** What is to change; absent parts stay as they are. */
export type ApplicationPatch = NonNullable<ConfigPayload['data']>;

/** The notes of a version that is handed in for release. */
export interface Release {
  remark: string;
  changelog: string;
}

/** The app's own configuration. Every call rejects with a FeishuError. */
export interface Application {
  /** Needs {@link READ_SCOPE} (application-v6/application/get). */
  read(): Promise<ApplicationState>;
  /** What the tenant has granted; needs no scope (application-v6/scope/list). */
  grantedScopes(): Promise<Scopes>;
  /** Needs {@link CONFIGURE_SCOPE}, as the next ones (application-v7/application-config/patch). */
  configure(patch: ApplicationPatch): Promise<void>;
  /** Turns the bot ability on (application-v7/application-ability/patch). */
  enableBot(): Promise<void>;
  /** Hands a version in for release (application-v7/application-publish/create). */
  publish(release: Release): Promise<void>;
}

export function createApplication(client: FeishuClient, appId: string): Application {
  const path = { app_id: appId };
  const act = async (send: Send): Promise<void> => {
    await client.asApp(Done, send);
  };
  return {
    async read() {
      const payload = { path: { app_id: 'me' }, params: { lang: 'zh_cn' as const } };
      const { data } = await client.asApp(AppAnswer, ({ application: { v6 } }, options) =>
        v6.application.get(payload, options),
      );
      return data.data.app;
    },
    async grantedScopes() {
      const { data } = await client.asApp(ScopesAnswer, ({ application: { v6 } }, options) =>
        v6.scope.list({}, options),
      );
      return data.data.scopes;
    },
    configure: (patch) =>
      act(({ application: { v7 } }, options) => v7.applicationConfig.patch({ path, data: patch }, options)),
    enableBot: () =>
      act(({ application: { v7 } }, options) =>
        v7.applicationAbility.patch({ path, data: { bot: { enable: true } } }, options),
      ),
    publish: (release) => {
      const data = { mobile_default_ability: 'bot' as const, pc_default_ability: 'bot' as const, ...release };
      return act(({ application: { v7 } }, options) => v7.applicationPublish.create({ path, data }, options));
    },
  };
}

const text = z
  .string()
  .nullish()
  .transform((value) => value || undefined);
const list = z.array(z.string()).nullish();

const Events = z.object({ subscription_type: text, request_url: text, subscribed_events: list });
const Callbacks = z.object({ callback_type: text, request_url: text, subscribed_callbacks: list });

const NONE = { mode: undefined, url: undefined, items: undefined };

/** The page documents fewer fields than the answer has: everything but the scopes may be absent. */
const App = z
  .object({
    online_version_id: text,
    unaudit_version_id: text,
    scopes: z.array(z.object({ scope: z.string(), token_types: list })).nullish(),
    redirect_urls: list,
    event: Events.nullish(),
    callback: Callbacks.nullish(),
    callback_info: Callbacks.nullish(),
    encryption: z.object({ encryption_key: text, verification_token: text }).nullish(),
    security: z.object({ redirect_urls: list }).nullish(),
    allow_refresh_token: z.boolean().nullish(),
  })
  .transform((app): ApplicationState => {
    const callbacks = app.callback_info ?? app.callback;
    const ofKind = (kind: ScopeKind) =>
      (app.scopes ?? []).flatMap(({ scope, token_types }) => (token_types?.includes(kind) ? [scope] : []));
    return {
      onlineVersion: app.online_version_id,
      versionInReview: app.unaudit_version_id,
      scopes: { tenant: ofKind('tenant'), user: ofKind('user') },
      events: app.event
        ? {
            mode: app.event.subscription_type,
            url: app.event.request_url,
            items: app.event.subscribed_events ?? undefined,
          }
        : NONE,
      callbacks: callbacks
        ? {
            mode: callbacks.callback_type,
            url: callbacks.request_url,
            items: callbacks.subscribed_callbacks ?? undefined,
          }
        : NONE,
      redirectUrls: app.security?.redirect_urls ?? app.redirect_urls ?? undefined,
      refreshAllowed: app.allow_refresh_token ?? undefined,
      encryptKey: app.encryption?.encryption_key,
      verificationToken: app.encryption?.verification_token,
    };
  });

const AppAnswer = z.object({ data: z.object({ app: App }) });

const GRANTED = 1;

const ScopesAnswer = z.object({
  data: z.object({
    scopes: z
      .array(z.object({ scope_name: z.string(), grant_status: z.number(), scope_type: text }))
      .nullish()
      .transform((scopes): Scopes => {
        // An answer without the kind, as the page shows it, may mean either.
        const ofKind = (kind: ScopeKind) =>
          (scopes ?? []).flatMap(({ scope_name, grant_status, scope_type = kind }) =>
            grant_status === GRANTED && scope_type === kind ? [scope_name] : [],
          );
        return { tenant: ofKind('tenant'), user: ofKind('user') };
      }),
  }),
});

import { z } from 'zod';
import manifest from '../../app.manifest.json' with { type: 'json' };

const names = z.array(z.string());

const Manifest = z.object({
  name: z.object({ zh_cn: z.string(), en_us: z.string() }),
  scopes: z.object({ tenant: names, user: names }),
  events: z.object({ request_url: z.url(), items: z.object({ tenant: names }) }),
  callbacks: z.object({ request_url: z.url(), items: names }),
  security: z.object({ redirect_urls: z.array(z.url()), allow_refresh_token: z.boolean() }),
});

/** What the app has to be like, with an example address. */
export type Manifest = z.infer<typeof Manifest>;

/** `app.manifest.json` as it was when the bot was built. */
export const readManifest = (): Manifest => Manifest.parse(manifest);

/** What decides how the app is configured. Webhooks need a token; keys have at most 32 characters. */
export interface AppChoices {
  transport: 'webhook' | 'websocket';
  loginFlow: 'redirect' | 'device';
  /** Where Feishu and browsers reach the bot; there has to be one for webhooks and for the redirect login. */
  publicUrl: string | undefined;
  verificationToken: string | undefined;
  encryptKey: string | undefined;
}

/** The configuration that the app has to have. */
export interface WantedApp {
  scopes: { tenant: string[]; user: string[] };
  events: WantedSubscription;
  callbacks: WantedSubscription;
  /** Empty when people do not log in by redirect. */
  redirectUrls: string[];
  refreshAllowed: boolean;
  /** Undefined when Feishu sends nothing that has to be checked. */
  security: { verificationToken: string; encryptKey: string | undefined } | undefined;
}

export interface WantedSubscription {
  mode: 'webhook' | 'websocket';
  /** Where Feishu sends to; undefined over a long connection. */
  url: string | undefined;
  items: string[];
}

/** The manifest, adapted to this bot. */
export function wantedApp(manifest: Manifest, choices: AppChoices): WantedApp {
  const { transport, loginFlow, publicUrl, verificationToken, encryptKey } = choices;
  const at = (example: string): string | undefined => publicUrl && publicUrl + new URL(example).pathname;
  const subscription = (example: string, items: string[]): WantedSubscription => ({
    mode: transport,
    url: transport === 'webhook' ? at(example) : undefined,
    items,
  });
  return {
    scopes: manifest.scopes,
    events: subscription(manifest.events.request_url, manifest.events.items.tenant),
    callbacks: subscription(manifest.callbacks.request_url, manifest.callbacks.items),
    redirectUrls: loginFlow === 'redirect' ? manifest.security.redirect_urls.flatMap((url) => at(url) ?? []) : [],
    refreshAllowed: manifest.security.allow_refresh_token,
    security: transport === 'webhook' && verificationToken ? { verificationToken, encryptKey } : undefined,
  };
}

import type { Manifest } from '../config/manifest.ts';
import { CONFIGURE_SCOPE } from '../feishu/application.ts';
import { type RegisteredApp, registerApp } from '../feishu/registration.ts';
import { phrase } from '../lib/phrase.ts';
import { qrCode } from './qr.ts';
import type { Session } from './session.ts';

/** Shows a QR code and waits until somebody has created the app with it. Rejects as `registerApp` does. */
export function createApp(session: Session, manifest: Manifest, accountsUrl: string): Promise<RegisteredApp> {
  const { scopes, events, callbacks, name } = manifest;
  return registerApp({
    accountsUrl,
    name: session.options.language === 'zh' ? name.zh_cn : name.en_us,
    addons: {
      preset: false,
      // With this one, setup can configure what a link cannot carry: addresses, keys, redirects.
      scopes: { tenant: [...scopes.tenant, CONFIGURE_SCOPE], user: scopes.user },
      events: { items: events.items },
      callbacks: { items: callbacks.items },
    },
    signal: session.signal,
    onLink: ({ url, expiresInMs }) => {
      const minutes = Math.max(1, Math.round(expiresInMs / 60_000));
      session.print(
        phrase(
          `请用飞书扫码，或在浏览器打开下面的链接，然后确认创建（${minutes} 分钟内有效）：`,
          `Scan this with Feishu, or open the link in a browser, and agree (good for ${minutes} min):`,
        ),
      );
      if (session.columns !== undefined) session.print(qrCode(url, session.columns));
      session.print({ zh: url, en: url });
    },
  });
}

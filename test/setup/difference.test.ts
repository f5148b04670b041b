import { describe, expect, it } from '@jest/globals';
import { type AppChoices, readManifest, wantedApp } from '../../src/config/manifest.ts';
import type { ApplicationState } from '../../src/feishu/application.ts';
import { BLANK, differenceOf } from '../../src/setup/difference.ts';

const manifest = readManifest();
const URL = 'https://bot.example.com';
const CHOICES: AppChoices = {
  transport: 'webhook',
  loginFlow: 'redirect',
  publicUrl: URL,
  verificationToken: 'the-token',
  encryptKey: 'the-key',
};

/** An app that is just right. */
const RIGHT: ApplicationState = {
  ...BLANK,
  scopes: manifest.scopes,
  events: { mode: 'webhook', url: `${URL}/feishu/events`, items: manifest.events.items.tenant },
  callbacks: { mode: 'webhook', url: `${URL}/feishu/cards`, items: manifest.callbacks.items },
  redirectUrls: [`${URL}/oauth/callback`, 'https://another.example.com'],
  refreshAllowed: true,
  encryptKey: 'the-key',
  verificationToken: 'the-token',
};

const difference = (state: Partial<ApplicationState>, choices: Partial<AppChoices> = {}) => {
  const { lines, ...rest } = differenceOf(
    wantedApp(manifest, { ...CHOICES, ...choices }),
    { ...RIGHT, ...state },
    true,
  );
  return { ...rest, lines: lines.map(({ en }) => en.trim()) };
};

describe('the difference between an app and what it has to be', () => {
  it('is nothing when all is right', () => {
    expect(difference({})).toEqual({
      lines: [],
      keys: false,
      enableBot: false,
      basics: undefined,
      subscriptions: undefined,
    });
  });

  it('only adds what is missing, and keeps what others have put there', () => {
    const { tenant } = manifest.scopes;
    const found = difference({
      scopes: { tenant: tenant.slice(1), user: [] },
      events: { mode: 'webhook', url: `${URL}/feishu/events`, items: ['im.message.receive_v1', 'another.event'] },
      redirectUrls: ['https://another.example.com'],
      refreshAllowed: false,
    });
    expect(found.basics).toEqual({
      scope: {
        add_scopes: [
          { scope_name: tenant[0], token_type: 'tenant' },
          { scope_name: 'helpdesk:all', token_type: 'user' },
          { scope_name: 'offline_access', token_type: 'user' },
        ],
      },
      security: { add: { redirect_urls: [`${URL}/oauth/callback`] }, allow_refresh_token: true },
    });
    expect(found.subscriptions).toEqual({
      event: {
        subscription_type: 'webhook',
        request_url: `${URL}/feishu/events`,
        add_events: manifest.events.items.tenant.filter((name) => name !== 'im.message.receive_v1'),
      },
    });
  });

  it('shows an old address beside the new one, and never a key', () => {
    const { lines, ...patches } = difference({
      callbacks: { mode: 'webhook', url: 'https://old.example.com/cards', items: manifest.callbacks.items },
      encryptKey: 'old-key',
      verificationToken: undefined,
    });
    expect(lines).toEqual([
      '+ Verification Token  (not shown)',
      '~ Encrypt Key  replaced by the one in .env (not shown)',
      `~ callback address  https://old.example.com/cards → ${URL}/feishu/cards`,
    ]);
    expect(lines.join()).not.toMatch(/the-key|old-key|the-token/);
    expect(patches).toEqual({
      keys: true,
      enableBot: false,
      basics: { event_and_callback_encrypt_strategy: { verification_token: 'the-token', encryption_key: 'the-key' } },
      subscriptions: { callback: { callback_type: 'webhook', request_url: `${URL}/feishu/cards` } },
    });
  });

  it('sets what cannot be read', () => {
    const unknown = { mode: undefined, url: undefined, items: undefined };
    const { subscriptions } = difference({ events: unknown, callbacks: unknown });
    expect(subscriptions).toEqual({
      event: {
        subscription_type: 'webhook',
        request_url: `${URL}/feishu/events`,
        add_events: manifest.events.items.tenant,
      },
      callback: {
        callback_type: 'webhook',
        request_url: `${URL}/feishu/cards`,
        add_callbacks: manifest.callbacks.items,
      },
    });
  });

  it('over a long connection has no addresses and no keys, and by device no redirect', () => {
    const away = { transport: 'websocket', loginFlow: 'device', publicUrl: undefined } as const;
    expect(difference({ redirectUrls: [], encryptKey: 'old-key' }, away)).toEqual({
      lines: ['~ events arrive by  webhook → websocket', '~ callbacks arrive by  webhook → websocket'],
      keys: false,
      enableBot: false,
      basics: undefined,
      subscriptions: { event: { subscription_type: 'websocket' }, callback: { callback_type: 'websocket' } },
    });
  });
});

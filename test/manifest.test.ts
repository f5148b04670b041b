import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { USER_SCOPES } from '../src/feishu/tokenEndpoint.ts';
import { CARD_ACTION } from '../src/transport/envelope.ts';

const Manifest = z.object({
  scopes: z.object({ tenant: z.array(z.string()), user: z.array(z.string()) }),
  events: z.object({ request_url: z.url(), items: z.object({ tenant: z.array(z.string()) }) }),
  callbacks: z.object({ request_url: z.url(), items: z.array(z.string()) }),
  security: z.object({ redirect_urls: z.array(z.url()) }),
});

const manifest = Manifest.parse(JSON.parse(readFileSync(new URL('../app.manifest.json', import.meta.url), 'utf8')));
const source = readFileSync(new URL('../src/transport/toDelivery.ts', import.meta.url), 'utf8');
const named = [...source.matchAll(/case (?:'([a-z0-9_.]+)'|CARD_ACTION):\n/g)];
const handled = named.map(([, name]) => name ?? CARD_ACTION);

describe('app.manifest.json', () => {
  it('subscribes exactly to what the bot handles', () => {
    expect(handled.length).toBeGreaterThan(3);
    expect([...manifest.events.items.tenant, ...manifest.callbacks.items].sort()).toEqual([...handled].sort());
  });

  it('asks people for exactly the scopes that the login asks for', () => {
    expect([...manifest.scopes.user].sort()).toEqual([...USER_SCOPES].sort());
  });

  it('points at the routes that the server has', () => {
    expect(new URL(manifest.events.request_url).pathname).toBe('/feishu/events');
    expect(new URL(manifest.callbacks.request_url).pathname).toBe('/feishu/cards');
    expect(manifest.security.redirect_urls.map((url) => new URL(url).pathname)).toEqual(['/oauth/callback']);
  });
});

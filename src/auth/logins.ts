import { createHash } from 'node:crypto';
import { FeishuError } from '../feishu/errors.ts';
import type { OAuth } from '../feishu/oauth.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import { type Random, randomToken, timeOrderedId } from '../lib/random.ts';
import type { ChatId, MessageId, OpenId } from '../skills/ids.ts';
import type { Delivery, WaitingRequest } from '../store/delivery.ts';
import type { LoginRecord } from '../store/logins.ts';
import type { Store } from '../store/store.ts';
import { LoginError } from './errors.ts';
import type { Grants } from './grants.ts';
import type { Vault } from './vault.ts';

/** How long a login link can be opened. */
export const TICKET_MS = 10 * 60_000;
/** How long the person has on Feishu's page; its code lives 5 minutes (sso/api/obtain-oauth-code). */
const AUTHORIZE_MS = 10 * 60_000;
/** How long a command waits for its login. */
const WAITING_MS = 60 * 60_000;

export interface LoginParts {
  store: Store;
  vault: Vault;
  oauth: OAuth;
  grants: Grants;
  clock: Clock;
  random: Random;
  logger: Logger;
  publicUrl: string;
  /** Called when something that waited can go on. */
  onContinued: () => void;
}

/** A way in for one person; `ticketHash` names it without opening it. */
export interface OfferedLogin {
  url: string;
  ticketHash: string;
}

/** The login by redirect: link, Feishu's page, and the way back. */
export interface Logins {
  offer(openId: OpenId, chatId: ChatId): Promise<OfferedLogin>;
  /** Remembers the message that shows the offer, so that it can be brought up to date. */
  shownIn(ticketHash: string, messageId: MessageId): Promise<void>;
  /** Keeps a request until the person has logged in. `key` is the delivery's: the same again waits once. */
  wait(openId: OpenId, key: string, request: WaitingRequest): Promise<void>;
  /** Spends a ticket; gives the address of Feishu's page. Rejects with a {@link LoginError}. */
  open(ticket: string): Promise<string>;
  /** Finishes the login with the query that Feishu's page came back with. Rejects with a {@link LoginError}. */
  finish(query: URLSearchParams): Promise<{ name: string }>;
  /** Deletes the person's grant and open links. True when there was a grant. */
  logout(openId: OpenId): Promise<boolean>;
}

export function createLogins(parts: LoginParts): Logins {
  const { store, vault, oauth, clock, random, logger, publicUrl } = parts;
  const redirectUri = `${publicUrl}/oauth/callback`;

  return {
    async offer(openId, chatId) {
      const ticket = randomToken(random);
      const ticketHash = hash(ticket);
      const expires_at = clock.now() + TICKET_MS;
      await store.logins.offer({ ticket_hash: ticketHash, open_id: openId, chat_id: chatId, expires_at });
      return { url: `${publicUrl}/oauth/login/${ticket}`, ticketHash };
    },

    shownIn: (ticketHash, messageId) => store.logins.setCard(ticketHash, messageId),

    async wait(openId, key, request) {
      const now = clock.now();
      const id = createHash('sha256').update(key).digest('hex').slice(0, 32);
      const text = JSON.stringify(request);
      // What goes on after the login is a delivery of its own, with this id in its key.
      logger.info({ waiting: id }, 'waits for a login');
      await store.waiting.add({ id, open_id: openId, request: text, created_at: now, expires_at: now + WAITING_MS });
    },

    async open(ticket) {
      const verifier = randomToken(random, 48);
      const state = randomToken(random);
      const login = await store.logins.open(hash(ticket), clock.now(), {
        state_hash: hash(state),
        verifier: await vault.seal(hash(state), verifier),
        expires_at: clock.now() + AUTHORIZE_MS,
      });
      if (!login) throw new LoginError('ticket');
      return oauth.authorizeUrl({ redirectUri, state, verifier });
    },

    finish: (query) => finish(parts, redirectUri, query),

    async logout(openId) {
      // In this order: a login that is being stored has ended after the first, and its grant goes with the second.
      await store.logins.withdraw(openId);
      return store.grants.remove(openId);
    },
  };
}

const hash = (secret: string): string => createHash('sha256').update(secret).digest('hex');

async function finish(parts: LoginParts, redirectUri: string, query: URLSearchParams): Promise<{ name: string }> {
  const { store, vault, oauth, grants, clock } = parts;
  const state = query.get('state') ?? '';
  const login = state === '' ? undefined : await store.logins.finish(hash(state), clock.now());
  if (!login) throw new LoginError('state');
  if (query.get('error') === 'access_denied') throw new LoginError('refused');
  const verifier = await vault.open(hash(state), login.verifier ?? '');
  if (verifier === undefined || !query.has('code')) throw new LoginError('state');
  try {
    const tokens = await oauth.exchange({ redirectUri, query, state, verifier });
    // Whoever opened the link may have agreed: only the one who asked is let in.
    const person = await oauth.whoIs(tokens.access);
    if (person.open_id !== login.open_id) throw new LoginError('other-person');
    await admit(parts, login, person.name, await grants.seal(login.open_id, tokens));
    return { name: person.name };
  } catch (error) {
    if (!(error instanceof FeishuError)) throw error;
    parts.logger.warn({ kind: error.kind, code: error.code, logId: error.logId }, 'a login failed');
    throw new LoginError('feishu', error);
  }
}

/** Stores the grant and sets free what waited for it, all or nothing. A logout since the login began has ended it. */
async function admit(
  { store, clock, random, onContinued }: LoginParts,
  login: LoginRecord,
  name: string,
  tokens: Awaited<ReturnType<Grants['seal']>>,
): Promise<void> {
  const now = clock.now();
  await store.together(async ({ logins, grants, waiting, inbox }) => {
    if (!(await logins.settle(login.ticket_hash))) throw new LoginError('state');
    await grants.save({ open_id: login.open_id, name, granted_at: now, ...tokens });
    const requests = await waiting.take(login.open_id, now);
    for (const [place, { id, request }] of requests.entries()) {
      const key = `continued:${id}:${timeOrderedId(random, now)}`;
      // All are due at once, and in the order in which they were asked for.
      await inbox.enqueue({ key, delivery: request, now: now - requests.length + place });
    }
    if (login.card_message_id) {
      const { open_id, card_message_id } = login;
      const done: Delivery = { kind: 'login-done', open_id, card_message_id };
      await inbox.enqueue({ key: `login-done:${login.ticket_hash}`, delivery: JSON.stringify(done), now });
    }
  });
  onContinued();
}

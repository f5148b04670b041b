import { createHash } from 'node:crypto';
import type { LoginEnding } from '../domain/delivery.ts';
import { FeishuError, toLogFields } from '../feishu/errors.ts';
import { lacksHelpdesk } from '../feishu/tokenEndpoint.ts';
import { randomToken } from '../lib/random.ts';
import type { LoginRecord } from '../store/logins.ts';
import type { Repositories } from '../store/store.ts';
import { LoginError, type LoginFault } from './errors.ts';
import { admit, asShown, createLoginBasics, type LoginParts, type Logins, showEnding } from './logins.ts';

/** How long a login link can be opened. */
export const TICKET_MS = 10 * 60_000;
/** How long the person has on Feishu's page; its code lives 5 minutes (sso/api/obtain-oauth-code). */
const AUTHORIZE_MS = 10 * 60_000;

export interface RedirectLoginParts extends LoginParts {
  publicUrl: string;
}

/** The login by redirect: link, Feishu's page, and the way back. */
export interface RedirectLogins extends Logins {
  /** Spends a ticket; gives the address of Feishu's page. Rejects with a {@link LoginError}. */
  open(ticket: string): Promise<string>;
  /** Finishes the login with the query that Feishu's page came back with. Rejects with a {@link LoginError}. */
  finish(query: URLSearchParams): Promise<LoggedIn>;
}

/** Who has logged in. */
export interface LoggedIn {
  name: string;
  /** After so many milliseconds the login is over; undefined where the bot renews it by itself. */
  endsInMs: number | undefined;
}

export function createRedirectLogins(parts: RedirectLoginParts): RedirectLogins {
  const { store, vault, oauth, clock, random, publicUrl } = parts;
  const redirectUri = `${publicUrl}/oauth/callback`;

  return {
    ...createLoginBasics(parts),

    async offer({ actorId, chatId }) {
      const ticket = randomToken(random);
      const id = hash(ticket);
      await store.logins.offer({ ticketHash: id, actorId, chatId, expiresAt: clock.now() + TICKET_MS });
      return { id, url: `${publicUrl}/oauth/login/${ticket}`, validMs: TICKET_MS };
    },

    async shownIn(id, cardMessageId, showsResult) {
      // What waits takes the place of the offer; until then only the page in the browser says how the login ended.
      if (!showsResult) await store.logins.setCard(id, cardMessageId);
    },

    async open(ticket) {
      const verifier = randomToken(random, 48);
      const state = randomToken(random);
      const login = await store.logins.open(hash(ticket), clock.now(), {
        stateHash: hash(state),
        verifier: await vault.seal(hash(state), verifier),
        expiresAt: clock.now() + AUTHORIZE_MS,
      });
      if (!login) throw new LoginError('ticket');
      return oauth.authorizeUrl({ redirectUri, state, verifier });
    },

    finish: (query) => finish(parts, redirectUri, query),
  };
}

const hash = (secret: string): string => createHash('sha256').update(secret).digest('hex');

async function finish(parts: RedirectLoginParts, redirectUri: string, query: URLSearchParams): Promise<LoggedIn> {
  const { store, clock } = parts;
  const state = query.get('state') ?? '';
  const login = state === '' ? undefined : await store.logins.finish(hash(state), clock.now());
  if (!login) throw new LoginError('state');
  try {
    return await complete(parts, redirectUri, query, login);
  } catch (error) {
    // Its link is spent: the card must not go on offering it.
    if (error instanceof LoginError) await end(parts, login, endingOf(error.fault));
    throw error;
  }
}

async function complete(
  parts: RedirectLoginParts,
  redirectUri: string,
  query: URLSearchParams,
  login: LoginRecord,
): Promise<LoggedIn> {
  const { vault, oauth, grants, clock } = parts;
  const state = query.get('state') ?? '';
  if (query.get('error') === 'access_denied') throw new LoginError('refused');
  const verifier = await vault.open(hash(state), login.verifier ?? '');
  if (verifier === undefined || !query.has('code')) throw new LoginError('state');
  try {
    const tokens = await oauth.exchange({ redirectUri, query, state, verifier });
    // Whoever opened the link may have agreed: only the one who asked is let in.
    const { openId, name } = await oauth.whoIs(tokens.access);
    if (openId !== login.actorId) throw new LoginError('other-person');
    if (lacksHelpdesk(tokens)) throw new LoginError('scope-missing');
    const sealed = await grants.seal(openId, tokens);
    if (!(await admit(parts, { actorId: openId, name, tokens: sealed, settle: settling(login) })))
      throw new LoginError('state');
    return { name, endsInMs: tokens.refresh === undefined ? tokens.accessExpiresAt - clock.now() : undefined };
  } catch (error) {
    if (!(error instanceof FeishuError)) throw error;
    parts.logger.warn(toLogFields(error), 'a login failed');
    throw new LoginError('feishu', error);
  }
}

/** Ends the login for good, and lets every card that offers this person one say that they are logged in. */
const settling =
  (login: LoginRecord) =>
  async (repositories: Repositories, now: number): Promise<boolean> => {
    if (!(await repositories.logins.settle(login.ticketHash))) return false;
    const others = await repositories.logins.shown(login.actorId);
    // In the same order by whichever login: two at the same time would wait for each other.
    const shown = [login, ...others].map(asShown).sort((one, other) => (one.id < other.id ? -1 : 1));
    for (const each of shown) await showEnding(repositories, each, 'done', now);
    return true;
  };

const endingOf = (fault: LoginFault): LoginEnding =>
  fault === 'refused' || fault === 'other-person' || fault === 'scope-missing' ? fault : 'failed';

/** Ends a login without a grant, unless it was withdrawn meanwhile, and lets its card say so. */
async function end(
  { store, clock, onContinued }: RedirectLoginParts,
  login: LoginRecord,
  ending: LoginEnding,
): Promise<void> {
  const hasEnded = await store.together(async (repositories) => {
    if (!(await repositories.logins.settle(login.ticketHash))) return false;
    await showEnding(repositories, asShown(login), ending, clock.now());
    return true;
  });
  if (hasEnded && login.cardMessageId) onContinued();
}

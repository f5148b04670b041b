import { createHash } from 'node:crypto';
import type { Delivery, LoginEnding, WaitingRequest } from '../domain/delivery.ts';
import type { ChatId, MessageId, OpenId } from '../domain/ids.ts';
import type { OAuth } from '../feishu/oauth.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import { type Random, timeOrderedId } from '../lib/random.ts';
import type { LoginRecord } from '../store/logins.ts';
import type { Repositories, Store } from '../store/store.ts';
import { writeDelivery } from '../store/storedJson.ts';
import type { Grants } from './grants.ts';
import type { Vault } from './vault.ts';

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
  /** Called when the inbox has got something to do. */
  onContinued: () => void;
}

/** Who asks for a login, where, and in which request: the same one again is not another login. */
export interface LoginAsked {
  actorId: OpenId;
  chatId: ChatId;
  requestKey: string;
}

/** A way in for one person; `id` names it without opening it. */
export interface OfferedLogin {
  id: string;
  url: string;
  /** What Feishu's page shows, for the person to compare; absent where there is no such code. */
  userCode?: string;
  /** How long it can be used, in milliseconds. */
  validMs: number;
}

/** Logging in and out, whichever way the login goes. */
export interface Logins {
  /** Rejects with a FeishuError when Feishu has to be asked for it and does not give it. */
  offer(asked: LoginAsked): Promise<OfferedLogin>;
  /**
   * Remembers the message that shows the offer, so that it can be brought up to date. `showsResult`: what waits for the
   * login takes the place of the offer there.
   */
  shownIn(id: string, cardMessageId: MessageId, showsResult: boolean): Promise<void>;
  /** Keeps a request until the person has logged in. The same `requestKey` again waits once. */
  wait(actorId: OpenId, requestKey: string, request: WaitingRequest): Promise<void>;
  /** Deletes the person's grant and open logins. True when there was a grant. */
  logout(actorId: OpenId): Promise<boolean>;
}

/** The part of {@link Logins} that does not depend on how people log in. */
export function createLoginBasics({ store, clock, logger }: LoginParts): Pick<Logins, 'wait' | 'logout'> {
  return {
    async wait(actorId, requestKey, request) {
      const now = clock.now();
      const id = createHash('sha256').update(requestKey).digest('hex').slice(0, 32);
      // What goes on after the login is a delivery of its own, with this id in its key.
      logger.info({ waiting: id }, 'waits for a login');
      await store.waiting.add({
        id,
        actorId,
        request: writeDelivery(request),
        createdAt: now,
        expiresAt: now + WAITING_MS,
      });
    },

    async logout(actorId) {
      // In this order: a login that is being stored has ended after the first, and its grant goes with the second.
      await store.together(async (repositories) => {
        const { logins, deviceLogins } = repositories;
        const links = await logins.withdraw(actorId);
        const open = [...links.map(asShown), ...(await deviceLogins.withdraw(actorId))];
        for (const login of open) await showEnding(repositories, login, 'withdrawn', clock.now());
      });
      return store.grants.remove(actorId);
    },
  };
}

/** A login and the message that shows it, if one does. */
export interface ShownLogin {
  id: string;
  actorId: OpenId;
  cardMessageId: MessageId | undefined;
  /** What waits for the login takes the place of its card. */
  showsResult?: boolean;
}

export const asShown = ({ ticketHash: id, actorId, cardMessageId }: LoginRecord): ShownLogin => ({
  id,
  actorId,
  cardMessageId,
});

/** Lets the card of a login say how it ended, once. */
export async function showEnding(
  { inbox }: Pick<Repositories, 'inbox'>,
  { id, actorId, cardMessageId, showsResult }: ShownLogin,
  ending: LoginEnding,
  now: number,
): Promise<void> {
  if (!cardMessageId) return;
  const asReply = ending === 'done' && showsResult === true;
  const delivery: Delivery = { kind: 'login-ended', actorId, cardMessageId, ending, ...(asReply && { asReply }) };
  await inbox.enqueue({ requestKey: `login-ended:${id}`, delivery: writeDelivery(delivery), now, actorId });
}

/** Somebody who has logged in. */
export interface Admission {
  actorId: OpenId;
  name: string;
  tokens: Awaited<ReturnType<Grants['seal']>>;
  /** Ends the login, and lets its card say so. False when it was withdrawn meanwhile. */
  settle: (repositories: Repositories, now: number) => Promise<boolean>;
}

/**
 * Stores the grant and sets free what waited for it, all or nothing. False, and nothing is stored, when a logout since
 * the login began has ended it.
 */
export async function admit({ store, clock, random, onContinued }: LoginParts, admission: Admission): Promise<boolean> {
  const { actorId, name, tokens, settle } = admission;
  const now = clock.now();
  const admitted = await store.together(async (repositories) => {
    if (!(await settle(repositories, now))) return false;
    const { grants, waiting, inbox } = repositories;
    await grants.save({ openId: actorId, name, grantedAt: now, ...tokens });
    const requests = await waiting.take(actorId, now);
    for (const [place, { id, request }] of requests.entries()) {
      const requestKey = `continued:${id}:${timeOrderedId(random, now)}`;
      // All are due at once, and in the order in which they were asked for.
      await inbox.enqueue({ requestKey, delivery: request, now: now - requests.length + place, actorId });
    }
    return true;
  });
  if (admitted) onContinued();
  return admitted;
}

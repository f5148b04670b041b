import type { OpenId } from '../domain/ids.ts';
import { certainlyNotProcessed, FeishuError, type FeishuErrorKind, isPassing, toLogFields } from '../feishu/errors.ts';
import type { OAuth } from '../feishu/oauth.ts';
import { lacksHelpdesk, TOKEN_CALL_MS, type UserTokens } from '../feishu/tokenEndpoint.ts';
import type { Clock } from '../lib/clock.ts';
import { DAY_MS } from '../lib/durations.ts';
import { eachWithin } from '../lib/eachWithin.ts';
import type { Logger } from '../lib/logger.ts';
import type { Metrics } from '../lib/metrics.ts';
import type { GrantRecord, RefreshedTokens } from '../store/grants.ts';
import { APART_MS } from '../store/sharedClock.ts';
import type { Store } from '../store/store.ts';
import { type LoginNeed, LoginNeeded } from './errors.ts';
import { createSealedTokens, type OpenedTokens, type SealedTokens } from './sealedTokens.ts';
import type { Vault } from './vault.ts';

/** An access token with less than this left is refreshed first. */
const RENEW_BEFORE_MS = 3 * 60_000;
/** An access token with less than this left is not used any more. */
const USABLE_MS = 5_000;
/** How long one process may refresh before another one believes it dead: a call within it is over before it is. */
const REFRESH_LEASE_MS = 2 * TOKEN_CALL_MS;
const LOCKED_PAUSE_MS = 50;
/** Before tokens that the database did not take are stored again. */
const STORE_PAUSE_MS = 500;
const LOCKED_PATIENCE_MS = REFRESH_LEASE_MS + 5_000;
/** How many logins are renewed at once in the background. */
const REFRESHES_AT_ONCE = 4;
/** A refresh token is renewed in the background when it has less than this left. */
const KEEP_ALIVE_BEFORE_MS = 3 * DAY_MS;
/** Why a grant is dead that Feishu still renews: the new tokens cannot write the helpdesk. */
const SCOPE_MISSING = 'scope-missing';

export interface GrantParts {
  store: Store;
  vault: Vault;
  oauth: OAuth;
  clock: Clock;
  logger: Logger;
  metrics: Metrics;
  /** This process, among all replicas. */
  worker: string;
}

/**
 * Runs `act` with a person's token; when Feishu refuses the token it is refreshed and `act` runs once more. Rejects with
 * {@link LoginNeeded} when the person has to log in, else with a FeishuError.
 */
export type ActAs = <T>(act: (userToken: string) => Promise<T>) => Promise<T>;

/**
 * How a person's login stands, as far as the bot knows without asking Feishu.
 * - `none`: there is none; `dead`: it works no more; `unreadable`: no key opens it, so that it counts as none
 * - `scope-missing`: the person has taken back what it takes to write the helpdesk
 */
export type GrantStanding = 'none' | 'dead' | 'scope-missing' | 'unreadable' | GrantInForce;

/**
 * - `automatic`: the bot renews a login by itself
 * - `not-granted`: it cannot, for want of `offline_access`; `over`: it cannot any more
 */
export type Renewal = 'automatic' | 'not-granted' | 'over';

/** A login with which the bot can act. Times in milliseconds. */
export interface GrantInForce {
  name: string;
  grantedAt: number;
  /** Until when it lasts without being renewed, as far as Feishu said so. */
  until: number;
  renewal: Renewal;
}

/** What the admins granted: acting with their tokens, and keeping these alive. */
export interface Grants {
  /**
   * Rejects with {@link LoginNeeded} or a FeishuError unless the bot can act for this person now. What it gives does so,
   * within the next minutes.
   */
  ensure(openId: OpenId): Promise<ActAs>;
  /** Acts for this person: both steps in one. */
  actAs<T>(openId: OpenId, act: (userToken: string) => Promise<T>): Promise<T>;
  /** How this person's login stands; changes nothing. */
  standing(openId: OpenId): Promise<GrantStanding>;
  /** The tokens in the form in which they are stored. */
  seal(openId: OpenId, tokens: UserTokens): Promise<RefreshedTokens>;
  /** Refreshes what would run out soon without being used. */
  keepAlive(): Promise<void>;
  /** Warns of grants that no configured key opens. */
  checkReadable(): Promise<void>;
}

/** What the steps below work with. */
interface Parts extends GrantParts {
  sealedTokens: SealedTokens;
}

export function createGrants(given: GrantParts): Grants {
  const { store, vault, clock } = given;
  const sealedTokens = createSealedTokens(vault, clock);
  const parts = { ...given, sealedTokens };

  const ensure: Grants['ensure'] = async (openId) => {
    const token = await usableToken(parts, openId).catch(throwLoginNeeded);
    return async (act) => {
      try {
        return await act(token);
      } catch (error) {
        if (!isKind(error, 'user-token')) return throwLoginNeeded(error);
        return await usableToken(parts, openId, token).then(act).catch(throwLoginNeeded);
      }
    };
  };

  return {
    ensure,
    actAs: async (openId, act) => (await ensure(openId))(act),
    standing: (openId) => standing(parts, openId),
    seal: sealedTokens.seal,
    async keepAlive() {
      sealedTokens.tidy();
      await eachWithin(await store.grants.expiringBefore(clock.now() + KEEP_ALIVE_BEFORE_MS, 100), {
        clock,
        logger: given.logger,
        name: 'logins',
        atOnce: REFRESHES_AT_ONCE,
        withinMs: REFRESH_LEASE_MS,
        work: (openId) => keepOneAlive(parts, openId),
      });
    },
    async checkReadable() {
      for (const grant of await store.grants.all()) {
        if (await sealedTokens.open(grant)) continue;
        parts.logger.warn({ actorId: grant.openId }, 'no key in TOKEN_ENCRYPTION_KEYS opens this stored login');
      }
    },
  };
}

const isKind = (error: unknown, kind: FeishuErrorKind): error is FeishuError =>
  error instanceof FeishuError && error.kind === kind;

/** What only another login helps against. The grant is kept: none of it proves that it is dead. */
const NEEDS: ReadonlyMap<FeishuErrorKind, LoginNeed> = new Map([
  ['user-scope', 'scope-missing'],
  // Also a token that was renewed right before.
  ['user-token', 'dead'],
  ['refresh-not-allowed', 'not-renewable'],
]);

function throwLoginNeeded(error: unknown): never {
  const need = error instanceof FeishuError ? NEEDS.get(error.kind) : undefined;
  throw need ? new LoginNeeded(need) : error;
}

/** A token to act with. `refused` is one that Feishu has just not accepted, whatever its expiry says. */
async function usableToken(parts: Parts, openId: OpenId, refused?: string): Promise<string> {
  const { clock } = parts;
  const deadline = clock.elapsed() + LOCKED_PATIENCE_MS;
  let atLeast = RENEW_BEFORE_MS;
  for (;;) {
    const step = await tryForToken(parts, openId, { refused, atLeast });
    if (typeof step === 'object') return step.token;
    // However little a new token has left: another refresh would not give more.
    if (step === 'refreshed') atLeast = 0;
    if (clock.elapsed() > deadline)
      throw new FeishuError('no-answer', 'another refresh of this login is still under way');
    if (step === 'locked') await clock.sleep(LOCKED_PAUSE_MS);
  }
}

/** `refreshed`, `again`: the grant has changed, by this process or not; `locked`: somebody else refreshes it. */
type Step = { token: string } | 'refreshed' | 'again' | 'locked';

/** `atLeast`: a token with fewer milliseconds left is refreshed. */
async function tryForToken(
  parts: Parts,
  openId: OpenId,
  { refused, atLeast }: { refused: string | undefined; atLeast: number },
): Promise<Step> {
  const { store, clock, worker } = parts;
  const grant = await liveGrant(parts, openId);
  const opened = await openedOrLogin(parts, grant);
  const { access } = opened;
  const left = access === refused ? 0 : grant.accessExpiresAt - clock.now();
  if (left > atLeast) return { token: access };
  const usable = left > USABLE_MS ? { token: access } : undefined;

  const refreshToken = renewedWith(grant, opened, clock.now());
  if (!refreshToken) {
    if (usable) return usable;
    await store.grants.markDead(openId, grant.tokens, 'expired');
    throw new LoginNeeded('dead');
  }
  const locked = await lock(parts, openId);
  if (!locked) return usable ?? 'locked';
  if (locked.grant.tokens !== grant.tokens) {
    await store.grants.unlockRefresh(openId, worker, false);
    return 'again';
  }
  return refresh(parts, locked, { refreshToken, usable });
}

/** The refresh token of a grant, while it is worth sending. */
const renewedWith = (grant: GrantRecord, { refresh }: OpenedTokens, now: number): string | undefined =>
  (grant.refreshExpiresAt ?? Number.POSITIVE_INFINITY) > now ? refresh : undefined;

async function standing({ store, sealedTokens, clock }: Parts, openId: OpenId): Promise<GrantStanding> {
  const grant = await store.grants.get(openId);
  if (!grant) return 'none';
  if (grant.deadReason) return grant.deadReason === SCOPE_MISSING ? 'scope-missing' : 'dead';
  const opened = await sealedTokens.open(grant);
  if (!opened) return 'unreadable';
  const { name, grantedAt, accessExpiresAt: accessUntil, refreshExpiresAt: refreshUntil } = grant;
  if (renewedWith(grant, opened, clock.now())) {
    return { name, grantedAt, until: refreshUntil ?? accessUntil, renewal: 'automatic' };
  }
  if (accessUntil - clock.now() <= USABLE_MS) return 'dead';
  return { name, grantedAt, until: accessUntil, renewal: opened.refresh ? 'over' : 'not-granted' };
}

/** A grant that only this process may refresh, `until` `clock.elapsed()` is that. */
interface LockedGrant {
  grant: GrantRecord;
  until: number;
}

async function lock({ store, clock, worker }: GrantParts, openId: OpenId): Promise<LockedGrant | undefined> {
  const until = clock.elapsed() + REFRESH_LEASE_MS - APART_MS;
  const now = clock.now();
  const grant = await store.grants.lockRefresh(openId, worker, now, now + REFRESH_LEASE_MS);
  return grant && { grant, until };
}

async function liveGrant({ store }: GrantParts, openId: OpenId): Promise<GrantRecord> {
  const grant = await store.grants.get(openId);
  if (!grant) throw new LoginNeeded('no-grant');
  if (grant.deadReason) throw new LoginNeeded(grant.deadReason === SCOPE_MISSING ? 'scope-missing' : 'dead');
  return grant;
}

/** A grant that no key opens counts as absent, and is kept: the right key may come back. */
async function openedOrLogin({ sealedTokens }: Parts, grant: GrantRecord): Promise<OpenedTokens> {
  const tokens = await sealedTokens.openAgain(grant);
  if (!tokens) throw new LoginNeeded('unreadable');
  return tokens;
}

/**
 * One refresh, under the lock. Refresh tokens are single-use: the answer is stored before anything else, and an answer
 * that was lost leaves the grant as it is, to be tried again with the same token. Trouble that passes is none while the
 * present token is `usable`.
 */
async function refresh(
  parts: Parts,
  locked: LockedGrant,
  { refreshToken, usable }: { refreshToken: string; usable: { token: string } | undefined },
): Promise<Step> {
  const { store, oauth, clock, metrics, worker, sealedTokens } = parts;
  const { grant, until } = locked;
  const openId = grant.openId;
  if (!(await store.grants.markInDoubt(openId, worker))) return 'again';
  if (clock.elapsed() + TOKEN_CALL_MS > until) {
    // Too slow up to here: the call could outlast the lock, and its token be sent by somebody else as well.
    await store.grants.unlockRefresh(openId, worker, false);
    return 'again';
  }
  try {
    const tokens = await oauth.refresh(refreshToken);
    if (lacksHelpdesk(tokens)) return await markDead(parts, grant, { reason: SCOPE_MISSING });
    await storeRefreshed(parts, locked, await sealedTokens.seal(openId, tokens));
    metrics.refreshed('ok');
    return 'refreshed';
  } catch (error) {
    if (!(error instanceof FeishuError)) throw error;
    if (error.kind === 'grant-dead' || error.kind === 'person-barred') {
      return await markDead(parts, grant, { reason: String(error.code ?? error.kind), error });
    }
    metrics.refreshed('failed');
    await store.grants.unlockRefresh(openId, worker, certainlyNotProcessed(error));
    // Nor does it help anybody to be told of a switch in the console before the login has run out.
    if (usable && (isPassing(error) || error.kind === 'refresh-not-allowed')) return usable;
    throw error;
  }
}

async function markDead(
  { store, metrics, logger }: Parts,
  { openId, tokens }: GrantRecord,
  { reason, error }: { reason: string; error?: FeishuError },
): Promise<Step> {
  metrics.refreshed('dead');
  await store.grants.markDead(openId, tokens, reason);
  logger.warn({ actorId: openId, reason, code: error?.code, logId: error?.logId }, 'a login is dead');
  return 'again';
}

/** A short trouble of the database is not to cost a login: tried again for as long as nobody else refreshes it. */
async function storeRefreshed(parts: Parts, { grant, until }: LockedGrant, refreshed: RefreshedTokens): Promise<void> {
  const { store, clock, logger } = parts;
  const openId = grant.openId;
  for (;;) {
    try {
      return await store.grants.storeRefreshed(openId, grant.tokens, refreshed);
    } catch (error) {
      if (clock.elapsed() + STORE_PAUSE_MS >= until) throw error;
      logger.warn({ actorId: openId, ...toLogFields(error) }, 'a refreshed login was not stored, to be tried again');
      await clock.sleep(STORE_PAUSE_MS);
    }
  }
}

async function keepOneAlive(parts: Parts, openId: OpenId): Promise<void> {
  const { store, worker, logger, sealedTokens } = parts;
  const locked = await lock(parts, openId);
  const tokens = locked && (await sealedTokens.open(locked.grant));
  if (!locked || !tokens?.refresh) {
    if (locked) await store.grants.unlockRefresh(openId, worker, false);
    return;
  }
  await refresh(parts, locked, { refreshToken: tokens.refresh, usable: undefined }).catch((error: unknown) => {
    logger.warn({ actorId: openId, ...toLogFields(error) }, 'a login was not renewed');
  });
}

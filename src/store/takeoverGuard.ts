import type { SharedClock } from './sharedClock.ts';
import type { Store } from './store.ts';

/** Before every lease: with it as the present time none has run out. */
const NEVER = 0;

/**
 * The same store, from which nothing is taken over while `clock` does not know what has run out (see `SharedClock`). What
 * nobody holds is given all the same where the database can see that nobody does; otherwise it waits as well, for half a minute at most.
 */
export function withTakeoverGuard(store: Store, clock: Pick<SharedClock, 'mayTakeOver'>): Store {
  const { changes, skillLeases, inbox, deviceLogins, grants } = store;
  const whenClockIsSure =
    <Arguments extends unknown[], Row>(take: (...args: Arguments) => Promise<Row[]>) =>
    async (...args: Arguments): Promise<Row[]> =>
      clock.mayTakeOver() ? take(...args) : [];
  const presentFor = (now: number): number => (clock.mayTakeOver() ? now : NEVER);

  return {
    ...store,
    changes: {
      ...changes,
      takeOver: whenClockIsSure(changes.takeOver),
      claimCards: whenClockIsSure(changes.claimCards),
      claimUnknownCards: whenClockIsSure(changes.claimUnknownCards),
    },
    skillLeases: {
      ...skillLeases,
      acquire: (skillKey, holder, now, until) => skillLeases.acquire(skillKey, holder, presentFor(now), until),
    },
    inbox: { ...inbox, claim: whenClockIsSure(inbox.claim) },
    deviceLogins: { ...deviceLogins, claim: whenClockIsSure(deviceLogins.claim) },
    grants: {
      ...grants,
      lockRefresh: (openId, refresher, now, until) => grants.lockRefresh(openId, refresher, presentFor(now), until),
    },
  };
}

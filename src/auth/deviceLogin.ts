import { errorMessage } from '../lib/errorMessage.ts';
import { timeOrderedId } from '../lib/random.ts';
import type { NewDeviceLogin } from '../store/deviceLogins.ts';
import { APART_MS } from '../store/sharedClock.ts';
import { openCodes, sealCodes } from './deviceCodes.ts';
import { type DeviceLoginParts, MAX_POLLS, POLL_LEASE_MS, pollLogin } from './devicePoll.ts';
import { createLoginBasics, type LoginAsked, type Logins, type OfferedLogin, showEnding } from './logins.ts';

/** How many logins one round asks about. */
const AT_ONCE = 100;

/** The login by device authorization: its page leads back to nobody, and Feishu is asked how it went. */
export interface DeviceLogins extends Logins {
  /** Asks Feishu about every login whose time has come. */
  poll(): Promise<void>;
}

export function createDeviceLogins(parts: DeviceLoginParts): DeviceLogins {
  const { store, clock, worker, logger } = parts;

  return {
    ...createLoginBasics(parts),

    offer: async (asked) => (await openOffer(parts, asked)) ?? begin(parts, asked),

    async shownIn(id, cardMessageId, showsResult) {
      const login = await store.deviceLogins.setCard(id, cardMessageId, showsResult);
      // It ended before it was known which card shows it.
      if (login?.ending) await showEnding(store, login, login.ending, clock.now());
    },

    async poll() {
      const now = clock.now();
      const until = clock.elapsed() + POLL_LEASE_MS - APART_MS;
      const due = await store.deviceLogins.claim(worker, now, now + POLL_LEASE_MS, AT_ONCE);
      const polled = await Promise.allSettled(due.map((login) => pollLogin(parts, login, until)));
      for (const [at, result] of polled.entries()) {
        if (result.status === 'fulfilled') continue;
        const reason = errorMessage(result.reason);
        logger.error({ login: due[at]?.id, reason }, 'what became of a device login could not be stored');
      }
    },
  };
}

/** What the same request was offered before, when it was handled up to there and not further. */
async function openOffer(
  { store, vault, clock }: DeviceLoginParts,
  { actorId, requestKey }: LoginAsked,
): Promise<OfferedLogin | undefined> {
  const now = clock.now();
  const login = await store.deviceLogins.find(actorId, requestKey, now);
  const codes = login && (await openCodes(vault, login));
  return codes && { id: login.id, url: codes.url, userCode: codes.userCode, validMs: login.expiresAt - now };
}

/** Begins a login, which takes the place of those that are open. */
async function begin(parts: DeviceLoginParts, { actorId, requestKey }: LoginAsked): Promise<OfferedLogin> {
  const { store, vault, device, clock, random } = parts;
  const askedAt = clock.now();
  const started = await device.start();
  const now = clock.now();
  const id = timeOrderedId(random, now);
  // However long Feishu lets it live, it is asked about to its end.
  const intervalMs = Math.max(started.intervalMs, Math.ceil(started.expiresInMs / MAX_POLLS));
  const login: NewDeviceLogin = {
    id,
    requestKey,
    actorId,
    codes: await sealCodes(vault, id, started),
    intervalMs,
    dueAt: now + intervalMs,
    expiresAt: askedAt + started.expiresInMs,
  };
  await store.together(async (repositories) => {
    for (const older of await repositories.deviceLogins.withdraw(actorId)) {
      await showEnding(repositories, older, 'withdrawn', now);
    }
    await repositories.deviceLogins.add(login);
  });
  return { id, url: started.url, userCode: started.userCode, validMs: login.expiresAt - now };
}

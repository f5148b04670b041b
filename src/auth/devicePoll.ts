import type { LoginEnding } from '../domain/delivery.ts';
import type { DeviceAuthorization, DevicePoll } from '../feishu/deviceAuthorization.ts';
import { certainlyNotProcessed, FeishuError, isPassing } from '../feishu/errors.ts';
import type { OAuth } from '../feishu/oauth.ts';
import { lacksHelpdesk, TOKEN_CALL_MS, type UserTokens } from '../feishu/tokenEndpoint.ts';
import type { DeviceLoginRecord } from '../store/deviceLogins.ts';
import { openCodes } from './deviceCodes.ts';
import { admit, type LoginParts, showEnding } from './logins.ts';

export interface DeviceLoginParts extends LoginParts {
  device: DeviceAuthorization;
  /** This process, among all replicas. */
  worker: string;
}

/** How long a claimed login is this process's: time for the call, and to store what came of it. */
export const POLL_LEASE_MS = 2 * TOKEN_CALL_MS;
/** How long it is found out whose tokens these are. */
const WHO_MS = 3 * TOKEN_CALL_MS;
/** From the tokens on: the code is spent, and nobody else could do anything with it but end the login. */
export const TOKENS_LEASE_MS = WHO_MS + TOKEN_CALL_MS;

// The steps and limits of Feishu's own tool, internal/auth/device_flow.go; `slow_down` as in RFC 8628, 3.5.
const SLOWER_MS = 5_000;
const AFTER_TROUBLE_MS = 1_000;
const LONGEST_INTERVAL_MS = 60_000;
export const MAX_POLLS = 600;

/**
 * Asks Feishu once about a login that this process has claimed, and stores what came of it. `until`: until when it is this
 * process's, as `clock.elapsed()` gives it.
 */
export async function pollLogin(parts: DeviceLoginParts, login: DeviceLoginRecord, until: number): Promise<void> {
  const { clock, device, vault } = parts;
  if (clock.now() >= login.expiresAt) return end(parts, login, expiredOrLost(login));
  const codes = await openCodes(vault, login);
  if (!codes) return end(parts, login, 'failed');
  // Too slow up to here: the call could outlast the lease, and somebody else ask at the same time.
  if (clock.elapsed() + TOKEN_CALL_MS > until) return;
  const poll = await device.poll(codes.deviceCode).catch(feishuErrorOf);
  if (poll instanceof FeishuError) return troubled(parts, login, poll);
  return answered(parts, login, poll);
}

const feishuErrorOf = (error: unknown): FeishuError => {
  if (error instanceof FeishuError) return error;
  throw error;
};

function answered(parts: DeviceLoginParts, login: DeviceLoginRecord, poll: DevicePoll): Promise<void> {
  switch (poll.kind) {
    case 'pending':
      return goOn(parts, login, { slowerMs: 0, unanswered: 0 });
    case 'slow-down':
      return goOn(parts, login, { slowerMs: SLOWER_MS, unanswered: 0 });
    case 'refused':
      return end(parts, login, 'refused');
    case 'over':
      return end(parts, login, expiredOrLost(login));
    case 'tokens':
      return finish(parts, login, poll.tokens);
  }
}

/** The tokens are given out once: an earlier poll whose answer never came may have got them. */
const expiredOrLost = ({ unanswered }: DeviceLoginRecord): LoginEnding => (unanswered > 1 ? 'lost' : 'expired');

/** Trouble that passes is waited out; any other ends the login. */
async function troubled(parts: DeviceLoginParts, login: DeviceLoginRecord, error: FeishuError): Promise<void> {
  warn(parts, login, error);
  if (!isPassing(error)) return end(parts, login, 'failed');
  const unanswered = certainlyNotProcessed(error) ? login.unanswered - 1 : login.unanswered;
  await goOn(parts, login, { slowerMs: AFTER_TROUBLE_MS, unanswered, pauseMs: error.retryAfterMs });
}

/** How a login goes on: how much slower, with how many polls unanswered, and after which pause at least. */
interface Onward {
  slowerMs: number;
  unanswered: number;
  pauseMs?: number | undefined;
}

async function goOn(parts: DeviceLoginParts, login: DeviceLoginRecord, onward: Onward): Promise<void> {
  if (login.polls >= MAX_POLLS) return end(parts, login, 'expired');
  const { slowerMs, unanswered, pauseMs = 0 } = onward;
  const intervalMs = Math.max(login.intervalMs, Math.min(login.intervalMs + slowerMs, LONGEST_INTERVAL_MS));
  const dueAt = Math.min(parts.clock.now() + Math.max(intervalMs, pauseMs), login.expiresAt);
  await parts.store.deviceLogins.release(login.id, parts.worker, { intervalMs, dueAt, unanswered });
}

/** Whose tokens these are. They are given out once: asked again after trouble that passes, while there is time. */
async function whoIs(
  parts: DeviceLoginParts,
  login: DeviceLoginRecord,
  tokens: UserTokens,
): Promise<Awaited<ReturnType<OAuth['whoIs']>> | FeishuError> {
  const { clock, oauth } = parts;
  const until = clock.elapsed() + WHO_MS;
  for (;;) {
    const person = await oauth.whoIs(tokens.access, TOKEN_CALL_MS).catch(feishuErrorOf);
    if (!(person instanceof FeishuError) || !isPassing(person)) return person;
    const pauseMs = Math.max(person.retryAfterMs ?? 0, AFTER_TROUBLE_MS);
    if (clock.elapsed() + pauseMs + TOKEN_CALL_MS > until) return person;
    warn(parts, login, person);
    await clock.sleep(pauseMs);
  }
}

/** Whoever opened the link may have agreed: only the one who asked is let in. */
async function finish(parts: DeviceLoginParts, login: DeviceLoginRecord, tokens: UserTokens): Promise<void> {
  const { store, clock, grants, logger, worker } = parts;
  await store.deviceLogins.keep(login.id, worker, clock.now() + TOKENS_LEASE_MS);
  const person = await whoIs(parts, login, tokens);
  if (person instanceof FeishuError) {
    warn(parts, login, person);
    return end(parts, login, 'failed');
  }
  const { openId, name } = person;
  if (openId !== login.actorId) return end(parts, login, 'other-person');
  if (lacksHelpdesk(tokens)) return end(parts, login, 'scope-missing');
  const admitted = await admit(parts, {
    actorId: openId,
    name,
    tokens: await grants.seal(openId, tokens),
    settle: async (repositories, now) => {
      const ended = await repositories.deviceLogins.end(login.id, 'done');
      // Where the result takes the place of the card, only what the person has to know of the login is said beside it.
      const isTold = ended && (!ended.showsResult || tokens.refresh === undefined);
      if (isTold) await showEnding(repositories, ended, 'done', now);
      return ended !== undefined;
    },
  });
  if (admitted) logger.info({ login: login.id, ending: 'done' }, 'a device login has ended');
}

/** Ends a login without a grant, and lets its card say so; what waits for it goes on waiting. */
async function end(parts: DeviceLoginParts, { id }: DeviceLoginRecord, ending: LoginEnding): Promise<void> {
  const { store, clock, logger, onContinued } = parts;
  const ended = await store.together(async (repositories) => {
    const login = await repositories.deviceLogins.end(id, ending);
    if (login) await showEnding(repositories, login, ending, clock.now());
    return login;
  });
  if (!ended) return;
  logger.info({ login: id, ending }, 'a device login has ended');
  onContinued();
}

const warn = ({ logger }: DeviceLoginParts, { id }: DeviceLoginRecord, { kind, code, logId }: FeishuError): void =>
  logger.warn({ login: id, kind, code, logId }, 'a device login met with trouble');

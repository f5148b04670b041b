import type { Clock } from '../clock.ts';
import type { Ids } from '../ids.ts';

/** What asking for the tokens comes to, in the words of RFC 8628. */
export type DeviceCheck =
  | { kind: 'agreed'; openId: string; scopes: string[] }
  | { kind: 'authorization_pending' | 'slow_down' | 'access_denied' | 'expired_token' | 'invalid_grant' };

export interface DeviceLogin {
  deviceCode: string;
  userCode: string;
  scopes: string[];
  expiresAt: number;
  intervalMs: number;
  /** When it was asked about last; at first, when it began. */
  askedAt: number;
  decision: { kind: 'none' } | { kind: 'refused' } | { kind: 'agreed'; openId: string };
}

export interface DeviceLoginParts {
  clock: Clock;
  ids: Ids;
  deviceCodeSeconds: number;
  devicePollSeconds: number;
}

const SLOWER_MS = 5_000;

/** Device authorizations: begun by the app, decided by a person, and given out once. */
export class DeviceLogins {
  readonly #parts: DeviceLoginParts;
  readonly #logins = new Map<string, DeviceLogin>();

  constructor(parts: DeviceLoginParts) {
    this.#parts = parts;
  }

  begin(scopes: string[]): DeviceLogin {
    const { clock, ids, deviceCodeSeconds, devicePollSeconds } = this.#parts;
    const login: DeviceLogin = {
      deviceCode: ids.deviceCode(),
      userCode: ids.userCode(),
      scopes,
      expiresAt: clock.now() + deviceCodeSeconds * 1000,
      intervalMs: devicePollSeconds * 1000,
      askedAt: clock.now(),
      decision: { kind: 'none' },
    };
    this.#logins.set(login.deviceCode, login);
    return login;
  }

  /** The login that waits for a decision under this code, however it is typed. */
  waiting(userCode: string): DeviceLogin | undefined {
    const wanted = bare(userCode);
    return [...this.#logins.values()].find(
      (login) => bare(login.userCode) === wanted && login.decision.kind === 'none' && !this.#isExpired(login),
    );
  }

  /** Asks for the tokens: not sooner than the interval, which grows with every try that comes too soon. */
  ask(deviceCode: string): DeviceCheck {
    const login = this.#logins.get(deviceCode);
    if (!login) return { kind: 'invalid_grant' };
    const now = this.#parts.clock.now();
    const isTooSoon = now - login.askedAt < login.intervalMs;
    login.askedAt = now;
    if (this.#isExpired(login)) return { kind: 'expired_token' };
    if (isTooSoon) {
      login.intervalMs += SLOWER_MS;
      return { kind: 'slow_down' };
    }
    const { decision, scopes } = login;
    if (decision.kind === 'none') return { kind: 'authorization_pending' };
    this.#logins.delete(deviceCode);
    return decision.kind === 'refused'
      ? { kind: 'access_denied' }
      : { kind: 'agreed', openId: decision.openId, scopes };
  }

  #isExpired(login: DeviceLogin): boolean {
    return login.expiresAt <= this.#parts.clock.now();
  }
}

const bare = (userCode: string): string => userCode.replace(/[^A-Za-z0-9]/g, '').toUpperCase();

import type { Clock } from '../clock.ts';
import type { Ids } from '../ids.ts';
import type { Changes } from './changes.ts';

/** A person must authorise again a year after the grant. */
const HORIZON_MS = 365 * 86_400_000;

interface AccessToken {
  openId: string;
  scopes: string[];
  expiresAt: number;
  revoked: boolean;
}

interface RefreshToken {
  openId: string;
  scopes: string[];
  expiresAt: number;
  grantedAt: number;
  state: 'live' | 'used' | 'revoked';
}

export interface TokenPair {
  accessToken: string;
  expiresIn: number;
  refreshToken?: string;
  refreshExpiresIn?: number;
  scopes: string[];
}

export type AccessCheck =
  | { kind: 'live'; openId: string; scopes: string[] }
  | { kind: 'expired' }
  | { kind: 'invalid' };

export type RefreshCheck =
  | { kind: 'live'; openId: string; scopes: string[]; grantedAt: number }
  | { kind: 'unknown' | 'expired' | 'used' | 'revoked' };

export interface GrantState {
  /** State of the token that was given out last. */
  access: 'none' | 'live' | 'expired' | 'revoked';
  refresh: 'none' | 'live' | 'expired' | 'used' | 'revoked';
  /** All user scopes the person ever granted. */
  scopes: string[];
}

export interface GrantParts {
  clock: Clock;
  ids: Ids;
  changes: Changes;
  accessTokenSeconds: number;
  refreshTokenSeconds: number;
}

/** User tokens. Refresh tokens are single-use and rotated; an access token lives on to its own expiry. */
export class Grants {
  readonly #parts: GrantParts;
  readonly #access = new Map<string, AccessToken>();
  readonly #refresh = new Map<string, RefreshToken>();
  readonly #scopes = new Map<string, Set<string>>();

  constructor(parts: GrantParts) {
    this.#parts = parts;
  }

  /** Records what a person agreed to; grants accumulate. Gives all scopes granted so far. */
  grant(openId: string, scopes: string[]): string[] {
    const all = new Set([...(this.#scopes.get(openId) ?? []), ...scopes]);
    this.#scopes.set(openId, all);
    return [...all];
  }

  issue(openId: string, scopes: string[], refreshable: boolean, grantedAt = this.#parts.clock.now()): TokenPair {
    const { clock, ids, accessTokenSeconds, refreshTokenSeconds } = this.#parts;
    const now = clock.now();
    const accessToken = ids.userToken();
    this.#access.set(accessToken, { openId, scopes, expiresAt: now + accessTokenSeconds * 1000, revoked: false });
    const pair: TokenPair = { accessToken, expiresIn: accessTokenSeconds, scopes };
    if (refreshable) {
      pair.refreshToken = ids.userToken();
      pair.refreshExpiresIn = refreshTokenSeconds;
      const expiresAt = Math.min(now + refreshTokenSeconds * 1000, grantedAt + HORIZON_MS);
      this.#refresh.set(pair.refreshToken, { openId, scopes, expiresAt, grantedAt, state: 'live' });
    }
    this.#parts.changes.emit();
    return pair;
  }

  checkAccess(token: string): AccessCheck {
    const entry = this.#access.get(token);
    if (!entry || entry.revoked) return { kind: 'invalid' };
    if (entry.expiresAt <= this.#parts.clock.now()) return { kind: 'expired' };
    return { kind: 'live', openId: entry.openId, scopes: entry.scopes };
  }

  checkRefresh(token: string): RefreshCheck {
    const entry = this.#refresh.get(token);
    if (!entry) return { kind: 'unknown' };
    if (entry.state !== 'live') return { kind: entry.state };
    if (entry.expiresAt <= this.#parts.clock.now()) return { kind: 'expired' };
    return { kind: 'live', openId: entry.openId, scopes: entry.scopes, grantedAt: entry.grantedAt };
  }

  spend(refreshToken: string): void {
    const entry = this.#refresh.get(refreshToken);
    if (entry) entry.state = 'used';
    this.#parts.changes.emit();
  }

  expireAccess(openId: string): void {
    for (const entry of this.#accessOf(openId)) entry.expiresAt = 0;
    this.#parts.changes.emit();
  }

  expireRefresh(openId: string): void {
    for (const entry of this.#refreshOf(openId)) entry.expiresAt = 0;
    this.#parts.changes.emit();
  }

  spendAll(openId: string): void {
    for (const entry of this.#refreshOf(openId)) entry.state = 'used';
    this.#parts.changes.emit();
  }

  /** The access tokens only: a refresh leads to another one. */
  revokeAccess(openId: string): void {
    for (const entry of this.#accessOf(openId)) entry.revoked = true;
    this.#parts.changes.emit();
  }

  /** Takes one scope back: the next refresh comes without it. Tokens that were given out keep what they have. */
  withdraw(openId: string, scope: string): void {
    this.#scopes.get(openId)?.delete(scope);
    for (const entry of this.#refreshOf(openId)) entry.scopes = entry.scopes.filter((granted) => granted !== scope);
    this.#parts.changes.emit();
  }

  revoke(openId: string): void {
    for (const entry of this.#accessOf(openId)) entry.revoked = true;
    for (const entry of this.#refreshOf(openId)) entry.state = 'revoked';
    this.#scopes.delete(openId);
    this.#parts.changes.emit();
  }

  state(openId: string): GrantState {
    const now = this.#parts.clock.now();
    const access = this.#accessOf(openId).at(-1);
    const refresh = this.#refreshOf(openId).at(-1);
    const age = (expiresAt: number) => (expiresAt <= now ? 'expired' : 'live');
    return {
      access: access ? (access.revoked ? 'revoked' : age(access.expiresAt)) : 'none',
      refresh: refresh ? (refresh.state === 'live' ? age(refresh.expiresAt) : refresh.state) : 'none',
      scopes: [...(this.#scopes.get(openId) ?? [])],
    };
  }

  #accessOf(openId: string): AccessToken[] {
    return [...this.#access.values()].filter((entry) => entry.openId === openId);
  }

  #refreshOf(openId: string): RefreshToken[] {
    return [...this.#refresh.values()].filter((entry) => entry.openId === openId);
  }
}

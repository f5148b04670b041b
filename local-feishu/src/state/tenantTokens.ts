import type { Clock } from '../clock.ts';
import type { Ids } from '../ids.ts';

const LIFE_MS = 7200_000;
const REUSE_MS = 1800_000;

/** Tokens of the app itself. While one has 30 minutes left it is given out again. */
export class TenantTokens {
  #tokens: { token: string; expiresAt: number }[] = [];
  readonly #clock: Clock;
  readonly #ids: Ids;

  constructor(clock: Clock, ids: Ids) {
    this.#clock = clock;
    this.#ids = ids;
  }

  /** `expire` is in whole seconds. */
  issue(): { token: string; expire: number } {
    const now = this.#clock.now();
    let current = this.#tokens.find((entry) => entry.expiresAt - now >= REUSE_MS);
    if (!current) {
      current = { token: this.#ids.tenantToken(), expiresAt: now + LIFE_MS };
      this.#tokens = [...this.#tokens.filter((entry) => entry.expiresAt > now), current];
    }
    return { token: current.token, expire: Math.floor((current.expiresAt - now) / 1000) };
  }

  accepts(token: string): boolean {
    return this.#tokens.some((entry) => entry.token === token && entry.expiresAt > this.#clock.now());
  }

  expireAll(): void {
    this.#tokens = [];
  }
}

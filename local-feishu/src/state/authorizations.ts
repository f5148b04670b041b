import type { Clock } from '../clock.ts';
import type { Ids } from '../ids.ts';

const CODE_LIFE_MS = 300_000;

/** A checked authorize request that waits for the person's decision. */
export interface AuthorizeRequest {
  clientId: string;
  redirectUri: string;
  scopes: string[];
  state: string | undefined;
  challenge: string | undefined;
  challengeMethod: 'plain' | 'S256';
}

export interface IssuedCode {
  request: AuthorizeRequest;
  openId: string;
  expiresAt: number;
  used: boolean;
}

/** Authorize requests and the codes that came of them. */
export class Authorizations {
  readonly #pending = new Map<string, AuthorizeRequest>();
  readonly #codes = new Map<string, IssuedCode>();
  readonly #clock: Clock;
  readonly #ids: Ids;

  constructor(clock: Clock, ids: Ids) {
    this.#clock = clock;
    this.#ids = ids;
  }

  /** Gives the id that the consent form carries. */
  open(request: AuthorizeRequest): string {
    const id = this.#ids.secret();
    this.#pending.set(id, request);
    return id;
  }

  /** Takes the request out: a form can be posted once. */
  take(id: string): AuthorizeRequest | undefined {
    const request = this.#pending.get(id);
    this.#pending.delete(id);
    return request;
  }

  issueCode(request: AuthorizeRequest, openId: string): string {
    const code = this.#ids.code();
    this.#codes.set(code, { request, openId, expiresAt: this.#clock.now() + CODE_LIFE_MS, used: false });
    return code;
  }

  /** The code itself: the token endpoint marks it used. */
  find(code: string): IssuedCode | undefined {
    return this.#codes.get(code);
  }

  isExpired(code: IssuedCode): boolean {
    return code.expiresAt <= this.#clock.now();
  }
}

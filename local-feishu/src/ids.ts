import type { Random } from './random.ts';

/** Makes identifiers in the platform's shapes. */
export interface Ids {
  hex(length: number): string;
  message(): string;
  thread(): string;
  event(): string;
  /** Credential for the delayed update of a card. */
  cardToken(): string;
  tenantToken(): string;
  /** About 1.2 KB and JWT-like, as real ones. */
  userToken(): string;
  code(): string;
  /** The secret of a device login. */
  deviceCode(): string;
  /** What a person compares or types: `ABCD-EFGH`. */
  userCode(): string;
  secret(): string;
  digits(length: number): string;
  /** `x-tt-logid`: the time, then 20 hex digits. `now` in milliseconds. */
  log(now: number): string;
}

const TOKEN_BYTES = 880;

export function createIds(random: Random): Ids {
  const hex = (length: number): string =>
    random
      .bytes(Math.ceil(length / 2))
      .toString('hex')
      .slice(0, length);
  const token = (bytes: number): string => random.bytes(bytes).toString('base64url');
  return {
    hex,
    message: () => `om_${hex(32)}`,
    thread: () => `omt_${hex(12)}`,
    event: () => hex(32),
    cardToken: () => `c-${hex(40)}`,
    tenantToken: () => `t-${hex(40)}`,
    userToken: () => `eyJhbGciOiJFUzI1NiIs.${token(TOKEN_BYTES)}.${token(16)}`,
    code: () => token(48),
    deviceCode: () => `device-code-${hex(48)}`,
    userCode: () => `${letters(random, 4)}-${letters(random, 4)}`,
    secret: () => token(24),
    digits: (length) => [...random.bytes(length)].map((byte) => byte % 10).join(''),
    log: (now) => new Date(now).toISOString().replace(/\D/g, '').slice(0, 14) + hex(20).toUpperCase(),
  };
}

/** Without vowels, so that they make no words. */
const LETTERS = 'BCDFGHJKLMNPQRSTVWXZ';

const letters = (random: Random, length: number): string =>
  [...random.bytes(length)].map((byte) => LETTERS[byte % LETTERS.length]).join('');

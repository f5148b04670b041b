import { randomBytes } from 'node:crypto';
import { ulid } from 'ulid';

/** Unpredictable values, as a part that can be replaced in tests. */
export interface Random {
  bytes(length: number): Buffer;
}

export const systemRandom: Random = { bytes: (length) => randomBytes(length) };

/** A secret of `length` random bytes, base64url: safe in a URL. */
export const randomToken = (random: Random, length = 32): string => random.bytes(length).toString('base64url');

/** An id that sorts by time (26 characters, upper case). `now` in milliseconds. */
export const timeOrderedId = (random: Random, now: number): string =>
  ulid(now, () => random.bytes(4).readUInt32BE() / 2 ** 32);

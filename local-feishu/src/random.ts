import { randomBytes } from 'node:crypto';

/** Unpredictable values, as a part that a test can replace. */
export interface Random {
  bytes(length: number): Buffer;
}

export const systemRandom: Random = { bytes: randomBytes };

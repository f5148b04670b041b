import { createHash, webcrypto } from 'node:crypto';
import { CompactEncrypt, compactDecrypt } from 'jose';
import { loadedOnce } from '../lib/loadedOnce.ts';

/**
 * Encrypts what must not be readable in the database (JWE, AES-256-GCM, with key ids). What is sealed for one subject
 * does not open for another, so that rows cannot be swapped.
 */
export interface Vault {
  seal(subject: string, secret: string): Promise<string>;
  /** Undefined when no key opens it, or it is another subject's. */
  open(subject: string, sealed: string): Promise<string | undefined>;
}

/** The first of the 32-byte `keys` encrypts, all decrypt. */
export function createVault(keys: readonly Uint8Array[]): Vault {
  const ring = new Map(keys.map((key) => [keyId(key), loadedOnce(() => importKey(key))]));
  const [current] = ring;
  if (!current) throw new RangeError('a vault needs at least one key');
  const [kid, currentKey] = current;

  return {
    async seal(subject, secret) {
      const content = new TextEncoder().encode(secret);
      return new CompactEncrypt(content)
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid, sub: subject })
        .encrypt(await currentKey());
    },
    async open(subject, sealed) {
      try {
        const { plaintext, protectedHeader } = await compactDecrypt(
          sealed,
          ({ kid: id }) => {
            const found = ring.get(id ?? '');
            if (!found) throw new RangeError('sealed with a key that is not configured');
            return found();
          },
          { keyManagementAlgorithms: ['dir'], contentEncryptionAlgorithms: ['A256GCM'] },
        );
        return protectedHeader.sub === subject ? new TextDecoder().decode(plaintext) : undefined;
      } catch {
        // Whatever the reason, the answer is the same: it does not open. Callers warn, and keep the sealed text.
        return undefined;
      }
    },
  };
}

/** Once: given the bytes, the library imports them for every use. */
const importKey = (key: Uint8Array): Promise<webcrypto.CryptoKey> =>
  webcrypto.subtle.importKey('raw', key, 'AES-GCM', false, ['encrypt', 'decrypt']);

const keyId = (key: Uint8Array): string => createHash('sha256').update(key).digest('hex').slice(0, 16);

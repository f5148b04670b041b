import { createDecipheriv, hash, timingSafeEqual } from 'node:crypto';

/** The headers that sign a request (encrypt-key-encryption-configuration-case). */
export interface SignatureHeaders {
  timestamp: string | undefined;
  nonce: string | undefined;
  signature: string | undefined;
}

/**
 * Whether the request was signed with this Encrypt Key: SHA-256 over timestamp, nonce, key and the **raw** body bytes.
 * Letter case is ignored, since the platform's own samples disagree on it. A missing header means no.
 */
export function isSigned(rawBody: Buffer, headers: SignatureHeaders, encryptKey: string): boolean {
  const { timestamp, nonce, signature } = headers;
  if (!timestamp || !nonce || !signature) return false;
  const expected = sha256(Buffer.concat([Buffer.from(`${timestamp}${nonce}${encryptKey}`), rawBody]));
  const given = /^[0-9a-f]{64}$/i.test(signature) ? Buffer.from(signature, 'hex') : Buffer.alloc(0);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** Compares secrets in a time that does not depend on where they differ. */
export function sameSecret(given: string, expected: string): boolean {
  return timingSafeEqual(sha256(given), sha256(expected));
}

const sha256 = (data: string | Buffer): Buffer => hash('sha256', data, 'buffer');

const IV_LENGTH = 16;
const UTF8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Decrypts the `encrypt` field: AES-256-CBC with the SHA-256 of the Encrypt Key, IV first
 * (encrypt-key-encryption-configuration-case). Undefined when it does not decrypt to UTF-8.
 */
export function decrypt(encrypted: string, encryptKey: string): string | undefined {
  const bytes = Buffer.from(encrypted, 'base64');
  if (bytes.length < 2 * IV_LENGTH || bytes.length % IV_LENGTH !== 0) return undefined;
  try {
    const decipher = createDecipheriv('aes-256-cbc', sha256(encryptKey), bytes.subarray(0, IV_LENGTH));
    const plain = Buffer.concat([decipher.update(bytes.subarray(IV_LENGTH)), decipher.final()]);
    return UTF8.decode(plain);
  } catch {
    // Wrong key, tampered or not UTF-8: all the same to the caller, who refuses it.
    return undefined;
  }
}

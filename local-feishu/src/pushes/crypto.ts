import { createCipheriv, createDecipheriv, createHash } from 'node:crypto';
import type { Random } from '../random.ts';

const sha256 = (text: string): Buffer => createHash('sha256').update(text, 'utf8').digest();

/**
 * AES-256-CBC with SHA-256 of the key; base64 of IV and ciphertext. `iv` has 16 bytes.
 * Source: /ukTMukTMukTM/uYDNxYjL2QTM24iN0EjN/event-subscription-configure-/encrypt-key-encryption-configuration-case
 */
export function encrypt(text: string, encryptKey: string, iv: Buffer): string {
  const cipher = createCipheriv('aes-256-cbc', sha256(encryptKey), iv);
  return Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final()]).toString('base64');
}

/** The reverse of `encrypt`; throws when the key or the text is wrong. */
export function decrypt(encrypted: string, encryptKey: string): string {
  const bytes = Buffer.from(encrypted, 'base64');
  const decipher = createDecipheriv('aes-256-cbc', sha256(encryptKey), bytes.subarray(0, 16));
  return Buffer.concat([decipher.update(bytes.subarray(16)), decipher.final()]).toString('utf8');
}

/** Lower-case hex SHA-256 over timestamp, nonce, key and the raw body. */
export function signature(timestamp: string, nonce: string, encryptKey: string, rawBody: string): string {
  return sha256(timestamp + nonce + encryptKey + rawBody).toString('hex');
}

export interface EncodedPush {
  headers: Record<string, string>;
  rawBody: string;
}

/** A push as it goes over the wire: with a key encrypted and, unless `signed` is false, signed. `now` in milliseconds. */
export function encodePush(
  body: unknown,
  encryptKey: string,
  parts: { random: Random; now: number; signed?: boolean },
): EncodedPush {
  const headers: Record<string, string> = { 'content-type': 'application/json;charset=utf-8' };
  const plain = JSON.stringify(body);
  if (encryptKey === '') return { headers, rawBody: plain };
  const rawBody = JSON.stringify({ encrypt: encrypt(plain, encryptKey, parts.random.bytes(16)) });
  if (parts.signed === false) return { headers, rawBody };
  const timestamp = String(Math.floor(parts.now / 1000));
  const nonce = parts.random.bytes(8).toString('hex');
  headers['x-lark-request-timestamp'] = timestamp;
  headers['x-lark-request-nonce'] = nonce;
  headers['x-lark-signature'] = signature(timestamp, nonce, encryptKey, rawBody);
  return { headers, rawBody };
}

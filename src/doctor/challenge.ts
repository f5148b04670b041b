import { createCipheriv, createHash } from 'node:crypto';
import type { Random } from '../lib/random.ts';

/**
 * The address check, as Feishu sends it: encrypted where there is a key (AES-256-CBC with the SHA-256 of the key, IV
 * first), never signed (send-notifications-to-developers-server).
 */
export function addressCheck(
  challenge: string,
  keys: { verificationToken: string; encryptKey: string | undefined },
  random: Random,
): Record<string, string> {
  const plain = { challenge, token: keys.verificationToken, type: 'url_verification' };
  if (keys.encryptKey === undefined) return plain;
  const iv = random.bytes(16);
  const cipher = createCipheriv('aes-256-cbc', createHash('sha256').update(keys.encryptKey).digest(), iv);
  const sealed = Buffer.concat([iv, cipher.update(JSON.stringify(plain), 'utf8'), cipher.final()]);
  return { encrypt: sealed.toString('base64') };
}

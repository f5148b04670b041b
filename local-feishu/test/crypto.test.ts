import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { decrypt, encodePush, encrypt } from '../src/pushes/crypto.ts';
import { systemRandom } from '../src/random.ts';
import { at } from './tinyBot.ts';

describe('encryption', () => {
  it('gives the published answer', () => {
    const published = 'P37w+VZImNgPEO1RBhJ6RtKl7n6zymIbEG1pReEzghk=';
    expect(decrypt(published, 'test key')).toBe('hello world');
    const iv = Buffer.from(published, 'base64').subarray(0, 16);
    expect(encrypt('hello world', 'test key', iv)).toBe(published);
  });
});

describe('a push', () => {
  const parts = { random: systemRandom, now: 1_700_000_000_123 };

  it('is signed over timestamp, nonce, key and the raw body', () => {
    const { headers, rawBody } = encodePush({ text: '客服' }, 'k', parts);
    const { 'x-lark-request-timestamp': timestamp, 'x-lark-request-nonce': nonce } = headers;
    expect(timestamp).toBe('1700000000');
    expect(headers['x-lark-signature']).toBe(
      createHash('sha256').update(`${timestamp}${nonce}k${rawBody}`).digest('hex'),
    );
    expect(decrypt(String(at(JSON.parse(rawBody), 'encrypt')), 'k')).toBe('{"text":"客服"}');
  });

  it('uses another IV and nonce every time', () => {
    expect(encodePush({}, 'k', parts)).not.toEqual(encodePush({}, 'k', parts));
  });

  it('is unsigned on demand and plain without a key', () => {
    expect(Object.keys(encodePush({}, 'k', { ...parts, signed: false }).headers)).toEqual(['content-type']);
    expect(encodePush({ a: 1 }, '', parts).rawBody).toBe('{"a":1}');
  });
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decrypt, isSigned, sameSecret } from '../../src/transport/signature.ts';
import { cbc, KEY, sealed, signed } from './samples.ts';

const BODY = '{"encrypt":"abc","more": 1.0}';
const TIMESTAMP = '1760000000';
const NONCE = 'n0nce';

/** Every text that differs from a hex digest in one bit. */
const flips = (hex: string): string[] =>
  Array.from({ length: hex.length * 4 }, (_, bit) => {
    const bytes = Buffer.from(hex, 'hex');
    const at = Math.floor(bit / 8);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << (bit % 8));
    return bytes.toString('hex');
  });

const flipped = (bytes: Buffer, bit: number): Buffer => {
  const copy = Buffer.from(bytes);
  const at = Math.floor(bit / 8);
  copy[at] = (copy[at] ?? 0) ^ (1 << (bit % 8));
  return copy;
};

describe('isSigned', () => {
  const check = (signature: string | undefined, body: string | Buffer = BODY) =>
    isSigned(Buffer.from(body), { timestamp: TIMESTAMP, nonce: NONCE, signature }, KEY);

  it('takes the digest of timestamp, nonce, key and body, in letters of either case', async () => {
    const signature = await signed(BODY);
    expect(check(signature)).toBe(true);
    expect(check(signature.toUpperCase())).toBe(true);
    expect(check(signature.replace(/[a-f]/, (letter) => letter.toUpperCase()))).toBe(true);
  });

  it('takes any bytes that were signed, and no others', async () => {
    const cases = fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.nat(), async (bytes, n) => {
      const body = Buffer.from(bytes);
      const signature = await signed(body);
      expect(check(signature, body)).toBe(true);
      if (body.length > 0) expect(check(signature, flipped(body, n % (body.length * 8)))).toBe(false);
      expect(check(signature, Buffer.concat([body, Buffer.of(0)]))).toBe(false);
    });
    await fc.assert(cases);
  });

  it('looks at the bytes as they came, not at the JSON they are', async () => {
    const signature = await signed(BODY);
    expect(check(signature, JSON.stringify(JSON.parse(BODY)))).toBe(false);
    const respelled = await signed(JSON.stringify(JSON.parse(BODY)));
    expect(check(respelled)).toBe(false);
    const invalid = Buffer.from([0x7b, 0xff, 0xfe, 0x7d]);
    expect(check(await signed(invalid), invalid)).toBe(true);
    expect(check(await signed(invalid.toString('utf8')), invalid)).toBe(false);
  });

  it('refuses a signature that differs in any single bit', async () => {
    for (const wrong of flips(await signed(BODY))) expect(check(wrong)).toBe(false);
  });

  it('refuses another key, timestamp or nonce', async () => {
    const signature = await signed(BODY);
    const body = Buffer.from(BODY);
    const headers = { timestamp: TIMESTAMP, nonce: NONCE, signature };
    expect(isSigned(body, headers, KEY)).toBe(true);
    expect(isSigned(body, headers, `${KEY} `)).toBe(false);
    expect(isSigned(body, { ...headers, timestamp: '1760000001' }, KEY)).toBe(false);
    expect(isSigned(body, { ...headers, nonce: 'N0nce' }, KEY)).toBe(false);
  });

  it.each(['timestamp', 'nonce', 'signature'] as const)('refuses a request without %s', async (header) => {
    for (const missing of [undefined, '']) {
      const headers = { timestamp: TIMESTAMP, nonce: NONCE, signature: await signed(BODY), [header]: missing };
      expect(isSigned(Buffer.from(BODY), headers, KEY)).toBe(false);
    }
    // Not even when what is missing was signed as missing.
    const signature = await signed(BODY, header === 'timestamp' ? '' : TIMESTAMP, header === 'nonce' ? '' : NONCE);
    const headers = { timestamp: TIMESTAMP, nonce: NONCE, signature, [header]: '' };
    expect(isSigned(Buffer.from(BODY), headers, KEY)).toBe(false);
  });

  it.each([
    ['shorter', (hex: string) => hex.slice(0, -2)],
    ['longer', (hex: string) => `${hex}00`],
    ['not hex', (hex: string) => `${hex.slice(0, -1)}g`],
    ['twice', (hex: string) => `${hex}, ${hex}`],
    ['base64', (hex: string) => Buffer.from(hex, 'hex').toString('base64')],
    ['marked', (hex: string) => `sha256=${hex}`],
    ['spaced', (hex: string) => `${hex} `],
    ['with a line break', (hex: string) => `${hex}\n`],
  ])('refuses a signature that is %s', async (_what, change) => {
    expect(check(change(await signed(BODY)))).toBe(false);
  });
});

describe('decrypt', () => {
  it('gives the known answer', () => {
    expect(decrypt('P37w+VZImNgPEO1RBhJ6RtKl7n6zymIbEG1pReEzghk=', 'test key')).toBe('hello world');
  });

  it('reads back any text', () => {
    const cases = fc.property(
      fc.string({ unit: 'grapheme', maxLength: 100 }),
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 32 }),
      fc.uint8Array({ minLength: 16, maxLength: 16 }),
      (text, key, iv) => {
        const plain = text.replace(/^\ufeff/, '');
        expect(decrypt(sealed(plain, key, Buffer.from(iv)), key)).toBe(plain);
      },
    );
    fc.assert(cases);
  });

  it('reads texts of every length around a block', () => {
    for (let length = 0; length <= 48; length += 1) {
      expect(decrypt(sealed('x'.repeat(length)), KEY)).toBe('x'.repeat(length));
    }
  });

  it('reads a text of the size that messages have', () => {
    const long = '技'.repeat(50_000);
    expect(decrypt(sealed(long), KEY)).toBe(long);
  });

  it('never gives the text to somebody with another key', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 32 }), (key) => {
        fc.pre(key !== KEY);
        expect(decrypt(sealed('{"a":1}'), key)).not.toBe('{"a":1}');
      }),
    );
  });

  it('never gives the text after a bit was flipped', () => {
    const plain = '{"schema":"2.0","header":{}}';
    const bytes = Buffer.from(sealed(plain), 'base64');
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      expect(decrypt(flipped(bytes, bit).toString('base64'), KEY)).not.toBe(plain);
    }
  });

  it('refuses every ciphertext that was cut', () => {
    const bytes = Buffer.from(sealed('x'.repeat(40)), 'base64');
    for (let length = 0; length < bytes.length; length += 1) {
      expect(decrypt(bytes.subarray(0, length).toString('base64'), KEY)).toBeUndefined();
    }
  });

  it('refuses what is longer than whole blocks, or goes on after the end', () => {
    const bytes = Buffer.from(sealed('hello'), 'base64');
    expect(decrypt(Buffer.concat([bytes, Buffer.of(1)]).toString('base64'), KEY)).toBeUndefined();
    expect(decrypt(Buffer.concat([bytes, Buffer.alloc(16)]).toString('base64'), KEY)).toBeUndefined();
    expect(decrypt(Buffer.alloc(1024 * 1024, 7).toString('base64'), KEY)).toBeUndefined();
  });

  it.each(['', 'AAAA', '%%%', '{}', '密文', 'null'])('refuses %p', (text) => {
    expect(decrypt(text, KEY)).toBeUndefined();
  });

  it.each([
    ['zero', 0],
    ['more than a block', 17],
    ['different bytes', 3],
  ])('refuses a padding of %s', (_what, last) => {
    const iv = Buffer.alloc(16, 5);
    const data = Buffer.concat([Buffer.alloc(15, 0x61), Buffer.of(last)]);
    expect(decrypt(Buffer.concat([iv, cbc(data, KEY, iv)]).toString('base64'), KEY)).toBeUndefined();
  });

  it('refuses bytes that are no UTF-8, instead of guessing', () => {
    expect(decrypt(sealed(Buffer.from([0x22, 0xc3, 0x28, 0x22])), KEY)).toBeUndefined();
  });
});

describe('sameSecret', () => {
  it('is equality', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        expect(sameSecret(a, a)).toBe(true);
        expect(sameSecret(a, b)).toBe(a === b);
      }),
    );
  });

  it.each(['', 'secre', 'secrett', 'Secret', ' secret'])('tells %p from another secret', (given) => {
    expect(sameSecret(given, 'secret')).toBe(false);
    expect(sameSecret('secret', given)).toBe(false);
  });
});

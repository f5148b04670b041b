import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ChangeId } from '../../src/domain/ids.ts';
import { type Random, randomToken, systemRandom, timeOrderedId } from '../../src/lib/random.ts';

const constant = (byte: number): Random => ({ bytes: (length) => Buffer.alloc(length, byte) });
const NOW = 1_760_000_000_000;

describe('randomToken', () => {
  it('is safe in a URL and holds as much as was asked for', () => {
    for (const length of [1, 6, 32, 48]) {
      const token = randomToken(systemRandom, length);
      expect(token).toMatch(/^[A-Za-z0-9_-]+$/);
      expect(Buffer.from(token, 'base64url')).toHaveLength(length);
    }
    expect(Buffer.from(randomToken(systemRandom), 'base64url')).toHaveLength(32);
  });

  it('is what the source of randomness gives', () => {
    expect(randomToken(constant(0xff), 3)).toBe('____');
  });

  it('is another one each time', () => {
    expect(new Set(Array.from({ length: 100 }, () => randomToken(systemRandom))).size).toBe(100);
  });
});

describe('timeOrderedId', () => {
  it('is an id of a change, whatever the time and the randomness', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 47 }), fc.integer({ min: 0, max: 255 }), (now, byte) => {
        expect(ChangeId.safeParse(timeOrderedId(constant(byte), now)).success).toBe(true);
      }),
    );
    expect(ChangeId.safeParse(timeOrderedId(systemRandom, Date.now())).success).toBe(true);
  });

  it('sorts by time, to the millisecond', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 45 }), (now) => {
        expect(timeOrderedId(constant(0xff), now) < timeOrderedId(constant(0), now + 1)).toBe(true);
      }),
    );
  });

  it('is another one each time within a millisecond', () => {
    expect(new Set(Array.from({ length: 1_000 }, () => timeOrderedId(systemRandom, NOW))).size).toBe(1_000);
  });
});

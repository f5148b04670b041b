import { describe, expect, it } from '@jest/globals';
import { isDeeperThan } from '../../src/lib/nesting.ts';

const nested = (levels: number, innermost = ''): unknown =>
  JSON.parse(`${'[{"a":'.repeat(levels / 2)}${innermost || '1'}${'}]'.repeat(levels / 2)}`);

describe('isDeeperThan', () => {
  it('counts objects and lists, whatever is in the innermost one', () => {
    expect(isDeeperThan(nested(64), 64)).toBe(false);
    expect(isDeeperThan(nested(64, 'null'), 64)).toBe(false);
    expect(isDeeperThan(nested(64, '[]'), 64)).toBe(true);
    expect(isDeeperThan(nested(64), 63)).toBe(true);
  });

  it('finds the deepest place beside others', () => {
    expect(isDeeperThan([1, [], { a: nested(10) }, 'text'], 12)).toBe(false);
    expect(isDeeperThan([1, [], { a: nested(10) }, 'text'], 11)).toBe(true);
  });

  it.each([undefined, null, 0, 'text', true])('%p has no level at all', (value) => {
    expect(isDeeperThan(value, 0)).toBe(false);
  });

  it('does not run out of stack', () => {
    expect(isDeeperThan(nested(1_000_000), 100)).toBe(true);
    expect(isDeeperThan(nested(1_000_000), 2_000_000)).toBe(false);
  });
});

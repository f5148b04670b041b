import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { inBatches } from '../../src/lib/batches.ts';

/** Doubles numbers; `batches` are those that were asked for, a negative number fails its batch. */
function doubling(limit: number, before: () => Promise<void> = async () => undefined) {
  const batches: (readonly number[])[] = [];
  const double = inBatches(async (items: readonly number[]) => {
    batches.push(items);
    await before();
    if (items.some((item) => item < 0)) throw new Error('negative');
    return (item: number) => item * 2;
  }, limit);
  return { batches, double };
}

describe('inBatches', () => {
  it('does together what is asked for in one turn, and tells everybody what became of their own', async () => {
    const { batches, double } = doubling(10);
    expect(await Promise.all([double(1), double(2), double(3)])).toEqual([2, 4, 6]);
    expect(batches).toEqual([[1, 2, 3]]);
    expect(await double(4)).toBe(8);
    expect(batches).toHaveLength(2);
  });

  it('does no more than the limit at once, in order', async () => {
    const { batches, double } = doubling(2);
    expect(await Promise.all([1, 2, 3, 4, 5].map(double))).toEqual([2, 4, 6, 8, 10]);
    expect(batches).toEqual([[1, 2], [3, 4], [5]]);
  });

  it('gathers what comes while a batch is under way', async () => {
    let end = (): void => undefined;
    const underWay = new Promise<void>((resolve) => {
      end = resolve;
    });
    const { batches, double } = doubling(10, () => underWay);
    const results = [double(1)];
    await turn();
    results.push(double(2));
    await turn();
    results.push(double(3));
    await turn();
    expect(batches).toEqual([[1]]);
    end();
    expect(await Promise.all(results)).toEqual([2, 4, 6]);
    expect(batches).toEqual([[1], [2, 3]]);
  });

  it('fails nobody for what is wrong with another one', async () => {
    const { batches, double } = doubling(10);
    const results = await Promise.allSettled([1, -2, 3].map(double));
    expect(results).toMatchObject([
      { value: 2 },
      { status: 'rejected', reason: { message: 'negative' } },
      { value: 6 },
    ]);
    expect(batches).toEqual([[1, -2, 3], [1], [-2], [3]]);
    expect(await double(4)).toBe(8);
  });
});

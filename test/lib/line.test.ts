import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { createLine } from '../../src/lib/line.ts';

const settle = async () => {
  for (let n = 0; n < 5; n += 1) await turn();
};

/** Works that end when they are told to, by number. */
function works() {
  const begun: number[] = [];
  const ends = new Map<number, (error?: Error) => void>();
  const work = (n: number) => () => {
    begun.push(n);
    return new Promise<void>((resolve, reject) => {
      ends.set(n, (error) => (error ? reject(error) : resolve()));
    });
  };
  return { begun, work, end: (n: number, error?: Error) => ends.get(n)?.(error) };
}

describe('a line', () => {
  it('lets so many run at once, and the others one after the other as one ends', async () => {
    const { begun, work, end } = works();
    const line = createLine(2);
    const all = [0, 1, 2, 3].map((n) => line(work(n)));
    await settle();
    expect(begun).toEqual([0, 1]);
    end(1);
    await settle();
    expect(begun).toEqual([0, 1, 2]);
    for (const n of [0, 2]) end(n);
    await settle();
    expect(begun).toEqual([0, 1, 2, 3]);
    end(3);
    await Promise.all(all);
  });

  it('lets the next one run after one that failed', async () => {
    const { begun, work, end } = works();
    const line = createLine(1);
    const failing = line(work(0));
    const next = line(work(1));
    await settle();
    end(0, new Error('oops'));
    await expect(failing).rejects.toThrow('oops');
    await settle();
    expect(begun).toEqual([0, 1]);
    end(1);
    await next;
  });

  it('begins nothing in the turn in which it is asked for', async () => {
    const { begun, work } = works();
    void createLine(1)(work(0));
    await Promise.resolve();
    expect(begun).toEqual([]);
    await settle();
    expect(begun).toEqual([0]);
  });
});

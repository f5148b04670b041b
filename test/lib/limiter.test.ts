import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { createLimiter } from '../../src/lib/limiter.ts';

const settle = async () => {
  for (let n = 0; n < 5; n += 1) await turn();
};

/** Works that end when they are told to, by name. */
function works() {
  const begun: string[] = [];
  const ends = new Map<string, (error?: Error) => void>();
  const work = (name: string) => () => {
    begun.push(name);
    return new Promise<void>((resolve, reject) => {
      ends.set(name, (error) => (error ? reject(error) : resolve()));
    });
  };
  return { begun, work, end: (name: string, error?: Error) => ends.get(name)?.(error) };
}

describe('a limiter', () => {
  it('lets so many run at once, and the others one after the other as one ends', async () => {
    const { begun, work, end } = works();
    const limiter = createLimiter({ total: 2 });
    const all = ['0', '1', '2', '3'].map((name) => limiter.run([], work(name)));
    await settle();
    expect(begun).toEqual(['0', '1']);
    end('1');
    await settle();
    expect(begun).toEqual(['0', '1', '2']);
    for (const name of ['0', '2']) end(name);
    await settle();
    expect(begun).toEqual(['0', '1', '2', '3']);
    end('3');
    expect(await Promise.all(all)).toEqual([true, true, true, true]);
  });

  it('lets the next one run after one that failed', async () => {
    const { begun, work, end } = works();
    const limiter = createLimiter({ total: 1 });
    const failing = limiter.run([], work('0'));
    const next = limiter.run([], work('1'));
    await settle();
    end('0', new Error('oops'));
    await expect(failing).rejects.toThrow('oops');
    await settle();
    expect(begun).toEqual(['0', '1']);
    end('1');
    await next;
  });

  it('begins nothing in the turn in which it is asked for', async () => {
    const { begun, work } = works();
    void createLimiter({ total: 1 }).run([], work('0'));
    await Promise.resolve();
    expect(begun).toEqual([]);
    await settle();
    expect(begun).toEqual(['0']);
  });

  it('holds up nobody but the group that has its share', async () => {
    const { begun, work, end } = works();
    const limiter = createLimiter({ total: 4, limitOf: (group) => (group === 'a' ? 2 : 1) });
    for (const name of ['a0', 'a1', 'a2', 'a3']) void limiter.run(['a'], work(name));
    for (const name of ['b0', 'b1']) void limiter.run(['b', 'c'], work(name));
    void limiter.run(['c'], work('c0'));
    await settle();
    expect(begun).toEqual(['a0', 'a1', 'b0']);
    end('b0');
    await settle();
    expect(begun).toEqual(['a0', 'a1', 'b0', 'b1']);
    end('a0');
    await settle();
    expect(begun).toEqual(['a0', 'a1', 'b0', 'b1', 'a2']);
  });

  it('prefers the group that runs the least', async () => {
    const { begun, work, end } = works();
    const limiter = createLimiter({ total: 3 });
    for (const name of ['a0', 'a1', 'a2', 'a3']) void limiter.run(['a'], work(name));
    void limiter.run(['b'], work('b0'));
    await settle();
    expect(begun).toEqual(['a0', 'a1', 'a2']);
    end('a1');
    await settle();
    expect(begun).toEqual(['a0', 'a1', 'a2', 'b0']);
  });

  it('gives back what has not begun: all of it, or of one group', async () => {
    const { begun, work, end } = works();
    const limiter = createLimiter({ total: 1 });
    const all = ['a', 'b', 'a', 'b'].map((group, at) => limiter.run([group], work(`${group}${at}`)));
    limiter.withdraw('a');
    await settle();
    end('a0');
    await settle();
    expect(begun).toEqual(['a0', 'b1']);
    limiter.withdraw();
    end('b1');
    expect(await Promise.all(all)).toEqual([true, true, false, false]);
  });
});

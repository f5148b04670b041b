import { setImmediate as nextTurn } from 'node:timers/promises';

/**
 * Lets at most `count` works run at once, the others wait in line. Each begins in a turn of the event loop of its own,
 * after what has arrived by then was answered.
 */
export function createLine(count: number): (work: () => Promise<void>) => Promise<void> {
  const waiting: (() => void)[] = [];
  let running = 0;

  return async (work) => {
    if (running >= count) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      await nextTurn();
      await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}

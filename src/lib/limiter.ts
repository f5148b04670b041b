import { setImmediate as nextTurn } from 'node:timers/promises';
import { createTally } from './tally.ts';

export interface LimiterOptions {
  /** How many works run at once. */
  total: number;
  /** How many of them may belong to one group. */
  limitOf?: (group: string) => number;
}

/** Lets a limited number of works run at once; the others wait in line. */
export interface Limiter {
  /**
   * Runs `work` when it is its turn, and in a turn of the event loop of its own, after what has arrived by then was
   * answered. Resolves with true when it is over, or with false when it was withdrawn; rejects as it does.
   */
  run(groups: readonly string[], work: () => Promise<void>): Promise<boolean>;
  /** Takes out of the line what has not begun: everything, or what belongs to `group`. */
  withdraw(group?: string): void;
}

interface Waiting {
  groups: readonly string[];
  begin: () => void;
  withdraw: () => void;
}

/**
 * Works of one group wait for each other and for nobody else. Of those that may run, the one whose groups run the least
 * comes first: whoever asks for much waits behind whoever asks for little.
 */
export function createLimiter({ total, limitOf = () => total }: LimiterOptions): Limiter {
  const running = createTally();
  let waiting: Waiting[] = [];

  const mayRun = ({ groups }: Waiting): boolean => groups.every((group) => running.count(group) < limitOf(group));
  const load = ({ groups }: Waiting): number => Math.max(0, ...groups.map(running.count));

  const next = (): Waiting | undefined => {
    let best: Waiting | undefined;
    for (const one of waiting) if (mayRun(one) && (!best || load(one) < load(best))) best = one;
    return best;
  };
  const beginNext = (): void => {
    while (running.total() < total) {
      const one = next();
      if (!one) return;
      waiting.splice(waiting.indexOf(one), 1);
      running.add(one.groups);
      one.begin();
    }
  };

  return {
    async run(groups, work) {
      const isTurn = new Promise<boolean>((resolve) => {
        waiting.push({ groups, begin: () => resolve(true), withdraw: () => resolve(false) });
      });
      beginNext();
      if (!(await isTurn)) return false;
      try {
        await nextTurn();
        await work();
        return true;
      } finally {
        running.remove(groups);
        beginNext();
      }
    },
    withdraw(group) {
      const isMeant = ({ groups }: Waiting): boolean => group === undefined || groups.includes(group);
      const out = waiting.filter(isMeant);
      waiting = waiting.filter((one) => !isMeant(one));
      for (const one of out) one.withdraw();
    },
  };
}

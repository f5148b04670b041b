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
  place: number;
  begin: () => void;
  withdraw: () => void;
}

/** Works of the same groups, in the order in which they came: only the first one can be next. */
interface Line {
  groups: readonly string[];
  works: Waiting[];
}

/**
 * Works of one group wait for each other and for nobody else. Of those that may run, the one whose groups run the least
 * comes first: whoever asks for much waits behind whoever asks for little.
 */
export function createLimiter({ total, limitOf = () => total }: LimiterOptions): Limiter {
  const running = createTally();
  const lines = new Map<string, Line>();
  let places = 0;

  const mayRun = ({ groups }: Line): boolean => groups.every((group) => running.count(group) < limitOf(group));
  const load = ({ groups }: Line): number => groups.reduce((most, group) => Math.max(most, running.count(group)), 0);
  const place = ({ works }: Line): number => works[0]?.place ?? Number.POSITIVE_INFINITY;

  const next = (): Line | undefined => {
    let best: Line | undefined;
    for (const line of lines.values()) {
      if (!mayRun(line)) continue;
      const difference = best ? load(line) - load(best) : -1;
      if (!best || difference < 0 || (difference === 0 && place(line) < place(best))) best = line;
    }
    return best;
  };
  const beginNext = (): void => {
    while (running.total() < total) {
      const line = next();
      if (!line) return;
      const one = line.works.shift();
      if (line.works.length === 0) lines.delete(nameOf(line.groups));
      running.add(line.groups);
      one?.begin();
    }
  };
  const wait = (groups: readonly string[], one: Waiting): void => {
    const line = lines.get(nameOf(groups)) ?? { groups, works: [] };
    line.works.push(one);
    lines.set(nameOf(groups), line);
  };

  return {
    async run(groups, work) {
      const isTurn = new Promise<boolean>((resolve) => {
        places += 1;
        wait(groups, { place: places, begin: () => resolve(true), withdraw: () => resolve(false) });
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
      for (const [name, { groups, works }] of [...lines]) {
        if (group !== undefined && !groups.includes(group)) continue;
        lines.delete(name);
        for (const one of works) one.withdraw();
      }
    },
  };
}

const nameOf = (groups: readonly string[]): string => groups.join(' ');

import { setImmediate as nextTurn } from 'node:timers/promises';

interface Asked<T, R> {
  item: T;
  resolve: (result: R) => void;
  reject: (error: unknown) => void;
}

/**
 * Does together what is asked for in one turn of the event loop, and in the next ones for as long as each brings more;
 * meanwhile it gathers what comes next. `work` gets at most `limit` items and gives what becomes of each of them, in their
 * order. When it rejects, its items are done one by one: what is wrong with one of them is no other's trouble.
 */
export function inBatches<T, R>(
  work: (items: readonly T[]) => Promise<(item: T) => R>,
  limit: number,
): (item: T) => Promise<R> {
  let waiting: Asked<T, R>[] = [];
  let underWay = false;

  const settle = async (batch: readonly Asked<T, R>[]): Promise<void> => {
    try {
      const resultOf = await work(batch.map(({ item }) => item));
      for (const { item, resolve } of batch) resolve(resultOf(item));
    } catch (error) {
      if (batch.length > 1) await Promise.all(batch.map((one) => settle([one])));
      else for (const { reject } of batch) reject(error);
    }
  };

  const run = async (): Promise<void> => {
    underWay = true;
    for (let gathered = 0; waiting.length > gathered && waiting.length < limit; ) {
      gathered = waiting.length;
      await nextTurn();
    }
    while (waiting.length > 0) {
      const batch = waiting.slice(0, limit);
      waiting = waiting.slice(limit);
      await settle(batch);
    }
    underWay = false;
  };

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (!underWay) void run();
    });
}

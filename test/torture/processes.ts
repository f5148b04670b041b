import type { Dice } from './dice.ts';
import type { RunRecord } from './record.ts';
import type { Replica } from './replica.ts';
import { rest } from './rest.ts';

export interface ProcessParts {
  replicas: readonly Replica[];
  record: RunRecord;
  /** Aborted when the quiet begins. */
  over: AbortSignal;
}

/** What can happen to a process. */
export type Harm = 'killed' | 'ended' | 'stopped' | 'other clock' | 'database cut' | 'database frozen';

export interface Harming {
  /** Harms a replica and makes it well again. False, and nothing happens, while it or too many others are in trouble. */
  harm(replica: Replica, what: Harm, dice: Dice): Promise<boolean>;
}

/** One replica at least is always well, where there are several. */
export function createHarming({ replicas, record, over }: ProcessParts): Harming {
  const inTrouble = new Set<Replica>();
  const most = Math.max(1, replicas.length - 1);
  const note = (replica: Replica, what: string): void => record.add({ who: replica.name, what });

  const during = async (replica: Replica, what: string, ms: number): Promise<void> => {
    note(replica, `${what} for ${ms} ms`);
    await rest(ms, over);
    note(replica, 'is well again');
  };

  const harms: Readonly<{ [what in Harm]: (replica: Replica, dice: Dice) => Promise<void> }> = {
    async killed(replica, dice) {
      note(replica, 'is killed');
      await replica.kill();
      await rest(dice.between(0, 5_000), over);
      await replica.start();
      note(replica, 'is up again');
    },
    async ended(replica) {
      note(replica, 'gets SIGTERM');
      if (!(await replica.stop())) record.count('clean stops that took too long');
      await replica.start();
      note(replica, 'is up again');
    },
    async stopped(replica, dice) {
      replica.signal('SIGSTOP');
      await during(replica, 'is stopped', dice.between(1_000, 30_000));
      replica.signal('SIGCONT');
    },
    async 'other clock'(replica, dice) {
      const ms = dice.oneOf([-600_000, -20_000, -20_000, 0, 20_000, 20_000, 20_000, 600_000]);
      note(replica, `has its clock set to ${ms} ms ahead`);
      replica.setClock(ms);
    },
    async 'database cut'(replica, dice) {
      replica.database.set('cut');
      await during(replica, 'has lost its database', dice.between(500, 25_000));
      replica.database.set('open');
    },
    async 'database frozen'(replica, dice) {
      replica.database.set('frozen');
      await during(replica, 'hears nothing of its database', dice.between(500, 25_000));
      replica.database.set('open');
    },
  };

  return {
    async harm(replica, what, dice) {
      if (inTrouble.has(replica) || inTrouble.size >= most || over.aborted) return false;
      inTrouble.add(replica);
      try {
        record.count(`processes: ${what}`);
        await harms[what](replica, dice);
        return true;
      } finally {
        inTrouble.delete(replica);
      }
    },
  };
}

/** What happens to processes until it is over; all clocks are right again then. */
export async function troubleProcesses({ replicas, over }: ProcessParts, harming: Harming, dice: Dice): Promise<void> {
  const one = async (replica: Replica, own: Dice): Promise<void> => {
    while (!over.aborted) {
      await rest(own.between(2_000, 14_000), over);
      const what = own.weighted<Harm>([
        [4, 'killed'],
        [2, 'ended'],
        [4, 'stopped'],
        [4, 'other clock'],
        [3, 'database cut'],
        [2, 'database frozen'],
      ]);
      await harming.harm(replica, what, own);
    }
  };
  await Promise.all(replicas.map((replica) => one(replica, dice.fork(replica.name))));
  for (const replica of replicas) replica.setClock(0);
}

import { inboxArrivals } from './inboxArrivals.ts';
import { inboxClaims } from './inboxClaims.ts';
import { inboxEndings } from './inboxEndings.ts';
import { inboxSetAside } from './inboxSetAside.ts';
import { prune } from './prune.ts';
import type { Database } from './schema.ts';

export type InboxRepository = ReturnType<typeof inboxRepository>;

/** Deliveries, each once: what was received, who works on it, what is finished. Times in milliseconds. */
export const inboxRepository = (db: Database) => ({
  ...inboxArrivals(db),
  ...inboxClaims(db),
  ...inboxEndings(db),
  ...inboxSetAside(db),

  /** Forgets rows that were finished before `before`; from then on a redelivery would count as new. */
  prune: (before: number): Promise<number> => prune(db, 'inbox', before),

  /** How many deliveries wait for their effect; not those that were set aside. */
  async depth(): Promise<number> {
    const row = await db
      .selectFrom('inbox')
      .select((select) => select.fn.countAll<number>().as('open'))
      .where('finished_at', 'is', null)
      .where('set_aside_at', 'is', null)
      .executeTakeFirstOrThrow();
    return Number(row.open);
  },

  /** When the oldest of them was received; undefined when there is none. */
  async oldest(): Promise<number | undefined> {
    const row = await db
      .selectFrom('inbox')
      .select('received_at')
      .where('finished_at', 'is', null)
      .where('set_aside_at', 'is', null)
      .orderBy('received_at')
      .limit(1)
      .executeTakeFirst();
    return row?.received_at;
  },
});

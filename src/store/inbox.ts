import { free, UNSYNCED } from './dialect.ts';
import { type Given, preparedForEach } from './prepared.ts';
import { prune } from './prune.ts';
import type { Database, Row } from './schema.ts';

/** A delivery that waits for its effect. `attempts` counts this one. */
export interface InboxItem {
  key: string;
  delivery: string;
  attempts: number;
  received_at: number;
}

/** A delivery to be stored. */
export interface NewItem {
  key: string;
  delivery: string;
  /** Whether whoever stores it works on it. */
  held: boolean;
}

/** Who received deliveries, and when. */
export interface Receipt {
  worker: string;
  now: number;
  leaseUntil: number;
  /**
   * Whether somebody waits for what comes of them, to whom nothing is promised until then: a crash of the machine may take
   * them back until something else is written.
   */
  isAwaited?: boolean;
}

export type InboxRepository = ReturnType<typeof inboxRepository>;

/** Deliveries, each once: what was received, who works on it, what is finished. Times in milliseconds. */
export const inboxRepository = (db: Database) => {
  const statements = inboxStatements(db);
  return {
    /**
     * Stores deliveries, all of them or none. The `held` ones are `worker`'s until `leaseUntil`, the others anybody's.
     * Gives the keys that were not known before; a key that stands twice in `items` is among them once.
     */
    async add(items: readonly NewItem[], { worker, now, leaseUntil, isAwaited }: Receipt): Promise<Set<string>> {
      const rows = items.map(({ key, delivery, held }) => ({
        ...{ key, delivery },
        ...(held
          ? { state: 'working' as const, attempts: 1, due_at: leaseUntil, worker }
          : { state: 'waiting' as const, attempts: 0, due_at: now, worker: null }),
      }));
      // In one order everywhere: replicas that store the same keys wait for each other in a line, never in a circle.
      const add = isAwaited ? statements.addAwaited : statements.add;
      const added = await add({ now }, rows.sort(byKey));
      return new Set(added.rows.map(({ key }) => key));
    },

    /** Stores a delivery for any worker to take up at once. */
    async enqueue(item: { key: string; delivery: string; now: number }): Promise<void> {
      await db
        .insertInto('inbox')
        .values({
          key: item.key,
          delivery: item.delivery,
          state: 'waiting',
          attempts: 0,
          received_at: item.now,
          due_at: item.now,
        })
        .onConflict((conflict) => conflict.column('key').doNothing())
        .execute();
    },

    /** Takes up to `limit` rows that are due, or whose worker went silent. The longest due come first. */
    async claim(worker: string, now: number, leaseUntil: number, limit: number): Promise<InboxItem[]> {
      const due = db.selectFrom('inbox').select('key').where('finished_at', 'is', null).where('due_at', '<=', now);
      const found = await due.orderBy('due_at').orderBy('received_at').orderBy('key').limit(limit).execute();
      if (found.length === 0) return [];
      // An update returns its rows in any order.
      const places = new Map(found.map(({ key }, place) => [key, place]));
      const placeOf = ({ key }: { key: string }) => places.get(key) ?? 0;
      const claimed = await db
        // Another replica may have taken some of the rows since.
        .with('claimed', () => free(db, due.where('key', 'in', [...places.keys()]).orderBy('key')))
        .updateTable('inbox')
        .set((set) => ({ state: 'working', worker, due_at: leaseUntil, attempts: set('attempts', '+', 1) }))
        .where('key', 'in', (rows) => rows.selectFrom('claimed').select('key'))
        .returning(['key', 'delivery', 'attempts', 'received_at'])
        .execute();
      return claimed.sort((a, b) => placeOf(a) - placeOf(b));
    },

    /** Keeps those of these rows that `worker` works on its own for longer. */
    async renew(keys: readonly string[], worker: string, leaseUntil: number): Promise<void> {
      if (keys.length === 0) return;
      const own = db
        .selectFrom('inbox')
        .select('key')
        .where('key', 'in', keys)
        .where('worker', '=', worker)
        .where('state', '=', 'working')
        .where('finished_at', 'is', null);
      await db
        .with('own', () => free(db, own.orderBy('key')))
        .updateTable('inbox')
        .set({ due_at: leaseUntil })
        .where('key', 'in', (rows) => rows.selectFrom('own').select('key'))
        .execute();
    },

    /**
     * Ends rows of `worker` that have had their effect, all of them or none. A crash of the machine right after it may
     * leave them open: what they lead to happens once, however often they are taken up.
     */
    async finish(keys: readonly string[], worker: string, now: number): Promise<void> {
      await statements.finish(
        { worker, now },
        keys.map((key) => ({ key })),
      );
    },

    /** Puts a row back for another attempt at `dueAt`. `error` is a code or a sentence, never a body. */
    async retry(key: string, worker: string, dueAt: number, error: string): Promise<void> {
      await db
        .updateTable('inbox')
        .set({ state: 'waiting', due_at: dueAt, worker: null, error })
        .where('key', '=', key)
        .where('worker', '=', worker)
        .execute();
    },

    /** Ends a row without its effect. */
    async giveUp(key: string, worker: string, now: number, error: string): Promise<void> {
      await db
        .updateTable('inbox')
        .set({ state: 'given-up', finished_at: now, delivery: '', worker: null, error })
        .where('key', '=', key)
        .where('worker', '=', worker)
        .execute();
    },

    /** Forgets rows that were finished before `before`; from then on a redelivery would count as new. */
    prune: (before: number): Promise<number> => prune(db, 'inbox', before),

    /** How many deliveries are not finished. */
    async depth(): Promise<number> {
      const row = await db
        .selectFrom('inbox')
        .select((select) => select.fn.countAll<number>().as('open'))
        .where('finished_at', 'is', null)
        .executeTakeFirstOrThrow();
      return Number(row.open);
    },

    /** When the oldest delivery that is not finished was received; undefined when all are. */
    async oldest(): Promise<number | undefined> {
      const row = await db
        .selectFrom('inbox')
        .select('received_at')
        .where('finished_at', 'is', null)
        .orderBy('received_at')
        .limit(1)
        .executeTakeFirst();
      return row?.received_at;
    },
  };
};

type AddedRow = Pick<Row<'inbox'>, 'key' | 'delivery' | 'state' | 'attempts' | 'due_at' | 'worker'>;

interface Added {
  now: number;
}

const adding = (db: Database, given: Given<Added>, each: readonly Given<AddedRow>[]) =>
  db
    .insertInto('inbox')
    .values(
      each.map((row) => ({
        key: row('key'),
        delivery: row('delivery'),
        state: row('state'),
        attempts: row('attempts'),
        received_at: given('now'),
        due_at: row('due_at'),
        worker: row('worker'),
      })),
    )
    .onConflict((conflict) => conflict.column('key').doNothing())
    .returning('key');

const inboxStatements = (db: Database) => ({
  add: preparedForEach(db, (given: Given<Added>, each: readonly Given<AddedRow>[]) => adding(db, given, each)),
  addAwaited: preparedForEach(db, (given: Given<Added>, each: readonly Given<AddedRow>[]) =>
    adding(db, given, each).modifyEnd(UNSYNCED),
  ),

  finish: preparedForEach(
    db,
    (given: Given<{ worker: string; now: number }>, each: readonly Given<{ key: string }>[]) =>
      db
        .updateTable('inbox')
        .set({ state: 'done', finished_at: given('now'), delivery: '', worker: null, error: null })
        .where(
          'key',
          'in',
          each.map((row) => row('key')),
        )
        .where('worker', '=', given('worker'))
        .modifyEnd(UNSYNCED),
  ),
});

const byKey = (a: { key: string }, b: { key: string }): number => (a.key < b.key ? -1 : 1);

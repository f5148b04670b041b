import { type SqlBool, sql } from 'kysely';
import { free, UNSYNCED } from './dialect.ts';
import { type Given, preparedForEach } from './prepared.ts';
import { prune } from './prune.ts';
import type { Database, Row } from './schema.ts';
import { setAsideRepository } from './setAside.ts';

/** The chat that a delivery is about and the person who asked, where they are known. */
export interface Parties {
  chat_id?: string | null | undefined;
  sender_id?: string | null | undefined;
}

/** A delivery that waits for its effect. `attempts` counts this one. */
export interface InboxItem extends Parties {
  key: string;
  delivery: string;
  attempts: number;
  received_at: number;
  /** How many workers died or hung while they worked on it, since the last one that stopped in order. */
  lost: number;
}

/** A delivery to be stored. */
export interface NewItem extends Parties {
  key: string;
  delivery: string;
  /** Whether whoever stores it works on it. */
  held: boolean;
  /** When it is to be taken up, unless that is at once or it is held. */
  dueAt?: number | undefined;
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

/** A row that can be taken up; `lost` as it will be then. */
export interface DueRow extends Parties {
  key: string;
  lost: number;
}

/** Which of the due rows are taken up. */
export interface Choice {
  /** Rows that are not even looked at: of these chats, of these people, or with this many lost workers. */
  except?: { chats: readonly string[]; senders: readonly string[]; lostFrom?: number | undefined };
  /** Those among the rows that were found; the longest due stand first. */
  choose?(rows: readonly DueRow[]): readonly DueRow[];
}

/** Who takes up how many rows at most, and until when they are theirs. */
export interface Claim extends Choice {
  worker: string;
  now: number;
  leaseUntil: number;
  limit: number;
}

export type InboxRepository = ReturnType<typeof inboxRepository>;

/** Whoever works on a row when its lease has run out counts as lost with the next claim, before that one's work begins. */
const LOST = sql<number>`lost + case when state = 'working' then 1 else 0 end`;

/** Deliveries, each once: what was received, who works on it, what is finished. Times in milliseconds. */
export const inboxRepository = (db: Database) => {
  const statements = inboxStatements(db);
  return {
    ...setAsideRepository(db),

    /**
     * Stores deliveries, all of them or none. The `held` ones are `worker`'s until `leaseUntil`, the others anybody's.
     * Gives the keys that were not known before; a key that stands twice in `items` is among them once.
     */
    async add(items: readonly NewItem[], { worker, now, leaseUntil, isAwaited }: Receipt): Promise<Set<string>> {
      const rows = items.map(({ key, delivery, held, dueAt = now, chat_id = null, sender_id = null }) => ({
        key,
        delivery,
        chat_id,
        sender_id,
        ...(held
          ? { state: 'working' as const, attempts: 1, due_at: leaseUntil, worker }
          : { state: 'waiting' as const, attempts: 0, due_at: dueAt, worker: null }),
      }));
      // In one order everywhere: replicas that store the same keys wait for each other in a line, never in a circle.
      const add = isAwaited ? statements.addAwaited : statements.add;
      const added = await add({ now }, rows.sort(byKey));
      return new Set(added.rows.map(({ key }) => key));
    },

    /** Stores a delivery for any worker to take up at once. */
    async enqueue({ now, ...item }: { key: string; delivery: string; now: number } & Parties): Promise<void> {
      await db
        .insertInto('inbox')
        .values({ ...item, state: 'waiting', attempts: 0, received_at: now, due_at: now })
        .onConflict((conflict) => conflict.column('key').doNothing())
        .execute();
    },

    /**
     * Takes up to `limit` rows that are due, or whose worker went silent, or those of them that are chosen. The longest
     * due come first.
     */
    async claim({ worker, now, leaseUntil, limit, except, choose = (rows) => rows }: Claim): Promise<InboxItem[]> {
      const due = db.selectFrom('inbox').where('finished_at', 'is', null).where('due_at', '<=', now);
      const found = await due
        .select(['key', 'chat_id', 'sender_id', LOST.as('lost')])
        .$if(hasAny(except?.chats), (rows) => rows.where(isNoneOf('chat_id', except?.chats)))
        .$if(hasAny(except?.senders), (rows) => rows.where(isNoneOf('sender_id', except?.senders)))
        .$if(except?.lostFrom !== undefined, (rows) => rows.where(LOST, '<', except?.lostFrom ?? 0))
        .orderBy('due_at')
        .orderBy('received_at')
        .orderBy('key')
        .limit(limit)
        .execute();
      const chosen = choose(found);
      if (chosen.length === 0) return [];
      // An update returns its rows in any order.
      const places = new Map(chosen.map(({ key }, place) => [key, place]));
      const placeOf = ({ key }: { key: string }) => places.get(key) ?? 0;
      const claimed = await db
        // Another replica may have taken some of the rows since.
        .with('claimed', () =>
          free(
            db,
            due
              .select('key')
              .where('key', 'in', [...places.keys()])
              .orderBy('key'),
          ),
        )
        .updateTable('inbox')
        .set((set) => ({
          state: 'working',
          attempts: set('attempts', '+', 1),
          lost: LOST,
          worker,
          due_at: leaseUntil,
        }))
        .where('key', 'in', (rows) => rows.selectFrom('claimed').select('key'))
        .returning(['key', 'delivery', 'attempts', 'received_at', 'lost', 'chat_id', 'sender_id'])
        .execute();
      return claimed.sort((a, b) => placeOf(a) - placeOf(b));
    },

    /** Keeps those of these rows that `worker` works on its own for longer. */
    async renew(keys: readonly string[], worker: string, leaseUntil: number): Promise<void> {
      if (keys.length === 0) return;
      await db
        .with('own', () => free(db, ownRows(db, keys, worker)))
        .updateTable('inbox')
        .set({ due_at: leaseUntil })
        .where('key', 'in', (rows) => rows.selectFrom('own').select('key'))
        .execute();
    },

    /**
     * Gives back rows of `worker` whose work has not begun, or is broken off in order: anybody may take them up at
     * `dueAt`, and this attempt counts for nothing. With `isCleanStop` those count no more either that were lost before.
     */
    async handBack(
      keys: readonly string[],
      worker: string,
      { dueAt, isCleanStop = false }: { dueAt: number; isCleanStop?: boolean },
    ): Promise<void> {
      if (keys.length === 0) return;
      await db
        .with('own', () => free(db, ownRows(db, keys, worker)))
        .updateTable('inbox')
        .set({ state: 'waiting', worker: null, due_at: dueAt })
        .set(isCleanStop ? { attempts: sql`attempts - lost - 1`, lost: 0 } : { attempts: sql`attempts - 1` })
        .where('key', 'in', (rows) => rows.selectFrom('own').select('key'))
        .execute();
    },

    /** Lets everything of a chat that nobody works on wait until `dueAt`, as far as it is not to wait longer anyway. */
    async postpone(chatId: string, dueAt: number): Promise<void> {
      const waiting = db
        .selectFrom('inbox')
        .select('key')
        .where('finished_at', 'is', null)
        .where('due_at', '<', dueAt)
        .where('chat_id', '=', chatId)
        .where('state', '=', 'waiting');
      await db
        .with('waiting', () => free(db, waiting.orderBy('key')))
        .updateTable('inbox')
        .set({ due_at: dueAt })
        .where('key', 'in', (rows) => rows.selectFrom('waiting').select('key'))
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
  };
};

const hasAny = (values: readonly string[] | undefined): boolean => (values?.length ?? 0) > 0;

/** Rows of nobody are among them. */
const isNoneOf = (column: 'chat_id' | 'sender_id', values: readonly string[] = []) =>
  sql<SqlBool>`(${sql.ref(column)} is null or ${sql.ref(column)} not in (${sql.join(values)}))`;

const ownRows = (db: Database, keys: readonly string[], worker: string) =>
  db
    .selectFrom('inbox')
    .select('key')
    .where('key', 'in', keys)
    .where('worker', '=', worker)
    .where('state', '=', 'working')
    .where('finished_at', 'is', null)
    .orderBy('key');

type AddedRow = Pick<
  Row<'inbox'>,
  'key' | 'delivery' | 'state' | 'attempts' | 'due_at' | 'worker' | 'chat_id' | 'sender_id'
>;

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
        chat_id: row('chat_id'),
        sender_id: row('sender_id'),
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

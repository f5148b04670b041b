import { UNSYNCED } from './dialect.ts';
import { type Parameter, preparedForEach } from './prepared.ts';
import type { Database, Row } from './schema.ts';

/** The chat that a delivery is about and the person who asked, where they are known. */
export interface Parties {
  chatId?: string | null | undefined;
  actorId?: string | null | undefined;
}

/** A delivery to be stored, in the form in which rows hold it. */
export interface NewItem extends Parties {
  requestKey: string;
  delivery: string;
  /** Whether whoever stores it works on it. */
  held: boolean;
  /** When it is to be taken up, unless that is at once or it is held. */
  dueAt?: number | undefined;
}

/** A delivery that the bot gives itself. */
export interface EnqueuedItem extends Parties {
  requestKey: string;
  delivery: string;
  now: number;
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

/** How deliveries come into the inbox. */
export const inboxArrivals = (db: Database) => {
  const statements = arrivalStatements(db);
  return {
    /**
     * Stores deliveries, all of them or none. The `held` ones are `worker`'s until `leaseUntil`, the others anybody's.
     * Gives the keys that were not known before; a key that stands twice in `items` is among them once.
     */
    async add(items: readonly NewItem[], { worker, now, leaseUntil, isAwaited }: Receipt): Promise<Set<string>> {
      const rows = items.map(({ requestKey, delivery, held, dueAt = now, chatId = null, actorId = null }) => ({
        key: requestKey,
        delivery,
        chat_id: chatId,
        sender_id: actorId,
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
    async enqueue({ requestKey, delivery, now, chatId, actorId }: EnqueuedItem): Promise<void> {
      await db
        .insertInto('inbox')
        .values({
          key: requestKey,
          delivery,
          chat_id: chatId,
          sender_id: actorId,
          state: 'waiting',
          attempts: 0,
          received_at: now,
          due_at: now,
        })
        .onConflict((conflict) => conflict.column('key').doNothing())
        .execute();
    },
  };
};

type AddedRow = Pick<
  Row<'inbox'>,
  'key' | 'delivery' | 'state' | 'attempts' | 'due_at' | 'worker' | 'chat_id' | 'sender_id'
>;

interface Added {
  now: number;
}

const adding = (db: Database, parameter: Parameter<Added>, each: readonly Parameter<AddedRow>[]) =>
  db
    .insertInto('inbox')
    .values(
      each.map((row) => ({
        key: row('key'),
        delivery: row('delivery'),
        state: row('state'),
        attempts: row('attempts'),
        received_at: parameter('now'),
        due_at: row('due_at'),
        worker: row('worker'),
        chat_id: row('chat_id'),
        sender_id: row('sender_id'),
      })),
    )
    .onConflict((conflict) => conflict.column('key').doNothing())
    .returning('key');

const arrivalStatements = (db: Database) => ({
  add: preparedForEach(db, (parameter: Parameter<Added>, each: readonly Parameter<AddedRow>[]) =>
    adding(db, parameter, each),
  ),
  addAwaited: preparedForEach(db, (parameter: Parameter<Added>, each: readonly Parameter<AddedRow>[]) =>
    adding(db, parameter, each).modifyEnd(UNSYNCED),
  ),
});

const byKey = (a: { key: string }, b: { key: string }): number => (a.key < b.key ? -1 : 1);

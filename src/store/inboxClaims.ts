import { type SqlBool, sql } from 'kysely';
import { free } from './dialect.ts';
import type { Parties } from './inboxArrivals.ts';
import type { Database } from './schema.ts';

/** A delivery that waits for its effect. `attempts` counts this one. */
export interface InboxItem extends Parties {
  requestKey: string;
  delivery: string;
  attempts: number;
  receivedAt: number;
  /** How many workers died or hung while they worked on it, since the last one that stopped in order. */
  lost: number;
}

/** A row that can be taken up; `lost` as it will be then. */
export interface DueRow extends Parties {
  requestKey: string;
  lost: number;
}

/** Which of the due rows are taken up. */
export interface Choice {
  /** Rows that are not even looked at: of these chats, of these people, or with this many lost workers. */
  except?: { chats: readonly string[]; actors: readonly string[]; lostFrom?: number | undefined };
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

/** Whoever works on a row when its lease has run out counts as lost with the next claim, before that one's work begins. */
const LOST = sql<number>`lost + case when state = 'working' then 1 else 0 end`;

/** Who works on which rows of the inbox, and until when. */
export const inboxClaims = (db: Database) => ({
  /**
   * Takes up to `limit` rows that are due, or whose worker went silent, or those of them that are chosen. The longest
   * due come first.
   */
  async claim({ worker, now, leaseUntil, limit, except, choose = (rows) => rows }: Claim): Promise<InboxItem[]> {
    const due = db.selectFrom('inbox').where('finished_at', 'is', null).where('due_at', '<=', now);
    const found = await due
      .select(['key as requestKey', 'chat_id as chatId', 'sender_id as actorId', LOST.as('lost')])
      .$if(hasAny(except?.chats), (rows) => rows.where(isNoneOf('chat_id', except?.chats)))
      .$if(hasAny(except?.actors), (rows) => rows.where(isNoneOf('sender_id', except?.actors)))
      .$if(except?.lostFrom !== undefined, (rows) => rows.where(LOST, '<', except?.lostFrom ?? 0))
      .orderBy('due_at')
      .orderBy('received_at')
      .orderBy('key')
      .limit(limit)
      .execute();
    const chosen = choose(found);
    if (chosen.length === 0) return [];
    // An update returns its rows in any order.
    const places = new Map(chosen.map(({ requestKey }, place) => [requestKey, place]));
    const placeOf = ({ requestKey }: DueRow) => places.get(requestKey) ?? 0;
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
      .returning([
        'key as requestKey',
        'delivery',
        'attempts',
        'received_at as receivedAt',
        'lost',
        'chat_id as chatId',
        'sender_id as actorId',
      ])
      .execute();
    return claimed.sort((a, b) => placeOf(a) - placeOf(b));
  },

  /** Keeps those of these rows that `worker` works on its own for longer. */
  async renew(requestKeys: readonly string[], worker: string, leaseUntil: number): Promise<void> {
    if (requestKeys.length === 0) return;
    await db
      .with('own', () => free(db, ownRows(db, requestKeys, worker)))
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
    requestKeys: readonly string[],
    worker: string,
    { dueAt, isCleanStop = false }: { dueAt: number; isCleanStop?: boolean },
  ): Promise<void> {
    if (requestKeys.length === 0) return;
    await db
      .with('own', () => free(db, ownRows(db, requestKeys, worker)))
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
});

const hasAny = (values: readonly string[] | undefined): boolean => (values?.length ?? 0) > 0;

/** Rows of nobody are among them. */
const isNoneOf = (column: 'chat_id' | 'sender_id', values: readonly string[] = []) =>
  sql<SqlBool>`(${sql.ref(column)} is null or ${sql.ref(column)} not in (${sql.join(values)}))`;

const ownRows = (db: Database, requestKeys: readonly string[], worker: string) =>
  db
    .selectFrom('inbox')
    .select('key')
    .where('key', 'in', requestKeys)
    .where('worker', '=', worker)
    .where('state', '=', 'working')
    .where('finished_at', 'is', null)
    .orderBy('key');

import type { Attempted, Change, FinalStatus, NewChange, Outcome } from '../domain/change.ts';
import { ChangeId, type MessageId, type OpenId } from '../domain/ids.ts';
import { changeCards } from './changeCards.ts';
import { changeHistory } from './changeHistory.ts';
import { fromRow, mutableFrom, readable, type Taking, toRow } from './changeRow.ts';
import { changeStatements } from './changeStatements.ts';
import { free } from './dialect.ts';
import { otherWrites } from './otherWrites.ts';
import { prune } from './prune.ts';
import type { Database } from './schema.ts';
import { outcomeColumn } from './storedJson.ts';

export interface Ending<S extends FinalStatus = FinalStatus> {
  status: S;
  outcome: Outcome;
  now: number;
  /** Until when the ending process is trusted to show the card itself. */
  cardBy: number;
}

/** Who pressed Confirm, and in which message. */
export interface Click {
  actorId: OpenId;
  cardMessageId: MessageId;
}

/** Who takes a change over to write it, and until when they are not taken for dead. */
export interface Claimant {
  worker: string;
  now: number;
  leaseUntil: number;
}

/** Who writes a change, and what time it is. */
export interface Writer {
  worker: string;
  now: number;
}

/** Whether a write may be sent: `superseded` when the change is no longer the worker's, `no-grant` when its actor has none. */
export type Permission = 'granted' | 'superseded' | 'no-grant';

export type ChangesRepository = ReturnType<typeof changesRepository>;

/** Changes and their life. Every move between states is one conditional update. Times in milliseconds. */
export const changesRepository = (db: Database) => {
  const statements = changeStatements(db);
  return {
    /** Stores a pending change; the same `requestKey` again gives the change that is stored already. */
    async insert(change: NewChange): Promise<Change> {
      const inserted = await db
        .insertInto('changes')
        .values({ ...toRow(change), status: 'pending', attempted: 0, card_due: 0 })
        .onConflict((conflict) => conflict.column('request_key').doNothing())
        .returningAll()
        .executeTakeFirst();
      const row = inserted ?? (await requested(db, change.requestKey).executeTakeFirstOrThrow());
      return fromRow(row);
    },

    async get(id: ChangeId): Promise<Change | undefined> {
      const [row] = (await statements.get({ id })).rows;
      return row && fromRow(row);
    },

    /** Remembers which message shows the change; a crash of the machine may take that back. */
    async setCard(id: ChangeId, cardMessageId: MessageId): Promise<void> {
      await statements.setCard({ id, cardMessageId });
    },

    /**
     * pending → applying, once, for its actor, and only before it expires. Undefined when it is not theirs, somebody was
     * faster or it is over. A crash of the machine may take it back until {@link markAttempted}: nothing was written then.
     */
    async claim(
      id: ChangeId,
      { actorId, cardMessageId }: Click,
      { worker, now, leaseUntil }: Claimant,
    ): Promise<Change | undefined> {
      const [row] = (await statements.claim({ id, actorId, cardMessageId, worker, now, leaseUntil })).rows;
      return row && fromRow(row);
    },

    /**
     * Remembers, before a write is sent, that it may have been, and what it is sent over; only while the change is this
     * worker's and its actor has an authorisation in force.
     */
    async markAttempted(id: ChangeId, { worker, now }: Writer, attempted: Attempted): Promise<Permission> {
      const marked = await statements.markAttempted({ id, worker, now, outcome: outcomeColumn.write(attempted) });
      if (marked.numAffectedRows) return 'granted';
      const [own] = (await statements.owned({ id, worker, now })).rows;
      return own ? 'no-grant' : 'superseded';
    },

    /** pending → cancelled or expired. Undefined when it is no longer pending. */
    async endPending(id: ChangeId, ending: Ending<'cancelled' | 'expired'>): Promise<Change | undefined> {
      const row = await db
        .updateTable('changes')
        .set(endingColumns(ending))
        .where('id', '=', id)
        .where('status', '=', 'pending')
        .returningAll()
        .executeTakeFirst();
      return row && fromRow(row);
    },

    /**
     * applying → applied, failed, mismatch or conflicted. `change` is what `worker` writes; undefined when it is no longer
     * theirs.
     */
    async endApplying(
      change: Change,
      worker: string,
      { status, outcome, now, cardBy }: Ending<Exclude<FinalStatus, 'cancelled' | 'expired'>>,
    ): Promise<Change | undefined> {
      const { createdId = null } = outcome;
      const ending = { status, outcome: outcomeColumn.write(outcome), now, cardBy, createdId };
      const [row] = (await statements.endApplying({ id: change.id, worker, ...ending })).rows;
      const skillId = createdId ?? change.skillId;
      return row && { ...change, status, outcome, skillId, settledAt: now, ...mutableFrom(row) };
    },

    /** Keeps those of these changes that `worker` applies its own for longer, and gives them. */
    async renew(ids: readonly ChangeId[], worker: string, leaseUntil: number): Promise<ChangeId[]> {
      if (ids.length === 0) return [];
      const own = db
        .selectFrom('changes')
        .select('id')
        .where('id', 'in', ids)
        .where('worker', '=', worker)
        .where('status', '=', 'applying')
        .orderBy('id');
      const renewed = await db
        .with('own', () => free(db, own))
        .updateTable('changes')
        .set({ lease_until: leaseUntil })
        .where('id', 'in', (rows) => rows.selectFrom('own').select('id'))
        .returning('id')
        .execute();
      return renewed.map(({ id }) => ChangeId.parse(id));
    },

    /**
     * Hands a change that is still applying back, to be taken over by anybody from `at` on. With what is known of it by
     * now, if that is given; `showsCard` asks for its card to be brought up to date.
     */
    async handBack(
      id: ChangeId,
      worker: string,
      at: number,
      known?: { outcome: Outcome; showsCard: boolean },
    ): Promise<void> {
      await db
        .updateTable('changes')
        .set({ worker: null, lease_until: at })
        .set(known ? { outcome: outcomeColumn.write(known.outcome) } : {})
        .set(known?.showsCard ? { card_due: 1, card_claimed_until: null } : {})
        .where('id', '=', id)
        .where('worker', '=', worker)
        .where('status', '=', 'applying')
        .execute();
    },

    /** Stores what is known of a change that is not over, whoever looks at it just now. */
    async noteRetry(id: ChangeId, outcome: Outcome): Promise<Change | undefined> {
      const row = await db
        .updateTable('changes')
        .set({ outcome: outcomeColumn.write(outcome) })
        .where('id', '=', id)
        .where('status', '=', 'applying')
        .where('attempted', '=', 1)
        .returningAll()
        .executeTakeFirst();
      return row && fromRow(row);
    },

    /** Takes over changes in applying whose worker went silent, but for those that `worker` is still at itself. */
    async takeOver(
      { worker, now, leaseUntil }: Claimant,
      limit: number,
      { stillAt = [], onUnreadable }: Taking & { stillAt?: readonly ChangeId[] } = {},
    ): Promise<Change[]> {
      let silent = db
        .selectFrom('changes')
        .select('id')
        .where('status', '=', 'applying')
        .where('lease_until', '<=', now)
        .orderBy('lease_until')
        .orderBy('id')
        .limit(limit);
      if (stillAt.length > 0) silent = silent.where('id', 'not in', stillAt);
      const rows = await db
        .with('silent', () => free(db, silent))
        .updateTable('changes')
        .set({ worker, lease_until: leaseUntil })
        .where('id', 'in', (ids) => ids.selectFrom('silent').select('id'))
        .returningAll()
        .execute();
      return readable(rows, onUnreadable);
    },

    /** pending → expired for up to `limit` previews whose time is over. Gives how many there were. */
    async expire(now: number, limit: number): Promise<number> {
      const over = db
        .selectFrom('changes')
        .select('id')
        .where('status', '=', 'pending')
        .where('expires_at', '<=', now)
        .orderBy('expires_at')
        .orderBy('id')
        .limit(limit);
      const result = await db
        .with('over', () => free(db, over))
        .updateTable('changes')
        .set(endingColumns({ status: 'expired', outcome: {}, now, cardBy: now }))
        .where('id', 'in', (ids) => ids.selectFrom('over').select('id'))
        .executeTakeFirst();
      return Number(result.numUpdatedRows);
    },

    ...changeCards(db),
    ...changeHistory(db),
    ...otherWrites(db),

    /** Forgets changes that ended before `before`. */
    prune: (before: number): Promise<number> => prune(db, 'changes', before),
  };
};

const requested = (db: Database, requestKey: string) =>
  db.selectFrom('changes').selectAll().where('request_key', '=', requestKey);

const endingColumns = ({ status, outcome, now, cardBy }: Ending) => ({
  status,
  outcome: outcomeColumn.write(outcome),
  settled_at: now,
  card_due: 1,
  lease_until: cardBy,
});

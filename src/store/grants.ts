import { OpenId } from '../domain/ids.ts';
import { type Parameter, prepared } from './prepared.ts';
import type { Database, Row } from './schema.ts';

/** One admin's stored authorisation. `tokens` is encrypted; times in milliseconds. */
export interface GrantRecord {
  /** Whose it is. */
  openId: OpenId;
  name: string;
  tokens: string;
  accessExpiresAt: number;
  /** Absent when Feishu did not say. */
  refreshExpiresAt: number | undefined;
  grantedAt: number;
  /** Set once an answer of Feishu proved the grant dead. */
  deadReason: string | undefined;
  /** A refresh was sent whose answer was never stored: the refresh token may have been spent. */
  refreshInDoubt: boolean;
}

export type RefreshedTokens = Pick<GrantRecord, 'tokens' | 'accessExpiresAt' | 'refreshExpiresAt'>;

export type GrantsRepository = ReturnType<typeof grantsRepository>;

export const grantsRepository = (db: Database) => {
  const find = prepared(db, (parameter: Parameter<{ openId: OpenId }>) =>
    db.selectFrom('grants').selectAll().where('open_id', '=', parameter('openId')),
  );
  return {
    async get(openId: OpenId): Promise<GrantRecord | undefined> {
      const [row] = (await find({ openId })).rows;
      return row && fromRow(row);
    },

    /** Stores a new login in place of whatever was there. */
    async save(grant: Pick<GrantRecord, 'openId' | 'name' | 'grantedAt'> & RefreshedTokens): Promise<void> {
      const columns = {
        open_id: grant.openId,
        name: grant.name,
        granted_at: grant.grantedAt,
        ...refreshedColumns(grant),
      };
      await db
        .insertInto('grants')
        .values(columns)
        .onConflict((conflict) => conflict.column('open_id').doUpdateSet(columns))
        .execute();
    },

    /** Makes `refresher` the only one to refresh until `until`; undefined while somebody else does, or it is dead. */
    async lockRefresh(openId: OpenId, refresher: string, now: number, until: number): Promise<GrantRecord | undefined> {
      const row = await db
        .updateTable('grants')
        .set({ refresher, refresh_until: until })
        .where('open_id', '=', openId)
        .where('dead_reason', 'is', null)
        .where((where) => where.or([where('refresher', 'is', null), where('refresh_until', '<=', now)]))
        .returningAll()
        .executeTakeFirst();
      return row && fromRow(row);
    },

    /** From here on the refresh token may be spent. False when the lock was lost. */
    async markInDoubt(openId: OpenId, refresher: string): Promise<boolean> {
      const result = await db
        .updateTable('grants')
        .set({ refresh_in_doubt: 1 })
        .where('open_id', '=', openId)
        .where('refresher', '=', refresher)
        .executeTakeFirst();
      return result.numUpdatedRows > 0n;
    },

    /**
     * Stores the answer to the refresh that was sent with `previous`, and releases the lock. It also revives the grant:
     * another worker may have sent the same spent token meanwhile and taken the refusal for its death.
     */
    async storeRefreshed(openId: OpenId, previous: string, refreshed: RefreshedTokens): Promise<void> {
      await db
        .updateTable('grants')
        .set(refreshedColumns(refreshed))
        .where('open_id', '=', openId)
        .where('tokens', '=', previous)
        .execute();
    },

    /** Gives up the lock. `settled`: the refresh certainly did not happen. */
    async unlockRefresh(openId: OpenId, refresher: string, settled: boolean): Promise<void> {
      await db
        .updateTable('grants')
        .set({ refresher: null, refresh_until: null, ...(settled && { refresh_in_doubt: 0 }) })
        .where('open_id', '=', openId)
        .where('refresher', '=', refresher)
        .execute();
    },

    /** Marks the grant dead, if it still is the one with these tokens: a newer login is not touched. */
    async markDead(openId: OpenId, tokens: string, reason: string): Promise<void> {
      await db
        .updateTable('grants')
        .set({ dead_reason: reason, refresher: null, refresh_until: null })
        .where('open_id', '=', openId)
        .where('tokens', '=', tokens)
        .execute();
    },

    /** With `grantedBefore` a later login stays. True when one was removed. */
    async remove(openId: OpenId, grantedBefore = Number.MAX_SAFE_INTEGER): Promise<boolean> {
      const result = await db
        .deleteFrom('grants')
        .where('open_id', '=', openId)
        .where('granted_at', '<', grantedBefore)
        .executeTakeFirst();
      return result.numDeletedRows > 0n;
    },

    /** The access token counts as run out: the next use gets another one. A login from `grantedBefore` on is not touched. */
    async expireAccess(openId: OpenId, grantedBefore = Number.MAX_SAFE_INTEGER): Promise<void> {
      await db
        .updateTable('grants')
        .set({ access_expires_at: 0 })
        .where('open_id', '=', openId)
        .where('granted_at', '<', grantedBefore)
        .execute();
    },

    /** People whose refresh token runs out before `before` and who are not dead yet. */
    async expiringBefore(before: number, limit: number): Promise<OpenId[]> {
      const rows = await db
        .selectFrom('grants')
        .select('open_id')
        .where('dead_reason', 'is', null)
        .where('refresh_expires_at', '<', before)
        .orderBy('refresh_expires_at')
        .limit(limit)
        .execute();
      return rows.map((row) => OpenId.parse(row.open_id));
    },

    async all(): Promise<GrantRecord[]> {
      return (await db.selectFrom('grants').selectAll().execute()).map(fromRow);
    },
  };
};

/** Tokens that are good, and that nobody refreshes at the moment. */
const refreshedColumns = ({ tokens, accessExpiresAt, refreshExpiresAt }: RefreshedTokens) => ({
  tokens,
  access_expires_at: accessExpiresAt,
  refresh_expires_at: refreshExpiresAt ?? null,
  dead_reason: null,
  refresher: null,
  refresh_until: null,
  refresh_in_doubt: 0,
});

const fromRow = (row: Row<'grants'>): GrantRecord => ({
  openId: OpenId.parse(row.open_id),
  name: row.name,
  tokens: row.tokens,
  accessExpiresAt: row.access_expires_at,
  refreshExpiresAt: row.refresh_expires_at ?? undefined,
  grantedAt: row.granted_at,
  deadReason: row.dead_reason ?? undefined,
  refreshInDoubt: row.refresh_in_doubt === 1,
});

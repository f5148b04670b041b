import { LoginEnding } from '../domain/delivery.ts';
import { MessageId, OpenId } from '../domain/ids.ts';
import { free } from './dialect.ts';
import type { Database, Row } from './schema.ts';

/** One login that Feishu is asked about until it has ended. `codes` is encrypted; times in milliseconds. */
export interface DeviceLoginRecord {
  id: string;
  actorId: OpenId;
  cardMessageId: MessageId | undefined;
  /** What waits for the login shows its result in that card. */
  showsResult: boolean;
  codes: string;
  intervalMs: number;
  dueAt: number;
  polls: number;
  /** Polls since the last answer, the present one included. */
  unanswered: number;
  expiresAt: number;
  /** Undefined while the login is open. */
  ending: LoginEnding | undefined;
}

export type NewDeviceLogin = Pick<
  DeviceLoginRecord,
  'id' | 'actorId' | 'codes' | 'intervalMs' | 'dueAt' | 'expiresAt'
> & { requestKey: string };

export type DeviceLoginsRepository = ReturnType<typeof deviceLoginsRepository>;

/** Logins by device authorization, each polled by one worker at a time. Ends are single conditional updates. */
export const deviceLoginsRepository = (db: Database) => ({
  async add(login: NewDeviceLogin): Promise<void> {
    await db
      .insertInto('device_logins')
      .values({
        id: login.id,
        request_key: login.requestKey,
        open_id: login.actorId,
        codes: login.codes,
        interval_ms: login.intervalMs,
        due_at: login.dueAt,
        expires_at: login.expiresAt,
        shows_result: 0,
        polls: 0,
        unanswered: 0,
      })
      .execute();
  },

  /** The open login that this request of the person led to. */
  async find(actorId: OpenId, requestKey: string, now: number): Promise<DeviceLoginRecord | undefined> {
    const row = await db
      .selectFrom('device_logins')
      .selectAll()
      .where('open_id', '=', actorId)
      .where('request_key', '=', requestKey)
      .where('ending', 'is', null)
      .where('expires_at', '>', now)
      .executeTakeFirst();
    return row && fromRow(row);
  },

  /** Remembers which message shows the login; gives it as it is by now. */
  async setCard(id: string, cardMessageId: MessageId, showsResult: boolean): Promise<DeviceLoginRecord | undefined> {
    const row = await db
      .updateTable('device_logins')
      .set({ card_message_id: cardMessageId, shows_result: showsResult ? 1 : 0 })
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirst();
    return row && fromRow(row);
  },

  /** Takes up to `limit` logins that are due, or whose worker went silent; `worker` has them until `until`. */
  async claim(worker: string, now: number, until: number, limit: number): Promise<DeviceLoginRecord[]> {
    const due = db
      .selectFrom('device_logins')
      .select('id')
      .where('ending', 'is', null)
      .where('due_at', '<=', now)
      .orderBy('due_at')
      .orderBy('id')
      .limit(limit);
    const rows = await db
      .with('due', () => free(db, due))
      .updateTable('device_logins')
      .set((set) => ({ worker, due_at: until, polls: set('polls', '+', 1), unanswered: set('unanswered', '+', 1) }))
      .where('id', 'in', (ids) => ids.selectFrom('due').select('id'))
      .returningAll()
      .execute();
    return rows.map(fromRow);
  },

  /** `worker` keeps a login that it has claimed until then. */
  async keep(id: string, worker: string, until: number): Promise<void> {
    await db
      .updateTable('device_logins')
      .set({ due_at: until })
      .where('id', '=', id)
      .where('worker', '=', worker)
      .execute();
  },

  /** Hands a claimed login back until it is due again. */
  async release(
    id: string,
    worker: string,
    { intervalMs, dueAt, unanswered }: Pick<DeviceLoginRecord, 'intervalMs' | 'dueAt' | 'unanswered'>,
  ): Promise<void> {
    await db
      .updateTable('device_logins')
      .set({ interval_ms: intervalMs, due_at: dueAt, unanswered, worker: null })
      .where('id', '=', id)
      .where('worker', '=', worker)
      .execute();
  },

  /** Ends an open login, once; gives it as it ended. */
  async end(id: string, ending: LoginEnding): Promise<DeviceLoginRecord | undefined> {
    const row = await db
      .updateTable('device_logins')
      .set({ ending, codes: '', worker: null })
      .where('id', '=', id)
      .where('ending', 'is', null)
      .returningAll()
      .executeTakeFirst();
    return row && fromRow(row);
  },

  /** Ends every open login of a person; gives them as they ended. */
  async withdraw(actorId: OpenId): Promise<DeviceLoginRecord[]> {
    const rows = await db
      .updateTable('device_logins')
      .set({ ending: 'withdrawn', codes: '', worker: null })
      .where('open_id', '=', actorId)
      .where('ending', 'is', null)
      .returningAll()
      .execute();
    return rows.map(fromRow);
  },

  /** Forgets logins whose time was over before `before`. */
  async prune(before: number): Promise<void> {
    await db.deleteFrom('device_logins').where('expires_at', '<', before).execute();
  },
});

const fromRow = (row: Row<'device_logins'>): DeviceLoginRecord => ({
  id: row.id,
  actorId: OpenId.parse(row.open_id),
  cardMessageId: row.card_message_id === null ? undefined : MessageId.parse(row.card_message_id),
  showsResult: row.shows_result === 1,
  codes: row.codes,
  intervalMs: row.interval_ms,
  dueAt: row.due_at,
  polls: row.polls,
  unanswered: row.unanswered,
  expiresAt: row.expires_at,
  ending: row.ending === null ? undefined : LoginEnding.parse(row.ending),
});

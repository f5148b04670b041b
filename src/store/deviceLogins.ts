import { LoginEnding } from '../domain/delivery.ts';
import { MessageId, OpenId } from '../domain/ids.ts';
import { free } from './dialect.ts';
import type { Database, Row } from './schema.ts';

/** One login that Feishu is asked about until it has ended. `codes` is encrypted; times in milliseconds. */
export interface DeviceLoginRecord {
  id: string;
  open_id: OpenId;
  card_message_id: MessageId | undefined;
  /** What waits for the login shows its result in that card. */
  shows_result: boolean;
  codes: string;
  interval_ms: number;
  due_at: number;
  polls: number;
  /** Polls since the last answer, the present one included. */
  unanswered: number;
  expires_at: number;
  /** Undefined while the login is open. */
  ending: LoginEnding | undefined;
}

export type NewDeviceLogin = Pick<
  DeviceLoginRecord,
  'id' | 'open_id' | 'codes' | 'interval_ms' | 'due_at' | 'expires_at'
> & { request_key: string };

export type DeviceLoginsRepository = ReturnType<typeof deviceLoginsRepository>;

/** Logins by device authorization, each polled by one worker at a time. Ends are single conditional updates. */
export const deviceLoginsRepository = (db: Database) => ({
  async add(login: NewDeviceLogin): Promise<void> {
    await db
      .insertInto('device_logins')
      .values({ ...login, shows_result: 0, polls: 0, unanswered: 0 })
      .execute();
  },

  /** The open login that this request of the person led to. */
  async find(openId: OpenId, requestKey: string, now: number): Promise<DeviceLoginRecord | undefined> {
    const row = await db
      .selectFrom('device_logins')
      .selectAll()
      .where('open_id', '=', openId)
      .where('request_key', '=', requestKey)
      .where('ending', 'is', null)
      .where('expires_at', '>', now)
      .executeTakeFirst();
    return row && fromRow(row);
  },

  /** Remembers which message shows the login; gives it as it is by now. */
  async setCard(id: string, messageId: MessageId, showsResult: boolean): Promise<DeviceLoginRecord | undefined> {
    const row = await db
      .updateTable('device_logins')
      .set({ card_message_id: messageId, shows_result: showsResult ? 1 : 0 })
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
    next: Pick<DeviceLoginRecord, 'interval_ms' | 'due_at' | 'unanswered'>,
  ): Promise<void> {
    await db
      .updateTable('device_logins')
      .set({ ...next, worker: null })
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
  async withdraw(openId: OpenId): Promise<DeviceLoginRecord[]> {
    const rows = await db
      .updateTable('device_logins')
      .set({ ending: 'withdrawn', codes: '', worker: null })
      .where('open_id', '=', openId)
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
  open_id: OpenId.parse(row.open_id),
  card_message_id: row.card_message_id === null ? undefined : MessageId.parse(row.card_message_id),
  shows_result: row.shows_result === 1,
  codes: row.codes,
  interval_ms: row.interval_ms,
  due_at: row.due_at,
  polls: row.polls,
  unanswered: row.unanswered,
  expires_at: row.expires_at,
  ending: row.ending === null ? undefined : LoginEnding.parse(row.ending),
});

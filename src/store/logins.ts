import { ChatId, MessageId, OpenId } from '../domain/ids.ts';
import { prune } from './prune.ts';
import type { Database, Row } from './schema.ts';

/** One way in that was offered to one person. Only hashes of the ticket and the state are kept. */
export interface LoginRecord {
  ticket_hash: string;
  open_id: OpenId;
  chat_id: ChatId;
  card_message_id: MessageId | undefined;
  /** Encrypted PKCE verifier, once the ticket was opened. */
  verifier: string | undefined;
}

export type LoginsRepository = ReturnType<typeof loginsRepository>;

/** Logins under way. Times in milliseconds. */
export const loginsRepository = (db: Database) => ({
  async offer(login: { ticket_hash: string; open_id: OpenId; chat_id: ChatId; expires_at: number }): Promise<void> {
    await db.insertInto('logins').values(login).execute();
  },

  async setCard(ticketHash: string, messageId: MessageId): Promise<void> {
    await db.updateTable('logins').set({ card_message_id: messageId }).where('ticket_hash', '=', ticketHash).execute();
  },

  /** Spends the ticket, once and in time, and binds the state and verifier to it. */
  async open(
    ticketHash: string,
    now: number,
    bound: { state_hash: string; verifier: string; expires_at: number },
  ): Promise<LoginRecord | undefined> {
    const row = await db
      .updateTable('logins')
      .set({ ...bound, opened_at: now })
      .where('ticket_hash', '=', ticketHash)
      .where('opened_at', 'is', null)
      .where('expires_at', '>', now)
      .returningAll()
      .executeTakeFirst();
    return row && fromRow(row);
  },

  /** Spends the state, once and in time. */
  async finish(stateHash: string, now: number): Promise<LoginRecord | undefined> {
    const row = await db
      .updateTable('logins')
      .set({ finished_at: now })
      .where('state_hash', '=', stateHash)
      .where('finished_at', 'is', null)
      .where('expires_at', '>', now)
      .returningAll()
      .executeTakeFirst();
    return row && fromRow(row);
  },

  /** Ends a login for good. False when it was withdrawn meanwhile. */
  async settle(ticketHash: string): Promise<boolean> {
    const result = await db.deleteFrom('logins').where('ticket_hash', '=', ticketHash).executeTakeFirst();
    return result.numDeletedRows > 0n;
  },

  /** Every offer to a person that a message shows. */
  async shown(openId: OpenId): Promise<LoginRecord[]> {
    const rows = await db
      .selectFrom('logins')
      .selectAll()
      .where('open_id', '=', openId)
      .where('card_message_id', 'is not', null)
      .execute();
    return rows.map(fromRow);
  },

  /** Takes back every offer to a person, opened or not; gives them. */
  async withdraw(openId: OpenId): Promise<LoginRecord[]> {
    const rows = await db.deleteFrom('logins').where('open_id', '=', openId).returningAll().execute();
    return rows.map(fromRow);
  },

  prune: (before: number): Promise<number> => prune(db, 'logins', before),
});

const fromRow = (row: Row<'logins'>): LoginRecord => ({
  ticket_hash: row.ticket_hash,
  open_id: OpenId.parse(row.open_id),
  chat_id: ChatId.parse(row.chat_id),
  card_message_id: row.card_message_id === null ? undefined : MessageId.parse(row.card_message_id),
  verifier: row.verifier ?? undefined,
});

import { ChatId, MessageId, OpenId } from '../domain/ids.ts';
import { prune } from './prune.ts';
import type { Database, Row } from './schema.ts';

/** One way in that was offered to one person. Only hashes of the ticket and the state are kept. */
export interface LoginRecord {
  ticketHash: string;
  actorId: OpenId;
  chatId: ChatId;
  cardMessageId: MessageId | undefined;
  /** Encrypted PKCE verifier, once the ticket was opened. */
  verifier: string | undefined;
}

export type NewLogin = Pick<LoginRecord, 'ticketHash' | 'actorId' | 'chatId'> & { expiresAt: number };

export type LoginsRepository = ReturnType<typeof loginsRepository>;

/** Logins under way. Times in milliseconds. */
export const loginsRepository = (db: Database) => ({
  async offer({ ticketHash, actorId, chatId, expiresAt }: NewLogin): Promise<void> {
    await db
      .insertInto('logins')
      .values({ ticket_hash: ticketHash, open_id: actorId, chat_id: chatId, expires_at: expiresAt })
      .execute();
  },

  async setCard(ticketHash: string, cardMessageId: MessageId): Promise<void> {
    await db
      .updateTable('logins')
      .set({ card_message_id: cardMessageId })
      .where('ticket_hash', '=', ticketHash)
      .execute();
  },

  /** Spends the ticket, once and in time, and binds the state and verifier to it. */
  async open(
    ticketHash: string,
    now: number,
    { stateHash, verifier, expiresAt }: { stateHash: string; verifier: string; expiresAt: number },
  ): Promise<LoginRecord | undefined> {
    const row = await db
      .updateTable('logins')
      .set({ state_hash: stateHash, verifier, expires_at: expiresAt, opened_at: now })
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
  async shown(actorId: OpenId): Promise<LoginRecord[]> {
    const rows = await db
      .selectFrom('logins')
      .selectAll()
      .where('open_id', '=', actorId)
      .where('card_message_id', 'is not', null)
      .execute();
    return rows.map(fromRow);
  },

  /** Takes back every offer to a person, opened or not; gives them. */
  async withdraw(actorId: OpenId): Promise<LoginRecord[]> {
    const rows = await db.deleteFrom('logins').where('open_id', '=', actorId).returningAll().execute();
    return rows.map(fromRow);
  },

  prune: (before: number): Promise<number> => prune(db, 'logins', before),
});

const fromRow = (row: Row<'logins'>): LoginRecord => ({
  ticketHash: row.ticket_hash,
  actorId: OpenId.parse(row.open_id),
  chatId: ChatId.parse(row.chat_id),
  cardMessageId: row.card_message_id === null ? undefined : MessageId.parse(row.card_message_id),
  verifier: row.verifier ?? undefined,
});

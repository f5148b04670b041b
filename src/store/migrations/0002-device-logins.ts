import { type Kysely, sql } from 'kysely';

/** Logins by device authorization. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('device_logins')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('request_key', 'text', (column) => column.notNull())
    .addColumn('open_id', 'text', (column) => column.notNull())
    .addColumn('card_message_id', 'text')
    .addColumn('shows_result', 'integer', (column) => column.notNull())
    .addColumn('codes', 'text', (column) => column.notNull())
    .addColumn('interval_ms', 'bigint', (column) => column.notNull())
    .addColumn('due_at', 'bigint', (column) => column.notNull())
    .addColumn('worker', 'text')
    .addColumn('polls', 'integer', (column) => column.notNull())
    .addColumn('unanswered', 'integer', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .addColumn('ending', 'text')
    .execute();
  await sql`create index device_logins_due on device_logins (due_at) where ending is null`.execute(db);
  await sql`create index device_logins_open on device_logins (open_id) where ending is null`.execute(db);
}

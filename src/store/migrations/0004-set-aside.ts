import { type Kysely, sql } from 'kysely';

/** Whose turn each delivery takes, how many workers were lost while they worked on it, and which ones were set aside. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const inbox = db.schema.alterTable('inbox');
  await inbox.addColumn('chat_id', 'text').execute();
  await inbox.addColumn('sender_id', 'text').execute();
  // The version before this one, which may still run beside it, does not count.
  await inbox.addColumn('lost', 'integer', (column) => column.notNull().defaultTo(0)).execute();
  await inbox.addColumn('set_aside_at', 'bigint').execute();
  await sql`create index inbox_set_aside on inbox (set_aside_at) where set_aside_at is not null`.execute(db);
}

import type { Kysely } from 'kysely';

/** Until when a process is trusted to bring the card of a change up to date that is not over. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('changes').addColumn('card_claimed_until', 'bigint').execute();
}

import { type Kysely, sql } from 'kysely';

/** Indexes for statements that read whole tables before. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.createIndex('logins_by_expiry').on('logins').column('expires_at').execute();
  await db.schema.createIndex('device_logins_by_expiry').on('device_logins').column('expires_at').execute();
  await db.schema.createIndex('waiting_by_expiry').on('waiting').column('expires_at').execute();
  await db.schema.createIndex('skill_leases_by_holder').on('skill_leases').column('holder').execute();
  await sql`create index grants_by_expiry on grants (refresh_expires_at) where dead_reason is null`.execute(db);
  await sql`create index changes_by_worker on changes (worker, id) where status = 'applying'`.execute(db);
  await sql`create index changes_in_history on changes (id) where status in ('applied', 'failed', 'mismatch')`.execute(
    db,
  );
  await sql`create index changes_card_open on changes (lease_until, id) where card_due = 1`.execute(db);
  await db.schema.dropIndex('changes_card_due').execute();
}

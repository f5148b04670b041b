import { type Kysely, sql } from 'kysely';

/** All tables of the first version. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await createInbox(db);
  await createChanges(db);
  await createAuth(db);
  await db.schema
    .createTable('skill_leases')
    .addColumn('skill_key', 'text', (column) => column.primaryKey())
    .addColumn('holder', 'text', (column) => column.notNull())
    .addColumn('until', 'bigint', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('desks')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('whole_writes', 'integer', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('views')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('owner_id', 'text', (column) => column.notNull())
    .addColumn('data', 'text', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('views_by_expiry').on('views').column('expires_at').execute();
}

async function createInbox(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('inbox')
    .addColumn('key', 'text', (column) => column.primaryKey())
    .addColumn('delivery', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('attempts', 'integer', (column) => column.notNull())
    .addColumn('received_at', 'bigint', (column) => column.notNull())
    .addColumn('due_at', 'bigint', (column) => column.notNull())
    .addColumn('worker', 'text')
    .addColumn('finished_at', 'bigint')
    .addColumn('error', 'text')
    .execute();
  await sql`create index inbox_open on inbox (due_at) where finished_at is null`.execute(db);
  await sql`create index inbox_finished on inbox (finished_at) where finished_at is not null`.execute(db);
}

async function createChanges(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('changes')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('request_key', 'text', (column) => column.notNull().unique())
    .addColumn('status', 'text', (column) => column.notNull())
    .addColumn('intent', 'text', (column) => column.notNull())
    .addColumn('skill_id', 'text')
    .addColumn('skill_name', 'text', (column) => column.notNull())
    .addColumn('actor_id', 'text', (column) => column.notNull())
    .addColumn('chat_id', 'text', (column) => column.notNull())
    .addColumn('source_message_id', 'text', (column) => column.notNull())
    .addColumn('card_message_id', 'text')
    .addColumn('base', 'text')
    .addColumn('target', 'text')
    .addColumn('people', 'text', (column) => column.notNull())
    .addColumn('remarks', 'text', (column) => column.notNull())
    .addColumn('outcome', 'text')
    .addColumn('undo_of', 'text')
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .addColumn('settled_at', 'bigint')
    .addColumn('worker', 'text')
    .addColumn('lease_until', 'bigint')
    .addColumn('attempted', 'integer', (column) => column.notNull())
    .addColumn('card_due', 'integer', (column) => column.notNull())
    .execute();
  await sql`create index changes_pending on changes (expires_at) where status = 'pending'`.execute(db);
  await sql`create index changes_applying on changes (lease_until) where status = 'applying'`.execute(db);
  await sql`create index changes_card_due on changes (settled_at) where card_due = 1`.execute(db);
  await sql`create index changes_settled on changes (settled_at, id) where settled_at is not null`.execute(db);
  await sql`create index changes_undoing on changes (undo_of) where undo_of is not null`.execute(db);
  await db.schema.createIndex('changes_by_skill').on('changes').columns(['skill_id', 'id']).execute();
  await db.schema.createIndex('changes_by_actor').on('changes').columns(['actor_id', 'id']).execute();
}

async function createAuth(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('grants')
    .addColumn('open_id', 'text', (column) => column.primaryKey())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('tokens', 'text', (column) => column.notNull())
    .addColumn('access_expires_at', 'bigint', (column) => column.notNull())
    .addColumn('refresh_expires_at', 'bigint')
    .addColumn('granted_at', 'bigint', (column) => column.notNull())
    .addColumn('dead_reason', 'text')
    .addColumn('refresher', 'text')
    .addColumn('refresh_until', 'bigint')
    .addColumn('refresh_in_doubt', 'integer', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('logins')
    .addColumn('ticket_hash', 'text', (column) => column.primaryKey())
    .addColumn('open_id', 'text', (column) => column.notNull())
    .addColumn('chat_id', 'text', (column) => column.notNull())
    .addColumn('card_message_id', 'text')
    .addColumn('state_hash', 'text', (column) => column.unique())
    .addColumn('verifier', 'text')
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .addColumn('opened_at', 'bigint')
    .addColumn('finished_at', 'bigint')
    .execute();
  await db.schema.createIndex('logins_by_person').on('logins').column('open_id').execute();
  await db.schema
    .createTable('waiting')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('open_id', 'text', (column) => column.notNull())
    .addColumn('request', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('waiting_by_person').on('waiting').column('open_id').execute();
}

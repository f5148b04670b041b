import { sql } from 'kysely';
import { createLogger } from '../../src/lib/logger.ts';
import { openDatabase } from '../../src/store/connection.ts';
import { migrate } from '../../src/store/migrate.ts';

/** Leaves a database as a later version of the bot would. */
export async function updateToNewer(url: string): Promise<void> {
  const db = openDatabase(url, createLogger('silent'));
  await migrate(db);
  await sql`create table of_a_newer_version (id text)`.execute(db);
  await sql`insert into kysely_migration (name, timestamp) values ('9999-newer', '2030-01-01')`.execute(db);
  await db.destroy();
}

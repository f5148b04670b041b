import { type Kysely, type Migration, Migrator, sql } from 'kysely';
import { isPostgres } from './dialect.ts';
import { up as initial } from './migrations/0001-initial.ts';
import { up as deviceLogins } from './migrations/0002-device-logins.ts';
import { up as indexes } from './migrations/0003-indexes.ts';
import type { Database } from './schema.ts';

/** In order; a released one is never edited. Several replicas may start at once: the migrator takes a lock. */
const MIGRATIONS: Record<string, Migration> = {
  '0001-initial': { up: (db: Kysely<unknown>) => initial(db) },
  '0002-device-logins': { up: (db: Kysely<unknown>) => deviceLogins(db) },
  '0003-indexes': { up: (db: Kysely<unknown>) => indexes(db) },
};

/** Brings the schema up to date. Throws the first failure. */
export async function migrate(db: Database): Promise<void> {
  const { error } = await (await migratorFor(db)).migrateToLatest();
  if (error) throw error;
}

/** What {@link migrate} would still do, by name; changes nothing. */
export async function pendingMigrations(db: Database): Promise<string[]> {
  const migrations = await (await migratorFor(db)).getMigrations();
  return migrations.flatMap(({ name, executedAt }) => (executedAt ? [] : [name]));
}

const migratorFor = async (db: Database): Promise<Migrator> =>
  new Migrator({ db, provider: { getMigrations: async () => MIGRATIONS }, ...(await place(db)) });

/** Without a schema the migrator takes the tables of any other one in the same PostgreSQL database for its own. */
async function place(db: Database): Promise<{ migrationTableSchema?: string }> {
  if (!isPostgres(db)) return {};
  const { rows } = await sql<{ schema: string | null }>`select current_schema() as schema`.execute(db);
  const schema = rows[0]?.schema;
  return schema ? { migrationTableSchema: schema } : {};
}

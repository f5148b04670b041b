import { type Kysely, type Migration, type MigrationInfo, Migrator, sql } from 'kysely';
import { isPostgres } from './dialect.ts';
import { up as initial } from './migrations/0001-initial.ts';
import { up as deviceLogins } from './migrations/0002-device-logins.ts';
import { up as indexes } from './migrations/0003-indexes.ts';
import { up as setAside } from './migrations/0004-set-aside.ts';
import { up as clock } from './migrations/0005-clock.ts';
import { up as unknownCards } from './migrations/0006-unknown-cards.ts';
import type { Database } from './schema.ts';

/** In order; a released one is never edited. Several replicas may start at once: the migrator takes a lock. */
const MIGRATIONS: Record<string, Migration> = {
  '0001-initial': { up: (db: Kysely<unknown>) => initial(db) },
  '0002-device-logins': { up: (db: Kysely<unknown>) => deviceLogins(db) },
  '0003-indexes': { up: (db: Kysely<unknown>) => indexes(db) },
  '0004-set-aside': { up: (db: Kysely<unknown>) => setAside(db) },
  '0005-clock': { up: (db: Kysely<unknown>) => clock(db) },
  '0006-unknown-cards': { up: (db: Kysely<unknown>) => unknownCards(db) },
};

/** A newer version of the bot has brought this database up: this one does not know what is in it. */
export class DatabaseOfNewerVersion extends Error {
  readonly code = 'database_newer';
  /** Those that this version does not have. */
  readonly migrations: readonly string[];

  constructor(migrations: readonly string[]) {
    super(`it belongs to a newer version of the bot (${migrations.join(', ')})`);
    this.name = 'DatabaseOfNewerVersion';
    this.migrations = migrations;
  }
}

/** Brings the schema up to date. Throws {@link DatabaseOfNewerVersion}, or the first failure. */
export async function migrate(db: Database): Promise<void> {
  const migrator = await migratorFor(db);
  await refuseNewer(db, await migrator.getMigrations());
  const { error } = await migrator.migrateToLatest();
  if (error) throw error;
}

/** What {@link migrate} would still do, by name; changes nothing. Throws {@link DatabaseOfNewerVersion}. */
export async function pendingMigrations(db: Database): Promise<string[]> {
  const migrations = await (await migratorFor(db)).getMigrations();
  await refuseNewer(db, migrations);
  return migrations.flatMap(({ name, executedAt }) => (executedAt ? [] : [name]));
}

/** The migrator reports only migrations that it knows. */
async function refuseNewer(db: Database, known: readonly MigrationInfo[]): Promise<void> {
  if (!known.some(({ executedAt }) => executedAt)) return;
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db);
  const unknown = rows.map(({ name }) => name).filter((name) => !known.some((one) => one.name === name));
  if (unknown.length > 0) throw new DatabaseOfNewerVersion(unknown);
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

import { sql } from 'kysely';
import { type ChangesRepository, changesRepository } from './changes.ts';
import { type ClockAnchorRepository, clockAnchorRepository } from './clockAnchor.ts';
import { type DesksRepository, desksRepository } from './desks.ts';
import { type DeviceLoginsRepository, deviceLoginsRepository } from './deviceLogins.ts';
import { isPostgres } from './dialect.ts';
import { type GrantsRepository, grantsRepository } from './grants.ts';
import { type InboxRepository, inboxRepository } from './inbox.ts';
import { type LoginsRepository, loginsRepository } from './logins.ts';
import type { Database } from './schema.ts';
import { type SkillLeasesRepository, skillLeasesRepository } from './skillLeases.ts';
import { type ViewsRepository, viewsRepository } from './views.ts';
import { type WaitingRepository, waitingRepository } from './waiting.ts';

export interface Repositories {
  inbox: InboxRepository;
  changes: ChangesRepository;
  skillLeases: SkillLeasesRepository;
  desks: DesksRepository;
  grants: GrantsRepository;
  logins: LoginsRepository;
  deviceLogins: DeviceLoginsRepository;
  waiting: WaitingRepository;
  views: ViewsRepository;
  clockAnchor: ClockAnchorRepository;
}

/** Every repository on one database, and what concerns the database as a whole. */
export interface Store extends Repositories {
  /** Runs `work` on repositories of one transaction: all of it happens, or nothing. */
  together<T>(work: (repositories: Repositories) => Promise<T>): Promise<T>;
  /** What time it is on the database server, in milliseconds; undefined for a database without a server. */
  now(): Promise<number | undefined>;
  /** Rejects when the database does not answer. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export function createStore(db: Database): Store {
  return {
    ...repositoriesOn(db),
    together: (work) => db.transaction().execute((transaction) => work(repositoriesOn(transaction))),
    now: async () => {
      if (!isPostgres(db)) return undefined;
      const { rows } = await sql<{ now: number }>`
        select floor(extract(epoch from clock_timestamp()) * 1000)::bigint as now
      `.execute(db);
      return rows[0]?.now;
    },
    ping: async () => {
      await sql`select 1`.execute(db);
    },
    close: () => db.destroy(),
  };
}

const repositoriesOn = (db: Database): Repositories => ({
  inbox: inboxRepository(db),
  changes: changesRepository(db),
  skillLeases: skillLeasesRepository(db),
  desks: desksRepository(db),
  grants: grantsRepository(db),
  logins: loginsRepository(db),
  deviceLogins: deviceLoginsRepository(db),
  waiting: waitingRepository(db),
  views: viewsRepository(db),
  clockAnchor: clockAnchorRepository(db),
});

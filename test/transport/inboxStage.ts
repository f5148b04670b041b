import { setImmediate as turn } from 'node:timers/promises';
import { createInbox, type Inbox, type InboxParts } from '../../src/inbox/inbox.ts';
import { createLogger } from '../../src/lib/logger.ts';
import { NO_METRICS } from '../../src/lib/metrics.ts';
import { openDatabase } from '../../src/store/connection.ts';
import { migrate } from '../../src/store/migrate.ts';
import type { Database } from '../../src/store/schema.ts';
import { createStore, type Store } from '../../src/store/store.ts';
import { ManualClock } from '../support/clock.ts';
import { temporaryDatabase } from '../support/database.ts';
import { captureLogs } from '../support/logs.ts';

export const SECOND = 1_000;
/** How long a silent worker keeps its rows. */
export const LEASE = 7 * SECOND;
const POLL = SECOND;

/** An inbox of one worker, and what it has handled. */
interface Worker {
  inbox: Inbox;
  handled: string[];
}

/** A database and the inboxes of several workers on it, with a clock that is moved by hand. */
export async function inboxStage() {
  const database = await temporaryDatabase('sqlite');
  const opened: Database[] = [];
  const started: Inbox[] = [];
  const open = (): Database => {
    const db = openDatabase(database.url, createLogger('silent'));
    opened.push(db);
    return db;
  };
  const db = open();
  await migrate(db);
  const store = createStore(db);
  const clock = new ManualClock();
  const logs = captureLogs();

  /** Lets everything run that waits for its turn only, as all of it does: SQLite answers at once. */
  const settle = async (): Promise<void> => {
    for (let n = 0; n < 20; n += 1) await turn();
  };

  /** A worker that takes things in and does nothing by itself: nobody renews its leases, as if it had died. */
  const silent = (name: string, { handle, ...parts }: Partial<InboxParts> = {}): Worker => {
    const handled: string[] = [];
    const inbox = createInbox({
      store,
      clock,
      logger: logs.logger,
      trace: logs.trace,
      metrics: NO_METRICS,
      worker: name,
      handle: async (key, delivery) => {
        handled.push(key);
        await handle?.(key, delivery);
      },
      apologise: async () => undefined,
      ...parts,
    });
    return { inbox, handled };
  };

  return {
    db,
    store,
    clock,
    logs,
    settle,
    silent,
    start(name: string, parts: Partial<InboxParts> = {}): Worker {
      const worker = silent(name, parts);
      worker.inbox.start();
      started.push(worker.inbox);
      return worker;
    },
    /** Another connection to the same database, as another replica has it. */
    elsewhere: (): Store => createStore(open()),
    rowOf: (key: string) => db.selectFrom('inbox').selectAll().where('key', '=', key).executeTakeFirstOrThrow(),
    /** Lets time pass in steps of a poll. */
    async pass(ms: number): Promise<void> {
      for (let passed = 0; passed < ms; passed += POLL) {
        clock.advance(Math.min(POLL, ms - passed));
        await settle();
      }
    },
    async close(): Promise<void> {
      const stopped = Promise.all(started.map((inbox) => inbox.stop(SECOND)));
      await settle();
      clock.advance(2 * SECOND);
      await stopped;
      await Promise.all(opened.map((one) => one.destroy()));
      await database.drop();
    },
  };
}

export type InboxStage = Awaited<ReturnType<typeof inboxStage>>;

/** Work that ends when it is told to. */
export function pending(): { work: Promise<void>; end: () => void } {
  let end = (): void => undefined;
  const work = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { work, end: () => end() };
}

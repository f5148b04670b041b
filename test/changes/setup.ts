import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Grants } from '../../src/auth/grants.ts';
import { type Changes, createChanges } from '../../src/changes/changes.ts';
import { type Asked, createPlanner, type Planner } from '../../src/changes/plan.ts';
import { ChatId, MessageId, OpenId } from '../../src/domain/ids.ts';
import { FeishuError } from '../../src/feishu/errors.ts';
import type { Clock } from '../../src/lib/clock.ts';
import { createLogger } from '../../src/lib/logger.ts';
import { systemRandom } from '../../src/lib/random.ts';
import { openDatabase } from '../../src/store/connection.ts';
import { migrate } from '../../src/store/migrate.ts';
import type { Database } from '../../src/store/schema.ts';
import { createStore, type Store } from '../../src/store/store.ts';
import { type DatabaseKind, temporaryDatabase } from '../support/database.ts';
import { type CapturedLogs, captureLogs } from '../support/logs.ts';
import { recordMetrics } from '../support/metrics.ts';
import { MemoryDesk } from './memoryDesk.ts';

export const actor = OpenId.parse('ou_actor');
export const card = MessageId.parse('om_card');

/** Well within what a silent process keeps. */
const RENEWED_EVERY_MS = 4_000;

/** Time passes only where somebody waits, and who is alive renews what is theirs. */
class PatientClock implements Clock {
  /** Renews leases; emptied, every process is a silent one. */
  alive: (() => Promise<void>)[] = [];
  #now = 1_760_000_000_000;

  now(): number {
    return this.#now;
  }

  elapsed(): number {
    return this.#now;
  }

  async sleep(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= RENEWED_EVERY_MS) {
      this.#now += Math.min(left, RENEWED_EVERY_MS);
      for (const renew of this.alive) await renew();
    }
    await nextTurn();
  }
}

/** The layer `changes/` on a real store and a helpdesk in memory; everybody has authorised the bot. */
export interface ChangesOnDesk {
  desk: MemoryDesk;
  store: Store;
  db: Database;
  planner: Planner;
  changes: Changes;
  /** The same on another replica. */
  replica(worker: string): Changes;
  clock: Clock;
  /** What a refresh of a token that Feishu does not accept leads to. */
  refuseTokens(error: FeishuError): void;
  /** From now on no process renews anything. */
  fallSilent(): void;
  logs: CapturedLogs;
  /** What the metrics were told. */
  told: string[];
  /** A request of its own each time. */
  asked(): Asked;
}

/** Takes up what is due, and waits until it is settled. */
export async function settle(changes: Changes): Promise<void> {
  await changes.settleSilent();
  await changes.idle();
}

/** `trouble.refresh` is what comes of a refresh, which follows when Feishu does not accept a token. */
const grantsWith = (trouble: { refresh?: FeishuError | undefined }): Grants => ({
  actAs: (_person, act) => act('user token'),
  ensure: async () => async (act) => {
    try {
      return await act('user token');
    } catch (error) {
      if (error instanceof FeishuError && error.kind === 'user-token' && trouble.refresh) throw trouble.refresh;
      throw error;
    }
  },
  standing: async () => 'none',
  seal: async () => Promise.reject(new Error('nothing is sealed here')),
  keepAlive: async () => undefined,
  checkReadable: async () => undefined,
});

/** A store, to be closed in the end, and any number of desks on it. */
export interface OpenChanges {
  onDesk(clock?: Clock): ChangesOnDesk;
  close(): Promise<void>;
}

export async function openChanges(kind: DatabaseKind = 'sqlite'): Promise<OpenChanges> {
  const database = await temporaryDatabase(kind);
  const logger = createLogger('silent');
  const db = openDatabase(database.url, logger);
  await migrate(db);
  const store = createStore(db);
  await store.grants.save({
    openId: actor,
    name: 'Actor',
    tokens: 'sealed',
    grantedAt: 0,
    accessExpiresAt: 0,
    refreshExpiresAt: undefined,
  });
  let desks = 0;
  let requests = 0;

  const onDesk = (given?: Clock): ChangesOnDesk => {
    desks += 1;
    const patient = new PatientClock();
    const clock = given ?? patient;
    const desk = new MemoryDesk(`desk-${desks}`);
    const planner = createPlanner({ store, clock, random: systemRandom, changeTtlMs: 600_000 });
    const logs = captureLogs();
    const { metrics, told } = recordMetrics();
    const trouble: { refresh?: FeishuError } = {};
    const grants = grantsWith(trouble);
    const refuseTokens = (error: FeishuError) => {
      trouble.refresh = error;
    };
    const parts = {
      ...{ store, helpdesk: desk, grants, planner, clock, desk: { id: desk.id } },
      logger: logs.logger,
      trace: logs.trace,
      metrics,
    };
    const asked = (): Asked => {
      requests += 1;
      return {
        requestKey: `request-${requests}`,
        actorId: actor,
        chatId: ChatId.parse('oc_chat'),
        sourceMessageId: MessageId.parse('om_command'),
        people: [],
      };
    };
    const replica = (worker: string) => {
      const changes = createChanges({ ...parts, worker });
      patient.alive.push(() => changes.renewLeases());
      return changes;
    };
    const fallSilent = () => {
      patient.alive = [];
    };
    return {
      refuseTokens,
      fallSilent,
      desk,
      store,
      db,
      planner,
      clock,
      logs,
      told,
      asked,
      replica,
      changes: replica('worker'),
    };
  };
  return {
    onDesk,
    close: async () => {
      await db.destroy();
      await database.drop();
    },
  };
}

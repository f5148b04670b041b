import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { type BackgroundJobsParts, startBackgroundJobs } from '../../src/app/backgroundJobs.ts';
import { OpenId } from '../../src/domain/ids.ts';
import type { Messages } from '../../src/feishu/messages.ts';
import { createLogger } from '../../src/lib/logger.ts';
import { createTrace } from '../../src/lib/trace.ts';
import { openStore } from '../../src/store/open.ts';
import { createSharedClock } from '../../src/store/sharedClock.ts';
import type { Store } from '../../src/store/store.ts';
import { changeIn, message, NOW } from '../store/samples.ts';
import { ManualClock } from '../support/clock.ts';
import { type TemporaryDatabase, temporaryDatabase } from '../support/database.ts';

const SECOND = 1_000;
const DAY = 24 * 3_600 * SECOND;
const forever = () => new Promise<never>(() => undefined);
const nothing = async () => undefined;
const unasked = async (): Promise<never> => {
  throw new Error('nobody asked for this');
};

let database: TemporaryDatabase;
let store: Store;
let clock: ManualClock;
beforeEach(async () => {
  database = await temporaryDatabase('sqlite');
  store = await openStore(database.url, createLogger('silent'));
  clock = new ManualClock(NOW + DAY);
});
afterEach(async () => {
  await store.close();
  await database.drop();
});

async function pass(ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += SECOND) {
    clock.advance(SECOND);
    for (let n = 0; n < 20; n += 1) await turn();
  }
}

/** Starts it with jobs that do nothing, but for these. */
function start(difference: Partial<BackgroundJobsParts>, update: Messages['update'] = async (shown) => shown) {
  const logger = createLogger('silent');
  return startBackgroundJobs({
    store,
    changes: { renewLeases: nothing, settleSilent: nothing, expire: nothing },
    grants: { keepAlive: nothing },
    roster: { warm: nothing },
    messages: { reply: unasked, send: unasked, postText: unasked, updateClicked: unasked, update },
    people: { self: async () => OpenId.parse('ou_bot') },
    clock: createSharedClock(clock, store, logger),
    logger,
    trace: createTrace(),
    worker: 'w',
    self: { learn: nothing },
    retention: { inboxMs: DAY, historyMs: DAY },
    more: [],
    ...difference,
  });
}

async function dueCard(n: number): Promise<void> {
  const id = await changeIn('applied', store, n);
  await store.changes.setCard(id, message(n));
}

it('no job waits for one that hangs', async () => {
  await dueCard(1);
  const rounds: string[] = [];
  const noting = (name: string) => async () => void rounds.push(name);
  const shown: string[] = [];
  start(
    {
      changes: { renewLeases: noting('leases'), settleSilent: forever, expire: noting('expiry') },
      grants: { keepAlive: forever },
      roster: { warm: forever },
    },
    async (card) => {
      shown.push(card);
      return card;
    },
  );
  await pass(10 * SECOND);
  expect(rounds.filter((name) => name === 'expiry').length).toBeGreaterThanOrEqual(4);
  expect(shown).toEqual([message(1)]);
});

it('no card waits for one that is not taken, and the next round comes all the same', async () => {
  for (const n of [1, 2, 3]) await dueCard(n);
  const shown: string[] = [];
  start({}, async (card) => {
    if (card === message(1)) await forever();
    shown.push(card);
    return card;
  });
  await pass(2 * SECOND);
  expect(shown.sort()).toEqual([message(2), message(3)]);
  await dueCard(4);
  await pass(20 * SECOND);
  expect(shown).toContain(message(4));
});

it('what one table refuses to forget keeps none of the others', async () => {
  let isPruned = false;
  const { views } = store;
  start({
    store: {
      ...store,
      inbox: { ...store.inbox, prune: forever },
      views: {
        ...views,
        prune: async (before: number) => {
          isPruned = true;
          return views.prune(before);
        },
      },
    },
  });
  await pass(2 * SECOND);
  expect(isPruned).toBe(true);
});

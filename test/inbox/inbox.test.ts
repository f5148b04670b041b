import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { FeishuError } from '../../src/feishu/errors.ts';
import { createInbox, type Inbox, type InboxParts } from '../../src/inbox/inbox.ts';
import { createLogger } from '../../src/lib/logger.ts';
import { NO_METRICS } from '../../src/lib/metrics.ts';
import { openDatabase } from '../../src/store/connection.ts';
import { migrate } from '../../src/store/migrate.ts';
import type { Database } from '../../src/store/schema.ts';
import { createStore, type Store } from '../../src/store/store.ts';
import { writeDelivery } from '../../src/store/storedJson.ts';
import { ManualClock } from '../support/clock.ts';
import { type TemporaryDatabase, temporaryDatabase } from '../support/database.ts';
import { type CapturedLogs, captureLogs } from '../support/logs.ts';
import { recordMetrics } from '../support/metrics.ts';
import { aClick, aMessage } from '../transport/samples.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const POLL = SECOND;
const LEASE = 7 * SECOND;

let database: TemporaryDatabase;
let db: Database;
let store: Store;
let clock: ManualClock;
let logs: CapturedLogs;
let started: Inbox[];
/** Connections of other replicas. */
let others: Database[];

beforeEach(async () => {
  database = await temporaryDatabase('sqlite');
  db = openDatabase(database.url, createLogger('silent'));
  await migrate(db);
  store = createStore(db);
  clock = new ManualClock();
  logs = captureLogs();
  started = [];
  others = [];
});
afterEach(async () => {
  await Promise.all(started.map((inbox) => inbox.stop()));
  await Promise.all([db, ...others].map((open) => open.destroy()));
  await database.drop();
});

/** What was handled and apologised for, in order. */
interface Seen {
  handled: string[];
  apologies: string[];
}

function inboxOf(worker: string, difference: Partial<InboxParts> = {}): { inbox: Inbox; seen: Seen } {
  const seen: Seen = { handled: [], apologies: [] };
  const { handle, ...rest } = difference;
  const inbox = createInbox({
    store,
    clock,
    logger: logs.logger,
    trace: logs.trace,
    metrics: NO_METRICS,
    worker,
    handle: async (key, delivery) => {
      seen.handled.push(key);
      await handle?.(key, delivery);
    },
    apologise: async (key) => void seen.apologies.push(key),
    ...rest,
  });
  return { inbox, seen };
}

function start(worker: string, difference: Partial<InboxParts> = {}) {
  const made = inboxOf(worker, difference);
  made.inbox.start();
  started.push(made.inbox);
  return made;
}

/** Another connection to the same database, as another replica has it. */
function elsewhere(): Store {
  const other = openDatabase(database.url, createLogger('silent'));
  others.push(other);
  return createStore(other);
}

/** Lets everything run that waits for its turn only, as all of it does: SQLite answers at once. */
const settle = async () => {
  for (let n = 0; n < 20; n += 1) await turn();
};

/** Lets time pass in steps of a poll. */
async function pass(ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += POLL) {
    clock.advance(Math.min(POLL, ms - passed));
    await settle();
  }
}

const rowOf = (key: string) => db.selectFrom('inbox').selectAll().where('key', '=', key).executeTakeFirstOrThrow();

const failing = (error: unknown, times = Number.POSITIVE_INFINITY) => {
  let left = times;
  return async () => {
    left -= 1;
    if (left >= 0) throw error;
  };
};

/** Work that ends when it is told to. */
function pending() {
  let end = (): void => undefined;
  const work = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { work, end: () => end() };
}

describe('a delivery', () => {
  it('is handled once it is stored, as it came', async () => {
    const handled: unknown[] = [];
    const { inbox } = start('a', { handle: async (key, delivery) => void handled.push(key, delivery) });
    await inbox.accept(aMessage());
    await settle();
    expect(handled).toEqual(['message:om_1', aMessage().delivery]);
    expect(await rowOf('message:om_1')).toMatchObject({ state: 'done', delivery: '', worker: null });
  });

  it('is in the database before it is acknowledged and before it is handled', async () => {
    const rows: unknown[] = [];
    const { work, end } = pending();
    const { inbox } = start('a', {
      handle: async (key) => {
        rows.push(await rowOf(key));
        await work;
      },
    });
    await inbox.accept(aMessage());
    const stored = { state: 'working', worker: 'a', attempts: 1, delivery: writeDelivery(aMessage().delivery) };
    expect(await rowOf('message:om_1')).toMatchObject(stored);
    await settle();
    expect(rows).toMatchObject([stored]);
    end();
  });

  it('is not acknowledged when it cannot be stored', async () => {
    const { inbox, seen } = inboxOf('a');
    await sql`alter table inbox rename to inbox_away`.execute(db);
    await expect(inbox.accept(aMessage())).rejects.toThrow('inbox');
    await expect(inbox.acceptLive(aClick())).rejects.toThrow('inbox');
    await settle();
    expect(seen.handled).toEqual([]);
  });

  it('is handled once, however often and wherever it comes', async () => {
    const first = start('a');
    const second = start('b', { store: elsewhere() });
    await Promise.all([first, second, first, second].map(({ inbox }) => inbox.accept(aMessage())));
    await settle();
    await first.inbox.accept(aMessage());
    await pass(3 * LEASE);
    await second.inbox.accept(aMessage());
    await settle();
    expect([...first.seen.handled, ...second.seen.handled]).toEqual(['message:om_1']);
  });

  it('is logged without what it says', async () => {
    const { inbox } = start('a', { handle: failing(new Error('oops'), 1) });
    await inbox.accept(aMessage('message:om_1', '/skill rename VIP s3cret'));
    await pass(2 * SECOND);
    expect(logs.lines()).toMatchObject([
      { level: 30, kind: 'message' },
      { level: 40, delivery: 'message:om_1', attempts: 1, reason: 'oops' },
      { level: 30, delivery: 'message:om_1', kind: 'message' },
    ]);
    expect(logs.text()).not.toContain('s3cret');
  });
});

describe('deliveries that come in one turn', () => {
  type Add = Store['inbox']['add'];
  const withAdd = (add: (real: Add) => Add): Store => ({
    ...store,
    inbox: { ...store.inbox, add: add(store.inbox.add) },
  });
  const messages = (count: number) => Array.from({ length: count }, (_, n) => aMessage(`message:${n}`));
  /** Each in a chat of its own, by somebody else. */
  const scattered = (count: number) =>
    Array.from({ length: count }, (_, n) =>
      aMessage(`message:${n}`, '/skill list', { chat: `oc_${n}`, sender: `ou_${n}` }),
    );

  it('are stored together and handled each', async () => {
    const batches: number[] = [];
    const counting = withAdd((real) => async (items, receipt) => {
      batches.push(items.length);
      return real(items, receipt);
    });
    const { inbox, seen } = start('a', { store: counting });
    const live = inbox.acceptLive(aClick());
    await Promise.all([...messages(3).map(inbox.accept), inbox.accept(aMessage('message:0')), live]);
    await settle();
    // The click by itself: it does not wait for the disk.
    expect(batches.sort()).toEqual([1, 4]);
    expect(seen.handled).toEqual(['message:0', 'message:1', 'message:2']);
    await (await live)?.finish();
    expect(await store.inbox.depth()).toBe(0);
  });

  it('are one, when they are copies of a click', async () => {
    const { inbox } = start('a');
    const lives = await Promise.all([inbox.acceptLive(aClick()), inbox.acceptLive(aClick())]);
    expect(lives.map((live) => live !== undefined)).toEqual([true, false]);
    await lives[0]?.finish();
  });

  it('are refused alone when the database refuses one', async () => {
    const { inbox, seen } = start('a', {
      store: withAdd((real) => async (items, receipt) => {
        if (items.some(({ requestKey }) => requestKey === 'message:1')) throw new Error('bad row');
        return real(items, receipt);
      }),
    });
    const accepted = await Promise.allSettled(messages(3).map(inbox.accept));
    expect(accepted.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    await settle();
    expect(seen.handled).toEqual(['message:0', 'message:2']);
  });

  it('are not lost when the database has stored them and its answer is lost', async () => {
    let connected = false;
    const { inbox, seen } = start('a', {
      store: withAdd((real) => async (items, receipt) => {
        const added = await real(items, receipt);
        if (!connected) throw new Error('connection lost');
        return added;
      }),
    });
    await expect(inbox.accept(aMessage())).rejects.toThrow('connection lost');
    connected = true;
    // Feishu sends it again: it is known by then, and still has to have its effect.
    await inbox.accept(aMessage());
    await pass(LEASE + POLL);
    expect(seen.handled).toEqual(['message:om_1']);
    expect(await rowOf('message:om_1')).toMatchObject({ state: 'done' });
  });

  it('are worked on as far as there is room, and kept for later up to a limit', async () => {
    const { work, end } = pending();
    const { inbox, seen } = start('a', { handle: () => work });
    await Promise.all(scattered(1_032).map(inbox.accept));
    await settle();
    expect(seen.handled).toHaveLength(64);
    const states = await db.selectFrom('inbox').select('state').execute();
    expect(states.filter(({ state }) => state === 'working')).toHaveLength(1_024);
    expect(states.filter(({ state }) => state === 'waiting')).toHaveLength(8);
    end();
    for (let n = 0; n < 20; n += 1) await settle();
    expect(new Set(seen.handled).size).toBe(1_032);
    expect(seen.handled).toHaveLength(1_032);
    expect(await store.inbox.depth()).toBe(0);
  });

  it('are answered before any of them is handled', async () => {
    const order: string[] = [];
    const { inbox } = start('a', { handle: async (key) => void order.push(`handled ${key}`) });
    await Promise.all(messages(2).map((one) => inbox.accept(one).then(() => order.push(`answered ${one.requestKey}`))));
    await settle();
    expect(order).toEqual(['answered message:0', 'answered message:1', 'handled message:0', 'handled message:1']);
  });
});

describe('a delivery that fails', () => {
  it('is tried again after longer and longer pauses, and given up with one apology', async () => {
    const times: number[] = [];
    const begin = clock.now();
    const { inbox, seen } = start('a', {
      handle: async () => {
        times.push((clock.now() - begin) / SECOND);
        throw new Error('oops');
      },
    });
    await inbox.accept(aMessage());
    await settle();
    await pass(40 * SECOND);
    // 1, 2, 4 and 8 s after the one before.
    expect(times).toEqual([0, 1, 3, 7, 15]);
    expect(seen.apologies).toEqual(['message:om_1']);
    expect(await rowOf('message:om_1')).toMatchObject({ state: 'given-up', error: 'oops', delivery: '' });
  });

  it('succeeds with any attempt', async () => {
    const { inbox, seen } = start('a', { handle: failing(new Error('oops'), 4) });
    await inbox.accept(aMessage());
    await pass(20 * SECOND);
    expect(seen.handled).toHaveLength(5);
    expect(seen.apologies).toEqual([]);
    expect(await rowOf('message:om_1')).toMatchObject({ state: 'done', attempts: 5, error: null });
  });

  it('is tried for an hour while Feishu has trouble, at least once a minute', async () => {
    const { inbox, seen } = start('a', { handle: failing(new FeishuError('unavailable', 'internal error')) });
    await inbox.accept(aMessage());
    await pass(40 * SECOND);
    expect(seen.handled.length).toBeGreaterThan(5);
    const before = seen.handled.length;
    for (let n = 0; n < 30; n += 1) {
      clock.advance(MINUTE);
      await settle();
    }
    expect(seen.handled.length).toBeGreaterThan(before + 20);
    expect(seen.apologies).toEqual([]);
    for (let n = 0; n < 31; n += 1) {
      clock.advance(MINUTE);
      await settle();
    }
    expect(seen.apologies).toEqual(['message:om_1']);
    expect(await rowOf('message:om_1')).toMatchObject({ state: 'given-up', error: 'internal error' });
  });

  it.each(['not-found', 'chat-gone', 'app-scope'] as const)('with %s is not tried for an hour', async (kind) => {
    const { inbox, seen } = start('a', { handle: failing(new FeishuError(kind, 'no')) });
    await inbox.accept(aMessage());
    await pass(20 * SECOND);
    expect(seen.handled).toHaveLength(5);
    expect(seen.apologies).toHaveLength(1);
  });

  it('keeps a reason of 200 characters at most', async () => {
    const { inbox } = start('a', { handle: failing(new Error('x'.repeat(5_000)), 1) });
    await inbox.accept(aMessage());
    await settle();
    expect((await rowOf('message:om_1')).error).toHaveLength(200);
  });

  it('is given up also when the apology fails', async () => {
    const { inbox } = start('a', {
      handle: failing('no error at all'),
      apologise: failing(new Error('chat is gone')),
    });
    await inbox.accept(aMessage());
    await pass(20 * SECOND);
    expect(await rowOf('message:om_1')).toMatchObject({ state: 'given-up', error: 'unknown' });
    expect(logs.lines()).toContainEqual(expect.objectContaining({ level: 50, reason: 'chat is gone' }));
  });

  it('is counted with each attempt, by how it ended', async () => {
    const { metrics, told } = recordMetrics();
    const { inbox } = start('a', { metrics, handle: failing(new Error('oops'), 1) });
    await inbox.accept(aMessage());
    await inbox.accept(aMessage());
    await pass(2 * SECOND);
    const live = await inbox.acceptLive(aClick());
    await live?.retry(new Error('oops'));
    await pass(2 * SECOND);
    await (await inbox.acceptLive(aClick('action:2')))?.finish();
    expect(told).toEqual([
      'received message stored',
      'handled message retried',
      'received message duplicate',
      'handled message done',
      'received card-action stored',
      'handled card-action retried',
      'handled card-action done',
      'received card-action stored',
      'handled card-action done',
    ]);
  });

  it('that cannot be stored is told to whoever brought it, and to the log', async () => {
    const add = async (): Promise<never> => {
      throw new Error('database is locked');
    };
    const { metrics, told } = recordMetrics();
    const { inbox } = start('a', { metrics, store: { ...store, inbox: { ...store.inbox, add } } });
    await expect(inbox.accept(aMessage())).rejects.toThrow('database is locked');
    expect(told).toEqual([]);
    const line = { level: 40, kind: 'message', reason: 'database is locked', msg: 'delivery not stored' };
    expect(logs.lines()).toContainEqual(expect.objectContaining(line));
  });

  it('that comes to nothing is counted as given up', async () => {
    const { metrics, told } = recordMetrics();
    const { inbox } = start('a', { metrics, handle: failing(new Error('oops')) });
    await inbox.accept(aMessage());
    await pass(20 * SECOND);
    expect(told.filter((fact) => fact.startsWith('handled'))).toEqual([
      ...Array.from({ length: 4 }, () => 'handled message retried'),
      'handled message given-up',
    ]);
  });

  it('does not hold up others', async () => {
    const { inbox, seen } = start('a', {
      handle: async (key) => {
        if (key === 'message:bad') throw new Error('oops');
      },
    });
    await inbox.accept(aMessage('message:bad'));
    for (let n = 0; n < 5; n += 1) await inbox.accept(aMessage(`message:${n}`));
    await settle();
    expect(seen.handled).toHaveLength(6);
    expect(await store.inbox.depth()).toBe(1);
  });

  it('is given up when it cannot be read, and ends nothing else', async () => {
    await store.inbox.enqueue({ requestKey: 'odd', delivery: '{"kind":"from the future"}', now: clock.now() });
    await store.inbox.enqueue({ requestKey: 'broken', delivery: '{', now: clock.now() });
    const { inbox, seen } = start('a');
    await inbox.accept(aMessage());
    await settle();
    expect(await rowOf('odd')).toMatchObject({ state: 'given-up', error: 'unreadable' });
    expect(await rowOf('broken')).toMatchObject({ state: 'given-up' });
    expect(seen).toEqual({ handled: ['message:om_1'], apologies: [] });
  });
});

describe('work that waits', () => {
  it('is found at the start', async () => {
    await store.inbox.enqueue({ ...aMessage(), delivery: JSON.stringify(aMessage().delivery), now: clock.now() });
    const { seen } = start('a');
    await settle();
    expect(seen.handled).toEqual(['message:om_1']);
  });

  it('is found at the next look, or at once when the inbox is woken', async () => {
    const { inbox, seen } = start('a');
    await settle();
    await store.inbox.enqueue({ requestKey: 'k1', delivery: JSON.stringify(aMessage().delivery), now: clock.now() });
    await settle();
    expect(seen.handled).toEqual([]);
    inbox.wake();
    await settle();
    expect(seen.handled).toEqual(['k1']);
    await store.inbox.enqueue({ requestKey: 'k2', delivery: JSON.stringify(aMessage().delivery), now: clock.now() });
    await pass(POLL);
    expect(seen.handled).toEqual(['k1', 'k2']);
  });

  it('is taken up as far as there is room', async () => {
    const { work, end } = pending();
    for (let n = 0; n < 80; n += 1) {
      await store.inbox.enqueue({
        requestKey: `k${n}`,
        delivery: JSON.stringify(aMessage().delivery),
        now: clock.now(),
      });
    }
    const { seen } = start('a', { handle: () => work });
    await pass(2 * POLL);
    expect(seen.handled).toHaveLength(64);
    end();
    await settle();
    await pass(POLL);
    expect(seen.handled).toHaveLength(80);
  });
});

describe('a worker that goes silent', () => {
  it('loses its rows to another one, which then does them again', async () => {
    // Accepts without ever having been started: nobody renews its lease.
    const { work, end } = pending();
    const silent = inboxOf('silent', { handle: () => work });
    await silent.inbox.accept(aMessage());
    const other = start('other', { store: elsewhere() });
    await pass(LEASE - POLL);
    expect(other.seen.handled).toEqual([]);
    await pass(2 * POLL);
    expect(other.seen.handled).toEqual(['message:om_1']);
    expect(await rowOf('message:om_1')).toMatchObject({ state: 'done', attempts: 2 });
    end();
    await settle();
    expect(await rowOf('message:om_1')).toMatchObject({ state: 'done', attempts: 2 });
  });

  it('loses its clicks as well', async () => {
    const silent = inboxOf('silent');
    expect(await silent.inbox.acceptLive(aClick())).toBeDefined();
    const other = start('other', { store: elsewhere() });
    await pass(LEASE + POLL);
    expect(other.seen.handled).toEqual(['action:click-1']);
  });

  it('is taken over within 10 s of a restart', async () => {
    const { inbox } = inboxOf('a:1:x', { handle: () => pending().work });
    await inbox.accept(aMessage());
    const restarted = start('a:2:y', { store: elsewhere() });
    await pass(10 * SECOND);
    expect(restarted.seen.handled).toEqual(['message:om_1']);
  });

  it('is none as long as it only works slowly', async () => {
    const { work, end } = pending();
    const slow = start('slow', { handle: () => work });
    await slow.inbox.accept(aMessage());
    const other = start('other', { store: elsewhere() });
    await pass(5 * LEASE);
    expect(other.seen.handled).toEqual([]);
    end();
    await settle();
    expect(await rowOf('message:om_1')).toMatchObject({ state: 'done', attempts: 1 });
  });

  it('does not begin its own work anew when it was stuck beyond its lease', async () => {
    const { work, end } = pending();
    // The heartbeat does not get through: what the worker finds after its lease is its own.
    const renew = async () => undefined;
    const { inbox, seen } = start('a', { handle: () => work, store: { ...store, inbox: { ...store.inbox, renew } } });
    await inbox.accept(aMessage());
    const live = await inbox.acceptLive(aClick());
    await pass(3 * LEASE);
    expect(seen.handled).toEqual(['message:om_1']);
    end();
    await live?.finish();
    await settle();
    expect([await rowOf('message:om_1'), await rowOf('action:click-1')]).toMatchObject([
      { state: 'done' },
      { state: 'done' },
    ]);
  });
});

describe('a click', () => {
  it('is handled by whoever waits for its answer', async () => {
    const { inbox, seen } = start('a');
    const live = await inbox.acceptLive(aClick());
    await pass(3 * LEASE);
    expect(seen.handled).toEqual([]);
    await live?.finish();
    expect(await rowOf('action:click-1')).toMatchObject({ state: 'done' });
  });

  it('is known when it comes again, also after it is finished', async () => {
    const { inbox } = start('a');
    const live = await inbox.acceptLive(aClick());
    expect(await inbox.acceptLive(aClick())).toBeUndefined();
    await live?.finish();
    expect(await inbox.acceptLive(aClick())).toBeUndefined();
  });

  it('is tried again by the inbox when it is left to it', async () => {
    const { inbox, seen } = start('a');
    const live = await inbox.acceptLive(aClick());
    await live?.retry(new Error('oops'));
    expect(await rowOf('action:click-1')).toMatchObject({ state: 'waiting', error: 'oops' });
    await pass(2 * SECOND);
    expect(seen.handled).toEqual(['action:click-1']);
    expect(await rowOf('action:click-1')).toMatchObject({ state: 'done', attempts: 2 });
  });
});

describe('a database that fails for a while', () => {
  const away = () => sql`alter table inbox rename to inbox_away`.execute(db);
  const back = () => sql`alter table inbox_away rename to inbox`.execute(db);

  it.each([
    ['the end of a delivery', undefined, 'done', 1],
    ['the failure of a delivery', new Error('oops'), 'done', 2],
  ] as const)('does not lose %s', async (_what, error, state, attempts) => {
    const { work, end } = pending();
    const { inbox, seen } = start('a', {
      handle: async () => {
        if (seen.handled.length > 1) return;
        await work;
        if (error) throw error;
      },
    });
    await inbox.accept(aMessage());
    await settle();
    await away();
    end();
    await pass(3 * SECOND);
    expect(logs.lines()).toContainEqual(expect.objectContaining({ level: 50, delivery: 'message:om_1' }));
    await back();
    await pass(4 * SECOND);
    expect(await rowOf('message:om_1')).toMatchObject({ state, attempts });
    expect(seen.handled).toHaveLength(attempts);
  });

  it('does not lose that a delivery was given up, nor the apology', async () => {
    const { work, end } = pending();
    const { inbox, seen } = start('a', {
      handle: async () => {
        if (seen.handled.length === 5) await work;
        throw new Error('oops');
      },
    });
    await inbox.accept(aMessage());
    await pass(20 * SECOND);
    expect(seen.handled).toHaveLength(5);
    await away();
    end();
    await settle();
    await back();
    await pass(2 * SECOND);
    expect(await rowOf('message:om_1')).toMatchObject({ state: 'given-up' });
    expect(seen.apologies).toEqual(['message:om_1']);
    expect(seen.handled).toHaveLength(5);
  });

  it('does not lose a click that was to be tried again', async () => {
    const { inbox, seen } = start('a');
    const live = await inbox.acceptLive(aClick());
    await away();
    await live?.retry(new Error('oops'));
    await pass(2 * SECOND);
    await back();
    await pass(4 * SECOND);
    expect(seen.handled).toEqual(['action:click-1']);
    expect(await rowOf('action:click-1')).toMatchObject({ state: 'done' });
  });

  it('does not stop the inbox', async () => {
    const { inbox, seen } = start('a');
    await settle();
    await away();
    await pass(10 * SECOND);
    await back();
    await store.inbox.enqueue({ requestKey: 'k1', delivery: JSON.stringify(aMessage().delivery), now: clock.now() });
    await inbox.accept(aMessage());
    await pass(2 * SECOND);
    expect([...seen.handled].sort()).toEqual(['k1', 'message:om_1']);
  });

  it('is told of once more at the stop', async () => {
    const { work, end } = pending();
    const { inbox } = start('a', { handle: () => work });
    await inbox.accept(aMessage());
    await away();
    end();
    await settle();
    await back();
    await inbox.stop();
    expect(await rowOf('message:om_1')).toMatchObject({ state: 'done' });
  });
});

describe('stop', () => {
  it('waits for what runs, keeps it for itself meanwhile, and takes up nothing more', async () => {
    const { work, end } = pending();
    const { inbox, seen } = start('a', { handle: () => work });
    await inbox.accept(aMessage());
    await settle();
    const order: string[] = [];
    const stopped = inbox.stop().then(() => order.push('stopped'));
    await store.inbox.enqueue({ requestKey: 'k1', delivery: JSON.stringify(aMessage().delivery), now: clock.now() });
    const other = start('other', { store: elsewhere() });
    await pass(2 * LEASE);
    order.push('still running');
    end();
    await stopped;
    expect(order).toEqual(['still running', 'stopped']);
    expect(seen.handled).toEqual(['message:om_1']);
    expect(other.seen.handled).toEqual(['k1']);
    expect(await rowOf('message:om_1')).toMatchObject({ state: 'done', attempts: 1 });
  });

  it('waits for clicks, too', async () => {
    const { inbox } = start('a');
    const live = await inbox.acceptLive(aClick());
    const order: string[] = [];
    const stopped = inbox.stop().then(() => order.push('stopped'));
    await settle();
    order.push('still running');
    await live?.finish();
    await stopped;
    expect(order).toEqual(['still running', 'stopped']);
  });

  it('waits for what is on its way into the database, and gives it back', async () => {
    const { inbox, seen } = start('a');
    const accepted = inbox.accept(aMessage());
    await inbox.stop();
    await accepted;
    expect(seen.handled).toEqual([]);
    expect(await rowOf('message:om_1')).toMatchObject({ state: 'waiting', worker: null, attempts: 0, lost: 0 });
    const other = start('other', { store: elsewhere() });
    await settle();
    expect(other.seen.handled).toEqual(['message:om_1']);
  });

  it('gives back at once what has not begun', async () => {
    const { work, end } = pending();
    const { inbox, seen } = start('a', { handle: () => work });
    for (let n = 0; n < 10; n += 1) await inbox.accept(aMessage(`message:${n}`));
    await settle();
    const begun = [...seen.handled];
    expect(begun).toHaveLength(8);
    const stopped = inbox.stop();
    await settle();
    const other = start('other', { store: elsewhere() });
    await settle();
    expect(other.seen.handled).toEqual(['message:8', 'message:9']);
    end();
    await stopped;
    expect(seen.handled).toEqual(begun);
    expect(await store.inbox.depth()).toBe(0);
  });

  it('gives back at the end of its time what is still under way, a click too', async () => {
    const { work, end } = pending();
    const { inbox } = start('a', { handle: () => work });
    await inbox.accept(aMessage());
    await inbox.acceptLive(aClick());
    await settle();
    const stopped = inbox.stop(5 * SECOND);
    await pass(5 * SECOND);
    await stopped;
    for (const key of ['message:om_1', 'action:click-1']) {
      expect(await rowOf(key)).toMatchObject({ state: 'waiting', worker: null, attempts: 0, lost: 0 });
    }
    const other = start('other', { store: elsewhere() });
    await settle();
    expect([...other.seen.handled].sort()).toEqual(['action:click-1', 'message:om_1']);
    // What ends later has lost its row, and changes nothing.
    end();
    await settle();
    expect(await rowOf('message:om_1')).toMatchObject({ state: 'done', attempts: 1 });
    started.shift();
  });

  it('is at once when nothing runs, and before the start', async () => {
    const { inbox } = start('a');
    await inbox.stop();
    expect(clock.sleeping).toBe(0);
    await inboxOf('b').inbox.stop();
  });
});

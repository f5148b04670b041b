import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Delivery } from '../../src/domain/delivery.ts';
import { recordMetrics } from '../support/metrics.ts';
import { type InboxStage, inboxStage, LEASE, pending, SECOND } from '../transport/inboxStage.ts';
import { aClick, aMessage } from '../transport/samples.ts';

let stage: InboxStage;
beforeEach(async () => {
  stage = await inboxStage();
});
afterEach(() => stage.close());

const POISON = 'message:poison';
const NEVER_ENDS = pending().work;

/**
 * A process that dies as soon as it works on the poison: from then on it does nothing and renews nothing. Everything that
 * it had under way by then is lost with it.
 */
function mortal(name: string) {
  let isDead = false;
  const handled: string[] = [];
  const inboxOf = stage.elsewhere();
  const dead = async (): Promise<never> => {
    await NEVER_ENDS;
    throw new Error('it is dead');
  };
  // Nothing of a dead process reaches the database.
  const inbox = new Proxy(inboxOf.inbox, {
    get: (target, call, receiver) => (isDead ? dead : Reflect.get(target, call, receiver)),
  });
  const { inbox: started } = stage.silent(name, {
    store: { ...inboxOf, inbox },
    handle: async (key) => {
      if (isDead) await NEVER_ENDS;
      handled.push(key);
      if (key === POISON) isDead = true;
      if (isDead) await NEVER_ENDS;
    },
  });
  return { inbox: started, handled, isDead: () => isDead };
}

/** Processes that follow each other on one database for as long as the poison is worked on; gives how many died. */
async function dieOfIt(most = 10): Promise<number> {
  for (let deaths = 0; deaths < most; deaths += 1) {
    const process = mortal(`mortal-${deaths}`);
    process.inbox.start();
    await stage.pass(LEASE + 2 * SECOND);
    if (!process.isDead()) {
      await process.inbox.stop();
      return deaths;
    }
  }
  return most;
}

const enqueue = (key: string, chatId = 'oc_1') => {
  const { delivery } = aMessage(key, '/skill list', { chat: chatId });
  return stage.store.inbox.enqueue({
    requestKey: key,
    delivery: JSON.stringify(delivery),
    now: stage.clock.now(),
    chatId,
  });
};

describe('a delivery of which the process dies', () => {
  it('is worked on five times, and then kept and told of', async () => {
    await enqueue(POISON);
    expect(await dieOfIt()).toBe(5);
    expect(await stage.rowOf(POISON)).toMatchObject({
      state: 'set-aside',
      lost: 5,
      worker: null,
      finished_at: null,
      delivery: JSON.stringify(aMessage(POISON).delivery),
    });
    expect(await stage.store.inbox.listSetAside(10)).toEqual([{ requestKey: POISON, setAsideAt: expect.any(Number) }]);
    expect(stage.logs.lines()).toContainEqual(expect.objectContaining({ level: 50, delivery: POISON, lost: 5 }));
    const [notice] = await stage.db.selectFrom('inbox').selectAll().where('key', 'like', 'set-aside:%').execute();
    expect(notice).toMatchObject({ state: 'done', chat_id: 'oc_1' });
  });

  it('leads to a notice for its person, which goes out like any answer', async () => {
    const told: Delivery[] = [];
    const { metrics, told: counted } = recordMetrics();
    await enqueue(POISON);
    await stage.db.updateTable('inbox').set({ lost: 5 }).execute();
    let fails = 2;
    const { handled } = stage.start('a', {
      metrics,
      handle: async (_key, delivery) => {
        fails -= 1;
        if (fails >= 0) throw new Error('not now');
        told.push(delivery);
      },
    });
    await stage.pass(10 * SECOND);
    expect(told).toEqual([{ kind: 'set-aside', of: POISON, chatId: 'oc_1', messageId: 'om_1' }]);
    expect(handled).not.toContain(POISON);
    expect(counted.filter((fact) => fact.endsWith('set-aside'))).toEqual(['handled message set-aside']);
    expect(await stage.store.inbox.depth()).toBe(0);
    expect(await stage.store.inbox.countSetAside()).toBe(1);
  });

  it('counts from its arrival on, a click as well', async () => {
    await mortal('first').inbox.accept(aMessage(POISON));
    await mortal('first').inbox.acceptLive(aClick());
    const other = stage.start('other');
    await stage.pass(LEASE + SECOND);
    expect(other.handled.sort()).toEqual(['action:click-1', POISON]);
    expect([await stage.rowOf(POISON), await stage.rowOf('action:click-1')]).toMatchObject([{ lost: 1 }, { lost: 1 }]);
  });

  it('takes nobody with it', async () => {
    for (let n = 0; n < 12; n += 1) await enqueue(`message:${n}`, `oc_${n}`);
    await enqueue(POISON);
    for (let n = 12; n < 24; n += 1) await enqueue(`message:${n}`, `oc_${n}`);
    expect(await dieOfIt()).toBe(5);
    expect(await stage.store.inbox.listSetAside(10)).toMatchObject([{ requestKey: POISON }]);
    expect(await stage.store.inbox.depth()).toBe(0);
    const rows = await stage.db.selectFrom('inbox').selectAll().where('key', 'like', 'message:%').execute();
    expect(rows.filter(({ state }) => state === 'done')).toHaveLength(24);
  });

  it('is tried again when an operator asks for it, as if it had just come', async () => {
    await enqueue(POISON);
    await dieOfIt();
    stage.clock.advance(2 * 3_600 * SECOND);
    expect(await stage.store.inbox.retrySetAside(stage.clock.now())).toBe(1);
    expect(await stage.store.inbox.retrySetAside(stage.clock.now())).toBe(0);
    const { handled } = stage.start('mended');
    await stage.pass(2 * SECOND);
    expect(handled).toEqual([POISON]);
    expect(await stage.rowOf(POISON)).toMatchObject({ state: 'done', set_aside_at: null, lost: 0 });
  });

  it('is set aside without a look into it', async () => {
    await stage.store.inbox.enqueue({ requestKey: 'odd', delivery: '{', now: stage.clock.now() });
    await stage.db.updateTable('inbox').set({ lost: 5 }).execute();
    const { handled } = stage.start('a');
    await stage.pass(2 * SECOND);
    expect(handled).toEqual([]);
    expect(await stage.rowOf('odd')).toMatchObject({ state: 'set-aside', delivery: '{' });
  });
});

describe('what does not count', () => {
  it('a clean stop, however often it comes; and it begins the count anew', async () => {
    await enqueue(POISON);
    expect(await dieOfIt(4)).toBe(4);
    await stage.pass(LEASE);
    for (let stops = 0; stops < 3; stops += 1) {
      const rolling = stage.silent(`rolling-${stops}`, { store: stage.elsewhere(), handle: () => NEVER_ENDS });
      rolling.inbox.start();
      await stage.settle();
      expect(await stage.rowOf(POISON)).toMatchObject({ state: 'working', worker: `rolling-${stops}` });
      const stopped = rolling.inbox.stop(SECOND);
      await stage.pass(2 * SECOND);
      await stopped;
      expect(await stage.rowOf(POISON)).toMatchObject({ state: 'waiting', worker: null, lost: 0 });
    }
    expect(await dieOfIt(4)).toBe(4);
    expect(await stage.rowOf(POISON)).toMatchObject({ state: 'working' });
  });

  it('an error, which has a limit of its own', async () => {
    await enqueue('message:bad');
    await stage.db.updateTable('inbox').set({ lost: 4, attempts: 4 }).execute();
    const { handled } = stage.start('a', {
      handle: async () => {
        throw new Error('oops');
      },
    });
    await stage.pass(40 * SECOND);
    expect(handled).toHaveLength(5);
    expect(await stage.rowOf('message:bad')).toMatchObject({ state: 'given-up', lost: 4 });
  });

  it('work that is only slow', async () => {
    const { work, end } = pending();
    const { inbox } = stage.start('a', { handle: () => work });
    await inbox.accept(aMessage());
    const other = stage.start('b', { store: stage.elsewhere() });
    await stage.pass(10 * LEASE);
    expect(await stage.rowOf('message:om_1')).toMatchObject({ worker: 'a', lost: 0 });
    end();
    await stage.settle();
    expect(other.handled).toEqual([]);
  });
});

it('a notice is a delivery that the inbox can read', () => {
  const notice = { kind: 'set-aside', of: POISON, chatId: 'oc_1', messageId: 'om_1' };
  expect(Delivery.parse(notice)).toEqual(notice);
});

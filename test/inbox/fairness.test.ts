import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Delivery, IncomingDelivery } from '../../src/domain/delivery.ts';
import { FeishuError } from '../../src/feishu/errors.ts';
import { type InboxStage, inboxStage, LEASE, pending, SECOND } from '../transport/inboxStage.ts';
import { aClick, aMessage } from '../transport/samples.ts';

let stage: InboxStage;
beforeEach(async () => {
  stage = await inboxStage();
});
afterEach(() => stage.close());

const GROUP = 'oc_group';
const number = (n: number): string => String(n).padStart(4, '0');
const inGroup = (n: number, chat = GROUP): IncomingDelivery =>
  aMessage(`message:${number(n)}`, '/skill list', { chat });
const fromOthers = (key: string, n = 0): IncomingDelivery =>
  aMessage(key, '/skill whoami', { chat: `oc_other_${n}`, sender: `ou_other_${n}` });
const isOf = (delivery: Delivery, chat: string): boolean => delivery.kind === 'message' && delivery.chatId === chat;
const limitedFor = (retryAfterMs: number | undefined) =>
  new FeishuError('rate-limited', 'frequency limit', { code: 230020, retryAfterMs });

/** Answers everybody but one chat, which is rate limited for as long as this is so. */
function limitedGroup(retryAfterMs: number | undefined) {
  const limit = { isOn: true };
  const handle = async (_key: string, delivery: Delivery): Promise<void> => {
    if (limit.isOn && isOf(delivery, GROUP)) throw limitedFor(retryAfterMs);
  };
  return { limit, handle };
}

describe('a chat that is rate limited', () => {
  it('holds no slot, and delays nobody else', async () => {
    const { handle } = limitedGroup(10 * SECOND);
    const { inbox, handled } = stage.start('a', { handle });
    for (let n = 0; n < 100; n += 1) {
      await inbox.accept(inGroup(n));
      if (n % 5 === 4) await stage.pass(100);
    }
    await inbox.accept(fromOthers('message:whoami'));
    await stage.settle();
    expect(handled).toContain('message:whoami');
    expect(await stage.rowOf('message:whoami')).toMatchObject({ state: 'done' });
    // Only those that were under way when the limit was met; the others were not even tried.
    expect(handled.filter((key) => key !== 'message:whoami').length).toBeLessThanOrEqual(8);
    const rows = await stage.db.selectFrom('inbox').selectAll().where('chat_id', '=', GROUP).execute();
    expect(rows.every(({ state, worker }) => state === 'waiting' && worker === null)).toBe(true);
    expect(rows.every(({ due_at }) => due_at > stage.clock.now() + 7 * SECOND)).toBe(true);
  });

  it('is tried with one at a time, and then answered in the order in which it asked', async () => {
    const { handle, limit } = limitedGroup(10 * SECOND);
    const { inbox, handled } = stage.start('a', { handle });
    for (let n = 0; n < 40; n += 1) await inbox.accept(inGroup(n));
    await stage.settle();
    const before = handled.length;
    await stage.pass(11 * SECOND);
    expect(handled.slice(before)).toEqual(['message:0000']);
    limit.isOn = false;
    await stage.pass(30 * SECOND);
    const answered = handled.slice(before + 1);
    expect(answered).toEqual([...answered].sort());
    expect(new Set(handled).size).toBe(40);
    expect(await stage.store.inbox.depth()).toBe(0);
  });

  it('lets what comes meanwhile wait as well, here and on other replicas', async () => {
    const { handle, limit } = limitedGroup(10 * SECOND);
    const one = stage.start('a', { handle });
    await one.inbox.accept(inGroup(0));
    await stage.settle();
    limit.isOn = false;
    await one.inbox.accept(inGroup(1));
    const other = stage.start('b', { store: stage.elsewhere() });
    await stage.pass(8 * SECOND);
    expect([one.handled, other.handled]).toEqual([['message:0000'], []]);
    await stage.pass(3 * SECOND);
    expect([...one.handled, ...other.handled].sort()).toEqual(['message:0000', 'message:0000', 'message:0001']);
  });

  it('waits also where Feishu does not say how long', async () => {
    const { handle } = limitedGroup(undefined);
    const { inbox, handled } = stage.start('a', { handle });
    for (let n = 0; n < 20; n += 1) await inbox.accept(inGroup(n));
    await stage.settle();
    expect(handled.length).toBeLessThanOrEqual(8);
    await inbox.accept(fromOthers('message:whoami'));
    await stage.settle();
    expect(handled).toContain('message:whoami');
  });

  it('is waited for after a restart, too', async () => {
    const { handle } = limitedGroup(10 * SECOND);
    const first = stage.start('a', { handle });
    for (let n = 0; n < 10; n += 1) await first.inbox.accept(inGroup(n));
    await stage.settle();
    await first.inbox.stop();
    const second = stage.start('b', { store: stage.elsewhere() });
    await stage.pass(8 * SECOND);
    expect(second.handled).toEqual([]);
    await stage.pass(3 * SECOND);
    expect(second.handled).toHaveLength(10);
  });

  it('holds up a click no longer than Feishu asks for', async () => {
    const { inbox, handled } = stage.start('a');
    const live = await inbox.acceptLive(aClick());
    await live?.retry(limitedFor(20 * SECOND));
    expect(await stage.rowOf('action:click-1')).toMatchObject({ due_at: stage.clock.now() + 20 * SECOND });
    await stage.pass(19 * SECOND);
    expect(handled).toEqual([]);
    await stage.pass(2 * SECOND);
    expect(handled).toEqual(['action:click-1']);
  });
});

describe('a chat whose answers are slow', () => {
  it('has a few of the slots, keeps a few more for itself, and leaves the rest in the database', async () => {
    const { work, end } = pending();
    const { inbox, handled } = stage.start('a', {
      handle: async (_key, delivery) => (isOf(delivery, GROUP) ? work : undefined),
    });
    await Promise.all(Array.from({ length: 300 }, (_, n) => inbox.accept(inGroup(n))));
    await stage.pass(2 * LEASE);
    expect(handled).toEqual(Array.from({ length: 8 }, (_, n) => `message:${number(n)}`));
    const states = await stage.db.selectFrom('inbox').select('state').execute();
    expect(states.filter(({ state }) => state === 'working')).toHaveLength(128);
    for (let n = 0; n < 10; n += 1) await inbox.accept(fromOthers(`other:${n}`, n));
    await stage.settle();
    expect(handled).toHaveLength(18);
    end();
    await stage.pass(60 * SECOND);
    expect(new Set(handled).size).toBe(310);
    const own = handled.filter((key) => key.startsWith('message'));
    expect(own).toEqual([...own].sort());
    expect(await stage.store.inbox.depth()).toBe(0);
  });

  it('does not hide the rows of others that wait behind its own in the database', async () => {
    const { work, end } = pending();
    const of = (key: string, chatId: string) => {
      const { delivery } = aMessage(key, '/skill list', { chat: chatId, sender: `ou_${chatId}` });
      return {
        requestKey: key,
        delivery: JSON.stringify(delivery),
        now: stage.clock.now(),
        chatId,
        actorId: `ou_${chatId}`,
      };
    };
    for (let n = 0; n < 400; n += 1) await stage.store.inbox.enqueue(of(number(n), `oc_${n % 2}`));
    await stage.store.inbox.enqueue({ ...of('z', 'oc_z'), now: stage.clock.now() + 1 });
    stage.clock.advance(1);
    const { handled } = stage.start('a', { handle: async (key) => (key === 'z' ? undefined : work) });
    await stage.settle();
    expect(handled).toContain('z');
    end();
  });
});

describe('somebody who asks from many chats', () => {
  it('leaves room for others', async () => {
    const { work, end } = pending();
    const flood = (n: number) => aMessage(`flood:${number(n)}`, '/skill list', { chat: `oc_${n}`, sender: 'ou_flood' });
    const { inbox, handled } = stage.start('a', {
      handle: async (key) => (key.startsWith('flood') ? work : undefined),
    });
    await Promise.all(Array.from({ length: 600 }, (_, n) => inbox.accept(flood(n))));
    await stage.settle();
    expect(handled).toHaveLength(16);
    const { count } = await stage.db
      .selectFrom('inbox')
      .select((select) => select.fn.countAll<number>().as('count'))
      .where('state', '=', 'working')
      .executeTakeFirstOrThrow();
    expect(count).toBe(128);
    for (let n = 0; n < 20; n += 1) await inbox.accept(fromOthers(`other:${n}`, n));
    await stage.settle();
    expect(handled.filter((key) => key.startsWith('other'))).toHaveLength(20);
    end();
    await stage.pass(60 * SECOND);
    expect(await stage.store.inbox.depth()).toBe(0);
  });
});

it('costs no statement more as long as there is room', async () => {
  let statements = 0;
  const inbox = new Proxy(stage.store.inbox, {
    get(target, name, receiver) {
      if (name !== 'claim' && name !== 'renew') statements += 1;
      return Reflect.get(target, name, receiver);
    },
  });
  const { inbox: taking, handled } = stage.start('a', { store: { ...stage.store, inbox } });
  for (let n = 0; n < 10; n += 1) {
    await taking.accept(inGroup(n));
    await stage.settle();
  }
  expect(handled).toHaveLength(10);
  expect(statements).toBe(20);
});

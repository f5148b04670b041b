import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ActionAnswer } from '../../src/commands/context.ts';
import { FeishuError } from '../../src/feishu/errors.ts';
import { createMessages } from '../../src/feishu/messages.ts';
import type { Inbox } from '../../src/inbox/inbox.ts';
import type { LiveDelivery } from '../../src/inbox/liveDelivery.ts';
import { type CallbackParts, createAnswerCallback } from '../../src/transport/callback.ts';
import { type FakeFeishu, startFakeFeishu } from '../support/feishu.ts';
import { aClick } from './samples.ts';

const BUDGET = 2_300;
/** When the answer is out at the latest. */
const PROMISED = 2_500;
const UPDATE = 'POST /open-apis/interactive/v1/card/update';
const PATCH = 'PATCH /open-apis/im/v1/messages/om_card_1';
const DONE = { json: { code: 0, msg: 'ok', data: {} } };
const TOKEN_SPENT = { status: 400, json: { code: 300040, msg: 'token is used up' } };

const FINAL = { schema: '2.0', body: { elements: [{ tag: 'markdown', content: 'done' }] } };
const WORKING = { schema: '2.0', body: { elements: [{ tag: 'markdown', content: 'working' }] } };
const TOAST = { type: 'success' as const, content: '好', i18n: { zh_cn: '好', en_us: 'Good' } };

let feishu: FakeFeishu;
beforeEach(async () => {
  feishu = await startFakeFeishu();
  feishu.server.on(UPDATE, DONE);
  feishu.server.on(PATCH, DONE);
});
afterEach(() => feishu.close());

/** Work that ends when it is told to. */
function pending() {
  let answer = (_answer: ActionAnswer): void => undefined;
  let fail = (_error: unknown): void => undefined;
  const work = new Promise<ActionAnswer>((resolve, reject) => {
    answer = resolve;
    fail = reject;
  });
  return { work, answer: (given: ActionAnswer) => answer(given), fail: (error: unknown) => fail(error) };
}

/** Callbacks on an inbox that writes down what becomes of the deliveries. */
function setUp(act: CallbackParts['act'], difference: Partial<CallbackParts> = {}) {
  const { clock, logs } = feishu;
  const events: string[] = [];
  const known = new Set<string>();
  const inbox: Pick<Inbox, 'acceptLive'> = {
    async acceptLive({ requestKey: key }) {
      if (known.has(key)) return undefined;
      known.add(key);
      return {
        finish: async () => void events.push('finished'),
        secure: async () => void events.push('secured'),
        retry: async (error) => void events.push(`retry: ${error instanceof Error ? error.message : ''}`),
      };
    },
  };
  const refuse = async (): Promise<never> => {
    throw new Error('a callback has no business with this');
  };
  const answerCallback = createAnswerCallback({
    inbox: { ...inbox, accept: refuse, stop: refuse, wake: () => undefined, start: () => undefined },
    messages: createMessages(feishu.client, feishu.logs.logger),
    clock,
    logger: logs.logger,
    act,
    inProgress: async () => WORKING,
    showAgain: async ({ cardMessageId }) => void events.push(`shown again: ${cardMessageId}`),
    ...difference,
  });
  const click = (lateBy = 0, key?: string, pressedAt?: number) => {
    const { delivery, ...keyed } = aClick(key);
    const delivered = pressedAt === undefined ? delivery : { ...delivery, pressedAt: pressedAt };
    return answerCallback({ ...keyed, delivery: delivered }, clock.elapsed() - lateBy);
  };
  return { clock, logs, events, click };
}

/** An inbox that stores clicks when it is told to, or fails to. */
function slowInbox(events: string[]) {
  let store = (_live: LiveDelivery | undefined): void => undefined;
  let fail = (_error: Error): void => undefined;
  const storing = new Promise<LiveDelivery | undefined>((resolve, reject) => {
    store = resolve;
    fail = reject;
  });
  const refuse = async (): Promise<never> => {
    throw new Error('a callback has no business with this');
  };
  const inbox: Inbox = {
    acceptLive: () => storing,
    accept: refuse,
    stop: refuse,
    wake: () => undefined,
    start: () => undefined,
  };
  const live: LiveDelivery = {
    finish: async () => void events.push('finished'),
    secure: async () => undefined,
    retry: async () => void events.push('retried'),
  };
  return { inbox, store: () => store(live), fail: (error: Error) => fail(error) };
}

/** Lets everything run that waits for nothing but its turn. */
const turns = async () => {
  for (let n = 0; n < 5; n += 1) await delay(0);
};

const cardCalls = () =>
  feishu.server.requests.filter(({ path }) => /card\/update|\/messages\//.test(path)).map(({ method }) => method);

describe('a click that is done in time', () => {
  it('is answered with the card and the toast', async () => {
    const { clock, events, click } = setUp(async () => ({ card: FINAL, toast: TOAST }));
    const { body, afterwards } = await click();
    expect(body).toEqual({ toast: TOAST, card: { type: 'raw', data: FINAL } });
    expect(events).toEqual([]);
    await afterwards();
    expect(events).toEqual(['finished']);
    expect(cardCalls()).toEqual([]);
    await turns();
    expect(clock.sleeping).toBe(0);
  });

  it.each([
    ['nothing', {}, {}],
    ['a toast', { toast: TOAST }, { toast: TOAST }],
    ['a card', { card: FINAL }, { card: { type: 'raw', data: FINAL } }],
  ])('may be answered with %s only', async (_what, answer, body) => {
    const { click } = setUp(async () => answer);
    expect((await click()).body).toEqual(body);
  });

  it('passes the click and its key on', async () => {
    const seen: unknown[] = [];
    const { click } = setUp(async (key, delivery) => {
      seen.push(key, delivery);
      return {};
    });
    await click();
    expect(seen).toEqual(['action:click-1', aClick().delivery]);
  });

  it('tells what the card is shown in, after the answer and before the end', async () => {
    const { events, click } = setUp(async () => ({
      card: FINAL,
      onShown: async (id) => void events.push(`shown in ${id}`),
    }));
    const { afterwards } = await click();
    expect(events).toEqual([]);
    await afterwards();
    expect(events).toEqual(['shown in om_card_1', 'finished']);
  });

  it('has its card shown late when the answer could not be sent', async () => {
    const { events, click } = setUp(async () => ({
      card: FINAL,
      onShown: async (id) => void events.push(`shown in ${id}`),
    }));
    const { afterwards } = await click();
    await afterwards(false);
    expect(feishu.server.only(UPDATE).json).toEqual({ token: aClick().delivery.token, card: FINAL });
    expect(events).toEqual(['shown in om_card_1', 'finished']);
  });

  it.each<[string, { stoodStill?: number; waited?: number }]>([
    ['the process stood still before it was sent', { stoodStill: 2_500 }],
    ['the click had waited for the bot', { waited: 2_500 }],
  ])('has its card shown late when %s', async (_why, { stoodStill = 0, waited = 0 }) => {
    const { clock, events, click } = setUp(async () => ({
      card: FINAL,
      onShown: async (id) => void events.push(`shown in ${id}`),
    }));
    const { afterwards } = await click(0, undefined, clock.now() - waited);
    clock.advance(stoodStill);
    await afterwards();
    expect(feishu.server.only(UPDATE).json).toEqual({ token: aClick().delivery.token, card: FINAL });
    expect(events).toEqual(['shown in om_card_1', 'finished']);
  });

  it('has its card shown once when it was read in time', async () => {
    const { clock, click } = setUp(async () => ({ card: FINAL }));
    const { afterwards } = await click(0, undefined, clock.now() - 2_499);
    await afterwards();
    expect(feishu.server.requests).toEqual([]);
  });

  it('is left to the inbox when that cannot be stored', async () => {
    const { events, logs, click } = setUp(async () => ({
      card: FINAL,
      onShown: async () => {
        throw new Error('database is locked');
      },
    }));
    await (await click()).afterwards();
    expect(events).toEqual(['retry: database is locked']);
    expect(logs.lines()).toContainEqual(expect.objectContaining({ level: 50, reason: 'database is locked' }));
  });

  it('is in time until the last millisecond', async () => {
    const { work, answer } = pending();
    const { clock, click } = setUp(() => work);
    const clicked = click();
    await turns();
    clock.advance(BUDGET - 1);
    answer({ card: FINAL });
    expect((await clicked).body.card).toEqual({ type: 'raw', data: FINAL });
  });
});

describe('a click that fails', () => {
  it('is answered with a toast in both languages, and left to the inbox after that', async () => {
    const { events, logs, click } = setUp(async () => {
      throw new FeishuError('unavailable', 'internal error');
    });
    const { body, afterwards } = await click();
    expect(body).toEqual({
      toast: {
        type: 'error',
        content: expect.any(String),
        i18n: { zh_cn: expect.any(String), en_us: expect.any(String) },
      },
    });
    expect(body.toast?.i18n.en_us).toContain('trying again');
    expect(events).toEqual(['secured']);
    await afterwards();
    expect(events).toEqual(['secured', 'retry: internal error']);
    expect(logs.lines()).toMatchObject([{ level: 50, reason: 'internal error' }]);
  });

  it('is refused, and nothing is done, when it cannot be stored', async () => {
    const acted: string[] = [];
    const unable = async (): Promise<never> => {
      throw new Error('database is locked');
    };
    const { click } = setUp(
      async (key) => {
        acted.push(key);
        return {};
      },
      { inbox: { accept: unable, acceptLive: unable, stop: unable, wake: () => undefined, start: () => undefined } },
    );
    await expect(click()).rejects.toThrow('database is locked');
    expect(acted).toEqual([]);
  });
});

describe('a copy of a click', () => {
  it('is answered with nothing and does nothing, also while the first is under way', async () => {
    const { work, answer } = pending();
    const { events, click } = setUp(() => work);
    const first = click();
    const second = await click();
    expect(second.body).toEqual({});
    void second.afterwards();
    expect(events).toEqual([]);
    answer({ card: FINAL });
    await (await first).afterwards();
    expect(events).toEqual(['finished']);
  });

  it('has the card shown again when nobody can have seen it in the answer to the first', async () => {
    const { clock, events, click } = setUp(async () => ({ card: FINAL }));
    const first = await click();
    const again = (await click()).afterwards();
    await first.afterwards();
    // Whatever the first is answered later than this is shown late.
    await clock.advance(3_000);
    expect(events).toEqual(['finished']);
    await clock.advance(2_000);
    await again;
    expect(events).toEqual(['finished', 'shown again: om_card_1']);
  });

  it('is told from another click', async () => {
    const { events, click } = setUp(async () => ({}));
    await (await click(0, 'action:1')).afterwards();
    await (await click(0, 'action:2')).afterwards();
    expect(events).toEqual(['finished', 'finished']);
  });
});

describe('a click that takes longer than Feishu waits', () => {
  /** The click, answered with a card in progress. */
  async function late(difference: Partial<CallbackParts> = {}, alreadyLateBy = 0) {
    const { work, answer, fail } = pending();
    const set = setUp(() => work, difference);
    const clicked = set.click(alreadyLateBy);
    await turns();
    set.clock.advance(BUDGET - alreadyLateBy);
    return { ...set, ...(await clicked), answer, fail };
  }

  it('cannot be lost any more once it was promised that it is worked on', async () => {
    const { events } = await late();
    expect(events).toEqual(['secured']);
  });

  it('is answered with a card in progress and a toast, and changes no card before the answer is out', async () => {
    const { body, afterwards, answer, events } = await late();
    expect(body).toMatchObject({ toast: { type: 'info' }, card: { type: 'raw', data: WORKING } });
    answer({ card: FINAL });
    await turns();
    expect(cardCalls()).toEqual([]);
    await afterwards();
    expect(feishu.server.only(UPDATE).json).toEqual({ token: 'c-8d2f60b7', card: FINAL });
    expect(cardCalls()).toEqual(['POST']);
    expect(events).toEqual(['secured', 'finished']);
  });

  it('is answered within 2.5 s although the delivery is stored and the card in progress read before', async () => {
    const { work } = pending();
    const { clock, click } = setUp(() => work, {
      inProgress: async () => {
        await feishu.clock.sleep(100);
        return WORKING;
      },
    });
    const clickedAt = clock.now();
    const { body } = await clock.runUntil(click(), 50);
    expect(body.card?.data).toEqual(WORKING);
    expect(clock.now() - clickedAt).toBeLessThanOrEqual(PROMISED);
  });

  it('counts the time since it was received, the time in the inbox included', async () => {
    const { body } = await late({}, 2_000);
    expect(body.card?.data).toEqual(WORKING);
  });

  it('does not wait at all when the time is over already', async () => {
    const { work } = pending();
    const { clock, click } = setUp(() => work);
    const clicked = click(60_000);
    await turns();
    clock.advance(0);
    expect((await clicked).body.card?.data).toEqual(WORKING);
  });

  it('waits for the end of the work, however long that takes', async () => {
    const { afterwards, answer, events } = await late();
    const over = afterwards();
    await turns();
    expect(events).toEqual(['secured']);
    answer({ card: FINAL, onShown: async (id) => void events.push(`shown in ${id}`) });
    await over;
    expect(events).toEqual(['secured', 'shown in om_card_1', 'finished']);
  });

  it('patches the message when the token is spent', async () => {
    feishu.server.on(UPDATE, TOKEN_SPENT);
    const { afterwards, answer, events } = await late();
    answer({ card: FINAL });
    await afterwards();
    expect(feishu.server.only(PATCH).json).toEqual({ content: JSON.stringify(FINAL) });
    expect(events).toEqual(['secured', 'finished']);
  });

  it('is left to the inbox when the card can be shown in neither way', async () => {
    feishu.server.on(UPDATE, TOKEN_SPENT);
    feishu.server.on(PATCH, { status: 500, json: { code: 155000, msg: 'internal error' } });
    const shown: string[] = [];
    const { clock, afterwards, answer, events } = await late();
    answer({ card: FINAL, onShown: async (id) => void shown.push(id) });
    await clock.runUntil(afterwards(), 1_000);
    expect(events).toEqual(['secured', 'retry: internal error']);
    expect(shown).toEqual([]);
  });

  it('leaves the card when there is no other', async () => {
    const { afterwards, answer, events } = await late();
    answer({ toast: TOAST });
    await afterwards();
    expect(cardCalls()).toEqual([]);
    expect(events).toEqual(['secured', 'finished']);
  });

  it('is left to the inbox when the work fails in the end', async () => {
    const { afterwards, fail, events } = await late();
    fail(new Error('database is locked'));
    await afterwards();
    expect(events).toEqual(['secured', 'retry: database is locked']);
    expect(cardCalls()).toEqual([]);
  });

  it('is answered with the toast alone when there is no card in progress, and goes on', async () => {
    const { body, afterwards, answer, events, logs } = await late({
      inProgress: async () => {
        throw new Error('database is locked');
      },
    });
    expect(body).toEqual({ toast: expect.objectContaining({ type: 'info' }) });
    expect(logs.lines()).toMatchObject([{ reason: 'database is locked' }]);
    answer({ card: FINAL });
    await afterwards();
    expect(feishu.server.only(UPDATE).json).toMatchObject({ card: FINAL });
    expect(events).toEqual(['secured', 'finished']);
  });
});

describe('a click that the database does not take in time', () => {
  it('is answered all the same, without a promise, and done as soon as it is stored', async () => {
    const slow = slowInbox([]);
    const { clock, click } = setUp(async () => ({ card: FINAL }), { inbox: slow.inbox });
    const answering = click();
    await turns();
    clock.advance(BUDGET);
    const { body, afterwards } = await answering;
    expect(body).toMatchObject({ toast: { type: 'info' } });
    expect(body.toast?.i18n?.en_us).toContain('press again');
    expect(body.card).toBeUndefined();
    const after = afterwards();
    await turns();
    expect(cardCalls()).toEqual([]);
    slow.store();
    await after;
    expect(cardCalls()).toEqual(['POST']);
  });

  it('does nothing when it is never stored', async () => {
    let acts = 0;
    const slow = slowInbox([]);
    const { clock, logs, click } = setUp(
      async () => {
        acts += 1;
        return {};
      },
      { inbox: slow.inbox },
    );
    const answering = click();
    await turns();
    clock.advance(BUDGET);
    const { afterwards } = await answering;
    slow.fail(new Error('database is locked'));
    await afterwards();
    expect(acts).toBe(0);
    expect(logs.lines()).toContainEqual(expect.objectContaining({ level: 50, reason: 'database is locked' }));
  });

  it('has its card shown again when it turns out to be a copy', async () => {
    const events: string[] = [];
    let known = (_live: LiveDelivery | undefined): void => undefined;
    const storing = new Promise<LiveDelivery | undefined>((resolve) => {
      known = resolve;
    });
    const inbox = { ...slowInbox(events).inbox, acceptLive: () => storing };
    const showAgain: CallbackParts['showAgain'] = async () => void events.push('shown again');
    const { clock, click } = setUp(async () => ({ card: FINAL }), { inbox, showAgain });
    const answering = click();
    await turns();
    clock.advance(BUDGET);
    const after = (await answering).afterwards();
    known(undefined);
    await turns();
    await clock.advance(5_000);
    await after;
    expect(events).toEqual(['shown again']);
  });

  it('is refused at once when the database refuses it at once', async () => {
    const slow = slowInbox([]);
    const { clock, click } = setUp(async () => ({}), { inbox: slow.inbox });
    slow.fail(new Error('no such table'));
    await expect(click()).rejects.toThrow('no such table');
    await turns();
    expect(clock.sleeping).toBe(0);
  });
});

import { afterEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '../../test/support/clock.ts';
import { startLocalFeishu } from '../src/index.ts';
import { at, type Stage, setUp } from './tinyBot.ts';

const cleanUps: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

async function stageWith(options: Parameters<typeof setUp>[0]): Promise<Stage> {
  const stage = await setUp(options);
  cleanUps.push(stage.close);
  return stage;
}

describe('a pushed message', () => {
  it('is encrypted, signed and shaped like the platform shapes it', async () => {
    const { feishu, bot } = await stageWith({});
    const sent = await feishu.say('admin', 'group', '@bot /skill add-agent VIP @Tom Li');
    await feishu.deliveries.waitFor((entry) => entry.eventId === sent.eventId);
    const [push] = bot.received;
    expect(push).toMatchObject({ path: '/events', signatureOk: true });
    expect(JSON.parse(push?.rawBody ?? '')).toEqual({ encrypt: expect.any(String) });
    const body = push?.body;
    expect(at(body, 'header')).toEqual({
      event_id: sent.eventId,
      event_type: 'im.message.receive_v1',
      create_time: expect.stringMatching(/^\d{13}$/),
      token: feishu.credentials.verificationToken,
      app_id: feishu.credentials.appId,
      tenant_key: expect.any(String),
    });
    expect(at(body, 'event.sender.sender_id.open_id')).toBe(feishu.people.admin.openId);
    expect(at(body, 'event.message.content')).toBe('{"text":"@_user_1 /skill add-agent VIP @_user_2"}');
    expect(at(body, 'event.message.mentions')).toMatchObject([
      { key: '@_user_1', mentioned_type: 'bot', id: { open_id: feishu.bot.openId } },
      { key: '@_user_2', mentioned_type: 'user', name: 'Tom Li' },
    ]);
  });

  it('goes out in clear and unsigned without a key', async () => {
    const { feishu, bot } = await stageWith({ credentials: { encryptKey: '' } });
    await feishu.say('employee', 'p2p', '/skill');
    await feishu.deliveries.waitFor((entry) => entry.status === 200);
    expect(bot.received[0]?.headers['x-lark-signature']).toBeUndefined();
    expect(at(JSON.parse(bot.received[0]?.rawBody ?? ''), 'event.message.chat_type')).toBe('p2p');
  });

  it('is pushed from a group without a mention only when the setting says all', async () => {
    const { feishu, bot } = await stageWith({});
    feishu.settings.groupMessages = 'mentions';
    expect(await feishu.say('admin', 'group', '/skill')).toMatchObject({ pushed: false });
    expect(await feishu.say('admin', 'group', '@bot /skill')).toMatchObject({ pushed: true });
    await feishu.deliveries.waitFor(() => true);
    expect(bot.received).toHaveLength(1);
  });

  it('can be delivered again under the same message id', async () => {
    const { feishu, bot } = await stageWith({});
    const first = await feishu.say('admin', 'p2p', '/skill');
    await feishu.say('admin', 'p2p', '/skill', { messageId: first.messageId });
    await feishu.deliveries.waitFor((entry) => entry.seq === 2);
    await feishu.redeliver(first.eventId);
    await feishu.redeliver(first.eventId, { newEventId: true });
    const ids = bot.received.map((push) => at(push.body, 'header.event_id'));
    expect(new Set(bot.received.map((push) => at(push.body, 'event.message.message_id')))).toEqual(
      new Set([first.messageId]),
    );
    expect(ids.filter((id) => id === first.eventId)).toHaveLength(2);
    expect(new Set(ids).size).toBe(3);
    expect(feishu.messages('p2p:admin')).toHaveLength(1);
  });
});

describe('the redelivery ladder', () => {
  it('tries again after every delay until the bot answers 200', async () => {
    const { feishu, bot } = await stageWith({ retryDelaysMs: [5, 10, 15] });
    bot.answer = () => ({ status: bot.received.length < 3 ? 500 : 200 });
    const { eventId } = await feishu.say('admin', 'p2p', '/skill');
    await feishu.deliveries.waitFor((entry) => entry.eventId === eventId && entry.status === 200);
    expect(feishu.deliveries.of(eventId).map(({ attempt, status, error }) => ({ attempt, status, error }))).toEqual([
      { attempt: 1, status: 500, error: 'HTTP 500' },
      { attempt: 2, status: 500, error: 'HTTP 500' },
      { attempt: 3, status: 200, error: undefined },
    ]);
  });

  it('ends with its last step', async () => {
    const { feishu, bot } = await stageWith({ retryDelaysMs: [5] });
    bot.answer = () => ({ status: 503 });
    const { eventId } = await feishu.say('admin', 'p2p', '/skill');
    const last = await feishu.deliveries.waitFor((entry) => entry.eventId === eventId && entry.attempt === 2);
    expect(last.nextAttemptAt).toBeUndefined();
    await new Promise((resolve) => setTimeout(resolve, 40));
    expect(bot.received).toHaveLength(2);
  });

  it('waits 15 s, 5 min, 1 h and 6 h by the clock', async () => {
    const clock = new ManualClock();
    const { feishu, bot } = await stageWith({ clock });
    bot.answer = () => ({ status: 500 });
    const { eventId } = await feishu.say('admin', 'p2p', '/skill');
    const waits = [15_000, 300_000, 3_600_000, 21_600_000];
    for (const [index, wait] of waits.entries()) {
      const entry = await feishu.deliveries.waitFor(({ attempt }) => attempt === index + 1);
      expect(entry.nextAttemptAt).toBe(clock.now() + wait);
      clock.advance(wait - 1);
      expect(feishu.deliveries.of(eventId)).toHaveLength(index + 1);
      clock.advance(1);
    }
    expect(await feishu.deliveries.waitFor(({ attempt }) => attempt === 5)).toMatchObject({ status: 500 });
  });

  it('counts an answer that comes too late as a failure', async () => {
    const { feishu, bot } = await stageWith({ limits: { answerMs: 150 }, retryDelaysMs: Array(20).fill(5) });
    let answerFirst = (): void => undefined;
    const first = new Promise<void>((resolve) => {
      answerFirst = resolve;
    });
    bot.answer = async () => {
      if (bot.received.length === 1) await first;
      return {};
    };
    const { eventId } = await feishu.say('admin', 'p2p', '/skill');
    await feishu.deliveries.waitFor((entry) => entry.status === 200);
    answerFirst();
    expect(feishu.deliveries.of(eventId)[0]).toMatchObject({ status: 0, error: 'no answer within 150 ms' });
  });
});

describe('faults of deliveries', () => {
  it('duplicates, holds back and loses answers', async () => {
    const clock = new ManualClock();
    const { feishu, bot } = await stageWith({ clock });
    feishu.faults.addDelivery({ kind: { type: 'duplicate', newEventId: true } });
    await feishu.say('admin', 'p2p', 'twice');
    await feishu.deliveries.waitFor((entry) => entry.seq === 2);
    expect(new Set(bot.received.map((push) => at(push.body, 'header.event_id'))).size).toBe(2);

    feishu.faults.addDelivery({ kind: { type: 'delay', ms: 1000 } });
    const late = await feishu.say('admin', 'p2p', 'late');
    expect(feishu.deliveries.of(late.eventId)).toHaveLength(0);
    clock.advance(1000);
    await feishu.deliveries.waitFor((entry) => entry.eventId === late.eventId);

    feishu.faults.addDelivery({ kind: { type: 'lost-answer' } });
    const lost = await feishu.say('admin', 'p2p', 'lost');
    await feishu.deliveries.waitFor((entry) => entry.eventId === lost.eventId);
    clock.advance(15_000);
    await feishu.deliveries.waitFor((entry) => entry.eventId === lost.eventId && entry.attempt === 2);
  });
});

describe('connecting', () => {
  it('throws when an address does not give the challenge back', async () => {
    const feishu = await startLocalFeishu();
    cleanUps.push(feishu.close);
    await expect(feishu.connect({ eventUrl: 'http://127.0.0.1:1/' })).rejects.toThrow('address check');
    await expect(feishu.connect({ eventUrl: feishu.url })).rejects.toThrow('HTTP 404');
  });

  it('throws when it does not come back in time', async () => {
    const feishu = await startLocalFeishu({ limits: { challengeMs: 1_000 } });
    cleanUps.push(feishu.close);
    feishu.faults.add({ kind: { type: 'hang' } });
    await expect(feishu.connect({ eventUrl: feishu.url })).rejects.toThrow('no answer within 1000 ms');
  });

  it('asks again when none came back in time, as often as it is told to', async () => {
    const feishu = await startLocalFeishu({ limits: { challengeMs: 1_000 } });
    cleanUps.push(feishu.close);
    feishu.faults.add({ kind: { type: 'hang' }, times: 2 });
    await expect(feishu.connect({ eventUrl: feishu.url, tries: 3 })).rejects.toThrow('HTTP 404');
    feishu.faults.add({ kind: { type: 'hang' }, times: 3 });
    await expect(feishu.connect({ eventUrl: feishu.url, tries: 3 })).rejects.toThrow('no answer within 1000 ms');
    await expect(feishu.connect({ eventUrl: feishu.url, tries: 3 })).rejects.toThrow('HTTP 404');
  });
});

describe('other events', () => {
  it('are pushed with their types', async () => {
    const { feishu, bot } = await stageWith({});
    const sent = [await feishu.openBot('admin'), await feishu.addBotToGroup(), await feishu.menu('owner', 'help')];
    sent.push(await feishu.revoke('admin'));
    for (const id of sent) await feishu.deliveries.waitFor((entry) => entry.eventId === id);
    const types = sent.map((id) => bot.received.find((push) => at(push.body, 'header.event_id') === id));
    expect(types.map((push) => at(push?.body, 'header.event_type'))).toEqual([
      'im.chat.access_event.bot_p2p_chat_entered_v1',
      'im.chat.member.bot.added_v1',
      'application.bot.menu_v6',
      'auth.user_access_token.revoked_v4',
    ]);
  });
});

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { at, type BotAnswer, buttonCard, type Json, postCard, type Stage, setUp } from './tinyBot.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await setUp();
});
afterEach(() => stage.close());

const plain = (content: string) => ({ tag: 'plain_text', content });
const callback = (action: string) => [{ type: 'callback', value: { action } }];
const cardOf = (elements: Json[]): Json => ({ schema: '2.0', config: { update_multi: true }, body: { elements } });

describe('a click', () => {
  it('pushes card.action.trigger and shows the card of the answer', async () => {
    const { feishu, bot } = stage;
    const messageId = await postCard(stage, buttonCard('change.confirm'));
    const done = buttonCard('change.undo', '撤销');
    bot.answer = () => ({ body: { toast: { type: 'success', content: 'ok' }, card: { type: 'raw', data: done } } });

    const outcome = await feishu.click('admin', messageId, { action: 'change.confirm' });

    expect(outcome).toMatchObject({ status: 'ok', toast: { type: 'success', content: 'ok' }, card: done });
    expect(feishu.message(messageId)?.card).toEqual(done);
    expect(feishu.message(messageId)?.history).toHaveLength(2);
    const [push] = bot.received;
    expect(push).toMatchObject({ path: '/cards', signatureOk: true });
    expect(at(push?.body, 'header.create_time')).toMatch(/^\d{16}$/);
    expect(at(push?.body, 'event.token')).toMatch(/^c-[0-9a-f]{40}$/);
    expect(at(push?.body, 'event.operator.open_id')).toBe(feishu.people.admin.openId);
    expect(at(push?.body, 'event.context')).toEqual({
      open_message_id: messageId,
      open_chat_id: feishu.chats.group.chatId,
    });
    expect(at(push?.body, 'event.action')).toEqual({
      tag: 'button',
      timezone: 'Asia/Shanghai',
      value: { action: 'change.confirm', id: '1' },
    });
  });

  it.each([
    ['both', { name: 'go', value: { action: 'x' } }],
    ['value', { value: { action: 'x' } }],
    ['name', { name: 'go' }],
  ] as const)('submits a form with %s of its button', async (submits, sent) => {
    const { feishu, bot } = stage;
    feishu.settings.submits = submits;
    const button = { tag: 'button', text: plain('Go'), name: 'go', form_action_type: 'submit' };
    const form = { tag: 'form', name: 'f', elements: [{ ...button, behaviors: callback('x') }] };
    const messageId = await postCard(stage, cardOf([form]));
    expect(await feishu.click('admin', messageId, { name: 'go' })).toMatchObject({ status: 'ok' });
    expect(at(bot.received[0]?.body, 'event.action')).toEqual({
      tag: 'button',
      timezone: 'Asia/Shanghai',
      form_value: {},
      ...sent,
    });
  });

  it.each<[string, number, BotAnswer]>([
    ['another status', 200671, { status: 500 }],
    ['a redirect', 200671, { status: 302, headers: { location: '/' } }],
    ['no JSON', 200672, { body: 'ok' }],
    ['an unknown field', 200672, { body: { code: 0 } }],
    ['an unknown toast type', 200672, { body: { toast: { type: 'warn', content: 'x' } } }],
    ['a card of 1.0', 200830, { body: { card: { type: 'raw', data: { elements: [] } } } }],
    ['a bad card', 200673, { body: { card: { type: 'raw', data: cardOf([{ tag: 'note' }]) } } }],
  ])('fails in the client on %s: %i', async (_what, code, answer) => {
    const { feishu, bot } = stage;
    const messageId = await postCard(stage, buttonCard('x'));
    bot.answer = () => answer;
    expect(await feishu.click('admin', messageId, { text: 'Confirm' })).toMatchObject({ status: 'error', code });
    expect(feishu.message(messageId)?.history).toHaveLength(1);
  });

  it('fails with 200341 when the answer takes too long, and is not sent again', async () => {
    const slow = await setUp({ limits: { answerMs: 200 }, retryDelaysMs: [1] });
    const messageId = await postCard(slow, buttonCard('x'));
    const answers: (() => void)[] = [];
    slow.bot.answer = () => new Promise((resolve) => answers.push(() => resolve({})));
    const order: string[] = [];
    setTimeout(() => order.push('199 ms later'), 199);
    const outcome = await slow.feishu.click('admin', messageId, { action: 'x' });
    expect(order).toEqual(['199 ms later']);
    expect(outcome).toMatchObject({ status: 'error', code: 200341 });
    const sent = slow.feishu.deliveries.of(outcome.eventId);
    expect(sent.map(({ attempt, nextAttemptAt }) => ({ attempt, nextAttemptAt }))).toEqual([{ attempt: 1 }]);
    for (const answer of answers) answer();
    await slow.close();
    expect(slow.bot.received).toHaveLength(1);
  });

  it('fails with 200342 when nobody listens and with 200340 without an address', async () => {
    const { feishu } = stage;
    const messageId = await postCard(stage, buttonCard('x'));
    feishu.settings.cardUrl = 'http://127.0.0.1:1/cards';
    expect(await feishu.click('admin', messageId, { action: 'x' })).toMatchObject({ code: 200342 });
    feishu.settings.cardUrl = undefined;
    expect(await feishu.click('admin', messageId, { action: 'x' })).toMatchObject({ code: 200340 });
  });

  it('refuses what a client does not let one do', async () => {
    const { feishu, bot } = stage;
    const off = { tag: 'button', text: plain('Off'), disabled: true, behaviors: callback('off') };
    const link = {
      tag: 'button',
      text: plain('Link'),
      behaviors: [{ type: 'open_url', default_url: 'https://a.example' }],
    };
    const messageId = await postCard(stage, cardOf([off, link]), feishu.chats.p2p.admin.chatId);
    await expect(feishu.click('admin', messageId, { action: 'none' })).rejects.toThrow('button(off / Off)');
    await expect(feishu.click('admin', messageId, { action: 'off' })).rejects.toThrow('disabled');
    await expect(feishu.click('admin', messageId, { text: 'Link' })).rejects.toThrow('no callback');
    await expect(feishu.click('owner', messageId, { action: 'off' })).rejects.toThrow('does not see');
    expect(feishu.links(messageId)).toEqual(['https://a.example']);
    feishu.recall(messageId);
    await expect(feishu.click('admin', messageId, { action: 'off' })).rejects.toThrow('recalled');
    expect(bot.received).toHaveLength(0);
  });

  it('carries the choice of a select, which must be on offer', async () => {
    const { feishu, bot } = stage;
    const option = (value: string) => ({ text: plain(value.toUpperCase()), value });
    const select = { tag: 'select_static', options: [option('a'), option('b')], behaviors: callback('pick') };
    const messageId = await postCard(stage, cardOf([select, { tag: 'input', behaviors: callback('type') }]));
    await expect(feishu.click('admin', messageId, { action: 'pick' })).rejects.toThrow('which option');
    await expect(feishu.click('admin', messageId, { action: 'pick' }, { option: 'c' })).rejects.toThrow('a, b');
    await feishu.click('admin', messageId, { action: 'pick' }, { option: 'b' });
    await feishu.click('admin', messageId, { tag: 'input' }, { inputValue: 'hi' });
    expect(at(bot.received[0]?.body, 'event.action')).toMatchObject({ tag: 'select_static', option: 'b' });
    expect(at(bot.received[1]?.body, 'event.action')).toMatchObject({ tag: 'input', input_value: 'hi' });
  });

  it('sends a hand-made action as it is', async () => {
    const { feishu, bot } = stage;
    const messageId = await postCard(stage, buttonCard('x'));
    const action = { tag: 'button', value: { action: 'change.confirm', id: 'stolen' } };
    await feishu.clickRaw('employee', messageId, action, { eventId: 'e1' });
    expect(at(bot.received[0]?.body, 'event.action')).toEqual(action);
    expect(at(bot.received[0]?.body, 'header.event_id')).toBe('e1');
  });
});

describe('a form', () => {
  const form = cardOf([
    {
      tag: 'form',
      name: 'f',
      elements: [
        { tag: 'input', name: 'title', required: true, max_length: 5 },
        { tag: 'input', name: 'note', default_value: 'as before' },
        { tag: 'multi_select_person', name: 'who', selected_values: [] },
        {
          tag: 'select_static',
          name: 'one',
          initial_index: 2,
          options: ['a', 'b'].map((value) => ({ text: plain(value), value })),
        },
        { tag: 'select_static', name: 'none', options: [{ text: plain('a'), value: 'a' }] },
        { tag: 'button', name: 'go', form_action_type: 'submit', text: plain('Go'), behaviors: callback('form.x') },
      ],
    },
  ]);

  it('is submitted with what is filled in and what it shows', async () => {
    const { feishu, bot } = stage;
    const messageId = await postCard(stage, form);
    const who = [feishu.people.owner.openId];
    await feishu.click('admin', messageId, { action: 'form.x' }, { formValue: { title: 'T', who } });
    expect(at(bot.received[0]?.body, 'event.action')).toEqual({
      tag: 'button',
      name: 'go',
      timezone: 'Asia/Shanghai',
      value: { action: 'form.x' },
      form_value: { title: 'T', note: 'as before', who, one: 'b' },
    });
  });

  it.each<[string, Record<string, string | string[]>, string]>([
    ['a required field is empty', {}, 'required field title is empty'],
    ['a text is too long', { title: '123456' }, '5 characters'],
    ['a field does not exist', { title: 'T', nope: '1' }, 'no field nope'],
    ['a person is not in the chat', { title: 'T', who: ['ou_nobody'] }, 'does not offer ou_nobody'],
    ['a list is given for one value', { title: ['T'] }, 'takes one value'],
  ])('is not submitted when %s', async (_what, formValue, reason) => {
    const messageId = await postCard(stage, form);
    await expect(stage.feishu.click('admin', messageId, { name: 'go' }, { formValue })).rejects.toThrow(reason);
    expect(stage.bot.received).toHaveLength(0);
  });
});

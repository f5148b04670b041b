import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { ChatId, MessageId } from '../../src/domain/ids.ts';
import { createMessages, type Messages } from '../../src/feishu/messages.ts';
import { type FakeFeishu, failureOf, SECRETS, startFakeFeishu } from '../support/feishu.ts';

const MESSAGE = MessageId.parse('om_5ce6d572455d361153b7cb51da133945');
const POSTED = MessageId.parse('om_5dd2199ad68327cc76d583b057aee7d5');
const CHAT = ChatId.parse('oc_84983ff6516d731e5b5f68d4ea2e1da5');
const CARD = { schema: '2.0', header: { title: { tag: 'plain_text', content: '技能 "A" \\ 😀' } } };

const IM = '/open-apis/im/v1/messages';
const REPLY = `POST ${IM}/${MESSAGE}/reply`;
const SEND = `POST ${IM}`;
const UPDATE = `PATCH ${IM}/${MESSAGE}`;
const UPDATE_CLICKED = 'POST /open-apis/interactive/v1/card/update';

const posted = {
  json: { code: 0, msg: 'success', data: { message_id: POSTED, chat_id: CHAT, msg_type: 'interactive' } },
};
const done = { json: { code: 0, msg: 'success', data: {} } };
const trouble = { status: 500, json: { code: 1, msg: 'Internal error' } };

describe('messages', () => {
  let feishu: FakeFeishu;
  let messages: Messages;

  beforeEach(async () => {
    feishu = await startFakeFeishu();
    messages = createMessages(feishu.client, feishu.logs.logger);
  });
  afterEach(() => feishu.close());

  it('replies with a card, as text in JSON', async () => {
    feishu.server.on(REPLY, posted);
    expect(await messages.reply(MESSAGE, CARD, 'reply-1')).toBe(POSTED);
    const request = feishu.server.only(REPLY);
    expect(request.json).toEqual({ msg_type: 'interactive', content: JSON.stringify(CARD), uuid: 'reply-1' });
    expect(request.target).toBe(`${IM}/${MESSAGE}/reply`);
    expect(request.headers.authorization).toBe(`Bearer ${SECRETS.tenantToken}`);
    expect(request.headers['x-lark-helpdesk-authorization']).toBeUndefined();
  });

  it('sends a card into a chat', async () => {
    feishu.server.on(SEND, posted);
    expect(await messages.send({ chatId: CHAT }, CARD, 'send-1')).toBe(POSTED);
    const request = feishu.server.only(SEND);
    expect(request.target).toBe(`${IM}?receive_id_type=chat_id`);
    expect(request.json).toEqual({
      receive_id: CHAT,
      msg_type: 'interactive',
      content: JSON.stringify(CARD),
      uuid: 'send-1',
    });
  });

  it('updates a message', async () => {
    feishu.server.on(UPDATE, done);
    await messages.update(MESSAGE, CARD);
    expect(feishu.server.only(UPDATE).json).toEqual({ content: JSON.stringify(CARD) });
  });

  it('answers a message that is too old for an update with the card, once however often it is tried', async () => {
    feishu.server.on(UPDATE, { status: 400, json: { code: 230031, msg: 'older than 14 days' } });
    feishu.server.on(REPLY, posted);
    const tries = [await messages.update(MESSAGE, CARD), await messages.update(MESSAGE, CARD)];
    expect(tries).toEqual([POSTED, POSTED]);
    await messages.update(MESSAGE, { ...CARD, another: 'card' });
    const bodies = feishu.server.sent(REPLY).map(({ json }) => z.object({ uuid: z.string().max(50) }).parse(json).uuid);
    expect(new Set(bodies).size).toBe(2);
    expect(bodies[0]).toBe(bodies[1]);
  });

  it('updates a clicked card, as an object', async () => {
    feishu.server.on(UPDATE_CLICKED, done);
    await messages.updateClicked('c-295ee57216a5dc9de90fefd0aadb4b1d', CARD);
    const request = feishu.server.only(UPDATE_CLICKED);
    expect(request.json).toEqual({ token: 'c-295ee57216a5dc9de90fefd0aadb4b1d', card: CARD });
    expect(request.headers.authorization).toBe(`Bearer ${SECRETS.tenantToken}`);
  });

  it.each([
    ['a reply', REPLY, () => messages.reply(MESSAGE, CARD, 'reply-1')],
    ['a message', SEND, () => messages.send({ chatId: CHAT }, CARD, 'send-1')],
  ])('tries %s again with the same uuid', async (_what, route, call) => {
    feishu.server.on(route, trouble, 'drop', posted);
    expect(await call()).toBe(POSTED);
    const texts = feishu.server.sent(route).map(({ text }) => text);
    expect(texts).toHaveLength(3);
    expect(new Set(texts).size).toBe(1);
  });

  it('tries the update of a message again, not that of a click', async () => {
    feishu.server.on(UPDATE, trouble, 'drop', done);
    await messages.update(MESSAGE, CARD);
    feishu.server.on(UPDATE_CLICKED, trouble, done);
    expect((await failureOf(messages.updateClicked('c-1', CARD))).kind).toBe('unavailable');
    expect(feishu.server.sent(UPDATE_CLICKED)).toHaveLength(1);
  });

  it.each([
    [230020, 'rate-limited'],
    [230002, 'chat-gone'],
    [230011, 'chat-gone'],
    [230099, 'bad-request'],
    [230031, 'card-expired'],
    [230101, 'chat-gone'],
    [231003, 'chat-gone'],
    [99992354, 'chat-gone'],
    [undefined, 'chat-gone'],
    [200621, 'bad-request'],
    [300305, 'bad-request'],
  ])('a reply refused with %p is %s', async (code, kind) => {
    feishu.server.on(REPLY, { status: 400, json: { code, msg: 'no' } });
    expect(await failureOf(messages.reply(MESSAGE, CARD, 'reply-1'))).toMatchObject({ kind, code });
  });

  it.each([300020, 300030, 300040])('a clicked card refused with %i has spent its token', async (code) => {
    feishu.server.on(UPDATE_CLICKED, { status: 200, json: { code, msg: 'no' } });
    expect((await failureOf(messages.updateClicked('c-1', CARD))).kind).toBe('card-token-spent');
  });

  it('of a reply only, an answer without a code means that the message is gone', async () => {
    for (const route of [SEND, UPDATE]) feishu.server.on(route, { status: 400, json: {} });
    expect((await failureOf(messages.send({ chatId: CHAT }, CARD, 'send-1'))).kind).toBe('unexpected');
    expect((await failureOf(messages.update(MESSAGE, CARD))).kind).toBe('unexpected');
  });

  it('an update of a card whose click is being answered is one that passes', async () => {
    const msg = 'Failed to create card content, ext=ErrCode: 11310; ErrMsg: card action is lock;';
    feishu.server.on(UPDATE, { status: 400, json: { code: 230099, msg } });
    expect(await failureOf(messages.update(MESSAGE, CARD))).toMatchObject({ kind: 'unavailable', code: 230099 });
  });

  it('posts a text, as an answer or by itself', async () => {
    feishu.server.on(REPLY, posted);
    feishu.server.on(SEND, posted);
    await messages.postText({ messageId: MESSAGE }, 'a "text"', 'text-1');
    await messages.postText({ chatId: CHAT }, 'a "text"', 'text-2');
    const content = { msg_type: 'text', content: '{"text":"a \\"text\\""}' };
    expect(feishu.server.only(REPLY).json).toEqual({ ...content, uuid: 'text-1' });
    expect(feishu.server.only(SEND).json).toEqual({ ...content, uuid: 'text-2', receive_id: CHAT });
  });

  it('does not take an answer without a message for one', async () => {
    feishu.server.on(REPLY, done);
    expect((await failureOf(messages.reply(MESSAGE, CARD, 'reply-1'))).kind).toBe('unexpected');
  });
});

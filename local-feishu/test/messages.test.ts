import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '../../test/support/clock.ts';
import { at, buttonCard, type Json, postCard, type Stage, setUp } from './tinyBot.ts';

let stage: Stage;
let clock: ManualClock;
beforeEach(async () => {
  clock = new ManualClock();
  stage = await setUp({ clock });
});
afterEach(() => stage.close());

async function post(path: string, body: Json, method = 'POST') {
  const { status, json } = await stage.call(method, path, { token: await stage.tenantToken(), body });
  return { status, code: at(json, 'code'), msg: String(at(json, 'msg')), data: at(json, 'data') };
}

const text = (words: string, more: Json = {}): Json => ({
  msg_type: 'text',
  content: JSON.stringify({ text: words }),
  ...more,
});
const reply = (messageId: string, body: Json) => post(`/open-apis/im/v1/messages/${messageId}/reply`, body);
const send = (body: Json, type = 'chat_id') => post(`/open-apis/im/v1/messages?receive_id_type=${type}`, body);
const patch = (messageId: string, card: Json) =>
  post(`/open-apis/im/v1/messages/${messageId}`, { content: JSON.stringify(card) }, 'PATCH');

describe('a reply', () => {
  it('is posted under the message, in its thread', async () => {
    const { feishu } = stage;
    const said = await feishu.say('admin', 'group', 'hi', { threadId: 'omt_1' });
    const { data } = await reply(said.messageId, text('hello'));
    expect(data).toMatchObject({ parent_id: said.messageId, root_id: said.messageId, thread_id: 'omt_1' });
    const posted = await feishu.waitForMessage((message) => message.senderKind === 'bot');
    expect(posted).toMatchObject({ replyTo: said.messageId, threadId: 'omt_1', content: '{"text":"hello"}' });
  });

  it('with a known uuid posts nothing new for an hour', async () => {
    const { messageId } = await stage.feishu.say('admin', 'group', 'hi');
    const first = await reply(messageId, text('a', { uuid: 'u1' }));
    const second = await reply(messageId, text('b', { uuid: 'u1' }));
    expect(at(second.data, 'message_id')).toBe(at(first.data, 'message_id'));
    expect(stage.feishu.messages('group')).toHaveLength(2);
    clock.advance(3_600_000);
    await reply(messageId, text('c', { uuid: 'u1' }));
    expect(stage.feishu.messages('group')).toHaveLength(3);
  });

  it('fails for unknown, recalled and far-away messages', async () => {
    const { feishu } = stage;
    const { messageId } = await feishu.say('admin', 'group', 'hi');
    expect(await reply('om_none', text('x'))).toMatchObject({ status: 400, code: 230001 });
    feishu.removeBotFromGroup();
    expect(await reply(messageId, text('x'))).toMatchObject({ code: 230002 });
    feishu.recall(messageId);
    expect(await reply(messageId, text('x'))).toMatchObject({ code: 230011 });
    const direct = await feishu.say('admin', 'p2p', 'hi');
    expect(await reply(direct.messageId, text('x', { reply_in_thread: true }))).toMatchObject({ code: 230071 });
  });
});

describe('a message', () => {
  it('reaches people by id and mail, when the bot is available to them', async () => {
    const { people, chats, desk } = stage.feishu;
    const byId = await send(text('a', { receive_id: people.owner.openId }), 'open_id');
    expect(at(byId.data, 'chat_id')).toBe(chats.p2p.owner.chatId);
    expect(await send(text('a', { receive_id: people.owner.email }), 'email')).toMatchObject({ code: 0 });
    expect(await send(text('a', { receive_id: desk.agents[0]?.openId }), 'open_id')).toMatchObject({ code: 230013 });
    expect(await send(text('a', { receive_id: 'ou_none' }), 'open_id')).toMatchObject({ code: 230034 });
    expect(await send(text('a', { receive_id: 'oc_none' }))).toMatchObject({ code: 230002 });
    expect(await send(text('a', { receive_id: 'x' }), 'phone')).toMatchObject({ code: 230001 });
  });

  it('must have content of its type and size', async () => {
    const to = { receive_id: stage.feishu.chats.group.chatId };
    const content = (msgType: string, value: unknown) =>
      send({ ...to, msg_type: msgType, content: JSON.stringify(value) });
    expect(await send({ ...to, msg_type: 'text', content: 'bare' })).toMatchObject({ code: 230001 });
    expect(await content('post', { content: [[]] })).toMatchObject({ code: 230001 });
    expect(await content('post', { zh_cn: { content: [[{ tag: 'text', text: 'x' }]] } })).toMatchObject({ code: 0 });
    expect(await content('text', { text: 'x'.repeat(150 * 1024) })).toMatchObject({ code: 230025 });
    const long = { ...buttonCard('x'), body: { elements: [{ tag: 'markdown', content: 'x'.repeat(31_000) }] } };
    expect(await content('interactive', long)).toMatchObject({ code: 230025 });
    const bad = await content('interactive', { ...buttonCard('x'), elements: [] });
    expect(bad).toMatchObject({ status: 400, code: 230099 });
    expect(bad.msg).toContain('ErrCode: 200621');
    expect(bad.msg).toContain('"elements"');
  });

  it('can be read back', async () => {
    const messageId = await postCard(stage, buttonCard('x'));
    const { json } = await stage.call('GET', `/open-apis/im/v1/messages/${messageId}`, {
      token: await stage.tenantToken(),
    });
    expect(at(json, 'data.items.0')).toMatchObject({
      message_id: messageId,
      sender: { sender_type: 'app' },
      deleted: false,
    });
  });
});

describe('rate limits', () => {
  it('allow five sends a second and chat', async () => {
    const to = { receive_id: stage.feishu.chats.group.chatId };
    const codes = [];
    for (let count = 0; count < 6; count += 1) codes.push((await send(text('x', to))).code);
    expect(codes).toEqual([0, 0, 0, 0, 0, 230020]);
    expect(await send(text('x', { receive_id: stage.feishu.chats.p2p.admin.chatId }))).toMatchObject({ code: 0 });
    clock.advance(200);
    expect(await send(text('x', to))).toMatchObject({ code: 0 });
    expect(await send(text('x', to))).toMatchObject({ code: 230020 });
    stage.feishu.settings.rateLimits = false;
    expect(await send(text('x', to))).toMatchObject({ code: 0 });
  });

  it('allow five updates a second and message', async () => {
    const messageId = await postCard(stage, buttonCard('x'));
    const codes = [];
    for (let count = 0; count < 6; count += 1) codes.push((await patch(messageId, buttonCard(`y${count}`))).code);
    expect(codes).toEqual([0, 0, 0, 0, 0, 230020]);
  });
});

describe('an update of a card', () => {
  it('replaces it and keeps the versions', async () => {
    const messageId = await postCard(stage, buttonCard('x'));
    expect(await patch(messageId, buttonCard('y'))).toMatchObject({ status: 200, code: 0 });
    expect(stage.feishu.message(messageId)).toMatchObject({
      card: buttonCard('y'),
      history: [buttonCard('x'), buttonCard('y')],
    });
  });

  it('is refused where the platform refuses it', async () => {
    const { feishu } = stage;
    const said = await feishu.say('admin', 'group', 'hi');
    expect(await patch(said.messageId, buttonCard('x'))).toMatchObject({ code: 230001 });
    const messageId = await postCard(stage, buttonCard('x'));
    expect(await patch(messageId, { ...buttonCard('x'), config: {} })).toMatchObject({ code: 230001 });
    expect(await patch(messageId, { ...buttonCard('x'), body: { elements: [{ tag: 'note' }] } })).toMatchObject({
      code: 230099,
    });
    clock.advance(14 * 86_400_000 + 1);
    expect(await patch(messageId, buttonCard('x'))).toMatchObject({ code: 230031 });
    feishu.recall(messageId);
    expect(await patch(messageId, buttonCard('x'))).toMatchObject({ code: 230011 });
  });

  it('is refused while a callback of the message is unanswered', async () => {
    const { feishu, bot } = stage;
    const messageId = await postCard(stage, buttonCard('x'));
    const during: unknown[] = [];
    bot.answer = async () => {
      during.push(await patch(messageId, buttonCard('y')));
      feishu.settings.cardLock = false;
      during.push(await patch(messageId, buttonCard('z')));
      return {};
    };
    await feishu.click('admin', messageId, { action: 'x' });
    expect(during).toMatchObject([{ code: 230099, msg: expect.stringContaining('card action is lock') }, { code: 0 }]);
  });
});

describe('a delayed update', () => {
  const update = (token: unknown, card: Json) => post('/open-apis/interactive/v1/card/update', { token, card });

  it('fails before the answer and works twice after it', async () => {
    const { feishu, bot } = stage;
    const messageId = await postCard(stage, buttonCard('x'));
    let early: unknown;
    bot.answer = async ({ body }) => {
      early = await update(at(body, 'event.token'), buttonCard('early'));
      return {};
    };
    const { updateToken } = await feishu.click('admin', messageId, { action: 'x' });
    expect(early).toMatchObject({ status: 400, code: 300000 });
    expect(feishu.message(messageId)?.card).toEqual(buttonCard('x'));
    const bad = { schema: '2.0', body: { elements: [{ tag: 'note' }] } };
    expect(await update(updateToken, bad)).toMatchObject({ code: 11311 });
    expect(await update(updateToken, { ...buttonCard('a'), open_ids: [] })).toMatchObject({ code: 200320 });
    expect(await update(updateToken, buttonCard('a'))).toMatchObject({ code: 0 });
    expect(await update(updateToken, buttonCard('b'))).toMatchObject({ code: 0 });
    expect(await update(updateToken, buttonCard('c'))).toMatchObject({ code: 300040 });
    expect(feishu.message(messageId)?.card).toEqual(buttonCard('b'));
  });

  it('is accepted at once when the answer has gone out', async () => {
    const { feishu, bot } = stage;
    const messageId = await postCard(stage, buttonCard('x'));
    const token = await stage.tenantToken();
    let later: Promise<unknown> | undefined;
    bot.answer = ({ body }) => {
      setImmediate(() => {
        later = stage.call('POST', '/open-apis/interactive/v1/card/update', {
          token,
          body: { token: at(body, 'event.token'), card: buttonCard('done') },
        });
      });
      return {};
    };
    await feishu.click('admin', messageId, { action: 'x' });
    await feishu.waitForMessage((message) => message.history.length === 2);
    expect(await later).toMatchObject({ status: 200 });
  });

  it('needs a token that exists and is younger than 30 minutes', async () => {
    const { feishu } = stage;
    const messageId = await postCard(stage, buttonCard('x'));
    const { updateToken } = await feishu.click('admin', messageId, { action: 'x' });
    expect(await update('c-nope', buttonCard('y'))).toMatchObject({ code: 300020 });
    clock.advance(30 * 60_000);
    expect(await update(updateToken, buttonCard('y'))).toMatchObject({ code: 300030 });
  });
});

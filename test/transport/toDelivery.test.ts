import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { IncomingDelivery } from '../../src/domain/delivery.ts';
import { Delivery } from '../../src/domain/delivery.ts';
import { openEnvelope } from '../../src/transport/envelope.ts';
import type { ReadEvent } from '../../src/transport/readEvent.ts';
import { toDelivery } from '../../src/transport/toDelivery.ts';
import {
  BOT,
  botMention,
  clickEvent,
  deepJson,
  ELSEWHERE,
  event,
  LIN,
  messageEvent,
  TENANT,
  TOKEN,
  wireMention,
  withDeep,
} from './samples.ts';

/** The whole way from a body; `self` when the bot knows who it is. */
function deliveryOf(body: unknown, self: typeof BOT | undefined = BOT): IncomingDelivery | undefined {
  const envelope = openEnvelope(body, TOKEN);
  if (envelope?.kind !== 'event') throw new Error('this is no event');
  const incoming = toDelivery(envelope, self);
  const keyed = incoming.kind === 'delivery' ? incoming.incoming : undefined;
  // What the inbox stores has to be readable again, and to be the same then.
  if (keyed) expect(Delivery.parse(JSON.parse(JSON.stringify(keyed.delivery)))).toEqual(keyed.delivery);
  return keyed;
}

function readOf(body: unknown): ReadEvent {
  const envelope = openEnvelope(body, TOKEN);
  if (envelope?.kind !== 'event') throw new Error('this is no event');
  return toDelivery(envelope, BOT);
}

const ZHANG = wireMention(2, 'ou_zhang', '张三');

describe('a message', () => {
  it('is what was said, where, by whom, and who is mentioned', () => {
    const text = '@_user_1 /skill add-agent 007 @_user_2';
    expect(deliveryOf(messageEvent(text, { mentions: [botMention, ZHANG] }))).toEqual({
      requestKey: 'message:om_dc13264520392913993dd051dba21dcf',
      delivery: {
        kind: 'message',
        messageId: 'om_dc13264520392913993dd051dba21dcf',
        chatId: 'oc_5ce6d572455d361153b7cb51da133945',
        chatType: 'group',
        actorId: LIN,
        text,
        mentions: [
          { key: '@_user_1', openId: BOT, name: '技能助手', isBot: true, isSelf: true },
          { key: '@_user_2', openId: 'ou_zhang', name: '张三', isBot: false },
        ],
      },
    });
  });

  it('has the same key when it comes again as another event', () => {
    const again = messageEvent('x');
    const first = deliveryOf(again);
    const second = deliveryOf({ ...again, header: { ...Object(again.header), event_id: 'another' } });
    expect(second?.requestKey).toBe(first?.requestKey);
  });

  it.each([
    ['p2p', 'p2p'],
    ['private', 'p2p'],
    [undefined, 'group'],
    [null, 'group'],
    ['group', 'group'],
    ['topic_group', 'group'],
    ['', 'group'],
  ])('of chat type %p counts as %p', (chat_type, counted) => {
    expect(deliveryOf(messageEvent('x', { chat_type }))?.delivery).toMatchObject({ chatType: counted });
  });

  it('is its lines when it is a post, and empty when it is a file', () => {
    const content = JSON.stringify({ title: '', content: [[{ tag: 'text', text: '/skill list' }]] });
    expect(deliveryOf(messageEvent('', { message_type: 'post', content }))?.delivery).toMatchObject({
      text: '/skill list',
    });
    const file = JSON.stringify({ file_key: 'file_1', file_name: '/skill list' });
    expect(deliveryOf(messageEvent('', { message_type: 'file', content: file }))?.delivery).toMatchObject({ text: '' });
  });

  it.each(['bot', 'app', 'anonymous', 'unknown', ''])('of a sender of type %p is not for the bot', (sender_type) => {
    expect(deliveryOf(messageEvent('/skill list', {}, { sender_type }))).toBeUndefined();
  });

  it.each([undefined, null, []])('may have %p for mentions', (mentions) => {
    expect(deliveryOf(messageEvent('@_all hi', { mentions }))?.delivery).toMatchObject({ mentions: [] });
  });

  it('keeps the name of a mention that has no id', () => {
    const ids = [{ open_id: '', union_id: '', user_id: '' }, {}, null, undefined, 'ou_zhang', { open_id: '../ou' }];
    const mentions = ids.map((id, at) => ({ ...wireMention(at + 1, 'ou_x', `N${at}`), id }));
    expect(deliveryOf(messageEvent('x', { mentions }))?.delivery).toMatchObject({
      mentions: ids.map((_, at) => ({ key: `@_user_${at + 1}`, name: `N${at}`, isBot: false })),
    });
    const delivery = deliveryOf(messageEvent('x', { mentions }))?.delivery;
    expect(JSON.stringify(delivery)).not.toContain('"openId":');
  });

  it('leaves out mentions that name nobody', () => {
    const broken = [null, 5, {}, { key: '@_user_3' }, wireMention(4, '../ou', ''), { ...ZHANG, key: 5 }];
    const mentions = [...broken, { ...ZHANG, name: null }, { ...ZHANG, key: '@_user_5', name: undefined }];
    expect(deliveryOf(messageEvent('x', { mentions }))?.delivery).toMatchObject({
      mentions: [
        { key: '@_user_2', name: '' },
        { key: '@_user_5', name: '' },
      ],
    });
  });

  it('knows the bot by its type or by its id', () => {
    const isBot = (mention: object, self?: typeof BOT) => {
      const delivery = deliveryOf(messageEvent('x', { chat_type: 'p2p', mentions: [mention] }), self)?.delivery;
      return delivery?.kind === 'message' && delivery.mentions[0]?.isBot;
    };
    expect(isBot(wireMention(1, BOT, 'x', { mentioned_type: undefined }), BOT)).toBe(true);
    expect(isBot(wireMention(1, 'ou_other', 'x', { mentioned_type: 'bot' }), BOT)).toBe(true);
    expect(isBot(ZHANG, BOT)).toBe(false);
  });

  describe('in a group that mentions another bot', () => {
    const other = wireMention(1, 'ou_other_bot', 'Other', { mentioned_type: 'bot' });

    it('is not for this one', () => {
      expect(deliveryOf(messageEvent('@_user_1 /skill list', { mentions: [other] }))).toBeUndefined();
      expect(deliveryOf(messageEvent('@_user_1 /skill list', { mentions: [other, ZHANG] }))).toBeUndefined();
    });

    it('is for this one when it is mentioned too, in a direct chat, or as long as it does not know who it is', () => {
      expect(deliveryOf(messageEvent('x', { mentions: [other, { ...botMention, key: '@_user_2' }] }))).toBeDefined();
      expect(deliveryOf(messageEvent('x', { mentions: [other], chat_type: 'p2p' }))).toBeDefined();
      const envelope = openEnvelope(messageEvent('x', { mentions: [other] }), TOKEN);
      expect(envelope?.kind === 'event' && toDelivery(envelope, undefined)).toMatchObject({ kind: 'delivery' });
    });
  });

  it.each([
    ['an id that is none', { message_id: 'om_1/../x' }],
    ['no id', { message_id: undefined }],
    ['no chat', { chat_id: '' }],
    ['a content that is no text', { content: { text: 'x' } }],
    ['no type', { message_type: undefined }],
  ])('with %s cannot be read', (_what, difference) => {
    expect(readOf(messageEvent('x', difference))).toEqual({ kind: 'unreadable', what: 'message' });
  });

  it.each([
    { sender_id: { union_id: 'on_1' } },
    { sender_id: undefined },
    { sender_type: undefined },
    { sender_type: null },
  ])('of the sender %j cannot be read', (sender) => {
    expect(readOf(messageEvent('x', {}, sender))).toEqual({ kind: 'unreadable', what: 'message' });
  });

  it('of a bot is not for this one, whatever else is odd about it', () => {
    const odd = messageEvent('x', { message_id: undefined }, { sender_type: 'app', sender_id: {} });
    expect(readOf(odd)).toEqual({ kind: 'nothing' });
  });
});

describe('a click', () => {
  it('is the button, who pressed it, and where', () => {
    const value = { action: 'page.go', id: '01JA0000000000000000000000', page: 2 };
    expect(deliveryOf(clickEvent({ value }))).toEqual({
      requestKey: 'action:click-1',
      delivery: {
        kind: 'card-action',
        eventId: 'click-1',
        pressedAt: 1_760_000_000_123,
        actorId: LIN,
        cardMessageId: 'om_card_1',
        chatId: 'oc_chat_1',
        token: 'c-8d2f60b7',
        action: { name: 'page.go', id: '01JA0000000000000000000000', details: { page: 2 } },
      },
    });
  });

  const actionOf = (body: unknown) => {
    const delivery = deliveryOf(body)?.delivery;
    return delivery?.kind === 'card-action' ? delivery.action : undefined;
  };

  it('has the option of a select, and the fields of a form', () => {
    const form_value = { agents: ['ou_a', 'ou_b'], name: '', level: '2', agree: true, count: 3 };
    const value = { action: 'form.set-agents' };
    expect(actionOf(clickEvent({ value, tag: 'select_static', option: '007' }))).toEqual({
      name: 'form.set-agents',
      details: {},
      option: '007',
    });
    expect(actionOf(clickEvent({ value, form_value, name: 'submit' }))).toEqual({
      name: 'form.set-agents',
      details: {},
      form: form_value,
    });
  });

  it('leaves out fields of a form that are nothing known', () => {
    const form_value = { a: null, b: { c: 1 }, d: [1], e: ['x', null], name: 'N' };
    expect(actionOf(clickEvent({ form_value }))?.form).toEqual({ name: 'N' });
  });

  it('may have its value as a JSON text', () => {
    expect(actionOf(clickEvent({ value: '{"action":"change.undo","id":"x"}' }))).toMatchObject({
      name: 'change.undo',
      id: 'x',
    });
  });

  const NO_VALUES = [undefined, null, '', '{', 5, [], {}, { action: 5 }, { action: 'a', id: 5 }, '"change.confirm"'];

  it.each(NO_VALUES)('cannot be read when its value is %p and it has no name', (value) => {
    expect(readOf(clickEvent({ value }))).toEqual({ kind: 'unreadable', what: 'click' });
  });

  it.each(NO_VALUES)('stands for what its name says when its value is %p', (value) => {
    const name = 'form_set_agents_01JA0000000000000000000000';
    expect(actionOf(clickEvent({ value, name, form_value: { agents: ['ou_a'] } }))).toEqual({
      name: 'form.set-agents',
      id: '01JA0000000000000000000000',
      details: {},
      form: { agents: ['ou_a'] },
    });
    expect(actionOf(clickEvent({ value, name: `${name}_skill`, option: '7' }))).toEqual({
      name: 'form.set-agents',
      id: '01JA0000000000000000000000',
      details: { field: 'skill' },
      option: '7',
    });
  });

  it('stands for what its value says when its name says something else', () => {
    const value = { action: 'form.rename', id: '01JB0000000000000000000000' };
    expect(actionOf(clickEvent({ value, name: 'form_delete_01JA0000000000000000000000' }))).toMatchObject({
      name: 'form.rename',
      id: '01JB0000000000000000000000',
    });
  });

  it.each([
    'submit',
    '',
    5,
    null,
    'form_rename',
    'form_rename_01JA',
    'form__01JA0000000000000000000000',
    'form_a_01ja0000000000000000000000',
  ])('without a value cannot be read when its name is %p', (name) => {
    expect(readOf(clickEvent({ value: undefined, name }))).toEqual({ kind: 'unreadable', what: 'click' });
  });

  it.each<[string, object]>([
    ['as documented', { open_id: LIN, tenant_key: TENANT }],
    ['in `user_id`', { user_id: { open_id: LIN, union_id: 'on_lin', user_id: 'x' }, tenant_key: TENANT }],
    ['in `operator_id`', { operator_id: { open_id: LIN, union_id: 'on_lin' }, tenant_key: TENANT }],
    ['in `user_id`, with the company there', { user_id: { open_id: LIN, tenant_key: TENANT } }],
    ['in `operator_id`, beside an empty one', { open_id: '', operator_id: { open_id: LIN }, tenant_key: TENANT }],
    ['in two places', { open_id: LIN, user_id: { open_id: LIN }, tenant_key: TENANT }],
    ['beside a `user_id` that is a text', { open_id: LIN, user_id: 'a1b2', tenant_key: TENANT }],
    ['beside nulls', { open_id: LIN, user_id: null, operator_id: null, tenant_key: TENANT }],
  ])('is from whoever stands %s', (_where, operator) => {
    expect(deliveryOf(clickEvent({}, { operator }))?.delivery).toMatchObject({ actorId: LIN });
  });

  it('cannot be read when it names two people', () => {
    const operator = { open_id: LIN, user_id: { open_id: 'ou_eve' }, tenant_key: TENANT };
    expect(readOf(clickEvent({}, { operator }))).toEqual({ kind: 'unreadable', what: 'click' });
  });

  const OPEN = { open_message_id: 'om_2', open_chat_id: 'oc_2' };
  const SHORT = { message_id: 'om_2', chat_id: 'oc_2' };
  it.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['in the context', { context: OPEN }, {}],
    ['in the context, by other names', { context: SHORT }, {}],
    ['in the context, by mixed names', { context: { open_message_id: 'om_2', chat_id: 'oc_2' } }, {}],
    ['in a context beside the event', { context: undefined }, { context: OPEN }],
    ['in a context beside the event, by other names', { context: null }, { context: SHORT }],
    ['in the event', { context: undefined, ...OPEN }, {}],
    ['in the event, by other names', { context: {}, ...SHORT }, {}],
    ['half in the context, half in the event', { context: { open_message_id: 'om_2' }, open_chat_id: 'oc_2' }, {}],
    ['in the context, and elsewhere beside it', { context: OPEN, open_message_id: 'om_9' }, { context: SHORT }],
  ])('may say where its card is %s', (_where, inner, beside) => {
    const body = { ...clickEvent({}, inner), ...beside };
    expect(deliveryOf(body)?.delivery).toMatchObject({ cardMessageId: 'om_2', chatId: 'oc_2' });
  });

  it.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['no context', { context: undefined }, {}],
    ['an empty context', { context: {} }, {}],
    ['a context that is a text', { context: 'om_2' }, {}],
    ['no chat', { context: { open_message_id: 'om_2' } }, { cardMessageId: 'om_2' }],
    ['no message', { context: { open_message_id: '', open_chat_id: 'oc_2' } }, { chatId: 'oc_2' }],
  ])('with %s is left to what the bot knows of it', (_what, inner, known) => {
    const read = readOf(clickEvent({}, inner));
    if (read.kind !== 'unplaced-click') throw new Error(`this is ${read.kind}`);
    const { cardMessageId, chatId, actorId, action } = read.click;
    expect({ ...(cardMessageId && { cardMessageId }), ...(chatId && { chatId }) }).toEqual(known);
    expect({ actorId, name: action.name, key: read.requestKey }).toEqual({
      actorId: LIN,
      name: 'change.confirm',
      key: 'action:click-1',
    });
  });

  it('may have null for what it does not have', () => {
    expect(deliveryOf(clickEvent({ option: null, form_value: null }, { token: null }))?.delivery).toMatchObject({
      token: '',
      action: { name: 'change.confirm' },
    });
  });

  it.each([
    ['nobody who pressed', { operator: { union_id: 'on_1' } }],
    ['no operator', { operator: undefined }],
    ['no action', { action: undefined }],
    ['an action that is a text', { action: 'change.confirm' }],
  ])('with %s cannot be read', (_what, difference) => {
    expect(readOf(clickEvent({}, difference))).toEqual({ kind: 'unreadable', what: 'click' });
  });

  it('changes no prototype by its value or its form', () => {
    const value = JSON.parse('{"action":"a","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}');
    const form_value = JSON.parse('{"__proto__":["x"],"name":"N"}');
    const envelope = openEnvelope(clickEvent({ value, form_value }), TOKEN);
    const incoming = envelope?.kind === 'event' ? toDelivery(envelope, BOT) : undefined;
    const keyed = incoming?.kind === 'delivery' ? incoming.incoming : undefined;
    const stored = Delivery.parse(JSON.parse(JSON.stringify(keyed?.delivery)));
    expect(stored).toMatchObject({ action: { name: 'a', form: { name: 'N' } } });
    expect(Object.keys(Object.prototype)).toEqual([]);
    for (const delivery of [keyed?.delivery, stored]) {
      if (delivery?.kind !== 'card-action') throw new Error('this is a click');
      expect(delivery.action.details).not.toHaveProperty('polluted');
      expect(Object.getPrototypeOf(delivery.action.details)).toBe(Object.prototype);
      expect(Object.getPrototypeOf(delivery.action.form)).toBe(Object.prototype);
    }
  });
});

describe('other events', () => {
  const entered = (last_message_id?: unknown) =>
    event('im.chat.access_event.bot_p2p_chat_entered_v1', {
      chat_id: 'oc_1',
      operator_id: { open_id: LIN },
      last_message_id,
    });

  it('greets somebody who opens the direct chat for the first time, once', () => {
    const greeting = {
      requestKey: 'entered:oc_1',
      delivery: { kind: 'greeting', to: { chatId: 'oc_1' }, actorId: LIN },
    };
    for (const nothing of [undefined, null, '']) expect(deliveryOf(entered(nothing))).toEqual(greeting);
    expect(deliveryOf(entered('om_1'))).toBeUndefined();
  });

  it('greets a group that it was added to', () => {
    expect(
      deliveryOf(
        event('im.chat.member.bot.added_v1', { chat_id: 'oc_1', operator_tenant_key: TENANT }, { event_id: 'e1' }),
      ),
    ).toEqual({
      requestKey: 'added:e1',
      delivery: { kind: 'greeting', to: { chatId: 'oc_1' } },
    });
  });

  it('opens the panel for somebody who used the menu of the bot', () => {
    const menu = (operator: object) =>
      event('application.bot.menu_v6', { operator, event_key: 'x' }, { event_id: 'e1' });
    expect(deliveryOf(menu({ operator_id: { open_id: LIN }, operator_name: 'Lin' }))).toEqual({
      requestKey: 'menu:e1',
      delivery: { kind: 'greeting', to: { openId: LIN }, actorId: LIN },
    });
    expect(deliveryOf(menu({ open_id: LIN }))).toMatchObject({ requestKey: 'menu:e1' });
    expect(readOf(menu({ operator_name: 'Lin' }))).toEqual({ kind: 'unreadable', what: 'other' });
  });

  it.each(['1760000000123', '1760000000123456'])('forgets a login that was withdrawn at %p', (create_time) => {
    const inner = { open_id: LIN, revoke_token_type: 'user_access_token refresh_token' };
    expect(deliveryOf(event('auth.user_access_token.revoked_v4', inner, { event_id: 'e1', create_time }))).toEqual({
      requestKey: 'revoked:e1',
      delivery: { kind: 'revoked', openId: LIN, revokedAt: 1_760_000_000_123 },
    });
  });

  it.each(['user_access_token', ' user_access_token '])(
    'keeps a login of which %p was revoked',
    (revoke_token_type) => {
      const inner = { open_id: LIN, revoke_token_type };
      expect(deliveryOf(event('auth.user_access_token.revoked_v4', inner))?.delivery).toMatchObject({
        accessOnly: true,
      });
    },
  );

  it.each([undefined, null, '', 7, {}, 'refresh_token', 'user_access_token refresh_token', 'all', 'USER_ACCESS_TOKEN'])(
    'forgets a login of which %p was revoked',
    (revoke_token_type) => {
      const inner = { open_id: LIN, revoke_token_type };
      const delivery = deliveryOf(event('auth.user_access_token.revoked_v4', inner))?.delivery;
      expect(delivery).toMatchObject({ kind: 'revoked', openId: LIN });
      expect(delivery).not.toHaveProperty('accessOnly');
    },
  );

  it.each([undefined, null, '', 'today', '1760000000', '17600000001234567', 1_760_000_000_123])(
    'knows of a login that was withdrawn at %p no more than that',
    (create_time) => {
      const withdrawn = event('auth.user_access_token.revoked_v4', { open_id: LIN }, { event_id: 'e1', create_time });
      expect(deliveryOf(withdrawn)?.delivery).toEqual({ kind: 'revoked', openId: LIN });
    },
  );

  it('reads a withdrawal that was stored without its time', () => {
    const stored = { kind: 'revoked', openId: LIN };
    expect(Delivery.parse(stored)).toEqual(stored);
  });

  it.each(['im.message.message_read_v1', 'contact.user.updated_v3', '', '__proto__', 'event_callback'])(
    'does nothing about %p',
    (type) => {
      expect(deliveryOf(event(type, Object(messageEvent('x').event)))).toBeUndefined();
    },
  );

  it('is made of the known types or nothing, whatever the event holds', () => {
    const types = fc.constantFrom(
      'im.message.receive_v1',
      'card.action.trigger',
      'im.chat.access_event.bot_p2p_chat_entered_v1',
      'im.chat.member.bot.added_v1',
      'auth.user_access_token.revoked_v4',
      'application.bot.menu_v6',
    );
    fc.assert(
      fc.property(types, fc.dictionary(fc.string(), fc.jsonValue()), (type, inner) => {
        expect(deliveryOf(event(type, inner))).toBeUndefined();
      }),
    );
  });
});

describe('somebody of another company', () => {
  const incomingOf = (body: unknown) => {
    const envelope = openEnvelope(body, TOKEN);
    if (envelope?.kind !== 'event') throw new Error('this is no event');
    return toDelivery(envelope, BOT);
  };
  const NOT_OURS = [ELSEWHERE, '', undefined, null, 5, {}, [TENANT], TENANT.toUpperCase(), ` ${TENANT}`];

  it.each(NOT_OURS)('is whoever writes with the company %p', (tenant_key) => {
    expect(incomingOf(messageEvent('/skill list', {}, { tenant_key }))).toMatchObject({ kind: 'stranger' });
  });

  it.each(NOT_OURS)('is whoever clicks with the company %p', (tenant_key) => {
    expect(incomingOf(clickEvent({}, { operator: { open_id: LIN, tenant_key } }))).toMatchObject({ kind: 'stranger' });
  });

  it.each(NOT_OURS)('is whoever adds the bot to a group with the company %p', (operator_tenant_key) => {
    const added = event('im.chat.member.bot.added_v1', { chat_id: 'oc_1', operator_tenant_key });
    expect(incomingOf(added)).toMatchObject({ kind: 'stranger', incoming: { delivery: { to: { chatId: 'oc_1' } } } });
  });

  it.each([undefined, null, '', 5])('is everybody, where the header names the company %p', (tenant_key) => {
    const message = messageEvent('/skill list', {}, { tenant_key });
    expect(incomingOf({ ...message, header: { ...Object(message.header), tenant_key } })).toMatchObject({
      kind: 'stranger',
    });
    expect(incomingOf(clickEvent({}, { operator: { open_id: LIN, tenant_key } }, { tenant_key }))).toMatchObject({
      kind: 'stranger',
    });
  });

  it.each(NOT_OURS)('is told from a colleague among those who are mentioned, with the company %p', (tenant_key) => {
    const mentions = [{ ...botMention, tenant_key }, ZHANG, wireMention(3, 'ou_eve', 'Eve', { tenant_key })];
    expect(deliveryOf(messageEvent('x', { mentions }))?.delivery).toMatchObject({
      mentions: [{ isBot: true }, { name: '张三' }, { name: 'Eve', isStranger: true }],
    });
    const [bot, zhang] = Object(deliveryOf(messageEvent('x', { mentions }))?.delivery).mentions;
    expect([bot, zhang]).toEqual([expect.not.objectContaining({ isStranger: true }), expect.anything()]);
    expect(zhang).not.toHaveProperty('isStranger');
  });
});

describe('what is nested deeply', () => {
  const read = (json: string) => {
    const envelope = openEnvelope(JSON.parse(json), TOKEN);
    if (envelope?.kind !== 'event') throw new Error('this is no event');
    return toDelivery(envelope, BOT);
  };

  it.each(['arrays', 'objects'] as const)('makes a click unreadable, wherever its %s are', (of) => {
    const deep = deepJson(100_000, of);
    const value = { action: 'change.confirm', id: '01JA0000000000000000000000' };
    for (const action of [{ value: 'DEEP' }, { value: { ...value, more: 'DEEP' } }, { form_value: { a: 'DEEP' } }]) {
      expect(read(withDeep(clickEvent(action), deep))).toEqual({ kind: 'unreadable', what: 'click' });
    }
    expect(read(withDeep(clickEvent({}, { more: 'DEEP' }), deep))).toEqual({ kind: 'unreadable', what: 'click' });
    const asText = `{"action":"change.confirm","more":${deep}}`;
    expect(read(JSON.stringify(clickEvent({ value: asText })))).toEqual({ kind: 'unreadable', what: 'click' });
  });

  it.each(['arrays', 'objects'] as const)('is no text of a message, as %s', (of) => {
    for (const message_type of ['text', 'post']) {
      const content = `{"text":"/skill list","title":"","content":[[{"tag":"text","text":"x","style":${deepJson(100_000, of)}}]]}`;
      expect(deliveryOf(messageEvent('', { message_type, content }))?.delivery).toMatchObject({ text: '' });
    }
  });

  it('is no obstacle where no form of a card is nested deeper', () => {
    const value = { action: 'page.go', id: '01JA0000000000000000000000', more: JSON.parse(deepJson(20)) };
    expect(deliveryOf(clickEvent({ value }))?.delivery).toMatchObject({ action: { name: 'page.go' } });
  });
});

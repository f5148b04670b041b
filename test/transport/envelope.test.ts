import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { openEnvelope, trustedEvent, unfitFor } from '../../src/transport/envelope.ts';
import { APP_ID, challenge, clickEvent, deepJson, event, messageEvent, TENANT, TOKEN, withDeep } from './samples.ts';

const open = (body: unknown) => openEnvelope(body, TOKEN);
const without = (value: Record<string, unknown>, key: string) =>
  Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));

const VERSION_1 = {
  ts: '1760000000.587484',
  uuid: 'bc447199585340d1f3728d26b1c0297a',
  token: TOKEN,
  type: 'event_callback',
  event: { app_id: APP_ID, tenant_key: TENANT, type: 'message', text: 'hi' },
};

describe('openEnvelope', () => {
  it('opens an event of version 2', () => {
    const body = messageEvent('hi');
    expect(open(body)).toEqual({
      kind: 'event',
      eventId: 'f7984f25108f8137722bb63cee927e66',
      eventType: 'im.message.receive_v1',
      appId: APP_ID,
      tenantKey: TENANT,
      body,
    });
  });

  it('opens an event of version 1 by the token at its root', () => {
    expect(open(VERSION_1)).toEqual({
      kind: 'event',
      eventId: VERSION_1.uuid,
      eventType: 'event_callback',
      appId: APP_ID,
      tenantKey: TENANT,
      body: VERSION_1,
    });
  });

  it('opens an address check', () => {
    expect(open(challenge())).toEqual({ kind: 'challenge', challenge: challenge().challenge });
  });

  const WRONG = ['', 'x', TOKEN.slice(0, -1), `${TOKEN}x`, TOKEN.toUpperCase(), ` ${TOKEN}`];
  const NO_TEXT: unknown[] = [undefined, null, 0, true, {}, [TOKEN], { value: TOKEN }];

  it.each([...WRONG, ...NO_TEXT])('refuses the token %p in every kind of body', (token) => {
    expect(open(event('a', {}, { token }))).toBeUndefined();
    expect(open({ ...VERSION_1, token })).toBeUndefined();
    expect(open({ ...challenge(), token })).toBeUndefined();
  });

  it('refuses a missing token in every kind of body', () => {
    const body = messageEvent('hi');
    expect(open({ ...body, header: without({ ...Object(body.header) }, 'token') })).toBeUndefined();
    expect(open(without(VERSION_1, 'token'))).toBeUndefined();
    expect(open(without(challenge(), 'token'))).toBeUndefined();
    expect(openEnvelope(without(VERSION_1, 'token'), '')).toBeUndefined();
  });

  it('does not take a token from the wrong place', () => {
    const { header } = messageEvent('hi');
    const bare = without({ ...Object(header) }, 'token');
    expect(open({ schema: '2.0', token: TOKEN, header: bare, event: { token: TOKEN } })).toBeUndefined();
    expect(open({ ...without(VERSION_1, 'token'), header: { token: TOKEN } })).toBeUndefined();
    expect(open({ ...without(challenge(), 'token'), header: { token: TOKEN } })).toBeUndefined();
  });

  it.each([
    ['no event id', event('a', {}, { event_id: undefined })],
    ['an empty event id', event('a', {}, { event_id: '' })],
    ['a number for an event id', event('a', {}, { event_id: 1 })],
    ['no type', event('a', {}, { event_type: undefined })],
    ['another schema', { ...event('a', {}), schema: '3.0' }],
    ['no header', { schema: '2.0', token: TOKEN }],
    ['version 1 without an id', { ...VERSION_1, uuid: '' }],
    ['version 1 of another type', { ...VERSION_1, type: 'x' }],
    ['a check without a challenge', { type: 'url_verification', token: TOKEN }],
    ['a check whose challenge is no text', { type: 'url_verification', token: TOKEN, challenge: { a: 1 } }],
  ])('refuses %s', (_what, body) => {
    expect(open(body)).toBeUndefined();
  });

  it('refuses whatever is nothing that Feishu sends', () => {
    fc.assert(fc.property(fc.jsonValue(), (body) => open(body) === undefined));
    expect(open(undefined)).toBeUndefined();
  });

  it.each([
    '{"__proto__":{"schema":"2.0","header":{"event_id":"1","event_type":"a","token":"TOKEN"}}}',
    '{"schema":"2.0","header":{"__proto__":{"event_id":"1","event_type":"a","token":"TOKEN"}}}',
    '{"schema":"2.0","__proto__":{"header":{"event_id":"1","event_type":"a","token":"TOKEN"}}}',
    '{"type":"url_verification","challenge":"c","__proto__":{"token":"TOKEN"}}',
    '{"type":"event_callback","uuid":"u","constructor":{"prototype":{"token":"TOKEN"}}}',
  ])('takes nothing from a prototype: %s', (text) => {
    expect(open(JSON.parse(text.replaceAll('TOKEN', TOKEN)))).toBeUndefined();
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it('opens an event in spite of what else is in it, and passes none of that on to other objects', () => {
    const text = JSON.stringify(messageEvent('hi')).replace('{', '{"__proto__":{"polluted":1},"constructor":{},');
    expect(open(JSON.parse(text))).toMatchObject({ kind: 'event', eventType: 'im.message.receive_v1' });
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect({}).not.toHaveProperty('polluted');
  });
});

describe('trustedEvent', () => {
  it.each([undefined, '', 'another', 5])('reads an event with the token %p', (token) => {
    // As JSON has it: what is undefined is not there.
    const body = JSON.parse(JSON.stringify(event('im.message.receive_v1', { token: 'c-1' }, { token })));
    expect(trustedEvent(body)).toEqual({
      kind: 'event',
      eventId: 'f7984f25108f8137722bb63cee927e66',
      eventType: 'im.message.receive_v1',
      appId: APP_ID,
      tenantKey: TENANT,
      body,
    });
    const old = JSON.parse(JSON.stringify({ ...VERSION_1, token }));
    expect(trustedEvent(old)).toMatchObject({ eventId: VERSION_1.uuid });
  });

  it('reads nothing else', () => {
    expect(trustedEvent(challenge())).toBeUndefined();
    expect(trustedEvent(event('a', {}, { event_id: '' }))).toBeUndefined();
    fc.assert(fc.property(fc.jsonValue(), (body) => trustedEvent(body) === undefined));
  });
});

describe('unfitFor', () => {
  const judged = (body: unknown) => {
    const opened = trustedEvent(body);
    if (!opened) throw new Error('this is no event');
    return unfitFor(APP_ID, opened);
  };

  it('lets through what is of this app', () => {
    expect([judged(messageEvent('hi')), judged(clickEvent()), judged(VERSION_1)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it.each(['cli_ffffffffffffffff', '', undefined, null, 5, {}, APP_ID.toUpperCase()])(
    'refuses what is of the app %p',
    (app_id) => {
      expect(judged(event('im.message.receive_v1', {}, { app_id }))).toBe('other_app');
      expect(judged(clickEvent({}, {}, { app_id }))).toBe('other_app');
      expect(judged({ ...VERSION_1, event: { ...VERSION_1.event, app_id } })).toBe('other_app');
      expect(judged({ ...VERSION_1, event: app_id })).toBe('other_app');
    },
  );

  it('refuses what is nested too deep, but for a click, whose answer somebody waits for', () => {
    const deep = deepJson(200_000);
    expect(judged(JSON.parse(withDeep(event('im.message.receive_v1', { more: 'DEEP' }), deep)))).toBe('too_deep');
    expect(judged(JSON.parse(withDeep(clickEvent({ value: 'DEEP' }), deep)))).toBeUndefined();
  });
});

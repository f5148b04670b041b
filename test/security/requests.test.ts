import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Delivery } from '../../src/domain/delivery.ts';
import { challenge, clickEvent, event, KEY, messageEvent } from '../transport/samples.ts';
import { ROUTES, startWebhook, type Webhook } from './server.ts';

const RUNS = 300;
const MARK = 'zq-mark-of-the-body-zq';

const route = fc.constantFrom(...ROUTES);

describe.each([
  ['without an Encrypt Key', undefined],
  ['with an Encrypt Key', KEY],
])('%s', (_, key) => {
  let webhook: Webhook;
  beforeAll(async () => {
    webhook = await startWebhook(key);
  });
  beforeEach(() => {
    webhook.accepted.length = 0;
  });
  afterAll(() => webhook.close());

  it('any bytes are refused, and nothing of them is logged', async () => {
    const bytes = fc.uint8Array({ maxLength: 300 }).map((head) => Buffer.concat([Buffer.from(MARK), head]));
    await fc.assert(
      fc.asyncProperty(route, bytes, async (to, body) => {
        expect((await webhook.post(new Uint8Array(body), {}, to)).status).toBe(400);
      }),
      { numRuns: RUNS },
    );
    expect(webhook.accepted).toEqual([]);
    expect(webhook.logs.text()).not.toContain(MARK);
  });

  it('any JSON without the token is refused, whatever headers come with it', async () => {
    const header = fc.dictionary(
      fc.constantFrom(
        'x-lark-request-timestamp',
        'x-lark-request-nonce',
        'x-lark-signature',
        'x-lark-token',
        'authorization',
      ),
      fc.stringMatching(/^[\x21-\x7e]{0,64}$/),
    );
    const body = fc.oneof(
      fc.jsonValue({ maxDepth: 4 }),
      fc.record({ encrypt: fc.oneof(fc.base64String({ maxLength: 400 }), fc.string(), fc.jsonValue()) }),
      fc.record({
        type: fc.constant('url_verification'),
        challenge: fc.string(),
        token: fc.oneof(fc.string(), fc.jsonValue()),
      }),
      fc.record({
        schema: fc.constant('2.0'),
        header: fc.record({
          event_id: fc.string(),
          event_type: fc.string(),
          token: fc.oneof(fc.string(), fc.jsonValue()),
        }),
        event: fc.jsonValue(),
      }),
    );
    await fc.assert(
      fc.asyncProperty(route, body, header, async (to, json, headers) => {
        const answer = await webhook.post(JSON.stringify(json), headers, to);
        expect(answer).toEqual({ status: 401, text: '{"error":"unauthorized"}' });
      }),
      { numRuns: RUNS },
    );
    expect(webhook.accepted).toEqual([]);
  });

  it('an event of Feishu with any content is answered 200, and only what is well-formed goes on', async () => {
    const word = fc.oneof(
      fc.string(),
      fc.constantFrom('ou_x', '../x', 'om_1?x=1', 'p2p', 'text', 'post', 'user', '', '__proto__'),
    );
    const part = fc.oneof({ weight: 3, arbitrary: word }, { arbitrary: fc.jsonValue({ maxDepth: 2 }), weight: 1 });
    const message = fc
      .record(
        {
          message_id: part,
          chat_id: part,
          chat_type: part,
          message_type: part,
          content: part,
          mentions: fc.oneof(part, fc.array(part)),
        },
        { requiredKeys: [] },
      )
      .map((difference) => messageEvent('/skill list', difference));
    const sender = fc
      .record({ sender_id: part, sender_type: part }, { requiredKeys: [] })
      .map((difference) => messageEvent('/skill', {}, difference));
    const click = fc
      .tuple(
        fc.record({ value: part, option: part, form_value: part, tag: part }, { requiredKeys: [] }),
        fc.record({ operator: part, context: part, token: part }, { requiredKeys: [] }),
      )
      .map(([action, inner]) => clickEvent(action, inner));
    const other = fc
      .tuple(
        fc.constantFrom(
          'im.message.receive_v1',
          'card.action.trigger',
          'application.bot.menu_v6',
          'im.chat.member.bot.added_v1',
          'im.chat.access_event.bot_p2p_chat_entered_v1',
          'auth.user_access_token.revoked_v4',
          'x',
          '__proto__',
        ),
        fc.dictionary(word, fc.jsonValue({ maxDepth: 2 })),
      )
      .map(([type, inner]) => event(type, inner));
    await fc.assert(
      fc.asyncProperty(route, fc.oneof(message, sender, click, other), async (to, wire) => {
        const { status, text } = await webhook.send(wire, to);
        const { toast, ...rest } = JSON.parse(text);
        expect([status, rest]).toEqual([200, {}]);
        // Only a click is answered with words.
        if (toast)
          expect([toast.type, JSON.stringify(wire)]).toEqual(['error', expect.stringContaining('card.action.trigger')]);
      }),
      { numRuns: RUNS },
    );
    for (const { requestKey: name, delivery } of webhook.accepted) {
      expect(Delivery.safeParse(delivery).error).toBeUndefined();
      expect(idsIn(delivery).filter((id) => !/^[A-Za-z0-9_-]{1,128}$/.test(id))).toEqual([]);
      expect(name).not.toBe('');
    }
  });

  it('an address check answers with its own challenge only', async () => {
    await fc.assert(
      fc.asyncProperty(route, fc.string(), async (to, text) => {
        const answer = await webhook.send({ ...challenge(), challenge: text }, to);
        expect(answer).toEqual({ status: 200, text: JSON.stringify({ challenge: text }) });
      }),
      { numRuns: 50 },
    );
  });
});

const ID_FIELDS = /^(messageId|cardMessageId|chatId|actorId|openId)$/;

function idsIn(node: unknown): string[] {
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([name, value]) =>
    typeof value === 'string' && ID_FIELDS.test(name) ? [value] : name === 'details' ? [] : idsIn(value),
  );
}

describe('JSON that aims at prototypes', () => {
  let webhook: Webhook;
  beforeAll(async () => {
    webhook = await startWebhook(undefined);
  });
  afterAll(() => webhook.close());

  const POISON = '{"polluted":"yes","admin":true,"toString":"no"}';
  const poisons = [`"__proto__":${POISON}`, `"constructor":{"prototype":${POISON}}`, `"prototype":${POISON}`];

  /** Puts the poison into every object of a JSON text, one after the other. */
  const poisoned = (json: string, poison: string): string[] =>
    [...json.matchAll(/\{/g)]
      .map(({ index }) => [json.slice(0, index + 1), poison, json[index + 1] === '}' ? '' : ',', json.slice(index + 1)])
      .map((parts) => parts.join(''))
      .filter(isJson);

  /** Braces inside a text are no objects. */
  function isJson(text: string): boolean {
    try {
      JSON.parse(text);
      return true;
    } catch {
      return false;
    }
  }

  const click = clickEvent({
    value: { action: 'form.rename', id: '01JA0000000000000000000000', nested: { a: 1 } },
    form_value: { name: 'x', agents: ['ou_1'] },
  });
  const post = {
    title: 't',
    content: [
      [
        { tag: 'text', text: '/skill list' },
        { tag: 'at', user_id: '@_user_1' },
      ],
    ],
  };

  it.each(poisons)('changes none, wherever %s stands', async (poison) => {
    const bodies = [
      JSON.stringify(click),
      JSON.stringify(messageEvent('/skill list')),
      JSON.stringify(challenge()),
    ].flatMap((json) => poisoned(json, poison));
    const contents = poisoned(JSON.stringify(post), poison).map((content) =>
      JSON.stringify(messageEvent('', { message_type: 'post', content })),
    );
    const values = poisoned('{"action":"page.go","id":"x","page":2}', poison).map((value) =>
      JSON.stringify(clickEvent({ value })),
    );
    for (const body of [...bodies, ...contents, ...values]) {
      const { status } = await webhook.post(body);
      expect([200, 401]).toContain(status);
      for (const victim of [{}, [], '', () => undefined, new Map()]) {
        expect(victim).not.toHaveProperty('polluted');
        expect(victim).not.toHaveProperty('admin');
      }
      expect(String({})).toBe('[object Object]');
    }
    expect(webhook.accepted.length).toBeGreaterThan(10);
    for (const { delivery } of webhook.accepted) {
      expect(Delivery.parse(delivery)).not.toHaveProperty('polluted');
      if (delivery.kind !== 'card-action') continue;
      expect(Object.getPrototypeOf(Delivery.parse(delivery))).toBe(Object.prototype);
      expect({ ...delivery.action.form }).not.toHaveProperty('polluted');
      expect({ ...delivery.action.details }).not.toHaveProperty('polluted');
    }
  });
});

import { request as httpRequest } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { isForBot } from '../../src/commands/handling/handleMessage.ts';
import type { IncomingDelivery } from '../../src/domain/delivery.ts';
import { createServer } from '../../src/http/server.ts';
import type { Inbox } from '../../src/inbox/inbox.ts';
import type { AnswerCallback, DeliveryAnswer } from '../../src/transport/callback.ts';
import { createIntake } from '../../src/transport/intake.ts';
import { webhookRouter } from '../../src/transport/webhook.ts';
import { ManualClock } from '../support/clock.ts';
import { type Listening, listenOn, sendRaw } from '../support/listening.ts';
import { type CapturedLogs, captureLogs } from '../support/logs.ts';
import { type RecordedMetrics, recordMetrics } from '../support/metrics.ts';
import { until } from '../support/until.ts';
import {
  APP_ID,
  BOT,
  challenge,
  clickEvent,
  deepJson,
  ELSEWHERE,
  event,
  KEY,
  messageEvent,
  sealed,
  sealedAndSigned,
  signatureHeaders,
  TOKEN,
  withDeep,
} from './samples.ts';

const ROUTES = ['/feishu/events', '/feishu/cards'];
const SECRET = 's3cret-text-of-the-message';
const COMMAND = `/skill show ${SECRET}`;

let listening: Listening;
let logs: CapturedLogs;
let recorded: RecordedMetrics;
let clock: ManualClock;
/** Keys of what got into the inbox, and of the clicks, in order. */
let accepted: IncomingDelivery[];
let clicked: IncomingDelivery[];
let answerClick: () => Promise<DeliveryAnswer>;
let accept: Inbox['accept'];

beforeEach(() => {
  logs = captureLogs();
  recorded = recordMetrics();
  clock = new ManualClock();
  accepted = [];
  clicked = [];
  accept = async (keyed) => void accepted.push(keyed);
  answerClick = async () => ({ body: {}, afterwards: async () => undefined });
});
afterEach(async () => {
  expect(logs.text()).not.toContain(SECRET);
  expect(logs.text()).not.toContain(TOKEN);
  await listening.close();
});

const answeredClick: AnswerCallback = async (keyed) => {
  clicked.push(keyed);
  return answerClick();
};

async function serve(encryptKey: string | undefined, answerCallback = answeredClick): Promise<void> {
  const refuse = async (): Promise<never> => {
    throw new Error('a webhook has no business with this');
  };
  const inbox: Inbox = {
    accept: (keyed) => accept(keyed),
    acceptLive: refuse,
    stop: refuse,
    wake: () => undefined,
    start: () => undefined,
  };
  const telling = { logger: logs.logger, trace: logs.trace, metrics: recorded.metrics };
  const router = webhookRouter({
    appId: APP_ID,
    verificationToken: TOKEN,
    encryptKey,
    intake: createIntake({
      inbox,
      answerCallback,
      clock,
      ...telling,
      self: () => BOT,
      placeClick: async () => undefined,
      isForBot,
    }),
    clock,
    ...telling,
  });
  listening = await listenOn(createServer({ routers: [router], readiness: async () => ({}), logger: logs.logger }));
}

const JSON_TYPE = { 'content-type': 'application/json;charset=utf-8' };

async function post(
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = {},
  path = '/feishu/events',
): Promise<{ status: number; json: unknown }> {
  const init = { method: 'POST', body, headers: { ...JSON_TYPE, ...headers } };
  const response = await fetch(listening.url + path, init);
  return { status: response.status, json: JSON.parse(await response.text()) };
}

const UNAUTHORIZED = { status: 401, json: { error: 'unauthorized' } };
const NOT_JSON = { status: 400, json: { error: 'not_json' } };
const OK = { status: 200, json: {} };

describe('without an Encrypt Key', () => {
  beforeEach(() => serve(undefined));

  it.each(ROUTES)('%s takes messages, clicks and address checks', async (route) => {
    expect(await post(JSON.stringify(messageEvent(COMMAND)), {}, route)).toEqual(OK);
    expect(accepted).toMatchObject([{ delivery: { kind: 'message', text: COMMAND } }]);
    expect(await post(JSON.stringify(clickEvent()), {}, route)).toEqual(OK);
    expect(clicked).toMatchObject([{ requestKey: 'action:click-1' }]);
    const check = await post(JSON.stringify(challenge()), {}, route);
    expect(check).toEqual({ status: 200, json: { challenge: challenge().challenge } });
  });

  it('takes whatever is said in a direct chat', async () => {
    expect(await post(JSON.stringify(messageEvent('hello', { chat_type: 'p2p' })))).toEqual(OK);
    expect(accepted).toMatchObject([{ delivery: { text: 'hello', chatType: 'p2p' } }]);
  });

  it('answers only when the delivery is stored', async () => {
    let store: (() => void) | undefined;
    accept = () =>
      new Promise((resolve) => {
        store = resolve;
      });
    let answered = false;
    const answer = post(JSON.stringify(messageEvent('/skill'))).finally(() => {
      answered = true;
    });
    await until(() => store !== undefined);
    await delay(50);
    expect(answered).toBe(false);
    store?.();
    expect(await answer).toEqual(OK);
  });

  it('answers 500 when the delivery cannot be stored, so that it comes again', async () => {
    accept = async () => {
      throw new Error('database is locked');
    };
    expect(await post(JSON.stringify(messageEvent(COMMAND)))).toEqual({ status: 500, json: { error: 'internal' } });
    expect(logs.lines()).toMatchObject([{ level: 50, reason: 'database is locked' }]);
  });

  it('is measured from its arrival until its answer has gone out', async () => {
    accept = async () => clock.advance(40);
    await post(JSON.stringify(messageEvent(COMMAND)));
    answerClick = async () => {
      clock.advance(700);
      return { body: {}, afterwards: async () => clock.advance(5_000) };
    };
    await post(JSON.stringify(clickEvent()));
    await until(() => recorded.told.length === 2);
    expect(recorded.told).toEqual(['acknowledged message 40', 'acknowledged card-action 700']);
  });

  it('answers 500 when a click cannot be stored', async () => {
    answerClick = async () => {
      throw new Error('database is locked');
    };
    expect((await post(JSON.stringify(clickEvent()))).status).toBe(500);
  });

  it('answers 200 to events that it does nothing about', async () => {
    expect(await post(JSON.stringify(event('im.message.message_read_v1', { reader: {} })))).toEqual(OK);
    expect(await post(JSON.stringify(messageEvent('x', {}, { sender_type: 'bot' })))).toEqual(OK);
    expect(await post(JSON.stringify(messageEvent('just talk in a group')))).toEqual(OK);
    const version1 = { uuid: 'u', token: TOKEN, type: 'event_callback', event: { type: 'message', app_id: APP_ID } };
    expect(await post(JSON.stringify(version1))).toEqual(OK);
    expect([accepted, clicked]).toEqual([[], []]);
    expect(recorded.told.filter((fact) => fact.startsWith('received'))).toEqual([
      'received other ignored',
      'received other ignored',
      'received message ignored',
      'received other ignored',
    ]);
    expect(logs.lines().map(({ delivery }) => delivery)).toContain('event:u');
  });

  it.each([
    ['of an event', event('im.message.receive_v1', { text: COMMAND }, { token: 'wrong' })],
    ['of a message', { ...messageEvent(COMMAND), header: { ...Object(messageEvent('x').header), token: undefined } }],
    ['of a click', clickEvent({}, {}, { token: '' })],
    ['of an address check', challenge('wrong')],
    ['that is missing in a check', { type: 'url_verification', challenge: SECRET }],
    ['of version 1', { uuid: 'u', token: 'wrong', type: 'event_callback' }],
  ])('refuses a wrong token %s', async (_what, body) => {
    for (const route of ROUTES) expect(await post(JSON.stringify(body), {}, route)).toEqual(UNAUTHORIZED);
    expect([accepted, clicked]).toEqual([[], []]);
    expect(logs.lines()).toMatchObject([
      { level: 40, reason: 'bad_token', status: 401 },
      { reason: 'bad_token', status: 401 },
    ]);
    expect(recorded.told).toEqual(['refused bad_token', 'refused bad_token']);
  });

  it.each(['{}', 'null', '5', '[]', '"text"', `[${JSON.stringify(challenge())}]`])(
    'refuses the JSON %s, which is nothing of Feishu’s',
    async (body) => {
      expect(await post(body)).toEqual(UNAUTHORIZED);
    },
  );

  it.each(['', ' ', '{', 'a=b', `${SECRET}`, "{'a':1}", '<xml/>', '{"a":1}{"b":2}'])(
    'answers 400 to %p, which is no JSON',
    async (body) => {
      expect(await post(body)).toEqual(NOT_JSON);
      expect(logs.lines()).toMatchObject([{ reason: 'not_json', status: 400 }]);
    },
  );

  it.each([
    'application/json',
    'application/json; charset=utf-8',
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'nonsense',
  ])('reads a body of the content type %p', async (type) => {
    expect(await post(JSON.stringify(challenge()), { 'content-type': type })).toMatchObject({ status: 200 });
  });

  it('reads a body without a content type, and one in pieces', async () => {
    const body = JSON.stringify(challenge());
    const half = Math.floor(body.length / 2);
    const pieces = [body.slice(0, half), body.slice(half)]
      .map((piece) => `${Buffer.byteLength(piece).toString(16)}\r\n${piece}\r\n`)
      .join('');
    const head = 'POST /feishu/events HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n';
    const answer = await sendRaw(listening.port, `${head}${pieces}0\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(answer).toContain('5d2bb1e3-84c0-4f3c-8f4e-d2c5a7c9e111');
  });

  it('answers 400 to a request without a body', async () => {
    const answer = await sendRaw(
      listening.port,
      'POST /feishu/events HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
    );
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  });

  const ofSize = (bytes: number): string => {
    const body = JSON.stringify({ ...challenge(), padding: '' });
    return body.replace('"padding":""', `"padding":"${SECRET}${'x'.repeat(bytes - body.length - SECRET.length)}"`);
  };

  it('takes a body of 1 MiB and answers 413 to a larger one', async () => {
    expect(await post(ofSize(1024 * 1024))).toMatchObject({ status: 200 });
    expect(await post(ofSize(1024 * 1024 + 1))).toEqual({ status: 413, json: { error: 'too_large' } });
  });

  it('answers 413 to what grows beyond 1 MiB without having said so', async () => {
    const piece = `${(64 * 1024).toString(16)}\r\n${'x'.repeat(64 * 1024)}\r\n`;
    const head = 'POST /feishu/cards HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n';
    expect(await sendRaw(listening.port, `${head}${piece.repeat(17)}0\r\n\r\n`)).toMatch(/^HTTP\/1\.1 413 /);
  });

  it.each(['gzip', 'deflate', 'br', 'nonsense'])('does not unpack a body that says it is %s', async (encoding) => {
    const body = new Uint8Array(gzipSync(JSON.stringify(challenge())));
    expect(await post(body, { 'content-encoding': encoding })).toEqual({
      status: 415,
      json: { error: 'unsupported_encoding' },
    });
  });

  it('does not unpack a body that does not say what it is', async () => {
    expect(await post(new Uint8Array(gzipSync(JSON.stringify(challenge()))))).toEqual(NOT_JSON);
  });

  it.each([
    ['GET', '/feishu/events'],
    ['PUT', '/feishu/events'],
    ['POST', '/feishu'],
    ['POST', '/feishu/events/x'],
    ['POST', '/feishu/other'],
    ['POST', '/events'],
  ])('has nothing at %s %s', async (method, path) => {
    const body = method === 'GET' ? null : JSON.stringify(messageEvent(COMMAND));
    expect((await fetch(listening.url + path, { method, body })).status).toBe(404);
    expect(accepted).toEqual([]);
  });

  it('changes no prototype', async () => {
    const body = JSON.stringify(messageEvent('/skill')).replace('{', '{"__proto__":{"polluted":1},');
    expect(await post(body)).toEqual(OK);
    expect({}).not.toHaveProperty('polluted');
    expect(accepted[0]?.delivery).not.toHaveProperty('polluted');
  });
});

describe('with an Encrypt Key', () => {
  beforeEach(() => serve(KEY));

  it.each(ROUTES)('%s takes what is encrypted and signed', async (route) => {
    const message = await sealedAndSigned(messageEvent(COMMAND));
    expect(await post(message.body, message.headers, route)).toEqual(OK);
    expect(accepted).toMatchObject([{ delivery: { kind: 'message', text: COMMAND } }]);
    const click = await sealedAndSigned(clickEvent());
    expect(await post(click.body, click.headers, route)).toEqual(OK);
    expect(clicked).toMatchObject([{ requestKey: 'action:click-1' }]);
  });

  it('takes a signature in upper case', async () => {
    const { body, headers } = await sealedAndSigned(messageEvent('/skill'));
    const upper = { ...headers, 'x-lark-signature': headers['x-lark-signature']?.toUpperCase() ?? '' };
    expect(await post(body, upper)).toEqual(OK);
    expect(accepted).toHaveLength(1);
  });

  it('checks the bytes as they came', async () => {
    const spaced = `{ "encrypt" :\n"${sealed(JSON.stringify(messageEvent('/skill')))}" }`;
    expect(await post(spaced, await signatureHeaders(spaced))).toEqual(OK);
    expect(await post(JSON.stringify(JSON.parse(spaced)), await signatureHeaders(spaced))).toEqual(UNAUTHORIZED);
    expect(await post(spaced, await signatureHeaders(JSON.stringify(JSON.parse(spaced))))).toEqual(UNAUTHORIZED);
    expect(accepted).toHaveLength(1);
  });

  it('answers an address check without a signature, or with any', async () => {
    const body = JSON.stringify({ encrypt: sealed(JSON.stringify(challenge())) });
    const answer = { status: 200, json: { challenge: challenge().challenge } };
    expect(await post(body)).toEqual(answer);
    expect(await post(body, await signatureHeaders('other'))).toEqual(answer);
  });

  it.each([
    ['that is missing', {}],
    ['of another body', { sign: 'other' }],
    ['with another key', { key: 'other key' }],
  ])('refuses an event with a signature %s', async (_what, { sign, key }: { sign?: string; key?: string }) => {
    for (const wire of [messageEvent(COMMAND), clickEvent()]) {
      const body = JSON.stringify({ encrypt: sealed(JSON.stringify(wire)) });
      const headers = sign || key ? await signatureHeaders(sign ?? body, key ?? KEY) : {};
      expect(await post(body, headers)).toEqual(UNAUTHORIZED);
    }
    expect([accepted, clicked]).toEqual([[], []]);
    expect(logs.lines()).toMatchObject([{ reason: 'bad_signature' }, { reason: 'bad_signature' }]);
  });

  it.each(['x-lark-request-timestamp', 'x-lark-request-nonce', 'x-lark-signature'])(
    'refuses an event without %s',
    async (header) => {
      const { body, headers } = await sealedAndSigned(messageEvent(COMMAND));
      const { [header]: _left, ...rest } = headers;
      expect(await post(body, rest)).toEqual(UNAUTHORIZED);
      expect(accepted).toEqual([]);
    },
  );

  it.each([
    ['an event', messageEvent(COMMAND)],
    ['a click', clickEvent()],
    ['an address check', challenge()],
    ['an event beside nothing encrypted', { ...messageEvent(COMMAND), encrypt: 5 }],
  ])('refuses %s in plain text, signed or not', async (_what, wire) => {
    const body = JSON.stringify(wire);
    expect(await post(body)).toEqual(UNAUTHORIZED);
    expect(await post(body, await signatureHeaders(body))).toEqual(UNAUTHORIZED);
    expect([accepted, clicked]).toEqual([[], []]);
    expect(logs.lines()).toMatchObject([{ reason: 'not_encrypted' }, { reason: 'not_encrypted' }]);
  });

  it('reads the encrypted body only, whatever is beside it', async () => {
    const { encrypt } = JSON.parse((await sealedAndSigned(event('unknown', {}))).body);
    const body = JSON.stringify({ ...messageEvent(COMMAND), encrypt });
    expect(await post(body, await signatureHeaders(body))).toEqual(OK);
    expect(accepted).toEqual([]);
  });

  it.each([
    ['with another key', sealed(JSON.stringify(messageEvent(COMMAND)), 'other key')],
    ['to no JSON', sealed('not JSON')],
    ['to nothing', sealed('')],
    ['from nothing', ''],
    ['from a cut text', sealed(JSON.stringify(messageEvent(COMMAND))).slice(0, -8)],
  ])('refuses what decrypts %s, even when it is signed', async (_what, encrypt) => {
    const body = JSON.stringify({ encrypt });
    expect(await post(body, await signatureHeaders(body))).toEqual(UNAUTHORIZED);
    expect(logs.lines()).toMatchObject([{ reason: 'undecryptable', status: 401 }]);
  });

  it('refuses a wrong token inside, even when it is signed', async () => {
    for (const wire of [event('a', {}, { token: 'x' }), challenge('x'), clickEvent({}, {}, { token: undefined })]) {
      const { body, headers } = await sealedAndSigned(wire);
      expect(await post(body, headers)).toEqual(UNAUTHORIZED);
    }
    expect([accepted, clicked]).toEqual([[], []]);
  });

  it('gives away nothing by its answer about what was wrong', async () => {
    const answers = [];
    for (const encrypt of [sealed('x', 'other'), sealed('no JSON'), sealed('{}'), sealed('5'), 'AAAA']) {
      answers.push(await post(JSON.stringify({ encrypt })));
    }
    answers.push(await post(JSON.stringify({ encrypt: sealed(JSON.stringify(messageEvent('x'))) })));
    expect(answers).toEqual(answers.map(() => UNAUTHORIZED));
  });

  it('answers 400 to what is no JSON, signed or not', async () => {
    expect(await post('{')).toEqual(NOT_JSON);
    expect(await post('{', await signatureHeaders('{'))).toEqual(NOT_JSON);
  });
});

describe('a click', () => {
  beforeEach(() => serve(undefined));

  it('is answered with what the callback says', async () => {
    const body = { toast: { type: 'info' as const, content: 'a', i18n: { zh_cn: 'a', en_us: 'b' } } };
    answerClick = async () => ({ body, afterwards: async () => undefined });
    expect(await post(JSON.stringify(clickEvent()))).toEqual({ status: 200, json: body });
  });

  it('counts its time from when it was received', async () => {
    const seen: number[] = [];
    await listening.close();
    await serve(undefined, async (_keyed, receivedAt) => {
      seen.push(receivedAt);
      return answerClick();
    });
    await post(JSON.stringify(clickEvent()));
    expect(seen).toEqual([clock.elapsed()]);
  });

  it('has its late update only after the answer is out', async () => {
    const order: string[] = [];
    let go = (): void => undefined;
    const over = new Promise<void>((resolve) => {
      go = resolve;
    });
    answerClick = async () => ({
      body: {},
      afterwards: async (sent) => {
        order.push(`begun, sent: ${sent}`);
        await over;
        order.push('over');
      },
    });
    // The update waits for `go`, and that comes after the answer: answering later would never end.
    expect(await post(JSON.stringify(clickEvent()))).toEqual(OK);
    go();
    await until(() => order.length === 2);
    expect(order).toEqual(['begun, sent: true', 'over']);
  });

  it('is answered once, when its late update fails', async () => {
    answerClick = async () => ({
      body: {},
      afterwards: async () => {
        throw new Error('database is locked');
      },
    });
    expect(await post(JSON.stringify(clickEvent()))).toEqual(OK);
    await until(() => logs.lines().length > 0);
    expect(logs.lines()).toMatchObject([{ delivery: 'action:click-1', reason: 'database is locked' }]);
  });

  it('has its late update also when nobody waits for the answer any more', async () => {
    let answer = (): void => undefined;
    let updated = (_sent?: boolean): void => undefined;
    const update = new Promise<boolean | undefined>((resolve) => {
      updated = resolve;
    });
    const asked = new Promise<void>((begun) => {
      answerClick = () => {
        begun();
        return new Promise((resolve) => {
          answer = () => resolve({ body: {}, afterwards: async (sent) => updated(sent) });
        });
      };
    });
    const request = httpRequest(`${listening.url}/feishu/cards`, { method: 'POST' });
    request.on('error', () => undefined);
    request.end(JSON.stringify(clickEvent()));
    await asked;
    request.destroy();
    // By then the server has heard of that, too.
    await fetch(`${listening.url}/healthz`);
    await delay(20);
    answer();
    expect(await update).toBe(false);
  });
});

describe.each([
  ['in clear', undefined],
  ['encrypted', KEY],
])('what is not for the bot, %s', (_how, key) => {
  beforeEach(() => serve(key));

  /** As Feishu sends a JSON. */
  const send = async (json: string) => {
    if (key === undefined) return post(json);
    const outer = JSON.stringify({ encrypt: sealed(json, key) });
    return post(outer, await signatureHeaders(outer, key));
  };
  const errorToast = (words: string) => ({
    status: 200,
    json: { toast: { type: 'error', i18n: expect.objectContaining({ en_us: expect.stringContaining(words) }) } },
  });

  it('is refused when it is of another app', async () => {
    const app_id = 'cli_ffffffffffffffff';
    for (const body of [
      event('x', {}, { app_id }),
      clickEvent({}, {}, { app_id }),
      event('x', {}, { app_id: undefined }),
    ]) {
      expect(await send(JSON.stringify(body))).toEqual(UNAUTHORIZED);
    }
    expect([accepted, clicked]).toEqual([[], []]);
    expect(logs.lines()).toMatchObject(Array(3).fill({ level: 40, reason: 'other_app', status: 401 }));
  });

  it('is refused with nothing kept of it when it is from another company', async () => {
    const message = messageEvent(COMMAND, { chat_type: 'p2p' }, { tenant_key: ELSEWHERE });
    expect(await send(JSON.stringify(message))).toEqual(OK);
    const messageId = 'om_dc13264520392913993dd051dba21dcf';
    const delivery = { kind: 'refusal', to: { messageId } };
    expect(accepted).toEqual([{ requestKey: `message:${messageId}`, delivery }]);
    const operator = { open_id: 'ou_eve', tenant_key: ELSEWHERE };
    expect(await send(JSON.stringify(clickEvent({ value: { action: SECRET } }, { operator })))).toMatchObject(
      errorToast('people of the company'),
    );
    expect(clicked).toEqual([]);
    expect(logs.lines().filter(({ level }) => level === 40)).toMatchObject([
      { kind: 'message', msg: 'refused: somebody of another company' },
      { kind: 'card-action', msg: 'refused: somebody of another company' },
    ]);
  });

  it('is not even refused when strangers talk to one another in a group', async () => {
    expect(await send(JSON.stringify(messageEvent(SECRET, {}, { tenant_key: ELSEWHERE })))).toEqual(OK);
    expect(accepted).toEqual([]);
  });

  it.each([
    ['no context', clickEvent({ value: { action: SECRET, [SECRET]: 1 } }, { context: undefined })],
    ['no value', clickEvent({ value: undefined, name: SECRET })],
    ['an empty value', clickEvent({ value: {} })],
    ['nobody who pressed', clickEvent({}, { operator: {} })],
    ['no action', clickEvent({}, { action: undefined })],
    ['nothing', event('card.action.trigger', {})],
  ])('is answered when it is a click with %s, and told without its content', async (_what, body) => {
    expect(await send(JSON.stringify(body))).toMatchObject(errorToast('cannot read'));
    expect(clicked).toEqual([]);
    expect(logs.lines()).toMatchObject([
      {
        level: 40,
        msg: 'a click that cannot be read',
        shape: expect.objectContaining({ body: 'schema header event' }),
      },
    ]);
  });

  it.each([
    ['message', messageEvent(SECRET, { message_id: undefined })],
    ['message', messageEvent(SECRET, { chat_id: null })],
    ['message', messageEvent(SECRET, {}, { sender_type: undefined })],
    ['event', event('application.bot.menu_v6', { event_key: SECRET })],
  ])('is told without its content when it is a %s that cannot be read', async (what, body) => {
    expect(await send(JSON.stringify(body))).toEqual(OK);
    expect(accepted).toEqual([]);
    expect(logs.lines().filter(({ level }) => level === 40)).toMatchObject([
      { msg: `${what === 'event' ? 'an' : 'a'} ${what} that cannot be read`, shape: { body: 'schema header event' } },
    ]);
    expect(JSON.stringify(logs.lines())).not.toContain(SECRET);
  });

  it('is quietly let be when it is not for the bot', async () => {
    for (const sender_type of ['bot', 'app']) {
      expect(await send(JSON.stringify(messageEvent(SECRET, {}, { sender_type })))).toEqual(OK);
    }
    expect(await send(JSON.stringify(event('contact.user.updated_v3', {})))).toEqual(OK);
    expect(logs.lines().filter(({ level }) => Number(level) >= 40)).toEqual([]);
  });

  it.each(['arrays', 'objects'] as const)('is answered however deep its %s are nested', async (of) => {
    const deep = deepJson(of === 'arrays' ? 350_000 : 100_000, of);
    expect(await send(withDeep(clickEvent({ value: 'DEEP' }), deep))).toMatchObject(errorToast('cannot read'));
    for (const field of ['form_value', 'option', 'name']) {
      expect(await send(withDeep(clickEvent({ [field]: 'DEEP' }), deep))).toMatchObject(errorToast('cannot read'));
    }
    for (const field of ['mentions', 'content', 'more']) {
      expect(await send(withDeep(messageEvent('/skill', { [field]: 'DEEP' }), deep))).toMatchObject({ status: 400 });
    }
    expect((await send(deep)).status).toBe(401);
    expect([accepted, clicked]).toEqual([[], []]);
    expect(logs.lines().filter(({ level }) => Number(level) >= 50)).toEqual([]);
  });
});

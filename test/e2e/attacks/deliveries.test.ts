import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { signature } from 'local-feishu';
import { messageBody, postRaw } from '../../support/post.ts';
import { answersTo, type ShownCard } from '../../support/shownCard.ts';
import { type Actor, type Stage, startStage, until } from '../../support/story.ts';
import { clickBody, type Push, pushOf, ROUTES, statusOfBytes, traces } from './wire.ts';

const MUTATIONS = 300;
const REPLAYS = 20;

let stage: Stage;
let lin: Actor;
/** A preview that a forged click would write. */
let bait: ShownCard;
let before: Awaited<ReturnType<typeof traces>>;

beforeAll(async () => {
  stage = await startStage({ transport: 'webhook', loggedIn: ['admin'] });
  lin = stage.person('admin');
  bait = await lin.says('/skill rename VIP Stolen');
});
beforeEach(async () => {
  before = await traces(stage);
});
afterAll(() => stage.close());

let made = 0;
const unique = (): string => {
  made += 1;
  return `forged_${made}`;
};

const confirmBody = (eventId = unique()) =>
  clickBody(stage.sandbox, {
    openId: lin.openId,
    messageId: bait.messageId,
    chatId: bait.chatId,
    value: { action: 'change.confirm', id: changeIdOf(bait) },
    eventId,
  });
const commandBody = (token?: string) =>
  messageBody(stage.sandbox, {
    message_id: `om_${unique()}`,
    text: '/skill rename VIP Stolen',
    ...(token !== undefined && { token }),
  });

const changeIdOf = ({ card }: ShownCard): string =>
  /"action":"change\.confirm","id":"([^"]+)"/.exec(JSON.stringify(card))?.[1] ?? '';

const withToken = (body: ReturnType<typeof confirmBody>, token: unknown) => ({
  ...body,
  header: { ...body.header, token },
});

async function expectNothing(): Promise<void> {
  expect(await traces(stage)).toEqual(before);
}

describe('a forged delivery', () => {
  const without = (push: Push, name: string): Push => ({
    ...push,
    headers: Object.fromEntries(Object.entries(push.headers).filter(([key]) => key !== name)),
  });
  const changed = (push: Push, name: string, change: (value: string) => string): Push => ({
    ...push,
    headers: { ...push.headers, [name]: change(push.headers[name] ?? '') },
  });

  const forgeries: Record<string, (body: unknown) => Push> = {
    'in clear': (body) => ({ body: JSON.stringify(body), headers: {} }),
    'in clear, signed with another key': (body) => ({
      body: JSON.stringify(body),
      headers: pushOf(stage.sandbox, body, 'another key').headers,
    }),
    'in clear, signed with the right key': (body) => {
      const text = JSON.stringify(body);
      const [timestamp, nonce] = ['1760000000', 'nonce'];
      return {
        body: text,
        headers: {
          'x-lark-request-timestamp': timestamp,
          'x-lark-request-nonce': nonce,
          'x-lark-signature': signature(timestamp, nonce, stage.sandbox.credentials.encryptKey, text),
        },
      };
    },
    'with another key': (body) => pushOf(stage.sandbox, body, 'another key'),
    'with the verification token as the key': (body) =>
      pushOf(stage.sandbox, body, stage.sandbox.credentials.verificationToken),
    unsigned: (body) => ({ ...pushOf(stage.sandbox, body), headers: {} }),
    'signed for another body': (body) => ({
      ...pushOf(stage.sandbox, body),
      headers: pushOf(stage.sandbox, commandBody()).headers,
    }),
    'without its time': (body) => without(pushOf(stage.sandbox, body), 'x-lark-request-timestamp'),
    'without its nonce': (body) => without(pushOf(stage.sandbox, body), 'x-lark-request-nonce'),
    'without its signature': (body) => without(pushOf(stage.sandbox, body), 'x-lark-signature'),
    'with another time': (body) =>
      changed(pushOf(stage.sandbox, body), 'x-lark-request-timestamp', (time) => String(Number(time) + 1)),
    'with half a signature': (body) => changed(pushOf(stage.sandbox, body), 'x-lark-signature', (s) => s.slice(0, 32)),
    'with two signatures': (body) =>
      changed(pushOf(stage.sandbox, body), 'x-lark-signature', (s) => `${'0'.repeat(64)}, ${s}`),
    'with an empty signature': (body) => changed(pushOf(stage.sandbox, body), 'x-lark-signature', () => ''),
    'that is encrypted well but has something beside it': (body) => {
      const push = pushOf(stage.sandbox, body);
      return { ...push, body: push.body.replace('{', '{"a":1,') };
    },
  };

  it.each(Object.keys(forgeries))('%s is refused on both routes, as a command and as a click', async (name) => {
    const forge = forgeries[name];
    for (const route of ROUTES) {
      for (const body of [commandBody(), confirmBody()]) {
        const push = forge?.(body);
        const answer = await postRaw(stage.bot, push?.body ?? '', push?.headers, route);
        expect([answer.status, await answer.text()]).toEqual([401, '{"error":"unauthorized"}']);
      }
    }
    await expectNothing();
  });

  it.each([
    ['another token', 'x'.repeat(32)],
    ['an empty token', ''],
    ['no token', undefined],
    ['a token that is a list', ['a']],
    ['a token that is true', true],
  ])('with %s is refused although it is encrypted and signed', async (_, token) => {
    for (const body of [withToken(confirmBody(), token), { ...commandBody(), header: { token } }]) {
      const push = pushOf(stage.sandbox, body);
      expect((await postRaw(stage.bot, push.body, push.headers)).status).toBe(401);
    }
    const check = pushOf(stage.sandbox, { type: 'url_verification', challenge: 'c', token });
    expect((await postRaw(stage.bot, check.body, check.headers)).status).toBe(401);
    await expectNothing();
  });

  it('made from a good one by a change of any one place is refused', async () => {
    const good = pushOf(stage.sandbox, confirmBody());
    const names = Object.keys(good.headers).filter((name) => name.startsWith('x-lark-'));
    const altered = (text: string, at: number, by: number): string => {
      const place = at % text.length;
      const code = 33 + ((text.charCodeAt(place) - 33 + 1 + (by % 92)) % 94);
      return text.slice(0, place) + String.fromCharCode(code) + text.slice(place + 1);
    };
    const sameHex = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();
    const change = fc.tuple(fc.constantFrom('body', 'body', 'body', ...names), fc.nat(), fc.nat());
    await fc.assert(
      fc.asyncProperty(change, async ([where, at, by]) => {
        const headers = { ...good.headers };
        let body = good.body;
        if (where === 'body') body = altered(body, at, by);
        else headers[where] = altered(headers[where] ?? '', at, by);
        if (where === 'x-lark-signature' && sameHex(headers[where] ?? '', good.headers[where] ?? '')) return;
        const { status } = await postRaw(stage.bot, body, headers, ROUTES[at % 2]);
        expect([400, 401]).toContain(status);
      }),
      { numRuns: MUTATIONS },
    );
    await expectNothing();
  });

  it('cut off at any place is refused', async () => {
    const good = pushOf(stage.sandbox, confirmBody());
    for (let at = 0; at < good.body.length; at += Math.ceil(good.body.length / 60)) {
      const { status } = await postRaw(stage.bot, good.body.slice(0, at), good.headers);
      expect([400, 401]).toContain(status);
    }
    const head = Object.entries(good.headers).map(([name, value]) => `${name}: ${value}\r\n`);
    const request = `POST /feishu/cards HTTP/1.1\r\nHost: a\r\n${head.join('')}Content-Length: ${good.body.length}\r\n\r\n${good.body}`;
    for (let at = 1; at < 20; at += 1) {
      const bytes = request.slice(0, Math.floor((request.length * at) / 20));
      expect(await statusOfBytes(stage.bot.port, bytes)).not.toContain(' 200 ');
    }
    await expectNothing();
  });
});

describe('what is no good request', () => {
  it.each([
    ['too large', () => Buffer.alloc(1024 * 1024 + 1, 'x'), {}, 413],
    ['packed, and large when unpacked', () => gzipSync(Buffer.alloc(20_000_000)), { 'content-encoding': 'gzip' }, 415],
    ['packed as br', () => Buffer.from('x'), { 'content-encoding': 'br' }, 415],
    ['deeply nested', () => '['.repeat(500_000), {}, 400],
    ['deeply nested and complete', () => '['.repeat(400_000) + ']'.repeat(400_000), {}, 401],
    ['not UTF-8', () => Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), {}, 400],
    ['a form', () => 'challenge=x&token=y', { 'content-type': 'application/x-www-form-urlencoded' }, 400],
  ])('%s is refused on both routes', async (_, body, headers, status) => {
    for (const route of ROUTES) {
      expect((await postRaw(stage.bot, body(), { ...headers }, route)).status).toBe(status);
    }
    await expectNothing();
  });

  const smuggled = 'POST /feishu/events HTTP/1.1\r\nHost: a\r\n';
  it.each([
    ['two lengths', `${smuggled}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}x`],
    ['a length and chunks', `${smuggled}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
    ['an unknown transfer encoding', `${smuggled}Transfer-Encoding: gzip, x\r\n\r\n{}`],
    ['a negative length', `${smuggled}Content-Length: -1\r\n\r\n{}`],
    ['a line end in a header', `${smuggled}X-A: b\nX-C\r\n\r\n`],
    ['a NUL in a header', `${smuggled}X-A: b\0c\r\n\r\n`],
    ['a space before the colon', `${smuggled}Content-Length : 2\r\n\r\n{}`],
    ['no host', 'POST /feishu/events HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}'],
    ['headers of 20 KB', `${smuggled}X-A: ${'a'.repeat(20_000)}\r\n\r\n`],
    ['10,000 headers', `${smuggled}${'A: b\r\n'.repeat(10_000)}\r\n`],
    ['an address of 100 KB', `GET /${'a'.repeat(100_000)} HTTP/1.1\r\nHost: a\r\n\r\n`],
    ['no HTTP', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
    ['a chunk that is none', `${smuggled}Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n`],
  ])('a request with %s is refused', async (_, bytes) => {
    expect(await statusOfBytes(stage.bot.port, bytes)).toMatch(/^(HTTP\/1\.1 4\d\d |reset$)/);
    await expectNothing();
  });

  it('the bot is as it was after all that', async () => {
    expect((await fetch(`${stage.bot.url}/readyz`)).status).toBe(200);
    expect((await lin.says('/skill list')).template).toBe('blue');
  });
});

describe('a header of the answer', () => {
  it('cannot be planted through an address or a header', async () => {
    const { url } = stage.bot;
    const planted = '%0d%0aSet-Cookie:%20a=b%0d%0aLocation:%20https://evil.example';
    for (const path of [`/oauth/login/${planted}`, `/oauth/callback?state=${planted}&code=${planted}`, `/${planted}`]) {
      const answer = await fetch(url + path, {
        redirect: 'manual',
        headers: { 'accept-language': 'en', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'gopher' },
      });
      expect([400, 404]).toContain(answer.status);
      expect([answer.headers.get('set-cookie'), answer.headers.get('location')]).toEqual([null, null]);
    }
  });
});

describe('many at once', () => {
  it('300 silent connections do not keep anybody out', async () => {
    const { openWire } = await import('./wire.ts');
    const wires = await Promise.all(Array.from({ length: 300 }, () => openWire(stage.bot.port)));
    const answers = await Promise.all(
      Array.from({ length: 100 }, async () => {
        const push = pushOf(stage.sandbox, { type: 'url_verification', challenge: 'c', token: 'wrong' });
        return (await postRaw(stage.bot, push.body, push.headers)).status;
      }),
    );
    expect(new Set(answers)).toEqual(new Set([401]));
    expect((await lin.says('/skill list')).template).toBe('blue');
    for (const { socket } of wires) socket.destroy();
  });
});

describe('a replayed delivery', () => {
  const times = async (count: number, send: () => Promise<Response>, parallel = false): Promise<number[]> => {
    if (parallel) return (await Promise.all(Array.from({ length: count }, send))).map(({ status }) => status);
    const statuses: number[] = [];
    for (let at = 0; at < count; at += 1) statuses.push((await send()).status);
    return statuses;
  };
  const allWell = (count: number) => Array(count).fill(200);

  it('of a message has one answer: all at once, again, with other event ids, after a restart', async () => {
    const text = '/skill rename VIP Twice';
    for (const newEventId of [false, true]) {
      stage.sandbox.faults.addDelivery({ kind: { type: 'duplicate', copies: REPLAYS, newEventId } });
    }
    const sent = await lin.tells(text);
    const [message_id, event_id] = [sent.messageId, sent.eventId];
    await until(() => answersTo(stage.sandbox, sent).length > 0);
    const again = () => {
      const push = pushOf(stage.sandbox, messageBody(stage.sandbox, { message_id, event_id, text }));
      return postRaw(stage.bot, push.body, push.headers);
    };
    const withOtherEvent = () => {
      const body = messageBody(stage.sandbox, { message_id, event_id: unique(), text });
      const push = pushOf(stage.sandbox, body);
      return postRaw(stage.bot, push.body, push.headers, '/feishu/cards');
    };
    expect(await times(REPLAYS, withOtherEvent)).toEqual(allWell(REPLAYS));
    await stage.bot.kill();
    await stage.restart();
    expect(await times(REPLAYS, again, true)).toEqual(allWell(REPLAYS));
    expect(await times(REPLAYS, withOtherEvent)).toEqual(allWell(REPLAYS));
    await lin.says('/skill list');
    expect(answersTo(stage.sandbox, sent)).toHaveLength(1);
    const after = await traces(stage);
    expect(after.changes).toBe(before.changes + 1);
    expect(after.writes).toBe(before.writes);
  });

  it('of a Confirm writes once: again, all at once, with other event ids, after a restart', async () => {
    const body = confirmBody();
    const captured = pushOf(stage.sandbox, body);
    const again = () => postRaw(stage.bot, captured.body, captured.headers, '/feishu/cards');
    const withOtherEvent = () => {
      const push = pushOf(stage.sandbox, { ...body, header: { ...body.header, event_id: unique() } });
      return postRaw(stage.bot, push.body, push.headers, '/feishu/cards');
    };
    const [same, others] = await Promise.all([times(REPLAYS, again, true), times(REPLAYS, withOtherEvent, true)]);
    expect([...same, ...others]).toEqual(allWell(2 * REPLAYS));
    await until(() => stage.patches().length > before.writes);
    const vip = stage.sandbox.skills().find(({ name }) => name === 'Stolen');
    stage.sandbox.desk.edit(vip?.id ?? '', (skill) => void Object.assign(skill, { name: 'Edited since' }));
    expect(await times(REPLAYS, withOtherEvent)).toEqual(allWell(REPLAYS));
    await stage.bot.kill();
    await stage.restart();
    expect(await times(REPLAYS, again)).toEqual(allWell(REPLAYS));
    expect(await times(REPLAYS, withOtherEvent, true)).toEqual(allWell(REPLAYS));
    await lin.says('/skill list');
    expect(stage.patches()).toHaveLength(before.writes + 1);
    expect(stage.sandbox.skills().map(({ name }) => name)).toContain('Edited since');
  });
});

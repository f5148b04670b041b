import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { encodePush, encrypt } from 'local-feishu';
import { systemRandom } from '../../src/lib/random.ts';
import { messageBody, postMessage, postRaw } from '../support/post.ts';
import { answersTo } from '../support/shownCard.ts';
import { onStage, type Stage, startStage } from '../support/story.ts';

describe('a delivery that is not from Feishu', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await startStage({ transport: 'webhook' });
  });
  afterAll(() => stage.close());

  const encoded = (body: unknown, key = stage.sandbox.credentials.encryptKey) =>
    encodePush(body, key, { random: systemRandom, now: Date.now() });
  const forged = (message_id: string) => messageBody(stage.sandbox, { message_id });

  const attempts: Record<string, () => { status: number; body: string | Buffer; headers?: Record<string, string> }> = {
    'with a signature of another key': () => {
      const { rawBody } = encoded(forged('om_forged'));
      const { headers } = encoded(forged('om_forged'), 'another key');
      return { status: 401, body: rawBody, headers };
    },
    'without a signature': () => ({ status: 401, body: encoded(forged('om_forged')).rawBody }),
    'with a signature of another body': () => {
      const { headers } = encoded(forged('om_other'));
      return { status: 401, body: encoded(forged('om_forged')).rawBody, headers };
    },
    'with an empty signature': () => {
      const { rawBody, headers } = encoded(forged('om_forged'));
      return { status: 401, body: rawBody, headers: { ...headers, 'x-lark-signature': '' } };
    },
    'changed by one blank after it was signed': () => {
      const { rawBody, headers } = encoded(forged('om_forged'));
      return { status: 401, body: `${rawBody} `, headers };
    },
    'encrypted with another key': () => {
      const { rawBody, headers } = encoded(forged('om_forged'), 'another key');
      return { status: 401, body: rawBody, headers };
    },
    'in clear': () => ({ status: 401, body: JSON.stringify(forged('om_forged')) }),
    'with the wrong verification token, though well encrypted and signed': () => {
      const { rawBody, headers } = encoded(messageBody(stage.sandbox, { message_id: 'om_forged', token: 'wrong' }));
      return { status: 401, body: rawBody, headers };
    },
    'encrypted, but no JSON inside': () => {
      const body = JSON.stringify({ encrypt: encrypt('hello', stage.sandbox.credentials.encryptKey, randomBytes(16)) });
      return { status: 401, body };
    },
    'of random bytes as ciphertext': () => ({
      status: 401,
      body: JSON.stringify({ encrypt: randomBytes(64).toString('base64') }),
    }),
    'that is not JSON': () => ({ status: 400, body: 'hello' }),
    'that is empty': () => ({ status: 400, body: '' }),
    'of more than 1 MiB': () => ({ status: 413, body: Buffer.alloc(1024 * 1024 + 1, 'x') }),
  };

  it.each(Object.keys(attempts))('%s is refused on both routes, and nothing happens', async (name) => {
    const { sandbox, bot } = stage;
    stage.callsSince();
    for (const route of ['/feishu/events', '/feishu/cards']) {
      const attempt = attempts[name]?.();
      const answer = await postRaw(bot, attempt?.body ?? '', attempt?.headers, route);
      expect(answer.status).toBe(attempt?.status);
      expect(await answer.text()).not.toContain('om_forged');
    }
    await stage.person('admin').says('/skill whoami');
    expect(stage.callsSince()).toEqual(['POST /im/v1/messages/:message_id/reply']);
    expect(answersTo(sandbox, { messageId: 'om_forged' })).toEqual([]);
  });

  it('is told from a real one, which the same helper posts', async () => {
    const { sandbox, bot } = stage;
    const sent = await stage.person('admin').tells('hello', { chat: 'group' });
    const answer = await postMessage(sandbox, bot, { message_id: sent.messageId, event_id: 'real' });
    expect(answer.status).toBe(200);
  });

  it('may be signed with capital letters', async () => {
    const { rawBody, headers } = encoded(messageBody(stage.sandbox, { message_id: 'om_capitals', text: 'hello' }));
    const signature = headers['x-lark-signature']?.toUpperCase() ?? '';
    expect((await postRaw(stage.bot, rawBody, { ...headers, 'x-lark-signature': signature })).status).toBe(200);
  });

  it('an address check is answered on both routes with the challenge, but only with the right token', async () => {
    const { credentials } = stage.sandbox;
    for (const route of ['/feishu/events', '/feishu/cards']) {
      for (const [token, status] of [
        [credentials.verificationToken, 200],
        ['wrong', 401],
      ] as const) {
        const body = { type: 'url_verification', challenge: 'abc-123', token };
        const encrypted = JSON.stringify({
          encrypt: encrypt(JSON.stringify(body), credentials.encryptKey, randomBytes(16)),
        });
        const answer = await postRaw(stage.bot, encrypted, {}, route);
        expect(answer.status).toBe(status);
        if (status === 200) expect(await answer.json()).toEqual({ challenge: 'abc-123' });
      }
      const plain = { type: 'url_verification', challenge: 'abc', token: credentials.verificationToken };
      expect((await postRaw(stage.bot, JSON.stringify(plain), {}, route)).status).toBe(401);
    }
  });

  it('an event that the bot does not know is acknowledged and left alone', async () => {
    const { sandbox, bot } = stage;
    const known = messageBody(sandbox, { message_id: 'om_x' });
    const unknown = { ...known, header: { ...known.header, event_type: 'contact.user.created_v3' } };
    const { rawBody, headers } = encoded(unknown);
    expect((await postRaw(bot, rawBody, headers)).status).toBe(200);
    const odd = encoded({ ...known, event: { message: null } });
    expect((await postRaw(bot, odd.rawBody, odd.headers)).status).toBe(200);
    expect((await fetch(`${bot.url}/healthz`)).status).toBe(200);
  });

  it('the address of the bot shows nothing else', async () => {
    for (const path of ['/', '/metrics', '/feishu/events', '/sandbox/state', '/.env']) {
      expect((await fetch(`${stage.bot.url}${path}`)).status).toBe(404);
    }
  });
});

describe('a bot without an encrypt key', () => {
  it('takes deliveries in clear by their token: login, preview, Confirm, done', async () => {
    await onStage(
      { transport: 'webhook', sandbox: { credentials: { encryptKey: '' } }, loggedIn: ['admin'] },
      async (stage) => {
        const { sandbox, bot } = stage;
        const lin = stage.person('admin');
        const preview = await lin.says('/skill rename VIP Tier 2');
        await lin.presses(preview, 'change.confirm');
        expect(preview.template).toBe('green');

        stage.callsSince();
        const wrong = JSON.stringify(messageBody(sandbox, { message_id: 'om_forged', token: 'wrong' }));
        expect((await postRaw(bot, wrong)).status).toBe(401);
        const tokenless = JSON.stringify(messageBody(sandbox, { message_id: 'om_forged', token: '' }));
        expect((await postRaw(bot, tokenless)).status).toBe(401);
        for (const [token, status] of [
          [sandbox.credentials.verificationToken, 200],
          ['wrong', 401],
        ] as const) {
          const body = JSON.stringify({ type: 'url_verification', challenge: 'abc', token });
          expect((await postRaw(bot, body)).status).toBe(status);
        }
        await lin.says('/skill whoami');
        expect(stage.callsSince()).toEqual(['POST /im/v1/messages/:message_id/reply']);
      },
    );
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { encrypt, signature } from 'local-feishu';
import { systemRandom } from '../../../src/lib/random.ts';
import { postRaw } from '../../support/post.ts';
import { shown } from '../../support/shownCard.ts';
import { type Actor, type Stage, startStage, until } from '../../support/story.ts';
import { TRANSPORTS } from '../../support/transport.ts';
import { deepJson, withDeep } from '../../transport/samples.ts';
import { clickBody, traces } from './wire.ts';

const REFUSED = { template: 'red', title: 'Not available here', actions: [] };
const ELSEWHERE = 'another-company';

/** He Ping is a guest of another company in the group; everybody else is a colleague. */
describe.each(TRANSPORTS)('somebody of another company, over the %s', (transport) => {
  let stage: Stage;
  let lin: Actor;
  let he: Actor;
  beforeAll(async () => {
    stage = await startStage({ transport, loggedIn: ['admin'] });
    stage.sandbox.people.employee.tenantKey = ELSEWHERE;
    lin = stage.person('admin');
    he = stage.person('employee');
  });
  afterAll(() => stage.close());

  const known = async () => {
    const { changes, grants, waiting, writes, skills } = await traces(stage);
    return { changes, grants, waiting, writes, skills };
  };

  it.each(['list', 'show VIP', 'agents', 'history', 'rename VIP x', 'login', 'whoami', 'help', ''])(
    'is refused /skill %s, and nothing is read or done for it',
    async (command) => {
      const before = await known();
      stage.callsSince();
      for (const chat of ['group', 'p2p'] as const) {
        expect(await he.says(`/skill ${command}`, { chat })).toMatchObject(REFUSED);
      }
      expect(await known()).toEqual(before);
      expect(stage.callsSince()).toEqual(Array(2).fill('POST /im/v1/messages/:message_id/reply'));
    },
  );

  it('is refused by the buttons of a card', async () => {
    const card = await lin.says('/skill list', { chat: 'group' });
    stage.callsSince();
    const outcome = await he.presses(card, 'skill.pick');
    expect(outcome).toMatchObject({ toast: { type: 'error' } });
    expect(outcome.toast?.i18n?.en_us).toContain('people of the company');
    expect(outcome.card).toBeUndefined();
    expect(stage.callsSince()).toEqual([]);
  });

  it('does not become an agent', async () => {
    const before = await known();
    for (const line of ['add-agent VIP @何平', 'set-agents VIP @Tom @何平', 'create 夜班 @何平', 'agents @何平']) {
      const card = await lin.says(`/skill ${line}`);
      expect(card.template).toBe('red');
      expect(card.text).toContain('“何平” belongs to another company');
    }
    expect(await known()).toEqual(before);
  });

  it('who adds the bot to a group gets no help card there', async () => {
    const count = () => stage.sandbox.messages('group').length;
    const before = count();
    await stage.sandbox.addBotToGroup('employee');
    await until(() => count() > before);
    const card = stage.sandbox.messages('group').at(-1);
    expect(card && shown(stage.sandbox, card)).toMatchObject(REFUSED);
  });

  it('is told to the log, without what they wrote', () => {
    expect(stage.bot.logs()).toContain('refused: somebody of another company');
    expect(stage.bot.logs()).not.toContain('rename VIP x');
  });
});

describe('a click that is nested 200,000 deep', () => {
  it('is answered, signed and encrypted as it is, and takes nothing down', async () => {
    const stage = await startStage({ transport: 'webhook', loggedIn: ['admin'] });
    const lin = stage.person('admin');
    const card = await lin.says('/skill rename VIP x');
    const click = {
      openId: lin.openId,
      messageId: card.messageId,
      chatId: card.chatId,
      eventId: 'deep',
      value: 'DEEP',
    };
    const { encryptKey } = stage.sandbox.credentials;
    const json = withDeep(clickBody(stage.sandbox, click), deepJson(200_000));
    const rawBody = JSON.stringify({ encrypt: encrypt(json, encryptKey, systemRandom.bytes(16)) });
    const timestamp = String(Math.floor(Date.now() / 1000));
    const answer = await postRaw(stage.bot, rawBody, {
      'x-lark-request-timestamp': timestamp,
      'x-lark-request-nonce': 'nonce',
      'x-lark-signature': signature(timestamp, 'nonce', encryptKey, rawBody),
    });
    expect([answer.status, await answer.json()]).toEqual([200, { toast: expect.objectContaining({ type: 'error' }) }]);
    expect(await lin.says('/skill show VIP')).toMatchObject({ title: expect.stringContaining('VIP') });
    await stage.close();
  });
});

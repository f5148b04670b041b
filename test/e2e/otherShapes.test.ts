import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ShownCard } from '../support/shownCard.ts';
import { type Actor, type Stage, skillOf, startStage, until } from '../support/story.ts';
import { pushOf } from './attacks/wire.ts';
import { asInTheBeginning, CONFIRM, changeIdIn, planned, VIP } from './domain/admin.ts';

type Json = Record<string, unknown>;

const TENANT = 'tenant';

/** Events as they have been seen, which differ from those of the documents. */
describe('what comes in another shape', () => {
  let stage: Stage;
  let lin: Actor;
  let count = 0;
  beforeAll(async () => {
    stage = await startStage({ loggedIn: ['admin'] });
    lin = stage.person('admin');
  });
  beforeEach(() => asInTheBeginning(stage));
  afterAll(() => stage.close());

  /** Pushes an event of the app, and gives the answer. */
  async function pushed(event_type: string, event: Json, beside: Json = {}): Promise<Json> {
    const { credentials } = stage.sandbox;
    count += 1;
    const header = {
      event_id: `odd-${count}`,
      event_type,
      create_time: String(Date.now() * 1000),
      token: credentials.verificationToken,
      app_id: credentials.appId,
      tenant_key: TENANT,
    };
    const { body, headers } = pushOf(stage.sandbox, { schema: '2.0', header, event, ...beside });
    const answer = await fetch(`http://127.0.0.1:${stage.bot.port}/feishu/cards`, { method: 'POST', body, headers });
    expect(answer.status).toBe(200);
    return Object(await answer.json());
  }

  const clicked = (event: Json, beside?: Json) =>
    pushed('card.action.trigger', { token: 'c-made-up', host: 'im_message', ...event }, beside);
  const operator = () => ({ open_id: lin.openId, tenant_key: TENANT });
  const contextOf = ({ messageId, chatId }: ShownCard) => ({ open_message_id: messageId, open_chat_id: chatId });
  const confirmOf = (card: ShownCard) => ({ tag: 'button', value: { action: CONFIRM, id: changeIdIn(card) } });

  const CLICKS: [string, (card: ShownCard) => { event: Json; beside?: Json }][] = [
    [
      'in `user_id`',
      (card) => ({ event: { operator: { user_id: operator(), tenant_key: TENANT }, context: contextOf(card) } }),
    ],
    [
      'in `operator_id`',
      (card) => ({ event: { operator: { operator_id: operator(), tenant_key: TENANT }, context: contextOf(card) } }),
    ],
    ['without a context', () => ({ event: { operator: operator() } })],
    ['without a chat', (card) => ({ event: { operator: operator(), context: { open_message_id: card.messageId } } })],
    ['without a message', (card) => ({ event: { operator: operator(), context: { open_chat_id: card.chatId } } })],
    [
      'with other names in its context',
      ({ messageId, chatId }) => ({
        event: { operator: operator(), context: { message_id: messageId, chat_id: chatId } },
      }),
    ],
    ['with its ids beside the action', (card) => ({ event: { operator: operator(), ...contextOf(card) } })],
    [
      'with its context beside the event',
      (card) => ({ event: { operator: operator() }, beside: { context: contextOf(card) } }),
    ],
  ];

  it.each(CLICKS)('confirms a change, when it is a click %s', async (_what, oddly) => {
    const card = await planned(lin, `/skill rename ${VIP} Tier 2`);
    const { event, beside } = oddly(card);
    const answer = await clicked({ ...event, action: confirmOf(card) }, beside);
    expect(answer).toMatchObject({ toast: { type: 'success' }, card: { data: { header: { template: 'green' } } } });
    expect(skillOf(stage, VIP).name).toBe('Tier 2');
  });

  it('turns a page in a chat that is not named', async () => {
    const card = await lin.says('/skill show VIP');
    const [, id] = /"action":"form\.rename","id":"([0-9A-Z]{26})"/.exec(JSON.stringify(card.card)) ?? [];
    const action = { tag: 'button', value: { action: 'form.rename', id } };
    const answer = await clicked({ operator: operator(), context: { open_message_id: card.messageId }, action });
    expect(JSON.stringify(answer)).toContain('Rename a skill');
  });

  it.each<[string, (card: ShownCard) => Json]>([
    ['no value', () => ({ action: { tag: 'button' } })],
    ['nobody who pressed', (card) => ({ action: confirmOf(card), operator: { tenant_key: TENANT } })],
    ['no action', () => ({ action: undefined })],
  ])('is told to whoever clicked and in the log, without its content, when it has %s', async (_what, odd) => {
    const card = await planned(lin, `/skill rename ${VIP} Secret`);
    const before = stage.bot.logs().split('a click that cannot be read').length;
    const answer = await clicked({ operator: operator(), context: contextOf(card), ...odd(card) });
    expect(answer).toMatchObject({
      toast: {
        type: 'error',
        i18n: {
          zh_cn: expect.stringContaining('请重新发送命令'),
          en_us: expect.stringContaining('send the command again'),
        },
      },
    });
    await until(() => stage.bot.logs().split('a click that cannot be read').length === before + 1);
    expect(stage.bot.logs()).not.toContain('Secret');
    expect(skillOf(stage, VIP).name).toBe('VIP');
  });

  const messageOf = (message: Json, sender: Json = {}) => {
    count += 1;
    return {
      sender: { sender_id: { open_id: lin.openId }, sender_type: 'user', tenant_key: TENANT, ...sender },
      message: {
        message_id: `om_odd_${count}`,
        chat_type: 'p2p',
        message_type: 'text',
        content: JSON.stringify({ text: 'anything at all' }),
        ...message,
      },
    };
  };

  it('answers in a direct chat that is called private', async () => {
    const { chatId, messageId } = await lin.tells('/skill whoami');
    // A message of the chat that can be replied to.
    const again = messageOf({ message_id: messageId, chat_id: chatId, chat_type: 'private' });
    await until(() => stage.sandbox.messages().some(({ replyTo }) => replyTo === messageId));
    expect(await pushed('im.message.receive_v1', again)).toEqual({});
    const fresh = messageOf({ chat_id: chatId, chat_type: 'private' });
    await pushed('im.message.receive_v1', fresh);
    const path = `/open-apis/im/v1/messages/${fresh.message.message_id}/reply`;
    await until(() => stage.sandbox.calls.all().some((call) => call.path === path));
  });

  it('tells the log of a message that cannot be read, and nothing of one that is not for the bot', async () => {
    const before = stage.bot.logs().length;
    await pushed('im.message.receive_v1', messageOf({ chat_id: null, content: '{"text":"Secret words"}' }));
    await until(() => stage.bot.logs().slice(before).includes('a message that cannot be read'));
    await pushed('im.message.receive_v1', messageOf({ chat_id: null }, { sender_type: 'app' }));
    await lin.says('/skill whoami');
    expect(stage.bot.logs().slice(before).split('cannot be read')).toHaveLength(2);
    expect(stage.bot.logs()).not.toContain('Secret words');
  });
});

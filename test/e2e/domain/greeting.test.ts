import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { PersonKey, StoredMessage } from 'local-feishu';
import { type ShownCard, shown } from '../../support/shownCard.ts';
import { type Stage, startStage, until } from '../../support/story.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.close());

const cardsIn = (chat: string): StoredMessage[] =>
  stage.sandbox.messages(chat).filter(({ senderKind }) => senderKind === 'bot');

/** The card that comes of an event. */
async function cardAfter(chat: string, event: () => Promise<string>): Promise<ShownCard> {
  const before = cardsIn(chat).length;
  await event();
  await until(() => cardsIn(chat).length > before);
  const card = cardsIn(chat).at(-1);
  if (!card) throw new Error('no card came');
  return shown(stage.sandbox, card);
}

const isHelp = { template: 'blue', title: 'Agent skills by chat', replyTo: undefined };

describe('the first contact', () => {
  it('is a help card whose buttons work, for whoever opens the chat for the first time', async () => {
    const card = await cardAfter('p2p:employee', () => stage.sandbox.openBot('employee'));
    expect(card).toMatchObject(isHelp);
    expect(card.chinese).toContain('客服技能助手');
    expect(card.actions).toContain('form.rename');
    await stage.person('employee').presses(card, 'form.list');
    expect(card.title).toBe('Agent skills (8)');
  });

  it('is not repeated', async () => {
    const before = cardsIn('p2p:employee').length;
    const event = await stage.sandbox.openBot('employee');
    await until(() =>
      stage.sandbox.deliveries.all().some(({ eventId, status }) => eventId === event && status === 200),
    );
    await stage.person('employee').says('/skill list');
    expect(cardsIn('p2p:employee')).toHaveLength(before + 1);
  });

  it('is a help card without buttons in a group, where it is nobody’s', async () => {
    const card = await cardAfter('group', () => stage.sandbox.addBotToGroup());
    expect(card).toMatchObject({ ...isHelp, actions: [] });
  });

  it('comes once for one event, however often it is delivered, and again when the bot is added again', async () => {
    const before = cardsIn('group').length;
    const event = await stage.sandbox.addBotToGroup();
    await stage.sandbox.redeliver(event);
    await until(() => cardsIn('group').length > before);
    await stage.person('employee').says('/skill list', { chat: 'group' });
    expect(cardsIn('group')).toHaveLength(before + 2);
  });

  it.each(['owner', 'admin'] satisfies PersonKey[])('is the panel, from the menu of the bot (%s)', async (who) => {
    for (const key of ['panel', 'whatever']) {
      const card = await cardAfter(`p2p:${who}`, () => stage.sandbox.menu(who, key));
      expect(card).toMatchObject(isHelp);
      await stage.person(who).presses(card, 'form.rename');
      expect(card.title).toBe('Rename a skill');
    }
  });

  it.each(['hello', '你好', 'rename VIP', '?', '😀', '/help', 'https://example.com/skill'])(
    'is help in a direct chat for what is no command: %s',
    async (text) => {
      const card = await stage.person('employee').says(text);
      expect(card).toMatchObject({ template: 'blue', title: 'Agent skills by chat' });
      expect(card.actions).toContain('form.create');
    },
  );

  it('is nothing in a group for what is no command', async () => {
    const before = cardsIn('group').length;
    for (const text of ['hello', '你好 @bot', 'rename VIP']) {
      await stage.person('employee').tells(text, { chat: 'group' });
    }
    await stage.person('employee').says('/skill list', { chat: 'group' });
    await until(() => stage.sandbox.deliveries.all().every(({ status }) => status === 200));
    expect(cardsIn('group')).toHaveLength(before + 1);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { PersonKey } from 'local-feishu';
import { CHAT_IDS, PEOPLE } from 'local-feishu';
import { type ShownCard, shown } from '../../support/shownCard.ts';
import { type Actor, type Stage, startStage, until } from '../../support/story.ts';
import { traces } from './wire.ts';

const VIP = '6941215891786825756';
const REFUSED = { template: 'red', title: 'Not available here', actions: [] };

/** The admin may, in the group and in their direct chat. The owner of the desk may not, nor anybody elsewhere. */
let stage: Stage;
let lin: Actor;
let zhou: Actor;
beforeAll(async () => {
  const env = { ALLOWED_CHAT_IDS: `${CHAT_IDS.group},${CHAT_IDS.admin}`, ALLOWED_OPEN_IDS: PEOPLE.admin.openId };
  stage = await startStage({ env, loggedIn: ['admin'] });
  lin = stage.person('admin');
  zhou = stage.person('owner');
});
afterAll(() => stage.close());

type Json = Record<string, unknown>;
const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

function valuesIn(node: unknown): Json[] {
  if (Array.isArray(node)) return node.flatMap(valuesIn);
  if (!isJson(node)) return [];
  if (node.type === 'callback' && isJson(node.value)) return [node.value];
  return Object.values(node).flatMap(valuesIn);
}

async function known() {
  const { changes, grants, waiting, writes, skills } = await traces(stage);
  return { changes, grants, waiting, writes, skills };
}

describe('who is not on the allow lists', () => {
  it.each([
    'list',
    'show VIP',
    'rename VIP x',
    'add-agent VIP @Tom',
    'add-agent',
    'create x',
    'delete VIP',
    'rules VIP',
    'history',
    'undo',
    'login',
    'logout',
    'whoami',
    'help',
    'nonsense',
    '',
  ])('is refused /skill %s', async (command) => {
    const before = await known();
    stage.callsSince();
    for (const chat of ['group', 'p2p'] as const) {
      expect(await zhou.says(`/skill ${command}`, { chat })).toMatchObject(REFUSED);
    }
    expect(await known()).toEqual(before);
    expect(stage.callsSince()).toEqual(Array(2).fill('POST /im/v1/messages/:message_id/reply'));
  });

  it('is refused by every button, choice and form of a card in a chat that is allowed', async () => {
    const cards: ShownCard[] = [];
    for (const line of ['help', 'list', 'show VIP', 'show 网络', 'rename VIP x', 'add-agent', 'history']) {
      cards.push(await lin.says(`/skill ${line}`, { chat: 'group' }));
    }
    const before = await known();
    let tries = 0;
    for (const card of cards) {
      for (const value of valuesIn(card.card)) {
        for (const more of [{}, { option: VIP }, { form_value: { skill: VIP, agents: [zhou.openId] } }]) {
          const outcome = await stage.sandbox.clickRaw('owner', card.messageId, { tag: 'button', value, ...more });
          expect(outcome).toMatchObject({ status: 'ok', toast: { type: 'error' } });
          expect(outcome.toast?.i18n?.en_us).toContain('not available here');
          expect(outcome.card).toBeUndefined();
          tries += 1;
        }
      }
    }
    expect(tries).toBeGreaterThan(60);
    expect(await known()).toEqual(before);
  });

  it('is not let in by the login link of somebody who is', async () => {
    await lin.says('/skill logout');
    const card = await lin.says('/skill login', { chat: 'group' });
    expect((await zhou.logsIn(card)).status).toBe(403);
    expect((await known()).grants).toBe(0);
    await lin.logsIn(await lin.says('/skill login'));
  });

  it('is refused however the message is put', async () => {
    const before = await known();
    const own = await lin.tells('/skill list', { chat: 'group' });
    for (const [text, how] of [
      ['／技能 rename VIP x', {}],
      ['@bot /skill rename VIP x', {}],
      ['/skill rename VIP x', { kind: 'post' }],
      ['/skill rename VIP x', { replyTo: own.messageId }],
    ] as const) {
      expect(await zhou.says(text, { chat: 'group', ...how })).toMatchObject(REFUSED);
    }
    expect(await known()).toEqual(before);
  });

  it('gets no help card and no buttons by opening the chat or the menu', async () => {
    for (const [who, event] of [
      ['employee', (key: PersonKey) => stage.sandbox.openBot(key)],
      ['owner', (key: PersonKey) => stage.sandbox.menu(key, 'help')],
    ] as const) {
      const before = said(who).length;
      await event(who);
      await until(() => said(who).length > before);
      expect(said(who).at(-1)).toMatchObject(REFUSED);
    }
  });

  const said = (who: PersonKey): ShownCard[] =>
    stage.sandbox
      .messages(`p2p:${who}`)
      .filter(({ senderKind }) => senderKind === 'bot')
      .map((message) => shown(stage.sandbox, message));
});

describe('a chat that is not on the allow list', () => {
  it('is no place for the buttons of somebody who is: a card that was forwarded there is dead', async () => {
    const preview = await lin.says('/skill rename VIP Forwarded', { chat: 'group' });
    const before = await known();
    for (const value of valuesIn(preview.card)) {
      for (const chatId of [CHAT_IDS.owner, CHAT_IDS.employee, 'oc_elsewhere']) {
        const outcome = await stage.sandbox.clickRaw('admin', preview.messageId, { tag: 'button', value }, { chatId });
        expect(outcome).toMatchObject({ status: 'ok', toast: { type: 'error' } });
        expect(outcome.card).toBeUndefined();
      }
    }
    expect(await known()).toEqual(before);
    await lin.presses(preview, 'change.confirm');
    expect(preview.template).toBe('green');
  });
});

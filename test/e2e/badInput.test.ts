import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { deliver } from '../support/post.ts';
import { answersTo, markupIn } from '../support/shownCard.ts';
import { type Actor, onStage, type Stage, startStage, until } from '../support/story.ts';

const VIP = '6941215891786825756';

describe('what cannot be done', () => {
  let stage: Stage;
  let lin: Actor;
  let skills: unknown;
  beforeAll(async () => {
    stage = await startStage({ loggedIn: ['admin', 'employee'] });
    lin = stage.person('admin');
  });
  beforeEach(() => {
    stage.reset();
    skills = stage.sandbox.skills();
  });
  afterAll(() => stage.close());

  describe.each([
    [
      'an unknown command, near to one',
      '/skill renam VIP x',
      ['There is no command “renam”. Did you mean rename?', 'Example'],
    ],
    ['an unknown command in Chinese, near to one', '/技能 改名字 VIP x', ['Did you mean rename?']],
    ['an unknown command, near to none', '/skill fly', ['There is no command “fly”.', '/skill help']],
    ['a command without the name', '/skill rename VIP', ['Still missing: the new name']],
    ['an empty name', '/skill rename VIP ""', ['The name cannot be empty']],
    ['a name of blanks', '/skill rename VIP "　 "', ['The name cannot be empty']],
    ['a name of 201 characters', `/skill rename VIP ${'技'.repeat(201)}`, ['The name has 201 characters; at most 200']],
    [
      'a name that turns the text around',
      '/skill rename VIP a\u202eb',
      ['nothing was written: a⟦U+202E⟧b', 'U+202E: a text direction mark'],
    ],
    ['several commands at once', '/skill whoami\n/skill list', ['A message may hold one command only']],
    [
      'a word that begins two commands',
      '/skill remove VIP',
      ['There is no command “remove”. Did you mean remove-agent?'],
    ],
    ['a page without a number', '/skill list --page', ['Still missing: which page']],
    ['a page that is very long', `/skill list --page ${'9'.repeat(20_000)}`, ['is not a page number']],
    [
      'an operator that is very long',
      `/skill add-rule VIP 17 ${'1'.repeat(20_000)} 3`,
      ['This condition does not take'],
    ],
    ['a surplus argument', '/skill whoami please', ['Not expected here: “please”']],
    ['an unknown skill', '/skill rename Vipp x', ['No skill has', '“Vipp”', 'Similar ones are', '…5756']],
    ['an unknown id', '/skill show 6941215891786820000', ['No skill has', '6941215891786820000']],
    ['nobody mentioned', '/skill add-agent VIP', ['Still missing: which agents']],
    ['a mention without a skill', '/skill add-agent @Tom', ['Still missing: which skill']],
    ['a name typed instead of a mention', '/skill add-agent VIP @Sara Tom', ['“Tom” is not an agent']],
    ['everyone mentioned', '/skill add-agent VIP @all', ['@all cannot be used here']],
    ['everyone among others', '/skill set-agents VIP @Tom @all', ['@all cannot be used here']],
    ['a mail address that nobody has', '/skill add-agent VIP nobody@example.com', ['nobody@example.com']],
    ['an agent who is there already', '/skill add-agent VIP @Tom', ['These agents hold the skill already: Tom Li']],
    ['an agent who is not there', '/skill remove-agent VIP @Sara', ['These agents do not hold the skill: Sara Chen']],
    ['the same agents', '/skill set-agents VIP @张三 @Tom', ['The agents are exactly these already']],
    ['the same name', '/skill rename VIP VIP', ['The name is “VIP” already']],
    ['a page that is none', '/skill list --page x', ['is not a page number']],
  ])('%s', (_, line, said) => {
    it(`is answered with a red card that says what is wrong: ${line.slice(0, 60)}`, async () => {
      stage.callsSince();
      const card = await lin.says(line);
      expect(card.template).toBe('red');
      for (const text of said) expect(card.text).toContain(text);
      expect(card.chinese).toMatch(/\p{Script=Han}/u);
      expect(stage.sandbox.skills()).toEqual(skills);
      expect(stage.callsSince().filter((call) => call.startsWith('PATCH'))).toEqual([]);
    });
  });

  it('an injected mention in a wrong command stays text', async () => {
    const card = await lin.says('/skill show <at id=all></at>[x](https://e.example)');
    expect(card.template).toBe('red');
    expect(card.text).toContain('<at id=all></at>');
    expect(markupIn(card.card).filter((text) => /<at|\]\(/.test(text))).toEqual([]);
  });

  it('an employee who does not manage the desk is told so when they confirm, with the code and the log id', async () => {
    const he = stage.person('employee');
    const preview = await he.says('/skill rename VIP Mine');
    await he.presses(preview, 'change.confirm');
    expect(preview).toMatchObject({ template: 'red', title: 'Failed: Rename', actions: ['change.retry'] });
    expect(preview.text).toContain('You are not an admin or the owner of this helpdesk');
    expect(preview.text).toContain('154003');
    expect(preview.text).toMatch(/Log id: \d{14}[0-9A-F]{20}/);
    expect(stage.sandbox.skills()).toEqual(skills);
  });

  it('a skill that is deleted before Confirm is told of, with the code', async () => {
    const preview = await lin.says('/skill rename VIP Tier 2');
    stage.sandbox.desk.remove(VIP);
    await lin.presses(preview, 'change.confirm');
    expect(preview).toMatchObject({ template: 'red', title: 'Failed: Rename' });
    expect(preview.text).toContain('This skill does not exist; it may have been deleted');
    expect(preview.text).toContain('154004');
  });

  it('somebody who is no agent of the desk is refused by Feishu, and the card says so', async () => {
    const preview = await lin.says('/skill add-agent VIP @何平');
    await lin.presses(preview, 'change.confirm');
    expect(preview.template).toBe('red');
    expect(preview.text).toContain('Feishu refused the content');
    expect(preview.text).toContain('154000');
    expect(stage.sandbox.skills()).toEqual(skills);
  });

  it('messages of other bots, and of the bot itself, are not answered', async () => {
    const { sandbox } = stage;
    const ids = ['om_from_a_bot', 'om_from_an_app'];
    await deliver(sandbox, { message_id: 'om_from_a_bot', sender_type: 'bot' });
    await deliver(sandbox, { message_id: 'om_from_an_app', sender_type: 'app' });
    stage.callsSince();
    await lin.says('/skill list');
    expect(stage.callsSince()).not.toContain('POST /im/v1/messages/:message_id/reply/om_from');
    expect(ids.flatMap((messageId) => answersTo(sandbox, { messageId }))).toEqual([]);
    expect(sandbox.calls.all().filter(({ path }) => ids.some((id) => path.includes(id)))).toEqual([]);
  });

  it('a command for another bot in the group is left to that bot', async () => {
    const { sandbox } = stage;
    const other = { key: '@_user_1', id: { open_id: 'ou_another_bot' }, mentioned_type: 'bot', name: 'Other' };
    await deliver(sandbox, { message_id: 'om_for_another', text: '@_user_1 /skill list', mentions: [other] });
    await lin.says('/skill list');
    expect(sandbox.calls.all().filter(({ path }) => path.includes('om_for_another'))).toEqual([]);
  });
});

describe('with allow lists', () => {
  it('those who are not on them get a refusal and nothing happens', async () => {
    const { CHAT_IDS, PEOPLE } = await import('local-feishu');
    const env = {
      ALLOWED_CHAT_IDS: `${CHAT_IDS.group}, ${CHAT_IDS.admin}`,
      ALLOWED_OPEN_IDS: `${PEOPLE.admin.openId},${PEOPLE.employee.openId}`,
    };
    await onStage({ env, loggedIn: ['admin'] }, async (stage) => {
      const { sandbox } = stage;
      const [lin, he, zhou] = [stage.person('admin'), stage.person('employee'), stage.person('owner')];
      stage.callsSince();
      for (const refused of [await zhou.says('/skill list', { chat: 'group' }), await he.says('/skill list')]) {
        expect(refused).toMatchObject({ template: 'red', title: 'Not available here' });
      }
      expect(stage.callsSince()).toEqual(Array(2).fill('POST /im/v1/messages/:message_id/reply'));
      expect((await he.says('/skill list', { chat: 'group' })).template).toBe('blue');

      const preview = await lin.says('/skill rename VIP Tier 2', { chat: 'group' });
      expect(await zhou.presses(preview, 'change.confirm')).toMatchObject({ toast: { type: 'error' } });
      await lin.presses(preview, 'change.confirm');
      expect(preview.template).toBe('green');

      const ignored = await zhou.tells('good morning', { chat: 'group' });
      await until(() => sandbox.deliveries.of(ignored.eventId).some(({ status }) => status === 200));
      await he.says('/skill list', { chat: 'group' });
      expect(answersTo(sandbox, ignored)).toEqual([]);
    });
  });
});

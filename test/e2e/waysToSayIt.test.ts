import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { answersTo, answerTo, markupIn } from '../support/shownCard.ts';
import { type Actor, onlyPatch, type Saying, type Stage, skillOf, startStage, until } from '../support/story.ts';

const VIP = '6941215891786825756';
const NIGHT = '6941215891786825758';

describe('an admin', () => {
  let stage: Stage;
  let lin: Actor;
  beforeAll(async () => {
    stage = await startStage({ loggedIn: ['admin'] });
    lin = stage.person('admin');
  });
  beforeEach(() => stage.reset());
  afterAll(() => stage.close());

  /** Says a line that plans a change, confirms it, and gives what was written. */
  const written = async (line: string, saying?: Saying) => {
    const before = stage.patches().length;
    const preview = await lin.says(line, saying);
    expect(preview).toMatchObject({ template: 'orange', actions: ['change.confirm', 'change.cancel'] });
    await lin.presses(preview, 'change.confirm');
    expect(preview.template).toBe('green');
    const { path, requestBody } = onlyPatch(stage, before);
    return { id: path.split('/').at(-1), body: requestBody };
  };

  describe.each([
    ['its id', VIP, VIP],
    ['its name', 'VIP', VIP],
    ['its name in small letters', 'vip', VIP],
    ['its name in full-width letters', 'ＶＩＰ', VIP],
    ['the beginning of its name', 'Print', '6941215891786825759'],
    ['a name that is also the beginning of another', '网络支持', '6941215891786825757'],
    ['a name with brackets', '网络支持（夜班）', NIGHT],
    ['the beginning of a name with an emoji', '🚀', '6941215891786825761'],
  ])('names a skill by %s', (_, text, id) => {
    it(`renames ${text}`, async () => {
      expect(await written(`/skill rename ${text} Tier 2`)).toEqual({ id, body: { agent_skill: { name: 'Tier 2' } } });
    });

    it(`adds an agent to ${text}`, async () => {
      expect(await written(`/skill add-agent ${text} @林晓`)).toMatchObject({ id });
    });
  });

  it('names a skill of several words by quoting it', async () => {
    expect(await written('/skill rename "English desk" 英语组')).toMatchObject({ id: '6941215891786825762' });
  });

  it('need not quote a skill of several words where people follow', async () => {
    expect(await written('/skill add-agent English desk @王五')).toMatchObject({ id: '6941215891786825762' });
  });

  describe('whose text fits several skills', () => {
    it('picks one, and the command goes on with it in the same card', async () => {
      const picker = await lin.says('/skill rename 网络 "Tier 2"');
      expect(picker).toMatchObject({
        template: 'orange',
        title: 'Which skill?',
        actions: ['skill.pick', 'skill.pick'],
      });

      await lin.presses(picker, { value: { skill: NIGHT } });
      expect(picker.title).toBe('Please confirm: Rename');
      expect(picker.text).toContain('网络支持（夜班）　→　Tier 2');
      await lin.presses(picker, 'change.confirm');

      expect(picker.template).toBe('green');
      expect(skillOf(stage, NIGHT).name).toBe('Tier 2');
    });

    it('picks one for a change of agents', async () => {
      const picker = await lin.says('/skill add-agent 网络 @Tom');
      await lin.presses(picker, { value: { skill: NIGHT } });
      await lin.presses(picker, 'change.confirm');
      expect(picker.template).toBe('green');
      expect(skillOf(stage, NIGHT).agentIds).toHaveLength(2);
    });

    it('does not let somebody else pick', async () => {
      const picker = await lin.says('/skill show 网络', { chat: 'group' });
      const outcome = await stage.person('employee').presses(picker, { value: { skill: NIGHT } });
      expect(outcome).toMatchObject({ toast: { type: 'error' } });
      expect(picker.title).toBe('Which skill?');
    });
  });

  describe.each([
    ['in a direct chat', {}, ''],
    ['in a group, mentioning the bot', { chat: 'group' as const }, '@bot '],
    ['in a group, without mentioning anybody', { chat: 'group' as const }, ''],
    ['in a rich-text message', { kind: 'post' as const }, ''],
    [
      'in a rich-text message in a group that begins with a mention of the bot',
      { kind: 'post', chat: 'group' },
      '@bot ',
    ],
  ] satisfies [string, Saying, string][])('who speaks %s', (_, saying, head) => {
    it('renames and adds', async () => {
      await written(`${head}/skill rename VIP Tier 2`, saying);
      const { body } = await written(`${head}/skill add-agent "Tier 2" @王五`, saying);
      expect(skillOf(stage, VIP)).toMatchObject({ name: 'Tier 2' });
      expect(body).toEqual({ agent_skill: { agent_ids: skillOf(stage, VIP).agentIds } });
    });
  });

  it('may mention the bot at the end or in the middle of a command', async () => {
    await written('/skill @bot rename VIP Tier 2', { chat: 'group' });
    expect(skillOf(stage, VIP).name).toBe('Tier 2');
    await written(`/skill rename ${VIP} Tier 3 @bot`, { chat: 'group' });
    expect(skillOf(stage, VIP).name).toBe('Tier 3');
  });

  it.each([
    ['a full-width slash', '／skill rename VIP 二线支持', '二线支持'],
    ['Chinese words', '/技能 改名 VIP 二线支持', '二线支持'],
    ['full-width slash and Chinese words', '／技能 改名 VIP 二线支持', '二线支持'],
    ['ideographic spaces', '／技能　改名　VIP　二线支持', '二线支持'],
    ['full-width letters', '／ｓｋｉｌｌ ｒｅｎａｍｅ VIP 二线支持', '二线支持'],
    ['capital letters', '/SKILL Rename VIP 二线支持', '二线支持'],
    ['curly quotes', '/skill rename “VIP” “二线 支持”', '二线 支持'],
    ['corner quotes', '/skill rename 「VIP」 「二线 支持」', '二线 支持'],
    ['full-width quotes', '/skill rename ＂VIP＂ ＂二线 支持＂', '二线 支持'],
    ['quotes of different kinds', '/skill rename “VIP" ‘二线 支持\'', '二线 支持'],
    ['no-break spaces', '/skill\u00a0rename\u00a0VIP\u00a0二线支持', '二线支持'],
    ['zero-width characters', '\ufeff/sk\u200bill \u200erename\u200b \u2060VIP \u200b二线支持\u2060', '二线支持'],
    ['the name on the next line', '/skill rename VIP\n二线支持', '二线支持'],
    ['the comma of the slash key', '、skill rename VIP 二线支持', '二线支持'],
    ['the comma beside a slash', '/、技能 改名 VIP 二线支持', '二线支持'],
    ['direction marks around words', '\u2066/skill\u2069 \u202arename\u202c \u200eVIP\u200e 二线支持', '二线支持'],
  ])('types %s', async (_, line, name) => {
    expect(await written(line)).toEqual({ id: VIP, body: { agent_skill: { name } } });
  });

  it('separates agents as people do in Chinese', async () => {
    const { body } = await written('/技能 添加客服 VIP @王五、@Sara，chen.mo@example.com');
    expect(body).toEqual({ agent_skill: { agent_ids: skillOf(stage, VIP).agentIds } });
    expect(skillOf(stage, VIP).agentIds).toHaveLength(5);
  });

  describe.each([
    ['a number with zeros in front', '007'],
    ['a number with an exponent', '1e3'],
    ['a long number', '69412158917868257561'],
    ['a hexadecimal number', '0x1F'],
    ['a boolean', 'true'],
    ['an option', '-x'],
    ['a long option', '--page 2'],
    ['an option with a value', '--name=VIP'],
    ['the end of options', '-- x'],
    ['null', 'null'],
    ['a property of every object', '__proto__'],
    ['a name with an apostrophe', "Tom's team"],
    ['a name that begins with an apostrophe', "'n Sync"],
    ['a quote in the middle', 'the 5" screens'],
    ['two quoted words', '"a" and "b"'],
    ['inner spaces', 'Tier   2'],
    ['emoji', '👩‍👩‍👧 家庭 🚀'],
    ['right-to-left letters', 'دعم שלום'],
    ['all signs of markdown', '**x** _y_ `z` [a](b) # > | ~ :DONE:'],
    ['a mention of everyone', '<at id=all></at>'],
    ['a mention of everyone, escaped already', '&lt;at id=all&gt;&lt;/at&gt; &#60;'],
    ['html', '<b>x</b><script>alert(1)</script>'],
    ['json', '{"name":"x"}'],
    ['a template', '$'.concat('{name} %s {{name}}')],
    ['backslashes', 'a\\b\\n'],
    ['a path', '../../x?y=1#z'],
  ])('gives a skill %s as its name', (_, name) => {
    it(`writes ${name} as it is, and no card makes anything else of it`, async () => {
      expect(await written(`/skill rename ${VIP} ${name}`)).toEqual({ id: VIP, body: { agent_skill: { name } } });
      const card = await lin.says(`/skill show ${VIP}`);
      expect(card.title.replace(/[\u2066-\u2069]/g, '').replaceAll('␣', ' ')).toBe(name);
      const cards = stage.sandbox.messages('p2p:admin').flatMap(({ history }) => history);
      expect(markupIn(cards).filter((text) => /<at|<b>|<script|\]\(|`/.test(text))).toEqual([]);
      // Whatever it is called now, it is still found by that name.
      expect((await lin.says(`/skill show ${name}`)).text).toContain(VIP);
    });
  });

  it('gives a name of 200 characters, emoji counted as one', async () => {
    const name = `${'技'.repeat(199)}🚀`;
    expect(await written(`/skill rename ${VIP} ${name}`)).toEqual({ id: VIP, body: { agent_skill: { name } } });
  });

  it('mentions somebody in a name', async () => {
    expect(await written('/skill rename VIP Team of @Tom')).toMatchObject({
      body: { agent_skill: { name: 'Team of @Tom Li' } },
    });
  });

  it('gets help in a direct chat for whatever is no command', async () => {
    for (const text of ['hello', '你好', 'skill rename VIP x', '/help', '/skills', '//skill list', '/']) {
      const card = await lin.says(text);
      expect(card).toMatchObject({ template: 'blue', title: 'Agent skills by chat' });
    }
    expect((await lin.says('/skill')).title).toBe('Agent skills by chat');
    expect((await lin.says('/skill help rename')).title).toBe('/skill rename');
    expect((await lin.says('/技能 帮助 改名')).title).toBe('/skill rename');
  });

  it('is greeted once when the direct chat is opened, and again not', async () => {
    await stage.sandbox.openBot('employee');
    const greeting = await stage.sandbox.waitForMessage(
      ({ chatId, senderKind }) => chatId === stage.sandbox.chats.p2p.employee.chatId && senderKind === 'bot',
    );
    expect(greeting.replyTo).toBeUndefined();
    await stage.sandbox.openBot('employee');
    await stage.person('employee').says('/skill');
    expect(stage.sandbox.messages('p2p:employee').filter(({ senderKind }) => senderKind === 'bot')).toHaveLength(2);
  });

  it('talks with others in a group without the bot saying a word', async () => {
    const talk = [];
    for (const text of ['hello', '@Tom /skill?', 'see /skill list', '@bot hi', 'skill', '@all']) {
      talk.push(await lin.tells(text, { chat: 'group' }));
    }
    // Messages are handled in no order: when this one is answered and nothing else is at work, all were seen.
    await lin.says('/skill list', { chat: 'group' });
    await until(() => stage.sandbox.deliveries.all().every(({ status }) => status === 200));
    expect(talk.flatMap((sent) => answersTo(stage.sandbox, sent))).toEqual([]);
  });

  it('answers in the thread where it was asked', async () => {
    const first = await lin.tells('/skill list', { chat: 'group', threadId: 'omt_0123456789ab' });
    const card = await answerTo(stage.sandbox, first);
    expect(stage.sandbox.message(card.messageId)).toMatchObject({ threadId: 'omt_0123456789ab' });
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AGENTS } from 'local-feishu/helpdesk';
import { deliver, type HandMade } from '../support/post.ts';
import { answersTo, answerTo, type ShownCard } from '../support/shownCard.ts';
import { type Actor, type Stage, skillOf, startStage } from '../support/story.ts';
import { asInTheBeginning, CONFIRM, chen, refused, sara, tom, VIP, wang, zhang } from './domain/admin.ts';

let stage: Stage;
let lin: Actor;
let count = 0;
beforeAll(async () => {
  stage = await startStage({ loggedIn: ['admin'] });
  lin = stage.person('admin');
});
beforeEach(() => asInTheBeginning(stage));
afterAll(() => stage.close());

/** Has the admin send a message as some client makes it, and waits for the answer. */
async function sends(message: Omit<HandMade, 'message_id'>): Promise<ShownCard> {
  const message_id = await sendsAlone(message);
  return answerTo(stage.sandbox, { messageId: message_id });
}

async function sendsAlone(message: Omit<HandMade, 'message_id'>): Promise<string> {
  count += 1;
  const message_id = `om_pasted_${count}`;
  await deliver(stage.sandbox, { ...message, message_id });
  return message_id;
}

const mentionOf = (at: number, openId: string, name: string, kind = 'user') => ({
  key: `@_user_${at}`,
  id: { open_id: openId, union_id: '', user_id: '' },
  name,
  mentioned_type: kind,
});

/** The bot is the first of them, three agents follow. */
const mentions = () => [
  mentionOf(1, stage.sandbox.bot.openId, 'bot', 'bot'),
  mentionOf(2, wang, '王五'),
  mentionOf(3, sara, 'Sara Chen'),
  mentionOf(4, chen, '陈默'),
];

const at = (number: number) => ({ tag: 'at', user_id: `@_user_${number}`, user_name: 'x' });
const words = (text: string) => ({ tag: 'text', text });
const code = (text: string) => ({ tag: 'code_block', language: 'PLAIN_TEXT', text });

const mailOf = (id: string): string => AGENTS.find(({ openId }) => openId === id)?.email ?? '';

/** The preview that answers a message is confirmed; gives whom the skill has then. */
async function agentsAfter(preview: ShownCard): Promise<string[]> {
  expect(preview).toMatchObject({ template: 'orange' });
  await lin.presses(preview, CONFIRM);
  await preview.becomes('green');
  return skillOf(stage, VIP).agentIds;
}

/** The ways in which a text of lines is said; mentions of people are keys in it. */
const WAYS: [string, (text: string) => Omit<HandMade, 'message_id'>][] = [
  ['as a text in a direct chat', (text) => ({ chat: 'p2p', text, mentions: mentions() })],
  ['as a text in a group, behind a mention', (text) => ({ text: `@_user_1 ${text}`, mentions: mentions() })],
  ['as a post in a direct chat', (text) => ({ chat: 'p2p', post: postOf(text), mentions: mentions() })],
  ['as a post in a group, behind a mention', (text) => ({ post: postOf(`@_user_1\n${text}`), mentions: mentions() })],
];

const postOf = (text: string) => ({
  title: '',
  content: text
    .split('\n')
    .map((line) =>
      line.split(/@_user_(\d+)/u).map((part, index) => (index % 2 === 1 ? at(Number(part)) : words(part))),
    ),
});

describe.each(WAYS)('a list of people %s', (_, say) => {
  it.each([
    ['behind hyphens', '@_user_2\n- @_user_3\n- @_user_4'],
    ['behind numbers', '\n1. @_user_2\n2、@_user_3\n3）@_user_4'],
    ['with joining words and an address', `@_user_2、\n和 @_user_3 和\n• ${mailOf(chen)}`],
    ['as rows of a table', `\n王五\t${mailOf(wang)}\nSara Chen\t@_user_3\n陈默 <${mailOf(chen)}>`],
  ])('is taken whole: %s', async (_what, list) => {
    const preview = await sends(say(`/skill set-agents VIP ${list}`));
    expect(new Set(await agentsAfter(preview))).toEqual(new Set([wang, sara, chen]));
  });

  it.each([
    [
      'a role behind a name',
      '@_user_2\n@_user_3 组长\n@_user_4',
      /“组长” \(line \d\) is not an agent/,
      '“组长”不是客服',
    ],
    ['a label', '\n组长：@_user_2\n@_user_3', /“组长：” \(line \d\) is not an agent/, '“组长：”不是客服'],
    ['a heading', '@_user_2\n名单：\n@_user_3', /“名单：” \(line \d\) is not an agent/, '“名单：”不是客服'],
    ['thanks', '@_user_2\n谢谢 @_user_3', /“谢谢” \(line \d\) is not an agent/, '“谢谢”不是客服'],
    ['several', '@_user_2\n小王\n小李、@_user_3', /“小王” \(line \d\), “小李” \(line \d\) are not/, '的“小李”不是客服'],
  ])('is refused with a quote: %s', async (_what, list, english, chinese) => {
    const card = await sends(say(`/skill add-agent VIP ${list}`));
    expect(card).toMatchObject({ template: 'red' });
    expect(card.text).toMatch(english);
    expect(card.chinese).toContain(chinese);
    expect(card.text).toContain('Example');
    expect(card.actions).not.toContain(CONFIRM);
  });
});

it('says in which line of the message something was not understood', async () => {
  const card = await refused(lin, '/skill add-agent VIP @王五\n\n- @Sara\n- 小李');
  expect(card.text).toContain('“小李” (line 4) is not an agent');
  expect(card.chinese).toContain('第 4 行的“小李”不是客服');
  expect(card.text).toContain('Received: /skill add-agent VIP @王五 ↵ - @Sara Chen ↵ - 小李');
});

describe('words beside an address', () => {
  it('are taken for the name of its person when they are, in any order', async () => {
    const preview = await lin.says(`/skill add-agent VIP\n陈默\t${mailOf(chen)}\nchen sara\t${mailOf(sara)}`);
    expect(preview.text).not.toContain('chen sara');
    expect(await agentsAfter(preview)).toEqual([tom, zhang, chen, sara]);
  });

  it('are taken for it too where a tab has become a space', async () => {
    const preview = await lin.says(`/skill add-agent VIP\n- 陈默 ${mailOf(chen)}\n${mailOf(sara)} Sara Chen`);
    expect(await agentsAfter(preview)).toEqual([tom, zhang, chen, sara]);
  });

  it('are told to be somebody else’s, where they are', async () => {
    const card = await refused(lin, `/skill add-agent VIP\n张三 ${mailOf(chen)}`);
    expect(card.text).toContain('“张三” (line 2) is not the name of chen.mo@example.com');
    expect(card.chinese).toContain('第 2 行的“张三”不是 chen.mo@example.com 的名字。请只写邮箱，或写本人的名字');
  });

  it.each([
    ['a line', `@王五 不要 <${mailOf(tom)}>`, '“不要” is'],
    ['a cell', `@王五\n${mailOf(sara)}\t已离职`, '“已离职” (line 2) is'],
    ['a role', `\n${mailOf(sara)}\t组长`, '“组长” (line 2) is'],
    ['an exception', `@王五 except (${mailOf(sara)})`, '“except” is'],
    ['an exception of an agent', `@王五 但不包括 (${mailOf(zhang)})`, '“但不包括” is'],
    ['an adjective', `\n临时的 <${mailOf(sara)}>`, '“临时的” (line 2) is'],
  ])('are quoted when they are not: %s', async (_, people, quote) => {
    expect((await refused(lin, `/skill set-agents VIP ${people}`)).text).toContain(`${quote} not the name of`);
  });
});

describe('values of a rule on further lines', () => {
  it.each([
    ['a trailing comma', '城市 是 北京、\n上海、\n深圳'],
    ['hyphens', '城市 是\n- 北京\n- 上海\n- 深圳'],
    ['numbers', '城市 是\n1、北京\n2、上海\n3、深圳'],
    ['a word that joins', '城市 是 北京\n上海 和\n和 深圳'],
  ])('are values: %s', async (_, rule) => {
    const preview = await lin.says(`/skill add-rule ${VIP} ${rule}`, { kind: 'post' });
    expect(preview).toMatchObject({ template: 'orange' });
    expect(preview.chinese).toMatch(/北京.上海.深圳/u);
    expect(preview.chinese).not.toMatch(/[-和123]、|、[-和123]/u);
  });

  it('are shown as they stand where a number may be one of them', async () => {
    const preview = await lin.says(`/skill add-rule ${VIP} 城市 是\n2、北京`);
    expect(preview.chinese).toMatch(/2.北京/u);
  });

  it('are refused where the operator takes one', async () => {
    const card = await refused(lin, `/skill add-rule ${VIP} 17 >= 3\n4`);
    expect(card.text).toContain('This operator compares with one value; there were 2');
  });

  it('are told to be too much where no value is expected', async () => {
    const card = await refused(lin, `/skill remove-rule ${VIP} 城市\n北京`);
    expect(card.text).toMatch(/Not expected here: “北京”|no .*condition|no rule/iu);
  });
});

describe('code blocks and nodes of other kinds', () => {
  it.each([
    ['a list in a code block', [[words('/skill set-agents VIP '), at(2)], [code(`${mailOf(sara)}\n${mailOf(chen)}`)]]],
    [
      'a whole command in a code block',
      [[code(`/skill set-agents VIP\n${[wang, sara, chen].map(mailOf).join('\n')}`)]],
    ],
    [
      'a code block on the line of the command',
      [[words('/skill set-agents VIP '), at(2), code(`${mailOf(sara)} ${mailOf(chen)}`)]],
    ],
    [
      'nodes without a name',
      [
        [{ tag: 'md', text: '/skill set-agents VIP' }],
        [{ tag: 'x', content: mailOf(wang) }],
        [null, at(3)],
        null,
        [at(4)],
      ],
    ],
  ])('are text: %s', async (_, content) => {
    const preview = await sends({ chat: 'p2p', post: { title: '', content }, mentions: mentions() });
    expect(new Set(await agentsAfter(preview))).toEqual(new Set([wang, sara, chen]));
  });

  it.each([
    ['a code block', { title: '', content: [[at(1)], [code('/skill list')]] }],
    ['markdown', { content: [[at(1), { tag: 'md', text: ' /skill list' }]] }],
    ['a locale', { zh_cn: { title: '', content: [[at(1), words(' /skill list')]] } }],
    ['a locale in a post', { post: { en_us: { content: [[at(1), words(' /skill list')]] } } }],
    ['a locale, with a code block', { ja_jp: { content: [null, [at(1)], [null, code('、技能 列表')]] } }],
    ['the heading', { title: '/skill list', content: [[at(1)]] }],
  ])('hold a command in a group: %s', async (_, post) => {
    expect((await sends({ post, mentions: mentions() })).title).toContain('Agent skills (8)');
  });

  it('are refused where they hold what cannot be read, and a heading is quoted', async () => {
    const rename = [words('/skill rename VIP 二线')];
    const picture = await sends({ chat: 'p2p', post: { content: [rename, [{ tag: 'img', image_key: 'k' }]] } });
    expect(picture).toMatchObject({ template: 'red' });
    expect(picture.text).toContain('cannot read (a picture)');
    const heading = await sends({ chat: 'p2p', post: { title: '夜班 @李四', content: [rename] } });
    expect(heading).toMatchObject({ template: 'red' });
    expect(heading.text).toContain('“夜班 @李四”');
    const logout = await sends({ chat: 'p2p', post: { title: '先别退出', content: [[words('/skill logout')]] } });
    expect(logout.text).toContain('“先别退出”');
    const list = await sends({ chat: 'p2p', post: { content: [[words('/skill list')], [{ tag: 'img' }]] } });
    expect(list.text).toContain('cannot read (a picture)');
  });
});

describe('every command that takes one line', () => {
  it.each(['show VIP', 'list VIP', 'rename VIP 二线', 'rules VIP', 'delete VIP', 'agents @Tom', 'history VIP'])(
    'refuses further ones with a quote: %s',
    async (command) => {
      const card = await refused(lin, `/skill ${command}\n再看看 @王五`);
      expect(card.text).toContain('Not expected here: “再看看 @王五” (line 2)');
    },
  );

  it.each(['whoami', 'login', 'logout'])('refuses even one: %s', async (command) => {
    const card = await refused(lin, `/skill ${command}\n谢谢`);
    expect(card.text).toContain('Not expected here: “谢谢”');
  });

  it('takes what stands on the next line in place of its own', async () => {
    expect((await lin.says('/skill\nshow\nVIP')).title).toBe('VIP');
    expect((await lin.says('/skill help\nrename')).title).toBe('/skill rename');
    expect((await lin.says('/skill rename VIP\n二线')).text).toContain('二线');
  });
});

describe('characters of phones and input methods', () => {
  it.each(['--page 2', '—page 2', '–page 2', '－－page 2', '——page 2', '－－page＝２'])(
    'turn pages: %s',
    async (option) => {
      for (const command of ['list', 'agents']) {
        expect((await lin.says(`/skill ${command} ${option}`)).title).toMatch(/\([68]\)$/);
      }
    },
  );

  it.each(['、skill list', '/、skill list', '、/skill list', '\u200e／、技能 列表', '、ｓｋｉｌｌ list'])(
    'are a slash: %s',
    async (text) => {
      expect((await lin.says(text)).title).toContain('Agent skills (8)');
      expect((await lin.says(`@bot ${text}`, { chat: 'group', kind: 'post' })).title).toContain('Agent skills (8)');
    },
  );

  it.each([
    ['direction marks around an id', `/skill show \u202a${VIP}\u202c`],
    ['isolates around an id', `/skill rules \u2066${VIP}\u2069`],
    ['a soft hyphen before the slash', `\u00ad/skill show ${VIP}\u00ad`],
    ['marks around a verb', `/skill \u200fshow\u200f \u200d${VIP}`],
  ])('draw nothing: %s', async (_, text) => {
    expect((await lin.says(text)).text).toContain(`Id: ${VIP}`);
  });

  it.each([
    ['direction marks', `\u200e${mailOf(wang)}\u200e`],
    ['isolates', `\u2068${wang}\u2069`],
    ['a soft hyphen', `\u00ad@王五\u00ad`],
    ['angle brackets', `<${mailOf(wang)}>`],
    ['angle brackets around a link', `<[${mailOf(wang)}](mailto:${mailOf(wang)})>`],
    ['wide brackets', `（${mailOf(wang)}）`],
    ['round brackets and a mark', `(\u200e${mailOf(wang)})`],
    ['wide angle brackets', `＜${mailOf(wang)}＞`],
    ['a scheme in capitals', `[${mailOf(wang)}](MAILTO:${mailOf(wang)})`],
  ])('around a person mean nothing: %s', async (_, person) => {
    expect(await agentsAfter(await lin.says(`/skill add-agent ${VIP} ${person}`))).toContain(wang);
  });

  it.each(['组\u200e长', '\u202e组长', '组长\u00ad夜'])('within a name are shown: %j', async (name) => {
    const card = await refused(lin, `/skill rename VIP ${name}`);
    expect(card.text).toMatch(/character \d, U\+/u);
  });

  it.each([
    ['[https://x.cn/a_(b)](https://x.cn/a_(b))', 'https://x.cn/a_(b)'],
    ['[[VIP] 二线](https://x.cn)', '[VIP] 二线'],
    ['[https://x.cn/)](https://x.cn/)) 组', 'https://x.cn/) 组'],
    ['[wiki](https://x.cn/(a)_(b))', 'wiki'],
  ])('make the name of a link: %s', async (link, name) => {
    const preview = await lin.says(`/skill rename ${VIP} ${link}`);
    await lin.presses(preview, CONFIRM);
    await preview.becomes('green');
    expect(skillOf(stage, VIP).name).toBe(name);
  });
});

describe('placeholders of mentions', () => {
  const nobody = { open_id: '', union_id: '', user_id: '' };

  it.each([
    ['a mention without an id', '@_user_2 的组', [{ ...mentionOf(2, '', '王五'), id: nobody }], '@王五 的组'],
    ['everybody, by a name', '组 @_all', [{ ...mentionOf(2, '', '所有人'), key: '@_all', id: nobody }], '组 @所有人'],
    ['a mention in quotes', '“@_user_2 组”', [mentionOf(2, wang, '王五')], '@王五 组'],
  ])('are the name that they carry: %s', async (_, name, given, written) => {
    const preview = await sends({ chat: 'p2p', text: `/skill rename ${VIP} ${name}`, mentions: given });
    await lin.presses(preview, CONFIRM);
    await preview.becomes('green');
    expect(skillOf(stage, VIP).name).toBe(written);
  });

  it.each([
    ['everybody', 'rename VIP 组 @_all', '“@all” cannot be written here'],
    ['everybody in quotes', 'rename VIP “组 @_all”', '“@all” cannot be written here'],
    ['somebody of whom nothing is known', 'rename VIP @_user_7组', '“@_user_7” cannot be written here'],
    ['somebody in the name of a new skill', 'create “夜班 @_user_7” @_user_2', '“@_user_7” cannot be written here'],
    ['everybody in a new skill', 'create 夜班 @_all', '@all cannot be used here'],
    ['a value', 'add-rule VIP 城市 是 北京、@_user_7', '“@_user_7” cannot be written here'],
  ])('are refused where they carry none: %s', async (_, command, said) => {
    const card = await sends({ chat: 'p2p', text: `/skill ${command}`, mentions: [mentionOf(2, wang, '王五')] });
    expect(card).toMatchObject({ template: 'red' });
    expect(card.text).toContain(said);
  });

  it('of everybody in a post are everybody', async () => {
    const all = { tag: 'at', user_id: 'all', user_name: '所有人' };
    const rename = await sends({ chat: 'p2p', post: { content: [[words(`/skill rename ${VIP} 组 `), all]] } });
    expect(rename.text).toContain('“@all” cannot be written here');
    const add = await sends({ chat: 'p2p', post: { content: [[words(`/skill add-agent ${VIP} `), all]] } });
    expect(add.text).toContain('@all cannot be used here');
  });

  it('of somebody without an id are no agent', async () => {
    const given = [{ ...mentionOf(2, '', '王五'), id: nobody }];
    const card = await sends({ chat: 'p2p', text: '/skill add-agent VIP @_user_2', mentions: given });
    expect(card.text).toContain('Feishu does not tell who “@王五” is');
  });
});

it('says nothing in a group to what only looks like a command', async () => {
  const sent = [await sendsAlone({ text: '我、skill list' }), await sendsAlone({ text: '、、skill' })];
  await lin.says('/skill list', { chat: 'group' });
  expect(sent.flatMap((messageId) => answersTo(stage.sandbox, { messageId }))).toEqual([]);
});

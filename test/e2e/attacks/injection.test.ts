import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { deliver } from '../../support/post.ts';
import { processorTimeOf } from '../../support/processorTime.ts';
import { markupIn, type ShownCard, shown } from '../../support/shownCard.ts';
import { type Actor, type Stage, startStage } from '../../support/story.ts';
import { traces } from './wire.ts';

const VIP = '6941215891786825756';
const DEFAULT = '6941215891786825700';
const GET_SKILL = '/open-apis/helpdesk/v1/agent_skills/:agent_skill_id';

/** Each is short enough to be shown whole wherever a name is shown. */
const MARKUP = [
  '<at id=all></at> <at id="all">x</at>[x](https://evil.example)',
  "<person id='all'></person></at>![x](img_v2_1) <a href=https://x>",
  '**planted** __planted__ ~~planted~~ `planted` $x$ :OK: {{x}}',
  '<font color=red>x</font>&lt;at id=all&gt;&#60;at id=all&#62;',
  '\n# planted\n- planted\n---\n> x\n```\nx"}],"tag":"img","x":[{"',
  '\u202eevil\u202c \u2066x \u0000\u001b[31m https://evil.example',
];

const SQL = ["' or 1=1 --", '"; drop table changes; --', '%_\\ $1 ?1 :x'];
const PATHS = ['../../contact/v3/users', '%2e%2e%2fx?y=1#z\u0000'];

let stage: Stage;
let lin: Actor;
beforeAll(async () => {
  stage = await startStage({ loggedIn: ['admin'] });
  lin = stage.person('admin');
});
beforeEach(() => stage.reset());
afterAll(() => stage.close());

const OWN_TAGS =
  /<br>|<person id='[\w-]+' show_name=true show_avatar=true style='normal'><\/person>|<local_datetime [^<>]*><\/local_datetime>/g;
const TURNS_TEXT = /(?!\n)[\p{Cc}\u061c\u200e\u200f\u202a-\u202e]/u;

/** What text of a person has become in a card although it must not; empty when it is all text. */
function becomesMarkup(card: unknown): string[] {
  const foreign = markupIn(card).flatMap((markup) => {
    const rest = markup.replace(OWN_TAGS, '').replace(/&#\d+;/g, '·');
    return /[<>[\]`~&]|__|:OK:|https?:|planted\*\*|^\s*(#|---|>)/m.test(rest) ? [markup] : [];
  });
  return [...foreign, ...stringsIn(card).filter((text) => TURNS_TEXT.test(text)), ...linksIn(card)];
}

type Json = Record<string, unknown>;
const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

const stringsIn = (node: unknown): string[] => {
  if (typeof node === 'string') return [node];
  if (typeof node !== 'object' || node === null) return [];
  return Object.values(node).flatMap(stringsIn);
};

/** Links and pictures: no card of these stories has one of its own. */
const linksIn = (node: unknown): string[] => {
  if (Array.isArray(node)) return node.flatMap(linksIn);
  if (!isJson(node)) return [];
  const own =
    node.type === 'open_url' || node.tag === 'img' || 'href' in node || 'url' in node ? [JSON.stringify(node)] : [];
  return [...own, ...Object.values(node).flatMap(linksIn)];
};

function expectText(card: ShownCard): void {
  expect(becomesMarkup(card.card)).toEqual([]);
}

describe.each(MARKUP)('the text %j of others', (planted) => {
  it('stays text in every card that shows the name of a skill', async () => {
    stage.sandbox.desk.edit(VIP, (skill) => void Object.assign(skill, { name: planted }));
    stage.sandbox.desk.edit(DEFAULT, (skill) => void Object.assign(skill, { name: `${planted} default` }));
    for (const agent of stage.sandbox.desk.agents) agent.name = planted;
    for (const option of stage.sandbox.desk.rules) option.displayName = planted;
    for (const line of [
      'list',
      `show ${VIP}`,
      `rules ${VIP}`,
      'agents',
      'agents @Tom',
      `add-agent ${VIP} @Tom`,
      'show nothing',
    ]) {
      expectText(await lin.says(`/skill ${line}`));
    }
    for (const line of [
      'rename',
      'add-rule',
      'delete',
      'history',
      `show ${planted.trim().slice(0, 3)}`,
      `delete ${DEFAULT}`,
    ]) {
      expectText(await lin.says(`/skill ${line}`));
    }
    const preview = await lin.says(`/skill add-agent ${VIP} @王五`);
    expectText(preview);
    await lin.presses(preview, 'change.confirm');
    expect(preview.template).toBe('green');
    expectText(preview);
    expectText(await lin.says(`/skill history ${VIP}`));
    expectText(await lin.says('/skill undo'));
  });

  it('stays text where it is a rule, and where Feishu says it', async () => {
    stage.sandbox.desk.edit(VIP, (skill) => {
      for (const rule of skill.rules) rule.operand = planted;
    });
    for (const line of [`show ${VIP}`, `rules ${VIP}`, `remove-rule ${VIP} 12`, `edit-rule ${VIP} 12 = x`]) {
      expectText(await lin.says(`/skill ${line}`));
    }
    const said = { type: 'status', status: 400, msg: planted } as const;
    stage.sandbox.faults.add({ method: 'GET', route: GET_SKILL, kind: { ...said, code: 999_999 } });
    expectText(await lin.says(`/skill show ${VIP}`));
    for (const code of [154_000, 154_001]) {
      const kind = { ...said, code };
      const preview = await lin.says(`/skill rename ${VIP} x${code}`);
      stage.sandbox.faults.add({ method: 'PATCH', route: GET_SKILL, kind });
      const outcome = await lin.presses(preview, 'change.confirm');
      expectText(preview);
      expect(TURNS_TEXT.test(JSON.stringify(outcome.toast ?? {}))).toBe(false);
    }
  });

  it('stays text where a person types it, or is called so', async () => {
    const line = planted.replace(/\s+/g, ' ');
    for (const text of [
      `/skill ${line}`,
      `/skill show ${line}`,
      `/skill rename VIP ${line}`,
      `/skill create ${line}`,
      `/skill add-agent ${line} @Tom`,
      `/skill add-rule VIP ${line} = ${line}`,
      `/skill add-rule VIP 城市 = ${line}`,
      `/skill history ${line}`,
      `/skill undo ${line}`,
      `/skill help ${line}`,
      `/skill list ${line}`,
      `/skill list --page ${line}`,
      `/skill whoami ${line}`,
    ]) {
      expectText(await lin.says(text));
    }
    const sent = await lin.tells('nothing', { chat: 'group' });
    const named = { key: '@_user_1', id: { open_id: 'ou_named_so' }, mentioned_type: 'user', name: planted };
    const { messageId: message_id } = sent;
    await deliver(stage.sandbox, { message_id, text: '/skill add-agent VIP @_user_1', mentions: [named] });
    expectText(shown(stage.sandbox, await stage.sandbox.waitForMessage(({ replyTo }) => replyTo === sent.messageId)));
  });
});

const addresses = (count: number, domain: string): string =>
  Array.from({ length: count }, (_, at) => `${at}${domain}`).join(' ');

/** What the bot may work at one of these, in milliseconds of processor time. It takes a tenth of that, or less. */
const PROCESSOR_MS = 10_000;

describe('text of 200 KB', () => {
  it.each([
    ['what has to be escaped', '*'.repeat(200_000)],
    ['quotes, which JSON escapes again', '"\\'.repeat(100_000)],
    ['right-to-left text', 'א\u202e'.repeat(66_000)],
  ])('as the name of a skill, made of %s, is shortened and keeps nobody waiting', async (_, name) => {
    stage.sandbox.desk.edit(VIP, (skill) => {
      skill.name = name;
      for (const rule of skill.rules) rule.operand = name;
    });
    const before = processorTimeOf(stage.bot.pid);
    for (const line of [
      'list',
      `show ${VIP}`,
      `rules ${VIP}`,
      'agents',
      `delete ${VIP}`,
      `rename ${VIP} x`,
      'show Vipp',
      'rename',
      'add-rule',
    ]) {
      const card = await lin.says(`/skill ${line}`);
      expect([line, card.title]).not.toEqual([line, 'Something went wrong in the bot']);
      expectText(card);
    }
    const kind = { type: 'status', status: 400, code: 999_999, msg: name } as const;
    stage.sandbox.faults.add({ method: 'GET', route: GET_SKILL, kind });
    expectText(await lin.says(`/skill show ${VIP}`));
    expect(processorTimeOf(stage.bot.pid) - before).toBeLessThan(PROCESSOR_MS);
  });

  it.each([
    ['an unknown command', (long: string) => `/skill ${long}`],
    ['a skill', (long: string) => `/skill show ${long}`],
    ['a name', (long: string) => `/skill rename VIP ${long}`],
    ['a value', (long: string) => `/skill add-rule VIP 城市 = ${long}`],
    ['mail addresses', (long: string) => `/skill add-agent VIP ${addresses(long.length / 12, '@b.cde')}`],
    ['a hundred long mail addresses', () => `/skill add-agent VIP ${addresses(100, `${'x'.repeat(200)}@b.cde`)}`],
    ['words', (long: string) => `/skill list ${long.replace(/.{2}/gs, 'x ')}`],
    ['quotes', (long: string) => `/skill show ${long.replace(/.{2}/gs, '"\'')}`],
    ['brackets', (long: string) => `/skill show ${long.replace(/.{2}/gs, '[(')}`],
    ['mentions that are none', (long: string) => `/skill add-agent VIP ${long.replace(/.{9}/gs, '@_user_1 ')}`],
    ['lines', (long: string) => `\n${long.replace(/./gs, '\n')}/skill list`],
  ])('typed as %s takes the bot little work, so that nobody else waits', async (_, line) => {
    stage.sandbox.desk.edit(VIP, (skill) => void Object.assign(skill, { name: 'ab'.repeat(100_000) }));
    stage.callsSince();
    const before = processorTimeOf(stage.bot.pid);
    const sent = lin.says(line('ba'.repeat(75_000)).slice(0, 150_000));
    const health = fetch(`${stage.bot.url}/healthz`);
    expect((await health).status).toBe(200);
    expectText(await sent);
    expect(processorTimeOf(stage.bot.pid) - before).toBeLessThan(PROCESSOR_MS);
    expect(stage.callsSince().length).toBeLessThan(15);
  });
});

describe('what means something to a database or in an address', () => {
  it.each([...SQL, ...PATHS])('%j is only text, in every place of every command', async (planted) => {
    const before = await traces(stage);
    stage.callsSince();
    for (const line of [
      planted,
      `list ${planted}`,
      `show ${planted}`,
      `rename ${planted} x`,
      `add-agent VIP ${planted}`,
      `add-agent VIP ou_${planted}`,
      `remove-agent VIP ou_${planted}`,
      `set-agents VIP ou_${planted}`,
      `set-agents ${planted} @Tom`,
      `add-agent VIP a${planted}@example.com`,
      `rules ${planted}`,
      `add-rule VIP ${planted} = x`,
      `add-rule ${planted} 城市 = x`,
      `edit-rule VIP ${planted} = x`,
      `remove-rule VIP ${planted}`,
      `delete ${planted}`,
      `agents ${planted}`,
      `history ${planted}`,
      `history 01ARZ3NDEKTSV4RRFFQ69G5FA${planted}`,
      `undo ${planted}`,
      `help ${planted}`,
      `list --page ${planted}`,
    ]) {
      const card = await lin.says(`/skill ${line}`);
      expect([line, card.title]).not.toEqual([line, 'Something went wrong in the bot']);
    }
    const after = await traces(stage);
    expect([after.grants, after.writes, after.skills]).toEqual([before.grants, before.writes, before.skills]);
    expect(after.changes).toBeGreaterThanOrEqual(before.changes);
    const paths = stage.sandbox.calls.all().map(({ path }) => path);
    expect(paths.filter((path) => !/^\/(open-apis|callback)\/[\w/-]+$/.test(path))).toEqual([]);
    expect(
      paths.filter((path) => path.includes('/contact/v3/users/') && !/\/ou_[\w-]+$|batch_get_id$/.test(path)),
    ).toEqual([]);
  });
});

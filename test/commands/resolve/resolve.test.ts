import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { PickNeeded, RefusedError } from '../../../src/commands/errors.ts';
import type { AgentReference } from '../../../src/commands/parse/people.ts';
import {
  nearestWord,
  resolveAgents,
  resolveFirst,
  resolveSkill,
  skillsNamed,
} from '../../../src/commands/resolve/resolve.ts';
import { OpenId, SkillId } from '../../../src/domain/ids.ts';
import type { SkillSummary } from '../../../src/domain/skill.ts';
import { createHelpdesk, type Helpdesk } from '../../../src/feishu/helpdesk.ts';
import { createPeople, type People } from '../../../src/feishu/people.ts';
import { DESK, type FakeFeishu, failureOf, startFakeFeishu } from '../../support/feishu.ts';

const SKILLS = '/open-apis/helpdesk/v1/agent_skills';
const EMAILS = 'POST /open-apis/contact/v3/users/batch_get_id';

const summary = (id: string, name: string): SkillSummary => ({
  id: SkillId.parse(id),
  name,
  agentIds: [],
  isDefault: false,
});

const VIP = summary('6941215891786825756', 'VIP');
const VIP_EAST = summary('6941215891786825757', 'VIP East');
const LOWER = summary('6941215891786825758', 'vip');
const DIGITS = summary('007', '6941215891786825756');
const CHINESE = summary('skill_4', '重点客户');
const ALL = [VIP, VIP_EAST, CHINESE];

const NOT_FOUND = { status: 404, json: { code: 154004, msg: 'no such resource' } };

let feishu: FakeFeishu;
let helpdesk: Helpdesk;
let people: People;

beforeEach(async () => {
  feishu = await startFakeFeishu();
  helpdesk = createHelpdesk(feishu.client, DESK, feishu.logs.logger);
  people = createPeople(feishu.client);
});
afterEach(() => feishu.close());

const wireRow = ({ id, name, agentIds, isDefault }: SkillSummary) => ({
  id,
  name,
  agent_ids: agentIds,
  is_default: isDefault,
});

/** The desk has these skills. */
function deskHas(skills: readonly SkillSummary[]): void {
  const agent_skills = skills.map(wireRow);
  feishu.server.on(`GET ${SKILLS}`, { json: { code: 0, msg: 'ok', data: { agent_skills } } });
  for (const row of agent_skills) {
    const agent_skill = { ...row, rules: [], agents: [] };
    feishu.server.on(`GET ${SKILLS}/${row.id}`, { json: { code: 0, msg: 'ok', data: { agent_skill } } });
  }
}

const reads = () => feishu.server.requests.filter(({ path }) => path.startsWith(SKILLS)).map(({ path }) => path);

async function rejectionOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => {
      throw new Error('this was to fail, and did not');
    },
    (error: unknown) => error,
  );
}

describe('a skill that cannot be read', () => {
  const odd = (id: string, name: string) => ({ id, name, agent_ids: [''] });
  const deskHasRows = (rows: readonly object[]) =>
    feishu.server.on(`GET ${SKILLS}`, { json: { code: 0, msg: 'ok', data: { agent_skills: rows } } });

  it.each(['VIP', 'vip', 'VI', '7'])('is still the one that is meant by %s: no other is taken for it', async (text) => {
    deskHasRows([odd('7', 'VIP'), wireRow(CHINESE), ...(text === 'VI' ? [] : [wireRow(VIP_EAST)])]);
    expect(await failureOf(resolveSkill(helpdesk, text))).toMatchObject({
      kind: 'unreadable',
      skill: { id: '7', name: 'VIP', part: 'agents' },
    });
  });

  it('is named beside those that can be picked', async () => {
    deskHasRows([odd('7', 'VIP West'), wireRow(VIP_EAST)]);
    const picking = await rejectionOf(resolveSkill(helpdesk, 'VIP'));
    expect(picking).toBeInstanceOf(PickNeeded);
    expect(picking).toMatchObject({ candidates: [VIP_EAST], unreadable: [{ id: '7', part: 'agents' }] });
  });

  it('is in nobody’s way', async () => {
    deskHas([VIP]);
    deskHasRows([odd('7', 'Gold'), {}, wireRow(VIP)]);
    expect((await resolveSkill(helpdesk, 'VIP')).id).toBe(VIP.id);
  });
});

describe('skillsNamed', () => {
  it.each([
    ['an id', '6941215891786825757', [VIP_EAST]],
    ['an exact name', 'VIP', [VIP]],
    ['an exact name in other letters', 'vip east', [VIP_EAST]],
    ['full-width letters', 'ＶＩＰ　Ｅａｓｔ', [VIP_EAST]],
    ['a beginning', '重点', [CHINESE]],
    ['a name at the end of a sentence', '重点客户。', [CHINESE]],
    ['an id at the end of a sentence', '6941215891786825757.', [VIP_EAST]],
    ['a beginning at the end of a sentence', 'vip e!', [VIP_EAST]],
    ['nothing but marks', '。', []],
    ['a beginning in other letters', 'vip e', [VIP_EAST]],
    ['the beginning of several', 'vi', [VIP, VIP_EAST]],
    ['a middle', 'East', []],
    ['the beginning of an id', '694121589178682575', []],
    ['nothing known', 'x', []],
    ['a name of another world', '__proto__', []],
  ])('finds %s', (_what, text, found) => {
    expect(skillsNamed(text, ALL)).toEqual(found);
  });

  it('prefers the id to a name, and the exact name to the same in other letters', () => {
    expect(skillsNamed('6941215891786825756', [DIGITS, VIP])).toEqual([VIP]);
    expect(skillsNamed('6941215891786825756', [DIGITS])).toEqual([DIGITS]);
    expect(skillsNamed('vip', [VIP, LOWER])).toEqual([LOWER]);
    expect(skillsNamed('Vip', [VIP, LOWER])).toEqual([VIP, LOWER]);
  });

  it('finds the names that were typed, whatever they look like', () => {
    for (const name of ['007', '1e3', 'true', '-x', 'constructor']) {
      expect(skillsNamed(name, [summary('1', name), summary('7', '7'), summary('1000', '1000')])).toEqual([
        summary('1', name),
      ]);
    }
  });
});

describe('resolveFirst', () => {
  const DESK_NAMES = [summary('1', 'English desk'), summary('2', 'English desk team'), summary('3', 'Français')];
  const found = async (text: string) => {
    const [first = '', ...following] = text.split(' ');
    const { skill, taken } = await resolveFirst(helpdesk, first, following);
    return [skill.name, taken];
  };

  it('takes the words that make it the whole name of a skill', async () => {
    deskHas(DESK_NAMES);
    expect(await found('English desk 英语组')).toEqual(['English desk', 1]);
    expect(await found('english DESK team x')).toEqual(['English desk team', 2]);
    expect(await found('Français desk')).toEqual(['Français', 0]);
    expect(await found('Fran desk')).toEqual(['Français', 0]);
  });

  it('leaves them to what follows when the word is a name by itself, or the name is that of several', async () => {
    const twins = [summary('4', 'English'), ...DESK_NAMES];
    deskHas(twins);
    expect(await found('English desk x')).toEqual(['English', 0]);
    expect(await found('4 desk x')).toEqual(['English', 0]);
    deskHas([...DESK_NAMES, summary('5', 'English desk')]);
    expect(await rejectionOf(found('English desk x'))).toBeInstanceOf(PickNeeded);
  });
});

describe('resolveSkill', () => {
  it('reads an id without the list', async () => {
    deskHas(ALL);
    expect(await resolveSkill(helpdesk, VIP.id)).toMatchObject({ id: VIP.id, name: 'VIP', rules: [] });
    expect(reads()).toEqual([`${SKILLS}/${VIP.id}`]);
  });

  it('finds a name with one list and one read', async () => {
    deskHas(ALL);
    expect(await resolveSkill(helpdesk, '重点')).toMatchObject({ id: CHINESE.id });
    expect(reads()).toEqual([SKILLS, `${SKILLS}/skill_4`]);
  });

  it('takes what looks like an id for a name when there is no such id', async () => {
    deskHas([DIGITS]);
    feishu.server.on(`GET ${SKILLS}/${VIP.id}`, NOT_FOUND);
    expect(await resolveSkill(helpdesk, VIP.id)).toMatchObject({ id: '007' });
  });

  it('does not go on to the list when the read failed for another reason', async () => {
    deskHas([DIGITS]);
    feishu.server.on(`GET ${SKILLS}/${VIP.id}`, { status: 403, json: { code: 154003, msg: 'no access' } });
    expect((await failureOf(resolveSkill(helpdesk, VIP.id))).kind).toBe('no-access');
    expect(reads()).toEqual([`${SKILLS}/${VIP.id}`]);
  });

  it('asks which one when several fit', async () => {
    deskHas(ALL);
    const error = await rejectionOf(resolveSkill(helpdesk, 'vi'));
    expect(error).toBeInstanceOf(PickNeeded);
    expect(error).toMatchObject({ text: 'vi', candidates: [{ id: VIP.id }, { id: VIP_EAST.id }] });
  });

  it.each([
    ['what contains it', 'east', [VIP_EAST.id]],
    ['what is spelled alike', 'VIX', [VIP.id]],
    ['nothing when nothing is near', 'payroll questions', []],
  ])('names %s when none fits', async (_what, text, nearest) => {
    deskHas(ALL);
    const error = await rejectionOf(resolveSkill(helpdesk, text));
    expect(error).toBeInstanceOf(RefusedError);
    expect(error).toMatchObject({ refusal: { kind: 'skill-unknown', text, nearest: nearest.map((id) => ({ id })) } });
  });

  it('names three near ones at most, the nearest first', async () => {
    deskHas(['abcx', 'abcd1', 'abcd12', 'abc', 'zz abcde'].map((name, at) => summary(`s${at}`, name)));
    const error = await rejectionOf(resolveSkill(helpdesk, 'abcde'));
    expect(error).toMatchObject({ refusal: { nearest: [{ id: 's4' }, { id: 's1' }, { id: 's2' }] } });
  });
});

describe('resolveAgents', () => {
  const tom = { id: OpenId.parse('ou_tom'), name: 'Tom Li' };
  const zhang = { id: OpenId.parse('ou_zhang'), name: '' };
  const knows = (...users: [email: string, openId?: string][]) =>
    feishu.server.on(EMAILS, {
      json: { code: 0, data: { user_list: users.map(([email, user_id]) => ({ email, user_id })) } },
    });

  it('asks nobody about people it knows', async () => {
    expect(await resolveAgents(people, [tom, zhang])).toEqual([tom, zhang]);
    expect(feishu.server.requests).toEqual([]);
  });

  it('looks all addresses up in one call, each once', async () => {
    knows(['a@example.com', 'ou_a'], ['B@example.com', 'ou_b']);
    const references: AgentReference[] = [
      { email: 'a@example.com' },
      tom,
      { email: 'b@example.com' },
      { email: 'a@example.com' },
    ];
    expect(await resolveAgents(people, references)).toEqual([
      { id: 'ou_a', name: 'a@example.com' },
      tom,
      { id: 'ou_b', name: 'b@example.com' },
    ]);
    expect(feishu.server.only(EMAILS).json).toMatchObject({ emails: ['a@example.com', 'b@example.com'] });
  });

  it('counts a person once, however they are named', async () => {
    knows(['tom@example.com', 'ou_tom']);
    const agents = await resolveAgents(people, [tom, { email: 'tom@example.com' }, tom]);
    expect(agents.map(({ id }) => id)).toEqual(['ou_tom']);
  });

  describe('a name beside an address', () => {
    const named = (name?: string) => {
      knows(['li@e.com', 'ou_li'], ['mo@e.com', 'ou_mo']);
      feishu.server.on('GET /open-apis/contact/v3/users/ou_li', { json: { code: 0, data: { user: { name } } } });
    };
    const beside = (name: string): AgentReference => ({ email: 'li@e.com', name, row: 3 });

    it.each(['Tom Li', 'tom  LI', 'Ｔｏｍ Li', 'TomLi', 'Li Tom', 'Li, Tom'])(
      'is taken when it is the name of the person, who is shown by their own: %s',
      async (name) => {
        named('Tom Li');
        const agents = await resolveAgents(people, [beside(name), { email: 'mo@e.com' }]);
        expect(agents).toEqual([
          { id: 'ou_li', name: 'Tom Li <li@e.com>' },
          { id: 'ou_mo', name: 'mo@e.com' },
        ]);
      },
    );

    it.each(['不要', '已离职', '组长', 'except', 'Tom', 'Tom Li 组长', '""'])(
      'is quoted otherwise: %s',
      async (name) => {
        named('Tom Li');
        // Also where the person is mentioned, too.
        const references = [{ id: OpenId.parse('ou_li'), name: 'Tom Li' }, beside(name)];
        const error = await rejectionOf(resolveAgents(people, references));
        expect(error).toMatchObject({ problem: { kind: 'not-their-name', pieces: [{ text: name, row: 3 }] } });
      },
    );

    it('is quoted where Feishu does not tell the name of the person', async () => {
      named(undefined);
      const quotes = { problem: { kind: 'not-an-agent', pieces: [{ text: 'Tom Li', row: 3 }] } };
      expect(await rejectionOf(resolveAgents(people, [beside('Tom Li')]))).toMatchObject(quotes);
      const denied = { status: 400, json: { code: 99991672, msg: 'Access denied.' } };
      feishu.server.on('GET /open-apis/contact/v3/users/ou_li', denied);
      expect(await rejectionOf(resolveAgents(people, [beside('Tom Li')]))).toMatchObject(quotes);
    });
  });

  it('names every address that is nobody', async () => {
    knows(['a@example.com', 'ou_a'], ['b@example.com']);
    const references = ['a@example.com', 'b@example.com', 'c@example.com'].map((email) => ({ email }));
    const error = await rejectionOf(resolveAgents(people, references));
    expect(error).toBeInstanceOf(RefusedError);
    expect(error).toMatchObject({ refusal: { kind: 'agents-unknown', emails: ['b@example.com', 'c@example.com'] } });
  });

  it('passes a failure of Feishu on', async () => {
    feishu.server.on(EMAILS, { status: 400, json: { code: 99991672, msg: 'Access denied.' } });
    expect((await failureOf(resolveAgents(people, [{ email: 'a@example.com' }]))).kind).toBe('app-scope');
  });
});

describe('nearestWord', () => {
  const WORDS = ['list', 'show', 'rename', 'add-agent', 'remove-agent', '列表'];

  it.each([
    ['lst', 'list'],
    ['shwo', undefined],
    ['renmae', 'rename'],
    ['add-agents', 'add-agent'],
    ['remove_agent', 'remove-agent'],
    ['列', '列表'],
    ['payroll', undefined],
    ['', undefined],
    ['__proto__', undefined],
  ])('takes %p for %p', (word, meant) => {
    expect(nearestWord(word, WORDS)).toBe(meant);
  });

  it('has nothing to offer of nothing', () => {
    expect(nearestWord('list', [])).toBeUndefined();
  });
});

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { CallFault } from 'local-feishu';
import { answersTo, answerTo, WAIT_MS } from '../support/shownCard.ts';
import { type Actor, type Stage, skillOf, startStage, until } from '../support/story.ts';

const VIP = '6941215891786825756';
const LIST = { method: 'GET', route: '/open-apis/helpdesk/v1/agent_skills' };
const READ = { method: 'GET', route: '/open-apis/helpdesk/v1/agent_skills/:agent_skill_id' };
const PATCH = { method: 'PATCH', route: '/open-apis/helpdesk/v1/agent_skills/:agent_skill_id' };
const REPLY = { method: 'POST', route: '/open-apis/im/v1/messages/:message_id/reply' };
const UPDATE = { method: 'PATCH', route: '/open-apis/im/v1/messages/:message_id' };
const CLICKED = { method: 'POST', route: '/open-apis/interactive/v1/card/update' };
const TENANT_TOKEN = { method: 'POST', route: '/open-apis/auth/v3/tenant_access_token/internal' };

const BROKEN: CallFault = { type: 'status', status: 500, code: 155000, msg: 'internal error' };
const BAD_GATEWAY: CallFault = { type: 'status', status: 502, body: { message: 'Bad Gateway' } };
const LIMITED: CallFault = {
  type: 'status',
  status: 429,
  code: 99991400,
  msg: 'request trigger frequency limit',
  headers: { 'x-ogw-ratelimit-reset': '0', 'x-ogw-ratelimit-limit': '100' },
};
const LOST: CallFault = { type: 'drop', when: 'before' };
const ANSWER_LOST: CallFault = { type: 'drop', when: 'after' };
const LOG_ID = /Log id: \d{14}[0-9A-F]{20}/;

describe('when Feishu is in trouble', () => {
  let stage: Stage;
  let lin: Actor;
  beforeAll(async () => {
    stage = await startStage({ loggedIn: ['admin'] });
    lin = stage.person('admin');
  });
  beforeEach(() => stage.reset());
  afterEach(() => expect(stage.sandbox.faults.list()).toEqual([]));
  afterAll(() => stage.close());

  describe.each([
    ['fails', BROKEN],
    ['breaks off', LOST],
    ['loses its answer', ANSWER_LOST],
    ['limits the rate', LIMITED],
    ['is slow', { type: 'latency', ms: 100 }],
  ] satisfies [string, CallFault][])('and %s once', (_, kind) => {
    it.each([
      ['the list', LIST],
      ['the skill', READ],
      ['the answer', REPLY],
    ])('at %s, nobody notices: one answer, after a pause', async (_call, call) => {
      stage.sandbox.faults.add({ ...call, kind });
      const sent = await lin.tells('/skill show VIP');
      expect(await answerTo(stage.sandbox, sent)).toMatchObject({ template: 'blue', title: 'VIP' });
      await lin.says('/skill whoami');
      expect(answersTo(stage.sandbox, sent)).toHaveLength(1);
    });

    it('at the token of the app, nobody notices', async () => {
      stage.sandbox.expireTenantToken();
      stage.sandbox.faults.add({ ...TENANT_TOKEN, kind });
      expect(await lin.says('/skill show VIP')).toMatchObject({ template: 'blue' });
    });

    it.each([
      ['the read before a change', { ...READ, skip: 0 }],
      ['the read after a change', { ...READ, skip: 1 }],
    ])('at %s, the change is written once', async (_call, call) => {
      const before = stage.patches().length;
      const preview = await lin.says(`/skill rename ${VIP} Tier 2`);
      stage.sandbox.faults.add({ ...call, kind });
      await lin.presses(preview, 'change.confirm');
      await preview.becomes('green');
      expect(stage.patches().slice(before)).toHaveLength(1);
      expect(skillOf(stage, VIP).name).toBe('Tier 2');
    });

    it('at the update of a card, the card is brought up to date all the same', async () => {
      stage.sandbox.faults.add({ ...UPDATE, kind });
      const card = await lin.says('/skill login');
      await lin.logsIn(card);
      await card.becomes('green');
    });
  });

  describe.each([
    ['fails', BROKEN, ['had an internal error', '155000 internal error']],
    ['answers nothing', LOST, ['did not answer in time']],
    [
      'refuses the desk',
      { type: 'status', status: 401, code: 154001, msg: 'Unauthorized' },
      ['helpdesk credentials', '154001'],
    ],
    [
      'misses a scope',
      { type: 'status', status: 400, code: 99991672, msg: 'Access denied.' },
      ['lacks a permission', '99991672'],
    ],
    [
      'says what nobody knows',
      { type: 'status', status: 418, code: 4711, msg: 'teapot' },
      ['unexpected answer', '4711'],
    ],
  ] satisfies [string, CallFault, string[]][])('and %s at every read', (_, kind, said) => {
    it('a command is answered with a red card that says so, with code and log id', async () => {
      const fault = stage.sandbox.faults.add({ ...READ, kind, times: Number.POSITIVE_INFINITY });
      const card = await lin.says(`/skill rename ${VIP} Tier 2`);
      fault.remove();
      expect(card).toMatchObject({ template: 'red', title: 'It did not work', actions: [] });
      for (const text of said) expect(card.text).toContain(text);
      if (kind.type === 'status') expect(card.text).toMatch(LOG_ID);
    });

    it('a Confirm ends in a red card that says so, and nothing is written', async () => {
      const before = stage.patches().length;
      const preview = await lin.says(`/skill rename ${VIP} Tier 2`);
      const fault = stage.sandbox.faults.add({ ...READ, kind, times: Number.POSITIVE_INFINITY });
      await lin.presses(preview, 'change.confirm');
      await preview.becomes('red');
      fault.remove();
      for (const text of said) expect(preview.text).toContain(text);
      expect(preview.text).toContain('The skill was not changed');
      expect(stage.patches()).toHaveLength(before);
    });
  });

  describe('at the PATCH itself', () => {
    // Of its own for each test: where a write was sent twice, others have to wait for a while.
    let id: string;
    let count = 0;
    beforeEach(() => {
      count += 1;
      id = `694121589178682590${count}`;
      stage.sandbox.desk.add({ ...structuredClone(skillOf(stage, VIP)), id, name: `Tier 1, ${count}` });
    });

    const confirmedWith = async (...kinds: CallFault[]) => {
      const before = stage.patches().length;
      const preview = await lin.says(`/skill rename ${id} Tier 2`);
      for (const kind of kinds) stage.sandbox.faults.add({ ...PATCH, kind });
      await lin.clicks(preview, 'change.confirm');
      await until(() => preview.template === 'green' || preview.title.startsWith('Not known yet'));
      return { preview, sent: stage.patches().length - before };
    };

    it.each([
      ['breaks off before it', LOST],
      ['fails at it', BROKEN],
      ['fails at it without a code', BAD_GATEWAY],
      ['limits the rate', LIMITED],
    ])('and %s: it had no effect, and is sent once more', async (_, kind) => {
      const { preview, sent } = await confirmedWith(kind);
      expect(preview.template).toBe('green');
      expect(sent).toBe(2);
      expect(skillOf(stage, id).name).toBe('Tier 2');
    });

    it.each([
      ['loses the answer', ANSWER_LOST],
      ['cuts the answer short', { type: 'malformed' }],
    ] satisfies [string, CallFault][])('and %s: it is read, found done, and never sent again', async (_, kind) => {
      const { preview, sent } = await confirmedWith(kind);
      expect(preview.template).toBe('green');
      expect(preview.text).toContain('confirmed by reading the skill again');
      expect(sent).toBe(1);
      expect(skillOf(stage, id).name).toBe('Tier 2');
    });

    it('and fails again and again: no more is sent, and the card says so with code and log id until it is known', async () => {
      const { preview, sent } = await confirmedWith(BROKEN, BROKEN, BROKEN);
      expect(preview.title).toBe('Not known yet: Rename');
      expect(preview.text).toContain('155000');
      expect(preview.text).toMatch(LOG_ID);
      expect(sent).toBe(3);
      expect(skillOf(stage, id).name).toBe(`Tier 1, ${count}`);

      stage.sandbox.desk.edit(id, (skill) => void Object.assign(skill, { name: 'Tier 2' }));
      await preview.becomes('green');
      expect(preview.text).toContain('confirmed by reading the skill again');
    });

    it('and somebody changes the skill right after it: the card says exactly how it differs, and reverts nothing', async () => {
      const preview = await lin.says(`/skill rename ${id} Tier 2`);
      const stop = stage.sandbox.onChange(() => {
        if (skillOf(stage, id).name !== 'Tier 2') return;
        stop();
        stage.sandbox.desk.edit(id, (skill) => void Object.assign(skill, { name: 'Tier 9' }));
      });
      await lin.presses(preview, 'change.confirm');
      expect(preview).toMatchObject({ template: 'orange', title: 'Not as expected: Rename' });
      expect(preview.text).toContain('Tier 2　→　Tier 9');
      expect(skillOf(stage, id).name).toBe('Tier 9');
    });
  });

  it('and limits the rate for two seconds, the call is sent again after two seconds', async () => {
    const { calls, faults } = stage.sandbox;
    faults.add({ ...READ, kind: { ...LIMITED, headers: { 'x-ogw-ratelimit-reset': '2' } } });
    const begun = calls.last();
    expect((await lin.says(`/skill show ${VIP}`)).title).toBe('VIP');
    const [first, second] = calls.since(begun).filter(({ method }) => method === 'GET');
    expect([first?.status, second?.status]).toEqual([429, 200]);
    // The first one was noted before it was answered: a busy machine can only make this longer.
    expect((second?.startedAt ?? 0) - (first?.startedAt ?? 0)).toBeGreaterThanOrEqual(1_990);
  });

  it('and cannot be answered for a while, the answer comes later, once', async () => {
    stage.sandbox.faults.add({ ...REPLY, kind: BROKEN, times: 5 });
    const sent = await lin.tells('/skill show VIP');
    expect((await answerTo(stage.sandbox, sent)).title).toBe('VIP');
    await lin.says('/skill whoami');
    expect(answersTo(stage.sandbox, sent)).toHaveLength(1);
  });

  const refusing = (code: number, times: number, route = REPLY) =>
    stage.sandbox.faults.add({ ...route, times, kind: { type: 'status', status: 400, code, msg: 'no such card' } });

  it.each([230099, 100290, 200621, 300305, 231999])(
    'and refuses a card with %i, it comes with names in place of chips',
    async (code) => {
      refusing(code, 1);
      const card = await lin.says('/skill show VIP');
      expect(card).toMatchObject({ template: 'blue', title: 'VIP' });
      expect(JSON.stringify(card.card)).not.toContain('person_list');
      expect(card.text).toContain('Tom');
      await lin.presses(card, 'form.rename');
      expect(card.title).toBe('Rename a skill');
    },
  );

  /** The only text that answers a message. */
  async function textFor(sent: { messageId: string }): Promise<string> {
    const { msgType, content } = await stage.sandbox.waitForMessage(
      ({ replyTo, senderKind }) => replyTo === sent.messageId && senderKind === 'bot',
      WAIT_MS,
    );
    expect(msgType).toBe('text');
    return JSON.parse(content).text;
  }

  it('and refuses it in that form, too, one text says so, and what the card would have', async () => {
    const { sandbox } = stage;
    refusing(230099, 2);
    const sent = await lin.tells('/skill rename VIP Tier 2');
    const text = await textFor(sent);
    expect(text).toContain('请确认：修改名称');
    expect(text).toContain('Please confirm: Rename');
    expect(text).toContain('VIP　→　Tier 2');
    expect(text).toMatch(/错误码 230099，日志 \w+/);
    expect(text).toMatch(/code 230099, log \w+/);
    await lin.says('/skill whoami');
    expect(sandbox.messages().filter(({ replyTo }) => replyTo === sent.messageId)).toHaveLength(1);
  });

  it('and refuses that text as well, the bot says no more than that', async () => {
    refusing(230022, 3);
    const text = await textFor(await lin.tells('/skill show VIP'));
    expect(text).not.toContain('Tom');
    expect(text).toContain('code 230022');
  });

  it('and takes nothing at all, the bot lets it be', async () => {
    const { sandbox } = stage;
    refusing(230022, 4);
    const sent = await lin.tells('/skill show VIP');
    const replies = () => sandbox.calls.all().filter(({ path }) => path.includes(sent.messageId));
    await until(() => replies().length === 4);
    await lin.says('/skill whoami');
    expect(replies()).toHaveLength(4);
  });

  it('and refuses a card that is brought up to date, it is shown without chips, or as a text', async () => {
    const { sandbox } = stage;
    const preview = await lin.says('/skill rename VIP Tier 2');
    refusing(11311, 1, CLICKED);
    refusing(100290, 1, UPDATE);
    sandbox.faults.add({ ...PATCH, kind: { type: 'latency', ms: 2_600 } });
    await lin.clicks(preview, 'change.confirm');
    await preview.becomes('green');
    expect(JSON.stringify(preview.card)).not.toMatch(/<person|person_list/);
    const next = await lin.says(`/skill rename ${VIP} Tier 3`);
    refusing(11311, 1, CLICKED);
    refusing(230099, 2, UPDATE);
    sandbox.faults.add({ ...PATCH, kind: { type: 'latency', ms: 2_600 } });
    await lin.clicks(next, 'change.confirm');
    const text = await textFor(next);
    expect(text).toContain('Tier 3');
    expect(text).toContain('code 230099');
    expect(skillOf(stage, VIP).name).toBe('Tier 3');
  });

  it('and knows an actor no more, the history still works', async () => {
    const { sandbox } = stage;
    const preview = await lin.says(`/skill rename ${VIP} Tier 4`);
    await lin.presses(preview, 'change.confirm');
    const [, id] = /Change ([0-9A-Z]{26})/.exec(preview.text) ?? [];
    for (const [line, title] of [
      ['/skill history', 'History of changes'],
      [`/skill history ${id}`, 'Done: Rename'],
    ] as const) {
      refusing(100290, 1);
      const card = await lin.says(line);
      expect(card.title).toBe(title);
      expect(card.text).toContain(sandbox.people.admin.name);
      expect(JSON.stringify(card.card)).not.toMatch(/<person|person_list/);
    }
    expect((await lin.says('/skill history')).text).toContain(`By ${sandbox.people.admin.openId}`);
  });

  it.each<[string, { code?: number; body?: unknown }]>([
    ['231003', { code: 231003 }],
    ['230101', { code: 230101 }],
    ['99992354', { code: 99992354 }],
    ['230110', { code: 230110 }],
    ['no code', { body: {} }],
  ])('and the message is gone, which it says with %s, the bot answers once and lets it be', async (_what, answer) => {
    const { sandbox } = stage;
    const before = stage.bot.logs().length;
    sandbox.faults.add({ ...REPLY, times: 1, kind: { type: 'status', status: 400, ...answer } });
    const sent = await lin.tells('/skill show VIP');
    await until(() =>
      sandbox.calls.all().some(({ path, tookMs }) => path.includes(sent.messageId) && tookMs !== undefined),
    );
    await lin.says('/skill whoami');
    expect(sandbox.calls.all().filter(({ path }) => path.includes(sent.messageId))).toHaveLength(1);
    await until(() => stage.bot.logs().slice(before).includes('what was to be answered is gone'));
    expect(stage.bot.logs().slice(before)).not.toMatch(/"level":(?:50|60)/);
  });

  it('and the message is recalled before it is answered, the bot lets it be', async () => {
    const { sandbox } = stage;
    sandbox.faults.add({ ...READ, kind: { type: 'latency', ms: 200 } });
    const sent = await lin.tells(`/skill show ${VIP}`);
    sandbox.recall(sent.messageId);
    await until(() => sandbox.calls.all().some(({ path, code }) => path.includes(sent.messageId) && code === 230011));
    await lin.says('/skill whoami');
    expect(sandbox.calls.all().filter(({ path }) => path.includes(sent.messageId))).toHaveLength(1);
  });

  it('and takes five messages a second in a chat, ten commands at once are all answered, each once', async () => {
    const { sandbox } = stage;
    sandbox.settings.rateLimits = true;
    const sent = await Promise.all(Array.from({ length: 10 }, () => lin.tells('/skill show VIP', { chat: 'group' })));
    for (const question of sent) expect((await answerTo(sandbox, question)).title).toBe('VIP');
    sandbox.settings.rateLimits = false;
    await lin.says('/skill whoami');
    for (const question of sent) expect(answersTo(sandbox, question)).toHaveLength(1);
  });
});

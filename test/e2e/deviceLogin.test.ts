import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { CallEntry, PersonKey } from 'local-feishu';
import { createLogger } from '../../src/lib/logger.ts';
import { openDatabase } from '../../src/store/connection.ts';
import { startBot } from '../support/bot.ts';
import { type DatabaseKind, databaseKinds } from '../support/database.ts';
import type { LocalFeishuOptions } from '../support/localFeishu.ts';
import { answersTo, answerTo } from '../support/shownCard.ts';
import { sideBySide } from '../support/sideBySide.ts';
import {
  type Actor,
  loginLink,
  onStage,
  type Stage,
  type StageOptions,
  skillOf,
  startStage,
  until,
} from '../support/story.ts';

const VIP = '6941215891786825756';
const START = '/oauth/v1/device_authorization';
const TOKENS = '/open-apis/authen/v2/oauth/token';
const USER_INFO = '/open-apis/authen/v1/user_info';
const REPLY = '/open-apis/im/v1/messages/:message_id/reply';
const PREVIEW = 'Please confirm: Rename';

/** A bot at no address that browsers reach, which asks once a second. */
const env = { LOGIN_FLOW: 'device', PUBLIC_URL: '' };
const QUICK: LocalFeishuOptions = { devicePollSeconds: 1 };

const polls = ({ sandbox }: Stage): CallEntry[] => sandbox.calls.of(TOKENS);
const wordOf = ({ responseBody }: CallEntry): unknown => Object(responseBody).error;
const isKnown = async (stage: Stage, key: PersonKey): Promise<boolean> =>
  (await stage.person(key).says('/skill whoami')).title === 'Logged in';

/** What an admin agreed to before counts no more: each login says anew what it is for. */
async function withdrawn({ sandbox }: Stage): Promise<void> {
  const eventId = await sandbox.revoke('admin');
  await until(() => sandbox.deliveries.of(eventId).some(({ status }) => status === 200));
}

const story =
  (options: StageOptions, play: (stage: Stage) => Promise<void>): (() => Promise<void>) =>
  () =>
    onStage({ env, ...options, sandbox: { ...QUICK, ...options.sandbox } }, play);

const deadAtConfirm = story({ loggedIn: ['admin'] }, async (stage) => {
  const { sandbox } = stage;
  const lin = stage.person('admin');
  const [first, second] = [await lin.says('/skill rename VIP Tier 2'), await lin.says('/skill rename VIP Tier 3')];
  sandbox.expireAccessToken('admin');
  sandbox.spendRefreshToken('admin');
  sandbox.faults.add({ route: START, kind: { type: 'status', status: 503, code: 20072 } });
  await lin.presses(first, 'change.confirm');
  await first.becomes('red');
  expect(first.title).toBe('It did not work');

  await lin.presses(second, 'change.confirm');
  expect(second.title).toBe('Please log in');
  expect(second.text).toContain('no longer valid');
  await lin.logsIn(second);
  const fresh = await second.next();
  expect(fresh.title).toBe(PREVIEW);
  await second.becomes('green');

  const route = '/open-apis/helpdesk/v1/agent_skills/:agent_skill_id';
  const kind = { type: 'status', status: 400, code: 99991679, msg: 'Unauthorized' } as const;
  sandbox.faults.add({ method: 'PATCH', route, kind });
  await lin.presses(fresh, 'change.confirm');
  expect(fresh.text).toContain('lacks the permission to change the helpdesk');
  await lin.logsIn(fresh);
  const answers = () => answersTo(sandbox, { messageId: fresh.replyTo ?? '' });
  await until(() => answers().length === 3);
  expect(answers().at(-1)?.title).toBe(PREVIEW);
});

const expired = story({ sandbox: { deviceCodeSeconds: 8 } }, async (stage) => {
  const lin = stage.person('admin');
  const card = await lin.says('/skill login');
  await card.becomes('grey');
  expect(card.title).toBe('This login link has expired');
  const next = await lin.says('/skill login');
  await lin.logsIn(next);
  await next.becomes('green');
});

/** How long the bot waits between two questions about each login. */
async function intervalsOf({ databaseUrl }: Stage): Promise<number[]> {
  const db = openDatabase(databaseUrl, createLogger('silent'));
  const rows = await db.selectFrom('device_logins').select('interval_ms').execute();
  await db.destroy();
  return rows.map(({ interval_ms }) => interval_ms);
}

const slowedDown = story({}, async (stage) => {
  const lin = stage.person('admin');
  const body = { error: 'slow_down', error_description: 'Polling too frequently.' };
  stage.sandbox.faults.add({ route: TOKENS, kind: { type: 'status', status: 400, body } });
  const card = await lin.says('/skill login');
  await until(() => polls(stage).length === 1);
  await lin.logsIn(card);
  await card.becomes('green');
  const [first, second, ...more] = polls(stage);
  expect(more).toEqual([]);
  expect([first?.status, second?.status]).toEqual([400, 200]);
  // A second as before, and five more.
  expect(await intervalsOf(stage)).toEqual([6_000]);
});

const restarted = (database: DatabaseKind) =>
  story({ database }, async (stage) => {
    const lin = stage.person('admin');
    const card = await lin.says('/skill rename VIP Tier 2');
    // By then it knows which card shows the login.
    await until(() => stage.bot.logs().includes('delivery handled'));
    await stage.bot.kill();
    await lin.logsIn(card);
    await stage.restart();
    expect((await card.next()).title).toBe(PREVIEW);
    await card.becomes('green');
  });

/** The tokens were given out to a process that did not live to store them. */
const killedWithTheTokens = story({}, async (stage) => {
  const { sandbox } = stage;
  const lin = stage.person('admin');
  const card = await lin.says('/skill rename VIP Tier 2');
  sandbox.faults.add({ route: USER_INFO, kind: { type: 'hang' } });
  await lin.logsIn(card);
  await until(() => sandbox.calls.of(USER_INFO).length === 1);
  await stage.bot.kill();
  await stage.restart();
  await card.becomes('red', 60_000);
  expect(card.title).toBe('The login did not work');
  expect(card.text).toContain('log in again');
  expect(await isKnown(stage, 'admin')).toBe(false);
  await lin.logsIn(await lin.says('/skill login'));
  expect((await card.next()).title).toBe(PREVIEW);
});

const twoReplicas = story({ database: 'postgres' }, async (stage) => {
  const { sandbox, databaseUrl } = stage;
  const other = await startBot({ sandbox, databaseUrl, env });
  try {
    const lin = stage.person('admin');
    const card = await lin.says('/skill rename VIP Tier 2');
    await until(() => polls(stage).length === 4);
    await lin.logsIn(card);
    expect((await card.next()).title).toBe(PREVIEW);
    // One that asked beside the other would be told to slow down.
    expect(new Set(polls(stage).map(wordOf))).toEqual(new Set(['authorization_pending', undefined]));
    expect(polls(stage).filter(({ code }) => code === 0)).toHaveLength(1);
  } finally {
    await other.stop();
  }
});

describe('a login by a page that leads back to nobody', () => {
  describe('is made by somebody who', () => {
    let stage: Stage;
    let lin: Actor;
    beforeAll(async () => {
      stage = await startStage({ env, sandbox: QUICK });
      lin = stage.person('admin');
    });
    beforeEach(async () => {
      stage.reset();
      stage.sandbox.settings.untickedScopes = [];
      for (const key of ['admin', 'owner'] as const) await stage.person(key).says('/skill logout');
      stage.sandbox.calls.clear();
    });
    afterAll(() => stage.close());

    it('agrees there: what was asked for continues by itself, and is written in their name', async () => {
      const card = await lin.says('/skill rename VIP Tier 2');
      expect(card).toMatchObject({ title: 'Please log in', template: 'orange' });
      const code = /the code ([A-Z]{4}-[A-Z]{4})/.exec(card.text)?.[1];
      expect(card.chinese).toContain(`验证码是 ${code}`);
      expect(loginLink(stage.sandbox, card)).toContain(`user_code=${code}`);
      expect(card.text).toContain('within 4 minutes');

      const page = await lin.logsIn(card);
      expect(page).toMatchObject({ status: 200, url: expect.stringContaining(stage.sandbox.url) });
      const preview = await card.next();
      await card.becomes('green');
      expect(card.title).toBe('Logged in');
      await lin.presses(preview, 'change.confirm');
      expect(preview.template).toBe('green');
      expect(skillOf(stage, VIP).name).toBe('Tier 2');
      expect(stage.patches().map(({ userOpenId }) => userOpenId)).toEqual([lin.openId]);
      expect(polls(stage).map(wordOf)).not.toContain('slow_down');

      expect((await lin.says('/skill whoami')).text).toContain('林晓');
      await lin.says('/skill logout');
      expect(await isKnown(stage, 'admin')).toBe(false);
      expect((await lin.says('/skill rename VIP x')).title).toBe('Please log in');
    });

    it.each(['/oauth/callback', '/oauth/callback?code=x&state=y', '/oauth/login/x'])(
      'finds nothing at %s, which belongs to the other way',
      async (path) => {
        expect((await fetch(stage.bot.url + path)).status).toBe(404);
      },
    );

    it('refuses: nothing is stored, the card says so, and what waits continues after another login', async () => {
      const card = await lin.says('/skill rename VIP Tier 2');
      await lin.logsIn(card, 'refuse');
      await card.becomes('grey');
      expect(card.title).toBe('Not authorised');
      expect(stage.sandbox.links(card.messageId)).toEqual([]);
      expect(await isKnown(stage, 'admin')).toBe(false);

      const again = await lin.says('/skill login');
      await lin.logsIn(again);
      expect((await card.next()).title).toBe(PREVIEW);
      await again.becomes('green');
    });

    it('is not the one who agrees: nothing of either is stored, and the card says so', async () => {
      const card = await lin.says('/skill rename VIP Tier 2', { chat: 'group' });
      await stage.person('owner').logsIn(card);
      await card.becomes('red');
      expect(card.title).toBe('Not the same person');
      expect([await isKnown(stage, 'admin'), await isKnown(stage, 'owner')]).toEqual([false, false]);
    });

    it('asks for two changes first: the newer link counts, and both continue', async () => {
      const first = await lin.says('/skill rename VIP Tier 2');
      const second = await lin.says('/skill add-agent VIP @王五');
      await first.becomes('grey');
      expect(first.title).toBe('This login link is over');
      await lin.logsIn(second);
      expect((await first.next()).title).toBe(PREVIEW);
      expect((await second.next()).title).toBe('Please confirm: Add agents');
    });

    it('has filled in a form first: what came of it takes the place of the link', async () => {
      const form = await lin.says('/skill rename');
      await lin.presses(form, { tag: 'button' }, { formValue: { skill: VIP, name: 'Tier 2' } });
      await until(() => form.title === 'Please log in');
      await lin.logsIn(form);
      await until(() => form.title === PREVIEW);
    });

    it('logs out first: the link is over, whoever still agrees', async () => {
      const card = await lin.says('/skill rename VIP Tier 2');
      const link = loginLink(stage.sandbox, card);
      await lin.says('/skill logout');
      await card.becomes('grey');
      await stage.sandbox.login('admin', link);
      const asked = polls(stage).length;
      const next = await lin.says('/skill login');
      await until(() => polls(stage).length > asked);
      expect(await isKnown(stage, 'admin')).toBe(false);
      await lin.logsIn(next);
      await next.becomes('green');
    });

    it('does not notice that Feishu did not answer for a while', async () => {
      const card = await lin.says('/skill rename VIP Tier 2');
      stage.sandbox.faults.add({ route: TOKENS, kind: { type: 'drop', when: 'before' } });
      stage.sandbox.faults.add({ route: TOKENS, kind: { type: 'status', status: 502, body: {} } });
      await lin.logsIn(card);
      expect((await card.next()).title).toBe(PREVIEW);
      expect(polls(stage).map(({ fault }) => fault)).toEqual(['drop', 'status', undefined]);
    });

    it('does not notice that a page stood where Feishu’s answer was expected', async () => {
      const card = await lin.says('/skill rename VIP Tier 2');
      stage.sandbox.faults.add({ route: TOKENS, kind: { type: 'page' } });
      stage.sandbox.faults.add({ route: TOKENS, kind: { type: 'page', status: 403 } });
      await lin.logsIn(card);
      expect((await card.next()).title).toBe(PREVIEW);
      expect(polls(stage).map(({ fault }) => fault)).toEqual(['page', 'page', undefined]);
    });

    it('leaves the permission to change the helpdesk unticked: the card names it, and what waits goes on waiting', async () => {
      await withdrawn(stage);
      const card = await lin.says('/skill rename VIP Tier 2');
      stage.sandbox.settings.untickedScopes = ['helpdesk:all'];
      await lin.logsIn(card);
      await card.becomes('red');
      expect(card.title).toBe('A permission is missing');
      expect(card.text).toContain('helpdesk:all');
      expect(card.chinese).toContain('你没有同意“修改服务台”（helpdesk:all）');
      expect(await isKnown(stage, 'admin')).toBe(false);

      stage.sandbox.settings.untickedScopes = [];
      await lin.logsIn(await lin.says('/skill login'));
      expect((await card.next()).title).toBe(PREVIEW);
    });

    it('is told how long a login lasts that cannot be renewed, also where its card shows something else by then', async () => {
      await withdrawn(stage);
      stage.sandbox.settings.untickedScopes = ['offline_access'];
      const card = await lin.says('/skill login');
      await lin.logsIn(card);
      await card.becomes('green');
      expect(card.text).toMatch(/Valid until.*offline_access/s);

      await withdrawn(stage);
      const form = await lin.says('/skill rename');
      await lin.presses(form, 'form.rename', { formValue: { skill: VIP, name: 'Tier 2' } });
      await until(() => form.title === 'Please log in');
      await lin.logsIn(form);
      await until(() => form.title === PREVIEW);
      const beside = await answerTo(stage.sandbox, { messageId: form.messageId });
      expect(beside.title).toBe('Logged in');
      expect(beside.text).toMatch(/Valid until.*offline_access/s);
      expect(form.title).toBe(PREVIEW);
    });

    it('is told when Feishu does not give a link', async () => {
      const { faults, settings } = stage.sandbox;
      faults.add({ route: START, kind: { type: 'drop', when: 'before' } });
      expect(await lin.says('/skill rename VIP x')).toMatchObject({ title: 'It did not work', template: 'red' });
      faults.add({ route: START, kind: { type: 'status', status: 401, body: { error: 'unauthorized_client' } } });
      expect((await lin.says('/skill login')).text).toContain('app credentials');
      settings.userScopes = ['helpdesk:all'];
      expect((await lin.says('/skill login')).text).toContain('lacks a permission');
      settings.userScopes = ['helpdesk:all', 'offline_access'];
      expect((await lin.says('/skill login')).title).toBe('Please log in');
    });

    it('sees one link, though the card had to be posted again', async () => {
      // Enough for the retries of a call too: the whole delivery is handled once more.
      stage.sandbox.faults.add({ route: REPLY, times: 4, kind: { type: 'drop', when: 'after' } });
      const sent = await lin.tells('/skill rename VIP Tier 2');
      const card = await answerTo(stage.sandbox, sent);
      await until(() => stage.sandbox.calls.of(REPLY).some(({ code }) => code === 0));
      expect(stage.sandbox.calls.of(START)).toHaveLength(1);
      await lin.logsIn(card);
      expect((await card.next()).title).toBe(PREVIEW);
      await card.becomes('green');
    });
  });

  // These have begun before the ones above: they are waited for here.
  sideBySide(
    {
      'is told of in its card when the bot died before it had stored it': killedWithTheTokens,
      'is asked about more slowly when Feishu wants that': slowedDown,
      'that nobody makes ends with its time, and its card says so': expired,
      'is asked for at Confirm when the grant is dead or lacks the scope': deadAtConfirm,
      ...Object.fromEntries(
        databaseKinds().map((database) => [`goes on when the bot was down (${database})`, restarted(database)]),
      ),
      ...(databaseKinds().includes('postgres') && { 'is asked about by one of two replicas': twoReplicas }),
    },
    180_000,
  );
});

import { describe, expect } from '@jest/globals';
import { type DatabaseKind, databaseKinds } from '../support/database.ts';
import { answersTo, answerTo } from '../support/shownCard.ts';
import { sideBySide } from '../support/sideBySide.ts';
import { loginLink, onStage, type Stage, type StageOptions, skillOf, until } from '../support/story.ts';

const VIP = '6941215891786825756';
const READ = { method: 'GET', route: '/open-apis/helpdesk/v1/agent_skills/:agent_skill_id' };
const REPLY = { method: 'POST', route: '/open-apis/im/v1/messages/:message_id/reply' };
const UPDATE = { method: 'PATCH', route: '/open-apis/im/v1/messages/:message_id' };
const TOKEN = { method: 'POST', route: '/open-apis/authen/v2/oauth/token' };
const USER_INFO = { method: 'GET', route: '/open-apis/authen/v1/user_info' };

/** Where the process dies: at a call of its store, or while a call to Feishu hangs. */
type Death =
  | { at: string }
  | { in: { method: string; route: string; skip?: number }; when: 'before' | 'after'; arrived?: number };

const LADDER = { retryDelaysMs: [500, 1_000, 2_000, 4_000, 8_000] };

/** Plays `act` until the process dies of it, and starts another one at its place. */
async function dying(stage: Stage, death: Death, act: () => Promise<unknown>): Promise<void> {
  const { sandbox } = stage;
  if ('at' in death) {
    await stage.bot.arm();
    await act();
    expect(await stage.bot.gone).toMatchObject({ signal: 'SIGKILL' });
  } else {
    const before = sandbox.calls.last();
    sandbox.faults.add({ ...death.in, kind: { type: 'hang', when: death.when } });
    await act();
    await until(() => sandbox.calls.since(before).some(({ fault }) => fault === 'hang'));
    await stage.bot.kill();
    sandbox.faults.clear();
  }
  await stage.restart();
}

const options = (death: Death, database: DatabaseKind, more: StageOptions): StageOptions => ({
  ...more,
  ...('at' in death && { diesAt: death.at }),
  database,
  sandbox: LADDER,
});

const dyingOfAQuestion = (death: Death, database: DatabaseKind) => () =>
  onStage(options(death, database, { loggedIn: ['admin'] }), async (stage) => {
    const lin = stage.person('admin');
    let sent = { messageId: '' };
    await dying(stage, death, async () => {
      sent = await lin.tells('/skill rename VIP Tier 2');
    });
    const preview = await answerTo(stage.sandbox, sent);
    await lin.presses(preview, 'change.confirm');
    expect(preview).toMatchObject({ template: 'green', title: 'Done: Rename' });
    expect(stage.patches()).toHaveLength(1);
    expect(answersTo(stage.sandbox, sent)).toHaveLength(1);
  });

const dyingOfAConfirm = (death: Death, database: DatabaseKind) => () =>
  onStage(options(death, database, { loggedIn: ['admin'] }), async (stage) => {
    const { sandbox } = stage;
    const preview = await stage.person('admin').says('/skill add-agent VIP @王五');
    const pressing: Promise<unknown>[] = [];
    await dying(stage, death, async () => {
      pressing.push(sandbox.click('admin', preview.messageId, { action: 'change.confirm' }));
    });
    await Promise.all(pressing);
    await preview.becomes('green');
    expect(preview.title).toBe('Done: Add agents');
    expect(stage.patches()).toHaveLength(1);
    expect(skillOf(stage, VIP).agentIds).toHaveLength(3);
  });

/** The link of the first card is spent when the process dies; whoever asks again gets on, with what waited. */
const dyingOfALogin = (death: Death, database: DatabaseKind) => () =>
  onStage(options(death, database, {}), async (stage) => {
    const { sandbox } = stage;
    const lin = stage.person('admin');
    const first = await lin.says('/skill rename VIP Tier 2');
    const opening: Promise<unknown>[] = [];
    await dying(stage, death, async () => {
      opening.push(lin.logsIn(first).catch(() => undefined));
    });
    await Promise.all(opening);
    expect((await fetch(loginLink(sandbox, first))).status).toBe(400);
    expect((await lin.says('/skill whoami')).title).toBe('Not logged in');

    const second = await lin.says('/skill login');
    expect((await lin.logsIn(second)).status).toBe(200);
    await goesOn(stage, first);
  });

/** The login is done when the process dies: nobody has to do anything again. */
const dyingAfterALogin = (death: Death, database: DatabaseKind) => () =>
  onStage(options(death, database, {}), async (stage) => {
    const lin = stage.person('admin');
    const card = await lin.says('/skill rename VIP Tier 2');
    const opening: Promise<unknown>[] = [];
    await dying(stage, death, async () => {
      opening.push(lin.logsIn(card).catch(() => undefined));
    });
    await Promise.all(opening);
    await card.becomes('green');
    await goesOn(stage, card);
    expect((await lin.says('/skill whoami')).title).toBe('Logged in');
  });

/** What waited for the login comes as one preview, and is done once. */
async function goesOn(stage: Stage, card: Awaited<ReturnType<typeof answerTo>>): Promise<void> {
  const preview = await card.next();
  await stage.person('admin').presses(preview, 'change.confirm');
  expect(preview).toMatchObject({ template: 'green', title: 'Done: Rename' });
  expect(stage.patches()).toHaveLength(1);
  expect(answersTo(stage.sandbox, { messageId: card.replyTo ?? '' })).toHaveLength(2);
}

const QUESTIONS: [string, Death][] = [
  ['after a message is stored, before it is acknowledged', { at: 'inbox.add after' }],
  ['after a change is stored, before its preview', { at: 'changes.insert after' }],
  ['after its preview is posted, before that is stored', { at: 'changes.setCard before' }],
];

const CONFIRMS: [string, Death][] = [
  ['after a Confirm is stored, before anything else', { at: 'inbox.add after' }],
  ['after a Confirm is claimed', { at: 'changes.claim after' }],
  ['right before a PATCH', { at: 'changes.markAttempted after' }],
  ['while the read-back is under way', { in: { ...READ, skip: 1 }, when: 'after' }],
  ['after the read-back, before the end is stored', { at: 'changes.endApplying before' }],
  ['after the end is stored, before the card', { at: 'changes.endApplying after' }],
];

const LOGINS: [string, Death][] = [
  ['after a login link is spent and its state stored, before the way to Feishu', { at: 'logins.open after' }],
  ['after the state is spent, before the code is exchanged', { at: 'logins.finish after' }],
  ['after the code is exchanged, before the answer', { in: TOKEN, when: 'after' }],
  ['after the code is exchanged, before anything of it is stored', { in: USER_INFO, when: 'before' }],
];

const AFTER_LOGINS: [string, Death][] = [
  ['after a login is stored and what waited is queued, before the answer', { at: 'together after' }],
  ['after a login, while its card is brought up to date', { in: UPDATE, when: 'before' }],
  ['after a login, while what waited is answered', { in: REPLY, when: 'after' }],
];

/** Each death on SQLite; those named here on PostgreSQL as well. */
const stories = (
  deaths: [string, Death][],
  story: (death: Death, database: DatabaseKind) => () => Promise<void>,
  alsoOn: string,
): [string, () => Promise<void>][] =>
  deaths.flatMap(([name, death]) =>
    databaseKinds()
      .filter((database) => database === 'sqlite' || ('at' in death && death.at === alsoOn))
      .map((database): [string, () => Promise<void>] => [`${name} (${database})`, story(death, database)]),
  );

describe('kill -9, then one effect, and a card that tells the truth:', () => {
  sideBySide(
    Object.fromEntries([
      ...stories(CONFIRMS, dyingOfAConfirm, 'changes.markAttempted after'),
      ...stories(QUESTIONS, dyingOfAQuestion, 'inbox.add after'),
      ...stories(AFTER_LOGINS, dyingAfterALogin, 'together after'),
      ...stories(LOGINS, dyingOfALogin, 'logins.finish after'),
    ]),
    180_000,
  );
});

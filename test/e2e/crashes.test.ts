import { describe, expect } from '@jest/globals';
import { OpenId } from '../../src/domain/ids.ts';
import { createLogger } from '../../src/lib/logger.ts';
import { openStore } from '../../src/store/open.ts';
import { NEVER_GIVES_UP, startBot } from '../support/bot.ts';
import { ManualClock } from '../support/clock.ts';
import { type DatabaseKind, databaseKinds } from '../support/database.ts';
import { answersTo, answerTo } from '../support/shownCard.ts';
import { sideBySide } from '../support/sideBySide.ts';
import { onStage, type Stage, type StageOptions, skillOf, until } from '../support/story.ts';
import { TRANSPORTS } from '../support/transport.ts';

const VIP = '6941215891786825756';
const READ = { method: 'GET', route: '/open-apis/helpdesk/v1/agent_skills/:agent_skill_id' };
const PATCH = { method: 'PATCH', route: '/open-apis/helpdesk/v1/agent_skills/:agent_skill_id' };
const TOKENS = { method: 'POST', route: '/open-apis/authen/v2/oauth/token' };
const REPLY = { method: 'POST', route: '/open-apis/im/v1/messages/:message_id/reply' };
/** So slow that a click cannot be answered with the result, and that it still is an answer. */
const SLOW_MS = 7_000;
const LOGGED_IN = { loggedIn: ['admin'] as const };

/** Where a story is played. */
type Place = Pick<StageOptions, 'database' | 'transport'>;

/** Kills the process the hard way, and starts another one at its place. */
async function killAndRestart(stage: Stage): Promise<void> {
  await stage.bot.kill();
  stage.sandbox.faults.clear();
  await stage.restart();
}

const killedBeforeReply = (place: Place, when: 'before' | 'after') => () =>
  onStage({ ...LOGGED_IN, ...place }, async (stage) => {
    const { sandbox } = stage;
    const lin = stage.person('admin');
    sandbox.faults.add({ ...REPLY, kind: { type: 'hang', when } });
    const sent = await lin.tells('/skill rename VIP Tier 2');
    const replies = () => sandbox.calls.all().filter(({ path }) => path.includes(sent.messageId));
    await until(() => replies().length === 1);
    await until(() => sandbox.deliveries.of(sent.eventId).some(({ status }) => status === 200));
    await killAndRestart(stage);

    await until(() => replies().some(({ code }) => code === 0));
    const preview = await answerTo(sandbox, sent);
    await lin.presses(preview, 'change.confirm');
    expect(preview.template).toBe('green');
    expect(answersTo(sandbox, sent)).toHaveLength(1);
  });

const killedInPatch = (place: Place, when: 'before' | 'after') => () =>
  onStage({ ...LOGGED_IN, ...place }, async (stage) => {
    const { sandbox } = stage;
    const preview = await stage.person('admin').says('/skill add-agent VIP @王五');
    sandbox.faults.add({ ...PATCH, kind: { type: 'hang', when } });
    const pressing = sandbox.click('admin', preview.messageId, { action: 'change.confirm' });
    await until(() => stage.patches().length === 1);
    await until(() => skillOf(stage, VIP).agentIds.length === (when === 'after' ? 3 : 2));
    await killAndRestart(stage);
    // On a slow machine it was answered that it is being worked on.
    await pressing;

    await preview.becomes('green', 60_000);
    expect(preview.title).toBe('Done: Add agents');
    expect(stage.patches()).toHaveLength(when === 'after' ? 1 : 2);
    expect(skillOf(stage, VIP).agentIds).toHaveLength(3);
  });

const killedInPatchThenEdited = () =>
  onStage(LOGGED_IN, async (stage) => {
    const { sandbox } = stage;
    const preview = await stage.person('admin').says('/skill rename VIP Tier 2');
    sandbox.faults.add({ ...PATCH, kind: { type: 'hang' } });
    const pressing = sandbox.click('admin', preview.messageId, { action: 'change.confirm' });
    await until(() => stage.patches().length === 1);
    await stage.bot.kill();
    sandbox.desk.edit(VIP, (skill) => void Object.assign(skill, { name: 'Tier 9' }));
    sandbox.faults.clear();
    await stage.restart();
    await pressing;

    await until(() => preview.title.startsWith('Not known: '), 60_000);
    expect(preview.text).toContain('Tier 2　→　Tier 9');
    expect(stage.patches()).toHaveLength(1);
    expect(skillOf(stage, VIP).name).toBe('Tier 9');
  });

const killedForTooLong = () => {
  const clock = new ManualClock(Date.now());
  return onStage({ ...LOGGED_IN, sandbox: { clock } }, async (stage) => {
    const { sandbox } = stage;
    const preview = await stage.person('admin').says('/skill rename VIP Tier 2');
    sandbox.faults.add({ ...PATCH, kind: { type: 'hang', when: 'after' } });
    const pressing = sandbox.click('admin', preview.messageId, { action: 'change.confirm' });
    await until(() => skillOf(stage, VIP).name === 'Tier 2');
    await stage.bot.kill();
    await pressing;
    clock.advance(15 * 24 * 3_600_000);
    await stage.restart();

    const outcome = await answerTo(sandbox, preview);
    expect(outcome).toMatchObject({ template: 'green', title: 'Done: Rename', actions: ['change.undo'] });
    expect(preview.template).toBe('orange');
    await expect(sandbox.click('admin', preview.messageId, { action: 'change.confirm' })).rejects.toThrow('14 days');
    expect(stage.patches()).toHaveLength(1);
    expect(answersTo(sandbox, preview)).toHaveLength(1);
  });
};

const killedAroundTheLogin = () =>
  onStage({}, async (stage) => {
    const lin = stage.person('admin');
    const login = await lin.says('/skill rename VIP Tier 2');
    await killAndRestart(stage);
    expect((await lin.logsIn(login)).status).toBe(200);
    const preview = await login.next();
    await killAndRestart(stage);
    await lin.presses(preview, 'change.confirm');
    expect(preview.template).toBe('green');
    expect(skillOf(stage, VIP).name).toBe('Tier 2');
  });

const slowPatch = (place: Place) => () =>
  onStage({ ...LOGGED_IN, ...place }, async (stage) => {
    const lin = stage.person('admin');
    const preview = await lin.says('/skill rename VIP Tier 2');
    stage.sandbox.faults.add({ ...PATCH, kind: { type: 'latency', ms: SLOW_MS } });
    const outcome = await lin.clicks(preview, 'change.confirm');
    expect(outcome).toMatchObject({ toast: { type: 'info' } });
    expect(preview).toMatchObject({ template: 'blue', title: 'Writing: Rename', actions: [] });

    const id = /Change ([0-9A-Z]{26})/.exec(preview.text)?.[1] ?? '';
    const again = { tag: 'button', value: { action: 'change.confirm', id } };
    expect(await stage.sandbox.clickRaw('admin', preview.messageId, again)).toMatchObject({ status: 'ok' });
    expect(preview.template).toBe('blue');

    await preview.becomes('green');
    expect(stage.patches()).toHaveLength(1);
    expect(stage.sandbox.calls.of('POST /open-apis/interactive/v1/card/update')).toHaveLength(1);
  });

const unansweredPatch = () =>
  onStage(LOGGED_IN, async (stage) => {
    const preview = await stage.person('admin').says('/skill rename VIP Tier 2');
    stage.sandbox.faults.add({ ...PATCH, kind: { type: 'hang', when: 'after' } });
    await stage.person('admin').clicks(preview, 'change.confirm');
    // It may still work for as long as a write is waited for.
    await preview.becomes('green', 90_000);
    expect(stage.patches()).toHaveLength(1);
  });

const unreadableForAWhile = () =>
  onStage(LOGGED_IN, async (stage) => {
    const preview = await stage.person('admin').says(`/skill rename ${VIP} Tier 2`);
    stage.sandbox.faults.add({ ...READ, skip: 1, times: 5, kind: { type: 'status', status: 503 } });
    await stage.person('admin').clicks(preview, 'change.confirm');
    await preview.becomes('green', 60_000);
    expect(stage.patches()).toHaveLength(1);
  });

const stoppedInTheMiddle = (place: Place) => () =>
  onStage({ ...LOGGED_IN, ...place, env: NEVER_GIVES_UP }, async (stage) => {
    const { sandbox } = stage;
    const lin = stage.person('admin');
    const preview = await lin.says(`/skill rename ${VIP} Tier 2`);
    sandbox.faults.add({ ...READ, times: 2, kind: { type: 'latency', ms: 700 } });
    const sent = await lin.tells(`/skill show ${VIP}`);
    const pressing = lin.clicks(preview, 'change.confirm');
    await until(() => sandbox.calls.all().filter(({ fault }) => fault === 'latency').length === 2);
    await stage.bot.stop();
    expect((await pressing).status).toBe('ok');
    expect(preview.template).toBe('green');
    expect(answersTo(sandbox, sent)).toHaveLength(1);
    await stage.restart();
  });

const stoppedWhileTheCardIsInProgress = () =>
  onStage(LOGGED_IN, async (stage) => {
    const preview = await stage.person('admin').says(`/skill rename ${VIP} Tier 2`);
    stage.sandbox.faults.add({ ...PATCH, kind: { type: 'latency', ms: SLOW_MS } });
    await stage.person('admin').clicks(preview, 'change.confirm');
    expect(preview.template).toBe('blue');
    await stage.bot.stop();
    expect(preview.template).toBe('green');
    expect(stage.patches()).toHaveLength(1);
    await stage.restart();
  });

const stoppedDuringASlowRefresh = () =>
  onStage(LOGGED_IN, async (stage) => {
    const { sandbox, databaseUrl } = stage;
    const lin = stage.person('admin');
    const store = await openStore(databaseUrl, createLogger('silent'));
    const grant = await store.grants.get(OpenId.parse(lin.openId));
    if (!grant) throw new Error('the login was not stored');
    const { openId, name, grantedAt, tokens, refreshExpiresAt } = grant;
    const accessExpiresAt = Date.now() + 60_000;
    await store.grants.save({ openId, name, grantedAt, tokens, refreshExpiresAt, accessExpiresAt });

    const asked = sandbox.calls.of(`POST ${TOKENS.route}`).length;
    sandbox.faults.add({ ...TOKENS, kind: { type: 'latency', ms: SLOW_MS } });
    await lin.tells(`/skill rename ${VIP} Tier 2`);
    await until(() => sandbox.calls.of(`POST ${TOKENS.route}`).length > asked);
    await stage.bot.stop();
    const refreshed = await store.grants.get(openId);
    expect(refreshed).toMatchObject({ refreshInDoubt: false });
    expect(refreshed?.tokens).not.toBe(tokens);
    await store.close();
    sandbox.faults.clear();
    await stage.restart();
    expect((await lin.says(`/skill rename ${VIP} Tier 3`)).template).toBe('orange');
  });

const twoReplicas = (database: DatabaseKind) => () =>
  onStage({ ...LOGGED_IN, database, transport: 'webhook' }, async (stage) => {
    const { sandbox, databaseUrl, bot } = stage;
    const lin = stage.person('admin');
    const other = await startBot({ sandbox, databaseUrl, transport: 'webhook' });
    const speakTo = ({ url }: { url: string }) =>
      Object.assign(sandbox.settings, { eventUrl: `${url}/feishu/events`, cardUrl: `${url}/feishu/cards` });
    try {
      const sent = await lin.tells('/skill rename VIP Tier 2');
      speakTo(bot);
      await sandbox.redeliver(sent.eventId, { newEventId: true });
      const preview = await answerTo(sandbox, sent);
      sandbox.faults.add({ ...PATCH, kind: { type: 'latency', ms: 500 } });
      const here = lin.presses(preview, 'change.confirm');
      speakTo(other);
      await Promise.all([here, lin.presses(preview, 'change.confirm')]);
      await preview.becomes('green');
      expect(stage.patches()).toHaveLength(1);
      expect(answersTo(sandbox, sent)).toHaveLength(1);

      sandbox.faults.add({ ...REPLY, kind: { type: 'hang' } });
      const unanswered = await lin.tells('/skill list');
      await until(() => sandbox.calls.all().some(({ path }) => path.includes(unanswered.messageId)));
      await other.kill();
      sandbox.faults.clear();
      speakTo(bot);
      expect((await answerTo(sandbox, unanswered)).template).toBe('blue');
      expect(answersTo(sandbox, unanswered)).toHaveLength(1);
    } finally {
      await other.kill();
    }
  });

/** One death on every database, and the other on SQLite, where it is quicker. */
const named = (stories: [string, () => Promise<void>][]) => Object.fromEntries(stories);

const inPatch = named([
  ...databaseKinds().map((database): [string, () => Promise<void>] => [
    `kill -9 on ${database} while the PATCH hangs, before its effect: the card becomes green, and the effect is there once`,
    killedInPatch({ database }, 'before'),
  ]),
  [
    'kill -9 while the PATCH hangs, after its effect: the card becomes green, and nothing is sent again',
    killedInPatch({}, 'after'),
  ],
  [
    'kill -9 while the PATCH hangs, and a card of 14 days by the restart: the outcome is a message of its own, once',
    killedForTooLong,
  ],
]);

const beforeReply = named([
  ...databaseKinds().map((database): [string, () => Promise<void>] => [
    `kill -9 on ${database} between the acknowledgement and the reply: answered within 10 s of the restart, once`,
    killedBeforeReply({ database }, 'before'),
  ]),
  [
    'kill -9 after Feishu has posted the reply and before the bot knows: it is not posted again',
    killedBeforeReply({}, 'after'),
  ],
]);

const replicas = named(
  databaseKinds().map((database) => [
    `two replicas on ${database}: what both receive is done once, and one answers what the other died of`,
    twoReplicas(database),
  ]),
);

const byEveryTransport = named(
  TRANSPORTS.flatMap((transport): [string, () => Promise<void>][] => [
    [
      `a PATCH of 4 s by ${transport}: toast and card in progress in time, then the final card; pressed again meanwhile, one PATCH`,
      slowPatch({ transport }),
    ],
    [
      `SIGTERM in the middle of work by ${transport}: what was begun is finished, and the process ends well and soon`,
      stoppedInTheMiddle({ transport }),
    ],
  ]),
);

/** The deaths that the long connection could make worse: it is lost, and what it brought may not be acknowledged. */
const byLongConnection = named(
  TRANSPORTS.filter((transport) => transport === 'websocket').flatMap((transport): [string, () => Promise<void>][] => [
    [
      'kill -9 while the PATCH hangs, by long connection: the card becomes green, and the effect is there once',
      killedInPatch({ transport }, 'before'),
    ],
    [
      'kill -9 between the acknowledgement and the reply, by long connection: answered once',
      killedBeforeReply({ transport }, 'before'),
    ],
  ]),
);

describe('an admin and a bot that dies, stops or waits', () => {
  sideBySide(
    {
      ...inPatch,
      ...byLongConnection,
      'kill -9 while the PATCH hangs, and somebody else edits the same field: nothing is overwritten, the card says so':
        killedInPatchThenEdited,
      'a skill that cannot be read back for a while: the card is settled by itself, one PATCH': unreadableForAWhile,
      'a PATCH that never answers though it was done: found by reading, one PATCH': unansweredPatch,
      ...beforeReply,
      ...replicas,
      'kill -9 between login card, login and Confirm: the link works, what waited continues': killedAroundTheLogin,
      ...byEveryTransport,
      'SIGTERM while a card says that it is being written: written, and the card says so, before the process ends':
        stoppedWhileTheCardIsInProgress,
      'SIGTERM while Feishu is slow to refresh a login: its answer is stored, the login goes on':
        stoppedDuringASlowRefresh,
    },
    180_000,
  );
});

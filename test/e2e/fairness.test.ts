import { expect } from '@jest/globals';
import type { SentMessage } from 'local-feishu';
import { CHAT_IDS } from 'local-feishu';
import { environmentFor, spawnBot } from '../support/bot.ts';
import { run } from '../support/command.ts';
import { answersTo, answerTo } from '../support/shownCard.ts';
import { sideBySide } from '../support/sideBySide.ts';
import { onStage, type Stage, until } from '../support/story.ts';

const LONG = 240_000;
const LIMITED = { type: 'status', status: 400, code: 230020, headers: { 'x-ogw-ratelimit-reset': '10' } } as const;
/** Only `/skill history` leads there. */
const DIES_AT = 'changes.history before';
/** So many the bot may have under way in one chat when it meets the limit. */
const UNDER_WAY = 8;

/** Whether this is the address of an answer to something that was said in the group. */
function isReplyInGroup({ sandbox }: Stage, path: string): boolean {
  const id = /\/messages\/([^/]+)\/reply$/.exec(path)?.[1];
  return sandbox.messages().some(({ messageId, chatId }) => messageId === id && chatId === CHAT_IDS.group);
}

/** A hundred messages in a group that takes no answers delay nobody else, and are all answered in the end. */
const floodOfAGroup = () =>
  onStage({}, async (stage) => {
    const { sandbox } = stage;
    const [flooding, other] = [stage.person('owner'), stage.person('admin')];
    const inGroup = Object.assign(/reply/, { test: (path: string) => isReplyInGroup(stage, path) });
    const fault = sandbox.faults.add({ route: inGroup, kind: LIMITED, times: Number.POSITIVE_INFINITY });
    const tried = () => sandbox.calls.all().filter(({ path }) => isReplyInGroup(stage, path));
    const flood: SentMessage[] = [];
    for (let n = 0; n < 100; n += 1) flood.push(await flooding.tells('/skill help', { chat: 'group' }));
    await until(() => tried().length > 0);
    const whoami = await other.says('/skill whoami');
    expect(whoami.title).not.toBe('');
    expect(tried().length).toBeLessThanOrEqual(2 * UNDER_WAY);
    fault.remove();
    await until(() => flood.every(({ messageId }) => isAnswered(stage, messageId)), 90_000);
    for (const sent of flood) expect(answersTo(sandbox, sent)).toHaveLength(1);
  });

const isAnswered = ({ sandbox }: Stage, id: string): boolean =>
  sandbox.messages().some(({ replyTo }) => replyTo === id);

/** Every bot dies as soon as it works on the history; nobody else's message is lost with it, and its person is told. */
const poisonedMessage = () =>
  onStage({ diesAt: DIES_AT, loggedIn: ['admin'] }, async (stage) => {
    const { sandbox, databaseUrl } = stage;
    const lin = stage.person('admin');
    const deadly = { ...environmentFor(sandbox, stage.bot.port), DATABASE_URL: databaseUrl, DIES_AT, ARMED: '1' };
    await stage.bot.arm();
    const poison = await lin.tells('/skill history');
    await stage.bot.gone;
    for (let deaths = 1; deaths < 5; deaths += 1)
      expect(await spawnBot(deadly).exited).toMatchObject({ signal: 'SIGKILL' });
    const innocent = await stage.person('owner').tells('/skill help');
    await stage.restart();
    const told = await answerTo(sandbox, poison, 30_000);
    expect(told.title).toBe('This request was not carried out');
    expect((await answerTo(sandbox, innocent, 30_000)).template).toBe('blue');
    expect(stage.bot.logs()).toContain('delivery set aside');
    const env = { ...environmentFor(sandbox, stage.bot.port), DATABASE_URL: databaseUrl };
    const doctor = await run('doctor', { env, args: ['--retry-set-aside', '--lang', 'en'] });
    expect(doctor.output).toContain('1 set aside will be tried again');
    await until(() => answersTo(sandbox, poison).length === 2, 30_000);
    expect(answersTo(sandbox, poison)[1]?.card).toBeDefined();
  });

sideBySide(
  {
    'a group that is rate limited delays nobody else': floodOfAGroup,
    'a message of which every bot dies is set aside, and its person told': poisonedMessage,
  },
  LONG,
);

import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect } from '@jest/globals';
import { assertKeepsSecrets, environmentFor, spawnBot } from '../support/bot.ts';
import { unusedPort } from '../support/fakeServer.ts';
import { startLocalFeishu } from '../support/localFeishu.ts';
import { answersTo, answerTo } from '../support/shownCard.ts';
import { sideBySide } from '../support/sideBySide.ts';
import { onStage, type Stage, until } from '../support/story.ts';

/** What a pong has been seen to carry, and worse. */
const ODD = { PingInterval: 0, ReconnectCount: 0, ReconnectInterval: -1, ReconnectNonce: 0 };

const DISCOVERY = '/callback/ws/endpoint';
const PATCH = { method: 'PATCH', route: '/open-apis/helpdesk/v1/agent_skills/:agent_skill_id' };

const play = (story: (stage: Stage) => Promise<void>) => () =>
  onStage({ transport: 'websocket', loggedIn: ['admin'], sandbox: { retryDelaysMs: Array(20).fill(400) } }, story);

async function readiness(url: string): Promise<{ status: number; text: string }> {
  const answer = await fetch(`${url}/readyz`);
  return { status: answer.status, text: await answer.text() };
}

async function becomesReady(url: string, status: number): Promise<string> {
  for (;;) {
    const answer = await readiness(url);
    if (answer.status === status) return answer.text;
    await delay(20);
  }
}

async function cutBeforeTheAcknowledgement({ sandbox, person }: Stage): Promise<void> {
  // So long that it comes in many pieces.
  const sent = await person('admin').tells(`/skill rename VIP ${'技'.repeat(20_000)}`);
  sandbox.longConnections.drop();
  const attempts = () => sandbox.deliveries.of(sent.eventId);
  await until(() => attempts().some(({ status }) => status === 200));
  expect(attempts()[0]).toMatchObject({ status: 0, error: 'the connection was closed' });
  expect((await answerTo(sandbox, sent)).text).toContain('The name has 20000 characters; at most 200');
  await person('admin').says('/skill whoami');
  expect(answersTo(sandbox, sent)).toHaveLength(1);
}

async function cutDuringAClick(stage: Stage): Promise<void> {
  const { sandbox } = stage;
  const lin = stage.person('admin');
  const preview = await lin.says('/skill rename VIP Tier 2');
  sandbox.faults.add({ ...PATCH, kind: { type: 'latency', ms: 800 } });
  const pressing = sandbox.click('admin', preview.messageId, { action: 'change.confirm' });
  await until(() => stage.patches().length === 1);
  sandbox.longConnections.drop();
  expect(await pressing).toMatchObject({ status: 'error', code: 200342 });
  await preview.becomes('green');
  expect(stage.patches()).toHaveLength(1);
}

async function awayForAWhile({ sandbox, bot, person }: Stage): Promise<void> {
  sandbox.faults.add({ route: DISCOVERY, times: 2, kind: { type: 'status', status: 503 } });
  sandbox.longConnections.drop();
  const said = await becomesReady(bot.url, 503);
  expect(said).toContain('"connection":');
  const sent = await person('admin').tells('/skill list');
  await until(() => bot.logs().includes('Feishu is busy (503): tried again by itself'));
  expect(await readiness(bot.url)).toMatchObject({
    status: 503,
    text: expect.stringContaining('Feishu is busy (503)'),
  });
  await becomesReady(bot.url, 200);
  await answerTo(sandbox, sent);
  expect(answersTo(sandbox, sent)).toHaveLength(1);
}

async function oddSettings({ sandbox, person }: Stage): Promise<void> {
  const lin = person('admin');
  const preview = await lin.says('/skill rename VIP Tier 2');
  sandbox.longConnections.drop();
  await until(() => sandbox.longConnections.count() === 0);
  await sandbox.useLongConnection();
  expect(await sandbox.click('admin', preview.messageId, { action: 'change.confirm' })).toMatchObject({ status: 'ok' });
  await preview.becomes('green');
  // The second time there is nothing to answer it with.
  const again = sandbox.clickRaw('admin', preview.messageId, { tag: 'button', value: 5 });
  expect(await again).toMatchObject({ status: 'ok' });
}

async function otherCloud(): Promise<void> {
  const sandbox = await startLocalFeishu();
  const json = { code: 1000040351, msg: 'Incorrect domain name' };
  sandbox.faults.add({ route: DISCOVERY, kind: { type: 'status', status: 200, body: json } });
  const port = await unusedPort();
  const bot = spawnBot({ ...environmentFor(sandbox, port, 'websocket'), DATABASE_URL: 'file::memory:' });
  try {
    const remedy = `the app belongs to another cloud than ${sandbox.url} (1000040351): set FEISHU_BASE_URL=`;
    await until(() => bot.output().includes(remedy));
    expect(await readiness(`http://127.0.0.1:${port}`)).toMatchObject({
      status: 503,
      text: expect.stringContaining(remedy),
    });
  } finally {
    bot.signal('SIGTERM');
    await bot.exited;
    await sandbox.close();
  }
}

async function wrongSecret(): Promise<void> {
  const sandbox = await startLocalFeishu();
  const port = await unusedPort();
  const url = `http://127.0.0.1:${port}`;
  const env = { ...environmentFor(sandbox, port, 'websocket'), FEISHU_APP_SECRET: 'not-the-secret' };
  const bot = spawnBot({ ...env, DATABASE_URL: 'file::memory:' });
  try {
    const remedy = 'Feishu refuses the app (514): correct FEISHU_APP_ID and FEISHU_APP_SECRET';
    await until(() => bot.output().includes(remedy));
    const answer = await fetch(`${url}/readyz`);
    expect([answer.status, await answer.json()]).toEqual([
      503,
      { status: 'not ready', problems: { connection: remedy } },
    ]);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect((await fetch(`${url}/feishu/events`, { method: 'POST', body: '{}' })).status).toBe(404);
    expect((await fetch(`${url}/oauth/login/unknown`)).status).toBe(400);
    bot.signal('SIGTERM');
    expect(await bot.exited).toMatchObject({ code: 0 });
    expect(bot.output()).not.toContain('not-the-secret');
    assertKeepsSecrets(bot.output(), sandbox);
  } finally {
    bot.signal('SIGKILL');
    await sandbox.close();
  }
}

describe('a bot with a long connection', () => {
  sideBySide(
    {
      'is cut off before it could acknowledge a long message: the message comes again, and is answered once':
        play(cutBeforeTheAcknowledgement),
      'is cut off while a click is under way: the click fails, and the card shows what was done all the same':
        play(cutDuringAClick),
      'finds Feishu away: /readyz says so, and it connects by itself; what was said meanwhile is answered':
        play(awayForAWhile),
      'is given odd settings: it works on them as on any others': () =>
        onStage({ transport: 'websocket', loggedIn: ['admin'], sandbox: { clientConfig: ODD } }, oddSettings),
      'has an app of the other cloud: the log and /readyz say so, and where it belongs': otherCloud,
      'has a wrong secret: it goes on trying, and the log and /readyz say what to correct': wrongSecret,
    },
    180_000,
  );
});

import { expect, it } from '@jest/globals';
import { onPostgres } from '../support/database.ts';
import type { LocalFeishu } from '../support/localFeishu.ts';
import { type Replicas, withReplicas } from '../support/replicas.ts';
import { answersTo, answerTo, type ShownCard } from '../support/shownCard.ts';
import { sideBySide } from '../support/sideBySide.ts';
import { until } from '../support/story.ts';
import { TRANSPORTS, type Transport } from '../support/transport.ts';

const VIP = '6941215891786825756';
const PATCH = 'PATCH /open-apis/helpdesk/v1/agent_skills/:agent_skill_id';
const TOKEN = 'POST /open-apis/authen/v2/oauth/token';
const CONFIRM = { action: 'change.confirm' };

const patches = (sandbox: LocalFeishu) => sandbox.calls.of(PATCH);
const vip = (sandbox: LocalFeishu) => sandbox.skill(VIP);

async function preview(sandbox: LocalFeishu, as: 'owner' | 'admin', text: string) {
  return answerTo(sandbox, await sandbox.say(as, 'p2p', text));
}

async function everybodyGetsEverything({ sandbox, balancer }: Replicas): Promise<void> {
  balancer.mode = 'everybody';
  const before = patches(sandbox).length;
  const sent = await Promise.all(
    Array.from({ length: 20 }, (_, at) => sandbox.say('admin', 'p2p', `/skill rename VIP Tier ${at}`)),
  );
  const cards = await Promise.all(sent.map((message) => answerTo(sandbox, message)));
  await Promise.all(sent.map(({ eventId }) => sandbox.redeliver(eventId, { newEventId: true })));
  const [card] = cards;
  if (!card) throw new Error('nothing was answered');
  expect(await sandbox.click('admin', card.messageId, CONFIRM)).toMatchObject({ status: 'ok' });
  await card.becomes('green');
  expect(sent.map((message) => answersTo(sandbox, message).length)).toEqual(sent.map(() => 1));
  expect(patches(sandbox)).toHaveLength(before + 1);
  expect(vip(sandbox)?.name).toBe('Tier 0');
  balancer.mode = 'turns';
}

async function confirmOnAllAtOnce({ sandbox }: Replicas): Promise<void> {
  const card = await preview(sandbox, 'admin', '/skill add-agent VIP @王五');
  const clicks = Array.from({ length: 9 }, () => sandbox.click('admin', card.messageId, CONFIRM));
  const outcomes = await Promise.all(clicks);
  expect(outcomes.map(({ status }) => status)).toEqual(outcomes.map(() => 'ok'));
  await card.becomes('green');
  expect(patches(sandbox)).toHaveLength(1);
}

/** What stands in front gives a click to two replicas, and the empty answer to the copy is the one that arrives. */
async function onlyTheCopyIsRead({ sandbox, balancer }: Replicas): Promise<void> {
  const before = patches(sandbox).length;
  const [confirmed, cancelled] = await Promise.all([
    preview(sandbox, 'admin', '/skill rename VIP Tier 3'),
    preview(sandbox, 'admin', '/skill rename VIP Tier 4'),
  ]);
  balancer.mode = 'impatient';
  await sandbox.click('admin', confirmed.messageId, CONFIRM);
  await sandbox.click('admin', cancelled.messageId, { action: 'change.cancel' });
  balancer.mode = 'turns';
  expect([confirmed, cancelled].map(({ actions }) => actions.includes('change.confirm'))).toEqual([true, true]);
  await confirmed.becomes('green');
  await cancelled.becomes('grey');
  expect(patches(sandbox)).toHaveLength(before + 1);
  expect(vip(sandbox)?.name).toBe('Tier 3');
}

const isSettled = ({ title }: ShownCard): boolean => !/^(Please confirm|Writing)/.test(title);

async function twoAdminsAtOnce({ sandbox }: Replicas): Promise<void> {
  const one = await preview(sandbox, 'admin', '/skill add-agent VIP @王五');
  const other = await preview(sandbox, 'owner', '/skill add-agent VIP @陈默');
  const before = vip(sandbox)?.agentIds.length ?? 0;
  await Promise.all([sandbox.click('admin', one.messageId, CONFIRM), sandbox.click('owner', other.messageId, CONFIRM)]);
  await until(() => [one, other].every(isSettled));
  expect([one.template, other.template].sort()).toEqual(['green', 'orange']);
  const [late, who] = one.template === 'orange' ? ([one, 'admin'] as const) : ([other, 'owner'] as const);
  expect(late.title).toMatch(/^Changed meanwhile/);
  await sandbox.click(who, late.messageId, CONFIRM);
  await late.becomes('green');
  expect(vip(sandbox)?.agentIds).toHaveLength(before + 2);
}

async function oneRefreshForAll({ sandbox }: Replicas): Promise<void> {
  const cards = await Promise.all(
    sandbox
      .skills()
      .slice(1, 7)
      .map(({ id }) => preview(sandbox, 'admin', `/skill rename ${id} New name ${id}`)),
  );
  const before = sandbox.calls.of(TOKEN).length;
  sandbox.expireAccessToken('admin');
  sandbox.faults.add({ route: '/open-apis/authen/v2/oauth/token', kind: { type: 'latency', ms: 300 } });
  await Promise.all(cards.map((card) => sandbox.click('admin', card.messageId, CONFIRM)));
  await Promise.all(cards.map((card) => card.becomes('green')));
  expect(sandbox.calls.of(TOKEN).length - before).toBe(1);
}

const killedWhileApplying =
  (when: 'before' | 'after') =>
  async (replicas: Replicas): Promise<void> => {
    const { sandbox, balancer, bots } = replicas;
    const [victim] = bots;
    if (!victim) throw new Error('there is no bot');
    const card = await preview(sandbox, 'admin', '/skill rename VIP Tier 2');
    const others = balancer.targets.filter((url) => url !== victim.url);
    balancer.targets = [victim.url];
    sandbox.faults.add({ method: 'PATCH', route: /agent_skills/, kind: { type: 'hang', when } });
    const pressing = sandbox.click('admin', card.messageId, CONFIRM);
    await until(() => patches(sandbox).length === 1);
    balancer.targets = [...others, victim.url];
    replicas.takeOut(victim);
    await victim.kill();
    sandbox.faults.clear();
    await pressing;
    await card.becomes('green', 60_000);
    expect(vip(sandbox)?.name).toBe('Tier 2');
    expect(patches(sandbox)).toHaveLength(when === 'after' ? 1 : 2);
  };

async function killedBeforeTheReply(replicas: Replicas): Promise<void> {
  const { sandbox, balancer, bots } = replicas;
  const [victim] = bots;
  if (!victim) throw new Error('there is no bot');
  const others = balancer.targets.filter((url) => url !== victim.url);
  balancer.targets = [victim.url];
  sandbox.faults.add({ method: 'POST', route: /messages\/:message_id\/reply/, kind: { type: 'hang', when: 'before' } });
  const sent = await sandbox.say('admin', 'p2p', '/skill show VIP');
  await until(() => sandbox.calls.all().some(({ path }) => path.includes(sent.messageId)));
  balancer.targets = [...others, victim.url];
  replicas.takeOut(victim);
  await victim.kill();
  sandbox.faults.clear();
  await answerTo(sandbox, sent);
  expect(answersTo(sandbox, sent)).toHaveLength(1);
}

/** Whoever is five minutes ahead must not take the other one, who is at work, for dead. */
async function clocksApart(replicas: Replicas): Promise<void> {
  const { sandbox } = replicas;
  const card = await preview(sandbox, 'admin', '/skill rename VIP Tier 2');
  await replicas.add(5 * 60_000);
  replicas.balancer.targets.pop();
  const reply = /messages\/\w+\/reply/;
  sandbox.faults.add({ method: 'PATCH', route: /agent_skills/, kind: { type: 'latency', ms: 5_000 } });
  sandbox.faults.add({ method: 'POST', route: reply, kind: { type: 'latency', ms: 5_000 } });
  const [sent] = await Promise.all([
    sandbox.say('admin', 'p2p', '/skill show VIP'),
    sandbox.click('admin', card.messageId, CONFIRM),
  ]);
  await card.becomes('green');
  await answerTo(sandbox, sent);
  expect(patches(sandbox)).toHaveLength(1);
  expect(sandbox.calls.all().filter(({ path }) => path.includes(sent.messageId) && reply.test(path))).toHaveLength(1);
}

/**
 * While one replica writes, the clock of the other one is put forward, or its own back: either way its lease would look as
 * if it had run out. The write takes longer than it takes to compare the clocks once more.
 */
const clockSet =
  (stepMs: number, route: 'PATCH' | 'POST', text: string, changed: (sandbox: LocalFeishu) => unknown) =>
  async (replicas: Replicas): Promise<void> => {
    const { sandbox, balancer } = replicas;
    const card = await preview(sandbox, 'admin', text);
    const other = await replicas.add(0);
    balancer.targets = balancer.targets.filter((url) => (url === other.url) === stepMs < 0);
    const before = sandbox.calls.last();
    sandbox.faults.add({ method: route, route: /agent_skills/, kind: { type: 'latency', ms: 8_000 } });
    const pressing = sandbox.click('admin', card.messageId, CONFIRM);
    const writes = () => sandbox.calls.since(before).filter((call) => isWrite(call, route));
    await until(() => writes().length === 1);
    await other.stepClock(stepMs);
    await pressing;
    await card.becomes('green');
    expect(writes()).toHaveLength(1);
    expect(changed(sandbox)).toBe(1);
  };

const isWrite = ({ method, route }: { method: string; route: string }, wanted: string): boolean =>
  method === wanted && route.includes('/agent_skills');
const named = (name: string) => (sandbox: LocalFeishu) =>
  sandbox.skills().filter((skill) => skill.name === name).length;

async function rollingRestart(replicas: Replicas): Promise<void> {
  const { sandbox } = replicas;
  const sent: { messageId: string }[] = [];
  let going = true;
  const talking = (async () => {
    while (going || sent.length < 12) {
      sent.push(await sandbox.say('admin', 'p2p', `/skill show VIP ${sent.length % 2 === 0 ? '' : ' '}`));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  })();
  for (const old of [...replicas.bots]) {
    await replicas.add();
    replicas.takeOut(old);
    await old.stop();
  }
  going = false;
  await talking;
  await Promise.all(sent.map((message) => answerTo(sandbox, message)));
  expect(sent.map((message) => answersTo(sandbox, message).length)).toEqual(sent.map(() => 1));
}

/** On the same replicas: their start costs more than the stories. */
const oneAfterAnother =
  (...stories: ((replicas: Replicas) => Promise<void>)[]) =>
  async (replicas: Replicas): Promise<void> => {
    for (const story of stories) await story(replicas);
  };

onPostgres('replicas on one PostgreSQL', () => {
  const stories: Record<string, [number, (replicas: Replicas) => Promise<void>, Transport?]> = {
    'of three, Confirm pressed nine times at once is one write, what each of them gets is handled once, and an expired token is refreshed once':
      [3, oneAfterAnother(confirmOnAllAtOnce, everybodyGetsEverything, oneRefreshForAll), 'webhook'],
    'a click that two of them get is shown on its card, also when only the answer to the copy arrives': [
      2,
      onlyTheCopyIsRead,
      'webhook',
    ],
    'two admins who confirm at the same moment do not overwrite each other': [2, twoAdminsAtOnce],
  };
  for (const transport of TRANSPORTS) {
    stories[`a rolling restart by ${transport} loses no message and answers none twice`] = [
      2,
      rollingRestart,
      transport,
    ];
  }
  for (const [name, [count, story, transport]] of Object.entries(stories)) {
    it(name, () => withReplicas(count, story, transport), 180_000);
  }
});

onPostgres('replicas on PostgreSQL, one of which is killed:', () => {
  sideBySide(
    {
      'before its write arrived, it is taken over, and the skill is written once': () =>
        withReplicas(2, killedWhileApplying('before'), 'webhook'),
      'after its write arrived, it is taken over, and nothing is written again': () =>
        withReplicas(2, killedWhileApplying('after'), 'webhook'),
      'none, though the clock of one of them is five minutes ahead: nothing under way is taken over': () =>
        withReplicas(1, clocksApart, 'webhook'),
      ...Object.fromEntries(
        [20_000, -20_000, 600_000, -600_000].map((stepMs) => [
          `none, though a clock is set by ${stepMs / 1_000} s during a write: it is written once`,
          () => withReplicas(1, clockSet(stepMs, 'PATCH', '/skill rename VIP Tier 2', named('Tier 2')), 'webhook'),
        ]),
      ),
      'none, though a clock is set while a skill is created: there is one': () =>
        withReplicas(1, clockSet(20_000, 'POST', '/skill create Refunds', named('Refunds')), 'webhook'),
      'before it replied, it is taken over': () => withReplicas(2, killedBeforeTheReply, 'webhook'),
    },
    180_000,
  );
});

import { expect } from '@jest/globals';
import { onPostgres } from '../support/database.ts';
import type { LocalFeishu } from '../support/localFeishu.ts';
import { type Replicas, withReplicas } from '../support/replicas.ts';
import { answersTo, answerTo, type ShownCard } from '../support/shownCard.ts';
import { sideBySide } from '../support/sideBySide.ts';
import { onStage, type Stage, skillOf, until } from '../support/story.ts';

const VIP = '6941215891786825756';
const CONFIRM = { action: 'change.confirm' };
const REFUSED = { type: 'status', status: 403, code: 154003, msg: 'no access' } as const;

const named = (sandbox: LocalFeishu, name: string) => sandbox.skills().filter((skill) => skill.name === name);
const undoes = (card: ShownCard): boolean => card.actions.includes('change.undo');

const slowly = (story: (stage: Stage) => Promise<void>) => () => onStage({ loggedIn: ['admin', 'owner'] }, story);

sideBySide(
  {
    'a create that Feishu takes 12 s for is made once': slowly(async ({ sandbox, person }) => {
      const preview = await person('admin').says('/skill create Night shift');
      sandbox.faults.add({ method: 'POST', route: /agent_skills/, kind: { type: 'latency', ms: 12_000 } });
      await person('admin').clicks(preview, 'change.confirm');
      await preview.becomes('green', 60_000);
      expect(named(sandbox, 'Night shift')).toHaveLength(1);
    }),

    'a create whose answer was lost is not sent again; the card says so, and after two minutes offers it': slowly(
      async ({ sandbox, person }) => {
        const admin = person('admin');
        const preview = await admin.says('/skill create Night shift');
        sandbox.faults.add({ method: 'POST', route: /agent_skills/, kind: { type: 'drop', when: 'before' } });
        await admin.clicks(preview, 'change.confirm');
        await until(() => preview.title.startsWith('Not known yet'));
        expect(preview).toMatchObject({ template: 'orange', actions: [] });
        await until(() => preview.actions.includes('change.retry'), 170_000);
        expect(named(sandbox, 'Night shift')).toEqual([]);

        await admin.clicks(preview, 'change.retry');
        const [fresh] = answersTo(sandbox, preview);
        expect(fresh?.text).toContain('may still take effect');
        expect(preview.actions).toEqual([]);
        if (!fresh) throw new Error('there is no fresh preview');
        await admin.clicks(fresh, 'change.confirm');
        await fresh.becomes('green');
        expect(named(sandbox, 'Night shift')).toHaveLength(1);
      },
    ),

    'a delete that is answered with an error and takes effect a moment later is told as done, and can be undone':
      slowly(async ({ sandbox, person }) => {
        const preview = await person('admin').says(`/skill delete ${VIP}`);
        sandbox.faults.add({
          method: 'DELETE',
          route: /agent_skills/,
          kind: { type: 'late', afterMs: 250, answer: { type: 'status', status: 500 } },
        });
        await person('admin').clicks(preview, 'change.confirm');
        await preview.becomes('green');
        expect(sandbox.skill(VIP)).toBeUndefined();
        expect(undoes(preview)).toBe(true);
      }),

    'a change that takes effect late is told as done, although it was refused when it was sent again': slowly(
      async ({ sandbox, person }) => {
        const preview = await person('admin').says('/skill rename VIP Tier 2');
        const route = { method: 'PATCH', route: /agent_skills/ };
        const answer = { type: 'status', status: 500 } as const;
        sandbox.faults.add({ ...route, kind: { type: 'late', afterMs: 3_000, answer } });
        sandbox.faults.add({ ...route, kind: REFUSED });
        await person('admin').clicks(preview, 'change.confirm');
        await until(() => preview.title.startsWith('Not known yet'));
        await preview.becomes('green', 60_000);
        expect(sandbox.skill(VIP)?.name).toBe('Tier 2');
        expect(undoes(preview)).toBe(true);
      },
    ),

    'a late effect does not come over what somebody else has confirmed since': slowly(async (stage) => {
      const { sandbox, person } = stage;
      const mine = await person('admin').says('/skill rename VIP Tier 2');
      const answer = { type: 'status', status: 500 } as const;
      sandbox.faults.add({
        method: 'PATCH',
        route: /agent_skills/,
        kind: { type: 'late', afterMs: 10_000, answer },
      });
      await person('admin').clicks(mine, 'change.confirm');
      await mine.becomes('green');
      const theirs = await person('owner').says(`/skill rename ${VIP} Tier 3`);
      await person('owner').clicks(theirs, 'change.confirm');
      await theirs.becomes('green', 90_000);
      expect(skillOf(stage, VIP).name).toBe('Tier 3');
    }),

    'of two creates of one name that are confirmed together, the second one is asked again': slowly(
      async ({ sandbox, person }) => {
        const people = [person('admin'), person('owner')] as const;
        const cards = await Promise.all(people.map((one) => one.says('/skill create Night shift')));
        await Promise.all(people.map((one, at) => one.clicks(cards[at] as ShownCard, 'change.confirm')));
        await until(() =>
          cards.every((card) => card.template === 'green' || card.title.startsWith('Changed meanwhile')),
        );
        expect(cards.map(({ template }) => template).sort()).toEqual(['green', 'orange']);
        const made = named(sandbox, 'Night shift');
        expect(made).toHaveLength(1);
        const asked = cards.find(({ template }) => template === 'orange');
        expect(asked?.text).toContain(made[0]?.id);
        expect(asked?.actions).toEqual(['change.confirm', 'change.cancel']);
      },
    ),

    'nothing is written for somebody who logs out between Confirm and the write': slowly(
      async ({ sandbox, person }) => {
        const preview = await person('admin').says('/skill rename VIP Tier 2');
        sandbox.faults.add({ method: 'GET', route: /agent_skills/, kind: { type: 'latency', ms: 3_000 } });
        const pressing = person('admin').clicks(preview, 'change.confirm');
        await person('admin').says('/skill logout');
        await pressing;
        await until(() => !/^(Please confirm|Writing)/.test(preview.title));
        expect(preview.template).not.toBe('green');
        expect(sandbox.skill(VIP)?.name).toBe('VIP');
      },
    ),
  },
  240_000,
);

/** A replica waits out a rate limit, stands still meanwhile, and comes back when others have gone on. */
async function superseded({ sandbox, balancer, bots }: Replicas): Promise<void> {
  const [one] = bots;
  if (!one) throw new Error('there is no bot');
  const mine = await answerTo(sandbox, await sandbox.say('admin', 'p2p', '/skill rename VIP Tier 2'));
  const others = balancer.targets.filter((url) => url !== one.url);
  balancer.targets = [one.url];
  sandbox.faults.add({
    method: 'PATCH',
    route: /agent_skills/,
    kind: { type: 'status', status: 429, code: 99991400, headers: { 'x-ogw-ratelimit-reset': '19' } },
  });
  const pressing = sandbox.click('admin', mine.messageId, CONFIRM);
  const sent = () => sandbox.calls.all().filter(({ method }) => method === 'PATCH').length;
  await until(() => sent() > 0);
  balancer.targets = others;
  process.kill(one.pid, 'SIGSTOP');
  try {
    await mine.becomes('green', 90_000);
    const theirs = await answerTo(sandbox, await sandbox.say('owner', 'p2p', `/skill rename ${VIP} Tier 3`));
    await sandbox.click('owner', theirs.messageId, CONFIRM);
    await theirs.becomes('green', 90_000);
  } finally {
    process.kill(one.pid, 'SIGCONT');
  }
  await pressing;
  // What it would do is done right after it has come back to itself.
  await until(() => one.logs().includes('"msg":"delivery handled"'));
  expect(sandbox.skill(VIP)?.name).toBe('Tier 3');
}

onPostgres('a process whose change was taken over', () => {
  sideBySide({ 'sends nothing more, whatever it was waiting for': () => withReplicas(2, superseded) }, 300_000);
});

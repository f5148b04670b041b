import type { CallEntry } from 'local-feishu';
import type { LocalFeishu } from '../support/localFeishu.ts';
import { arm, rateLimited, writeFault } from './calls.ts';
import type { Dice } from './dice.ts';
import type { Hands } from './person.ts';
import type { Harm, Harming } from './processes.ts';
import type { RunRecord } from './record.ts';
import type { Replica } from './replica.ts';
import { rest } from './rest.ts';

export interface AmbushParts {
  sandbox: LocalFeishu;
  replicas: readonly Replica[];
  everybody: readonly Hands[];
  harming: Harming;
  record: RunRecord;
  uniqueName(what: string): string;
  /** Aborted when the quiet begins. */
  over: AbortSignal;
}

const SKILLS = '/open-apis/helpdesk/v1/agent_skills';
/** How long somebody else tries to change the same skill. */
const RIVAL_TRIES = 8;

/**
 * What chance brings about too seldom: the process that has just sent a write which is held up comes into trouble, and
 * somebody else changes the same skill.
 */
export async function ambush(parts: AmbushParts, dice: Dice): Promise<void> {
  while (!parts.over.aborted) {
    await rest(dice.between(3_000, 15_000), parts.over);
    if (!parts.over.aborted) await once(parts, dice);
  }
}

async function once(parts: AmbushParts, dice: Dice): Promise<void> {
  const { sandbox, everybody, record, over } = parts;
  const victim = dice.oneOf(everybody);
  const rival = dice.oneOf(everybody.filter((other) => other !== victim));
  const { id } = dice.oneOf(sandbox.skills().filter(({ isDefault }) => !isDefault));
  const isCreate = dice.chance(0.3);
  const name = parts.uniqueName('Ambush');
  const preview = await victim.ask('p2p', isCreate ? `/skill create ${name}` : `/skill rename ${id} ${name}`);
  if (preview === undefined || over.aborted) return;
  const rule = isCreate ? { method: 'POST', route: SKILLS } : { method: 'PATCH', route: `${SKILLS}/${id}` };
  arm(sandbox, record, { ...rule, kind: dice.chance(0.5) ? rateLimited(dice) : writeFault(dice) });
  const before = sandbox.calls.last();
  const confirmed = victim.press(preview, 'change.confirm');
  const sender = await senderOf(parts, () =>
    sandbox.calls.since(before).find(({ method, path }) => method === rule.method && path === rule.route),
  );
  record.count('ambushes');
  await Promise.all([
    confirmed,
    sender && harmFor(parts, sender, dice),
    isCreate ? undefined : rivalry(parts, rival, id),
  ]);
}

/** The replica that makes such a call within a few seconds. */
async function senderOf(
  { replicas, over }: AmbushParts,
  find: () => CallEntry | undefined,
): Promise<Replica | undefined> {
  for (let tries = 0; tries < 200 && !over.aborted; tries += 1) {
    const process = find()?.requestId?.split('/')[1];
    if (process !== undefined) return replicas.find(({ name }) => process.startsWith(`${name}-`));
    await rest(25, over);
  }
  return undefined;
}

/** To the one that writes, or, with the clock, to one that may take its work over. */
async function harmFor({ replicas, harming }: AmbushParts, sender: Replica, dice: Dice): Promise<void> {
  const what = dice.weighted<Harm>([
    [4, 'stopped'],
    [2, 'killed'],
    [1, 'ended'],
    [3, 'other clock'],
    [4, 'database cut'],
    [2, 'database frozen'],
  ]);
  const others = replicas.filter((replica) => replica !== sender);
  const harmed = what === 'other clock' && others.length > 0 ? dice.oneOf(others) : sender;
  await harming.harm(harmed, what, dice);
}

/** Renames the skill as soon as that is possible. */
async function rivalry({ uniqueName, over }: AmbushParts, rival: Hands, id: string): Promise<void> {
  for (let tries = 0; tries < RIVAL_TRIES && !over.aborted; tries += 1) {
    await rest(2_000, over);
    const preview = await rival.ask('p2p', `/skill rename ${id} ${uniqueName('Rival')}`);
    if (preview === undefined) continue;
    await rival.press(preview, 'change.confirm');
    await rival.watch(preview, 4_000);
    if (rival.look(preview)?.template === 'green') return;
  }
}

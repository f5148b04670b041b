import { setTimeout as delay } from 'node:timers/promises';
import type { Person } from 'local-feishu';
import { type Balancer, startBalancer } from '../support/balancer.ts';
import { cardFact, linkIn } from './cards.ts';
import { type AdminKey, type CrowdedFeishu, startCrowdedFeishu } from './crowd.ts';
import { createLock, startProxy } from './databaseLink.ts';
import {
  contentOf,
  createDatabase,
  type DatabaseKind,
  type DatabaseReader,
  openReader,
  type RunDatabase,
} from './databases.ts';
import type { Content, EffectFact, History } from './history.ts';
import { isToBeRepeated, unansweredOf } from './pushes.ts';
import type { RunRecord } from './record.ts';
import { createReplica, type Replica } from './replica.ts';

const LOGIN_TRIES = 20;
const SKILLS = 24;

export interface StageOptions {
  database: DatabaseKind;
  replicas: number;
  /** How many people change things. */
  admins: number;
  /** Where logs go. */
  folder: string;
}

/** The local Feishu, a database, and the bots between them. */
export interface Stage {
  sandbox: CrowdedFeishu;
  replicas: Replica[];
  admins: Person<AdminKey>[];
  reader: DatabaseReader;
  close(): Promise<void>;
}

/** Starts everything. What was started is ended again when that fails. */
export async function startStage({ database: kind, replicas: count, admins, folder }: StageOptions): Promise<Stage> {
  const endings: (() => unknown)[] = [];
  const close = async (): Promise<void> => {
    for (const end of endings.splice(0).reverse()) await end();
  };
  try {
    const database = await createDatabase(kind);
    endings.push(database.drop);
    const { feishu: sandbox, admins: people } = await startCrowdedFeishu(admins);
    endings.push(sandbox.close);
    sandbox.settings.rateLimits = false;
    addSkills(sandbox);
    const replicas: Replica[] = [];
    endings.push(() => Promise.all(replicas.map((replica) => replica.kill())));
    for (let number = 1; number <= count; number += 1) {
      replicas.push(await replicaOn(database, { sandbox, folder, name: `replica${number}` }, endings));
    }
    // The first one makes the tables.
    await replicas[0]?.start();
    await Promise.all(replicas.slice(1).map((replica) => replica.start()));
    const balancer = await startBalancer(replicas.map(({ url }) => url));
    endings.push(balancer.close);
    await connect(sandbox, balancer);
    for (const person of people) await login(sandbox, person);
    const reader = openReader(database);
    endings.push(reader.close);
    return { sandbox, replicas, admins: people, reader, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function addSkills({ desk }: CrowdedFeishu): void {
  for (let number = 1; number <= SKILLS; number += 1) {
    const agentIds = desk.agents.slice(number, number + 2).map(({ openId }) => openId);
    desk.add({
      id: String(7_000_000_000_000_000_000n + BigInt(number)),
      name: `Start ${number}`,
      isDefault: false,
      rules: [],
      agentIds,
    });
  }
}

async function replicaOn(
  { kind, url }: RunDatabase,
  options: { sandbox: CrowdedFeishu; folder: string; name: string },
  endings: (() => unknown)[],
): Promise<Replica> {
  const database = kind === 'sqlite' ? createLock(url) : await startProxy(url);
  endings.push(database.close);
  return createReplica({ ...options, database });
}

const connect = (sandbox: CrowdedFeishu, { url }: Balancer): Promise<void> =>
  sandbox.connect({ eventUrl: `${url}/feishu/events`, cardUrl: `${url}/feishu/cards`, tries: LOGIN_TRIES });

async function login(sandbox: CrowdedFeishu, { key }: Person<AdminKey>): Promise<void> {
  const sent = await sandbox.say(key, 'p2p', '/skill login');
  const card = await sandbox.waitForMessage(({ replyTo }) => replyTo === sent.messageId, 20_000);
  const page = await sandbox.login(key, linkIn(card.card) ?? '');
  if (page.status !== 200) throw new Error(`the login of ${key} was answered ${page.status}`);
}

/** How long everything may take to settle. */
const QUIET_MS = 240_000;
/** Late effects, and pauses that were asked for, are over by then. */
const LEAST_QUIET_MS = 35_000;
/** What is not known by then is not going to be. */
const UNKNOWN_MS = 150_000;

/** Waits until nothing is under way any more, or for as long as is reasonable; gives how long that took, in seconds. */
export async function settle({ sandbox, reader }: Stage, isOver: () => boolean): Promise<number> {
  const begun = Date.now();
  const passed = () => Date.now() - begun;
  while (passed() < QUIET_MS && !isOver()) {
    await delay(2_000);
    if (passed() < LEAST_QUIET_MS) continue;
    const { changes, openDeliveries, dueCards } = await reader.read();
    const open = changes.filter(({ status }) => status === 'applying');
    const shown = changes.flatMap(({ messageId }) => messageId ?? []);
    const isWorking = shown.some((messageId) => templateOf(sandbox, messageId) === 'blue');
    const isDone =
      openDeliveries.length === 0 && dueCards === 0 && !isWorking && !isToBeRepeated(sandbox.deliveries.all());
    if (isDone && open.length === 0) break;
    if (isDone && open.every(({ isUnknown }) => isUnknown) && passed() > UNKNOWN_MS) break;
  }
  return Math.round(passed() / 1_000);
}

function templateOf(sandbox: CrowdedFeishu, messageId: string): string | undefined {
  const message = sandbox.message(messageId);
  return message && cardFact(message).template;
}

/** What happened, put together for the judge. */
export async function historyOf({ sandbox, reader }: Stage, record: RunRecord): Promise<History> {
  const { changes, openDeliveries } = await reader.read();
  const messages = sandbox.messages().filter(({ senderKind }) => senderKind === 'bot');
  const answered = new Set(messages.map(({ replyTo }) => replyTo));
  return {
    openDeliveries,
    unanswered: unansweredOf(
      record.asked.filter((messageId) => !answered.has(messageId)),
      sandbox.deliveries.all(),
      record,
    ),
    changes: changes.map((change) => ({
      ...change,
      isConfirmed: record.confirmed.get(change.id)?.has(change.actorId) ?? false,
      acceptedAt: record.accepted.get(change.id)?.get(change.actorId),
    })),
    effects: sandbox.effects.all().map(effectFact),
    cards: messages.filter(({ card }) => card !== undefined).map(cardFact),
  };
}

type SandboxEffect = ReturnType<CrowdedFeishu['effects']['all']>[number];

function effectFact({ requestId = '', userOpenId, before, after, ...effect }: SandboxEffect): EffectFact {
  const [change = '', process = ''] = requestId.split('/');
  const { seq, at, method, skillId } = effect;
  return {
    seq,
    at,
    method,
    skillId,
    process,
    change: change === '' ? undefined : change,
    actorId: userOpenId,
    before: before && skillContent(before),
    after: after && skillContent(after),
  };
}

const skillContent = ({ name, agentIds, rules }: NonNullable<SandboxEffect['before']>): Content =>
  contentOf(name, agentIds, rules);

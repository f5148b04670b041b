import { setTimeout as delay } from 'node:timers/promises';
import type {
  CallEntry,
  ClickInput,
  ClickOutcome,
  ClickTarget,
  Decision,
  Page,
  PersonKey,
  SayOptions,
  SentMessage,
} from 'local-feishu';
import type { Skill } from 'local-feishu/helpdesk';
import { SKILLS } from 'local-feishu/helpdesk';
import { type Bot, type Environment, startBot } from './bot.ts';
import { checkEverything } from './checkCard.ts';
import { type DatabaseKind, temporaryDatabase } from './database.ts';
import type { LocalFeishu, LocalFeishuOptions } from './localFeishu.ts';
import { startLocalFeishu } from './localFeishu.ts';
import { answerTo, type ShownCard, WAIT_MS } from './shownCard.ts';
import type { Transport } from './transport.ts';

const PATCH_SKILL = 'PATCH /open-apis/helpdesk/v1/agent_skills/:agent_skill_id';
/** What the bot asks for once, right after its start. */
const ASKED_AT_START = ['/open-apis/bot/v3/info', '/open-apis/helpdesk/v1/agent_schedules'];

export interface StageOptions {
  sandbox?: LocalFeishuOptions;
  env?: Environment;
  database?: DatabaseKind;
  transport?: Transport;
  /** Where the first bot dies once it is armed; the ones after it do not. */
  diesAt?: string;
  /** Who has authorised the bot before the story begins. */
  loggedIn?: readonly PersonKey[];
}

/** A local Feishu, the bot as a process, and the people who use it. */
export interface Stage {
  readonly sandbox: LocalFeishu;
  readonly bot: Bot;
  readonly databaseUrl: string;
  /** Starts another process at the same address and on the same database; the first one has to be gone. */
  restart(): Promise<void>;
  person(key: PersonKey): Actor;
  /** The calls of the bot since the last call of this, as `GET /helpdesk/v1/agent_skills/:agent_skill_id`. */
  callsSince(): string[];
  /** All PATCHes of skills so far. */
  patches(): CallEntry[];
  /** The desk as it was in the beginning, and no faults. */
  reset(): void;
  /** Ends everything and checks every card that the bot ever sent. */
  close(): Promise<void>;
}

/** How and where something is said. */
export interface Saying extends SayOptions {
  /** Default: the direct chat. */
  chat?: 'p2p' | 'group';
}

/** Somebody who types and presses. */
export interface Actor {
  openId: string;
  /** Says something and waits for the card that answers it. */
  says(text: string, saying?: Saying): Promise<ShownCard>;
  /** Says something and does not wait. */
  tells(text: string, saying?: Saying): Promise<SentMessage>;
  /** Presses the button with this action, or another control. Throws when the client shows an error instead. */
  clicks(card: ShownCard, target: string | ClickTarget, input?: ClickInput): Promise<ClickOutcome>;
  /** The same; where the work takes so long that the card says that it is in progress, this waits until it is not. */
  presses: Actor['clicks'];
  /** Opens the link of a login card and decides there. */
  logsIn(card: ShownCard, decision?: Decision, acceptLanguage?: string): Promise<Page>;
}

/** Plays a story and checks at its end, whatever came of it, that the bot behaved well. */
export async function onStage(options: StageOptions, story: (stage: Stage) => Promise<void>): Promise<void> {
  const stage = await startStage(options);
  try {
    await story(stage);
  } catch (error) {
    await stage.close().catch(() => undefined);
    throw error;
  }
  await stage.close();
}

/** That Feishu waits 3 s at most is a matter of its own tests: here a machine that is busy may be slow. */
export const patient = (options: LocalFeishuOptions = {}): LocalFeishuOptions => ({
  ...options,
  limits: { answerMs: WAIT_MS, ...options.limits },
});

export async function startStage(options: StageOptions = {}): Promise<Stage> {
  const database = await temporaryDatabase(options.database ?? 'sqlite');
  const sandbox = await startLocalFeishu(patient(options.sandbox));
  const clear = async () => {
    await sandbox.close();
    await database.drop();
  };
  // The limits per second are a story of their own.
  sandbox.settings.rateLimits = false;
  const { env = {}, transport } = options;
  const start = (port?: number, diesAt?: string) =>
    startBot({ sandbox, databaseUrl: database.url, port, transport, diesAt, env });
  const bot = await start(undefined, options.diesAt).catch(async (error: unknown) => {
    await clear();
    throw error;
  });
  const stage = stageWith({ sandbox, databaseUrl: database.url, bot, start, clear });
  try {
    // So that these calls do not get in between those of a story.
    await until(() => ASKED_AT_START.every((route) => sandbox.calls.of(route).some(isAnswered)));
    for (const key of options.loggedIn ?? []) await authorise(stage.person(key));
    return stage;
  } catch (error) {
    await stage.close().catch(() => undefined);
    throw error;
  }
}

const isAnswered = ({ tookMs }: CallEntry): boolean => tookMs !== undefined;

interface StageParts {
  sandbox: LocalFeishu;
  databaseUrl: string;
  bot: Bot;
  start: (port?: number) => Promise<Bot>;
  /** Removes what is left when the bot is gone. */
  clear: () => Promise<void>;
}

function stageWith({ sandbox, databaseUrl, bot: first, start, clear }: StageParts): Stage {
  const outcomes: ClickOutcome[] = [];
  let bot = first;
  let seen = 0;
  return {
    sandbox,
    databaseUrl,
    get bot() {
      return bot;
    },
    restart: async () => {
      bot = await start(bot.port);
    },
    person: (key) => actor(sandbox, key, outcomes),
    callsSince() {
      const calls = sandbox.calls.since(seen);
      seen = sandbox.calls.last();
      return calls.map(({ method, route }) => `${method} ${route.replace('/open-apis', '')}`);
    },
    patches: () => sandbox.calls.of(PATCH_SKILL),
    reset() {
      sandbox.faults.clear();
      for (const { id } of sandbox.skills()) sandbox.desk.remove(id);
      for (const skill of SKILLS) sandbox.desk.add(skill);
    },
    async close() {
      try {
        await bot.stop();
        checkEverything(sandbox, outcomes);
      } finally {
        await clear();
      }
    },
  };
}

async function authorise(person: Actor): Promise<void> {
  const card = await person.says('/skill login');
  const page = await person.logsIn(card);
  if (page.status !== 200) throw new Error(`the login answered ${page.status}`);
  await card.becomes('green');
}

/** Waits until something is so. */
export async function until(isSo: () => boolean, timeoutMs = WAIT_MS): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!isSo()) {
    if (Date.now() > deadline) throw new Error(`this did not become true within ${timeoutMs} ms: ${isSo}`);
    await delay(10);
  }
}

/** A skill of the sandbox that has to be there. */
export function skillOf({ sandbox }: Stage, id: string): Skill {
  const skill = sandbox.skill(id);
  if (!skill) throw new Error(`the desk has no skill ${id}`);
  return skill;
}

/** The only PATCH since a number of them; throws when there is not exactly one. */
export function onlyPatch(stage: Stage, before = 0): CallEntry {
  const [patch, ...more] = stage.patches().slice(before);
  if (!patch || more.length > 0) throw new Error(`${stage.patches().length - before} PATCHes were sent instead of one`);
  return patch;
}

/** The titles of cards that follow by themselves. */
const IN_PROGRESS = /^(Writing: |Working on it)/;

function actor(sandbox: LocalFeishu, key: PersonKey, outcomes: ClickOutcome[]): Actor {
  const clicks: Actor['clicks'] = async (card, target, input) => {
    const control = typeof target === 'string' ? { action: target } : target;
    const outcome = await sandbox.click(key, card.messageId, control, input);
    if (outcome.status === 'error') throw new Error(`the client shows ${outcome.code}: ${outcome.message}`);
    outcomes.push(outcome);
    return outcome;
  };
  const tells: Actor['tells'] = (text, { chat = 'p2p', ...options } = {}) => sandbox.say(key, chat, text, options);
  return {
    openId: sandbox.people[key].openId,
    tells,
    says: async (text, saying) => answerTo(sandbox, await tells(text, saying)),
    clicks,
    async presses(card, target, input) {
      const outcome = await clicks(card, target, input);
      await until(() => !IN_PROGRESS.test(card.title));
      return outcome;
    },
    logsIn: (card, decision, acceptLanguage) => sandbox.login(key, loginLink(sandbox, card), decision, acceptLanguage),
  };
}

export function loginLink(sandbox: LocalFeishu, card: ShownCard): string {
  const [link] = sandbox.links(card.messageId);
  if (!link) throw new Error(`the card "${card.title}" has no link`);
  return link;
}

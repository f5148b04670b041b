import type { CallEntry } from '../state/callLog.ts';
import type { DeliveryEntry } from '../state/deliveryLog.ts';
import type { RuleOption, Skill } from '../state/desk.ts';
import type { Chat, CommandHint, Member, PageOptions, Person, PersonKey, Sandbox, StoredMessage } from '../types.ts';

/** A message as the page shows it: how many cards it has shown instead of all of them. */
export type ShownMessage = Omit<StoredMessage, 'history'> & { versions: number };

/** What rarely changes. */
export interface Setting {
  url: string;
  people: Record<PersonKey, Person>;
  bot: { openId: string; name: string };
  chats: { group: Chat; p2p: Record<PersonKey, Chat> };
  hints: readonly CommandHint[];
  desk: { name: string; skills: Skill[]; rules: RuleOption[]; agents: Member[] };
  /** How many faults are armed. */
  faults: number;
  /** Absent when the host cannot kill the bot. */
  botIsRunning?: boolean;
}

/** Everything the page shows. */
export interface Snapshot {
  setting: Setting;
  messages: ShownMessage[];
  calls: CallEntry[];
  deliveries: DeliveryEntry[];
}

/** The parts of a snapshot that differ from what was sent before. */
export type Change = Partial<Snapshot>;

export function snapshotOf(sandbox: Sandbox, page: PageOptions): Snapshot {
  return {
    setting: settingOf(sandbox, page),
    messages: sandbox.messages().map(({ history, ...message }) => ({ ...message, versions: history.length })),
    calls: sandbox.calls.all(),
    deliveries: sandbox.deliveries.all(),
  };
}

function settingOf({ url, people, bot, chats, desk, faults }: Sandbox, page: PageOptions): Setting {
  return {
    url,
    people,
    bot: { openId: bot.openId, name: bot.name },
    chats: { group: chats.group, p2p: chats.p2p },
    hints: page.hints ?? [],
    desk: { name: desk.name, skills: desk.skills(), rules: desk.rules, agents: desk.agents },
    faults: faults.list().length,
    ...(page.bot ? { botIsRunning: page.bot.isRunning() } : {}),
  };
}

import type { LocalFeishu } from '../handle.ts';
import type { CommandHint, PageOptions } from '../pageOptions.ts';
import type { CallEntry } from '../state/callLog.ts';
import type { DeliveryEntry } from '../state/deliveryLog.ts';
import type { Member } from '../state/directory.ts';
import type { StoredMessage } from '../state/messages.ts';

/** A message as the page shows it: how many cards it has shown instead of all of them. */
export type ShownMessage = Omit<StoredMessage, 'history'> & { versions: number };

/** What rarely changes. A plug-in that shows something adds it. */
export interface Setting {
  url: string;
  people: LocalFeishu['people'];
  /** Everybody with an account. */
  members: readonly Member[];
  bot: { openId: string; name: string };
  chats: LocalFeishu['chats'];
  hints: readonly CommandHint[];
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

/** What a snapshot is made of. */
export interface Shown {
  feishu: LocalFeishu;
  page: PageOptions;
  members: readonly Member[];
  /** By plug-ins. */
  added: Partial<Setting>;
}

export function snapshotOf(shown: Shown): Snapshot {
  const { feishu } = shown;
  return {
    setting: settingOf(shown),
    messages: feishu.messages().map(({ history, ...message }) => ({ ...message, versions: history.length })),
    calls: feishu.calls.all(),
    deliveries: feishu.deliveries.all(),
  };
}

function settingOf({ feishu, page, members, added }: Shown): Setting {
  const { url, people, bot, chats, faults } = feishu;
  return {
    url,
    people,
    members,
    bot: { openId: bot.openId, name: bot.name },
    chats: { groups: chats.groups, group: chats.group, p2p: chats.p2p },
    hints: page.hints ?? [],
    faults: faults.list().length,
    ...(page.bot ? { botIsRunning: page.bot.isRunning() } : {}),
    ...added,
  };
}

import type { Grants } from '../auth/grants.ts';
import { showDueCards } from '../changes/cards.ts';
import type { Changes } from '../changes/changes.ts';
import type { Roster } from '../commands/resolve/roster.ts';
import type { Config } from '../config/config.ts';
import type { OpenId } from '../domain/ids.ts';
import type { Messages } from '../feishu/messages.ts';
import type { People } from '../feishu/people.ts';
import { DAY_MS, HOUR_MS } from '../lib/durations.ts';
import type { Logger } from '../lib/logger.ts';
import { type Loop, startLoop } from '../lib/loop.ts';
import type { Trace } from '../lib/trace.ts';
import { ADJUST_MS, type SharedClock } from '../store/sharedClock.ts';
import type { Store } from '../store/store.ts';

export interface BackgroundJobsParts {
  store: Store;
  changes: Pick<Changes, 'renewLeases' | 'settleSilent' | 'expire'>;
  grants: Pick<Grants, 'keepAlive'>;
  roster: Pick<Roster, 'warm'>;
  messages: Messages;
  people: Pick<People, 'self'>;
  clock: SharedClock;
  logger: Logger;
  trace: Trace;
  /** This process, among all replicas. */
  worker: string;
  self: { learn(ask: () => Promise<OpenId>): Promise<void> };
  retention: Config['retention'];
  /** What else is done every second. */
  more: readonly (() => Promise<void>)[];
}

/** Starts what is done again and again, whether anybody asks for something or not: each by itself, whatever hangs. */
export function startBackgroundJobs(parts: BackgroundJobsParts): Pick<Loop, 'stop'> {
  const { store, changes, grants, roster, messages, people, clock, logger, trace, worker, self } = parts;
  const every = (pauseMs: number, name: string, round: () => Promise<void>) =>
    startLoop({ clock, logger }, { name, pauseMs, round });
  const loops = [
    every(4_000, 'leases', () => changes.renewLeases()),
    every(2_000, 'expiry', () => changes.expire()),
    every(2_000, 'silent changes', () => changes.settleSilent()),
    every(2_000, 'cards', () => showDueCards({ store, messages, clock, logger, trace, worker })),
    every(ADJUST_MS, 'clock', () => clock.adjust()),
    every(HOUR_MS, 'logins', () => grants.keepAlive()),
    ...Object.entries(pruning(store, parts.retention)).map(([table, prune]) =>
      every(HOUR_MS, `retention of ${table}`, async () => void (await prune(clock.now()))),
    ),
    every(60_000, 'roster', () => roster.warm()),
    every(60_000, 'bot identity', () => self.learn(() => people.self())),
    ...parts.more.map((round) => every(1_000, 'device logins', round)),
  ];
  return {
    stop: async () => {
      await Promise.all(loops.map((loop) => loop.stop()));
    },
  };
}

/** Forgets what is of no more use. A delivery that is forgotten would count as new if it came once more. */
const pruning = (
  store: Store,
  { inboxMs, historyMs }: Config['retention'],
): Readonly<Record<string, (now: number) => Promise<unknown>>> => ({
  inbox: (now) => store.inbox.prune(now - inboxMs),
  changes: (now) => store.changes.prune(now - historyMs),
  logins: (now) => store.logins.prune(now - DAY_MS),
  'device logins': (now) => store.deviceLogins.prune(now - DAY_MS),
  waiting: (now) => store.waiting.prune(now - DAY_MS),
  views: (now) => store.views.prune(now),
});

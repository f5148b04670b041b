import type { Delivery } from '../domain/delivery.ts';
import type { Clock } from '../lib/clock.ts';
import { createLimiter, type Limiter } from '../lib/limiter.ts';
import { createTally } from '../lib/tally.ts';
import type { Parties } from '../store/inboxArrivals.ts';
import type { Choice } from '../store/inboxClaims.ts';

/** How many deliveries one process works on at once; clicks, for whose answer somebody waits, come on top. */
const MAX_AT_ONCE = 64;
/** How many of them may be of one chat or one person: the others have the rest, however slow these are. */
const AT_ONCE: Readonly<Record<GroupKind, number>> = { chat: 8, actor: 16, suspect: 1 };
/** How many a process keeps for itself in all. What comes beyond waits in the database, for whoever has capacity. */
const MAX_HELD = 512;
const HELD: Readonly<Record<GroupKind, number>> = { chat: 128, actor: 128, suspect: 1 };
/** How many it takes out of the database while it has others; beyond that a few of those who have nothing here. */
const MAX_CLAIMED = 2 * MAX_AT_ONCE;
const NEWCOMERS = 16;

/**
 * From so many lost workers on a delivery is worked on by itself, one at a time: if it is what they died of, the others
 * that were under way each time are not taken for it.
 */
const SUSPECT_FROM = 2;

/** How long a chat that rested is remembered in which nothing happens any more. */
const REMEMBERED_MS = 10 * 60_000;

type GroupKind = 'chat' | 'actor' | 'suspect';

const SUSPECT = 'suspect:';
const kindOf = (group: string): GroupKind =>
  group === SUSPECT ? 'suspect' : group.startsWith('chat:') ? 'chat' : 'actor';
const chatGroup = (chatId: string): string => `chat:${chatId}`;

/** What takes a turn: whose it is, and how many workers were lost with it. */
export interface Turn extends Parties {
  lost?: number | undefined;
}

function groupsOf({ chatId, actorId, lost = 0 }: Turn): string[] {
  const groups = chatId ? [chatGroup(chatId)] : [];
  if (actorId) groups.push(`actor:${actorId}`);
  if (lost >= SUSPECT_FROM) groups.push(SUSPECT);
  return groups;
}

/** Who takes turns with a delivery. What is about no chat and nobody waits for no others. */
export function partiesOf(delivery: Delivery): Parties {
  switch (delivery.kind) {
    case 'message':
      return { chatId: delivery.chatId, actorId: delivery.actorId };
    case 'card-action':
      return { chatId: delivery.chatId, actorId: delivery.actorId };
    case 'greeting':
      return { chatId: 'chatId' in delivery.to ? delivery.to.chatId : undefined, actorId: delivery.actorId };
    case 'login-ended':
      return { actorId: delivery.actorId };
    case 'set-aside':
      return { chatId: delivery.chatId };
    case 'refusal':
      return 'chatId' in delivery.to ? { chatId: delivery.to.chatId } : {};
    case 'replan':
    case 'revoked':
      return {};
  }
}

/** Sees to it that no chat and no person has more than their share of this process. */
export interface Turns {
  /** Reserves capacity for a delivery; false when its chat, its person or the process has no more. */
  reserve(turn: Turn): boolean;
  /** Gives it back. True when there is capacity again for others that had to stay in the database. */
  release(turn: Turn): boolean;
  /** How many more may be taken out of the database. */
  free(): number;
  /** What need not be looked for there: it has no capacity at the moment, or its chat rests. */
  excluded(): NonNullable<Choice['except']>;
  /** To be called with each look into the database. False: rows may be left there for which there was no capacity. */
  noteLook(isAllTaken: boolean): void;
  /** Works on something for which capacity is reserved, as {@link Limiter.run}. */
  run(turn: Turn, work: () => Promise<void>): Promise<boolean>;
  /** Takes back what has not begun. */
  withdrawAll(): void;
  /** Works on nothing of this chat until then, and continues with one at a time; false when it rests that long anyway. */
  rest(chatId: string, until: number): boolean;
  /** Until when a chat rests; undefined when it does not. */
  restsUntil(chatId: string | null | undefined): number | undefined;
  /** Something of this chat went well: it is worked on as usual again. */
  wentWell(turn: Turn): void;
}

export function createTurns(clock: Pick<Clock, 'now'>): Turns {
  const held = createTally();
  /** Groups of which there may be rows in the database that had no capacity here. */
  const backlogged = new Set<string>();
  let isBacklogged = false;
  const rests = new Map<string, number>();
  const limiter: Limiter = createLimiter({
    total: MAX_AT_ONCE,
    limitOf: (group) => (rests.has(group) ? 1 : AT_ONCE[kindOf(group)]),
  });

  const isCrowded = (): boolean => held.total() >= MAX_CLAIMED;
  const isFull = (group: string): boolean => held.count(group) >= HELD[kindOf(group)];
  const isHalfEmpty = (group: string): boolean => held.count(group) <= HELD[kindOf(group)] / 2;
  /** Those who have nothing here yet find capacity also where others have used it up. */
  const mostInAll = (groups: readonly string[]): number =>
    groups.some((group) => held.count(group) > 0) ? MAX_HELD : 2 * MAX_HELD;
  const restingUntil = (group: string): number | undefined => {
    const until = rests.get(group);
    return until !== undefined && until > clock.now() ? until : undefined;
  };

  return {
    reserve(turn) {
      const groups = groupsOf(turn);
      const full = groups.filter(isFull);
      for (const group of full) backlogged.add(group);
      if (held.total() >= mostInAll(groups)) isBacklogged = true;
      else if (full.length === 0) {
        held.add(groups);
        return true;
      }
      return false;
    },
    release(turn) {
      const groups = groupsOf(turn);
      held.remove(groups);
      if (isBacklogged && held.total() <= MAX_AT_ONCE / 2) return true;
      return groups.some((group) => backlogged.has(group) && isHalfEmpty(group));
    },
    free() {
      if (!isCrowded()) return MAX_CLAIMED - held.total();
      return held.total() < 2 * MAX_HELD ? NEWCOMERS : 0;
    },
    excluded() {
      const groups = [...held.groups()].filter((group) => isFull(group) || isCrowded());
      for (const group of rests.keys()) if (restingUntil(group) !== undefined) groups.push(group);
      const idsOf = (kind: GroupKind): string[] => [
        ...new Set(groups.filter((group) => kindOf(group) === kind).map((group) => group.slice(kind.length + 1))),
      ];
      return {
        chats: idsOf('chat'),
        actors: idsOf('actor'),
        ...(groups.includes(SUSPECT) && { lostFrom: SUSPECT_FROM }),
      };
    },
    noteLook(isAllTaken) {
      backlogged.clear();
      for (const group of held.groups()) if (isFull(group)) backlogged.add(group);
      isBacklogged = !isAllTaken || isCrowded();
      for (const [group, until] of rests) if (until + REMEMBERED_MS < clock.now()) rests.delete(group);
    },
    run: (turn, work) => limiter.run(groupsOf(turn), work),
    withdrawAll: () => limiter.withdraw(),
    rest(chatId, until) {
      const group = chatGroup(chatId);
      if ((restingUntil(group) ?? 0) >= until) return false;
      rests.set(group, until);
      limiter.withdraw(group);
      return true;
    },
    restsUntil: (chatId) => (chatId ? restingUntil(chatGroup(chatId)) : undefined),
    wentWell({ chatId }) {
      if (chatId && restingUntil(chatGroup(chatId)) === undefined) rests.delete(chatGroup(chatId));
    },
  };
}

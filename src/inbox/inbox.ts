import { setImmediate as nextTurn } from 'node:timers/promises';
import type { IncomingDelivery } from '../domain/delivery.ts';
import { inBatches } from '../lib/batches.ts';
import { errorMessage } from '../lib/errorMessage.ts';
import { type Loop, startLoop } from '../lib/loop.ts';
import type { Trace } from '../lib/trace.ts';
import { createArrivals, MAX_BATCH } from './arrivals.ts';
import { type AttemptParts, attempt, type DeliveryParts, type Effects } from './attempt.ts';
import { type ClaimingParts, claimDue } from './claiming.ts';
import { createEndings } from './endings.ts';
import { createHeld } from './held.ts';
import { holdLive, type LiveDelivery } from './liveDelivery.ts';
import { createTurns, partiesOf, type Turns } from './turns.ts';

/** How long a silent worker keeps its rows; a restart has to take them up within 10 s. */
const LEASE_MS = 7_000;
const HEARTBEAT_MS = 2_000;
const POLL_MS = 1_000;

export interface InboxParts extends DeliveryParts, Effects {
  trace: Trace;
}

/**
 * Takes deliveries in, each once, and sees to it that each has its effect: here, after a restart, or elsewhere. What
 * waits, for its turn or for a rate limit, waits in the database; here is only what is worked on, and a little more.
 */
export interface Inbox {
  /** Stores a delivery; resolves when it is safe. Its effect follows by itself. */
  accept(incoming: IncomingDelivery): Promise<void>;
  /** Stores a delivery whose effect the caller brings about; undefined when it is known already. */
  acceptLive(incoming: IncomingDelivery): Promise<LiveDelivery | undefined>;
  /** Looks for work at once. */
  wake(): void;
  start(): void;
  /**
   * Takes up nothing more and gives back what has not begun. Finishes what is under way; what takes longer than
   * `withinMs` is given back as well, and the process has to end. None of this counts against a delivery.
   */
  stop(withinMs?: number): Promise<void>;
}

export function createInbox(parts: InboxParts): Inbox {
  const { store, clock, logger, worker } = parts;
  const endings = createEndings(logger);
  const arrivals = createArrivals({ ...parts, leaseMs: LEASE_MS });
  const turns = createTurns(clock);
  let isStopping = false;
  let loops: Loop[] = [];
  const wake = (): void => {
    for (const loop of loops) loop.wake();
  };
  const held = createHeld({ ...parts, turns, endings, isStopping: () => isStopping, hasCapacity: wake });
  const { finish, limited } = storedEffects(parts, turns);
  const working: ClaimingParts = { ...parts, endings, finish, limited, turns, held, leaseMs: LEASE_MS };

  const poll = async (): Promise<void> => {
    await endings.again();
    await claimDue(working);
  };
  const ownKeys = (): string[] => [...held.keys(), ...endings.kept()];
  const renew = (): Promise<void> => store.inbox.renew(ownKeys(), worker, clock.now() + LEASE_MS);
  const handBackAll = (): Promise<void> =>
    store.inbox
      .handBack(ownKeys(), worker, { dueAt: clock.now(), isCleanStop: true })
      .catch((error: unknown) => logger.warn({ reason: errorMessage(error) }, 'deliveries could not be given back'));

  return {
    async accept(incoming) {
      const turn = partiesOf(incoming.delivery);
      const dueAt = turns.restsUntil(turn.chatId);
      const isHeld = !isStopping && dueAt === undefined && turns.reserve(turn);
      let isOurs = false;
      try {
        const isNew = await arrivals.add(incoming, { held: isHeld, dueAt, isAwaited: false });
        isOurs = isHeld && isNew;
      } finally {
        if (isHeld && !isOurs) turns.release(turn);
      }
      if (!isOurs) return;
      const item = { ...incoming, ...turn, attempts: 1, lost: 0, receivedAt: clock.now() };
      held.holdInTurn(item, () => attempt(working, item));
    },
    async acceptLive(incoming) {
      return (await arrivals.add(incoming, { held: true, isAwaited: true })) ? holdLive(working, incoming) : undefined;
    },
    wake,
    start() {
      loops = [
        startLoop(parts, { name: 'inbox', pauseMs: POLL_MS, round: poll }),
        startLoop(parts, { name: 'inbox heartbeat', pauseMs: HEARTBEAT_MS, round: renew }),
      ];
    },
    async stop(withinMs) {
      const [polling, heartbeat] = loops;
      isStopping = true;
      const isOver = new AbortController();
      const time = withinMs === undefined ? [] : [clock.sleep(withinMs, isOver.signal)];
      await polling?.stop();
      await arrivals.stored();
      // Whoever stored them takes them up, or gives them back, in this turn.
      await nextTurn();
      turns.withdrawAll();
      await Promise.race([held.over(), ...time]);
      isOver.abort();
      await endings.again();
      await heartbeat?.stop();
      await handBackAll();
    },
  };
}

/** What is stored of what attempts lead to: effects of the same moment together. */
function storedEffects(
  { store, clock, logger, worker }: InboxParts,
  turns: Turns,
): Pick<AttemptParts, 'finish' | 'limited'> {
  return {
    finish: inBatches(async (keys: readonly string[]) => {
      await store.inbox.finish(keys, worker, clock.now());
      return () => undefined;
    }, MAX_BATCH),
    async limited({ chatId }, until) {
      if (!chatId || !turns.rest(chatId, until)) return;
      await store.inbox.postpone(chatId, until).catch((error: unknown) => {
        // Here the chat rests all the same.
        logger.warn({ reason: errorMessage(error) }, 'deliveries could not be postponed');
      });
    },
  };
}

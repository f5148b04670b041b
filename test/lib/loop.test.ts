import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { systemClock } from '../../src/lib/clock.ts';
import { startLoop } from '../../src/lib/loop.ts';
import { ManualClock } from '../support/clock.ts';
import { captureLogs } from '../support/logs.ts';

const PAUSE = 1_000;

/** Lets everything run that waits for nothing but its turn. */
const turns = async () => {
  for (let n = 0; n < 5; n += 1) await delay(0);
};

/** A loop whose rounds last until they are let go. */
function setUp(round: (number: number) => Promise<void> = async () => undefined) {
  const clock = new ManualClock();
  const logs = captureLogs();
  const seen = { rounds: 0 };
  const loop = startLoop(
    { clock, logger: logs.logger },
    {
      name: 'test',
      pauseMs: PAUSE,
      round: async () => {
        seen.rounds += 1;
        await round(seen.rounds);
      },
    },
  );
  return { clock, logs, seen, loop };
}

/** Something that is waited for, and let go by hand. */
function gate() {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

describe('startLoop', () => {
  it('runs at once, and again after each pause', async () => {
    const { clock, seen, loop } = setUp();
    expect(seen.rounds).toBe(1);
    await turns();
    clock.advance(PAUSE - 1);
    await turns();
    expect(seen.rounds).toBe(1);
    clock.advance(1);
    await turns();
    expect(seen.rounds).toBe(2);
    await loop.stop();
  });

  it('never runs two rounds at once', async () => {
    const { opened, open } = gate();
    const { clock, seen, loop } = setUp(() => opened);
    clock.advance(10 * PAUSE);
    loop.wake();
    await turns();
    expect(seen.rounds).toBe(1);
    open();
    await loop.stop();
  });

  it('runs at once when it is woken, and pauses as before afterwards', async () => {
    const { clock, seen, loop } = setUp();
    await turns();
    loop.wake();
    await turns();
    expect(seen.rounds).toBe(2);
    clock.advance(PAUSE - 1);
    await turns();
    expect(seen.rounds).toBe(2);
    await loop.stop();
  });

  it('runs once more at once when it was woken during a round', async () => {
    const { opened, open } = gate();
    const { seen, loop } = setUp(() => opened);
    loop.wake();
    loop.wake();
    open();
    await turns();
    expect(seen.rounds).toBe(2);
    await loop.stop();
  });

  it('logs a round that fails, and goes on', async () => {
    const { clock, logs, seen, loop } = setUp(async (number) => {
      if (number === 1) throw new Error('database is locked');
    });
    await turns();
    expect(logs.lines()).toMatchObject([{ level: 50, loop: 'test', reason: 'database is locked' }]);
    clock.advance(PAUSE);
    await turns();
    expect(seen.rounds).toBe(2);
    expect(logs.lines()).toHaveLength(1);
    await loop.stop();
  });

  it('goes on when a round fails before it begins to wait', async () => {
    const clock = new ManualClock();
    const logs = captureLogs();
    const loop = startLoop(
      { clock, logger: logs.logger },
      {
        name: 'test',
        pauseMs: PAUSE,
        round: () => {
          throw new TypeError('no such table');
        },
      },
    );
    await turns();
    expect(logs.lines()).toMatchObject([{ reason: 'no such table' }]);
    await loop.stop();
  });

  it('stops without waiting for the end of a pause', async () => {
    const { clock, seen, loop } = setUp();
    await turns();
    await loop.stop();
    clock.advance(5 * PAUSE);
    await turns();
    expect(seen.rounds).toBe(1);
    expect(clock.sleeping).toBe(0);
  });

  it('stops only after the round that is under way', async () => {
    const { opened, open } = gate();
    const { seen, loop } = setUp(() => opened);
    const order: string[] = [];
    const stopped = loop.stop().then(() => order.push('stopped'));
    await turns();
    order.push('still running');
    open();
    await stopped;
    expect(order).toEqual(['still running', 'stopped']);
    expect(seen.rounds).toBe(1);
  });

  it('stays stopped when it is woken', async () => {
    const { seen, loop } = setUp();
    await loop.stop();
    loop.wake();
    await turns();
    expect(seen.rounds).toBe(1);
  });

  it('runs on the clock of the machine', async () => {
    const seen = { rounds: 0 };
    const loop = startLoop(
      { clock: systemClock, logger: captureLogs().logger },
      {
        name: 'test',
        pauseMs: 5,
        round: async () => {
          seen.rounds += 1;
        },
      },
    );
    while (seen.rounds < 3) await delay(1);
    await loop.stop();
    const { rounds } = seen;
    await delay(20);
    expect(seen.rounds).toBe(rounds);
  });
});

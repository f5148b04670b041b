import { getEventListeners } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { systemClock } from '../../src/lib/clock.ts';

describe('whoever sleeps on the system clock', () => {
  it('wakes when the time is over, and no sooner', async () => {
    const order: string[] = [];
    // Timers of one process go off in the order of their times, however late all of them are.
    setTimeout(() => order.push('29 ms later'), 29);
    await systemClock.sleep(30);
    expect(order).toEqual(['29 ms later']);
  });

  it.each(['before', 'after'])('wakes at once when the signal fires %s it falls asleep', async (when) => {
    const waking = new AbortController();
    if (when === 'before') waking.abort();
    const asleep = systemClock.sleep(60_000, waking.signal);
    waking.abort();
    await expect(asleep).resolves.toBeUndefined();
  });

  it('does not listen any longer than it sleeps', async () => {
    const { signal } = new AbortController();
    const asleep = systemClock.sleep(1, signal);
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    await asleep;
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });
});

import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { eachWithin } from '../../src/lib/eachWithin.ts';
import { ManualClock } from '../support/clock.ts';
import { captureLogs } from '../support/logs.ts';

const settle = async () => {
  for (let n = 0; n < 20; n += 1) await turn();
};

it('does each, a few at once, and waits neither for one that hangs nor for one that fails', async () => {
  const [clock, logs] = [new ManualClock(), captureLogs()];
  const begun: number[] = [];
  let isOver = false;
  const work = async (item: number): Promise<void> => {
    begun.push(item);
    if (item === 0) await new Promise(() => undefined);
    if (item === 1) throw new Error('oops');
  };
  const options = { clock, logger: logs.logger, name: 'job', atOnce: 2, withinMs: 1_000, work };
  const done = eachWithin([0, 1, 2, 3, 4], options).then(() => {
    isOver = true;
  });
  await settle();
  expect(begun).toEqual([0, 1, 2, 3, 4]);
  expect(isOver).toBe(false);
  clock.advance(1_000);
  await done;
  expect(logs.lines()).toMatchObject([
    { level: 50, job: 'job', reason: 'oops' },
    { level: 40, job: 'job', withinMs: 1_000 },
  ]);
  expect(clock.sleeping).toBe(0);
});

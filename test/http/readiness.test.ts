import { expect, it } from '@jest/globals';
import { createReadiness } from '../../src/http/readiness.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { ManualClock } from '../support/clock.ts';

it('is empty when every part is well', async () => {
  const readiness = createReadiness(systemClock, { database: async () => undefined, process: () => undefined });
  expect(await readiness()).toEqual({});
});

it('says of each part why it is not ready, and asks again each time', async () => {
  let stopping = false;
  const readiness = createReadiness(systemClock, {
    process: () => (stopping ? 'stopping' : undefined),
    connection: async () => 'waits for the next attempt',
  });
  expect(await readiness()).toEqual({ connection: 'waits for the next attempt' });
  stopping = true;
  expect(await readiness()).toEqual({ process: 'stopping', connection: 'waits for the next attempt' });
});

it('takes a part that breaks for one that does not answer, and tells nothing of the error', async () => {
  const readiness = createReadiness(systemClock, {
    database: async () => {
      throw new Error('password of skillbot is wrong');
    },
    process: () => {
      throw new Error('oops');
    },
  });
  expect(await readiness()).toEqual({ database: 'does not answer', process: 'does not answer' });
});

it('waits two seconds for a part, and no longer', async () => {
  const clock = new ManualClock();
  const readiness = createReadiness(clock, { database: () => new Promise(() => undefined), process: () => undefined });
  let answer: unknown;
  const asked = readiness().then((problems) => {
    answer = problems;
  });
  await clock.advance(1_999);
  expect(answer).toBeUndefined();
  await clock.advance(1);
  await asked;
  expect(answer).toEqual({ database: 'does not answer' });
});

import { describe, expect, it } from '@jest/globals';
import { createEndings } from '../../src/inbox/endings.ts';
import { captureLogs } from '../support/logs.ts';

/** An ending that fails `times` times before it is taken. */
function failing(times: number) {
  const seen = { tried: 0 };
  const ending = async () => {
    seen.tried += 1;
    if (seen.tried <= times) throw new Error('database is locked');
  };
  return { seen, ending };
}

describe('endings', () => {
  it('are stored once when the database takes them', async () => {
    const logs = captureLogs();
    const endings = createEndings(logs.logger);
    const { seen, ending } = failing(0);
    await endings.store('message:1', ending);
    await endings.again();
    expect(seen.tried).toBe(1);
    expect(logs.lines()).toEqual([]);
  });

  it('are tried again until the database takes them', async () => {
    const logs = captureLogs();
    const endings = createEndings(logs.logger);
    const { seen, ending } = failing(2);
    await endings.store('message:1', ending);
    expect(seen.tried).toBe(1);
    for (let n = 0; n < 4; n += 1) await endings.again();
    expect(seen.tried).toBe(3);
    expect(logs.lines()).toMatchObject([
      { level: 50, delivery: 'message:1', reason: 'database is locked' },
      { level: 50, delivery: 'message:1' },
    ]);
  });

  it('of other deliveries do not wait for one that fails', async () => {
    const endings = createEndings(captureLogs().logger);
    const [hopeless, slow] = [failing(99), failing(1)];
    await endings.store('message:1', hopeless.ending);
    await endings.store('message:2', slow.ending);
    await endings.again();
    expect([hopeless.seen.tried, slow.seen.tried]).toEqual([2, 2]);
    await endings.again();
    expect([hopeless.seen.tried, slow.seen.tried]).toEqual([3, 2]);
  });
});
